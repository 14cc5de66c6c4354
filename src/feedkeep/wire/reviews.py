"""Elements that say what a feed's item reviews: Letterboxd's and Goodreads' own, RVW, and Media RSS stars."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from feedkeep.models import Item, Rating, Review
from feedkeep.wire import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterable

_LETTERBOXD = (f"{{{ns.LETTERBOXD}}}", "{http://letterboxd.com}", "{https://a.ltrbxd.com}")
_TMDB = (f"{{{ns.TMDB}}}", "{http://themoviedb.org}")
_GOODREADS = frozenset(
    {"book_id", "user_rating", "user_read_at", "author_name", "isbn", "book_published", "book_large_image_url"}
)


def from_elements(elements: Iterable[Any]) -> tuple[Review, ...]:
    """Give the review that an item's elements describe, if any."""
    said: dict[str, str] = {}
    for element in elements:
        tag, text = element.tag, (element.text or "").strip()
        for spaces, prefix in ((_LETTERBOXD, "letterboxd"), (_TMDB, "tmdb")):
            for space in spaces:
                if tag.startswith(space):
                    said[f"{prefix}:{tag[len(space) :]}"] = text
        if tag in _GOODREADS and text:
            said[tag] = text
        elif tag.startswith(f"{{{ns.RVW}}}"):
            said["rvw:" + tag[len(ns.RVW) + 2 :]] = text
            for part in element.iter():
                if isinstance(part.tag, str) and part.tag.startswith(f"{{{ns.RVW}}}") and (part.text or "").strip():
                    said["rvw:" + part.tag[len(ns.RVW) + 2 :]] = part.text.strip()
    if said.get("letterboxd:filmTitle"):
        return (_letterboxd(said),)
    if said.get("book_id") and "user_rating" in said:
        return _goodreads(said)
    if said.get("rvw:title") or said.get("rvw:name"):
        return (_rvw(said),)
    return ()


def _letterboxd(said: dict[str, str]) -> Review:
    ids = {}
    if said.get("tmdb:movieId"):
        ids["tmdb"] = said["tmdb:movieId"]
    if said.get("tmdb:tvId"):
        ids["tmdb:tv"] = said["tmdb:tvId"]
    return Review(
        item=Item(
            name=said["letterboxd:filmTitle"], kind="movie", year=_year(said.get("letterboxd:filmYear")), ids=ids
        ),
        rating=_rating(said.get("letterboxd:memberRating"), best=5.0, worst=0.5),
        watched=_day(said.get("letterboxd:watchedDate")),
        rewatch={"Yes": True, "No": False}.get(said.get("letterboxd:rewatch", "")),
    )


def _goodreads(said: dict[str, str]) -> tuple[Review, ...]:
    ids = {"goodreads": said["book_id"]}
    if said.get("isbn"):
        ids["isbn"] = said["isbn"]
    name = said.get("title") or f"Goodreads book {said['book_id']}"
    creators = (said["author_name"],) if said.get("author_name") else ()
    item = Item(
        name=name,
        kind="book",
        year=_year(said.get("book_published")),
        creators=creators,
        ids=ids,
        image=said.get("book_large_image_url"),
    )
    value = said.get("user_rating")
    return (Review(item=item, rating=None if value == "0" else _rating(value, best=5.0, worst=1.0)),)


def _rvw(said: dict[str, str]) -> Review:
    # RVW 0.2 rates in percent
    item = Item(name=said.get("rvw:title") or said.get("rvw:name") or "", url=said.get("rvw:link") or None)
    return Review(item=item, rating=_rating(said.get("rvw:rating"), best=100.0, worst=0.0))


def _rating(text: str | None, *, best: float, worst: float) -> Rating | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return Rating(value=value, best=best, worst=worst) if worst <= value <= best else None


def _year(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) == 4 else None


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
