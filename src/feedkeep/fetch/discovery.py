"""Where a page says that its feeds are, and which doors to the whole history it has: WordPress's, Blogger's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

import msgspec

from feedkeep.content.tags import tokens
from feedkeep.fetch import headers as reading
from feedkeep.wire.decoding import decoded

if TYPE_CHECKING:
    from feedkeep.content.tags import Token
    from feedkeep.fetch.headers import Headers

_TYPES = {
    "application/rss+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json": "json",
    "application/rdf+xml": "rss",
    "application/xml": "",
    "text/xml": "",
}
_WORDPRESS = "https://api.w.org/"
_COMMENTS = re.compile(r"\bcomments?\b|/comments?/|kommentar|commentaires|comentarios", re.IGNORECASE)
_BLOGGER = re.compile(r"^(https?://[^/]+)/feeds/(?:posts|comments|\d+)/", re.IGNORECASE)
_ANCHOR = re.compile(r"(?:/feed/?|\.(?:rss|atom|rdf)|/(?:rss|atom|feed|index)\.(?:xml|json))$", re.IGNORECASE)
_API = re.compile(r"/wp-json/$|[?&]rest_route=/?$")
_READ = 4 << 20  # characters of a page; links to feeds stand in its head
# Where feeds commonly are, on a site that does not say so, most common first.
COMMON = (
    *("feed/", "feed.xml", "rss.xml", "atom.xml", "index.xml", "rss", "feed.json", "feeds/posts/default", "rss/"),
    *("index.rdf", "feed.atom", "blog/feed/", "blog/index.xml"),
)
About = Literal["posts", "comments"]


class FoundFeed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that a page names."""

    url: str
    title: str | None = None
    format: str = ""  # "rss", "atom", "json", or "" where it is not said
    about: About = "posts"
    stated: bool = True  # by a link element; else a link that only looks like one


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a page names. ``feeds`` are those of posts first, each sort in the page's order."""

    url: str  # of the page
    feeds: tuple[FoundFeed, ...] = ()
    wordpress: str | None = None  # root of the REST API
    blogger: str | None = None  # root of the blog: its feeds lie below "/feeds/"
    h_feed: bool = False  # the page is a feed itself, to those who read microformats
    canonical: str | None = None

    @property
    def common(self) -> tuple[str, ...]:
        """Where to look when nothing is named: below the page, then below its host; most common first."""
        parts = urlsplit(self.url)
        root = f"{parts.scheme}://{parts.netloc}/"
        folder = urljoin(self.url, ".")
        return tuple(dict.fromkeys(urljoin(base, path) for base in (folder, root) for path in COMMON))


def discover(body: bytes, url: str, headers: Headers | None = None) -> Found:
    """Read a page that came from ``url``."""
    page = _Page(url)
    for link in reading.links(headers) if headers is not None else ():
        page.link(link.rel.split(), link.type.lower(), link.href, link.title)
    text, _ = decoded(body, reading.charset(headers) if headers is not None else None)
    for token in tokens(text[:_READ]):
        page.take(token)
    return page.found()


def is_of_comments(url: str) -> bool:
    """Tell a feed of comments by its address."""
    return _COMMENTS.search(urlsplit(url).path) is not None


class _Page:
    def __init__(self, url: str) -> None:
        self._url = self._base = url
        self._feeds: dict[str, FoundFeed] = {}
        self._anchors: dict[str, FoundFeed] = {}
        self._wordpress: str | None = None
        self._blogger: str | None = None
        self._canonical: str | None = None
        self._h_feed = self._is_blogger = self._based = False

    def take(self, token: Token) -> None:
        """Look at a tag."""
        if token.name in {None, "!"} or token.closes:
            return
        said = {attribute.name: attribute.value.strip() for attribute in reversed(token.attributes)}
        if not self._h_feed and said.get("class"):
            self._h_feed = not {"h-feed", "h-entry", "hfeed", "hentry"}.isdisjoint(said["class"].split())
        href = said.get("href")
        if token.name == "base" and href and not self._based:
            self._base, self._based = self._absolute(href) or self._base, True
        elif token.name == "meta" and said.get("name", "").lower() == "generator":
            self._is_blogger = self._is_blogger or "blogger" in said.get("content", "").lower()
        elif token.name == "link" and href:
            self.link(said.get("rel", "").lower().split(), said.get("type", "").lower(), href, said.get("title", ""))
        elif token.name == "a" and href and (_ANCHOR.search(href.partition("?")[0]) or "feed" in said.get("rel", "")):
            self._anchor(href, said.get("title", ""))

    def link(self, rel: list[str], kind: str, href: str, title: str) -> None:
        """Look at a link of the page's head or of the answer's."""
        url = self._absolute(href)
        if url is None:
            return
        kind = kind.partition(";")[0].strip()
        if _WORDPRESS in rel and _API.search(url):
            self._wordpress = self._wordpress or url
        elif "canonical" in rel:
            self._canonical = self._canonical or url
        elif "service.post" in rel:
            self._blog_of(url)
        elif ("alternate" in rel or "feed" in rel) and kind in _TYPES and not self._is_api(url, kind):
            about: About = "comments" if _COMMENTS.search(f"{title} {urlsplit(url).path}") else "posts"
            self._feeds.setdefault(url, FoundFeed(url=url, title=title or None, format=_TYPES[kind], about=about))
            self._blog_of(url)

    def found(self) -> Found:
        """Give what was found."""
        listed = list(self._feeds.values()) or list(self._anchors.values())
        if self._is_blogger and self._blogger is None:
            parts = urlsplit(self._url)
            self._blogger = f"{parts.scheme}://{parts.netloc}/"
        return Found(
            url=self._url,
            feeds=tuple(sorted(listed, key=lambda feed: feed.about != "posts")),
            wordpress=self._wordpress,
            blogger=self._blogger,
            h_feed=self._h_feed,
            canonical=self._canonical,
        )

    def _anchor(self, href: str, title: str) -> None:
        url = self._absolute(href)
        if url is not None and len(self._anchors) < 50:
            about: About = "comments" if _COMMENTS.search(f"{title} {urlsplit(url).path}") else "posts"
            self._anchors.setdefault(url, FoundFeed(url=url, title=title or None, about=about, stated=False))

    def _blog_of(self, url: str) -> None:
        """Know Blogger by where its feeds lie."""
        found = _BLOGGER.match(url)
        host = urlsplit(url).netloc.lower()
        if found is not None and self._blogger is None and not host.endswith("blogger.com"):
            self._blogger = f"{found[1]}/"

    def _is_api(self, url: str, kind: str) -> bool:
        """Tell WordPress's record of the page and its oEmbed from a feed: they are JSON as well."""
        return kind == "application/json" and ("/wp-json/" in url or "rest_route=" in url or "oembed" in url)

    def _absolute(self, href: str) -> str | None:
        try:
            url = urljoin(self._base, "".join(href.split()) if "\n" in href else href)
        except ValueError:
            return None
        return url if url.lower().startswith(("http://", "https://")) else None
