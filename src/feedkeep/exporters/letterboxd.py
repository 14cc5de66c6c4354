"""What Letterboxd imports: https://letterboxd.com/about/importing-data/. A row for each film that was reviewed.

Ratings are half stars of five; the text keeps the few elements that members may write. ``Spoilers`` is no column that
Letterboxd reads: it lets the flag come back into an archive of ours.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from feedkeep.content.review import on_scale
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import letterboxd, review_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Post, Rating, Review, Snapshot
    from feedkeep.notes import Notes

_TAGS = frozenset({"a", "b", "blockquote", "em", "i", "strong"})
_FILMS = frozenset({"movie", "film"})
_OWN = re.compile(r"https?://(?:www\.)?(?:letterboxd\.com|boxd\.it)/")
_IMDB = re.compile(r"tt[0-9]{5,10}")
_SAID = {True: "true", False: "false", None: ""}


class LetterboxdOptions(Options, frozen=True, kw_only=True):
    """What the exporter for Letterboxd may be told."""

    dates: Literal["watched", "published"] = "watched"  # where a review names no day, "published" takes the post's own
    megabytes: float = 1.0  # size of a file, more than which Letterboxd may refuse; the rest goes into further files


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write ``letterboxd.csv``, or several of them."""
    assert isinstance(options, LetterboxdOptions)  # noqa: S101 — the descriptor says so
    found = review_files.reviews(snapshot, _is_film, "a film", notes)
    rows = (_row(post, review, options, notes) for post, review in found)
    for name, chunks in review_files.files("letterboxd", letterboxd.IMPORTED, rows, int(options.megabytes * 1e6)):
        yield OutputFile(path=PurePosixPath(name), chunks=chunks)


def _is_film(review: Review) -> bool:
    item = review.item
    return item.kind in _FILMS or (item.kind is None and bool({"tmdb", "imdb", "letterboxd"} & item.ids.keys()))


def _row(post: Post, review: Review, options: LetterboxdOptions, notes: Notes) -> tuple[str, ...]:
    item = review.item
    watched = review.watched
    if watched is None and options.dates == "published" and post.published is not None:
        watched = post.published.date()
    imdb = item.ids.get("imdb", "")
    tags = dict.fromkeys(review_files.tag(term.name) for term in post.terms if term.name)
    return (
        item.url if item.url and _OWN.match(item.url) else "",
        item.ids.get("tmdb", ""),
        imdb if _IMDB.fullmatch(imdb) else "",
        item.name,
        str(item.year) if item.year is not None else "",
        ", ".join(review_files.tag(name) for name in item.creators),
        _rating(review.rating, post, notes),
        watched.isoformat() if watched is not None else "",
        _SAID[review.rewatch],
        ", ".join(tags),
        review_files.words(post.content or post.summary, _TAGS),
        _SAID[review.spoiler],
    )


def _rating(rating: Rating | None, post: Post, notes: Notes) -> str:
    """Give half stars; a rating between two is rounded, with a note, and none at all is half a star at least."""
    if rating is None:
        return ""
    exact = on_scale(rating)
    stars = max(0.5, min(5.0, round(exact * 2) / 2))
    if stars != exact:
        notes.altered(
            f"{rating.value:g} of {rating.best:g} became {stars:g} of 5", record=post.id, field="Rating.value"
        )
    return f"{stars:g}"


EXPORTER = Exporter(
    name="letterboxd",
    label="Letterboxd import (CSV)",
    losses=review_files.LOSSES,
    audience="public",
    write=write,
    options=LetterboxdOptions,
)
