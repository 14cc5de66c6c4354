"""Exporting Atom again after one new post with comments: which files are written, and what it takes."""

from __future__ import annotations

import random
import re
import shutil
from typing import TYPE_CHECKING

from benchmarks.make_wxr import item
from benchmarks.measure import Figure, at_most, spend, state, told, written
from benchmarks.plan import feedkeep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.plan import Plan

BOOKS = ".feedkeep-export.json"  # which file was made from what; it changes with every file
# What a new post with comments is in: once in each of these, and in nothing else.
MAY = {
    "the window": re.compile(r"atom\.xml"),
    "one archive document": re.compile(r"archive/\d+\.xml"),
    "the new post's comments feed": re.compile(r"comments/[0-9a-f]+\.xml"),
    "the site's comments feed": re.compile(r"comments\.xml"),
}


def run(plan: Plan) -> Iterator[Figure]:
    archive, out = plan.emptied("grown"), plan.emptied("atom")
    shutil.copytree(plan.archive(plan.posts), archive)
    command = [*feedkeep(), "export", "atom", "-a", str(archive), "-o", str(out)]
    first = spend(command)
    before = state(out)
    if len(before) < plan.posts:
        raise RuntimeError(f"the first export wrote {len(before)} files only")
    _grow(plan, archive)
    again = spend(command)
    touched = [name for name in written(before, state(out)) if name != BOOKS]
    names = [next((what for what, rule in MAY.items() if rule.fullmatch(path)), path) for path in touched]
    yield Figure(
        what=f"export atom again after one new post in {plan.posts:,}: files written",
        ours=len(touched),
        unit="files",
        shown=f"{len(touched)} of {len(state(out)) - 1:,} files",
        bar="; ".join(MAY),
        holds=sorted(names) == sorted(MAY),
        remark=", ".join(touched[:8]),
    )
    yield told(at_most("the same export: CPU", again.cpu, first.cpu, 1, "the first export"))
    shutil.rmtree(archive)
    shutil.rmtree(out)


def _grow(plan: Plan, archive: Path) -> None:
    """Import a newer export of the same blog, with one post in it."""
    with plan.export(plan.posts).open(encoding="utf-8") as export:
        # what it says of the blog must be the same to the letter: a new title would change every feed
        head = export.read(1 << 16).partition("<item>")[0]
    number = plan.posts + 1
    post = item(number, (2021, 1, 1), random.Random(number))
    newer = plan.folder / "newer.xml"
    newer.write_text(f"{head}{post}</channel></rss>\n", "utf-8")
    plan.import_(newer, archive)
