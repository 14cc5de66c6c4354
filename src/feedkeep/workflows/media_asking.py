"""Asking for files: hosts side by side, the files of one host one after the other, each at its best address first."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedkeep.workflows.media_question import Absent, Failed, Got, Large, Stop, Stopped, ask
from feedkeep.workflows.media_wants import Want

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.fetch.clock import Clock
    from feedkeep.workflows.media_memory import Memory
    from feedkeep.workflows.media_question import Outcome

_AT_ONCE = 8  # hosts
_LOST = 3  # files in a row without an answer, after which a host is left alone
_PATIENT = 2  # failures of a better address after which the next best is asked


class Asker:
    """Asks for the files of one site, and remembers what was not to be had."""

    def __init__(
        self, client: Client, clock: Clock, memory: Memory, folder: Path, stop: Stop, limit: int, *, now_please: bool
    ) -> None:
        self._client = client
        self._clock = clock
        self._memory = memory
        self._folder = folder
        self._stop = stop
        self._limit = limit
        self._now_please = now_please
        self._left_alone: set[str] = set()  # hosts

    def is_due(self, url: str) -> bool:
        """Tell whether an address may be asked for now."""
        return self._memory.is_due(url, self._clock.now(), self._limit, now_please=self._now_please)

    def askable(self, want: Want) -> Iterator[str]:
        """Yield the addresses of a file that may be asked now, best first; none behind one that only failed so far."""
        now = self._clock.now()
        for url in want.tries:
            host = self._memory.lost.get(f"host:{_host(url)}")
            if host is not None and host.due is not None and now < host.due:
                return
            if self.is_due(url):
                yield url
            lost = self._memory.lost.get(url)
            if lost is not None and not lost.is_absent and lost.limit is None and lost.times < _PATIENT:
                return

    # -- asking ------------------------------------------------------------------------------------------

    def outcomes(self, asked: list[Want]) -> Iterator[tuple[Want, Outcome]]:
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
        for url in self.askable(want):  # which looks at what the last one gave
            outcome = ask(self._client, url, want, self._folder, self._clock, self._stop, self._limit)
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
                    self._memory.too_large(url, outcome.why, self._limit)
                elif isinstance(outcome, Failed):
                    self._memory.failed(url, outcome.why, now)
                    if outcome.not_before is not None:
                        self._left_alone.add(_host(url))
                        self._memory.failed(f"host:{_host(url)}", outcome.why, now, outcome.not_before)
            if isinstance(outcome, (Got, Stopped)):
                break
        return outcome


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
