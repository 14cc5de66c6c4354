"""What a feed's schema demands of values that a source was free to write: checked on the way out, and noted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.wire.xml import is_legal

if TYPE_CHECKING:
    from feedkeep.notes import Notes

# RFC 4287 Appendix B: atomMediaType, atomLanguageTag, atomEmailAddress, and what section 4.2.7.2 says of rel.
MEDIA_TYPE = re.compile(r"[^\r\n]+/[^\r\n]+")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
EMAIL = re.compile(r"[^\r\n]+@[^\r\n]+")
RELATION = re.compile(r"[^:<>/\[\]?#@\s]+|[A-Za-z][A-Za-z0-9+.\-]*:[^\r\n]+")
# How JSON writes the characters that XML may not hold: escaped, or U+FFFE and U+FFFF as they are.
_SUSPECT = re.compile(rb"\\[bfu]|\xef\xbf[\xbe\xbf]")


class Conformance:
    """Tells, once for each record, what of it cannot be written as it is."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._noted: set[tuple[str | None, str]] = set()
        self._record: str | None = None

    def begin(self, record_id: str, record: msgspec.Struct) -> None:
        """Turn to a record, and note the characters of it that feeds cannot hold: the writer leaves them out."""
        self._record = record_id
        if _suspicious(record) and not _is_legal(record):
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


def _suspicious(record: msgspec.Struct) -> bool:
    """Tell quickly what is very likely clean: a window of bodies is searched for every export."""
    try:
        return _SUSPECT.search(msgspec.json.encode(record)) is not None
    except (UnicodeEncodeError, OverflowError):  # half a surrogate pair; a number in ``extra`` that no record needs
        return True


def _is_legal(value: object) -> bool:
    """Tell whether XML can hold every text of a record, but for what only other formats look at."""
    if isinstance(value, str):
        return is_legal(value)
    if isinstance(value, msgspec.Struct):
        return all(_is_legal(getattr(value, name)) for name in value.__struct_fields__ if name != "extra")
    return all(map(_is_legal, value)) if isinstance(value, tuple) else True


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")
