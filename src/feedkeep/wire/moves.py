"""Which old address of a blog leads where now: pages by every address that they had, archives, files.

An address at which a page lives now is never led away from, so that no redirect meets another: there are no loops and
no chains. What would have been one is refused, with a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from feedkeep.content.links import parted
from feedkeep.wire.tree_plan import Plan, slug
from feedkeep.wire.wxr_ids import place, post_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Media, Post, Site, Snapshot, Term
    from feedkeep.notes import Notes

_TAXONOMIES = {"category": ("category", "categories"), "post_tag": ("tag", "tags")}  # WordPress's path, the tree's


class Move(NamedTuple):
    """An old address on the blog's own host, and the address that it leads to."""

    path: str  # decoded, from the root: "/2014/06/tide/"
    query: tuple[str, str] | None  # of an address that is known by it: ("p", "12")
    to: str


class Moves:
    """The moves of a blog."""

    def __init__(self, snapshot: Snapshot, base_url: str | None, *, tree: bool, notes: Notes) -> None:
        self._snapshot = snapshot
        self._tree = tree
        self._notes = notes
        self._plan = Plan(snapshot, base_url, notes) if tree else None
        self._old = _home(snapshot.site) or _home_of(snapshot)
        self._base = (base_url or self._old).rstrip("/")
        self._host = _host(self._old)
        self._live: set[str] = set()  # pages of the old host that still are where they were
        self._seen: dict[tuple[str, tuple[str, str] | None], str] = {}

    def listed(self) -> Iterator[Move]:
        """Yield every move once, in the order of the posts, then of terms, files and days."""
        self._live = {self._key(self._now(post)) for post in self._posts()}
        for post in self._posts():
            now = self._now(post)
            for url in _addresses(post):
                yield from self._move(url, now)
            yield from self._numbered(post, now)
        for term in self._snapshot.terms():
            yield from self._archive(term)
        for person in self._snapshot.people():
            if person.id and self._tree:
                yield from self._move(f"{self._old}/author/{quote(person.id)}/", f"{self._base}/")
        for media in self._snapshot.media():
            yield from self._file(media)
        if self._tree:
            days = {(post.published.year, post.published.month) for post in self._posts() if post.published}
            for year, month in sorted(days):
                yield from self._move(f"{self._old}/{year:04}/{month:02}/", f"{self._base}/")
            for year in sorted({year for year, _ in days}):
                yield from self._move(f"{self._old}/{year:04}/", f"{self._base}/")

    def _posts(self) -> Iterator[Post]:
        return (post for post in self._snapshot.posts(oldest_first=True, bodiless=True) if post.url)

    def _now(self, post: Post) -> str:
        url = post.url or ""
        if self._plan is not None:
            return self._plan.laid(post).address or url
        return self._base + url[len(self._old) :] if url.startswith(self._old + "/") else url

    def _numbered(self, post: Post, now: str) -> Iterator[Move]:
        """WordPress answers to a post's number, in a parameter of its own for pages."""
        number = post_number(post.id, post.aliases, place(self._snapshot.site.url))
        if number is None:
            return
        for name in ("p", "page_id") if post.kind == "page" else ("p",):
            yield from self._move(f"{self._old}/?{name}={number}", now)

    def _archive(self, term: Term) -> Iterator[Move]:
        before, now = _TAXONOMIES.get(term.taxonomy, (None, None))
        if before is None or not self._tree or not (term.slug or term.name):
            return
        to = f"{self._base}/{now}/{slug(term.slug or '') or slug(term.name or '')}/"
        yield from self._move(f"{self._old}/{before}/{term.slug or quote(term.name or '')}/", to)

    def _file(self, media: Media) -> Iterator[Move]:
        if not media.page_url:
            return
        post = self._snapshot.post(media.post, bodiless=True) if media.post else None
        to = self._now(post) if post is not None and post.url else media.url
        if to:
            yield from self._move(media.page_url, to)

    def _move(self, old: str, to: str) -> Iterator[Move]:
        parts = parted(old)
        if _host(old) != self._host:
            return
        query = None
        if parts.query:
            name, mark, value = parts.query.partition("=")
            query = (name, value)
            if not mark or "&" in value:
                return  # an address with several parameters is one of a search or the like
        path = unquote(parts.path) or "/"
        if query == ("m", "1"):  # Blogger's page for telephones: the address without it says the same
            query = None
        key = self._key(old)
        if key == self._key(to):
            return
        if query is None and key in self._live:
            what = f"{path} is where a page lives now, and cannot lead on to {to}"
            self._notes.skipped(what, record=to)
            return
        known = self._seen.get((path, query))
        if known is None:
            self._seen[path, query] = to
            yield Move(path, query, to)
        elif known != to:
            self._notes.skipped(f"{path} leads to another post already, and cannot lead to {to}", record=to)

    def _key(self, url: str) -> str:
        parts = parted(url)
        query = f"?{parts.query}" if parts.query and parts.query != "m=1" else ""
        return f"{_host(url)}{unquote(parts.path).rstrip('/')}{query}"


def _addresses(post: Post) -> Iterator[str]:
    for url in dict.fromkeys((post.url, *post.urls, post.id, *post.aliases)):
        if url and url.startswith(("http://", "https://")):
            yield url


def _home(site: Site) -> str:
    return site.url.rstrip("/") if site.url and site.url.startswith(("http://", "https://")) else ""


def _home_of(snapshot: Snapshot) -> str:
    first = next((post.url for post in snapshot.posts(bodiless=True) if post.url), "")
    parts = parted(first)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _host(url: str) -> str:
    return (parted(url).hostname or "").removeprefix("www.")
