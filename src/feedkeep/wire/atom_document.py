"""Atom 1.0 and 0.3: the entries of a document one by one, in flat memory, and its feed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.wire import atom_feed, detection
from feedkeep.wire.atom import EntryReader, face
from feedkeep.wire.intake import Intake
from feedkeep.wire.xml import iterate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from feedkeep.models import Record, Site
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_TAGS = ("{*}entry", "{*}deleted-entry", "{*}feed")


def records(
    source: Source,
    notes: Notes,
    opened: Callable[[], BinaryIO],
    *,
    settings: dict[str, str] | None = None,
    home: str | None = None,
) -> Iterator[Record]:
    """Yield the site, then the entries of what ``opened`` gives. Raises FormatError.

    ``settings`` takes those of a Blogger export as they are read, ``home`` is the address of the blog.
    """
    document = _Document(source, notes, opened)
    document.reader.settings, document.reader.home = settings, home
    # entries with one id are one entry at several times (RFC 4287 section 4.1.1)
    return document.intake.records(document.entries(), document.site, face, versions=True)


class _Document:
    def __init__(self, source: Source, notes: Notes, opened: Callable[[], BinaryIO]) -> None:
        self.intake = Intake(source, notes)
        self._opened = opened
        root = detection.root(source.head)
        self.reader = EntryReader(self.intake, root.space if root is not None else "")
        self._feed: Any = None

    def entries(self) -> Iterator[Record]:
        names = self.reader.names
        alone = False  # one entry is a document, too (RFC 4287 section 2)
        with closing(self._opened()) as stream:
            for _, element in iterate(stream, self.intake.source.name, tags=_TAGS):
                name, parent = names[element.tag], element.getparent()
                if parent is None:
                    alone = name == "entry"
                    self._feed = element if name == "feed" else None
                elif parent.getparent() is None and names[parent.tag] == "feed":
                    self._feed = parent
                else:
                    continue
                record: Record | None = None
                if name == "entry":
                    record = self.reader.read(element)
                elif name == "at:deleted-entry":
                    record = self.reader.tombstone(element)
                if record is not None:
                    yield record
                if parent is not None and name in {"entry", "at:deleted-entry"}:
                    element.clear()
                    parent.remove(element)
        if self._feed is None and not alone:
            raise FormatError("no feed and no entry: not Atom", source=self.intake.source.name, malformed=True)

    def site(self) -> Site | None:
        return None if self._feed is None else atom_feed.site(self.reader, self._feed)
