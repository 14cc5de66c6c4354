"""Whatever else calls itself a feed: what is not well formed, mended or read by feedparser, and rare dialects."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, BinaryIO, cast

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Comment, Post
from feedkeep.notes import Notes
from feedkeep.wire import atom_document, detection, rss_document
from feedkeep.wire.controls import hidden, shown
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
_ENCODING = re.compile(r"(?<=^<\?xml)[^<>]*(?=\?>)")  # what the declaration says: it is UTF-8 by now
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
    mended, complete = _mended(source, text, ours)
    if complete:
        found, told = mended, ours
    else:
        found, told = list(loosely(source, text, theirs)), theirs
        if _count(mended) >= max(1, _count(found)):
            found, told = mended, ours
    if not found:
        raise FormatError("no feed: of no version that is known, and without entries", source=source.name)
    if assumed:
        notes.repaired(f"encoding: {assumed}", source=source.name)
    for note in told.kept:
        notes.add(note.kind, note.what, source=note.source, line=note.line, record=note.record, field=note.field)
    yield from found


def _mended(source: Source, text: str, notes: Notes) -> tuple[list[Record], bool]:
    """Read with the strict readers what was mended: (records, whether that is all of it)."""
    start = _START.search(text)
    root = None if start is None else detection.root(text[start.start() :][: 1 << 16].encode("utf-8", "replace"))
    if start is None or root is None or root.name.lower() not in {"rss", "rdf", "feed", "entry"}:
        return [], False
    covered, controls = hidden(text)
    covered = covered[: start.start()] + _ENCODING.sub("", covered[start.start() :], count=1)
    stream = Repaired(io.BytesIO(covered.encode("utf-8", "replace")))

    def opened() -> BinaryIO:
        return cast(BinaryIO, stream)

    is_atom = root.name.lower() in {"feed", "entry"}
    reading = (
        atom_document.records(source, notes, opened)
        if is_atom
        else rss_document.records(source, notes, root.name.lower(), opened)
    )
    records: list[Record] = []
    complete = True
    try:
        records.extend(reading)
    except FormatError as error:
        if not error.malformed:
            raise
        complete = False
        what = "the end is missing" if stream.truncated else error.reason
        notes.repaired(f"read as far as it goes: {what}", source=source.name, line=error.line)
    if controls:
        records = [shown(record) for record in records]
    for what, count in sorted(stream.repairs.items()):
        notes.repaired(f"{what}: mended {count} time{'s' if count > 1 else ''}", source=source.name)
    return records, complete and bool(records)


def _count(records: list[Record]) -> int:
    return sum(isinstance(record, (Post, Comment)) for record in records)


IMPORTER = Importer(
    name="loosefeed", label="other feeds, and feeds that are not well formed", kind="feed", detect=detect, read=read
)
