"""Sitemaps and where robots.txt says that they are (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FormatError
from feedkeep.wire import dates
from feedkeep.wire.xml import iterate, release

if TYPE_CHECKING:
    from feedkeep.source import Source

MOST = 50_000  # addresses in one sitemap, by the protocol
_ROBOTS = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(https?://\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_LINE = re.compile(rb"^\s*(https?://\S{1,2000})\s*$", re.MULTILINE)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An address in a sitemap."""

    url: str
    changed: dt.datetime | None = None  # lastmod


class Sitemap(msgspec.Struct, frozen=True, kw_only=True):
    """What a sitemap names."""

    maps: tuple[Place, ...] = ()  # other sitemaps
    pages: tuple[Place, ...] = ()


def named(robots: bytes) -> tuple[str, ...]:
    """Give the sitemaps that a robots.txt names."""
    found = (match.decode("utf-8", "replace") for match in _ROBOTS.findall(robots[: 1 << 19]))
    return tuple(dict.fromkeys(found))[:100]


def read(source: Source) -> Sitemap | None:
    """Read a sitemap, an index of them, or a plain list of addresses, packed or not; None for what is none.

    A damaged one gives what stands before the damage.
    """
    maps: list[Place] = []
    pages: list[Place] = []
    met = False
    try:
        if b"<" not in source.head[:1000]:
            lines = _LINE.findall(source.read())[:MOST]
            found = tuple(Place(url=line.decode("utf-8", "replace")) for line in lines)
            return Sitemap(pages=found) if found else None
        with source.open() as stream:
            for event, element in iterate(stream, source.name, events=("start", "end"), recover=True):
                name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
                if event == "start":
                    if not met and name not in {"urlset", "sitemapindex"}:
                        return None
                    met = True
                elif name in {"url", "sitemap"}:
                    place = _place(element)
                    if place is not None:
                        (pages if name == "url" else maps).append(place)
                    release(element)
                    if len(pages) + len(maps) >= MOST:
                        break
    except FormatError:
        pass
    return Sitemap(maps=tuple(maps), pages=tuple(pages)) if met else None


def _place(element: object) -> Place | None:
    said: dict[str, str] = {}
    for child in element:  # type: ignore[attr-defined]
        if isinstance(child.tag, str):
            said.setdefault(child.tag.rpartition("}")[2].lower(), (child.text or "").strip())
    url = said.get("loc", "")
    if not url.lower().startswith(("http://", "https://")):
        return None
    moment = dates.parse(said["lastmod"]) if said.get("lastmod") else None
    return Place(url=url, changed=moment[0] if moment is not None else None)
