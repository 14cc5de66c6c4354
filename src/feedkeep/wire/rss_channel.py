"""RSS of every age: what a channel says of the blog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.ids import made_id
from feedkeep.models import Link, Site
from feedkeep.wire import people
from feedkeep.wire.elements import Fields, kept, within
from feedkeep.wire.feed_texts import plain_title

if TYPE_CHECKING:
    from feedkeep.wire.rss import ItemReader

# About one reading or one document of the feed, and not about the blog; a Site that held them would never be the same.
_VOLATILE = ("lastbuilddate", "pubdate", "dc:date", "dcterms:modified", "atom:updated", "cloud", "items", "item", "")
_VOLATILE_PREFIXES = ("fh:", "opensearch:")
_PAGING = frozenset(["next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"])


def site(reader: ItemReader, channel: Any, images: list[Any]) -> Site:  # noqa: ANN401 — lxml's element type is private
    """Read a channel; ``images`` are image elements beside it, as RSS 1.0 has them."""
    source = reader.intake.source
    got = Fields(channel, reader.names, source.name)
    url, links = reader.parts.links(got, channel)
    feeds = tuple(dict.fromkeys(link.href for link in links if link.rel == "self"))
    title, _ = plain_title(got.text("title") or got.text("dc:title") or "")
    site_id = got.text("atom:id") or url or (feeds[0] if feeds else None) or source.url or made_id("site", title)
    image, picture = _image(got, images, source.name)
    found: dict[str, Any] = {
        "description": got.text("description") or got.text("dc:description") or got.text("itunes:summary"),
        "language": got.text("language") or got.text("dc:language"),
        "rights": got.text("copyright") or got.text("dc:rights"),
        "generator": got.text("generator"),
        "image": image,
    }
    editors = [*got.texts("managingeditor"), *got.texts("dc:creator")] or got.texts("itunes:author")
    terms = reader.parts.terms(got)
    for name in list(got):
        if name in _VOLATILE or name.startswith(_VOLATILE_PREFIXES):
            got.all(name)
    rest = got.rest()
    extra = {"elements": kept(rest, source.name)} if rest else {}
    if picture:
        extra["image"] = picture
    return Site(
        id=site_id,
        url=url,
        title=title,
        feed_urls=feeds,
        authors=people.united([people.person(text) for text in editors]),
        terms=terms,
        hubs=tuple(Link(href=link.href, rel="hub") for link in links if link.rel == "hub"),
        links=tuple(link for link in links if link.rel not in {"self", "hub"} | _PAGING),
        extra={reader.format: extra} if extra else {},
        **found,
    )


def _image(got: Fields, images: list[Any], source: str) -> tuple[str | None, list[Any]]:
    """Give the address of the blog's picture, and what else is said of it (its size, its text)."""
    for element in [*got.all("image"), *images]:
        said = {name: (part.text or "").strip() for name, part in within(element)}
        address = said.get("url") or (element.get("href") or "").strip()
        if address:
            more = [part for name, part in within(element) if name not in {"url", "title", "link"}]
            return address, kept(more, source)
    told = got.one("itunes:image")
    return (told.get("href") or told.get("url") or "").strip() or None if told is not None else None, []
