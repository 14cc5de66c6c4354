"""Importing the same file again: nothing is written, and it takes no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure import Figure, at_most, in_turn, state, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.measure import Cost
    from benchmarks.plan import Plan

TIMES = 1


def run(plan: Plan) -> Iterator[Figure]:
    export = plan.export(plan.posts)
    touched: set[str] = set()
    archive = plan.folder / "again"

    def first() -> Cost:
        return plan.import_(export, plan.emptied("again"))

    def again() -> Cost:
        before = state(archive)
        cost = plan.import_(export, archive)
        touched.update(written(before, state(archive)))
        return cost

    first_cost, again_cost = in_turn(plan.repeats, first, again)
    yield _files(archive, touched)
    yield at_most("the same file again: CPU", again_cost.cpu, first_cost.cpu, TIMES, "the first time")
    yield at_most("the same file again: wall", again_cost.wall, first_cost.wall, TIMES, "the first time")
    plan.emptied("again")


def _files(archive: Path, touched: set[str]) -> Figure:
    held = len(state(archive))
    if not held:
        raise RuntimeError("the archive is empty: nothing was measured")
    return Figure(
        what="the same file again: files written",
        ours=len(touched),
        unit="files",
        shown=f"{len(touched)} files",
        bar="0",
        holds=not touched,
        remark=", ".join(sorted(touched)[:5]) or f"{held:,} files held",
    )
