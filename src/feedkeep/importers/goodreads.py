"""Goodreads' export of a member's library, one CSV file: https://help.goodreads.com/s/article/How-do-I-import-or-export-my-books.

Every row is a book on the member's shelves. One that was rated, reviewed or read is a post with a review; one that
merely stands there is a post of kind "shelved". The export does not say whose it is, and knows no ids but the book's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Content, Post, Record, Term
from feedkeep.wire import csv_rows
from feedkeep.wire.intake import Intake
from feedkeep.wire.review_services import book_alias, book_review, shelves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.csv_rows import Row
    from feedkeep.wire.intake import Face

_COLUMNS = frozenset({"Book Id", "Title", "Author", "My Rating", "Exclusive Shelf"})
_READ = (
    *("Book Id", "Title", "Author", "Additional Authors", "ISBN", "ISBN13", "My Rating", "Original Publication Year"),
    *("Date Read", "Date Added", "Bookshelves", "Exclusive Shelf", "My Review", "Spoiler"),
)
_ISBN = re.compile(r"""=?"?([0-9Xx-]*)"?""")  # ="0140449337", so that spreadsheets leave it alone
_READ_SHELF = "read"


def detect(source: Source) -> bool:
    """Know it by the columns in its first line."""
    return b"Exclusive Shelf" in source.head[:4096] and _COLUMNS.issubset(csv_rows.header(source))


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield a post for every book. Raises FormatError where the first line is another."""
    if not _COLUMNS.issubset(csv_rows.header(source)):
        raise FormatError("no export of a Goodreads library", source=source.name)
    intake = Intake(source, notes)
    posts = (post for row in csv_rows.rows(source, notes) if (post := _post(row, intake)) is not None)
    yield from intake.records(posts, lambda: None, _face)


def _post(row: Row, intake: Intake) -> Post | None:
    notes, name = intake.notes, intake.source.name
    book, title = row.get("Book Id"), row.get("Title")
    if book is None and title is None:
        notes.skipped("a row without a book", source=name, line=row.line)
        return None
    isbn = {key: value for key in ("ISBN", "ISBN13") if (value := _isbn(row, key)) is not None}
    author, others = row.get("Author"), tuple(shelves(row.get("Additional Authors")))
    authors = (author, *others) if author is not None else others
    record_id = book_alias(book) if book is not None else intake.made("post", title, *authors, *isbn.values())
    added, finished, rating = row.get("Date Added"), row.get("Date Read"), row.get("My Rating")
    day = intake.silent(finished) if finished is not None else None
    stated = row.get("Spoiler")
    review = book_review(
        book,
        title=title,
        rating=rating,
        read=None if day is None else day.date(),
        year=row.get("Original Publication Year") or row.get("Year Published"),
        authors=authors,
        ids={key.lower(): value for key, value in isbn.items()},
        spoiler=None if stated is None else stated.lower() in {"true", "yes", "1"},
    )
    if finished is not None and day is None:
        notes.dropped(f"Date Read {finished[:80]!r} is no date", source=name, line=row.line, record=record_id)
    if review.rating is None and rating not in {None, "0"}:
        notes.dropped(f"My Rating {rating!r:.80} is none of 1 to 5", source=name, line=row.line, record=record_id)
    exclusive, written = row.get("Exclusive Shelf"), row.get("My Review")
    standing = written is None and review.rating is None and finished is None and exclusive != _READ_SHELF
    unread = [key for key in ("ISBN", "ISBN13") if key not in isbn and _ISBN.fullmatch(row.cells.get(key, "")) is None]
    used = [key for key in _READ if key not in unread]
    rest = row.rest(*used)
    return Post(
        id=record_id,
        kind="shelved" if standing else "post",
        title=title,
        content=None if written is None else Content(value=written),
        terms=tuple(Term(name=one, taxonomy="shelf") for one in _shelves(row.get("Bookshelves"), exclusive)),
        published=intake.moment(added, "Date Added", record_id) if added is not None else None,
        status="published",
        reviews=(review,),
        extra={"goodreads": rest} if rest else {},
    )


def _isbn(row: Row, column: str) -> str | None:
    found = _ISBN.fullmatch(row.cells.get(column, ""))
    return found[1] or None if found is not None else None


def _shelves(listed: str | None, exclusive: str | None) -> Iterator[str]:
    """Yield the shelves that a book is on; the exclusive one (read, to-read) is not always among the others."""
    yield from dict.fromkeys((*shelves(listed), *shelves(exclusive)))


def _face(record: Post | Comment) -> Face:
    """What tells two rows of one book apart."""
    return record.url, None if record.content is None else record.content.value


IMPORTER = Importer(name="goodreads", label="Goodreads library export (CSV)", kind="export", detect=detect, read=read)
