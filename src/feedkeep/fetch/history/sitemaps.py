"""The pages that a blog's sitemaps name, read as saved pages are: the last resort (https://www.sitemaps.org)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from feedkeep.errors import FormatError
from feedkeep.fetch.history.doors import origin_of
from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.wire import sitemap

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory

_COMMON = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
_DEEPEST = 3  # sitemaps within sitemaps; the protocol has one level
# Lists of posts, and people: what they show is on pages of its own.
_LISTS = re.compile(
    r"wp-sitemap-(?:taxonomies|users)-|(?:category|tag|author|taxonomy|image|video|news)[\w-]*sitemap\d*\.xml",
    re.IGNORECASE,
)
_PAGES = re.compile(r"(?<![a-z])pages?(?:-?sitemap)?[-\d]*\.xml", re.IGNORECASE)
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|pdf|mp[34]|zip|css|js|xml|rss|atom|json)$", re.IGNORECASE)


def begin(memory: Memory) -> tuple[Question, ...]:
    """Ask robots.txt where they are."""
    home = memory.get("home") or memory.get("feed", "")
    root = origin_of(home)
    return (Question(url=f"{root}robots.txt", about="robots"),) if root else ()


def follow(question: Question, answer: Answer, memory: Memory) -> Step:
    """Go from the sitemaps to the pages."""
    about, _, number = question.about.partition(" ")
    if about == "robots":
        named = sitemap.named(answer.body) if answer.is_whole else ()
        own = [url for url in named if _is_of(url, memory)]
        if own:
            return Step(next=tuple(Question(url=url, about="map 1") for url in own))
        return Step(next=(Question(url=urljoin(question.url, _COMMON[0]), about="guess 0"),))
    if about == "page":
        return Step(reads=True) if answer.is_whole else Step(missed=status(answer), gone=answer.is_gone)
    found = _read(answer) if answer.is_whole else None
    if found is None:
        if about == "guess" and int(number) + 1 < len(_COMMON):
            following = int(number) + 1
            return Step(next=(Question(url=urljoin(question.url, _COMMON[following]), about=f"guess {following}"),))
        if about == "guess":
            return Step(closed="no sitemap")
        return Step(missed=status(answer) if not answer.is_whole else "no sitemap")
    known = memory.get("covered posts") == "yes"  # then only maps of pages have something new
    depth = int(number) if about == "map" else 1
    maps = tuple(
        Question(url=place.url, about=f"map {depth + 1}")
        for place in (found.maps if depth < _DEEPEST else ())
        if _is_of(place.url, memory) and not _LISTS.search(place.url) and (not known or _PAGES.search(place.url))
    )
    home = {memory.get("home", "").rstrip("/"), origin_of(question.url).rstrip("/")}
    pages = tuple(
        Question(url=place.url, about="page", unless_held=True, changed=place.changed)
        for place in (() if known and not _PAGES.search(question.url) else found.pages)
        if _is_of(place.url, memory) and place.url.rstrip("/") not in home and not _NO_PAGE.search(place.url)
    )
    return Step(next=maps + pages)


def _read(answer: Answer) -> sitemap.Sitemap | None:
    try:
        return sitemap.read(answer.source())
    except FormatError:  # packed, and damaged
        return None


def _is_of(url: str, memory: Memory) -> bool:
    """Tell whether an address is of this blog's host: a sitemap speaks for no other."""
    host = urlsplit(memory.get("home") or memory.get("feed", "")).netloc
    return urlsplit(url).netloc.removeprefix("www.") == host.removeprefix("www.")


SITEMAPS = Strategy(
    name="sitemaps",
    label="the pages that sitemaps name",
    covers=frozenset({"posts", "pages"}),
    begin=begin,
    follow=follow,
)
