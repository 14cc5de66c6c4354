"""Fetch the files that posts refer to: originals before what is shown small, each once, into the archive.

What is held, the archive itself says. A file that is under way lies in ``.media/<site>/`` with what it takes to go on
with it; a whole one waits there for the next transaction. So a kill at any instant loses nothing, and nothing is
asked for again.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedkeep.archive import Archive, Origin
from feedkeep.content.file_types import suffix
from feedkeep.errors import FeedkeepError
from feedkeep.fetch.clock import SystemClock
from feedkeep.ids import made_id
from feedkeep.models import Media
from feedkeep.notes import Notes
from feedkeep.workflows.media_asking import Asker
from feedkeep.workflows.media_memory import FOLDER, Memory, Total
from feedkeep.workflows.media_question import Got, Stop, Stopped, part_name
from feedkeep.workflows.media_report import MediaReport, missing_file
from feedkeep.workflows.media_wants import ORIGIN, Want, Wants, wants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.fetch.clock import Clock
    from feedkeep.workflows.media_question import Outcome

MAX_FILE = 500_000_000  # bytes
MAX_TOTAL = 20_000_000_000  # bytes, of one run
_BATCH, _BATCH_BYTES = 64, 64 << 20  # of one transaction


def fetch_media(
    archive_path: str | Path,
    client: Client,
    *,
    sites: Sequence[str] = (),
    settled: Collection[str] = (),
    now_please: bool = False,
    max_file: int = MAX_FILE,
    max_total: int = MAX_TOTAL,
    clock: Clock | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[MediaReport]:
    """Fetch what the sites refer to and the archive does not hold; a report for each site.

    Those that are ``settled``, since nothing is new in them, are passed over where the last run left nothing to ask.
    ``now_please`` asks again for what was missing though it is not due, never where a server said to wait.
    ``max_file`` and ``max_total`` are bytes. Raises UsageError for a site that is not there.
    """
    archive = Archive.open(archive_path)
    clock = clock or SystemClock()
    stop = Stop(max_total)
    reports = []
    for name in sites or archive.sites():
        if name in settled and Memory(archive.path, name).is_settled(clock.now()):
            continue
        run = _Run(archive, name, client, clock, stop, max_file, now_please=now_please)
        reports.append(run.carried_out(progress))
    return reports


class _Run:
    """One site in this run."""

    def __init__(
        self,
        archive: Archive,
        name: str,
        client: Client,
        clock: Clock,
        stop: Stop,
        max_file: int,
        *,
        now_please: bool,
    ) -> None:
        self._archive = archive
        self._name = name
        self._stop = stop
        with closing(archive.site(name)) as site:
            self._all: Wants = wants_of(site)
        self._memory = Memory(archive.path, name)
        self._folder = archive.path / FOLDER / name
        self._batch: list[tuple[Want, Got]] = []
        self._asker = Asker(client, clock, self._memory, self._folder, stop, max_file, now_please=now_please)
        self.report = MediaReport(site=name, named=self._all.named)

    def carried_out(self, progress: Callable[[str, int, int | None], None] | None) -> MediaReport:
        """Fetch what is to be fetched, and say what came of it."""
        wants = [want for want in self._all.wants.values() if self._lacks(want)]
        self._sweep({part_name(want) for want in wants})
        asked: list[Want] = []
        for want in wants:
            held = self._held_otherwise(want)
            if held is not None:
                self._batch.append((want, held))
            elif self._due(want):
                asked.append(want)
        try:
            for done, (want, outcome) in enumerate(self._asker.outcomes(asked), 1):
                self._take(want, outcome)
                if progress is not None:
                    progress(f"media of {self._name}", done, len(asked))
            self._commit()
        except FeedkeepError as error:
            self.report.error = str(error)
        self._finish(wants)
        return self.report

    def _sweep(self, wanted: set[str]) -> None:
        """Throw away what is left of files that are held by now, or named no longer."""
        for path in self._folder.glob("*.*"):
            if path.name.partition(".")[0] not in wanted:
                path.unlink(missing_ok=True)

    # -- what to ask -------------------------------------------------------------------------------------

    def _lacks(self, want: Want) -> bool:
        return any(name not in self._all.held.by_address for name in want.names)

    def _held_otherwise(self, want: Want) -> Got | None:
        """Find the file where it is held already, by an address that is as good as any that may be asked."""
        held = self._all.held
        for url in want.tries:
            sha256 = held.by_origin.get(url)
            if sha256 is not None:
                return Got(url=url, sha256=sha256, size=held.sizes[sha256] or 0, media_type=held.types[sha256])
            if self._asker.is_due(url):
                return None
        return None

    def _due(self, want: Want) -> bool:
        return next(iter(self._asker.askable(want)), None) is not None

    # -- keeping -----------------------------------------------------------------------------------------

    def _take(self, want: Want, outcome: Outcome) -> None:
        if isinstance(outcome, Stopped):
            if outcome.error is not None:
                raise outcome.error
            return
        if not isinstance(outcome, Got):
            return
        self._batch.append((want, outcome))
        self.report.fetched += 1
        self.report.bytes += outcome.size
        if len(self._batch) >= _BATCH or sum(got.size for _, got in self._batch) >= _BATCH_BYTES:
            self._commit()

    def _commit(self) -> None:
        """Put what came into the archive, with a media record for each address that is named for it."""
        batch, self._batch = self._batch, []
        if not batch:
            return
        first = Origin(format=ORIGIN, kind="page", url=batch[0][1].url, as_of=batch[0][1].as_of)
        with self._archive.write(self._name, first, Notes()) as writing:
            for want, got in batch:
                writing.reading_as(Origin(format=ORIGIN, kind="page", url=got.url, as_of=got.as_of))
                if got.file is not None:
                    writing.keep_media_file(got.file, got.sha256, suffix(got.media_type, urlsplit(got.url).path))
                for name in want.names:
                    if name not in self._all.held.by_address:
                        writing.put(_record(name, want, got))
        for want, got in batch:
            self._all.held.by_address.update(dict.fromkeys(want.names, got.sha256))
            if got.part is not None:
                got.part.forget()

    def _finish(self, wants: list[Want]) -> None:
        """Count what is held and what is not, and write that down."""
        held = self._all.held.by_address
        report = self.report
        report.held = sum(name in held for want in self._all.wants.values() for name in want.names)
        report.error = report.error or self._stop.reason
        lacking = [want for want in wants if self._lacks(want)]
        missing = []
        for want in lacking:
            lost = [self._memory.lost[url] for url in want.tries if url in self._memory.lost]
            if lost and (len(lost) == len(want.tries) or not lost[-1].is_absent):
                missing.append(missing_file(want.names[0], want.post, self._memory, want.tries))
        report.missing = tuple(missing)
        report.waiting = len(lacking) - len(missing)
        total = Total(named=report.named, held=report.held, missing=tuple(one.url for one in missing))
        self._memory.finished(total)


def _record(name: str, want: Want, got: Got) -> Media:
    return Media(
        id=want.records.get(name) or made_id("media", name),
        url=name,
        post=None if name in want.records else want.post,
        type=got.media_type,
        size=got.size or None,
        sha256=got.sha256,
    )
