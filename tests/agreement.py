"""What our strict readers and feedparser say of one feed, put side by side."""

from __future__ import annotations

import calendar
import io
import warnings
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import feedparser
import lxml.html
from lxml import etree

from feedkeep.models import Comment, Content, Enclosure, Person, Post, Record, Site, Term

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

Said = dict[str, Any]
_TEXTS = frozenset({"title", "content"})


def parsed(data: bytes) -> Any:
    """What feedparser makes of a document, with everything off that rewrites it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own: "updated" that falls back on "published"
        return feedparser.parse(
            io.BytesIO(data),
            response_headers={"content-type": "application/xml"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )


def differences(data: bytes, records: Iterable[Record]) -> Iterator[tuple[str, Any, Any]]:
    """Yield (field, ours, feedparser's) wherever the two do not say the same."""
    records = list(records)
    theirs = parsed(data)
    sites = [record for record in records if isinstance(record, Site)]
    entries = [record for record in records if isinstance(record, (Post, Comment))]
    if sites and any(isinstance(record, Post) for record in records):
        yield from _unlike("feed", _of_site(sites[0]), _of_feed(theirs.feed))
    if len(entries) != len(theirs.entries):
        yield "entries", len(entries), len(theirs.entries)
        return
    for ours, other in zip_longest(entries, theirs.entries):
        yield from _unlike("entry", _of_record(ours), _of_entry(other))


def _unlike(what: str, ours: Said, theirs: Said) -> Iterator[tuple[str, Any, Any]]:
    for name, value in ours.items():
        if name in theirs and value != theirs[name] and not (name in _TEXTS and _same_html(value, theirs[name])):
            yield f"{what}.{name}", value, theirs[name]


def _of_site(site: Site) -> Said:
    return {"title": site.title, "link": site.url}


def _of_feed(feed: Any) -> Said:
    pages = [link["href"] for link in feed.get("links", ()) if link.get("rel") == "alternate" and link.get("href")]
    return {"title": _text(feed, "title"), "link": _text(feed, "link") if pages else None}


def _of_record(record: Post | Comment) -> Said:
    said: Said = {
        "id": record.id,
        "link": record.url,
        "published": _seconds(record.published),
        "updated": _seconds(record.updated),
    }
    if isinstance(record, Comment):
        said["content"] = _bodies(record.content)[:1]
        said["authors"] = _people([record.author] if record.author else [])[:1]
        return said
    said["title"] = record.title_html or record.title
    said["content"] = _bodies(record.content, record.summary)
    said["authors"] = _people(record.authors)
    said["categories"] = _terms(record.terms)
    said["enclosures"] = [_enclosure(held) for held in record.enclosures]
    return said


def _of_entry(entry: Any) -> Said:
    bodies = [body.get("value") for body in entry.get("content", ())]
    bodies.append(_text(entry, "summary"))
    kept = {text: None for body in bodies if (text := (body or "").strip())}
    said = {
        "title": _text(entry, "title"),
        "published": _moment(entry, "published") or _moment(entry, "created"),
        "updated": _moment(entry, "updated"),
        "content": list(kept),
        "authors": [
            tuple(_text(author, name) for name in ("name", "email", "href"))
            for author in entry.get("authors", ())
            if author
        ],
        "categories": sorted(
            {(_text(tag, "label") or _text(tag, "term"), _text(tag, "scheme")) for tag in entry.get("tags", ())},
            key=str,
        ),
        "enclosures": [
            (_text(link, "href"), _text(link, "type"), _length(link))
            for link in entry.get("links", ())
            if link.get("rel") == "enclosure"
        ],
    }
    if "id" in entry:
        said["id"] = _text(entry, "id")
    if not entry.get("guidislink") or _text(entry, "link") != _text(entry, "id"):  # it takes an id for a link
        said["link"] = _text(entry, "link")
    return said


def _length(link: Any) -> str | None:
    text = _text(link, "length")
    return text if text is not None and text.isdigit() and int(text) else None  # 0 is what is written for "unknown"


def _same_html(ours: Any, theirs: Any) -> bool:
    """Tell whether two texts, or lists of them, are the same HTML, however it is written."""
    if isinstance(ours, str) and isinstance(theirs, str):
        return _canonical(ours) == _canonical(theirs)
    return (
        isinstance(ours, list)
        and isinstance(theirs, list)
        and len(ours) == len(theirs)
        and all(map(_same_html, ours, theirs))
    )


def _canonical(markup: str) -> str:
    """Write HTML in one way: attributes sorted, void elements closed alike, no <div> about all of it."""
    root = lxml.html.fragment_fromstring(markup, create_parent="div")
    while (
        len(root) == 1 and root[0].tag == "div" and not (root.text or "").strip() and not (root[0].tail or "").strip()
    ):
        root = root[0]
    return " ".join(etree.tostring(root, method="c14n").decode().split())


def _text(held: Any, key: str) -> str | None:
    value = held.get(key) if key in held else None
    return str(value).strip() or None if value is not None else None


def _moment(entry: Any, name: str) -> int | None:
    value = entry.get(f"{name}_parsed") if f"{name}_parsed" in entry else None
    return None if value is None else calendar.timegm(value)


def _seconds(moment: dt.datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() // 1)


def _bodies(*bodies: Content | None) -> list[str]:
    return [body.value.strip() for body in bodies if body is not None and body.value.strip()]


def _people(people: Iterable[Person]) -> list[tuple[str | None, ...]]:
    return [(person.name, person.email, person.url) for person in people]


def _terms(terms: Iterable[Term]) -> list[tuple[str | None, str | None]]:
    return sorted({(term.name, term.scheme) for term in terms}, key=str)


def _enclosure(held: Enclosure) -> tuple[str, str | None, str | None]:
    return held.url, held.type, None if held.length is None else str(held.length)
