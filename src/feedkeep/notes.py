"""What a run noticed but did not stop for."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind(StrEnum):
    """How much of the input a note is about, worst first."""

    SKIPPED = "skipped"  # a whole record was left out
    DROPPED = "dropped"  # a field of a record was left out
    ALTERED = "altered"  # a field was kept in another form
    REPAIRED = "repaired"  # broken input was mended
    NOTICED = "noticed"  # nothing was changed; the reader should know


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing noticed: ``what`` in one line, and where."""

    kind: Kind
    what: str
    source: str | None = None  # name of the source
    line: int | None = None  # 1-based line in the source
    record: str | None = None  # id of the record
    field: str | None = None  # e.g. "Post.title"


class Notes:
    """Counts every note by kind, keeps the first ``keep`` of each kind and passes all to ``listener``.

    Memory stays bounded on sources with a million defects; a listener that needs every note
    (a log file) gets every note.
    """

    def __init__(self, listener: Callable[[Note], None] | None = None, *, keep: int = 1000) -> None:
        self._listener = listener
        self._keep = keep
        self.counts: Counter[Kind] = Counter()
        self.kept: list[Note] = []
        self.guessed: Counter[str] = Counter()  # dates that stated no zone: name of the zone taken → how many

    def add(
        self,
        kind: Kind,
        what: str,
        *,
        source: str | None = None,
        line: int | None = None,
        record: str | None = None,
        field: str | None = None,
    ) -> None:
        """Record one note."""
        note = Note(kind=kind, what=what, source=source, line=line, record=record, field=field)
        self.counts[kind] += 1
        if self.counts[kind] <= self._keep:
            self.kept.append(note)
        if self._listener is not None:
            self._listener(note)

    def skipped(self, what: str, **where: str | int | None) -> None:
        """A whole record was left out; accounting counts it."""
        self.add(Kind.SKIPPED, what, **where)  # type: ignore[arg-type]

    def dropped(self, what: str, **where: str | int | None) -> None:
        """A field was left out."""
        self.add(Kind.DROPPED, what, **where)  # type: ignore[arg-type]

    def altered(self, what: str, **where: str | int | None) -> None:
        """A field was kept in another form."""
        self.add(Kind.ALTERED, what, **where)  # type: ignore[arg-type]

    def repaired(self, what: str, **where: str | int | None) -> None:
        """Broken input was mended."""
        self.add(Kind.REPAIRED, what, **where)  # type: ignore[arg-type]

    def noticed(self, what: str, **where: str | int | None) -> None:
        """Nothing was changed, but the reader should know."""
        self.add(Kind.NOTICED, what, **where)  # type: ignore[arg-type]
