"""The files of a Letterboxd export, and what their rows say of films: https://letterboxd.com/data/export/.

Rows of ``diary.csv`` and ``reviews.csv`` tell of viewings, those of ``ratings.csv``, ``watched.csv``, ``watchlist.csv``
and ``likes/`` of films. Days are those of the member's own zone, which the export does not name.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.wire.review_services import film_alias, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import PurePosixPath

    from feedkeep.wire.csv_rows import Row

URI, WATCHED = "Letterboxd URI", "Watched Date"
FILM = frozenset({"Date", "Name", "Year", URI})
VIEWING = FILM | {"Rating", "Rewatch", "Tags", WATCHED}
# What Letterboxd imports, which people write by other programs, ours among them; its last column is ours alone.
IMPORTED = (
    *("LetterboxdURI", "tmdbID", "imdbID", "Title", "Year", "Directors", "Rating", "WatchedDate", "Rewatch", "Tags"),
    *("Review", "Spoilers"),
)
_TELLING = frozenset({"LetterboxdURI", "tmdbID", "imdbID", "WatchedDate", "Rating10"})
_AS_EXPORTED = {"LetterboxdURI": URI, "Title": "Name", "WatchedDate": WATCHED}
COMMENT = frozenset({"Date", "Content", "Comment"})
PROFILE = frozenset({"Date Joined", "Username"})
LIST = "Letterboxd list export"
ASIDE = ("watched", "watchlist", "likes/films", "likes/reviews", "likes/lists")  # what no post is made of
_FILES = frozenset({"diary", "reviews", "ratings", "watched", "watchlist", "comments", "profile"})
# Entries that the member took back, and those about films that Letterboxd no longer has, which nobody else sees.
HIDDEN = ("deleted", "orphaned")
_FOLDERS = frozenset({"likes", "lists", *HIDDEN})
Film = tuple[str, str]


def kind(columns: Iterable[str]) -> str | None:
    """Name the file whose columns these are: "reviews", "diary" … "films" for any list of films; None for others."""
    cells = tuple(columns)
    held = frozenset(cells)
    if cells and cells[0].startswith(LIST):
        return "list"
    if held >= PROFILE:
        return "profile"
    if held == COMMENT:
        return "comments"
    if "Title" in held and held & _TELLING:
        return "import"
    if held >= VIEWING:
        return "reviews" if "Review" in held else "diary"
    if held >= FILM:
        return "ratings" if "Rating" in held else "films"
    return None


def as_exported(row: Row) -> Row:
    """Give a row of an import file as the export's reviews have it."""
    if "Title" not in row.cells:
        return row
    cells = {_AS_EXPORTED.get(name, name): cell for name, cell in row.cells.items()}
    tenths = number(cells.pop("Rating10", ""))
    if tenths is not None and not cells.get("Rating"):
        cells["Rating"] = f"{tenths / 2:g}"
    said = cells.get("Rewatch", "").lower()
    cells["Rewatch"] = {"true": "Yes", "false": "No"}.get(said, cells.get("Rewatch", ""))
    return row._replace(cells=cells)


def is_own(path: PurePosixPath) -> bool:
    """Tell by its path within the export whether a file is one of its."""
    if path.suffix.lower() != ".csv":
        return False
    folders = path.parts[:-1]
    if not folders:
        return path.stem in _FILES
    if len(folders) == 2:
        return folders[0] in HIDDEN and folders[1] == "lists"
    return len(folders) == 1 and folders[0] in _FOLDERS


def is_top(path: PurePosixPath) -> bool:
    """Tell whether a file lies at the top of an export."""
    return path.suffix.lower() == ".csv" and path.stem in _FILES and path.parent.name not in _FOLDERS


def film(row: Row) -> Film:
    """Give what a film is known by in all files; its address differs from that of a viewing."""
    return " ".join((row.get("Name") or "").casefold().split()), row.get("Year") or ""


def alias(row: Row) -> str | None:
    """Name a viewing as the feed does."""
    return film_alias(row.get("Name"), row.get("Year"), row.get(WATCHED))


class _Place(NamedTuple):
    address: str | None
    watched: str | None


class Viewings:
    """Which rows of the diary and the reviews are one: those of one address and day, else of one film and day."""

    def __init__(self) -> None:
        self.films: dict[Film, str] = {}  # addresses of films
        self._ratings: dict[Film, set[float]] = {}
        self._in_diary: set[str] = set()
        self._reviewed: set[_Place] = set()
        self._loose: Counter[str] = Counter()  # reviews whose address the diary does not know, by film and day
        self._named: Counter[str] = Counter()

    def learn(self, diary: Iterator[Row], reviews: Iterator[Row]) -> None:
        """Look at both files before either is read."""
        rows = Counter[str]()
        for row in diary:
            self._in_diary.add(row.get(URI) or "")
            rows[alias(row) or ""] += 1
        for row in reviews:
            self._reviewed.add(_place(row))
            name = alias(row) or ""
            self._named[name] += 1
            if (row.get(URI) or "") not in self._in_diary:
                self._loose[name] += 1
        self._named |= rows  # the higher of both counts

    def is_told(self, row: Row) -> bool:
        """Tell whether a review says what this row of the diary does."""
        if _place(row) in self._reviewed:
            return True
        name = alias(row)
        if name is None or not self._loose[name]:
            return False
        self._loose[name] -= 1
        return True

    def name(self, row: Row) -> str | None:
        """Name a viewing as the feed does, where it was the only one of that film on that day."""
        name = alias(row)
        return name if name is not None and self._named[name] == 1 else None

    def rate(self, row: Row) -> None:
        """Remember the rating of a viewing that was made a post."""
        value = number(row.get("Rating"))
        if value is not None:
            self._ratings.setdefault(film(row), set()).add(value)

    def is_rated(self, row: Row) -> bool:
        """Tell whether a viewing of the film has the rating of this row."""
        return number(row.get("Rating")) in self._ratings.get(film(row), ())


def _place(row: Row) -> _Place:
    return _Place(row.get(URI), row.get(WATCHED))
