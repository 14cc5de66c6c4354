"""What Goodreads imports: a library of its own columns, https://www.goodreads.com/review/import.

A row for each book that was reviewed. Goodreads finds a book by its ISBN, else by title and author; stars are whole.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.content.review import on_scale
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import review_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Post, Rating, Review, Snapshot
    from feedkeep.notes import Notes

_COLUMNS = (
    *("Book Id", "Title", "Author", "Additional Authors", "ISBN", "ISBN13", "My Rating", "Year Published"),
    *("Date Read", "Date Added", "Bookshelves", "Exclusive Shelf", "My Review", "Spoiler"),
)
_TAGS = frozenset({"a", "b", "blockquote", "em", "i", "s", "strong", "u"})
_SAID = {True: "true", False: "false", None: ""}


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``goodreads.csv``."""
    found = review_files.reviews(snapshot, _is_book, "a book", notes)
    chunks = review_files.document(_COLUMNS, (_row(*one, notes) for one in found))
    yield OutputFile(path=PurePosixPath("goodreads.csv"), chunks=chunks)


def _is_book(review: Review) -> bool:
    item = review.item
    return item.kind == "book" or (item.kind is None and bool({"isbn", "isbn13", "goodreads"} & item.ids.keys()))


def _row(post: Post, review: Review, notes: Notes) -> tuple[str, ...]:
    item, ids = review.item, review.item.ids
    isbn = "".join(ids.get("isbn", "").split("-"))
    isbn13 = "".join(ids.get("isbn13", "").split("-")) or (isbn if len(isbn) == 13 else "")
    creators = [review_files.tag(name) for name in item.creators]
    shelves = dict.fromkeys(review_files.tag(term.name) for term in post.terms if term.name)
    return (
        ids.get("goodreads", ""),
        item.name,
        creators[0] if creators else "",
        ", ".join(creators[1:]),
        _guarded(isbn if len(isbn) == 10 else ""),
        _guarded(isbn13),
        _rating(review.rating, post, notes),
        str(item.year) if item.year is not None else "",
        review.watched.strftime("%Y/%m/%d") if review.watched is not None else "",
        post.published.strftime("%Y/%m/%d") if post.published is not None else "",
        ", ".join(shelves),
        "read",
        review_files.words(post.content or post.summary, _TAGS).replace("\n", "<br/>"),
        _SAID[review.spoiler],
    )


def _guarded(isbn: str) -> str:
    return f'="{isbn}"'  # as Goodreads writes it: no spreadsheet takes it for a number


def _rating(rating: Rating | None, post: Post, notes: Notes) -> str:
    if rating is None:
        return "0"
    exact = on_scale(rating)
    stars = max(1, min(5, int(exact + 0.5)))
    if stars != exact:
        notes.altered(f"{rating.value:g} of {rating.best:g} became {stars} of 5", record=post.id, field="Rating.value")
    return str(stars)


EXPORTER = Exporter(
    name="goodreads", label="Goodreads import (CSV)", losses=review_files.LOSSES, audience="public", write=write
)
