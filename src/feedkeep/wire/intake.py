"""What every reader of feeds does with what it read: ids that are unique, dates with notes, the site first."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FormatError
from feedkeep.ids import made_id
from feedkeep.models import Comment, Post
from feedkeep.wire import dates
from feedkeep.wire.threads import blog_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from feedkeep.models import Record, Site
    from feedkeep.notes import Notes
    from feedkeep.source import Source

Face = tuple[str | None, ...]  # the address first
_HELD = 1000  # records that wait for the end of the document, so that the site can be told whole, and first


class Intake:
    """The notes of one document."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self.source = source
        self.notes = notes

    def moment(self, text: str, name: str, record_id: str) -> dt.datetime | None:
        """Read a date; what is none, and what names no zone, is noted."""
        found = dates.parse(text, self.source.timezone)
        if found is None:
            self.notes.dropped(f"{name} {_short(text)} is no date", source=self.source.name, record=record_id)
            return None
        moment, guessed = found
        if guessed:
            what = f"{name} {_short(text)} names no zone: taken as {moment.tzname()}"
            self.notes.altered(what, source=self.source.name, record=record_id)
        return moment

    def silent(self, text: str) -> dt.datetime | None:
        """Read a date, to compare it."""
        found = dates.parse(text, self.source.timezone)
        return None if found is None else found[0]

    def made(self, kind: str, *parts: str | None) -> str:
        """Make an id for a record whose source gives neither id nor address."""
        record_id = made_id(kind, *parts)
        what = f"a {kind} without id and address: an id was made"
        self.notes.altered(what, source=self.source.name, record=record_id)
        return record_id

    def records(
        self, read: Iterable[Record], site: Callable[[], Site | None], face: Callable[[Post | Comment], Face]
    ) -> Iterator[Record]:
        """Yield the site, if it is described, then what was read, every post and comment under an id of its own.

        ``face`` gives what tells two records apart that claim the same id. Memory stays flat: of a document with
        many records, the site is told from what stands before them.
        """
        stream = iter(read)
        broken: FormatError | None = None
        held: list[Record] = []
        try:
            held.extend(islice(stream, _HELD))
        except FormatError as error:
            broken = error
        described = site()
        blog = None if described is None else blog_of(described, held)
        if blog is not None:
            yield blog
        yield from self._told_apart(held, stream if broken is None else (), face)
        if broken is not None:
            raise broken

    def _told_apart(
        self, held: list[Record], stream: Iterable[Record], face: Callable[[Post | Comment], Face]
    ) -> Iterator[Record]:
        # Where several of those at hand share an id, none may have it: which comes first changes with the window.
        faces: dict[str, set[Face]] = {}
        for record in held:
            if isinstance(record, (Post, Comment)):
                faces.setdefault(record.id, set()).add(face(record))
        given: set[str] = set()
        for record in chain(held, stream):
            if not isinstance(record, (Post, Comment)):
                yield record
                continue
            mine = face(record)
            known = faces.setdefault(record.id, {mine})
            known.add(mine)
            told = record
            if len(known) > 1:
                told = self._renamed(record, given, alone=sum(other[0] == mine[0] for other in known) == 1)
            elif record.id in given:  # twice the same, or an older version of it: the archive finds them by address
                told = self._renamed(record, given, alone=False)
            given.add(told.id)
            yield told

    def _renamed(self, record: Post | Comment, given: set[str], *, alone: bool) -> Post | Comment:
        """Give a record another id: with its address, where that is its own among those who share the id."""
        kind = type(record).__name__.lower()
        made = f"{record.id}|{record.url}"
        if not alone or record.url is None or record.url == record.id or made in given:
            moments = [moment.isoformat() for moment in (record.published, record.updated) if moment is not None]
            parts = (record.id, record.url, record.title, *moments)
            made = made_id(kind, *parts)
            count = 1
            while made in given:
                count += 1
                made = made_id(kind, *parts, str(count))
        what = f"several {kind}s have the id {_short(record.id)}: each was given its own"
        self.notes.altered(what, source=self.source.name, record=made)
        return msgspec.structs.replace(record, id=made, permalink=None)


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
