"""WordPress exports as bytes: written from records and read into them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep import formats
from feedkeep.notes import Notes
from feedkeep.source import Source
from golden import read
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Record


def exported(records: Iterable[Record]) -> tuple[bytes, Notes]:
    exporter = formats.exporter("wxr")
    notes = Notes()
    (file,) = exporter.write(MemorySnapshot(records), exporter.options(), notes)
    return b"".join(file.chunks), notes


def imported(data: bytes) -> list[Record]:
    records, _, error = read(Source.from_bytes(data, "export.xml"), "wxr")
    assert error is None
    return records
