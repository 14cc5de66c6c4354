"""Starting the program to be told what it can do, against loading Typer alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.measure import Figure, at_most, in_turn, spend
from benchmarks.plan import feedkeep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

TIMES = 2
_RUNS = 4  # for each repeat of the slow benchmarks: a start is short, and chance weighs more


def run(plan: Plan) -> Iterator[Figure]:
    ours, typer = in_turn(
        plan.repeats * _RUNS,
        lambda: spend([*feedkeep(), "--help"]),
        lambda: spend([sys.executable, "-c", "import typer"]),
    )
    yield at_most("feedkeep --help: CPU", ours.cpu, typer.cpu, TIMES, "import typer")
    yield at_most("feedkeep --help: wall", ours.wall, typer.wall, TIMES, "import typer")
