"""What tables cannot hold, and the rows of a whole snapshot in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.fidelity import Losses
from feedkeep.wire import tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Snapshot
    from feedkeep.wire.tables import Row, Table

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


def _of_posts(snapshot: Snapshot, only: Table | None) -> Iterator[tuple[Table, Row]]:
    held = {post_id: count for post_id, _, count in snapshot.threads()}
    if only is tables.COMMENTS:
        for post_id, _ in snapshot.digests(oldest_first=True):
            if post_id in held:
                for comment in snapshot.comments(post_id):
                    yield tables.COMMENTS, tables.comment_row(comment)
        return
    for post in snapshot.posts(oldest_first=True, bodiless=only not in (None, tables.POSTS)):
        if only in (None, tables.POSTS):
            yield tables.POSTS, tables.post_row(post, held.get(post.id, 0))
        if only in (None, tables.POST_TERMS):
            for row in tables.post_term_rows(post):
                yield tables.POST_TERMS, row
        if only in (None, tables.REVIEWS):
            for row in tables.review_rows(post):
                yield tables.REVIEWS, row
        if only is None and post.id in held:
            for comment in snapshot.comments(post.id):
                yield tables.COMMENTS, tables.comment_row(comment)
