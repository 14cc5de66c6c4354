"""Entries in the Movable Type Import Format: fields, a line of hyphens, then texts and comments under headings.

https://movabletype.org/documentation/appendices/import-export-format.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.wire.lines import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

FIELD = re.compile(r"([A-Z][A-Z0-9 _-]{0,40}):(?:[ \t]+(.*)|[ \t]*)")
_HEADER = re.compile(r"([A-Z][A-Z _-]{0,40}):[ \t]*")
END_OF_SECTION = "-----"
_END_OF_ENTRY = "--------"
_FIRST = frozenset({"AUTHOR", "TITLE", "STATUS", "BASENAME", "DATE", "UNIQUE URL", "NO ENTRY", "AUTHOR EMAIL"})
FIELDS = _FIRST | {
    "ALLOW COMMENTS",
    "ALLOW PINGS",
    "CATEGORY",
    "CONVERT BREAKS",
    "IMAGE",
    "PRIMARY CATEGORY",
    "TAGS",
}
TEXTS = frozenset({"BODY", "EXTENDED BODY", "EXCERPT", "KEYWORDS"})
RESPONSES = {
    "COMMENT": frozenset({"AUTHOR", "EMAIL", "IP", "URL", "DATE"}),
    "PING": frozenset({"TITLE", "URL", "IP", "BLOG NAME", "DATE"}),
}


class Section(msgspec.Struct):
    """A text, comment or trackback under its heading."""

    name: str
    fields: dict[str, str]
    text: list[str]


class Entry(msgspec.Struct):
    """What stands between two lines of eight hyphens."""

    line: int
    fields: list[tuple[str, str]]
    sections: list[Section]
    ended: bool = False


def entries(source: Source, notes: Notes) -> Iterator[Entry]:
    """Yield each entry, with what it says under which heading; the last one as far as it goes."""
    entry = Entry(1, [], [])
    section: Section | None = None  # the one that lines go to; None while fields are read
    for (number, line), following in _with_following(lines(source, notes)):
        bare = line.rstrip()
        if bare == _END_OF_ENTRY and (section is None or _begins_entry(following)):
            entry.ended = True
            if entry.fields or entry.sections:
                yield entry
            entry, section = Entry(number + 1, [], []), None
        elif bare == END_OF_SECTION and (following is None or _begins_section(following)):
            section = Section("", {}, [])
        elif section is not None:
            _add(section, line)
        elif bare:
            field = FIELD.fullmatch(bare)
            if field is None:
                notes.dropped(f"{bare[:80]!r} is no field of an entry", source=source.name, line=number)
            elif field[1] == "START BODY":  # of the format's first version
                section = Section("BODY", {}, [])
            else:
                entry.fields.append((field[1], (field[2] or "").strip()))
        if section is not None and not (entry.sections and entry.sections[-1] is section):
            entry.sections.append(section)
    if entry.fields or any(section.name or section.text for section in entry.sections):
        yield entry


def _with_following(found: Iterator[tuple[int, str]]) -> Iterator[tuple[tuple[int, str], str | None]]:
    """Pair every line with the next one that is not blank; only lines of hyphens are asked about it."""
    waiting: list[tuple[int, str]] = []
    for here in found:
        if waiting and here[1].strip():
            yield waiting[0], here[1].rstrip()
            for blank in waiting[1:]:
                yield blank, None
            waiting = []
        if waiting or here[1].rstrip() in {END_OF_SECTION, _END_OF_ENTRY}:
            waiting.append(here)
        else:
            yield here, None
    for here in waiting:
        yield here, None


def _begins_entry(following: str | None) -> bool:
    field = None if following is None else FIELD.fullmatch(following)
    return following is None or (field is not None and field[1] in FIELDS)


def _begins_section(following: str) -> bool:
    return following == _END_OF_ENTRY or _HEADER.fullmatch(following) is not None


def _add(section: Section, line: str) -> None:
    if not section.name:
        header = _HEADER.fullmatch(line.rstrip())
        if header is not None:
            section.name = header[1]
        return
    if not section.text and section.name in RESPONSES:
        field = FIELD.fullmatch(line.rstrip())
        if field is not None and field[1] in RESPONSES[section.name] and field[1] not in section.fields:
            section.fields[field[1]] = (field[2] or "").strip()
            return
    section.text.append(line)
