"""Find the feeds of a page: what it names, what its platform has, what lies at the usual places, or the page itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from feedkeep import formats
from feedkeep.errors import FetchError, FormatError, UsageError
from feedkeep.fetch.discovery import discover
from feedkeep.fetch.problems import Unreachable
from feedkeep.ids import made_id
from feedkeep.models import Post, Site
from feedkeep.notes import Notes
from feedkeep.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.fetch.discovery import Found
    from feedkeep.formats import SourceKind

_SILENT = 3  # questions without an answer, after which a host is asked no more
_FOLLOWED = frozenset({"feed", "api"})  # kinds of sources that say what is new


def feeds_of(url: str, client: Client) -> list[Site]:
    """Find the feed at an address, the feeds that the page there names, or those of a list, which may be a file.

    Raises FetchError where there is no answer, UsageError where there is no feed.
    """
    if not url.lower().startswith(("http://", "https://")):
        return _listed(Source.from_path(Path(url)), url)
    answer = client.fetch(url)
    if not answer.is_whole:
        raise FetchError(f"{url} answered {answer.status} {answer.reason}".rstrip())
    found = _feed_of(answer)
    sites = [found] if found is not None else _list_at(answer) or list(_named(answer, client))
    if not sites:
        raise UsageError(f"{url} is no feed, and names none: give the address of its feed")
    return sites


def wrong_kinds(site: Site, answer: Answer) -> tuple[SourceKind, ...]:
    """Say of which kinds the answer of something followed must not be.

    "Back soon", with status 200, is no post, unless it is a page that is followed for the posts that it lists. And a
    list would add to what is followed, which is not for a server to do.
    """
    if site.url not in site.feed_urls:
        return "page", "list"
    try:
        is_page = formats.detect(answer.source()).kind == "page"
    except FormatError:
        return ()
    return ("list",) if is_page and _lists_posts(answer) else ("page", "list")


def _listed(source: Source, name: str) -> list[Site]:
    """Give the feeds of a list. Raises UsageError for a document that is none, or that names no feed."""
    importer = formats.detect(source)
    if importer.kind != "list":
        raise UsageError(f"{name} is neither an address nor a list of feeds; feedkeep import reads other files")
    sites = [one for one in importer.read(source, Notes()) if isinstance(one, Site) and one.feed_urls]
    if not sites:
        raise UsageError(f"{name} names no feed that can be followed")
    return sites


def _list_at(answer: Answer) -> list[Site]:
    source = answer.source()
    try:
        return _listed(source, answer.url) if formats.detect(source).kind == "list" else []
    except FormatError:
        return []


def _feed_of(answer: Answer) -> Site | None:
    """Give the site of an answer that is a feed, or a platform's own list of posts."""
    source = answer.source()
    try:
        importer = formats.detect(source)
        if importer.kind not in _FOLLOWED:
            return None
        found = next((record for record in importer.read(source, Notes()) if isinstance(record, Site)), None)
    except FormatError:
        return None
    title, home = (found.title, found.url) if found is not None else (None, None)
    return Site(id=answer.url, url=home, title=title, feed_urls=(answer.url,))


def _named(answer: Answer, client: Client) -> Iterator[Site]:
    """Yield the feeds that a page names; where it names none, the first that is there where one may be."""
    found = discover(answer.body, answer.url, answer.headers)
    stated = [feed for feed in found.feeds if feed.stated]
    first = {feed.about: feed for feed in reversed(stated)}  # the same posts in another format say nothing new
    for feed in first.values():
        yield Site(id=feed.url or made_id("site", answer.url), url=answer.url, title=feed.title, feed_urls=(feed.url,))
    if stated:
        return
    silent = 0  # questions in a row that nobody answered
    for url in dict.fromkeys(_likely(found)):
        try:
            there = client.fetch(url)
        except FetchError as error:
            silent = silent + 1 if isinstance(error, Unreachable) else 0
            if silent >= _SILENT:
                break
            continue
        silent = 0
        feed_site = _feed_of(there) if there.is_whole else None
        if feed_site is not None:
            yield feed_site if feed_site.url is not None else _at(feed_site, answer.url)
            return
    if found.h_feed and _lists_posts(answer):
        yield Site(id=answer.url, url=answer.url, feed_urls=(answer.url,))


def _likely(found: Found) -> Iterator[str]:
    """Yield where the feed of a page may be that states none, the likeliest first."""
    yield from (feed.url for feed in found.feeds)  # links that look like feeds
    if found.blogger is not None:
        yield urljoin(found.blogger, "feeds/posts/default")
    yield from found.common
    if found.wordpress is not None:  # a blog whose feeds are switched off
        yield f"{found.wordpress}wp/v2/posts"


def _at(site: Site, home: str) -> Site:
    return Site(id=site.id, url=home, title=site.title, feed_urls=site.feed_urls)


def _lists_posts(answer: Answer) -> bool:
    """Tell whether a page is a feed itself: it lists posts that have addresses of their own."""
    source = answer.source()
    try:
        posts = [one for one in formats.detect(source).read(source, Notes()) if isinstance(one, Post)]
    except FormatError:
        return False
    return any(post.url not in {None, answer.url} for post in posts)
