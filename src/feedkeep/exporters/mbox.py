"""A mailbox (RFC 4155, in the mboxrd dialect): every post begins a thread, and every comment answers in it.

Any mail program opens it, which gives a search and a thread view that need no server. Message-IDs are made of ids, so
that the same post is the same message in every export.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep import publishing as pub
from feedkeep.content import text
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.models import Media, Site, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Person, Post, Snapshot
    from feedkeep.notes import Notes

_POLICY = SMTP.clone(linesep="\n", max_line_length=78, cte_type="8bit", utf8=False)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_HEADER = "a message has no place for it"
LOSSES = Losses(
    dropped={
        **{model.__name__: _HEADER for model in (Site, Term, Media)},
        **{
            f"Post.{name}": _HEADER
            for name in (
                *("aliases", "permalink", "urls", "kind", "slug", "title_html", "subtitle", "summary", "contributors"),
                *("terms", "password", "sticky", "comments_open", "pings_open", "comment_count", "comments_url"),
                *("comments_feed", "rights", "enclosures", "links", "image", "source", "parent", "order", "extra"),
            )
        },
        **{
            f"Comment.{name}": _HEADER
            for name in ("aliases", "permalink", "post_url", "kind", "ip", "order", "extra", "updated")
        },
        "Tombstone": "what is gone is not in it",
        "Post.deleted": "what is gone is not in it",
        "Comment.deleted": "what is gone is not in it",
        "Person.url": "a sender has a name and an address",
        "Person.avatar": "a sender has a name and an address",
        "Person.id": "a sender has a name and an address",
        "Person.given_name": "a sender has a name and an address",
        "Person.family_name": "a sender has a name and an address",
        "Person.extra": "a sender has a name and an address",
    },
    altered={
        "Post.id": "a Message-ID is made of it",
        "Comment.id": "a Message-ID is made of it",
        "Content.form": "a message is HTML and plain text",
        "Content.base": "relative links are made absolute instead",
    },
    sometimes={"Post.published": "whole seconds", "Comment.published": "whole seconds"},
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``blog.mbox``."""
    yield OutputFile(path=PurePosixPath("blog.mbox"), chunks=_chunks(snapshot))


def _chunks(snapshot: Snapshot) -> Iterator[bytes]:
    site = snapshot.site
    domain = (
        re.sub(r"[^a-z0-9.-]", "", ((site.url or "").partition("//")[2].partition("/")[0]).lower()) or "blog.invalid"
    )
    for post in snapshot.posts(oldest_first=True):
        about = pub.line(post.title) or text.excerpt(pub.body(post.content) or "", 70) or "(untitled)"
        first = _message(post, about, post.authors, pub.post_body(post), domain)
        first["Message-ID"] = _id(post.id, domain)
        yield _packed(first, post.published or post.updated)
        ids = {one.id: one for one in snapshot.comments(post.id)}
        for comment in ids.values():
            people = (comment.author,) if comment.author is not None else ()
            answer = _message(comment, f"Re: {about}", people, pub.body(comment.content, comment.url), domain)
            above = [_id(post.id, domain), *(_id(one, domain) for one in _ancestors(comment, ids))]
            answer["Message-ID"] = _id(comment.id, domain)
            answer["In-Reply-To"] = above[-1]
            answer["References"] = " ".join(above)
            yield _packed(answer, comment.published or post.published)


def _message(
    record: Post | Comment, subject: str, people: tuple[Person, ...], html: str | None, domain: str
) -> EmailMessage:
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = _line(subject)[:900]
    person = people[0] if people else None
    message["From"] = _sender(person, domain)
    if record.url:
        message["X-URL"] = _line(record.url)[:900]
    if record.status is not None:
        message["X-Status"] = record.status
    found = html or ""
    message.set_content(text.plain(found) + "\n", charset="utf-8", cte="quoted-printable")
    message.add_alternative(found + "\n", subtype="html", charset="utf-8", cte="quoted-printable")
    # the boundary is otherwise one of chance
    message.set_boundary(f"=_{hashlib.sha256(record.id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}")
    return message


def _sender(person: Person | None, domain: str) -> Address:
    name = _line(person.name or person.id or "")[:200] if person is not None else ""
    user, at, host = (person.email or "").strip().rpartition("@") if person is not None else ("", "", "")
    try:
        if at and (user + host).isascii():
            return Address(display_name=name, username=user, domain=host)
    except (ValueError, IndexError):  # no address that a header can hold
        pass
    return Address(display_name=name or "anonymous", username="nobody", domain=f"{domain}.invalid")


def _packed(message: EmailMessage, moment: dt.datetime | None) -> bytes:
    """Give a message as a mailbox holds it: lines that begin as its separator does are quoted."""
    when = moment or _EPOCH
    message["Date"] = when.replace(microsecond=0)
    data = message.as_bytes(policy=_POLICY)
    try:
        stamp = when.astimezone(dt.UTC)
    except OverflowError:
        stamp = _EPOCH
    head = f"From nobody {stamp:%a %b} {stamp.day:2} {stamp:%H:%M:%S} {stamp.year:04}\n".encode()
    return head + _FROM.sub(rb">\1", data).rstrip(b"\n") + b"\n\n"


def _ancestors(comment: Comment, held: dict[str, Comment]) -> list[str]:
    """Give the comments above one, the farthest first."""
    found: list[str] = []
    at = comment.parent
    while at is not None and at in held and at not in found and len(found) < 50:
        found.append(at)
        at = held[at].parent
    return found[::-1]


def _id(known: str, domain: str) -> str:
    return f"<{hashlib.sha256(known.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}@{domain}>"


def _line(value: str) -> str:
    return " ".join(value.encode("utf-8", "replace").decode().split())


EXPORTER = Exporter(name="mbox", label="Mailbox (mbox)", losses=LOSSES, audience="public", write=write)
