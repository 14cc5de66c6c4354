"""RSS 1.0 and 0.90: https://web.resource.org/rss/1.0/spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.formats import Importer
from feedkeep.wire import detection, foaf, rss_document
from feedkeep.wire import namespaces as ns
from feedkeep.wire.rss import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """A document whose first element is <rdf:RDF> and that declares one of RSS's namespaces; a list of feeds is none."""
    root = detection.root(source.head)
    if root is None or root.name.lower() != "rdf" or root.space != ns.RDF:
        return False
    return any(space in SPACES for space in root.spaces.values() if space) and not foaf.is_foaf(source.head)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, then the items. Raises FormatError; ``malformed`` for what is not well-formed XML."""
    return rss_document.records(source, notes, "rdf", source.open)


IMPORTER = Importer(
    name="rdf", label="RSS 1.0 and 0.90 (RDF)", kind="feed", detect=detect, read=read, fallback="loosefeed"
)
