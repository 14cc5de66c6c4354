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
_QUERIES = {"threads": "SELECT * FROM main.threads", "comments": "SELECT * FROM main.comments"}


class Database:
    """An Isso database in memory. Raises FormatError where the bytes are none."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
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
        connection.deserialize(data[: _WRITE_VERSION.start] + b"\1\1" + data[_WRITE_VERSION.stop :])
        for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
            connection.execute(f"PRAGMA {pragma}")
        with closing(connection.execute("SELECT name, type, sql FROM main.sqlite_schema")) as found:
            tables = {
                name for name, kind, sql in found if kind == "table" and not str(sql).upper().startswith("CREATE VIRTUAL")
            }
        if not tables >= _QUERIES.keys():
            raise ValueError("it has no tables of threads and comments")
        connection.set_authorizer(_authorized)
        connection.set_progress_handler(self._spent, _STEPS)

    def rows(self, table: Literal["threads", "comments"]) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table. Raises FormatError where the database is damaged."""
        try:
            with closing(self._connection.execute(_QUERIES[table])) as found:
                names = [column[0] for column in found.description]
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
