"""Go for the history of followed blogs: one walk for each, side by side, each resumable from where it stopped.

What is asked, and in which order, the planners in ``fetch/history`` say. An answer is imported, then the walk's file
says so: a run that is killed between the two asks one question again, and importing its answer again changes nothing.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from feedkeep.archive import Archive
from feedkeep.fetch import patience
from feedkeep.fetch.clock import SystemClock
from feedkeep.workflows.walk_file import WalkFile
from feedkeep.workflows.walker import Walker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.fetch.clock import Clock
    from feedkeep.fetch.history.walk import Walk
    from feedkeep.fetch.problems import Refused, TooLarge
    from feedkeep.models import Site
    from feedkeep.workflows.walker import History

MAX_REQUESTS = 2000  # of one blog in one run
_AT_ONCE = 8


def walk(
    archive_path: str | Path,
    sites: Sequence[Site],
    client: Client,
    *,
    max_requests: int = MAX_REQUESTS,
    clock: Clock | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[History]:
    """Go on with the walk of each blog, or begin a new one where the last came to its end.

    ``max_requests`` bounds what one blog is asked in this run. A blog that does not answer stops no other.
    """
    clock = clock or SystemClock()
    archive = Archive.open(archive_path, create=True)
    walkers = [Walker(archive, site, max_requests, clock) for site in sites]
    answers: dict[Future[Answer | patience.Postponed | Refused | TooLarge], Walker] = {}
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:

        def ask(walker: Walker) -> None:
            question = walker.question()
            if question is not None:
                answers[pool.submit(patience.ask, client, question.url, clock)] = walker

        try:
            for walker in walkers:
                ask(walker)
            while answers:
                done, _ = wait(answers, return_when=FIRST_COMPLETED)
                for future in done:
                    walker = answers.pop(future)
                    walker.take(future.result())
                    if progress is not None:
                        progress(walker.feed, walker.result.asked, None)
                    ask(walker)
        finally:
            pool.shutdown(cancel_futures=True)
    return [walker.told() for walker in walkers]


def last_walk(archive_path: Path, feed: str) -> Walk:
    """Give what is known of a feed's walk."""
    return WalkFile(archive_path, feed).walk
