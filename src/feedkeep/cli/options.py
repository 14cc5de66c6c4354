"""Options that several commands share, and what their words mean."""

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion
from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from feedkeep.selection import Selection

ARCHIVE = Path("archive")
_SIZE = re.compile(r"(\d{1,12})(?:\.(\d{1,3}))?\s*([kmgt]?)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")

ArchiveDir = Annotated[
    Path, typer.Option("--archive", "-a", envvar="FEEDKEEP_ARCHIVE", metavar="DIR", help="Where the archive is.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, for machines.")]
Sites = Annotated[
    list[str] | None,
    typer.Option("--site", metavar="NAME", help="Only this site; repeatable.", autocompletion=completion.sites),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Read as this format; found out if not given.",
        autocompletion=completion.readable,
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option(metavar="ZONE", help="For dates that state no zone: Europe/Berlin, UTC, +02:00."),
]
Tags = Annotated[
    list[str] | None,
    typer.Option("--tag", metavar="NAME", help="Only posts with this tag; repeatable.", autocompletion=completion.tags),
]
Categories = Annotated[
    list[str] | None,
    typer.Option(
        "--category",
        metavar="NAME",
        help="Only posts in this category; repeatable.",
        autocompletion=completion.categories,
    ),
]
Authors = Annotated[
    list[str] | None,
    typer.Option(
        "--author", metavar="NAME", help="Only posts by this author; repeatable.", autocompletion=completion.authors
    ),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option(
        "--kind", metavar="KIND", help="Only this kind: post, page …; repeatable.", autocompletion=completion.kinds
    ),
]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="WHEN", help="Published then or later: 2014, 2014-03-21, or a date and time."),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="WHEN", help="Published before then; 2015 means before 1 January 2015, UTC."),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="WHEN", help="As it was then, later edits and deletions undone; a day begins in UTC."
    ),
]
Reviews = Annotated[bool, typer.Option("--reviews", help="Only posts that hold a review.")]
MinRating = Annotated[
    float | None, typer.Option("--min-rating", metavar="N", help="Only reviews rated N or better, on a scale of 5.")
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=0, help="Only the newest N posts.")]
Include = Annotated[
    list[str] | None,
    typer.Option(
        "--include",
        metavar="WHAT",
        autocompletion=completion.private,
        help="Let this private matter out too, repeatable or with commas: draft, scheduled, private, protected, "
        "trashed, deleted, unapproved, spam, email, ip.",
    ),
]


def selection(
    *,
    tags: list[str] | None,
    categories: list[str] | None,
    authors: list[str] | None,
    kinds: list[str] | None,
    since: str | None,
    until: str | None,
    reviews: bool,
    min_rating: float | None,
    limit: int | None,
    include: list[str] | None = None,
    as_of: str | None = None,
) -> "Selection":
    """Turn the selection options into a Selection. Raises UsageError for a word that means nothing."""
    from feedkeep.selection import PRIVATE, Selection

    asked = {part.strip() for word in include or () for part in word.split(",")} - {""}
    unknown = sorted(asked.difference(PRIVATE))
    if unknown:
        msg = f"--include does not know {', '.join(map(repr, unknown))}; choose from {', '.join(PRIVATE)}"
        raise UsageError(msg)
    return Selection(
        tags=tuple(tags or ()),
        categories=tuple(categories or ()),
        authors=tuple(authors or ()),
        kinds=tuple(kinds or ()),
        since=moment("--since", since),
        until=moment("--until", until),
        reviews=reviews,
        min_rating=min_rating,
        limit=limit,
        include=frozenset(matter for matter in PRIVATE if matter in asked),
        as_of=moment("--as-of", as_of),
    )


def moment(option: str, text: str | None) -> dt.datetime | None:
    """Read a year, month, day or moment as the moment it begins; UTC where it states no zone."""
    if text is None:
        return None
    try:
        day = _DAY.fullmatch(text.strip())
        if day is not None:
            year, month, date = (int(part or 1) for part in day.groups())
            return dt.datetime(year, month, date, tzinfo=dt.UTC)
        when = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        msg = f"{option} {text!r} is no date; write 2014, 2014-03, 2014-03-21 or 2014-03-21T18:00+01:00"
        raise UsageError(msg) from error
    return when if when.tzinfo is not None else when.replace(tzinfo=dt.UTC)


def zone(text: str | None) -> dt.tzinfo | None:
    """Read a zone's name or its offset from UTC."""
    if text is None:
        return None
    from zoneinfo import ZoneInfo

    try:
        if re.fullmatch(r"[+-]\d\d:?\d\d", text):
            return dt.datetime.strptime(text, "%z").tzinfo
        return ZoneInfo(text)
    except (ValueError, OSError, LookupError) as error:
        msg = f"--timezone does not know {text!r}; write Europe/Berlin, UTC or +02:00"
        raise UsageError(msg) from error


def settings(pairs: Iterable[str]) -> dict[str, str]:
    """Split the words of ``-O name=value``."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (sign and name.strip()):
            msg = f"-O {pair!r} is not of the form name=value"
            raise UsageError(msg)
        found[name.strip().replace("-", "_")] = value
    return found


def size(text: str) -> int:
    """Read a number of bytes: ``500MB``, ``2.5 GB``, ``1000``. Raises UsageError for anything else."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{text!r} is no size: write 500kB, 20MB or 2.5GB")
    whole, part, unit = found.groups()
    return int(float(f"{whole}.{part or 0}") * _UNITS[unit.lower()])
