"""A process killed at any instant and a disk that fills up leave the archive as before or as after."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from archived_blog import tree
from feedkeep.errors import ArchiveError
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows.import_ import import_sources
from feedkeep.workflows.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no fork and no tmpfs on Windows")

INSTANTS = 200
_HEAD = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>B</title><link>http://b.example</link>'
    "<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>http://b.example</wp:base_blog_url>"
)


def export(posts: range, word: str) -> Source:
    """A WordPress export of some posts, each with a body and two comments."""
    rows = [_HEAD]
    for n in posts:
        rows.append(
            f"<item><title>{word} {n}</title><link>http://b.example/{n}/</link><guid>http://b.example/?p={n}</guid>"
            f"<content:encoded>{word * 300}</content:encoded><wp:post_id>{n}</wp:post_id>"
            f"<wp:post_date>2014-01-{n % 28 + 1:02d} 10:00:00</wp:post_date><wp:post_date_gmt>2014-01-{n % 28 + 1:02d} "
            f"10:00:00</wp:post_date_gmt><wp:post_name>p{n}</wp:post_name><wp:status>publish</wp:status>"
            "<wp:post_type>post</wp:post_type>"
        )
        rows += [
            f"<wp:comment><wp:comment_id>{n * 10 + c}</wp:comment_id><wp:comment_content>{word}</wp:comment_content>"
            "<wp:comment_approved>1</wp:comment_approved></wp:comment>"
            for c in range(2)
        ]
        rows.append("</item>")
    return Source.from_bytes("".join([*rows, "</channel></rss>"]).encode(), f"{word}.xml")


def imported(path: Path) -> None:
    """What is interrupted: posts that are new, posts that change, posts that stay."""
    import_sources(path, [export(range(20, 80), "new")], notes=Notes())


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "first"
    import_sources(path, [export(range(40), "old")], notes=Notes())
    return path


def test_a_kill_at_any_of_two_hundred_instants_leaves_before_or_after(first: Path, tmp_path: Path) -> None:
    before = tree(first)
    done = tmp_path / "done"
    shutil.copytree(first, done)
    started = time.perf_counter()
    imported(done)
    whole = time.perf_counter() - started
    after = tree(done)
    chance = random.Random(1)  # noqa: S311 — the same instants, as far as a clock allows, in every run
    seen = Counter[str]()
    for number in range(INSTANTS):
        victim = tmp_path / f"victim{number}"
        shutil.copytree(first, victim)
        child = os.fork()
        if child == 0:
            try:
                imported(victim)
            finally:
                os._exit(0)
        # a machine with other work to do is slower than it was at first; the last of all is let finish
        time.sleep(chance.uniform(0, whole * (1.3 if number % 2 else 3)))
        if number < INSTANTS - 1:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

        assert not [finding for finding in verify(victim).findings if finding.damage]
        held = tree(victim)
        assert held in (before, after)
        seen["before" if held == before else "after"] += 1
        imported(victim)
        assert tree(victim) == after
        shutil.rmtree(victim)
    assert set(seen) == {"before", "after"}, seen


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small tmpfs needs root")
def test_a_disk_that_fills_up_leaves_the_archive_as_it_was(first: Path, tmp_path: Path) -> None:
    before = tree(first)
    done = tmp_path / "done"
    shutil.copytree(first, done)
    imported(done)
    after = tree(done)
    disk = tmp_path / "disk"
    disk.mkdir()
    seen = Counter[str]()
    for size in (340, 400, 460, 520, 580, 640, 700, 800, 1000, 1400, 2000, 4000):
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], check=False)
        if mounted.returncode != 0:
            pytest.skip("mounting a tmpfs is not allowed here")
        try:
            try:
                shutil.copytree(first, disk / "a", ignore=shutil.ignore_patterns(".*"))
            except shutil.Error:
                seen["too small for the archive itself"] += 1
                continue
            try:
                imported(disk / "a")
                seen["after"] += 1
            except ArchiveError as error:
                assert "nothing was imported" in str(error)  # noqa: PT017 — success is as good
                seen["before"] += 1
            subprocess.run(["mount", "-o", "remount,size=50m", disk], check=True)
            assert not [finding for finding in verify(disk / "a").findings if finding.damage]
            assert tree(disk / "a") in (before, after)
            imported(disk / "a")
            assert tree(disk / "a") == after
        finally:
            subprocess.run(["umount", disk], check=True)
    assert seen["before"] >= 2, seen
    assert seen["after"] >= 2, seen
