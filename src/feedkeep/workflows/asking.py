"""Asking many feeds: hosts side by side, the feeds of one host one after the other."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedkeep.errors import FetchError
from feedkeep.fetch.problems import Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.fetch.state import FeedState

_AT_ONCE = 8  # hosts that are asked at the same time
_SILENT = 3  # questions without an answer, after which a host is asked no more in this run
_AHEAD = 16  # answers that wait to be taken; whoever has another waits with it
_QUIET = 1.0  # seconds without an answer after which that is told


def ask(client: Client, states: Sequence[FeedState]) -> Iterator[tuple[int, Answer | FetchError] | None]:
    """Ask for each; yield (its number, what became of it) as they come, and None where nothing comes for a while."""
    by_host: dict[str, list[int]] = {}
    for number, state in enumerate(states):
        by_host.setdefault(urlsplit(state.url).netloc, []).append(number)
    answers: queue.Queue[tuple[int, Answer | BaseException]] = queue.Queue(_AHEAD)
    stop = threading.Event()

    def visit(numbers: list[int]) -> None:
        silent = 0  # questions in a row that nobody answered
        for number in numbers:
            if stop.is_set():
                return
            url = states[number].url
            found: Answer | BaseException
            if silent >= _SILENT:
                found = Unreachable(f"{url}: not asked, for its host gave no answer {_SILENT} times")
            else:
                try:
                    found = client.fetch(url, states[number].validators)
                except BaseException as error:  # noqa: BLE001 — raised by who reads the answers
                    found = error
            silent = silent + 1 if isinstance(found, Unreachable) else 0
            answers.put((number, found))

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        running = [pool.submit(visit, numbers) for numbers in by_host.values()]
        try:
            left = len(states)
            while left:
                try:
                    number, found = answers.get(timeout=_QUIET)
                except queue.Empty:
                    yield None
                    continue
                if isinstance(found, BaseException) and not isinstance(found, FetchError):
                    raise found
                left -= 1
                yield number, found
        finally:
            stop.set()
            for future in running:
                future.cancel()
            while not all(future.done() for future in running):  # who has an answer waits for it to be taken
                try:
                    answers.get(timeout=0.1)
                except queue.Empty:
                    continue
