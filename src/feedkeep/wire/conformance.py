"""What a feed's schema demands of values that a source was free to write: checked on the way out, and noted."""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from feedkeep.patterns import pattern
from feedkeep.wire.xml import is_legal

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from feedkeep.notes import Notes

# RFC 4287 Appendix B: atomMediaType, atomLanguageTag, atomEmailAddress, and what section 4.2.7.2 says of rel.
MEDIA_TYPE = pattern(r"[^\r\n]+/[^\r\n]+")
LANGUAGE = pattern(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
EMAIL = pattern(r"[^\r\n]+@[^\r\n]+")
RELATION = pattern(r"[^:<>/\[\]?#@\s]+|[A-Za-z][A-Za-z0-9+.\-]*:[^\r\n]+")


class Conformance:
    """Tells, once for each record, what of it cannot be written as it is."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._noted: set[tuple[str | None, str]] = set()
        self._record: str | None = None

    def begin(self, record_id: str, record: msgspec.Struct) -> None:
        """Turn to a record, and note the characters of it that feeds cannot hold: the writer leaves them out."""
        self._record = record_id
        if not _is_legal(record):
            self._note("characters that XML cannot hold were left out", None)

    def fitting(self, pattern: re.Pattern[str], value: str | None, field: str) -> str | None:
        """Give ``value`` where it is what ``pattern`` demands; else None, with a note."""
        if value is None or pattern.fullmatch(value):
            return value
        self._note(f"{_short(value)} is left out: the format does not allow it there", field)
        return None

    def _note(self, what: str, field: str | None) -> None:
        key = self._record, what
        if key not in self._noted:
            self._noted.add(key)
            (self._notes.dropped if field else self._notes.altered)(what, record=self._record, field=field)


def _is_legal(value: object) -> bool:
    """Tell whether XML can hold every text of a record, but for what only other formats look at."""
    texts: list[str] = []
    waiting = [value]
    for one in waiting:  # which grows as it goes
        if isinstance(one, msgspec.Struct):
            for held in _values(type(one))(one):
                if not held:
                    continue
                if isinstance(held, str):
                    texts.append(held)
                elif isinstance(held, (tuple, msgspec.Struct)):
                    waiting.append(held)
        elif isinstance(one, tuple):
            waiting += one
        elif isinstance(one, str):
            texts.append(one)
    return is_legal("".join(texts))


@cache
def _values(model: type[msgspec.Struct]) -> Callable[[msgspec.Struct], tuple[object, ...]]:
    return attrgetter(*(name for name in model.__struct_fields__ if name != "extra"))


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
