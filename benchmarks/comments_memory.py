"""The peak of memory of reading a Disqus export to records, and how little it grows with the file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.measure import MB, Figure, at_most, spend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

MOST = 150 * MB
TIMES = 2  # what remains is two numbers for each comment, so that none is taken twice
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
    peaks = {}
    for megabytes in (plan.comments, plan.many_comments):
        export = plan.disqus(megabytes)
        peak = spend([sys.executable, "-c", _READ, str(export)]).peak
        peaks[megabytes] = peak / MB
        yield Figure(
            what=f"peak memory of reading a Disqus export of {megabytes} MB",
            ours=peak / MB,
            unit="MB",
            shown=f"{peak / MB:.0f} MB",
            bar=f"≤ {MOST / MB:.0f} MB",
            holds=peak <= MOST,
        )
        export.unlink()
    few, many = peaks[plan.comments], peaks[plan.many_comments]
    what = f"the two peaks, {plan.many_comments // plan.comments}× the comments apart"
    yield at_most(what, many, few, TIMES, "fewer", unit="MB")
