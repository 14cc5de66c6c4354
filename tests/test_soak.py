"""Many feeds whose servers do wrong on a schedule, round after round: all that was ever served whole is held, once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hostile_feeds as hostile
from feedkeep.archive import Archive
from feedkeep.library import entries
from feedkeep.workflows import follow
from feedkeep.workflows.verify import verify
from feedkeep.workflows.visits import Visits
from loopback import Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_every_entry_ever_served_whole_is_held_and_none_twice(tmp_path: Path) -> None:
    soak(tmp_path, feeds=60, rounds=5)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_a_sync_killed_at_any_instant_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    killed_and_run_again(tmp_path, feeds=60, rounds=2, kills=3)


@contextmanager
def serving() -> Iterator[tuple[hostile.Blogs, int]]:
    blogs = hostile.Blogs()
    with Loopback() as server:
        server.otherwise = blogs.answer
        yield blogs, server.port


def soak(path: Path, *, feeds: int, rounds: int) -> None:
    """Follow feeds that do wrong; look at what became of each question, and in the end at all that is held."""
    done: Counter[str] = Counter()
    waiting: set[int] = set()
    with serving() as (blogs, port):
        Archive.open(path, create=True).follow(hostile.following(feeds, port))
        for blogs.round in range(rounds):
            blogs.asked.clear()
            with hostile.client(blogs.round) as client:
                results = follow.sync(path, client, hostile.moment(blogs.round))
            asked = set(range(feeds)) - waiting
            assert set(blogs.asked) == asked  # who said 429 is left alone
            became = {hostile.number(result.feed): result.outcome for result in results}
            assert all(became[feed] == "not due" for feed in waiting)
            ways = {feed: hostile.does(feed, blogs.round) for feed in asked}
            done.update(ways.values())
            for feed, way in ways.items():
                if way not in hostile.CUT:
                    assert (way, became[feed]) == (way, "new" if way in hostile.WHOLE else "failed")
            waiting = {feed for feed, way in ways.items() if way == "busy"}
    assert set(done) == {*hostile.WHOLE, *hostile.BROKEN, *hostile.CUT}
    _holds(path, blogs)


def killed_and_run_again(path: Path, *, feeds: int, rounds: int, kills: int) -> None:
    """Kill some syncs in each round before one is let finish; nothing else goes wrong."""
    folders = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": folders}
    chance = random.Random(1)  # noqa: S311 — the same instants, as far as a clock allows, in every run
    killed = 0
    with serving() as (blogs, port):
        blogs.well = True
        Archive.open(path, create=True).follow(hostile.following(feeds, port))
        for blogs.round in range(rounds):
            remembered: set[int] = set()
            for _ in range(kills):
                blogs.asked.clear()
                command = [sys.executable, "-m", "hostile_feeds", str(path), str(blogs.round)]
                child = subprocess.Popen(command, env=environment)
                enough = chance.randrange(1, feeds - len(remembered) + 1)
                while child.poll() is None and len(blogs.asked) < enough:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0, 0.1))
                child.send_signal(signal.SIGKILL)
                killed += child.wait() == -signal.SIGKILL
                assert remembered.isdisjoint(blogs.asked)
                remembered = _remembered(path, feeds, port, blogs.round)
                held = {entry.post.id for entry in entries(path)}
                assert hostile.all_entries(remembered, blogs.round) <= held  # what is remembered lasts
                assert [finding for finding in verify(path).findings if finding.damage] == []
            blogs.asked.clear()
            with hostile.client(blogs.round) as client:
                follow.sync(path, client, hostile.moment(blogs.round))
            assert sorted(blogs.asked) == sorted(set(range(feeds)) - remembered)
            _holds(path, blogs)
    assert killed >= rounds * kills // 2
    assert blogs.shown == blogs.written


def _remembered(path: Path, feeds: int, port: int, round_: int) -> set[int]:
    visits, now = Visits(path), hostile.moment(round_)
    return {feed for feed in range(feeds) if visits.of(hostile.address(feed, port)).state.succeeded == now}


def _holds(path: Path, blogs: hostile.Blogs) -> None:
    """Check that the archive holds what was ever shown, each entry once, whole and as it was written."""
    found = [entry.post for entry in entries(path)]
    ids = Counter(post.id for post in found)
    assert [post for post, times in ids.items() if times > 1] == []
    known = {hostile.entry_id(feed, number): (feed, number) for feed, number in blogs.written}
    assert ids.keys() <= known.keys()  # nothing that no feed ever wrote
    assert {hostile.entry_id(*one) for one in blogs.shown} <= ids.keys()
    for post in found:
        if known[post.id] in blogs.shown:
            assert post.title == hostile.title(*known[post.id])
            assert post.content is not None
            assert hostile.end(*known[post.id]) in post.content.value
    assert [finding for finding in verify(path).findings if finding.damage] == []
