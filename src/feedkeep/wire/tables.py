"""A blog as tables: which there are, their columns, and the rows that records give.

Every table but ``posts`` names the post by its id, so that they join. Bodies are HTML, ``text`` is their words. A cell
holds what its column's kind says, as Python has it; :mod:`feedkeep.wire.tabled` makes plain words of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from feedkeep.content import render, review, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Content, Media, Post, Review, Term

Kind = Literal[
    "text",
    "integer",
    "real",
    "flag",  # bool
    "list",  # tuple of texts
    "map",  # dict of texts
    "day",  # date
    "moment",  # datetime, with the blog's own offset
    "utc",  # the moment of the column before, which sorts
]
Row = tuple[Any, ...]


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A table: its name and its columns, in order; the first is its key unless ``key`` says that there is none."""

    name: str
    columns: dict[str, Kind]
    key: bool = True


POSTS = Table(
    name="posts",
    columns={
        "id": "text",
        "url": "text",
        "kind": "text",
        "status": "text",
        "slug": "text",
        "title": "text",
        "subtitle": "text",
        "published": "moment",
        "published_utc": "utc",
        "updated": "moment",
        "authors": "list",
        "categories": "list",
        "tags": "list",
        "language": "text",
        "summary": "text",
        "content": "text",
        "text": "text",
        "words": "integer",
        "comments": "integer",
        "rating": "real",
        "image": "text",
        "parent": "text",
        "sticky": "flag",
    },
)
COMMENTS = Table(
    name="comments",
    columns={
        "id": "text",
        "post": "text",
        "parent": "text",
        "url": "text",
        "author": "text",
        "author_url": "text",
        "author_email": "text",
        "published": "moment",
        "published_utc": "utc",
        "status": "text",
        "kind": "text",
        "title": "text",
        "content": "text",
        "text": "text",
    },
)
TERMS = Table(
    name="terms",
    key=False,
    columns={"taxonomy": "text", "slug": "text", "name": "text", "parent": "text", "description": "text"},
)
POST_TERMS = Table(
    name="post_terms", key=False, columns={"post": "text", "taxonomy": "text", "slug": "text", "name": "text"}
)
REVIEWS = Table(
    name="reviews",
    key=False,
    columns={
        "post": "text",
        "item": "text",
        "kind": "text",
        "item_year": "integer",
        "creators": "list",
        "rating": "real",
        "best": "real",
        "worst": "real",
        "of_five": "real",
        "watched": "day",
        "spoiler": "flag",
        "rewatch": "flag",
        "summary": "text",
        "url": "text",
        "ids": "map",
    },
)
MEDIA = Table(
    name="media",
    columns={
        "id": "text",
        "post": "text",
        "url": "text",
        "title": "text",
        "alt": "text",
        "type": "text",
        "size": "integer",
        "sha256": "text",
        "path": "text",
        "published": "moment",
    },
)
TABLES = (POSTS, COMMENTS, TERMS, POST_TERMS, REVIEWS, MEDIA)


def post_row(post: Post, comments: int) -> Row:
    """Give a post as a row of :data:`POSTS`; ``comments`` is how many are held."""
    body = _html(post.content)
    said = text.plain(body) if body else ""
    names = [person.name or person.id or person.url or "" for person in post.authors]
    rating = next((review.on_scale(one.rating) for one in post.reviews if one.rating is not None), None)
    return (
        post.id,
        post.url,
        post.kind,
        post.status or "published",
        post.slug,
        post.title,
        post.subtitle,
        post.published,
        post.published,
        post.updated,
        tuple(filter(None, names)),
        tuple(term.name or term.slug or "" for term in post.terms if term.taxonomy == "category"),
        tuple(term.name or term.slug or "" for term in post.terms if term.taxonomy != "category"),
        post.language,
        _html(post.summary),
        body,
        said,
        len(said.split()),
        comments,
        rating,
        post.image,
        post.parent,
        post.sticky,
    )


def comment_row(comment: Comment) -> Row:
    """Give a comment as a row of :data:`COMMENTS`."""
    author, body = comment.author, _html(comment.content)
    return (
        comment.id,
        comment.post,
        comment.parent,
        comment.url,
        author.name if author else None,
        author.url if author else None,
        author.email if author else None,
        comment.published,
        comment.published,
        comment.status or "approved",
        comment.kind,
        comment.title,
        body,
        text.plain(body) if body else "",
    )


def term_row(term: Term) -> Row:
    """Give a term as a row of :data:`TERMS`."""
    return term.taxonomy, term.slug, term.name, term.parent, term.description


def post_term_rows(post: Post) -> Iterator[Row]:
    """Yield the rows of :data:`POST_TERMS` of a post."""
    for term in post.terms:
        yield post.id, term.taxonomy, term.slug, term.name


def review_rows(post: Post) -> Iterator[Row]:
    """Yield the rows of :data:`REVIEWS` of a post."""
    for one in post.reviews:
        yield post.id, *_review(one)


def media_row(media: Media) -> Row:
    """Give a media record as a row of :data:`MEDIA`."""
    return (
        media.id,
        media.post,
        media.url,
        media.title,
        media.alt,
        media.type,
        media.size,
        media.sha256,
        media.path,
        media.published,
    )


def _review(one: Review) -> Row:
    item, rating = one.item, one.rating
    return (
        item.name,
        item.kind,
        item.year,
        item.creators,
        rating.value if rating else None,
        rating.best if rating else None,
        rating.worst if rating else None,
        review.on_scale(rating) if rating else None,
        one.watched,
        one.spoiler,
        one.rewatch,
        one.summary,
        item.url,
        item.ids,
    )


def _html(content: Content | None) -> str | None:
    return None if content is None else render.html(content)
