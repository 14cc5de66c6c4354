"""Follow feeds, ask them when they are due, and take what they say into the archive.

What is remembered of each address between visits (validators, when to come again) stands in ``.visits.json`` beside
the sites: a cache, without which every feed is simply asked anew.
"""

from __future__ import annotations

import contextlib
import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from collections import deque
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import metadata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from feedkeep import formats
from feedkeep.archive import Archive
from feedkeep.errors import FeedkeepError, FetchError, FormatError, UsageError
from feedkeep.fetch import schedule
from feedkeep.fetch.client import Client, Limits, user_agent
from feedkeep.fetch.clock import SystemClock
from feedkeep.fetch.discovery import discover
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.hints import hints
from feedkeep.ids import made_id
from feedkeep.models import Site
from feedkeep.notes import Kind, Notes
from feedkeep.workflows import deletions, full_sync, history
from feedkeep.workflows.completeness import Completeness  # noqa: TC001 — msgspec reads the annotations
from feedkeep.workflows.import_ import import_sources
from feedkeep.workflows.news import News, Newsroom
from feedkeep.workflows.visits import Visit, Visits
from feedkeep.workflows.walker import History  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.state import FeedState
    from feedkeep.source import Source
    from feedkeep.workflows.import_ import ImportReport

_AT_ONCE = 8  # hosts that are asked at the same time


class Synced(msgspec.Struct, kw_only=True):
    """What became of one feed."""

    feed: str  # its address
    title: str | None = None
    outcome: str = "not due"  # "new", "unchanged", "not due", "gone", "failed"
    added: int = 0
    updated: int = 0
    deleted: int = 0
    error: str | None = None
    next_due: dt.datetime | None = None
    succeeded: dt.datetime | None = None
    history: History | None = None  # where it was gone for
    completeness: Completeness | None = None  # as far as anything is held
    site: str | None = None  # the folder that it is kept in
    news: tuple[News, ...] = ()  # what is new, edited, deleted


def follow(archive_path: str | Path, url: str, client: Client) -> list[tuple[Site, str]]:
    """Follow a feed, or the feeds that a page names; give each with "added", "updated" or "unchanged".

    Raises FetchError where there is no answer, UsageError where the page names no feed.
    """
    archive = Archive.open(archive_path, create=True)
    sites = feeds_of(url, client)
    return list(zip(sites, archive.follow(sites), strict=True))


def feeds_of(url: str, client: Client) -> list[Site]:
    """Find the feed at an address, or the feeds that the page there names. Raises as :func:`follow` does."""
    answer = client.fetch(url)
    if not answer.is_whole:
        raise FetchError(f"{url} answered {answer.status} {answer.reason}".rstrip())
    found = _feed_of(answer)
    sites = [found] if found is not None else list(_named(answer, client))
    if not sites:
        raise UsageError(f"{url} is no feed, and names none: give the address of its feed")
    return sites


