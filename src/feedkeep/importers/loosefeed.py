"""Whatever else calls itself a feed: what is not well formed, mended or read by feedparser, and rare dialects."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import is_made
from feedkeep.models import Comment, Post, Site
from feedkeep.notes import Notes
from feedkeep.wire import atom_document, detection, rss_document
from feedkeep.wire.controls import hidden, shown
from feedkeep.wire.declarations import declared
from feedkeep.wire.decoding import decoded
from feedkeep.wire.feedparsed import records as loosely
from feedkeep.wire.wxr_repair import Repaired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.source import Source

_FEEDLIKE = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel|item|entry)\b[^<>]*>", re.IGNORECASE)
_HTML = re.compile(
    r"\s*+(?:<\?xml[^>]*>\s*+)?(?:<!--(?:[^-]|-(?!->))*+-->\s*+)*+<(?:!doctype\s+html|html)", re.IGNORECASE
)
_OTHERS = frozenset(["opml", "html", "svg", "sitemapindex", "urlset"])
_DECLARATION = re.compile(r"<\?xml\b[^<>]*\?>")  # whatever encoding it states, it is UTF-8 by now
_START = re.compile(r"<\?xml\b|<!DOCTYPE|<(?:\w+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)


def detect(source: Source) -> bool:
    """Something with a feed's elements that the strict readers do not take, and no HTML page."""
    text = detection.decoded(source.head).lstrip("\ufeff")
    if not _FEEDLIKE.search(text) or _HTML.match(text) or text.lstrip()[:1] in {"{", "["}:
        return False
    root = detection.root(source.head)
    if root is not None and root.name.lower() in _OTHERS:
        return False
    others = formats.IMPORTERS[: formats.IMPORTERS.index("loosefeed")]
    return not any(formats.importer(other).detect(source) for other in others)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield what can be made of it. Raises FormatError where it is no feed.

    Most damage is a matter of characters: mended, the strict readers take the document, and lose nothing. Of the
    two readings, the one that finds more is given.
    """
    data = source.read()
    text, assumed = decoded(data, source.charset)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise FormatError("the file is empty", source=source.name)
    if _HTML.match(text):
        raise FormatError("this is an HTML page, not a feed", source=source.name)
    ours, theirs = Notes(), Notes()
    mended, state = _mended(source, text, ours)
    found, told = mended, ours
    if state != "whole":
        parsed = list(loosely(source, text, theirs))
        more = _count(parsed) - _count(mended)
        if state == "cut" and more <= 1:
            if more == 1:  # half a guid is another guid: what is not whole is not taken
                ours.skipped("the document ends within an item", source=source.name)
            found = mended or [record for record in parsed if isinstance(record, Site)]
        elif more > 0 or not _count(mended):
            found, told = parsed, theirs
    something = [record for record in found if not _is_nothing(record)]
    if not something:
        raise FormatError("no feed: neither a blog nor an entry in it", source=source.name)
    if assumed:
        notes.repaired(f"encoding: {assumed}", source=source.name)
    for note in told.kept:
        notes.add(note.kind, note.what, source=note.source, line=note.line, record=note.record, field=note.field)
    for _ in range(_count(found) - _count(something)):
        notes.skipped("an item that says nothing", source=source.name)
    yield from something


def _mended(source: Source, text: str, notes: Notes) -> tuple[list[Record], Literal["whole", "cut", "broken"]]:
    """Read with the strict readers what was mended: (records, how much of the document that is)."""
    start = _START.search(text)
    root = None if start is None else detection.root(text[start.start() :][: 1 << 16].encode("utf-8", "replace"))
    if start is None or root is None or root.name.lower() not in {"rss", "rdf", "feed", "entry"}:
        return [], "broken"
    covered, controls = hidden(text)
    covered, undeclared = declared(covered)
    stream = Repaired(
        io.BytesIO(_DECLARATION.sub('<?xml version="1.0"?>', covered, count=1).encode("utf-8", "replace"))
    )

    def opened() -> BinaryIO:
        return cast(BinaryIO, stream)

    if root.name.lower() in {"feed", "entry"}:
        reading = atom_document.records(source, notes, opened)
    else:
        reading = rss_document.records(source, notes, root.name.lower(), opened)
    records: list[Record] = []
    state: Literal["whole", "cut", "broken"] = "whole"
    try:
        records.extend(reading)
    except FormatError as error:
        if not error.malformed:
            raise
        last = text.rstrip().count("\n") + 1
        state = "cut" if stream.truncated and (error.line or 0) >= last else "broken"
        what = "its end is missing" if state == "cut" else error.reason
        notes.repaired(f"read as far as it goes: {what}", source=source.name, line=error.line)
    repairs = [f"{count} {what}" for what, count in sorted(stream.repairs.items())]
    if undeclared:
        repairs.append(f"prefixes without a declaration ({', '.join(undeclared)})")
    if repairs:
        notes.repaired(f"mended: {', '.join(repairs)}", source=source.name)
    return [shown(record) for record in records] if controls else records, state


def _count(records: list[Record]) -> int:
    return sum(isinstance(record, (Post, Comment)) for record in records)


def _is_nothing(record: Record) -> bool:
    """Tell what was made of noise: an item, a blog that says nothing of itself."""
    if isinstance(record, Site):
        return is_made(record.id) and record == Site(id=record.id)
    return isinstance(record, Post) and is_made(record.id) and record == Post(id=record.id, status="published")


IMPORTER = Importer(
    name="loosefeed", label="other feeds, and feeds that are not well formed", kind="feed", detect=detect, read=read
)
