"""The shapes of Ghost's JSON: the export of every version, the variants that migration tools write, API answers.

https://docs.ghost.org/migration/custom and https://docs.ghost.org/content-api
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from feedkeep.wire import dates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import CommentStatus, PostStatus
    from feedkeep.notes import Notes
    from feedkeep.wire.intake import Intake

Row = dict[str, Any]
PLACE: Final = "__GHOST_URL__"  # stands for the blog's address in what Ghost stores since 4.0
POST_STATUS: Final[dict[str, PostStatus]] = {
    "published": "published",
    "draft": "draft",
    "scheduled": "scheduled",
    "sent": "private",  # to the newsletter's readers, and never shown on the web
}
COMMENT_STATUS: Final[dict[str, CommentStatus]] = {
    "published": "approved",
    "hidden": "pending",  # by a moderator, who may show it again
    "deleted": "deleted",
}
_OBJECT_ID = re.compile(r"[0-9a-f]{24}")
_ADDRESS = re.compile(r"https?://[^\s\"'\\<>]+")
_SECRET = re.compile(r"password|secret|token|hash|_key$|stripe|mailgun|private", re.IGNORECASE)
_MILLISECONDS = 100_000_000_000  # what is more than this many seconds (the year 5138) counts milliseconds
_LISTS = ("posts", "pages", "comments", "tags", "users", "authors")
_NESTED = ("author", "authors", "tags", "primary_author", "primary_tag", "member", "post")
_UTC = dt.UTC


class Tables:
    """The tables of one document, whatever it wraps them in. Raises ValueError where there are none."""

    def __init__(self, found: object, notes: Notes, source: str) -> None:
        options: object = None
        if isinstance(found, dict) and isinstance(found.get("db"), list):
            whole = found["db"]
            if len(whole) > 1:
                notes.noticed(f"{len(whole)} exports in one file: the first was read", source=source)
            found = whole[0] if whole else None
        if isinstance(found, dict) and isinstance(found.get("result"), dict):
            options, found = found.get("options"), found["result"]
        if not isinstance(found, dict):
            raise ValueError("no Ghost export")  # noqa: TRY004 — the type of what somebody wrote
        meta = found.get("meta")
        held = found["data"] if isinstance(found.get("data"), dict) else found
        if not any(isinstance(held.get(name), list) for name in _LISTS):
            raise ValueError("a JSON document without the posts of a Ghost export")
        version = meta.get("version") if isinstance(meta, dict) else None
        self.version = version if isinstance(version, str) else None
        self.options = options if isinstance(options, dict) else {}
        self._held: dict[str, Any] = {name: value for name, value in held.items() if name not in {"meta", "errors"}}
        self._asked: set[str] = set()
        self._notes, self._source = notes, source

    def rows(self, name: str) -> Iterator[Row]:
        """Yield the rows of a table; what is none is skipped, with a note."""
        self._asked.add(name)
        held = self._held.get(name)
        if held is not None and not isinstance(held, list):
            self._notes.dropped(f"{name} is not a list", source=self._source, field=name)
        for number, row in enumerate(held if isinstance(held, list) else (), 1):
            if isinstance(row, dict):
                yield unwrapped(row)
            else:
                self._notes.skipped(f"{name}: row {number} is not an object", source=self._source)

    def first(self, *names: str) -> Row | None:
        """Give the first row of the first of these tables that has one."""
        tables = (self._held.get(name) for name in names)
        rows = (row for table in tables if isinstance(table, list) for row in table if isinstance(row, dict))
        found = next(rows, None)
        return None if found is None else unwrapped(found)

    def settings(self) -> dict[str, Any]:
        """Give the settings by name: the table of an export, or the object of the API."""
        held = self._held.get("settings")
        if isinstance(held, dict):
            self._asked.add("settings")
            return dict(held)
        return {row["key"]: row.get("value") for row in self.rows("settings") if isinstance(row.get("key"), str)}

    def left(self) -> dict[str, int]:
        """Tell which tables with rows in them nobody asked for."""
        others = {name: value for name, value in self._held.items() if name not in self._asked}
        return {name: len(value) for name, value in others.items() if isinstance(value, list) and value}

    def place(self, address: str | None) -> None:
        """Put the blog's address, or nothing, where the tables have :data:`PLACE`."""
        self._held = _placed(self._held, address.rstrip("/") if address else "")


