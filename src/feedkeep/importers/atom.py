"""Atom 1.0 (RFC 4287) and 0.3, with threads (RFC 4685) and tombstones (RFC 6721)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.wire import detection
from feedkeep.wire.atom import SPACES, Reader
from feedkeep.wire.xml import iterate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """A document whose first element is Atom's <feed> or <entry>."""
    root = detection.root(source.head)
    return root is not None and root[1].lower() in {"feed", "entry"} and root[0] in SPACES


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the entries, then the site. Raises FormatError; ``malformed`` for what is not well-formed XML."""
    reader = Reader(source, notes)
    feed = None
    count = 0
    with source.open() as stream:
        for _, element in iterate(stream, source.name, tags=("{*}entry", "{*}feed", "{*}deleted-entry")):
            short = reader.name(element.tag)
            parent = element.getparent()
            if short == "feed":
                feed = element if parent is None else feed
                continue
            if parent is not None and reader.name(parent.tag) != "feed":
                continue
            if short == "entry":
                count += 1
                yield reader.entry(element)
            elif short == "at:deleted-entry":
                tombstone = reader.tombstone(element)
                if tombstone is not None:
                    yield tombstone
            else:
                continue
            if parent is not None:
                element.clear()
                parent.remove(element)
    if feed is None and not count:
        raise FormatError("XML without a feed or an entry: not Atom", source=source.name)
    if feed is not None:
        yield reader.site(feed)


IMPORTER = Importer(name="atom", label="Atom 1.0 and 0.3", kind="feed", detect=detect, read=read, fallback="loosefeed")
