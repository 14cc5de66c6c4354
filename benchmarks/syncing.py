"""A sync of a thousand feeds on loopback, first (all 200) and second (all 304), against reader's ``update_feeds``.

The other side is this module too: ``python -m benchmarks.syncing DATABASE WORKERS`` updates what is in a reader's
database. Both are processes of their own, asked the same server, and end with everything on disk.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from benchmarks.feed_server import address
from benchmarks.measure import MB, ROOT, at_most, in_turn, spend, told
from benchmarks.plan import feedkeep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure import Cost, Figure
    from benchmarks.plan import Plan

TIMES = 1
ENTRIES = 10  # as WordPress shows
WORKERS = (1, 4, 8, 16)  # of reader; its best counts

os.environ.setdefault("READER_NO_VENDORED_FEEDPARSER", "1")  # the one that it brings needs a package of its own


def run(plan: Plan) -> Iterator[Figure]:
    with _server(plan.feeds) as port:
        sides: list[_Ours | _Reader] = [_Ours(plan, port), *(_Reader(plan, port, workers) for workers in WORKERS)]
        # the two syncs of one side follow one another: the second finds what the first left
        first = in_turn(plan.repeats, *(side.first for side in sides))
        second = in_turn(plan.repeats, *(side.second for side in sides))
    for what, costs in (("all new", first), ("all unchanged", second)):
        yield from _figures(f"a sync of {plan.feeds:,} feeds, {what}", costs, plan.feeds)


def _figures(what: str, costs: list[Cost], feeds: int) -> Iterator[Figure]:
    ours, *others = costs
    best = min(range(len(others)), key=lambda at: others[at].wall)
    least = min(range(len(others)), key=lambda at: others[at].cpu)
    other = others[best]
    speed = f"{feeds / ours.wall:,.0f} feeds per second against {feeds / other.wall:,.0f}"
    against = f"reader, workers={WORKERS[best]}"
    yield at_most(f"{what}: wall", ours.wall, other.wall, TIMES, against, remark=speed)
    against = f"reader, workers={WORKERS[least]}"
    yield at_most(f"{what}: CPU", ours.cpu, others[least].cpu, TIMES, against, remark=str(ours))
    peak = at_most(
        f"{what}: peak memory", ours.peak / MB, other.peak / MB, TIMES, f"reader, workers={WORKERS[best]}", unit="MB"
    )
    yield told(peak)


class _Ours:
    """``feedkeep sync --now`` on an archive that follows the feeds."""

    def __init__(self, plan: Plan, port: int) -> None:
        self._plan = plan
        self._port = port
        self._fresh = plan.emptied("followed")
        self._archive = plan.folder / "synced"
        feeds = plan.folder / "feeds.opml"
        lines = "".join(f"<outline type='rss' xmlUrl={quoteattr(url)}/>" for url in _urls(plan.feeds, port))
        feeds.write_text(f"<opml version='2.0'><body>{lines}</body></opml>", "utf-8")
        spend([*feedkeep(), "import", str(feeds), "--archive", str(self._fresh)])

    def first(self) -> Cost:
        shutil.copytree(self._fresh, self._plan.emptied(self._archive.name))
        cost = self._sync({200: self._plan.feeds})
        held = sum(1 for _ in self._archive.glob("*/posts/*/*/*.json"))
        _expect(held, self._plan.feeds * ENTRIES, "posts in the archive")
        return cost

    def second(self) -> Cost:
        return self._sync({304: self._plan.feeds})

    def _sync(self, expected: dict[int, int]) -> Cost:
        command = [*feedkeep(), "sync", "--now", "--allow-private", "--archive", str(self._archive)]
        cost = spend(command)
        _expect(_counts(self._port), expected, "answers")
        return cost


class _Reader:
    """``reader.update_feeds(workers=…)`` on a database that follows the feeds."""

    def __init__(self, plan: Plan, port: int, workers: int) -> None:
        self._feeds = plan.feeds
        self._port = port
        self._workers = workers
        self._fresh = plan.folder / "reader.sqlite"
        self._database = plan.folder / f"reader-{workers}.sqlite"
        if not self._fresh.exists():
            from reader import make_reader

            with closing(make_reader(str(self._fresh))) as reader:
                for url in _urls(plan.feeds, port):
                    reader.add_feed(url)

    def first(self) -> Cost:
        for left in self._database.parent.glob(self._database.name + "-*"):
            left.unlink()
        shutil.copyfile(self._fresh, self._database)
        cost = self._update({200: self._feeds})
        with closing(sqlite3.connect(self._database)) as database:
            ((held,),) = database.execute("SELECT count(*) FROM entries")
        _expect(held, self._feeds * ENTRIES, "entries in the database")
        return cost

    def second(self) -> Cost:
        return self._update({304: self._feeds})

    def _update(self, expected: dict[int, int]) -> Cost:
        cost = spend([sys.executable, "-m", "benchmarks.syncing", str(self._database), str(self._workers)])
        _expect(_counts(self._port), expected, "answers")
        return cost


def _urls(feeds: int, port: int) -> Iterator[str]:
    return (address(number, port) for number in range(feeds))


def _expect(found: object, expected: object, what: str) -> None:
    if found != expected:
        raise RuntimeError(f"{what}: {found} instead of {expected}")


@contextmanager
def _server(feeds: int) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.feed_server", str(feeds), str(ENTRIES)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as server:
        yield int(server.stdout.readline())  # type: ignore[union-attr]
        server.communicate()


def _counts(port: int) -> dict[int, int]:
    with closing(HTTPConnection("127.0.0.1", port)) as connection:
        connection.request("GET", "/counts")
        return {int(status): count for status, count in json.load(connection.getresponse()).items()}


def main(database: str, workers: str) -> None:
    from reader import make_reader

    with closing(make_reader(database)) as reader:
        reader.update_feeds(scheduled=False, workers=int(workers))


if __name__ == "__main__":
    main(*sys.argv[1:])
