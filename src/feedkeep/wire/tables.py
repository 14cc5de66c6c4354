"""A blog as tables: which there are, their columns, and the rows that records give.

Every table but ``posts`` names the post by its id, so that they join. Moments are RFC 3339 with the blog's own
offset; ``…_utc`` beside them sorts. Bodies are HTML, ``text`` is their words.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from feedkeep.content import render, review, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Content, Media, Post, Review, Term

Kind = Literal["text", "integer", "real"]
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
        "published": "text",
        "published_utc": "text",
        "updated": "text",
        "authors": "text",
        "categories": "text",
        "tags": "text",
        "language": "text",
        "summary": "text",
        "content": "text",
        "text": "text",
        "words": "integer",
        "comments": "integer",
        "rating": "real",
        "image": "text",
        "parent": "text",
        "sticky": "integer",
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
        "published": "text",
        "published_utc": "text",
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
        "year": "integer",
        "creators": "text",
        "rating": "real",
        "best": "real",
        "worst": "real",
        "of_five": "real",
        "watched": "text",
        "spoiler": "integer",
        "rewatch": "integer",
        "summary": "text",
        "url": "text",
        "ids": "text",
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
        "published": "text",
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
        _moment(post.published),
        _utc(post.published),
        _moment(post.updated),
        "; ".join(filter(None, names)),
        "; ".join(term.name or term.slug or "" for term in post.terms if term.taxonomy == "category"),
        "; ".join(term.name or term.slug or "" for term in post.terms if term.taxonomy != "category"),
        post.language,
        _html(post.summary),
        body,
        said,
        len(said.split()),
        comments,
        rating,
        post.image,
        post.parent,
        int(post.sticky),
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
        _moment(comment.published),
        _utc(comment.published),
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
        _moment(media.published),
    )


def _review(one: Review) -> Row:
    item, rating = one.item, one.rating
    return (
        item.name,
        item.kind,
        item.year,
        "; ".join(item.creators),
        rating.value if rating else None,
        rating.best if rating else None,
        rating.worst if rating else None,
        review.on_scale(rating) if rating else None,
        one.watched.isoformat() if one.watched else None,
        None if one.spoiler is None else int(one.spoiler),
        None if one.rewatch is None else int(one.rewatch),
        one.summary,
        item.url,
        json.dumps(item.ids, sort_keys=True) if item.ids else None,
    )


def _html(content: Content | None) -> str | None:
    return None if content is None else render.html(content)


def _moment(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _utc(moment: dt.datetime | None) -> str | None:
    if moment is None:
        return None
    try:
        return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except OverflowError:
        return None
