"""RSS 1.0 and 0.90: https://web.resource.org/rss/1.0/spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.wire import detection
from feedkeep.wire import namespaces as ns
from feedkeep.wire.rss import SPACES, Reader
from feedkeep.wire.xml import iterate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """A document whose first element is <rdf:RDF> and that declares one of RSS's namespaces."""
    root = detection.root(source.head)
    if root is None:
        return False
    space, name, spaces = root
    return name.lower() == "rdf" and space == ns.RDF and any(held in SPACES for held in spaces.values() if held)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the items, then the site. Raises FormatError; ``malformed`` for what is not well-formed XML."""
    reader = Reader(source, notes, "rdf")
    channel = None
    images = []
    count = 0
    with source.open() as stream:
        for _, element in iterate(stream, source.name, tags=("{*}item", "{*}channel", "{*}image")):
            short = reader.name(element.tag)
            if short == "channel":
                channel = element
            elif short == "image" and element.getparent() is not None:
                images.append(element)
            elif short == "item" and element.getparent() is not None:
                count += 1
                yield reader.item(element)
                parent = element.getparent()
                element.clear()
                parent.remove(element)
    if channel is None and not count:
        raise FormatError("XML without a channel: not RSS 1.0", source=source.name)
    yield reader.site(channel, images)


IMPORTER = Importer(
    name="rdf", label="RSS 1.0 and 0.90 (RDF)", kind="feed", detect=detect, read=read, fallback="loosefeed"
)
