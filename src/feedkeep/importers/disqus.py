"""Disqus's export: threads (pages of the blog) and posts (comments), in XML.

https://help.disqus.com/en/articles/1717164-comments-export
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from heapq import nsmallest
from typing import TYPE_CHECKING, Any

import msgspec
from lxml import etree

from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person
from feedkeep.wire import dates
from feedkeep.wire.disqus_stream import elements
from feedkeep.wire.elements import local
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import CommentStatus, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.source.scratch import Scratch

_FIRST = re.compile(rb"<[A-Za-z][^\s>]*")
_ID = "{http://disqus.com/disqus-internals}id"
_WORDPRESS = re.compile(r"\d{1,18} (https?://\S+)")  # what Disqus's plugin for WordPress makes the identifier of
_WAITING = 1000  # posts that may come before the thread they belong to
_READ = frozenset(
    {"message", "createdAt", "isDeleted", "isSpam", "isApproved", "author", "ipAddress", "thread", "parent"}
)


def detect(source: Source) -> bool:
    """Tell by the first element, whatever stands before it."""
    first = _FIRST.search(source.head.replace(b"\0", b""))  # UTF-16
    return first is not None and first[0] == b"<disqus"


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the posts as comments, each with what its thread says of the page."""
    with source.scratch() as threads, source.scratch() as seen:
        reading = _Reading(source, notes, threads, seen)
        for element in elements(source, notes):
            if local(element) == "thread":
                reading.thread(element)
            else:
                yield from reading.post(element)
        yield from reading.rest()


class _Thread(msgspec.Struct, frozen=True, gc=False):
    place: int  # in the file
    link: str | None
    identifier: str | None
    title: str | None
    created: str | None
    deleted: bool


class _Reading:
    """What is remembered of a file: its threads, and which ids were given; both may be more than memory should hold."""

    def __init__(self, source: Source, notes: Notes, threads: Scratch, seen: Scratch) -> None:
        self._intake = Intake(source, notes)
        self._notes = notes
        self._name = source.name
        self._threads = threads  # by their ids, packed
        self._known = 0  # how many
        self._last: tuple[str, _Thread] | None = None  # posts of one thread often come together
        self._answered = 0
        self._seen = seen  # ids of posts, each with what tells two of them apart; threads that were answered
        self._waiting: list[tuple[str, Comment]] = []

    def thread(self, element: Any) -> None:  # noqa: ANN401 — lxml's element type is private
        """Remember a thread."""
        said = _children(element)
        number = _number(element)
        if number is None:
            what = (
                f"a thread without id: {_text(said.get('link')) or _text(said.get('title')) or 'nothing is said of it'}"
            )
            self._notes.skipped(what[:200], source=self._name, line=element.sourceline)
            return
        told = _Thread(
            place=self._known,
            link=_text(said.get("link")),
            identifier=_text(said.get("id")),
            title=_text(said.get("title")),
            created=_text(said.get("createdAt")),
            deleted=_text(said.get("isDeleted")) == "true",
        )
        held = self._threads.hold(number, msgspec.msgpack.encode(told))
        if held is None:
            self._known += 1
        elif msgspec.structs.replace(_unpacked(held), place=told.place) != told:
            self._notes.skipped("a second thread with the id of another", source=self._name, record=f"disqus:{number}")

    def post(self, element: Any) -> Iterator[Comment]:  # noqa: ANN401 — likewise
        """Read a post; one whose thread is not known yet waits for it."""
        held = _children(element)
        thread = _number(held.get("thread"))
        comment = self._comment(element, held, thread)
        if comment is None:
            return
        if thread is not None and len(self._waiting) < _WAITING and self._told(thread) is None:
            self._waiting.append((thread, comment))
        else:
            yield self._placed(comment, thread)

    def rest(self) -> Iterator[Comment]:
        """Yield the posts that waited, and tell of the threads that nobody commented on."""
        for thread, comment in self._waiting:
            yield self._placed(comment, thread)
        silent = self._known - self._answered
        if silent:
            many = f"{silent} threads have no comments" if silent > 1 else "1 thread has no comments"
            more = " …" if silent > 3 else ""
            shown = " ".join(self._first_silent(3))
            self._notes.noticed(f"{many}: {' '.join(shown.split())[:300]}{more}", source=self._name)

    def _first_silent(self, many: int) -> list[str]:
        """Name the first threads of the file that nobody commented on."""
        silent = (
            (_unpacked(packed), number)
            for number, packed in self._threads.items()
            if self._seen.get(_answer(number)) is None
        )
        first = nsmallest(many, silent, key=lambda one: one[0].place)
        return [told.link or f"thread {number}" for told, number in first]

    def _told(self, thread: str) -> _Thread | None:
        """Give what is known of a thread by now."""
        if self._last is None or self._last[0] != thread:
            packed = self._threads.get(thread)
            if packed is None:
                return None
            self._last = thread, _unpacked(packed)
            self._answered += self._seen.hold(_answer(thread)) is None
        return self._last[1]

    def _comment(self, element: Any, held: dict[str, Any], thread: str | None) -> Comment | None:  # noqa: ANN401 — likewise
        body = _inner(held.get("message"))
        said = _text(held.get("createdAt"))
        author = _author(held.get("author"))
        record = self._identified(element, (_text(held.get("id")), thread, said, author.name if author else None, body))
        if record is None:
            return None
        own: dict[str, Any] = {"thread": {"id": thread}} if thread is not None else {}
        if _truth(held, "isDeleted") and _truth(held, "isSpam"):
            own["isSpam"] = "true"
        others = []
        for child in element:
            name = local(child)
            if name not in _READ or child is not held[name]:
                if len(child) or child.attrib or name in own or name in _READ:
                    others.append(_whole(child))
                elif _text(child) is not None:
                    own[name] = _text(child)
        if others:
            own["elements"] = others
        parent = _number(held.get("parent"))
        return Comment(
            id=record,
            parent=None if parent is None else f"disqus:{parent}",
            author=author,
            content=Content(value=body) if body else None,
            published=self._moment(said, record),
            status=_status(held),
            ip=_text(held.get("ipAddress")),
            extra={"disqus": own} if own else {},
        )

    def _identified(self, element: Any, parts: tuple[str | None, ...]) -> str | None:  # noqa: ANN401 — likewise
        number = _number(element)
        made = made_id("comment", number, *parts)
        face = made[-16:].encode()
        before = face if number is None else self._seen.hold(number, face)
        if before is None:
            return f"disqus:{number}"
        if (number is not None and before == face) or self._seen.hold(made) is not None:
            self._notes.skipped("the same post twice", source=self._name, line=element.sourceline)
            return None
        if number is None:
            what = "a post without id: an id was made"
        else:
            what = f"a second post with the id {number}: it was given its own"
        self._notes.altered(what, source=self._name, record=made)
        return made

    def _placed(self, comment: Comment, thread: str | None) -> Comment:
        told = None if thread is None else self._told(thread)
        if told is None:
            what = "names no thread" if thread is None else f"its thread {thread} is not in the file"
            self._notes.dropped(what, source=self._name, record=comment.id, field="Comment.post_url")
            return comment
        own = dict(comment.extra["disqus"])
        about = {"id": thread, "identifier": told.identifier, "title": told.title, "createdAt": told.created}
        own["thread"] = {key: value for key, value in about.items() if value is not None}
        if told.deleted:
            own["thread"]["isDeleted"] = "true"
        guid = _WORDPRESS.fullmatch(told.identifier or "")
        # nobody saw the comments of a thread that was deleted
        status: CommentStatus | None = "trashed" if told.deleted and comment.status != "deleted" else comment.status
        number = comment.id.removeprefix("disqus:")
        return msgspec.structs.replace(
            comment,
            post=guid[1] if guid else None,
            post_url=told.link,
            url=f"{told.link}#comment-{number}"
            if told.link and "#" not in told.link and number != comment.id
            else None,
            status=status,
            extra={"disqus": own},
        )

    def _moment(self, said: str | None, record: str) -> dt.datetime | None:
        """Read a date: all of Disqus's are UTC."""
        if said is None:
            return None
        found = dates.parse(said, dt.UTC)
        return found[0] if found is not None else self._intake.moment(said, "createdAt", record)


