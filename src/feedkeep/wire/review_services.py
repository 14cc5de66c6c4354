"""Reviews on Letterboxd and Goodreads, said alike whether their feed or their export tells of them.

Neither export names the ids that the feeds have for guids, so that a post is also known by what both say: the film
and the day it was watched; the book, of which a member has one review.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from feedkeep.models import Item, Rating, Review

if TYPE_CHECKING:
    from collections.abc import Iterator

_SPOILERS = "(contains spoilers)"
_YEAR = re.compile("-?[0-9]{1,4}")


def film_review(
    name: str,
    *,
    year: str | None,
    rating: str | None,
    watched: str | None,
    rewatch: str | None,
    spoiler: bool | None = None,
    url: str | None = None,
    ids: dict[str, str] | None = None,
    creators: tuple[str, ...] = (),
) -> Review:
    """Give a Letterboxd review from the words of its feed or export: half stars of five, "Yes" and "No"."""
    return Review(
        item=Item(name=name, kind="movie", year=whole_year(year), url=url, ids=ids or {}, creators=creators),
        rating=rated(rating, best=5.0, worst=0.5),
        watched=day(watched),
        rewatch={"yes": True, "no": False}.get((rewatch or "").casefold()),
        spoiler=spoiler,
    )


def book_review(
    book: str | None,
    *,
    title: str | None,
    rating: str | None,
    read: dt.date | None,
    year: str | None,
    authors: tuple[str, ...],
    ids: dict[str, str],
    image: str | None = None,
    spoiler: bool | None = None,
) -> Review:
    """Give a Goodreads review of the book of that number; a rating of 0 is none."""
    return Review(
        item=Item(
            name=title or f"Goodreads book {book}",
            kind="book",
            year=whole_year(year),
            creators=authors,
            url=f"https://www.goodreads.com/book/show/{book}" if book is not None and book.isalnum() else None,
            ids={"goodreads": book, **ids} if book is not None else ids,
            image=image,
        ),
        rating=rated(rating, best=5.0, worst=1.0),
        watched=read,
        spoiler=spoiler,
    )


def film_alias(name: str | None, year: str | None, watched: str | None) -> str | None:
    """Name a diary entry by its film and day; None for a review that is not in the diary."""
    if not name or day(watched) is None:
        return None
    return f"letterboxd:{' '.join(name.casefold().split())} ({year or ''}) {watched}"


def book_alias(book: str) -> str:
    """Name a member's review of a book."""
    return f"goodreads:{book}"


def film_title(name: str, year: str | None, rating: str | None) -> str:
    """Give the title that Letterboxd's feed gives an entry: ``Salt, 1998 - ★★★½``."""
    title = f"{name}, {year}" if year else name
    given = rated(rating, best=5.0, worst=0.5)
    if given is None:
        return title
    halves = round(given.value * 2)
    return f"{title} - {'★' * (halves // 2)}{'½' * (halves % 2)}"


def warned(title: str | None) -> bool | None:
    """Tell by its title in the feed that a review spoils the film; None where nothing is said."""
    return True if title is not None and title.rstrip().endswith(_SPOILERS) else None


def shelves(text: str | None) -> Iterator[str]:
    """Yield the names of Goodreads shelves, or Letterboxd tags, each once."""
    yield from dict.fromkeys(" ".join(name.split()) for name in (text or "").split(",") if name.strip())


def rated(text: str | None, *, best: float, worst: float) -> Rating | None:
    """Read a rating on its scale; None for what is outside of it."""
    value = number(text)
    return Rating(value=value, best=best, worst=worst) if value is not None and worst <= value <= best else None


def number(text: str | None) -> float | None:
    """Read a finite number."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def whole_year(text: str | None) -> int | None:
    """Read a year; one before our era is negative."""
    return int(text) if text and _YEAR.fullmatch(text) else None


def day(text: str | None) -> dt.date | None:
    """Read a day as ISO 8601 writes it."""
    try:
        return dt.date.fromisoformat(text or "")
    except ValueError:
        return None
