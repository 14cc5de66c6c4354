"""Import: documents in, records merged into the archive, one transaction for all of it; and several imports at once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from feedkeep.archive import Archive, commit
from feedkeep.errors import FeedkeepError
from feedkeep.workflows.open_import import OpenImport

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from feedkeep.archive import Writing
    from feedkeep.formats import SourceKind
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.workflows.open_import import ImportReport

_TOGETHER = 50  # imports that wait for the disk together; each that changes a site keeps some files open until then


def import_sources(
    archive_path: str | Path,
    sources: Sequence[Source],
    *,
    site: str | None = None,
    format: str | None = None,  # noqa: A002 — what users call it
    dry_run: bool = False,
    keep_source: bool = True,
    notes: Notes,
    progress: Callable[[str, int, int | None], None] | None = None,
    heard: Callable[[str, Record], None] | None = None,
) -> list[ImportReport]:
    """Read every document of the sources into the archive, all or nothing.

    ``site`` names the folder; without it the blog's own address does. ``heard`` is told what became of each record
    ("added", "updated", "unchanged"), of which nothing lasts before the end. Raises FormatError for what cannot be read,
    ArchiveError for an archive that cannot be written, UsageError for a name that cannot be.
    """
    archive = Archive.open(archive_path, create=True)
    opened = OpenImport(
        archive,
        notes,
        known=archive.sites(),
        dry_run=dry_run,
        keep_source=keep_source,
        progress=progress,
        heard=heard,
    )
    with contextlib.ExitStack() as stack:
        stack.callback(opened.discard)
        opened.read_all(sources, site=site, format_name=format)
        for error in commit(opened.prepare()):
            if error is not None:
                raise error
    return opened.reports


class Batch:
    """Imports of one source each, every one all or nothing, that wait for the disk together.

    What becomes of an import is told to its ``done`` once it lasts, or has failed: its reports, or the error.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._known = set(archive.sites())
        self._waiting: list[tuple[OpenImport, list[Writing], Callable[[list[ImportReport] | FeedkeepError], None]]] = []
        self._sites: set[str] = set()  # of those that wait

    def add(
        self,
        source: Source,
        notes: Notes,
        heard: Callable[[str, Record], None],
        done: Callable[[list[ImportReport] | FeedkeepError], None],
        *,
        site: str | None = None,
        refused: Collection[SourceKind] = (),
    ) -> None:
        """Read a source now, and let it last with the others. ``heard`` and ``site`` are as in :func:`import_sources`.

        What is of a kind that is ``refused`` counts as what cannot be read.
        """
        opened = OpenImport(self._archive, notes, known=self._known, heard=heard, before=self._before)
        try:
            opened.read_all([source], site=site, refused=refused)
            writings = opened.prepare()
        except FeedkeepError as error:
            opened.discard()
            done(error)
            return
        except BaseException:
            opened.discard()
            raise
        self._waiting.append((opened, writings, done))
        self._sites.update(writing.site.name for writing in writings)
        if len(self._waiting) >= _TOGETHER:
            self.commit()

    def commit(self) -> None:
        """Let all that were read last."""
        waiting, self._waiting = self._waiting, []
        errors = iter(commit([writing for _, writings, _ in waiting for writing in writings]))
        self._known |= self._sites
        self._sites.clear()
        for opened, writings, done in waiting:
            failed = [error for _, error in zip(writings, errors, strict=False) if error is not None]
            done(failed[0] if failed else opened.reports)

    def discard(self) -> None:
        """Give up what does not last yet."""
        waiting, self._waiting = self._waiting, []
        self._sites.clear()
        for opened, _, _ in waiting:
            opened.discard()

    def _before(self, site: str) -> None:
        if site in self._sites:  # a site has one transaction at a time
            self.commit()
