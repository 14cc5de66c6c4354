"""The peak of memory of an import, and that it does not grow with the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measure import MB, Figure, at_most

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.plan import Plan

MOST = 150 * MB
TIMES = 1.2


def run(plan: Plan) -> Iterator[Figure]:
    peaks = {}
    for posts in (plan.posts, plan.many):
        peak = plan.import_(plan.export(posts), plan.emptied("memory")).peak
        peaks[posts] = peak / MB
        yield Figure(
            what=f"peak memory of an import of {posts:,} posts",
            ours=peak / MB,
            unit="MB",
            shown=f"{peak / MB:.0f} MB",
            bar=f"≤ {MOST / MB:.0f} MB",
            holds=peak <= MOST,
        )
    plan.emptied("memory")
    few, many = peaks[plan.posts], peaks[plan.many]
    yield at_most(f"the two peaks, {plan.many // plan.posts}× the posts apart", many, few, TIMES, "fewer", unit="MB")
