"""A transaction on one site with the lock and the folders around it, and the commit of several at once."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING, Self

from feedkeep.archive import journal as journals
from feedkeep.archive import layout
from feedkeep.archive.clock import now
from feedkeep.archive.journal import Journal
from feedkeep.archive.lock import WriterLock
from feedkeep.archive.site import SiteArchive
from feedkeep.archive.transaction import Transaction
from feedkeep.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from feedkeep.archive.store import Archive
    from feedkeep.archive.versions import Origin
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


class Writing:
    """A transaction with the lock and the folders around it; commits unless left by an exception or :meth:`discard`."""

    def __init__(self, archive: Archive, name: str, origin: Origin, notes: Notes) -> None:
        self._archive = archive
        folder = archive.path / name
        self._made = [p for p in (folder, archive.path) if not p.exists()]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = WriterLock(folder / layout.LOCK, name)
        except OSError as error:
            raise ArchiveError(f"cannot write to {folder}: {(error.strerror or str(error)).lower()}") from error
        self._open = True
        self._kept = 0
        self.journal = Journal(folder)
        try:
            self.journal.recover()
            if (folder / layout.SITE).exists() or (folder / layout.INDEX).exists():
                self.site = SiteArchive(folder)
                index = self.site.index
                self.journal.start()
            else:  # a new site gets its index with its first commit
                self.journal.start()
                self.site = SiteArchive(folder, draft=self.journal.path(layout.INDEX))
                index = self.site.index
            self.transaction = Transaction(self.site, index, self.journal, origin, notes)
        except BaseException:
            self._release(clean=True)
            raise

    def __enter__(self) -> Self:
        """Nothing is left to do."""
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Commit, unless something went wrong."""
        if not self._open:
            return
        if kind is not None:
            self.discard()
            if isinstance(error, (OSError, sqlite3.Error)):
                raise ArchiveError(f"nothing was imported: {_why(error)}") from error
            return
        self.prepare()
        (failure,) = commit([self])
        if failure is not None:
            raise failure

    def prepare(self) -> None:
        """Stage all that was put, so that nothing but the commit is left. Raises ArchiveError like :meth:`put`."""
        try:
            self._archive.mark()
            self.transaction.prepare()
        except BaseException as failure:
            self.discard()
            if isinstance(failure, (OSError, sqlite3.Error)):
                raise ArchiveError(f"nothing was imported: {_why(failure)}") from failure
            raise

    def finish(self, error: OSError | None) -> ArchiveError | None:
        """End a commit in which ``error`` happened, if any; give what is to be said of it."""
        if error is not None:
            what = "what was imported is not in its place yet" if self.journal.is_promised else "nothing was imported"
            self.discard()
            return ArchiveError(f"{what}: {_why(error)}")
        self.transaction.finish()
        self._release(clean=False)
        return None

    def put(self, record: Record) -> None:
        """Take in one record. Raises ArchiveError where the disk does not let it."""
        try:  # not _told: this is called for every record
            self.transaction.put(record)
        except (OSError, sqlite3.Error) as error:
            self.discard()
            raise ArchiveError(f"nothing was imported: {_why(error)}") from error

    def flush(self) -> None:
        """Merge all that was put, so that the counts are complete. Raises ArchiveError like :meth:`put`."""
        with self._told():
            self.transaction.flush()

    def orphans(self) -> int:
        """How many comments' posts are not there. Raises ArchiveError like :meth:`put`."""
        with self._told():
            return self.transaction.orphans()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            self.discard()
            raise ArchiveError(f"nothing was imported: {_why(error)}") from error

    def keep_media(self, data: bytes, sha256: str, suffix: str) -> None:
        """Keep the bytes of a media file under their own hash. Raises ArchiveError like :meth:`put`."""
        with self._told():
            self.transaction.keep_media(data, sha256, suffix)

    def keep_media_file(self, file: Path, sha256: str, suffix: str) -> None:
        """Keep a media file under its own hash, and leave it where it is. Raises ArchiveError like :meth:`put`."""
        with self._told():
            self.transaction.keep_media_file(file, sha256, suffix)

    def reading_as(self, origin: Origin) -> None:
        """Go on with the records of another source. Raises ArchiveError like :meth:`put`."""
        with self._told():
            self.transaction.reading_as(origin)

    def keep_source(self, source: Source, format_name: str) -> None:
        """Keep a copy of a source's bytes under ``sources/``."""
        from feedkeep.archive.sources import SourceKeeper  # noqa: PLC0415 — warcio is for those who import

        self._kept += 1
        target = self.site.path / layout.STAGING / f"w{self._kept}"
        self.transaction.keep_source(SourceKeeper(source, format_name, target, self.site.path / "sources", now()))

    def discard(self) -> None:
        """Give up everything that was put; what a commit record promises already is carried out by who opens the site next."""
        if self._open:
            promised = self.journal.is_promised
            self.transaction.abandon()
            self._release(clean=not promised)

    def _release(self, *, clean: bool) -> None:
        self._open = False
        with contextlib.suppress(AttributeError):
            self.site.close()
        self._lock.release()
        folder = self._archive.path
        if not clean or not self._made:
            return
        for made in self._made:  # what was made for nothing goes again
            if made == folder:
                (folder / layout.MARK).unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    folder.rmdir()
            elif not (made / layout.SITE).exists():
                shutil.rmtree(made, ignore_errors=True)


def commit(writings: Sequence[Writing]) -> list[ArchiveError | None]:
    """Commit what is prepared, each writing whole or not at all; give for each what went wrong.

    The disk is waited for once for all of them, which is what a small commit takes longest for.
    """
    try:
        errors = journals.commit([writing.journal for writing in writings if writing.transaction.files_written])
        return [writing.finish(errors.get(writing.journal)) for writing in writings]
    finally:
        for writing in writings:  # that an interrupt left
            writing.discard()


def _why(error: BaseException) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower() + (f": {error.filename}" if error.filename else "")
    return str(error)
