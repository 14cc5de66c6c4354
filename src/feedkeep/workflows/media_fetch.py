"""Fetch the files that posts refer to: originals before what is shown small, each once, into the archive.

What is held, the archive itself says. A file that is under way lies in ``.media/<site>/`` with what it takes to go on
with it; a whole one waits there for the next transaction. So a kill at any instant loses nothing, and nothing is
asked for again.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from feedkeep.archive import Archive, Origin
from feedkeep.content.file_types import suffix
from feedkeep.errors import FeedkeepError
from feedkeep.fetch.clock import SystemClock
from feedkeep.ids import made_id
from feedkeep.models import Media
from feedkeep.notes import Notes
from feedkeep.workflows.media_memory import FOLDER, Memory, Total
from feedkeep.workflows.media_question import Absent, Failed, Got, Large, Stop, Stopped, ask, part_name
from feedkeep.workflows.media_wants import ORIGIN, Want, Wants, wants_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.fetch.clock import Clock
    from feedkeep.workflows.media_question import Outcome

MAX_FILE = 500_000_000  # bytes
MAX_TOTAL = 20_000_000_000  # bytes, of one run
_AT_ONCE = 8  # hosts
_LOST = 3  # files in a row without an answer, after which a host is left alone
_BATCH, _BATCH_BYTES = 64, 64 << 20  # of one transaction
_PATIENT = 2  # failures of a better address after which the next best is asked


class MissingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that could not be had."""

    url: str  # as it is named
    why: str
    post: str | None = None  # id of the one that names it
    due: dt.datetime | None = None  # when it is asked for again; None: never


class MediaReport(msgspec.Struct, kw_only=True):
    """What became of the files of one site."""

    site: str
    named: int = 0  # addresses that its posts and media records name
    held: int = 0  # of them, those whose file is held now
    fetched: int = 0  # files, in this run
    bytes: int = 0  # likewise
    waiting: int = 0  # files for the next run
    missing: tuple[MissingFile, ...] = ()
    error: str | None = None  # what ended the run before its end


