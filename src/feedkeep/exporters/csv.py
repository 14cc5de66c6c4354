"""Tables for a spreadsheet, comma-separated (RFC 4180), UTF-8 with the mark that spreadsheets look for.

OWASP's three rules against CSV injection are kept: a cell that a spreadsheet would take for a formula begins with an
apostrophe, every text stands in quotation marks, and those within it are doubled.
"""

from __future__ import annotations

import csv
import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import tables
from feedkeep.wire.tabled import LOSSES, plain, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tables import Row, Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BLOCK = 1 << 16  # characters that are written together


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write a file for each table that has rows, and always the posts."""
    for table in tables.TABLES:
        first = next(_of(snapshot, table), None)
        if first is not None or table is tables.POSTS:
            yield OutputFile(path=PurePosixPath(f"{table.name}.csv"), chunks=_chunks(snapshot, table, notes))


def _of(snapshot: Snapshot, table: Table) -> Iterator[Row]:
    return (plain(table, row) for _, row in rows(snapshot, table))


def _chunks(snapshot: Snapshot, table: Table, notes: Notes) -> Iterator[bytes]:
    held = io.StringIO(newline="")
    writer = csv.writer(held, quoting=csv.QUOTE_NONNUMERIC)
    held.write("\ufeff")
    writer.writerow(table.columns)
    for row in _of(snapshot, table):
        cells = [_safe(value) for value in row]
        for name, value, cell in zip(table.columns, row, cells, strict=True):
            if isinstance(value, str) and str(cell).startswith("'") and not value.startswith("'"):
                what = "a cell that a spreadsheet would take for a formula begins with an apostrophe"
                notes.altered(what, record=str(row[0]), field=f"{table.name}.{name}")
        writer.writerow(cells)
        if held.tell() > _BLOCK:
            yield _taken(held)
    yield _taken(held)


def _taken(held: io.StringIO) -> bytes:
    data = held.getvalue().encode("utf-8", "replace")
    held.seek(0)
    held.truncate()
    return data


def _safe(value: object) -> object:
    if isinstance(value, str):
        # NUL ends a cell in some readers
        value = value.replace("\0", "")
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else value


EXPORTER = Exporter(name="csv", label="Tables (CSV)", losses=LOSSES, audience="public", write=write)
