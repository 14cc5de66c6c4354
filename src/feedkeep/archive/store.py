"""The archive on disk: a folder of sites, each a folder of plain files with an index beside it."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Self

from feedkeep.archive import following, layout
from feedkeep.archive.clock import now
from feedkeep.archive.journal import Journal
from feedkeep.archive.lock import WriterLock
from feedkeep.archive.past import PastSite
from feedkeep.archive.site import SiteArchive
from feedkeep.archive.transaction import Transaction
from feedkeep.errors import ArchiveError, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from feedkeep.archive.versions import Origin
    from feedkeep.models import Record, Site
    from feedkeep.notes import Notes
    from feedkeep.source import Source

FORMAT = 1  # of the files; a change that older programs could not read raises it and brings a migration
_MARK = "feedkeep.json"
_NAME = re.compile(r"^[a-z0-9][a-z0-9._~@-]{0,99}$")


class Archive:
    """A folder of sites."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> Archive:
        """Open the archive in a folder.

        With ``create``, a folder that is missing or empty becomes one at its first commit. Raises ArchiveError
        where there is none, or where it was written by a newer feedkeep.
        """
        path = Path(path)
        mark = path / _MARK
        try:
            version = json.loads(mark.read_text("utf-8"))["format"]
        except FileNotFoundError:
            if not create:
                raise ArchiveError(
                    f"no archive at {path}: import something first, or name another with --archive"
                ) from None
            if path.is_dir() and any(
                entry.name[0] != "." for entry in path.iterdir() if not (entry / ".lock").exists()
            ):
                raise ArchiveError(f"{path} is a folder of other things: name an empty one with --archive") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{mark}: not the mark of an archive: {error}") from error
        else:
            if not isinstance(version, int) or version > FORMAT:
                raise ArchiveError(
                    f"{path} has format {version}, and this feedkeep reads up to {FORMAT}: update feedkeep"
                )
        return cls(path)

    def sites(self) -> list[str]:
        """Name the sites, sorted."""
        if not self.path.is_dir():
            return []
        return sorted(entry.name for entry in self.path.iterdir() if (entry / layout.SITE).is_file())

    def site(self, name: str, *, as_of: dt.datetime | None = None) -> SiteArchive:
        """Open a site, as it is or as it was at a moment. Raises UsageError naming those there are."""
        if name not in self.sites():
            known = ", ".join(self.sites()) or "none yet"
            raise UsageError(f"no site {name!r} in {self.path}; there is {known}")
        return SiteArchive(self.path / name) if as_of is None else PastSite(self.path / name, as_of)

    def following(self) -> tuple[Site, ...]:
        """Give the feeds that are followed, by address. Raises ArchiveError where the list is damaged."""
        return following.read(self.path)

    def follow(self, feeds: Sequence[Site], *, dry_run: bool = False) -> list[str]:
        """Follow feeds; say what became of each: "added", "updated", "unchanged". Raises ArchiveError like a write."""
        united, became = following.united(self.following(), feeds)
        if not dry_run:
            following.write(self.path, united)
            self.mark()
        return became

    def unfollow(self, feeds: Sequence[Site]) -> None:
        """Take feeds off the list. Raises ArchiveError like a write."""
        gone = list(feeds)
        following.write(self.path, tuple(site for site in self.following() if site not in gone))

    def write(self, name: str, origin: Origin, notes: Notes) -> Writing:
        """Begin a transaction on a site, which need not exist. Raises ArchiveError where another process writes."""
        if not _NAME.match(name):
            raise UsageError(f"{name!r} cannot be the name of a site: use a-z, 0-9, '.', '-', '_', '~' and '@'")
        return Writing(self, name, origin, notes)

    def mark(self) -> None:
        """Make the folder an archive."""
        mark = self.path / _MARK
        if not mark.exists():
            draft = mark.with_suffix(".draft")
            draft.write_bytes(b'{\n "format": %d\n}\n' % FORMAT)
            draft.replace(mark)


class Writing:
    """A transaction with the lock and the folders around it; commits unless left by an exception or :meth:`discard`."""

    def __init__(self, archive: Archive, name: str, origin: Origin, notes: Notes) -> None:
        self._archive = archive
        self._made = [p for p in (archive.path / name, archive.path) if not p.exists()]
        folder = archive.path / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = WriterLock(folder / layout.LOCK, name)
        except OSError as error:
            raise ArchiveError(f"cannot write to {folder}: {(error.strerror or str(error)).lower()}") from error
        self._open = True
        self._kept = 0
        try:
            journal = Journal(folder)
            journal.recover()
            self.site = SiteArchive(folder)
            index = self.site.index
            journal.start()
            self.transaction = Transaction(self.site, index, journal, origin, notes)
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
        try:
            self._archive.mark()
            self.transaction.commit()
        except BaseException as failure:
            self.discard()
            if isinstance(failure, (OSError, sqlite3.Error)):
                raise ArchiveError(f"nothing was imported: {_why(failure)}") from failure
            raise
        self._release(clean=False)

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
        """Give up everything that was put."""
        if self._open:
            self.transaction.abandon()
            self._release(clean=True)

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
                (folder / _MARK).unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    folder.rmdir()
            elif not (made / layout.SITE).exists():
                shutil.rmtree(made, ignore_errors=True)


def _why(error: BaseException) -> str:
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower() + (f": {error.filename}" if error.filename else "")
    return str(error)
