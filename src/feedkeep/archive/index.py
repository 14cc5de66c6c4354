"""The index of one site: a cache in SQLite, rebuilt from the files whenever it is missing, old or stale."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path  # noqa: TC003 — part of public signatures
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.archive.index_tables import SCHEMA, VERSION, Entry, Staged
from feedkeep.selection import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_unpack = msgspec.json.Decoder(Summary).decode
_pack = msgspec.json.Encoder().encode
_REMEMBERED = 1 << 17  # keys, 10 MB of them: of some 16,000 posts
_READ_CACHE = 1024  # KiB; whoever reads goes through it once
_WRITE_CACHE = 8192  # KiB; keys are hashes, so that each new one is on another page
_AT_ONCE = 500  # values in one IN (…); SQLite's own limit is larger since 3.32, 999 before


class Index:
    """Opens or creates the database; knows nothing of JSON, only rows. Without a path it is gone when closed.

    A draft lies among the staged files, lasts with them or goes with them, and so waits for no disk.
    """

    def __init__(self, path: Path | None, *, is_draft: bool = False) -> None:
        self.path = path
        self.is_draft = is_draft
        self.fresh = False
        self._filed: set[int] | None = None  # every key there is, while they are few and all of this transaction
        if path is None:
            self._connect("")  # SQLite's word for a database of its own, on disk where memory would not hold it
            return
        try:
            self._connect(str(path))
        except sqlite3.OperationalError:  # a medium that cannot be written: keep the index in memory
            self.close()
            self._connect(":memory:")
        except sqlite3.DatabaseError:  # damaged, or of another version
            self.close()
            self.remove()
            self._connect(str(path))

    def _connect(self, target: str) -> None:
        self.db = sqlite3.connect(target, isolation_level=None, timeout=30)
        self.db.execute(f"PRAGMA cache_size = -{_READ_CACHE}")
        self.db.execute(f"PRAGMA journal_mode = {'OFF' if self.is_draft else 'WAL'}")
        self.db.execute(f"PRAGMA synchronous = {'OFF' if self.is_draft else 'NORMAL'}")
        tables = self.db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and self.meta("version") != str(VERSION):
            raise sqlite3.DatabaseError("an index of another version")
        if not tables:
            self.db.executescript(f"BEGIN IMMEDIATE; {SCHEMA}")
            self.db.execute("INSERT INTO meta VALUES ('version', ?)", (str(VERSION),))
            self.db.execute("COMMIT")
            self.fresh = True

    def close(self) -> None:
        """Close the database."""
        with contextlib.suppress(AttributeError, sqlite3.Error):
            self.db.close()

    def remove(self) -> None:
        """Delete the files of the database."""
        if self.path is None:
            return
        for suffix in ("", "-wal", "-shm", "-journal"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def meta(self, name: str) -> str | None:
        """Give what is noted under a name."""
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def begin(self) -> None:
        """Begin a transaction."""
        self.db.execute("PRAGMA cache_size = -8192")  # who writes a lot finds the pages again that he changed
        self.db.execute("BEGIN IMMEDIATE")
        self._filed = None if self.db.execute("SELECT 1 FROM key LIMIT 1").fetchone() else set()

    def commit(self) -> None:
        """Make the transaction last."""
        self.db.execute("COMMIT")
        self._filed = None

    def rollback(self) -> None:
        """Forget the transaction, if there is one."""
        self._filed = None
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")

    def next_number(self) -> int:
        """Give a number that no row has."""
        return int(self.db.execute("SELECT coalesce(max(number), 0) + 1 FROM file").fetchone()[0])

    def count(self) -> int:
        """How many files there are."""
        return int(self.db.execute("SELECT count(*) FROM file").fetchone()[0])

    def claims(self, hashes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Yield (hash, number, exact) for the keys given."""
        if self._filed is not None:
            hashes = [*self._filed.intersection(hashes)]
        for start in range(0, len(hashes), _AT_ONCE):
            some = hashes[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            yield from self.db.execute(f"SELECT hash, number, exact FROM key WHERE hash IN ({marks})", some)  # noqa: S608

    def put(self, entries: Iterable[Entry], keys: Sequence[tuple[int, int, int]]) -> None:
        """Add or replace rows and keys."""
        self.db.executemany(
            "INSERT OR REPLACE INTO file VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            [
                (
                    e.number,
                    e.path,
                    e.old,
                    e.base,
                    e.name,
                    e.root,
                    e.published,
                    e.last_comment,
                    e.comments,
                    e.size,
                    e.mtime,
                    e.digest,
                    None if e.summary is None else _pack(e.summary),
                )
                for e in entries
            ],
        )
        self.db.executemany("INSERT OR REPLACE INTO key VALUES (?,?,?)", keys)
        if self._filed is not None:
            self._filed.update([h for h, _, _ in keys])
            if len(self._filed) > _REMEMBERED:
                self._filed = None

    def forget(self, number: int, hashes: Iterable[int]) -> None:
        """Take away a row and its keys."""
        self.db.execute("DELETE FROM file WHERE number = ?", (number,))
        self.db.executemany("DELETE FROM key WHERE hash = ? AND number = ?", [(h, number) for h in hashes])

    def forget_paths(self, paths: Iterable[str]) -> None:
        """Take away the rows of files that others changed or deleted, and all their keys.

        Each deletion of keys goes through all of them: they are found by hash.
        """
        ask = "SELECT number FROM file WHERE path = ?"
        numbers = [number for path in paths for (number,) in self.db.execute(ask, (path,))]
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            marks = ",".join("?" * len(some))
            self.db.execute(f"DELETE FROM file WHERE number IN ({marks})", some)  # noqa: S608
            self.db.execute(f"DELETE FROM key WHERE number IN ({marks})", some)  # noqa: S608

    def path_of(self, number: int) -> str | None:
        """Give the path of a file by its number."""
        row = self.db.execute("SELECT path FROM file WHERE number = ?", (number,)).fetchone()
        return None if row is None else str(row[0])

    def staged(self, number: int) -> Staged | None:
        """Tell of a staged file; None where it is not staged."""
        row = self.db.execute("SELECT old, base FROM file WHERE number = ? AND path = ''", (number,)).fetchone()
        return None if row is None else Staged(*row)

    def placed(self, contested: dict[int, str], moved: Iterable[tuple[int, str, str]]) -> None:
        """Note where files are now: those that were staged are where they like, but for the contested and the moved."""
        self.db.execute("UPDATE file SET path = base || '.json', old = '' WHERE path = ''")
        elsewhere = [*contested.items(), *((number, path) for number, _, path in moved)]
        self.db.executemany("UPDATE file SET path = ? WHERE number = ?", [(path, number) for number, path in elsewhere])

    def stamps(self) -> Iterator[tuple[str, int, int]]:
        """Yield (path, size, mtime) of all files, by path."""
        yield from self.db.execute("SELECT path, size, mtime FROM file ORDER BY path")

    def summaries(self, *, oldest_first: bool = False) -> Iterator[Summary]:
        """Yield the posts by date; undated ones count as oldest, ties go by id."""
        way = "ASC" if oldest_first else "DESC"
        rows = self.db.execute(
            f"SELECT path, summary FROM file WHERE root = 'post' ORDER BY published {way}, name {way}"  # noqa: S608
        )
        for path, packed in rows:
            yield unpacked(path, packed)

    def by_last_comment(self) -> Iterator[tuple[float, Summary]]:
        """Yield the posts that have comments, the one with the newest comment first."""
        rows = self.db.execute(
            "SELECT last_comment, path, summary FROM file WHERE root = 'post' AND last_comment IS NOT NULL "
            "ORDER BY last_comment DESC, name DESC"
        )
        for last, path, packed in rows:
            yield float(last), unpacked(path, packed)

    def paths(self, root: str) -> Iterator[tuple[str, str]]:
        """Yield (path, digest) of all files with that kind of root, oldest first."""
        yield from self.db.execute("SELECT path, digest FROM file WHERE root = ? ORDER BY published, name", (root,))

    def row(self, path: str) -> tuple[Any, ...] | None:
        """Give (base, name, root, size, mtime, digest, summary) of a file."""
        found: tuple[Any, ...] | None = self.db.execute(
            "SELECT base, name, root, size, mtime, digest, summary FROM file WHERE path = ?", (path,)
        ).fetchone()
        return found

    def summary(self, path: str) -> Summary | None:
        """Give the post of a file; None where it holds none."""
        found = self.db.execute("SELECT summary FROM file WHERE path = ? AND root = 'post'", (path,)).fetchone()
        return None if found is None else unpacked(path, found[0])


def unpacked(path: str, packed: bytes) -> Summary:
    """Give the post of a file as a row of the index has it."""
    summary = _unpack(packed)
    msgspec.structs.force_setattr(summary, "path", path)  # nobody else has it yet
    return summary
