"""What a reader has to remember of a document, on disk where a little memory would not hold it."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING, Self, cast

from feedkeep.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_CACHE = 2048  # KiB of memory; what is more goes to a file without a name, which SQLite deletes
_SETTINGS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", f"cache_size = -{_CACHE}")


class Scratch:
    """Values by key, each written once. Use it as a context manager; what it holds is gone with it.

    Raises FormatError, which names ``source``, where the disk has no room.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for setting in _SETTINGS:
            self._db.execute(f"PRAGMA {setting}")
        self._db.execute("CREATE TABLE held (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of all of it."""
        self._db.close()

    def __del__(self) -> None:
        """Let go of what nobody closed."""
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self._db.close()

    def hold(self, key: str, value: bytes = b"") -> bytes | None:
        """Hold ``value`` under ``key``, where nothing is; else give what is there."""
        if self._run("INSERT OR IGNORE INTO held VALUES (?, ?)", (_packed(key), value)).rowcount:
            return None
        return self.get(key)

    def get(self, key: str) -> bytes | None:
        """Give what is held under ``key``."""
        row = self._run("SELECT value FROM held WHERE key = ?", (_packed(key),)).fetchone()
        return None if row is None else cast(bytes, row[0])

    def items(self) -> Iterator[tuple[str, bytes]]:
        """Yield all of it, by key."""
        for key, value in self._run("SELECT key, value FROM held ORDER BY key", ()):
            yield key.decode("utf-8", "surrogatepass"), value

    def _run(self, statement: str, values: tuple[bytes, ...]) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise FormatError(f"too little room for temporary files: {error}", source=self._source) from error


def _packed(key: str) -> bytes:
    return key.encode("utf-8", "surrogatepass")  # JSON may hold halves of surrogate pairs
