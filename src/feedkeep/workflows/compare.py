"""What a subscriber would notice if one feed took the place of another: entries shown as new, changed or gone, and why.

Readers know an entry by its id (RSS guid, Atom id, JSON Feed id; the address where there is none). One whose id
changed is a new entry to them, however alike it is otherwise.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING

import msgspec

from feedkeep.content import render, text
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Content, Post
from feedkeep.workflows import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.formats import Importer
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as a subscriber knows it."""

    id: str
    title: str | None = None
    url: str | None = None
    date: dt.datetime | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that is in both feeds and would look different."""

    entry: Entry
    fields: dict[str, tuple[str, str]]  # what changed: field → (before, after)


class Difference(msgspec.Struct, kw_only=True):
    """What a subscriber would notice."""

    old: int = 0  # entries of the old feed
    new: int = 0  # entries of the new feed
    same: int = 0
    shown_as_new: list[Entry] = []
    renamed: list[tuple[Entry, Entry, str]] = []  # shown as new though it is an old one: (before, after, why)
    changed: list[Change] = []
    gone: list[Entry] = []

    @property
    def noticed(self) -> int:
        """How many entries a subscriber would notice."""
        return len(self.shown_as_new) + len(self.renamed) + len(self.changed) + len(self.gone)


class _Held(msgspec.Struct, frozen=True, kw_only=True):
    entry: Entry
    shown: dict[str, str]


def compare(old: Source, new: Source, *, notes: Notes) -> Difference:
    """Compare two feeds, in whatever format each is. Raises FormatError where one cannot be read."""
    before, after = _entries(old, notes), _entries(new, notes)
    result = Difference(old=len(before), new=len(after))
    for record_id in before.keys() & after.keys():
        fields = _changes(before[record_id].shown, after[record_id].shown)
        if fields:
            result.changed.append(Change(entry=after[record_id].entry, fields=fields))
        else:
            result.same += 1
    gone = [held for record_id, held in before.items() if record_id not in after]
    added = [held for record_id, held in after.items() if record_id not in before]
    _pair(gone, added, result)
    result.changed.sort(key=lambda change: change.entry.id)
    return result


def _pair(gone: list[_Held], added: list[_Held], result: Difference) -> None:
    """Tell entries that only changed their id from those that are really new or gone."""
    left = {held.entry.id: held for held in gone}
    at_address: dict[str | None, Entry] = {held.entry.url: held.entry for held in gone if held.entry.url}
    called: dict[tuple[str | None, dt.datetime | None], Entry] = {
        (held.entry.title, held.entry.date): held.entry for held in gone if held.entry.title and held.entry.date
    }
    for held in added:
        twin, why = at_address.get(held.entry.url), "the id changed, the address is the same"
        if twin is None or twin.id not in left:
            twin, why = called.get((held.entry.title, held.entry.date)), "the id changed, title and date are the same"
        if twin is None or twin.id not in left:
            result.shown_as_new.append(held.entry)
        else:
            del left[twin.id]
            result.renamed.append((twin, held.entry, why))
    result.gone = [held.entry for held in left.values()]


def _entries(source: Source, notes: Notes) -> dict[str, _Held]:
    found: dict[str, _Held] = {}

    def collect(_: Importer, records: Iterator[Record]) -> list[Record]:
        return list(records)

    for document, importer in reading.documents(source):
        if importer is None:
            continue
        for record in reading.read(document, importer, notes, collect):
            if isinstance(record, (Post, Comment)):
                found.setdefault(record.id, _held(record))
    if not found:
        raise FormatError("holds no entry", source=source.name)
    return found


def _held(record: Post | Comment) -> _Held:
    body = record.content or (record.summary if isinstance(record, Post) else None)
    shown = {
        "title": " ".join((record.title or "").split()),
        "address": record.url or "",
        "published": _moment(record.published),
        "text": _words(body),
    }
    if isinstance(record, Post):
        # readers take a guid for the address where it says that it is one
        shown["permalink"] = (
            "yes" if record.permalink or (record.permalink is None and record.id == record.url) else "no"
        )
    entry = Entry(id=record.id, title=record.title, url=record.url, date=record.published or record.updated)
    return _Held(entry=entry, shown=shown)


def _moment(moment: dt.datetime | None) -> str:
    return "" if moment is None else str(int(moment.timestamp()))


def _words(body: Content | None) -> str:
    return "" if body is None else " ".join(text.plain(render.html(body)).split())


def _changes(before: dict[str, str], after: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {name: (before[name], value) for name, value in after.items() if name in before and before[name] != value}
