"""What ``sync --full`` adds to a sync: the history of each blog, and how much of it is held then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.fetch.discovery import is_of_comments
from feedkeep.workflows import history
from feedkeep.workflows.completeness import completeness
from feedkeep.workflows.walker import state_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from feedkeep.archive import Archive
    from feedkeep.fetch.client import Client
    from feedkeep.models import Site
    from feedkeep.workflows.follow import Synced


def go_back(
    archive: Archive,
    client: Client,
    feeds: Sequence[Site],
    results: Sequence[Synced],
    allowed: Sequence[bool],
    names: Mapping[str, str | None],
    max_requests: int,
    progress: Callable[[str, int, int | None], None] | None,
) -> None:
    """Go for the history of every blog whose feed may be asked, and put what came of it into ``results``.

    ``names`` are the folders that the feeds are kept in, as far as that is known.
    """
    first = _first_of_each(feeds)
    chosen = [number for number, site in enumerate(feeds) if allowed[number] and site in first]
    found = history.walk(
        archive.path, [feeds[number] for number in chosen], client, max_requests=max_requests, progress=progress
    )
    for number, walked in zip(chosen, found, strict=True):
        result = results[number]
        result.history = walked
        result.added += walked.added
        result.updated += walked.updated
        result.deleted += walked.deleted
        result.news += walked.news
        if result.added or result.updated or result.deleted:
            result.outcome = "new"
        elif walked.error is not None and result.outcome == "not due":
            result.outcome, result.error = "failed", walked.error
        counted(archive, result, names.get(result.feed))


def counted(archive: Archive, result: Synced, name: str | None) -> Synced:
    """Say how much of a blog is held, and what its last walk did not get."""
    walk = history.last_walk(archive.path, result.feed)
    result.site = walk.site or name
    if walk.site or name:
        result.completeness = completeness(archive, walk.site or name or "", walk.claims)
    if result.history is None and walk.rounds:
        result.history = state_of(walk)
    return result


def _first_of_each(feeds: Sequence[Site]) -> list[Site]:
    """Choose one feed of each blog: that of its posts, not that of its comments or of one tag."""
    blogs: dict[str, list[Site]] = {}
    for site in feeds:
        blogs.setdefault(site.url or site.feed_urls[0], []).append(site)

    def order(site: Site) -> tuple[bool, int]:
        return is_of_comments(site.feed_urls[0]), len(site.feed_urls[0])

    return [min(found, key=order) for found in blogs.values()]