def import_whole(
    archive_path: str | Path,
    url: str,
    client: Client,
    *,
    max_requests: int = history.MAX_REQUESTS,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[Synced]:
    """Import a blog with its history, once, without following it. Raises as :func:`follow` does."""
    archive = Archive.open(archive_path, create=True)
    feeds = feeds_of(url, client)
    results = [Synced(feed=site.feed_urls[0], title=site.title, outcome="unchanged") for site in feeds]
    full_sync.go_back(archive, client, feeds, results, [True] * len(feeds), {}, max_requests, progress)
    return [result for result in results if result.history is not None]


def fetched(url: str, client: Client) -> Source:
    """Fetch an address once, to be read. Raises FetchError where there is no answer but an error."""
    answer = client.fetch(url)
    if not answer.is_whole:
        raise FetchError(f"{url} answered {answer.status} {answer.reason}".rstrip())
    return answer.source()


@contextlib.contextmanager
def client(*, contact: str | None = None, allow_private: bool = False, gap: float = 1.0) -> Iterator[Client]:
    """Open a client that says who it is; ``contact`` is where to complain, ``gap`` seconds between questions to a host."""
    version = metadata.version("feedkeep")
    agent = user_agent(version, contact) if contact else f"feedkeep/{version}"
    guard = Guard(allow_private=allow_private)
    with Client(agent, guard, SystemClock(), limits=Limits(gap=gap)) as opened:
        yield opened


def unfollow(archive_path: str | Path, wanted: str) -> list[Site]:
    """Follow no longer what is called so: the address of a feed or its page, or its title. What was kept stays.

    Raises UsageError where nothing followed is called so.
    """
    archive = Archive.open(archive_path)
    gone = [site for site in archive.following() if wanted in {site.url, site.title, site.id, *site.feed_urls}]
    if not gone:
        raise UsageError(f"nothing that is followed is called {wanted!r}; `feedkeep status` shows what is")
    archive.unfollow(gone)
    return gone


def status(archive_path: str | Path) -> list[Synced]:
    """Tell of each feed when it last answered, when it is due, and what went wrong."""
    archive = Archive.open(archive_path)
    visits = Visits(archive.path)
    return [
        full_sync.counted(archive, _told(site, visits.of(site.feed_urls[0]), ""), visits.of(site.feed_urls[0]).site)
        for site in archive.following()
        if site.feed_urls
    ]


def sync(
    archive_path: str | Path,
    client: Client,
    now: dt.datetime | None = None,
    *,
    wanted: Sequence[str] = (),
    now_please: bool = False,
    full: bool = False,
    max_requests: int = history.MAX_REQUESTS,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[Synced]:
    """Ask every feed that is due, and import what came; give what became of each.

    ``full`` then goes for the history of each blog, of which one run asks at most ``max_requests`` questions.

    A feed that fails stops no other. What was imported is safe before its validators are remembered, so that a run
    that is killed asks again for what it had not kept.
    """
    now = now or SystemClock().now()
    archive = Archive.open(archive_path)
    feeds = [site for site in archive.following() if site.feed_urls and _is_wanted(site, wanted)]
    if wanted and not feeds:
        raise UsageError(f"nothing that is followed is called {', '.join(map(repr, wanted))}")
    visits = Visits(archive.path)
    results = [_told(site, visits.of(site.feed_urls[0]), "not due") for site in feeds]
    due = [
        (number, site)
        for number, site in enumerate(feeds)
        if schedule.is_due(visits.of(site.feed_urls[0]).state, now, now_please=now_please)
    ]
    for done, (number, answer) in enumerate(_asked(client, visits, due), 1):
        results[number] = _taken(archive_path, feeds[number], visits, answer, now)
        visits.write()
        if progress is not None:
            progress("feeds", done, len(due))
    allowed = [schedule.is_due(visits.of(one.feed).state, now, now_please=True) for one in results]
    deletions.look(archive, client, feeds, results, now, full=full, allowed=allowed, progress=progress)
    if full:
        sites = {one.feed: visits.of(one.feed).site for one in results}
        full_sync.go_back(archive, client, feeds, results, allowed, sites, max_requests, progress)
    return results


def _asked(client: Client, visits: Visits, due: list[tuple[int, Site]]) -> Iterator[tuple[int, Answer | FetchError]]:
    """Ask hosts side by side, the feeds of one host one after the other."""
    by_host: dict[str, deque[tuple[int, FeedState]]] = {}
    for number, site in due:
        state = visits.of(site.feed_urls[0]).state
        by_host.setdefault(urlsplit(state.url).netloc, deque()).append((number, state))

    def ask(queue: deque[tuple[int, FeedState]]) -> list[tuple[int, Answer | FetchError]]:
        found: list[tuple[int, Answer | FetchError]] = []
        for number, state in queue:
            try:
                found.append((number, client.fetch(state.url, state.validators)))
            except FetchError as error:
                found.append((number, error))
        return found

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for future in as_completed([pool.submit(ask, queue) for queue in by_host.values()]):
            yield from future.result()


def _taken(
    archive_path: str | Path, site: Site, visits: Visits, answer: Answer | FetchError, now: dt.datetime
) -> Synced:
    """Import an answer, then remember the visit."""
    feed = site.feed_urls[0]
    visit = visits.of(feed)
    if isinstance(answer, FetchError):
        visit.state = schedule.failed(visit.state, str(answer), now, feed)
        return _told(site, visit, "failed")
    if not answer.is_whole:
        visit.state = schedule.answered(visit.state, answer, visit.hints, feed)
        outcome = "unchanged" if answer.is_unchanged else "gone" if answer.is_gone else "failed"
        return _told(site, visit, outcome)
    newsroom, notes = Newsroom(), Notes()
    try:
        reports = import_sources(archive_path, [answer.source()], notes=notes, heard=newsroom.heard)
    except FeedkeepError as error:
        visit.state = schedule.failed(visit.state, str(error), now, feed)
        return _told(site, visit, "failed")
    visit.hints = hints(answer.body)
    visit.state = schedule.adopted(schedule.answered(visit.state, answer, visit.hints, feed))
    result = _told(site, visit, "unchanged")
    visit.site = result.site = next((report.site for report in reports if report.format is not None), visit.site)
    result.added, result.updated, result.deleted = _sums(reports)
    result.news = deletions.named(archive_path, visit.site, newsroom.news)
    if not notes.counts[Kind.REPAIRED]:  # what was cut short does not show what is gone
        deletions.compare(archive_path, feed, newsroom.seen, now)
    if result.added or result.updated or result.deleted:
        result.outcome = "new"
    return result


def _sums(reports: list[ImportReport]) -> tuple[int, int, int]:
    """Count posts and comments that are new, edited, deleted."""
    counts = [counts for report in reports for kind, counts in report.counts.items() if kind in {"post", "comment"}]
    deleted = sum(report.counts["tombstone"].added for report in reports if "tombstone" in report.counts)
    return sum(one.added for one in counts), sum(one.updated for one in counts), deleted


def _told(site: Site, visit: Visit, outcome: str) -> Synced:
    state = visit.state
    return Synced(
        feed=site.feed_urls[0],
        title=site.title,
        outcome=outcome
        or ("gone" if state.gone else "failed" if state.error else "well" if state.succeeded else "new"),
        error=state.error,
        next_due=schedule.due_at(state),
        succeeded=state.succeeded,
        site=visit.site,
    )


def _is_wanted(site: Site, wanted: Sequence[str]) -> bool:
    names = {site.url, site.title, site.id, *site.feed_urls, urlsplit(site.feed_urls[0]).hostname}
    return not wanted or any(word in names for word in wanted)


def _feed_of(answer: Answer) -> Site | None:
    """Give the site of an answer that is a feed."""
    source = answer.source()
    try:
        importer = formats.detect(source)
        if importer.kind != "feed":
            return None
        found = next((record for record in importer.read(source, Notes()) if isinstance(record, Site)), None)
    except FormatError:
        return None
    title, home = (found.title, found.url) if found is not None else (None, None)
    return Site(id=answer.url, url=home, title=title, feed_urls=(answer.url,))


def _named(answer: Answer, client: Client) -> Iterator[Site]:
    """Yield the feeds that a page names; where it names none, those at the usual places that answer."""
    found = discover(answer.body, answer.url, answer.headers)
    first = {feed.about: feed for feed in reversed(found.feeds)}  # the same posts in another format say nothing new
    for feed in first.values():
        yield Site(id=feed.url or made_id("site", answer.url), url=answer.url, title=feed.title, feed_urls=(feed.url,))
    if found.feeds:
        return
    for url in found.common:
        try:
            there = client.fetch(url)
        except FetchError:
            continue
        feed_site = _feed_of(there) if there.is_whole else None
        if feed_site is not None:
            yield feed_site
            return
