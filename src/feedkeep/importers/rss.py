"""RSS 0.91 to 2.0: https://www.rssboard.org/rss-specification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.formats import Importer
from feedkeep.wire import detection, rss_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """A document whose first element is <rss>, and that is no WordPress export."""
    root = detection.root(source.head)
    if root is None or root.name.lower() != "rss":
        return False
    return not any("wordpress.org/export" in space for space in root.spaces.values())


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, then the items. Raises FormatError; ``malformed`` for what is not well-formed XML."""
    return rss_document.records(source, notes, "rss", source.open)


IMPORTER = Importer(name="rss", label="RSS 0.91 to 2.0", kind="feed", detect=detect, read=read, fallback="loosefeed")
