"""What every reader of feeds does with what it read: ids that are unique, dates with notes, the site first."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FormatError
from feedkeep.ids import made_id
from feedkeep.models import Comment, Post
from feedkeep.wire import dates
from feedkeep.wire.elements import text_of
from feedkeep.wire.threads import blog_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from feedkeep.models import Record, Site
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.elements import Fields

Face = tuple[str | None, ...]  # the address first
_HELD = 1000  # records that wait for the end of the document, so that the site can be told whole, and first


class Intake:
    """The notes of one document."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self.source = source
        self.notes = notes
        self.addressed: set[str] = set()  # addresses that serve as ids
        self._versions = False

    def moment(self, text: str, name: str, record_id: str) -> dt.datetime | None:
        """Read a date; what is none is noted, what names no zone is counted."""
        found = dates.parse(text, self.source.timezone)
        if found is None:
            self.notes.dropped(f"{name} {_short(text)} is no date", source=self.source.name, record=record_id)
            return None
        moment, guessed = found
        if guessed:
            self.notes.guessed[str(self.source.timezone or "UTC")] += 1
        return moment

    def stated(self, got: Fields, names: Iterable[str], record_id: str) -> dt.datetime | None:
        """Take the elements of these names that give a date, and read the first; those that say otherwise stay."""
        found: dt.datetime | None = None
        for name in names:
            if name not in got:
                continue
            child = got.one(name)
            text = text_of(child, self.source.name).strip()
            if found is None:
                found = self.moment(text, name, record_id) if text else None
            elif self.silent(text) != found:
                got.put_back(name, child)
        return found

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
        self,
        read: Iterable[Record],
        site: Callable[[], Site | None],
        face: Callable[[Post | Comment], Face],
        *,
        versions: bool = False,
    ) -> Iterator[Record]:
        """Yield the site, if it is described, then what was read, every post and comment under an id of its own.

        ``face`` gives what tells two records apart that claim the same id; where a format lets a document hold several
        ``versions`` of an entry, those with one address keep their id. Memory stays flat: of a document with many
        records, the site is told from what stands before them.
        """
        self._versions = versions
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
        names = _Names()
        # Where several of those at hand share an id, none may have it: which comes first changes with the window.
        repeated = [r for r in held if isinstance(r, (Post, Comment)) and not names.claim(r.id, face(r))]
        for record in held if repeated else ():
            yield self._named(record, names, face) if isinstance(record, (Post, Comment)) else record
        if not repeated:
            yield from held
        for record in stream:
            if isinstance(record, (Post, Comment)) and not names.claim(record.id, face(record)):
                names.give(record.id)  # whoever came first has it
                yield self._named(record, names, face)
            else:
                yield record

    def _named(self, record: Post | Comment, names: _Names, face: Callable[[Post | Comment], Face]) -> Post | Comment:
        if names.give(record.id) or (self._is_version(record) and not names.is_shared(record.id)):
            return record
        kind = type(record).__name__.lower()
        made = names.made(record, kind, face(record))
        what = f"several {kind}s have the id {_short(record.id)}: each was given its own"
        self.notes.altered(what, source=self.source.name, record=made)
        return msgspec.structs.replace(record, id=made, permalink=None)

    def _is_version(self, record: Post | Comment) -> bool:
        return self._versions and record.url is not None and record.id not in self.addressed


class _Names:
    """Who claims which id, and which were given."""

    def __init__(self) -> None:
        self._first: dict[str, Face] = {}  # who claimed an id first
        self._shared: dict[str, set[Face]] = {}  # all who claim it, where they are several
        self._addresses: Counter[tuple[str, str | None]] = Counter()  # how many of them have an address
        self._given: set[str] = set()
        self._repeats: Counter[str] = Counter()

    def claim(self, record_id: str, face: Face) -> bool:
        """Tell whether nobody has claimed this id before."""
        first = self._first.setdefault(record_id, face)
        if first is face:
            return True
        if first != face:
            shared = self._shared.setdefault(record_id, set())
            for one in (first, face):
                if one not in shared:
                    shared.add(one)
                    self._addresses[record_id, one[0]] += 1
        return False

    def give(self, record_id: str) -> bool:
        """Give an id to the first who asks for it; of those who share it, to none."""
        if record_id in self._given or record_id in self._shared:
            return False
        self._given.add(record_id)
        return True

    def is_shared(self, record_id: str) -> bool:
        """Tell whether several claim an id that are not one."""
        return record_id in self._shared

    def made(self, record: Post | Comment, kind: str, face: Face) -> str:
        """Make another id: with its address, where that is its own among those who share the id."""
        made = f"{record.id}|{record.url}"
        alone = self._addresses[record.id, face[0]] == 1 and record.url is not None and record.url != record.id
        if not alone or made in self._given:
            # the same twice, or an older version of it: the archive finds it by its address
            moments = [moment.isoformat() for moment in (record.published, record.updated) if moment is not None]
            parts = (record.id, record.url, record.title, *moments)
            made = made_id(kind, *parts)
            self._repeats[made] += 1
            if self._repeats[made] > 1:
                made = made_id(kind, *parts, str(self._repeats[made]))
        self._given.add(made)
        return made


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
