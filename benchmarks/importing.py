"""Importing a WordPress export, against a program that only parses it and writes one file for each item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure import Figure, at_most, in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

TIMES = 2


def run(plan: Plan) -> Iterator[Figure]:
    export = plan.export(plan.posts)
    ours, floor = in_turn(
        plan.repeats,
        lambda: plan.import_(export, plan.emptied("importing")),
        lambda: plan.floor(export),
    )
    what = f"import of {plan.posts:,} posts and their comments"
    yield at_most(f"{what}: CPU", ours.cpu, floor.cpu, TIMES, "floor", remark=f"{ours} against {floor}")
    yield at_most(f"{what}: wall", ours.wall, floor.wall, TIMES, "floor")
