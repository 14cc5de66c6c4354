"""Tumblr's first API (/api/read, JSON and XML), and the posts.xml of exports, in the names of the second.

https://www.tumblr.com/docs/en/api/v1
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from feedkeep.content.cards import text
from feedkeep.wire.elements import local

if TYPE_CHECKING:
    from collections.abc import Iterator

Row = dict[str, Any]
_KINDS: Final = {"regular": "text", "conversation": "chat"}
_PREFIXES: Final = ("regular-", "photo-", "quote-", "conversation-", "audio-", "video-")
_SIZE = re.compile(r"photo-url(?:-(\d+))?")
_NAMES: Final = {
    "conversation-text": "body",
    "conversation": "dialogue",
    "link-text": "title",
    "link-url": "url",
    "link-description": "description",
    "quote-text": "text",
    "quote-source": "source",
    "photo-link-url": "link_url",
    "private": "private",
}


def modern(row: Row) -> Row:
    """Give a post of the first API in the fields of the second; what has no other name keeps its own."""
    kind = text(row.get("type"))
    made: Row = {"type": _KINDS.get(kind, kind), "url_with_slug": row.get("url-with-slug"), "post_url": row.get("url")}
    for name, value in row.items():
        if name in {"type", "url", "url-with-slug", "date", "date-gmt", "unix-timestamp", "photos"} or _SIZE.fullmatch(
            name
        ):
            continue
        made[_renamed(name)] = value
    made["date"], made["local_date"] = row.get("date-gmt"), row.get("date")
    made["timestamp"] = row.get("unix-timestamp")
    if made["type"] == "photo":
        photos = row.get("photos")
        several = [photo for photo in photos if isinstance(photo, dict)] if isinstance(photos, list) else []
        made["photos"] = [_photo(photo) for photo in several or [row]]
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _renamed(name: str) -> str:
    if name in _NAMES:
        return _NAMES[name]
    for prefix in _PREFIXES:
        if name.startswith(prefix):
            return name.removeprefix(prefix).replace("-", "_")
    return name.replace("-", "_")


def _photo(row: Row) -> Row:
    """Take the largest of the addresses that a photo has by width."""
    sizes = sorted(
        ((int((found[1] or "0")[:6]), text(value)) for name, value in row.items() if (found := _SIZE.fullmatch(name))),
        reverse=True,
    )
    told = [{"url": url, "width": width} for width, url in sizes if url]
    rest = {name: value for name, value in row.items() if name in {"offset", "width", "height"} and "offset" in row}
    photo = {"original_size": told[0] if told else {}, "alt_sizes": told[1:], "caption": row.get("caption"), **rest}
    return {name: value for name, value in photo.items() if value not in (None, "", [], {})}


def row_of(post: Any) -> Row:  # noqa: ANN401 — lxml's element type is private
    """Give an XML post as the JSON says it."""
    row: Row = dict(post.attrib)
    tags: list[str] = []
    for child in post:
        name = local(child)
        if name == "tag":
            tags.append(child.text or "")
        elif name == "photo-url":
            row[f"photo-url-{child.get('max-width') or 0}"] = child.text
        elif name == "photoset":
            row["photos"] = [_of_set(photo) for photo in child if local(photo) == "photo"]
        elif name == "conversation":
            row[name] = [{**line.attrib, "phrase": line.text or ""} for line in child if local(line) == "line"]
        elif name:
            row[name] = child.text if not len(child) else "".join(child.itertext())
    if tags:
        row["tags"] = tags
    return row


def _of_set(photo: Any) -> Row:  # noqa: ANN401 — likewise
    sizes = {f"photo-url-{child.get('max-width') or 0}": child.text for child in photo if local(child) == "photo-url"}
    return {**photo.attrib, **sizes}


def posts(found: Row) -> Iterator[Any]:
    """Yield the posts of an answer in JSON."""
    held = found.get("posts")
    for row in held if isinstance(held, list) else ():
        yield modern(row) if isinstance(row, dict) else row