def unwrapped(row: Row) -> Row:
    """Take a row out of the ``{"url": …, "data": {…}}`` that migration tools put it in, and those within it."""
    inner = row.get("data")
    if isinstance(inner, dict) and set(row) <= {"url", "data"}:
        row = {"url": row.get("url"), **inner}
    for name in _NESTED:
        held = row.get(name)
        if isinstance(held, dict):
            row = {**row, name: unwrapped(held)}
        elif isinstance(held, list):
            row = {**row, name: [unwrapped(one) if isinstance(one, dict) else one for one in held]}
    return row


def text(value: object) -> str | None:
    """Give a text, or a number as one; None for what is empty or neither."""
    if isinstance(value, str):
        return value if value.strip() else None
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def take(held: Row, name: str) -> str | None:
    """Take a text out of a row; what is no text stays, for ``extra``."""
    found = text(held.get(name))
    if found is not None or not held.get(name):
        held.pop(name, None)
    return found


def is_true(value: object) -> bool:
    """Read a switch: databases write 1, old exports "1"."""
    return value in (True, 1, "1", "true") if isinstance(value, (bool, int, str)) else False


def moment(value: object) -> dt.datetime | None:
    """Read a date: milliseconds since 1970 in old versions, else a text; Ghost keeps all in UTC."""
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit() and 9 <= len(value) <= 16:
        value = int(value)
    if isinstance(value, str):
        found = dates.parse(value, _UTC)
        return None if found is None else found[0]
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        seconds = value / 1000 if abs(value) > _MILLISECONDS else value
        return dt.datetime(1970, 1, 1, tzinfo=_UTC) + dt.timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def when(intake: Intake, held: Row, name: str, record_id: str) -> dt.datetime | None:
    """Take the date called ``name`` out of a row; that it is none is a note."""
    said = held.pop(name, None)
    found = moment(said)
    if found is None and said not in (None, "", 0):
        what = f"{name} {str(said)[:80]!r} is no date"
        intake.notes.dropped(what, source=intake.source.name, record=record_id)
    return found


def is_global(identifier: str | None) -> bool:
    """Tell whether an id is one that Ghost made and shows in its feeds, not a number of one file or database."""
    return identifier is not None and _OBJECT_ID.fullmatch(identifier) is not None


def address(value: object) -> str | None:
    """Give an address of the web; None for anything else."""
    found = text(value)
    return found if found and _ADDRESS.fullmatch(found) else None


def home(row: Row) -> str | None:
    """Tell the blog's address from those that the API gives to a post, its tags and its authors."""
    for name, place in (("primary_author", "author"), ("primary_tag", "tag")):
        held = row.get(name)
        url = address(held.get("url")) if isinstance(held, dict) else None
        if url and isinstance(held, dict) and url.rstrip("/").endswith(f"/{place}/{held.get('slug')}"):
            return url.rstrip("/").removesuffix(f"/{place}/{held['slug']}") + "/"
    url = address(row.get("url"))
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}/"


def without_secrets(held: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Leave out what is empty, and passwords and keys, which no archive should hold; tell how many."""
    filled = {name: value for name, value in held.items() if value not in (None, "", [], {})}
    kept = {name: value for name, value in filled.items() if not _SECRET.search(name)}
    return kept, len(filled) - len(kept)


def _placed(value: Any, address: str) -> Any:  # noqa: ANN401 — JSON
    if isinstance(value, str):
        return value.replace(PLACE, address) if PLACE in value else value
    if isinstance(value, list):
        return [_placed(inner, address) for inner in value]
    if isinstance(value, dict):
        return {key: _placed(inner, address) for key, inner in value.items()}
    return value
