"""Tables in one SQLite file, https://www.sqlite.org/fileformat2.html: to query, or to publish with Datasette."""

from __future__ import annotations

import sqlite3
import tempfile
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import tables
from feedkeep.wire.tabled import LOSSES, plain, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tables import Row, Table

_BLOCK = 1 << 20  # bytes that are read together
_BATCH = 500  # rows that are written together
_TYPES = {"integer": "INTEGER", "flag": "INTEGER", "real": "REAL"}  # all else is text
_INDEXED = (
    ("comments", "post"),
    ("comments", "parent"),
    ("post_terms", "post"),
    ("reviews", "post"),
    ("media", "post"),
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``blog.sqlite``."""
    yield OutputFile(path=PurePosixPath("blog.sqlite"), chunks=_chunks(snapshot))


def _chunks(snapshot: Snapshot) -> Iterator[bytes]:
    # SQLite writes to files; one of its own, which is gone afterwards, keeps memory flat
    with tempfile.TemporaryDirectory(prefix="feedkeep-") as folder:
        path = Path(folder) / "blog.sqlite"
        database = sqlite3.connect(path, isolation_level=None)
        try:
            _fill(database, snapshot)
        finally:
            database.close()
        with path.open("rb") as file:
            while chunk := file.read(_BLOCK):
                yield chunk


def _fill(database: sqlite3.Connection, snapshot: Snapshot) -> None:
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("BEGIN")
    for table in tables.TABLES:
        database.execute(_created(table))
    inserts = {table.name: _inserted(table) for table in tables.TABLES}
    waiting = rows(snapshot)
    while batch := list(islice(waiting, _BATCH)):
        by_table: dict[str, list[Row]] = {}
        for table, row in batch:
            by_table.setdefault(table.name, []).append(tuple(map(_storable, plain(table, row))))
        for name, found in by_table.items():
            database.executemany(inserts[name], found)
    for name, column in _INDEXED:
        database.execute(f'CREATE INDEX "{name}_{column}" ON "{name}" ("{column}")')
    database.execute("COMMIT")


def _created(table: Table) -> str:
    first = next(iter(table.columns))
    columns = ", ".join(
        f'"{name}" {_TYPES.get(kind, "TEXT")}{" PRIMARY KEY" if table.key and name == first else ""}'
        for name, kind in table.columns.items()
    )
    return f'CREATE TABLE "{table.name}" ({columns})'


def _inserted(table: Table) -> str:
    # one id twice can only be in records that never were in an archive
    return f'INSERT OR REPLACE INTO "{table.name}" VALUES ({", ".join("?" * len(table.columns))})'  # noqa: S608


def _storable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return str(value)
    return value


EXPORTER = Exporter(name="sqlite", label="Tables (SQLite)", losses=LOSSES, audience="public", write=write)
