"""Every text of a record that people wrote and read, by its field: what may have been decoded wrongly once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.models import Comment, Content, Media, Person, Post, Site, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record, Review

Said = tuple[str, str | None, bool]  # the field, its text, whether that is markup


def texts(record: Record) -> Iterator[Said]:
    """Yield the texts of a record; what stands within another record goes by the outer one's field."""
    match record:
        case Site():
            yield "Site.title", record.title, False
            yield "Site.description", record.description, False
            for person in record.authors:
                yield from (("Site.authors", name, False) for name in _names(person))
            for term in record.terms:
                yield from (("Site.terms", text, False) for text in (term.name, term.description))
        case Person():
            fields = ("Person.name", "Person.given_name", "Person.family_name")
            yield from ((field, name, False) for field, name in zip(fields, _names(record), strict=True))
        case Term():
            yield "Term.name", record.name, False
            yield "Term.description", record.description, False
        case Post():
            yield from _of_post(record)
        case Comment():
            yield "Comment.title", record.title, False
            yield from (("Comment.author", name, False) for name in _names(record.author))
            yield _body("Comment.content", record.content)
        case Media():
            yield "Media.title", record.title, False
            yield "Media.alt", record.alt, False
            yield _body("Media.caption", record.caption)
            yield _body("Media.description", record.description)
            yield from (("Media.author", name, False) for name in _names(record.author))


def _of_post(post: Post) -> Iterator[Said]:
    yield "Post.title", post.title, False
    yield "Post.title_html", post.title_html, True
    yield "Post.subtitle", post.subtitle, False
    yield _body("Post.content", post.content)
    yield _body("Post.summary", post.summary)
    for field, people in (("Post.authors", post.authors), ("Post.contributors", post.contributors)):
        yield from ((field, name, False) for person in people for name in _names(person))
    for term in post.terms:
        yield from (("Post.terms", text, False) for text in (term.name, term.description))
    for review in post.reviews:
        yield from (("Post.reviews", text, False) for text in _of_review(review))


def _of_review(review: Review) -> tuple[str | None, ...]:
    return review.item.name, *review.item.creators, review.summary


def _names(person: Person | None) -> tuple[str | None, ...]:
    return () if person is None else (person.name, person.given_name, person.family_name)


def _body(field: str, content: Content | None) -> Said:
    return (field, None, False) if content is None else (field, content.value, content.form != "text")