def _status(held: dict[str, Any]) -> CommentStatus:
    if _truth(held, "isDeleted"):
        return "deleted"
    if _truth(held, "isSpam"):
        return "spam"
    return "pending" if _text(held.get("isApproved")) == "false" else "approved"


def _author(element: Any) -> Person | None:  # noqa: ANN401 — likewise
    if element is None:
        return None
    held = {name: _text(child) for name, child in _children(element).items()}
    username = held.pop("username", None)
    name, email = held.pop("name", None), held.pop("email", None)
    url, avatar = held.pop("url", None), held.pop("avatar", None)
    if held.get("isAnonymous") == "false":
        del held["isAnonymous"]
    rest = {key: value for key, value in held.items() if value is not None}
    person = Person(
        id=None if username is None else f"disqus:{username}",
        name=name,
        email=email,
        url=url,
        avatar=avatar,
        extra={"disqus": rest} if rest else {},
    )
    return None if person == Person() else person


def _answer(thread: str) -> str:
    return f"\0{thread}"  # which is no id of a post: XML has no such character


def _unpacked(packed: bytes) -> _Thread:
    return msgspec.msgpack.decode(packed, type=_Thread)


def _children(element: Any) -> dict[str, Any]:  # noqa: ANN401 — likewise
    found: dict[str, Any] = {}
    for child in element:
        found.setdefault(local(child), child)
    return found


def _number(element: Any) -> str | None:  # noqa: ANN401 — likewise
    """Read the ``dsq:id``, in whatever namespace."""
    if element is None:
        return None
    said = element.get(_ID)
    if said is None:
        said = next(
            (value for name, value in element.items() if name.rpartition("}")[2].rpartition(":")[2] == "id"), None
        )
    return (said or "").strip() or None


def _truth(held: dict[str, Any], name: str) -> bool:
    return _text(held.get(name)) == "true"


def _text(element: Any) -> str | None:  # noqa: ANN401 — likewise
    return None if element is None else (element.text or "").strip() or None


def _inner(element: Any) -> str | None:  # noqa: ANN401 — likewise
    """Read HTML: escaped, in CDATA, or, in files that others made, as elements."""
    if element is None:
        return None
    parts = [element.text or ""]
    for child in element:
        parts.append(_whole(child))
        parts.append(child.tail or "")
    return "".join(parts).strip() or None


def _whole(element: Any) -> str:  # noqa: ANN401 — likewise
    alone = copy.deepcopy(element)
    etree.cleanup_namespaces(alone)
    found: str = etree.tostring(alone, encoding="unicode", with_tail=False)
    return found.replace(' xmlns="http://disqus.com"', "")


IMPORTER = Importer(name="disqus", label="Disqus export (XML)", kind="export", detect=detect, read=read)
