"""The objects of a JSON Feed, as the formats write them that carry one.

``name`` is the format's: under it, its own importer kept what no field holds. What JSON Feed has no word for stands in
an extension object, ``_feedkeep``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.content.text import plain
from feedkeep.ids import made_id
from feedkeep.wire.dates import rfc3339
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from feedkeep.models import Comment, FeedSource, Person, Post

VERSION = "https://jsonfeed.org/version/1.1"
_MADE_ANEW = frozenset({"version", "content_html"})  # whatever was kept


def item(post: Post, name: str, body: dict[str, str | None], extension: dict[str, Any]) -> dict[str, Any]:
    """Write a post; ``body`` is its content and its summary."""
    return held(
        post.extra,
        name,
        id=line(post.id) or made_id("post", post.id),
        url=line(post.url),
        title=line(post.title),
        **body,
        image=line(post.image),
        date_published=rfc3339(post.published) if post.published else None,
        date_modified=rfc3339(post.updated) if post.updated else None,
        **people(post.authors, name),
        tags=[tag for term in post.terms if (tag := line(term.name or term.slug))],
        language=line(post.language),
        attachments=[
            held(
                one.extra,
                name,
                url=line(one.url),
                mime_type=line(one.type) or "application/octet-stream",
                title=line(one.title),
                size_in_bytes=one.length,
                duration_in_seconds=one.duration,
            )
            for one in post.enclosures
        ],
        _feedkeep=extension,
    )


def summary(post: Post, markup: str | None) -> tuple[str | None, str | None]:
    """Give the summary in plain words, as JSON Feed wants it, and its markup."""
    if post.summary is None:
        return None, None
    if post.summary.form == "text":
        return line(post.summary.value), None
    return (plain(markup) or None if markup else None), markup or None


def comment(record: Comment, name: str, title: str | None, markup: str | None, **told: Any) -> dict[str, Any]:  # noqa: ANN401
    """Write a comment; ``told`` is what else the extension says."""
    return held(
        record.extra,
        name,
        id=line(record.id) or made_id("comment", record.id),
        url=line(record.url),
        title=title,
        content_html=markup or "",
        date_published=rfc3339(record.published) if record.published else None,
        date_modified=rfc3339(record.updated) if record.updated else None,
        **people((record.author,) if record.author is not None else (), name),
        _feedkeep=held(title=line(record.title), in_reply_to=line(record.parent), **told),
    )


def source(told: FeedSource | None) -> dict[str, Any] | None:
    """Write the feed that a post is taken from."""
    if told is None:
        return None
    known = {name: line(getattr(told, name)) for name in ("id", "title", "url", "feed_url")}
    return held(**known, updated=rfc3339(told.updated) if told.updated else None) or None


def people(authors: tuple[Person, ...], name: str) -> dict[str, Any]:
    """Name people as version 1.1 does and, for readers of version 1, the first of them."""
    named = [one for one in (person(author, name) for author in authors) if one]
    return {"authors": named, "author": named[0] if named else None}


def person(author: Person, name: str) -> dict[str, Any]:
    """Write an author."""
    return held(
        author.extra, name, name=line(author.name or author.id), url=line(author.url), avatar=line(author.avatar)
    )


def held(extra: dict[str, Any] | None = None, name: str = "", /, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    """Leave out what is not known, and give back what the format's own importer had no field for."""
    told = {key: value for key, value in values.items() if value is not None and value not in ([], {})}
    kept = extra.get(name) if extra else None
    if isinstance(kept, dict):
        told.update((key, value) for key, value in kept.items() if key not in _MADE_ANEW)
    return told


def line(value: str | None) -> str | None:
    """Give a text without the characters that no document should hold; None where nothing is left."""
    return legal(value) or None if value is not None else None
