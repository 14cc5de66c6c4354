"""Files and pictures of an item: RSS enclosures, Media RSS (https://www.rssboard.org/media-rss), iTunes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.models import Enclosure, FeedSource
from feedkeep.wire.elements import kept, text_of, within
from feedkeep.wire.feed_texts import seconds, whole

if TYPE_CHECKING:
    from feedkeep.wire.elements import Fields

_ENCLOSURE = frozenset({"url", "type", "length"})
_CONTENT = frozenset({"url", "type", "fileSize", "duration"})


def read(got: Fields, format_name: str, source: str, found: dict[str, Any]) -> None:
    """Put what an item has of them into ``found``, by the names of Post's fields."""
    enclosures: list[Enclosure] = []
    for child in got.all("enclosure") if "enclosure" in got else ():
        url = (child.get("url") or "").strip()
        if url:
            extra = _attributes(child, _ENCLOSURE, format_name)
            length = whole(child.get("length")) or None  # 0 is what is written where it is not known
            enclosures.append(Enclosure(url=url, type=child.get("type"), length=length, extra=extra))
        else:
            got.put_back("enclosure", child)
    if enclosures and "itunes:duration" in got:
        duration = seconds(got.peek("itunes:duration"))
        if duration is not None:
            got.one("itunes:duration")
            enclosures[0] = msgspec.structs.replace(enclosures[0], duration=duration)
    if "media:content" in got or "media:group" in got:
        _media(got, format_name, source, enclosures)
    if enclosures:
        found["enclosures"] = tuple(enclosures)
    picture = got.one("media:thumbnail") if "media:thumbnail" in got else got.one("itunes:image")
    if picture is not None:
        found["image"] = (picture.get("url") or picture.get("href") or picture.text or "").strip() or None
    told = got.one("source")
    if told is not None:
        found["source"] = FeedSource(title=text_of(told, source).strip() or None, url=told.get("url"))


def _media(got: Fields, format_name: str, source: str, enclosures: list[Enclosure]) -> None:
    """Read Media RSS. A picture is no file to download, and a group says more than a field holds: both stay."""
    known = {item.url for item in enclosures}

    def add(child: Any) -> bool:  # noqa: ANN401
        item = _medium(child, format_name, source)
        if item is not None and item.url not in known:
            known.add(item.url)
            enclosures.append(item)
        return item is not None

    got.put_back("media:content", *[child for child in got.all("media:content") if not add(child)])
    for group in got.get("media:group", ()):
        for name, child in within(group):
            if name == "content":
                add(child)


def _medium(child: Any, format_name: str, source: str) -> Enclosure | None:  # noqa: ANN401 — lxml's is private
    url = (child.get("url") or "").strip()
    if not url or child.get("medium") == "image":
        return None
    title = None
    others = []
    for name, part in within(child):
        if name == "title" and title is None:
            title = text_of(part, source).strip() or None
        else:
            others.append(part)
    extra = _attributes(child, _CONTENT, format_name)
    if others:
        extra.setdefault(format_name, {})["elements"] = kept(others, source)
    return Enclosure(
        url=url,
        type=child.get("type"),
        length=whole(child.get("fileSize")),
        title=title,
        duration=seconds(child.get("duration")),
        extra=extra,
    )


def _attributes(child: Any, held: frozenset[str], format_name: str) -> dict[str, Any]:  # noqa: ANN401
    others = {name: value for name, value in child.attrib.items() if name not in held}
    return {format_name: {"attributes": others}} if others else {}
