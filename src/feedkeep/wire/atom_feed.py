"""Atom 1.0 and 0.3: what a feed says of the blog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.ids import made_id
from feedkeep.models import Site
from feedkeep.wire import namespaces as ns
from feedkeep.wire.elements import Fields, kept

if TYPE_CHECKING:
    from feedkeep.wire.atom import EntryReader

# About one document of the feed, and not about the blog; a Site that held them would never be the same.
_VOLATILE = frozenset(["updated", "modified", "entry", "at:deleted-entry", "dc:date", ""])
_VOLATILE_PREFIXES = ("fh:", "opensearch:")
_PAGING = frozenset(["next", "prev", "previous", "first", "last", "current", "prev-archive", "next-archive"])
_LANG = f"{{{ns.XML}}}lang"


def site(reader: EntryReader, feed: Any) -> Site:  # noqa: ANN401 — lxml's element type is private
    """Read a feed's own elements."""
    source = reader.intake.source
    got = Fields(feed, reader.names, source.name)
    own = got.text("id")
    url, links = reader.parts.links(got)
    feeds = tuple(dict.fromkeys(link.href for link in links if link.rel == "self"))
    title = reader.texts.plain(got.all("title"))
    fields: dict[str, Any] = {
        "description": reader.texts.plain([*got.all("subtitle"), *got.all("tagline")]),
        "language": feed.get(_LANG) or got.text("dc:language"),
        "rights": reader.texts.plain([*got.all("rights"), *got.all("copyright")]),
        "generator": got.text("generator"),
        "authors": reader.parts.people(got, "author"),
        "terms": reader.parts.terms(got),
        "image": _picture(reader, got, "logo"),
        "icon": _picture(reader, got, "icon"),
    }
    for name in list(got):
        if name in _VOLATILE or name.startswith(_VOLATILE_PREFIXES):
            got.all(name)
    rest = got.rest()
    return Site(
        id=own or url or (feeds[0] if feeds else None) or source.url or made_id("site", title),
        url=url,
        title=title,
        feed_urls=feeds,
        hubs=tuple(link for link in links if link.rel == "hub"),
        links=tuple(link for link in links if link.rel not in {"self", "hub"} | _PAGING),
        extra={"atom": {"elements": kept(rest, source.name)}} if rest else {},
        **fields,
    )


def _picture(reader: EntryReader, got: Fields, name: str) -> str | None:
    for element in got.all(name):
        address = (element.text or "").strip()
        if address:
            return reader.parts.absolute(element, address)
    return None
