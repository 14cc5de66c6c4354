"""What feeds answer goes into the archive; then the visit is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FeedkeepError, FetchError
from feedkeep.fetch import schedule
from feedkeep.fetch.hints import hints
from feedkeep.notes import Kind, Notes
from feedkeep.workflows import deletions
from feedkeep.workflows.asking import ask
from feedkeep.workflows.finding import wrong_kinds
from feedkeep.workflows.import_ import Batch
from feedkeep.workflows.news import Newsroom
from feedkeep.workflows.site_names import chosen

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from feedkeep.archive import Archive
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.models import Site
    from feedkeep.workflows.follow import Synced
    from feedkeep.workflows.open_import import ImportReport
    from feedkeep.workflows.visits import Visit, Visits


def ask_all(
    client: Client,
    archive: Archive,
    visits: Visits,
    due: Sequence[Synced],
    sites: Mapping[str, Site],
    now: dt.datetime,
    progress: Callable[[str, int, int | None], None] | None,
) -> None:
    """Ask the feeds and import what they answer, many at once; a visit is remembered once its answer lasts."""
    batch = Batch(archive)
    done = 0
    try:
        for pair in ask(client, [visits.of(result.feed).state for result in due]):
            if pair is None:
                batch.commit()
                continue
            number, answer = pair
            _take(archive, due[number], visits, answer, batch, sites[due[number].feed], now)
            done += 1
            if progress is not None:
                progress("feeds", done, len(due))
        batch.commit()
    finally:
        batch.discard()
        visits.close()


def _take(
    archive: Archive,
    result: Synced,
    visits: Visits,
    answer: Answer | FetchError,
    batch: Batch,
    site: Site,
    now: dt.datetime,
) -> None:
    """Import an answer, then remember the visit."""
    visit = visits.of(result.feed)

    def ended(outcome: str) -> None:
        visits.remember(result.feed)
        tell(result, visit, outcome)

    def failed(error: FeedkeepError) -> None:
        visit.state = schedule.failed(visit.state, str(error), now, result.feed)
        ended("failed")

    if isinstance(answer, FetchError):
        failed(answer)
        return
    if not answer.is_whole:
        visit.state = schedule.answered(visit.state, answer, visit.hints, result.feed)
        ended("unchanged" if answer.is_unchanged else "gone" if answer.is_gone else "failed")
        return
    newsroom, notes = Newsroom(), Notes()
    said, headers = hints(answer.body), msgspec.structs.replace(answer, body=b"")  # it waits for others

    def imported(found: list[ImportReport] | FeedkeepError) -> None:
        if isinstance(found, FeedkeepError):
            failed(found)
            return
        visit.hints = said
        visit.state = schedule.adopted(schedule.answered(visit.state, headers, said, result.feed))
        visit.site = next((report.site for report in found if report.format is not None), visit.site)
        result.added, result.updated, result.deleted = _sums(found)
        result.news = deletions.named(archive, visit.site, newsroom.news)
        if not notes.counts[Kind.REPAIRED]:  # what was cut short does not show what is gone
            deletions.compare(archive, result.feed, newsroom.seen, now)
        ended("new" if result.added or result.updated or result.deleted else "unchanged")

    wrong = wrong_kinds(site, answer)
    batch.add(answer.source(), notes, newsroom.heard, imported, site=chosen(site), refused=wrong)


def _sums(reports: list[ImportReport]) -> tuple[int, int, int]:
    """Count posts and comments that are new, edited, deleted."""
    counts = [counts for report in reports for kind, counts in report.counts.items() if kind in {"post", "comment"}]
    deleted = sum(report.counts["tombstone"].added for report in reports if "tombstone" in report.counts)
    return sum(one.added for one in counts), sum(one.updated for one in counts), deleted


def tell(result: Synced, visit: Visit, outcome: str) -> None:
    """Say how it stands with a feed; without an ``outcome``, how it stood the last time."""
    state = visit.state
    result.outcome = outcome or (
        "gone" if state.gone else "failed" if state.error else "well" if state.succeeded else "new"
    )
    result.error = state.error
    result.next_due = schedule.due_at(state)
    result.succeeded = state.succeeded
    result.site = visit.site
    result.moved = state.url if state.url != result.feed else None
