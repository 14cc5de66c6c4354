"""What a page says of itself for machines: links and metadata of its head, and microformats."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from feedkeep.content import hreview
from feedkeep.content.page_comments import PageComment
from feedkeep.content.page_entry import Entry
from feedkeep.content.tags import shallow
from feedkeep.models import Item, Rating, Review

if TYPE_CHECKING:
    from feedkeep.content.page_tree import Found

_MARKED = re.compile(r"\b(?:h-?entry|h-?review|h-feed|hfeed|hnews)\b")
_SAVED = re.compile(r"<!--\s{0,9}saved from url=\(\d{1,6}\)(\S{1,2000}?)\s{0,9}-->|\burl:\s{0,9}(https?://\S{1,2000})")
_MARKED_SIZE = 4 << 20  # characters that are read for microformats: their parser is slow
_NEST = 128  # and it calls itself


def metadata(found: Found) -> dict[str, str]:
    """Read the first value of every ``meta`` and ``link`` by name, property or relation."""
    told: dict[str, str] = {}
    for element in found.all("<meta"):
        name = (element.get("property") or element.get("name") or "").strip().lower()
        value = (element.get("content") or "").strip()
        if name and value:
            told.setdefault(name, value)
    for element in found.all("<link"):
        href = (element.get("href") or "").strip()
        for name in (element.get("rel") or "").lower().split():
            if href:
                told.setdefault(f"rel:{name}", href)
    return told


def saved_from(text: str) -> str | None:
    """Find the address that a browser wrote into the page when it saved it."""
    found = _SAVED.search(text[:8192])
    return (found[1] or found[2]) if found is not None else None


def entries(text: str, url: str | None) -> tuple[list[Entry], bool]:
    """Read the page's microformats: (entries and reviews, whether it is too much of a page to be read for them)."""
    if not _MARKED.search(text):
        return [], False
    if len(text) > _MARKED_SIZE:
        return [], True
    text = hreview.upgraded(text)
    import mf2py  # noqa: PLC0415 — slow to load, and few pages need it

    try:
        told = mf2py.Parser(doc=shallow(text, _NEST).replace("\0", ""), url=url, html_parser="lxml").to_dict()
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, AssertionError, RecursionError):
        return [], True
    found: list[Entry] = []
    waiting: list[tuple[dict[str, Any], list[Any]]] = [(item, []) for item in reversed(told.get("items", []))]
    while waiting:
        item, authors = waiting.pop()
        if {"h-entry", "h-review"} & set(item.get("type", ())):
            found.append(_entry(item, url, authors))
        else:  # whoever writes a feed wrote the entries that name nobody (https://indieweb.org/authorship)
            authors = item.get("properties", {}).get("author") or authors
            waiting.extend((one, authors) for one in reversed(item.get("children", [])))
    return found, False


def _entry(item: dict[str, Any], base: str | None, authors: list[Any]) -> Entry:
    told = item["properties"]
    content = next(iter(told.get("content") or told.get("description") or ()), None)
    html = content.get("html") if isinstance(content, dict) else content
    plain = " ".join((_value(content) or "").split())
    title = " ".join((_one(told, "name") or "").split())
    review = _review(told) if "h-review" in item["type"] or "rating" in told else None
    url = _one(told, "url")
    return Entry(
        url=_joined(base, url),
        title=title if title and len(title) <= 300 and title != plain else None,
        html=html,
        summary=_one(told, "summary"),
        authors=[_person(one) for one in (told.get("author") or told.get("reviewer") or authors)],
        published=_one(told, "published") or _one(told, "reviewed") or _one(told, "dtreviewed"),
        updated=_one(told, "updated"),
        categories=[name for one in told.get("category", ()) if (name := _value(one))],
        reviews=[review] if review is not None else [],
        image=_one(told, "photo") or _one(told, "featured"),
        comments=_replies(item, base),
        links=[
            (name, href) for name in _ANSWERS for one in told.get(name, ()) if (href := _joined(base, _address(one)))
        ],
        reactions={name: len(told[name]) for name in _REACTIONS if told.get(name)},
    )


_MOST_REPLIES = 100_000
_ANSWERS = ("in-reply-to", "like-of", "repost-of", "bookmark-of")
_REACTIONS = ("like", "repost", "bookmark")


def _replies(item: dict[str, Any], base: str | None) -> list[PageComment]:
    """Flatten the comments of an entry, and the answers to them, each after what it answers."""
    found: list[PageComment] = []
    waiting: list[tuple[Any, int | None]] = [(one, None) for one in reversed(_stated(item, "comment"))]
    while waiting and len(found) < _MOST_REPLIES:
        one, parent = waiting.pop()
        if isinstance(one, str):
            found.append(PageComment(parent=parent, url=_joined(base, one)))
            continue
        told = one.get("properties", {})
        content = next(iter(told.get("content") or told.get("summary") or told.get("name") or ()), None)
        html = content.get("html") if isinstance(content, dict) else escape(content) if content else None
        name, url = _person(next(iter(told.get("author") or ()), None))
        found.append(
            PageComment(
                parent=parent,
                url=_joined(base, _one(told, "url")),
                author=name,
                author_url=url,
                published=_one(told, "published"),
                html=html or "",
            )
        )
        here = len(found) - 1
        waiting += [(answer, here) for answer in reversed(_stated(one, "comment"))]
    return found


def _stated(item: dict[str, Any], name: str) -> list[Any]:
    held = item.get("properties", {}).get(name, [])
    return [one for one in held if isinstance(one, (dict, str))]


def _address(one: object) -> str | None:
    held = one.get("properties", {}) if isinstance(one, dict) else {}
    return _one(held, "url") or _value(one)


def _joined(base: str | None, url: str | None) -> str | None:
    try:
        return urljoin(base or "", url) if url else None
    except ValueError:
        return url


def _person(one: object) -> tuple[str | None, str | None]:
    told = one.get("properties", {}) if isinstance(one, dict) else {}
    return _one(told, "name") or _value(one), _one(told, "url")


def _review(told: dict[str, Any]) -> Review | None:
    about = next(iter(told.get("item", ())), None)
    held = about.get("properties", {}) if isinstance(about, dict) else {}
    name = _one(held, "name") or _value(about)
    if not name:
        return None
    value, best, worst = (_number(_one(told, key)) for key in ("rating", "best", "worst"))
    rating = None
    if value is not None:  # without a word on it the scale is 1.0 to 5.0, says hReview
        rating = Rating(value=value, best=5.0 if best is None else best, worst=1.0 if worst is None else worst)
    item = Item(name=name, url=_one(held, "url"), image=_one(held, "photo"))
    return Review(item=item, rating=rating, summary=_one(told, "summary"))


def _number(text: str | None) -> float | None:
    found = re.search(r"\d{1,9}(?:\.\d{1,9})?", text[:40]) if text else None
    return float(found[0]) if found is not None else None


def _one(told: dict[str, Any], name: str) -> str | None:
    return _value(next(iter(told.get(name, ())), None))


def _value(one: object) -> str | None:
    if isinstance(one, dict):
        one = one.get("value")
    return one.strip() or None if isinstance(one, str) else None
