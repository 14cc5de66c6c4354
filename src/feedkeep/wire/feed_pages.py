"""What one document of a feed says of the others: RFC 5005, JSON Feed's next_url, OpenSearch's counts.

RFC 5005: https://www.rfc-editor.org/rfc/rfc5005 . JSON Feed: https://www.jsonfeed.org/version/1.1/ .
"""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urljoin

import msgspec

from feedkeep.errors import FormatError
from feedkeep.wire import namespaces as ns
from feedkeep.wire.xml import iterate, release

_ITEMS = frozenset({"item", "entry"})
_IDS = frozenset({"guid", "id"})
_ABOUT = f"{{{ns.RDF}}}about"
_NUMBERS = frozenset({"totalresults", "startindex", "itemsperpage"})
_LINKS = 100  # of one document that are looked at
_OPENSEARCH = frozenset({ns.folded(ns.OPENSEARCH), ns.folded(ns.OPENSEARCH_RSS)})


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One document of a feed, as part of the whole."""

    ids: tuple[str, ...] = ()  # of its entries, in its order
    links: dict[str, str] = {}  # relation → the first absolute address
    is_complete: bool = False  # it says that it holds everything (fh:complete)
    is_archive: bool = False  # it says that it will not change (fh:archive)
    generator: str | None = None
    total: int | None = None  # entries of the whole feed (openSearch:totalResults)
    start: int | None = None  # number of its first entry, from 1


def page_of(body: bytes, url: str) -> FeedPage | None:
    """Read a document that came from ``url``; None for what is no feed."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"{":
        return _json(body, url)
    if b"<" not in start:
        return None
    try:
        return _xml(body, url)
    except FormatError:
        return None


def _xml(body: bytes, url: str) -> FeedPage | None:
    ids: list[str] = []
    links: dict[str, str] = {}
    said: dict[str, Any] = {}
    path: list[str] = []  # names of the elements that are open
    found = ""
    for event, element in iterate(io.BytesIO(body), "feed", events=("start", "end"), recover=True):
        if not isinstance(element.tag, str):
            continue
        space, _, name = element.tag.rpartition("}")
        name = name.lower()
        if event == "start":
            if not path and name not in {"feed", "rss", "rdf"}:
                return None
            path.append(name)
            continue
        path.pop()
        within = path[-1] if path else ""
        text = (element.text or "").strip()
        if within in _ITEMS:
            if name in _IDS and text:
                found = text
        elif name in _ITEMS and within in {"feed", "channel", "rdf"}:
            ids.append(found or element.get(_ABOUT) or "")
            found = ""
            release(element)
        elif within not in {"feed", "channel"}:
            continue
        elif name == "link" and element.get("href") and len(links) < _LINKS:
            base = urljoin(url, element.base or "")
            for relation in (element.get("rel") or "alternate").lower().split():
                target = _absolute(base, element.get("href"))
                if target is not None:
                    links.setdefault(relation, target)
        elif name == "generator":
            said["generator"] = " ".join(part for part in (text, element.get("uri")) if part) or None
        elif ns.folded(space[1:]) == ns.folded(ns.HISTORY):
            said[f"is_{name}"] = True
        elif name in _NUMBERS and ns.folded(space[1:]) in _OPENSEARCH:
            said[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return FeedPage(
        ids=tuple(ids),
        links=links,
        is_complete="is_complete" in said,
        is_archive="is_archive" in said,
        generator=said.get("generator"),
        total=said.get("totalresults"),
        start=said.get("startindex"),
    )


def _json(body: bytes, url: str) -> FeedPage | None:
    try:
        found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, RecursionError):
        return None
    if not isinstance(found, dict) or "jsonfeed" not in str(found.get("version", "")):
        return None
    items = found.get("items")
    target = _absolute(url, found["next_url"]) if isinstance(found.get("next_url"), str) else None
    return FeedPage(
        ids=tuple(str(item.get("id")) for item in items if isinstance(item, dict)) if isinstance(items, list) else (),
        links={"next": target} if target else {},
    )


def _absolute(base: str, href: str) -> str | None:
    try:
        url = urljoin(base, "".join(href.split()))
    except ValueError:
        return None
    return url if url.lower().startswith(("http://", "https://")) else None
