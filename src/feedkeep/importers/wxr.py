"""WordPress exports: WXR 1.0 to 1.2, and what other platforms call by that name.

https://developer.wordpress.org/reference/functions/export_wp/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.formats import Importer
from feedkeep.wire.wxr import is_squarespace, is_wxr
from feedkeep.wire.wxr_reading import records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


def detect(source: Source) -> bool:
    """Tell by the namespace on the root element."""
    return is_wxr(source.head) and not is_squarespace(source.head)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its authors and terms, then each post or file with its comments after it."""
    yield from records(source, notes)


IMPORTER = Importer(
    name="wxr",
    label="WordPress export (WXR)",
    kind="export",
    detect=detect,
    read=read,
)
