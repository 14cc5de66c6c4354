"""What a feed's item reviews: our own element, Letterboxd's, Goodreads', RVW's, Media RSS stars, or its body's markup."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content import review as reviewing
from feedkeep.models import Content, Item, Rating, Review
from feedkeep.wire import dates
from feedkeep.wire import namespaces as ns
from feedkeep.wire.elements import within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.wire.elements import Fields

_PREFIXES = ("letterboxd:", "tmdb:", "rvw:", "media:")
# Goodreads puts its own elements among RSS's, without a namespace.
_GOODREADS = frozenset(
    ["book_id", "user_rating", "user_read_at", "author_name", "isbn", "book_published", "book_large_image_url"]
)


def ours(got: Fields) -> tuple[Review, ...]:
    """Take the elements in which our own feeds carry reviews: schema.org Review as JSON-LD. Damaged ones stay."""
    found, damaged = [], []
    for element in got.all("fk:review"):
        try:
            said = json.loads(element.text or "")
        except (ValueError, RecursionError):
            said = None
        made = reviewing.from_json_ld(said) if isinstance(said, dict) else None
        if made is None:
            damaged.append(element)
        else:
            found.append(made)
    got.put_back("fk:review", *damaged)
    return tuple(found)


def without_block(content: Content | None) -> Content | None:
    """Take off the block that our own feeds put on top of a body, to show the review."""
    if content is None:
        return None
    rest = reviewing.strip_html(content.value)
    if rest == content.value:
        return content
    return msgspec.structs.replace(content, value=rest) if rest else None


def marked_up(content: Content | None) -> tuple[Review, ...]:
    """Find the reviews that a body states for machines."""
    if content is None or content.form != "html":
        return ()
    body = content.value
    if "review" not in body and "ld+json" not in body:
        return ()
    return reviewing.find(body)


def described(elements: Iterable[Any], title: str | None) -> tuple[Review, ...]:
    """Give the review that an item's elements of other vocabularies describe; ``title`` is the item's."""
    said: dict[str, str] = {}
    for element in elements:
        _note(element, said)
    if not said:
        return ()
    if said.get("letterboxd:filmtitle"):
        return (_letterboxd(said),)
    if said.get("book_id") and "user_rating" in said:
        return (_goodreads(said, title),)
    if "rvw:rating" in said:
        return _rvw(said, title)
    if "average" in said and title and said.get("count") in {None, "0", "1"}:
        # more votes than one are the public's, not the author's
        best, worst = _number(said.get("max")) or 5.0, _number(said.get("min")) or 0.0
        rating = _rating(said["average"], best=best, worst=worst)
        return () if rating is None else (Review(item=Item(name=title), rating=rating),)
    return ()


def _note(element: Any, said: dict[str, str]) -> None:  # noqa: ANN401 — lxml's element type is private
    tag: str = element.tag
    text = (element.text or "").strip()
    if tag[0] != "{":
        if tag in _GOODREADS and text:
            said[tag] = text
        return
    space, _, bare = tag[1:].rpartition("}")
    prefix = ns.PREFIXES.get(ns.folded(space))
    if prefix not in _PREFIXES:
        return
    bare = bare.lower()
    if prefix == "media:":
        for name, part in (*within(element), (bare, element)):
            if name == "starrating":
                said.update(
                    {key: value for key, value in part.attrib.items() if key in {"average", "count", "min", "max"}}
                )
        return
    said[prefix + bare] = text
    if prefix == "rvw:":
        for name, part in within(element):
            said.setdefault(prefix + name, (part.text or "").strip())


def _letterboxd(said: dict[str, str]) -> Review:
    ids = {}
    if said.get("tmdb:movieid"):
        ids["tmdb"] = said["tmdb:movieid"]
    if said.get("tmdb:tvid"):
        ids["tmdb:tv"] = said["tmdb:tvid"]
    name, year = said["letterboxd:filmtitle"], _year(said.get("letterboxd:filmyear"))
    return Review(
        item=Item(name=name, kind="movie", year=year, ids=ids),
        rating=_rating(said.get("letterboxd:memberrating"), best=5.0, worst=0.5),
        watched=_day(said.get("letterboxd:watcheddate")),
        rewatch={"yes": True, "no": False}.get(said.get("letterboxd:rewatch", "").lower()),
    )


def _goodreads(said: dict[str, str], title: str | None) -> Review:
    ids = {"goodreads": said["book_id"]}
    if said.get("isbn"):
        ids["isbn"] = said["isbn"]
    item = Item(
        name=title or f"Goodreads book {said['book_id']}",
        kind="book",
        year=_year(said.get("book_published")),
        creators=(said["author_name"],) if said.get("author_name") else (),
        ids=ids,
        image=said.get("book_large_image_url"),
    )
    value = said["user_rating"]  # 0 is a book that was shelved and not rated
    read = dates.parse(said["user_read_at"]) if "user_read_at" in said else None
    return Review(
        item=item,
        rating=None if value == "0" else _rating(value, best=5.0, worst=1.0),
        watched=None if read is None else read[0].date(),
    )


def _rvw(said: dict[str, str], title: str | None) -> tuple[Review, ...]:
    rating = _rating(said.get("rvw:rating"), best=100.0, worst=0.0)  # RVW 0.2 rates in percent
    name = said.get("rvw:title") or said.get("rvw:name") or (title if rating is not None else None)
    if not name:
        return ()
    return (Review(item=Item(name=name, url=said.get("rvw:link") or None), rating=rating),)


def _rating(text: str | None, *, best: float, worst: float) -> Rating | None:
    value = _number(text)
    return Rating(value=value, best=best, worst=worst) if value is not None and worst <= value <= best else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _year(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) == 4 else None


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
