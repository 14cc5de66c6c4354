"""Conversations on their way to a comment server: threads in order, people, what has no page to stand on.

A server shows every comment that it holds, so only those that were approved go; one that was deleted, and answered,
keeps its place, or its answers would lose theirs.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.content import render
from feedkeep.content.clean import sanitise
from feedkeep.wire.wxr_numbers import Threads
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedkeep.models import Comment, Person, Post, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.wxr_numbers import Placed

_PAGE = "the page itself stays where it is"
_SERVER = "a comment server has no place for it"
DROPPED: Mapping[str, str] = {
    "Site": _PAGE,
    "Post": _PAGE,
    "Term": _PAGE,
    "Media": _PAGE,
    "Tombstone": "what is gone is not in it",
    "Comment.aliases": _SERVER,
    "Comment.permalink": _SERVER,
    "Comment.title": _SERVER,
    "Comment.order": "the server puts comments in the order of their dates",
    "Comment.extra": "it was meant for the format that it came from",
    "Person.extra": "it was meant for the format that it came from",
    "Person.given_name": "a commenter has one name",
    "Person.family_name": "a commenter has one name",
    "Content.base": "relative links are made absolute instead",
    "Content.truncated": "a text is taken for whole",
    "Content.src": "a text is with its comment",
    "Content.media_type": "texts have one form",
}
ALTERED: Mapping[str, str] = {
    "Comment.id": "the server numbers comments itself",
    "Comment.kind": "pingbacks and trackbacks become comments",
    "Content.form": "texts have one form",
}
SOMETIMES: Mapping[str, str] = {
    "Snapshot.people": _PAGE,
    "Snapshot.terms": _PAGE,
    "Person": _PAGE,
    "Person.id": "commenters have no ids of their own",
    "Comment": "those that nobody approved are left out, as are those of pages without an address",
    "Comment.post": "a thread is known by the address of its page",
    "Comment.post_url": "a thread is known by the address of its page",
    "Comment.status": "those that nobody approved are left out",
    "Comment.deleted": "a comment that was deleted and answered keeps its place, without its text",
    "Comment.url": "the server makes the address itself",
    "Comment.parent": "an answer to what is not there stands at the top",
    "Comment.published": "whole seconds, in UTC",
    "Content.value": "markup that the server does not show is left out",
}
_GONE = "<p><em>This comment was deleted.</em></p>"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Thread(NamedTuple):
    """The conversation of a page, each comment after what it answers; numbers are those of the whole export."""

    post: Post
    url: str
    title: str
    comments: list[Placed]


def threads(snapshot: Snapshot, notes: Notes) -> Iterator[Thread]:
    """Yield the threads that have something to show, oldest page first."""
    numbered = Threads()
    for post in snapshot.posts(oldest_first=True, bodiless=True):
        held = list(_kept(post, snapshot, notes))
        if not held:
            continue
        if not post.url:
            notes.skipped(f"{len(held)} comments: their page has no address", record=post.id)
            continue
        yield Thread(post, post.url, post.title or post.url, numbered.placed(held, post.id))


def _kept(post: Post, snapshot: Snapshot, notes: Notes) -> Iterator[Comment]:
    held = list(snapshot.comments(post.id))
    answered = {one.parent for one in held}
    for one in held:
        gone = one.status == "deleted" or one.deleted is not None
        if (gone and one.id in answered) or (not gone and one.status in {None, "approved"}):
            yield one
        else:
            notes.skipped(f"a comment that is {'deleted' if gone else one.status}", record=one.id)


def is_gone(comment: Comment) -> bool:
    """Tell one that stands only for its place."""
    return comment.status == "deleted" or comment.deleted is not None


def text(comment: Comment) -> str:
    """Give a comment's text as harmless HTML."""
    if is_gone(comment):
        return _GONE
    return sanitise(render.html(comment.content)) if comment.content is not None else ""


def name(person: Person | None) -> str:
    """Give what a commenter is called."""
    return legal(" ".join(((person.name or person.id or "") if person is not None else "").split()))


def email(person: Person | None) -> str:
    """Give a commenter's address, or one made of the name: a server takes all who have none for one person."""
    if person is not None and person.email:
        return person.email
    known = f"{name(person)} {person.url if person is not None else ''}"
    return f"{hashlib.sha256(known.encode('utf-8', 'replace')).hexdigest()[:16]}@commenter.invalid"


def moment(comment: Comment, post: Post) -> dt.datetime:
    """Give when it was said, in UTC; one without a date counts as old as its page."""
    return utc(comment.published or post.published or _EPOCH)


def utc(moment: dt.datetime) -> dt.datetime:
    """Give a moment in UTC, to the second."""
    try:
        return moment.astimezone(dt.UTC).replace(microsecond=0)
    except OverflowError:
        return _EPOCH
