"""Every exporter on one archive: time, and memory at two sizes of the archive.

The peer for Markdown is npm's wordpress-export-to-markdown 2.2.2, where FEEDKEEP_WE2MD names its folder: it reads the same
WordPress export that our archive was made from, and writes posts without their comments. The peer for feeds is feedgen:
see exporting.py.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import MB, Figure, at_most, in_turn, spend, told
from benchmarks.plan import feedkeep
from feedkeep.formats import EXPORTERS, exporter, is_ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measure import Cost
    from benchmarks.plan import Plan

FLAT = 1.5  # times the memory at a tenth of the posts
LISTED = {"epub", "bar", "bagit"}  # hold a line for each file: the directory of a zip, the manifest of a bag


def run(plan: Plan) -> Iterator[Figure]:
    small, large = plan.archive(plan.posts // 10), plan.archive(plan.posts)
    for name in EXPORTERS:
        if not is_ready(exporter(name)):
            continue
        few, many = _export(plan, small, name), _export(plan, large, name)
        what = f"export {name} of {plan.posts:,} posts"
        yield Figure(
            what=f"{what}: wall",
            ours=many.wall,
            unit="s",
            shown=f"{many.wall:.1f} s",
            bar="—",
            holds=None,
            remark=str(many),
        )
        flat = at_most(f"{what}: memory", many.peak / MB, few.peak / MB, FLAT, f"{plan.posts // 10:,} posts", unit="MB")
        yield told(flat) if name in LISTED else flat
    folder = os.environ.get("FEEDKEEP_WE2MD")
    if folder:
        yield _against_its_peer(plan, large, Path(folder))


def _export(plan: Plan, archive: Path, name: str) -> Cost:
    out = plan.emptied(f"out-{name}")
    return spend([*feedkeep(), "export", name, "-a", str(archive), "-o", str(out)])


def _against_its_peer(plan: Plan, archive: Path, folder: Path) -> Figure:
    source = plan.export(plan.posts)

    def peer() -> Cost:
        script = folder / "node_modules/wordpress-export-to-markdown/index.js"
        images = ["--save-attached-images=false", "--save-scraped-images=false"]
        where = [f"--input={source}", f"--output={plan.emptied('we2md')}"]
        return spend(["node", str(script), "--wizard=false", *images, *where])

    def ours() -> Cost:
        out = plan.emptied("out-markdown")
        return spend([*feedkeep(), "export", "hugo", "-O", "body=markdown", "-a", str(archive), "-o", str(out)])

    mine, theirs = in_turn(2, ours, peer)
    what = f"Markdown of {plan.posts:,} posts: CPU"
    return at_most(what, mine.cpu, theirs.cpu, 1, "wordpress-export-to-markdown, without comments")
