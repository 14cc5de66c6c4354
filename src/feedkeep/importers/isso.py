"""Isso: its SQLite file, and the "generic JSON" that it imports.

https://isso-comments.de/docs/technical-docs/database/
https://isso-comments.de/docs/guides/tips-and-tricks/#importing-comments
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Comment, Content, Person
from feedkeep.wire import comment_json
from feedkeep.wire.addresses import joined
from feedkeep.wire.intake import Intake
from feedkeep.wire.isso_database import MAGIC, Database
from feedkeep.wire.loose import Loose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import CommentStatus, Post, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.intake import Face

_TABLES = re.compile(rb"CREATE TABLE\s+(?:IF NOT EXISTS\s+)?[\"'`\[]?comments\b.*?\bremote_addr\b", re.DOTALL)
_GENERIC = re.compile(rb"\[\s*\{")
_KEYS = (b'"comments"', b'"id"', b'"title"', b'"remote_addr"')
_MODES: dict[object, CommentStatus] = {1: "approved", 2: "pending", 4: "deleted"}


def detect(source: Source) -> bool:
    """A SQLite file with Isso's table of comments, or a list of threads with comments."""
    if source.head.startswith(MAGIC):
        return _TABLES.search(source.head) is not None
    head = comment_json.start(source)
    return _GENERIC.match(head) is not None and all(key in head for key in _KEYS)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the comments. Raises FormatError for what is neither form."""
    reading = _Reading(source, notes)
    found = reading.database() if source.head.startswith(MAGIC) else reading.generic()
    yield from reading.intake.records(found, lambda: None, _face)


class _Reading:
    """One database or document."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self.intake = Intake(source, notes)
        self._source = source
        self._notes = notes
        self._name = source.name

    def database(self) -> Iterator[Comment]:
        """Read the SQLite file."""
        with closing(Database(self._source.read(), self._name)) as database:
            threads = {
                row.get("id"): (_words(row.get("uri")), _words(row.get("title"))) for row in database.rows("threads")
            }
            used: set[Any] = set()
            voted = met = False
            try:
                for row in database.rows("comments"):
                    met = True
                    voted = voted or bool(row.get("likes") or row.get("dislikes"))
                    thread = row.get("tid")
                    used.add(thread)
                    yield self._row(row, threads.get(thread))
            except FormatError as error:
                if not met:
                    raise
                self._notes.skipped(f"{error.reason}: the comments after this could not be read", source=self._name)
            if database.cut:
                what = "the file ends early: there may have been more comments"
                self._notes.noticed(what, source=self._name)
            if voted:
                self._notes.noticed("who voted is kept as a scrambled list of addresses: ignored", source=self._name)
            self._silent([uri for number, (uri, _) in threads.items() if number not in used])

    def generic(self) -> Iterator[Comment]:
        """Read the generic JSON."""
        found = comment_json.document(self._source, self._notes)
        if not isinstance(found, list):
            raise FormatError("no comments of Isso: the JSON is not a list of threads", source=self._name)
        silent: list[str | None] = []
        for number, held in enumerate(found, 1):
            if not isinstance(held, dict):
                self._notes.skipped(f"thread {number} is not an object", source=self._name)
                continue
            thread = Loose(held, self._notes, source=self._name)
            uri, title = thread.text("id"), thread.text("title")
            comments = thread.raw("comments")
            if not isinstance(comments, list):
                self._notes.skipped(f"thread {number} has no list of comments", source=self._name)
                continue
            if not comments:
                silent.append(uri)
            for place, comment in enumerate(comments, 1):
                if isinstance(comment, dict):
                    yield self._generic(comment, uri, title, place)
                else:
                    self._notes.skipped(f"comment {place} of thread {number} is not an object", source=self._name)
        self._silent(silent)

    def _row(self, row: dict[str, Any], thread: tuple[str | None, str | None] | None) -> Comment:
        number, parent, mode, tid = (
            row.pop("id", None),
            row.pop("parent", None),
            row.pop("mode", None),
            row.pop("tid", None),
        )
        body, author = _words(row.pop("text", None)), _person(row)
        record = f"isso:{number}" if number is not None else self.intake.made("comment", str(tid), body)
        if thread is None:
            what = f"its thread {tid} is not in the database"
            self._notes.dropped(what, source=self._name, record=record, field="Comment.post_url")
        status = _MODES.get(mode)
        if status is None:
            what = f"the mode {mode!r} is none that Isso has: taken for pending"
            self._notes.altered(what[:120], source=self._name, record=record, field="Comment.status")
            status = "pending"
        row.pop("voters", None)  # addresses in a Bloom filter: good for nothing but Isso's own next vote
        created, modified = row.pop("created", None), row.pop("modified", None)
        ip = _words(row.pop("remote_addr", None))
        own = {key: value for key, value in row.items() if value and isinstance(value, (str, int))}
        uri, title = thread or (None, None)
        if title:
            own["title"] = title
        return Comment(
            id=record,
            post_url=self._address(uri),
            parent=None if parent is None else f"isso:{parent}",
            author=author,
            content=Content(value=body, form="markdown") if body else None,
            published=self._seconds(created, "created", record),
            updated=self._seconds(modified, "modified", record),
            status=status,
            ip=ip,
            extra={"isso": own} if own else {},
        )

    def _generic(self, held: dict[str, Any], uri: str | None, title: str | None, place: int) -> Comment:
        number = held.get("id")
        # numbers are a thread's own: those of two threads are often the same
        record = f"isso:{uri or ''}#{number if isinstance(number, (int, str)) else f'at-{place}'}"
        row = Loose(held, self._notes, source=self._name, record=record)
        row.raw("id")
        body, said, ip = row.text("text"), row.text("created"), row.text("remote_addr")
        author = _person({key: row.text(key) for key in ("author", "email", "website")})
        own = row.rest()
        if title:
            own["title"] = title
        return Comment(
            id=record,
            post_url=self._address(uri),
            author=author,
            content=Content(value=body, form="markdown") if body else None,
            published=self.intake.moment(said, "created", record) if said else None,
            status="approved",
            ip=None if ip == "0.0.0.0" else ip,  # noqa: S104 — what Isso's converters write for none
            extra={"isso": own} if own else {},
        )

    def _address(self, uri: str | None) -> str | None:
        """Isso knows paths; where the database came from tells the rest."""
        return None if uri is None else joined(self._source.url, uri)

    def _seconds(self, value: Any, name: str, record: str) -> dt.datetime | None:  # noqa: ANN401 — SQLite has no types
        """Read seconds since 1970, in UTC."""
        if value is None:
            return None
        try:
            found = dt.datetime.fromtimestamp(round(float(value), 6), dt.UTC)
            if 1 < found.year < 9999:
                return found
        except (ValueError, TypeError, OverflowError, OSError):
            pass
        self._notes.dropped(f"{name} {str(value)[:40]!r} is no date", source=self._name, record=record)
        return None

    def _silent(self, uris: list[str | None]) -> None:
        if uris:
            shown = " ".join(" ".join(uri or "(without address)" for uri in uris[:3]).split())[:300]
            many = f"{len(uris)} threads have no comments" if len(uris) > 1 else "1 thread has no comments"
            self._notes.noticed(f"{many}: {shown}{' …' if len(uris) > 3 else ''}", source=self._name)


def _person(row: dict[str, Any]) -> Person | None:
    person = Person(
        name=_words(row.pop("author", None)), email=_words(row.pop("email", None)), url=_words(row.pop("website", None))
    )
    return None if person == Person() else person


def _words(value: object) -> str | None:
    """Read a text; SQLite keeps whatever type it was given."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return (str(value) if isinstance(value, (str, int, float)) else "") or None


def _face(record: Post | Comment) -> Face:
    """What tells two comments apart that claim the same id."""
    when = None if record.published is None else record.published.isoformat()
    return record.url, when, None if record.content is None else record.content.value


IMPORTER = Importer(name="isso", label="Isso database and generic JSON", kind="export", detect=detect, read=read)
