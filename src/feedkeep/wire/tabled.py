"""What tables cannot hold, the rows of a snapshot, and their cells in plain words.

In plain words moments are RFC 3339, lists are joined by semicolons, flags are 0 and 1, what is missing is None.
"""

from __future__ import annotations

import datetime as dt
import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from feedkeep.fidelity import Losses
from feedkeep.wire import tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from feedkeep.models import Post, Snapshot
    from feedkeep.wire.tables import Kind, Row, Table

_COLUMN = "the tables have no column for it"
_NAMES = "authors stand by their names"

LOSSES = Losses(
    dropped={
        "Site": "the tables hold posts and what belongs to them; the blog itself has none",
        "Person.id": _NAMES,
        "Person.avatar": _NAMES,
        "Person.given_name": _NAMES,
        "Person.family_name": _NAMES,
        "Person.extra": _NAMES,
        "Term.scheme": _COLUMN,
        "Term.id": _COLUMN,
        "Term.extra": _COLUMN,
        "Content.truncated": _COLUMN,
        "Content.src": _COLUMN,
        "Content.media_type": _COLUMN,
        "Post.enclosures": _COLUMN,
        "Post.links": _COLUMN,
        "Post.source": _COLUMN,
        "Post.permalink": _COLUMN,
        "Post.aliases": _COLUMN,
        "Post.urls": _COLUMN,
        "Post.title_html": _COLUMN,
        "Post.contributors": _COLUMN,
        "Post.password": _COLUMN,
        "Post.comments_open": _COLUMN,
        "Post.pings_open": _COLUMN,
        "Post.comment_count": "the number of comments is the number that is held",
        "Post.comments_url": _COLUMN,
        "Post.comments_feed": _COLUMN,
        "Post.rights": _COLUMN,
        "Post.order": _COLUMN,
        "Post.deleted": _COLUMN,
        "Post.extra": _COLUMN,
        "Review.extra": _COLUMN,
        "Item.image": _COLUMN,
        "Comment.permalink": _COLUMN,
        "Comment.aliases": _COLUMN,
        "Comment.post_url": _COLUMN,
        "Comment.updated": _COLUMN,
        "Comment.ip": _COLUMN,
        "Comment.order": _COLUMN,
        "Comment.deleted": _COLUMN,
        "Comment.extra": _COLUMN,
        "Media.aliases": _COLUMN,
        "Media.page_url": _COLUMN,
        "Media.slug": _COLUMN,
        "Media.caption": _COLUMN,
        "Media.description": _COLUMN,
        "Media.author": _COLUMN,
        "Media.updated": _COLUMN,
        "Media.status": _COLUMN,
        "Media.extra": _COLUMN,
        "Tombstone": _COLUMN,
    },
    altered={"Content.form": "bodies are HTML", "Content.base": "relative links are made absolute instead"},
)


def rows(snapshot: Snapshot, only: Table | None = None) -> Iterator[tuple[Table, Row]]:
    """Yield every row of a snapshot with its table; posts oldest first, each followed by what belongs to it.

    ``only`` one table's rows are much cheaper to have: a body is rendered for the table that it is in alone.
    """
    if only in (None, tables.TERMS):
        for term in snapshot.terms():
            yield tables.TERMS, tables.term_row(term)
    if only not in (tables.TERMS, tables.MEDIA):
        yield from _of_posts(snapshot, only)
    if only in (None, tables.MEDIA):
        for media in snapshot.media():
            yield tables.MEDIA, tables.media_row(media)


def between(snapshot: Snapshot, table: Table, offset: int, count: int) -> Iterator[Row]:
    """Yield the rows of one table that come of ``count`` posts, after leaving out ``offset`` of the oldest."""
    counts = _counts(snapshot)
    if table is tables.COMMENTS:
        ids = (post_id for post_id, _ in islice(snapshot.digests(oldest_first=True), offset, offset + count))
        return _comments(snapshot, ids, counts)
    posts = snapshot.posts(oldest_first=True, offset=offset, bodiless=table is not tables.POSTS)
    return (row for _, row in _of(snapshot, islice(posts, count), table, counts))


def _of_posts(snapshot: Snapshot, only: Table | None) -> Iterator[tuple[Table, Row]]:
    counts = _counts(snapshot)
    if only is tables.COMMENTS:
        ids = (post_id for post_id, _ in snapshot.digests(oldest_first=True))
        yield from ((tables.COMMENTS, row) for row in _comments(snapshot, ids, counts))
        return
    yield from _of(snapshot, snapshot.posts(oldest_first=True, bodiless=only not in (None, tables.POSTS)), only, counts)


def _counts(snapshot: Snapshot) -> dict[str, int]:
    return {post_id: count for post_id, _, count in snapshot.threads()}


def _comments(snapshot: Snapshot, post_ids: Iterable[str], counts: Mapping[str, int]) -> Iterator[Row]:
    for post_id in post_ids:
        if post_id in counts:
            yield from map(tables.comment_row, snapshot.comments(post_id))


def _of(
    snapshot: Snapshot, posts: Iterable[Post], only: Table | None, counts: Mapping[str, int]
) -> Iterator[tuple[Table, Row]]:
    for post in posts:
        if only in (None, tables.POSTS):
            yield tables.POSTS, tables.post_row(post, counts.get(post.id, 0))
        if only in (None, tables.POST_TERMS):
            for row in tables.post_term_rows(post):
                yield tables.POST_TERMS, row
        if only in (None, tables.REVIEWS):
            for row in tables.review_rows(post):
                yield tables.REVIEWS, row
        if only is None:
            for row in _comments(snapshot, (post.id,), counts):
                yield tables.COMMENTS, row


def plain(table: Table, row: Row) -> Row:
    """Give a row in plain words and numbers, for formats that know no other cells."""
    return tuple(
        _PLAIN[kind](cell) if kind in _PLAIN else cell for kind, cell in zip(table.columns.values(), row, strict=True)
    )


def utc(moment: dt.datetime | None) -> dt.datetime | None:
    """Give a moment in UTC; None for one that has no place in our calendar there."""
    try:
        return None if moment is None else moment.astimezone(dt.UTC)
    except OverflowError:
        return None


def _stamp(moment: dt.datetime | None) -> str | None:
    there = utc(moment)
    return None if there is None else there.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


_PLAIN: Mapping[Kind, Callable[[Any], Any]] = {
    "flag": lambda flag: None if flag is None else int(flag),
    "list": "; ".join,
    "map": lambda told: json.dumps(told, sort_keys=True) if told else None,
    "day": lambda day: None if day is None else day.isoformat(),
    "moment": lambda moment: None if moment is None else moment.isoformat(),
    "utc": _stamp,
}
