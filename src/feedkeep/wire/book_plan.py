"""What must be known of a whole blog before the first chapter of a book is written: chapters by address, files by address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlsplit

from feedkeep.wire.site_addresses import bare, site_base
from feedkeep.wire.thread_data import anchored, in_order
from feedkeep.wire.threads import is_comment
from feedkeep.wire.tree_plan import short, slug
from feedkeep.wire.wxr_ids import place, post_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Comment, Media, Post, Snapshot

_WEB = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
_OTHER = re.compile(r"(mailto|tel):(.+)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?)*\.?")
_BREAKS = re.compile(r"[\t\n\r]")  # which browsers leave out of addresses, too
_LOOSE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SIZED = re.compile(r"-\d{1,5}x\d{1,5}(?=\.[A-Za-z0-9]{1,5}$)")  # WordPress's smaller copies of a picture
PER_PAGE = 250  # comments on a page of a chapter
_KEPT = "/:@!$&'()*+,;=~-._%"  # what may stand in a path as it is (RFC 3986, section 3.3)


class Chapter(NamedTuple):
    """Where a post stands in the book."""

    post_id: str
    file: str  # its name in the folder of all texts

    def pages(self, comments: int) -> list[str]:
        """Name the pages that it takes: readers are slow to turn one that is longer than this."""
        further = range(2, -(-comments // PER_PAGE) + 1)
        return [self.file, *(f"{self.file.removesuffix('.xhtml')}-{number}.xhtml" for number in further)]

    def places(self, comments: list[Comment]) -> dict[str, str]:
        """Tell which page each comment is on, by the name of its place."""
        anchors, pages = anchored(comments), self.pages(len(comments))
        return {anchors[one.id]: pages[at // PER_PAGE] for at, (one, _, _) in enumerate(in_order(comments))}


class Plan:
    """The chapters and files of a book; some short texts for each."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._base = site_base(snapshot.site)
        self._chapters: dict[str, Chapter] = {}
        self._by_address: dict[str, Chapter] = {}
        self._files: dict[str, Media] = {}
        for post in snapshot.posts(oldest_first=True, bodiless=True):
            self._enter(post)
        for media in snapshot.media():
            if media.url:
                self._files.setdefault(_key(media.url), media)

    def chapter(self, post: Post) -> Chapter:
        """Tell where a post stands."""
        return self._chapters[post.id]

    def leads_to(self, url: str) -> Chapter | None:
        """Give the chapter that an address of the blog, without its fragment, leads to."""
        return self._by_address.get(_key(url))

    def file(self, url: str) -> Media | None:
        """Find what is known of a file: by its address, that without its query, that of the picture in full size."""
        plain = url.partition("?")[0]
        return next(
            (found for one in (url, plain, _SIZED.sub("", plain)) if (found := self._files.get(_key(one)))), None
        )

    def page_of_comment(self, chapter: Chapter, url: str, name: str) -> str | None:
        """Give the page that a place in a chapter is on, if it is that of a comment."""
        return self._pages(chapter).get(name) if is_comment(None, url) else None

    @lru_cache(maxsize=8)  # noqa: B019 — a plan lives as long as its export
    def _pages(self, chapter: Chapter) -> dict[str, str]:
        return chapter.places(unrepeated(self._snapshot.comments(chapter.post_id)))

    def _enter(self, post: Post) -> None:
        moment = post.published or post.updated
        stem = slug(post.slug or "")[:60] or slug(post.title or "")[:60] or "post"
        name = f"{moment.year:04}-{stem}" if moment is not None and post.kind != "page" else stem
        chapter = Chapter(post.id, f"{name}-{short(post.id)}.xhtml")
        self._chapters[post.id] = chapter
        for url in (post.url, *post.urls, *self._short(post)):
            if url:
                self._by_address.setdefault(_key(url), chapter)

    def _short(self, post: Post) -> Iterator[str]:
        """Yield the addresses by number at which WordPress has a post, whatever its permalink is."""
        number = post_number(post.id, post.aliases, place(self._base))
        if number is not None and self._base is not None:
            yield from (f"{self._base}/?{name}={number}" for name in ("p", "page_id"))


def unrepeated(comments: Iterable[Comment]) -> list[Comment]:
    """Give each comment once."""
    return list({one.id: one for one in comments}.values())


def address(url: str) -> str | None:
    """Write an address by the rules (RFC 3986); None where a book cannot link to it, or it makes no sense."""
    told = _BREAKS.sub("", url).strip().encode("utf-8", "replace").decode()
    if told.startswith("//"):
        told = f"https:{told}"
    other = _OTHER.fullmatch(told)
    if other is not None:
        return f"{other[1].lower()}:{_quoted(other[2], _KEPT + '?')}"
    web = _WEB.fullmatch(told)
    if web is None:
        return None
    try:
        parts = urlsplit(f"//{web[2]}")
        port, host = parts.port, (parts.hostname or "").encode("idna").decode("ascii").lower()
    except ValueError:  # of which what is no host name is one
        return None
    if not _HOST.fullmatch(host):
        return None
    rest = _quoted(web[3] or "", _KEPT) + _quoted(web[4] or "", _KEPT + "?") + _quoted(web[5] or "", _KEPT + "?", 1)
    return f"{web[1].lower()}://{host}{f':{port}' if port is not None else ''}{rest}"


def _quoted(text: str, kept: str, before: int = 0) -> str:
    return text[:before] + quote(_LOOSE_PERCENT.sub("%25", text[before:]), safe=kept)


def _key(url: str) -> str:
    return bare(url).rstrip("/")
