"""RSS 0.91 to 2.0: https://www.rssboard.org/rss-specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.wire import detection
from feedkeep.wire.rss import SPACES, Reader
from feedkeep.wire.xml import iterate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """A document whose first element is <rss>, and that is no WordPress export."""
    root = detection.root(source.head)
    if root is None:
        return False
    space, name, spaces = root
    return (
        name.lower() == "rss"
        and space in SPACES
        and not any("wordpress.org/export" in held for held in spaces.values())
    )


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the items, then the site. Raises FormatError; ``malformed`` for what is not well-formed XML."""
    reader = Reader(source, notes, "rss")
    channel = None
    count = 0
    with source.open() as stream:
        for _, element in iterate(stream, source.name, tags=("{*}item", "{*}channel")):
            if element.tag.endswith("channel"):
                if element.getparent() is not None and element.getparent().getparent() is None:
                    channel = element
                continue
            parent = element.getparent()
            if parent is None or reader.name(parent.tag) not in {"channel", "rss", "items"}:
                continue
            count += 1
            yield reader.item(element)
            element.clear()
            parent.remove(element)
    if channel is None and not count:
        raise FormatError("XML without a channel: not RSS", source=source.name)
    yield reader.site(channel, [])


IMPORTER = Importer(name="rss", label="RSS 0.91 to 2.0", kind="feed", detect=detect, read=read, fallback="loosefeed")
