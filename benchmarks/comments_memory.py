"""The peak of memory of a Disqus export, of its reading to records and of its import, and that neither grows with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.measure import MB, Figure, at_most, spend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

MOST = 150 * MB
TIMES = 1.2
_READ = """
import sys
from feedkeep import formats
from feedkeep.notes import Notes
from feedkeep.source import Source
source = Source.from_path(sys.argv[1])
for record in formats.detect(source).read(source, Notes()):
    pass
"""


def run(plan: Plan) -> Iterator[Figure]:
    peaks: dict[str, list[float]] = {"reading": [], "import": []}
    for megabytes in (plan.comments, plan.many_comments):
        export = plan.disqus(megabytes)
        spent = {
            "reading": spend([sys.executable, "-c", _READ, str(export)]),
            "import": plan.import_(export, plan.emptied("comments")),
        }
        for what, cost in spent.items():
            peaks[what].append(cost.peak / MB)
            yield Figure(
                what=f"peak memory of the {what} of a Disqus export of {megabytes} MB",
                ours=cost.peak / MB,
                unit="MB",
                shown=f"{cost.peak / MB:.0f} MB",
                bar=f"≤ {MOST / MB:.0f} MB",
                holds=cost.peak <= MOST,
            )
        export.unlink()
    plan.emptied("comments")
    times = plan.many_comments // plan.comments
    for what, (few, many) in peaks.items():
        yield at_most(f"the two peaks of the {what}, {times}× the comments apart", many, few, TIMES, "fewer", unit="MB")
