"""Pages of Tumblr's blog export: ``posts/html/<id>.html``, with the files of ``media`` beside them.

https://help.tumblr.com/hc/en-us/articles/360005118894. A page holds the body, then a footer with the date as people
write it, in a zone that is not told, and the tags. Whether a post was private it does not say:
all are kept private, undated ones as drafts.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from feedkeep.content.links import find
from feedkeep.content.text import plain
from feedkeep.content.written import elements
from feedkeep.models import Content, Post, Term

if TYPE_CHECKING:
    from feedkeep.content.tags import Token
    from feedkeep.content.written import Element
    from feedkeep.wire.intake import Intake

FOOTER = re.compile(rb"<span\b[^<>]{0,80}\bid\s*=\s*[\"']timestamp[\"']")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_ADDRESS = re.compile(r"https?://[^/\s\"'<>]+/(?:post|[^/\s\"'<>]+)/(\d{5,})\b")


def post(page: str, path: PurePosixPath, intake: Intake) -> Post:
    """Read a page; its file is named after the post."""
    name = intake.source.name
    number = path.stem if path.stem.isdigit() else None
    marked = elements(page, _is_marked)
    body = next((one for one in marked if one.name == "body"), None)
    footer = next((one for one in marked if one.attributes.get("id") == "footer"), None)
    when = next((one for one in marked if one.attributes.get("id") == "timestamp"), None)
    heading = next((one for one in marked if one.name == "h1"), None)
    start, end = (body.inner_start, body.inner_end) if body is not None else (0, len(page))
    if footer is not None:
        end = min(end, footer.start)
    title = None
    if heading is not None and not page[start : heading.start].strip() and heading.end <= end:
        title, start = _words(heading, page), heading.end
    content = page[start:end].strip()
    address = _found(page[footer.start : footer.end] if footer is not None else "", number)
    record_id = address or (f"tumblr:{number}" if number else intake.made("post", title, content))
    if footer is None:
        intake.notes.repaired("the page ends before its footer: cut short", source=name, record=record_id)
    stated = _ORDINAL.sub("", _words(when, page) or "") if when is not None else ""
    tags = [
        _words(one, page) for one in marked if "tag" in one.classes and footer is not None and one.start > footer.start
    ]
    return Post(
        id=record_id,
        aliases=(f"tumblr:{number}",) if address and number else (),
        url=address,
        title=title,
        content=Content(value=content, truncated=footer is None) if content else None,
        terms=tuple(Term(name=tag, taxonomy="post_tag") for tag in tags if tag),
        published=intake.moment(stated, "timestamp", record_id) if stated else None,
        status="private" if stated else "draft",
    )


def shown(post: Post, path: PurePosixPath) -> list[str]:
    """List the files of the export that a page shows, by their paths in it."""
    found: list[str] = []
    for reference in find(post.content.value) if post.content is not None else ():
        if "://" in reference.url or reference.url.startswith(("#", "/", "data:")):
            continue
        target = posixpath.normpath(posixpath.join(path.parent.as_posix(), unquote(reference.url.partition("?")[0])))
        parts = PurePosixPath(target).parts
        if "media" in parts:
            found.append(PurePosixPath(*parts[parts.index("media") :]).as_posix())
    return list(dict.fromkeys(found))


def owner(path: PurePosixPath) -> str | None:
    """Give the number of the post that a file is named after: 123.jpg, 123_0.jpg."""
    found = re.match(r"(\d{5,})(?:[_.-]|$)", path.name)
    return found[1] if found is not None else None


def _found(footer: str, number: str | None) -> str | None:
    return next((found[0] for found in _ADDRESS.finditer(footer) if found[1] == number), None)


def _is_marked(token: Token) -> bool:
    if token.name in {"body", "h1"}:
        return True
    held: dict[str, Any] = {one.name: one.value for one in token.attributes}
    return held.get("id") in {"footer", "timestamp"} or "tag" in held.get("class", "").split()


def _words(element: Element | None, page: str) -> str | None:
    return " ".join(plain(element.inner(page)).split()) or None if element is not None else None