def fetch_media(
    archive_path: str | Path,
    client: Client,
    *,
    sites: Sequence[str] = (),
    now_please: bool = False,
    max_file: int = MAX_FILE,
    max_total: int = MAX_TOTAL,
    clock: Clock | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[MediaReport]:
    """Fetch what the sites refer to and the archive does not hold; a report for each site.

    ``now_please`` asks again for what was missing though it is not due, never where a server said to wait.
    ``max_file`` and ``max_total`` are bytes. Raises UsageError for a site that is not there.
    """
    archive = Archive.open(archive_path)
    clock = clock or SystemClock()
    stop = Stop(max_total)
    reports = []
    for name in sites or archive.sites():
        run = _Run(archive, name, client, clock, stop, max_file, now_please=now_please)
        reports.append(run.carried_out(progress))
    return reports


def remembered(archive: Archive) -> list[MediaReport]:
    """Tell of each site how its files stood after the last run; those that were never fetched say nothing."""
    found = []
    for name in archive.sites():
        memory = Memory(archive.path, name)
        if memory.total is not None:
            total = memory.total
            missing = tuple(_missing(url, None, memory) for url in total.missing)
            found.append(MediaReport(site=name, named=total.named, held=total.held, missing=missing))
    return found


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
        self._client = client
        self._clock = clock
        self._stop = stop
        self._max_file = max_file
        self._now_please = now_please
        with closing(archive.site(name)) as site:
            self._all: Wants = wants_of(site)
        self._memory = Memory(archive.path, name)
        self._folder = archive.path / FOLDER / name
        self._batch: list[tuple[Want, Got]] = []
        self._left_alone: set[str] = set()  # hosts
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
            for done, (want, outcome) in enumerate(self._outcomes(asked), 1):
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
        held, now = self._all.held, self._clock.now()
        for url in want.tries:
            sha256 = held.by_origin.get(url)
            if sha256 is not None:
                return Got(url=url, sha256=sha256, size=held.sizes[sha256] or 0, media_type=held.types[sha256])
            if self._memory.is_due(url, now, self._max_file, now_please=self._now_please):
                return None
        return None

    def _due(self, want: Want) -> bool:
        return next(iter(self._askable(want)), None) is not None

    def _askable(self, want: Want) -> Iterator[str]:
        """Yield the addresses of a file that may be asked now, best first; none behind one that only failed so far."""
        now = self._clock.now()
        for url in want.tries:
            host = self._memory.lost.get(f"host:{_host(url)}")
            if host is not None and host.due is not None and now < host.due:
                return
            if self._memory.is_due(url, now, self._max_file, now_please=self._now_please):
                yield url
            lost = self._memory.lost.get(url)
            if lost is not None and not lost.is_absent and lost.limit is None and lost.times < _PATIENT:
                return

    # -- asking ------------------------------------------------------------------------------------------

    def _outcomes(self, asked: list[Want]) -> Iterator[tuple[Want, Outcome]]:
        """Ask hosts side by side, the files of one host one after the other."""
        by_host: dict[str, deque[Want]] = {}
        for want in asked:
            by_host.setdefault(_host(want.key), deque()).append(want)
        came: SimpleQueue[tuple[Want, Outcome] | None] = SimpleQueue()
        write = threading.Lock()  # of the memory, which one thread writes at a time

        def work(queue: deque[Want]) -> None:
            try:
                lost = 0
                while queue and not self._stop.reason:
                    want = queue.popleft()
                    if lost >= _LOST or _host(want.key) in self._left_alone:
                        break
                    outcome = self._fetched(want, write)
                    lost = lost + 1 if isinstance(outcome, Failed) else 0
                    came.put((want, outcome))
            except BaseException as error:  # noqa: BLE001 — told to whoever waits
                came.put((Want(tries=[""], names=[], kind="file", post=None, is_private=False), Stopped(error=error)))
            finally:
                came.put(None)

        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            try:
                for queue in by_host.values():
                    pool.submit(work, queue)
                left = len(by_host)
                while left:
                    found = came.get()
                    if found is None:
                        left -= 1
                    else:
                        yield found
            except BaseException:
                self._stop.now("stopped")
                raise

    def _fetched(self, want: Want, write: threading.Lock) -> Outcome:
        """Ask for a file at one address after the other, until one has it."""
        outcome: Outcome = Absent(why="nothing to ask")
        for url in self._askable(want):  # which looks at what the last one gave
            outcome = ask(self._client, url, want, self._folder, self._clock, self._stop, self._max_file)
            now = self._clock.now()
            with write:
                if isinstance(outcome, Got):
                    self._memory.found(url)
                elif isinstance(outcome, Absent) and outcome.gone:
                    self._memory.gone(url, outcome.why)
                elif isinstance(outcome, Absent) and outcome.refused:
                    self._memory.refused(url, outcome.why, now)
                elif isinstance(outcome, Absent):
                    self._memory.absent(url, outcome.why, now)
                elif isinstance(outcome, Large):
                    self._memory.too_large(url, outcome.why, self._max_file)
                elif isinstance(outcome, Failed):
                    self._memory.failed(url, outcome.why, now)
                    if outcome.not_before is not None:
                        self._left_alone.add(_host(url))
                        self._memory.failed(f"host:{_host(url)}", outcome.why, now, outcome.not_before)
            if isinstance(outcome, (Got, Stopped)):
                break
        return outcome

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
                missing.append(_missing(want.names[0], want.post, self._memory, want.tries))
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


def _missing(url: str, post: str | None, memory: Memory, tries: Sequence[str] = ()) -> MissingFile:
    lost = [memory.lost[one] for one in (*tries, url) if one in memory.lost]
    if not lost:
        return MissingFile(url=url, why="not found", post=post)
    due = min((one.due for one in lost if one.due is not None), default=None)
    return MissingFile(url=url, why=lost[-1].why, post=post, due=due)


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
