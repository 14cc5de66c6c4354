"""OPML 2.0 (http://opml.org/spec2.opml): what is followed, for any reader of feeds; without a list, the blog's own feeds."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.models import Comment, Media, Person, Post, Term
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Site, Snapshot
    from feedkeep.notes import Notes

_FEEDS = "a list of feeds says nothing of what is in them"
LOSSES = Losses(
    dropped={
        **{model.__name__: _FEEDS for model in (Post, Comment, Person, Term, Media)},
        "Tombstone": _FEEDS,
        **{
            f"Site.{name}": _FEEDS
            for name in ("authors", "extra", "generator", "hubs", "icon", "image", "links", "rights")
        },
        "Site.terms": _FEEDS,
    },
    sometimes={
        "Site": "a blog without the address of a feed cannot be followed",
        "Snapshot.people": _FEEDS,
        "Snapshot.terms": _FEEDS,
    },
)
_DEEPEST = 20  # folders within folders


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``subscriptions.opml``."""
    feeds = list(snapshot.following()) or [snapshot.site]
    named = [feed for feed in feeds if feed.feed_urls]
    for feed in feeds:
        if not feed.feed_urls:
            notes.skipped("no address of a feed is known", record=feed.id)
    yield OutputFile(path=PurePosixPath("subscriptions.opml"), chunks=[_document(named)])


def _document(feeds: list[Site]) -> bytes:
    root = etree.Element("opml", {"version": "2.0"})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Subscriptions"
    body = etree.SubElement(root, "body")
    folders: dict[tuple[str, ...], Any] = {(): body}
    for feed in feeds:
        own = feed.extra.get("opml") or {}
        for place in own.get("folders") or [[]]:
            _subscription(_folder(folders, tuple(place[:_DEEPEST])), feed, own)
    etree.indent(root)
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return data + b"\n"


def _folder(folders: dict[tuple[str, ...], Any], place: tuple[str, ...]) -> Any:  # noqa: ANN401 — lxml's element
    for depth in range(1, len(place) + 1):
        path = place[:depth]
        if path not in folders:
            folders[path] = etree.SubElement(folders[path[:-1]], "outline", {"text": legal(path[-1])})
    return folders[place]


def _subscription(parent: Any, feed: Site, own: dict[str, Any]) -> None:  # noqa: ANN401 — likewise
    title = feed.title or feed.url or feed.feed_urls[0]
    told = {
        **{name: value for name, value in (own.get("attributes") or {}).items() if name.isidentifier()},
        "type": own.get("type") or "rss",
        "text": title,
        "title": title,
        "xmlUrl": feed.feed_urls[0],
        "htmlUrl": feed.url,
        "description": feed.description,
        "language": feed.language,
        "category": ",".join(own.get("categories") or ()),
    }
    element = etree.SubElement(parent, "outline")
    for name, value in told.items():
        if value:
            element.set(name, legal(str(value)))


EXPORTER = Exporter(name="opml", label="List of feeds (OPML)", losses=LOSSES, audience="migration", write=write)
