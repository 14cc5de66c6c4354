"""The tables of Isso's SQLite file, read from bytes, whatever else is in them.

https://isso-comments.de/docs/technical-docs/database/
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal

from feedkeep.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"SQLite format 3\0"
_WRITE_VERSION = slice(18, 20)  # of the header: 2 asks for a write-ahead log, which memory cannot have
_STEPS = 1000  # of SQLite's machine between two looks at what was spent
_PAGE_SIZE, _PAGES = slice(16, 18), slice(28, 32)  # of the header
_LEAST = 1 << 20  # bytes that a text may have in any case
Table = Literal["threads", "comments"]
_TABLES: tuple[Table, ...] = ("threads", "comments")


class Database:
    """An Isso database in memory. Raises FormatError where the bytes are none."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        self.cut = False  # whether the file ends before its last page
        self._columns: dict[Table, list[str]] = {}
        self._left = len(data) // 50 + 10_000  # looks: honest rows need far fewer
        self._connection = sqlite3.connect(":memory:")
        try:
            self._open(data)
        except (sqlite3.Error, OverflowError, ValueError) as error:
            self._connection.close()
            raise FormatError(f"no database that SQLite reads: {_line(error)}", source=name) from error

    def _open(self, data: bytes) -> None:
        connection = self._connection
        connection.text_factory = lambda held: held.decode("utf-8", "replace")
        connection.deserialize(self._mended(data))
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(len(data), _LEAST))
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        with closing(connection.execute("SELECT name, type, sql FROM main.sqlite_schema")) as found:
            kept = {name for name, kind, sql in found if kind == "table" and "VIRTUAL TABLE" not in str(sql).upper()}
        if not kept.issuperset(_TABLES):
            raise ValueError("it has no tables of threads and comments")
        for table in _TABLES:
            with closing(connection.execute(f"PRAGMA main.table_xinfo({table})")) as found:
                # columns that are computed could compute anything
                self._columns[table] = [str(row[1]) for row in found if row[6] == 0]
        connection.set_authorizer(_authorized)
        connection.set_progress_handler(self._spent, _STEPS)

    def _mended(self, data: bytes) -> bytes:
        header = bytearray(data[:100])
        header[_WRITE_VERSION] = b"\1\1"
        size = int.from_bytes(header[_PAGE_SIZE], "big")
        size = 65536 if size == 1 else size
        if size >= 512 and int.from_bytes(header[_PAGES], "big") > len(data) // size:
            self.cut = True
            data = data[: len(data) // size * size]
            header[_PAGES] = (len(data) // size).to_bytes(4, "big")
        return bytes(header) + data[100:]

    def rows(self, table: Table) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table. Raises FormatError where the database is damaged."""
        names = self._columns[table]
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
        try:
            with closing(self._connection.execute(f"SELECT {columns} FROM main.{table}")) as found:  # noqa: S608 — quoted
                for row in found:
                    yield dict(zip(names, row, strict=True))
        except (sqlite3.Error, OverflowError, ValueError) as error:
            raise FormatError(f"the table {table} is damaged: {_line(error)}", source=self._name) from error

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.close()

    def _spent(self) -> int:
        self._left -= 1
        return self._left < 0


def _authorized(action: int, first: str | None, second: str | None, place: str | None, within: str | None) -> int:
    """Allow to read columns, and nothing that a hostile schema could have run."""
    del first, second, place, within
    return sqlite3.SQLITE_OK if action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ} else sqlite3.SQLITE_DENY


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or "unknown"
