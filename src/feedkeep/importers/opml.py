"""Lists of feeds to follow: OPML (http://opml.org/spec2.opml) and FOAF. Every subscription is a site of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Record, Site
from feedkeep.wire import foaf, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.subscriptions import Subscription


def detect(source: Source) -> bool:
    """Know OPML by its first element, and FOAF by what stands in it."""
    return subscriptions.is_opml(source.head) or foaf.is_foaf(source.head)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield a site for every subscription. Raises FormatError for what is no list."""
    for one in subscriptions.subscriptions(source, notes):
        yield _site(one)


def _site(one: Subscription) -> Site:
    extra: dict[str, Any] = {
        "type": one.kind,
        "folders": [list(path) for path in one.folders],
        "categories": list(one.categories),
        "attributes": one.attributes,
        "list": one.listed,
    }
    held = {key: value for key, value in extra.items() if value}
    return Site(
        id=one.url or one.home or made_id("site", one.title),
        url=one.home,
        title=one.title,
        description=one.description,
        language=one.language,
        feed_urls=(one.url,) if one.url is not None else (),
        extra={"opml": held} if held else {},
    )


IMPORTER = Importer(name="opml", label="Lists of feeds (OPML, FOAF)", kind="list", detect=detect, read=read)
