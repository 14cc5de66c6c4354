"""Follow feeds, ask them when they are due, and take what they say into the archive."""

from __future__ import annotations

import contextlib
import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from importlib import metadata
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import Archive
from feedkeep.content.links import parted
from feedkeep.errors import FetchError, UsageError
from feedkeep.fetch import schedule
from feedkeep.fetch.client import Client, Limits, user_agent
from feedkeep.fetch.clock import SystemClock
from feedkeep.fetch.guard import Guard
from feedkeep.workflows import deletions, full_sync, history, intake
from feedkeep.workflows.completeness import Completeness  # noqa: TC001 — msgspec reads the annotations
from feedkeep.workflows.finding import feeds_of
from feedkeep.workflows.news import News  # noqa: TC001 — likewise
from feedkeep.workflows.site_names import chosen, kept_in
from feedkeep.workflows.visits import Visits
from feedkeep.workflows.walker import History  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from feedkeep.models import Site
    from feedkeep.source import Source
    from feedkeep.workflows.visits import Visit


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
    moved: str | None = None  # the address that it is asked at, where it moved for good
    news: tuple[News, ...] = ()  # what is new, edited, deleted


def follow(archive_path: str | Path, url: str, client: Client, *, site: str | None = None) -> list[tuple[Site, str]]:
    """Follow a feed, or the feeds that a page or a list names; give each with "added", "updated" or "unchanged".

    ``site`` names the folder that they are kept in; without it the blog's own address does. Raises FetchError where
    there is no answer, UsageError where no feed is named.
    """
    archive = Archive.open(archive_path, create=True)
    sites = [one if site is None else kept_in(one, site) for one in feeds_of(url, client)]
    return list(zip(sites, archive.follow(sites), strict=True))


def import_whole(
    archive_path: str | Path,
    url: str,
    client: Client,
    *,
    site: str | None = None,
    max_requests: int = history.MAX_REQUESTS,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[Synced]:
    """Import a blog with its history, once, without following it. ``site`` and errors are as in :func:`follow`."""
    archive = Archive.open(archive_path, create=True)
    feeds = [one if site is None else kept_in(one, site) for one in feeds_of(url, client)]
    results = [Synced(feed=one.feed_urls[0], title=one.title, outcome="unchanged") for one in feeds]
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
    archive.check_writable()  # visits are remembered even where nothing new came
    visits = Visits(archive.path)
    followed = [site for site in archive.following() if site.feed_urls]
    feeds = [site for site in followed if _is_wanted(site, visits.of(site.feed_urls[0]).site, wanted)]
    if wanted and not feeds:
        raise UsageError(f"nothing that is followed is called {', '.join(map(repr, wanted))}")
    results = [_told(site, visits.of(site.feed_urls[0]), "not due") for site in feeds]
    due = [result for result in results if schedule.is_due(visits.of(result.feed).state, now, now_please=now_please)]
    intake.ask_all(client, archive, visits, due, {site.feed_urls[0]: site for site in feeds}, now, progress)
    allowed = [schedule.is_due(visits.of(one.feed).state, now, now_please=True) for one in results]
    deletions.look(archive, client, feeds, results, now, full=full, allowed=allowed, progress=progress)
    if full:
        sites = {one.feed: visits.of(one.feed).site for one in results}
        full_sync.go_back(archive, client, feeds, results, allowed, sites, max_requests, progress)
    return results


def _told(site: Site, visit: Visit, outcome: str) -> Synced:
    result = Synced(feed=site.feed_urls[0], title=site.title)
    intake.tell(result, visit, outcome)
    return result


def _is_wanted(site: Site, name: str | None, wanted: Sequence[str]) -> bool:
    names = {site.url, site.title, site.id, *site.feed_urls, parted(site.feed_urls[0]).hostname, name, chosen(site)}
    return not wanted or any(word in names for word in wanted)
