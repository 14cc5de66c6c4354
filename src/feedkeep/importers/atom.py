"""Atom 1.0 (RFC 4287) and 0.3, with threads (RFC 4685) and tombstones (RFC 6721)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.formats import Importer
from feedkeep.wire import atom_document, blogger, detection
from feedkeep.wire.atom import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """A document whose first element is Atom's <feed> or <entry>, and no export of Blogger's."""
    root = detection.root(source.head)
    if root is None or root.name.lower() not in {"feed", "entry"} or root.space not in SPACES:
        return False
    return not blogger.is_export(source.head)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, then the entries. Raises FormatError; ``malformed`` for what is not well-formed XML."""
    return atom_document.records(source, notes, source.open)


IMPORTER = Importer(name="atom", label="Atom 1.0 and 0.3", kind="feed", detect=detect, read=read, fallback="loosefeed")
