"""The values of WordPress's post and comment fields: PHP's serialised data, enclosures, moments."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.models import Comment, Enclosure, Media, Post, Review
from feedkeep.wire.wxr import ALIAS, DELETED, ORIGINAL_DATE, ORIGINAL_ID, ORIGINAL_PARENT, REVIEW

if TYPE_CHECKING:
    from collections.abc import Callable


_STRING = re.compile(rb's:(\d{1,9}):"')
_OURS = "_feedkeep_"
_SERIALISED = re.compile(r"(?:a:\d+:\{|O:\d+:\"|s:\d+:\")")


def restored(value: str) -> str:
    r"""Give PHP-serialised strings the carriage returns back that an XML parser took (XML 1.0, section 2.11).

    PHP counts bytes: where a string is shorter than it says by just its number of line feeds, each of them was
    ``\r\n``. Anything else is left as it is.
    """
    if "\n" not in value or not _SERIALISED.match(value):
        return value
    data = value.encode("utf-8", "surrogatepass")
    out: list[bytes] = []
    done = at = 0
    while match := _STRING.search(data, at):
        start, length = match.end(), int(match[1])
        if data.startswith(b'";', start + length):
            at = start + length + 2
            continue
        body = _short_string(data, start, length)
        if body is None:
            return value
        out += (data[done:start], body.replace(b"\n", b"\r\n"))
        done = start + len(body)
        at = done + 2
    return value if not out else b"".join([*out, data[done:]]).decode("utf-8", "surrogatepass")


def _short_string(data: bytes, start: int, length: int) -> bytes | None:
    counted = start
    feeds = 0
    last = start + length + 1  # where a string that lost one byte ends
    end = data.find(b'";', start, last)
    while end >= 0:
        feeds += data.count(b"\n", counted, end)
        counted = end
        if end - start + feeds >= length:
            break
        end = data.find(b'";', end + 1, last)
    return data[start:end] if end >= 0 and end - start + feeds == length else None


def enclosure(value: str) -> Enclosure | None:
    """Read WordPress's ``enclosure`` field: address, length and type on a line each, then what a plugin adds."""
    lines = [line.strip() for line in value.split("\n")]
    if not lines[0]:
        return None
    length = lines[1] if len(lines) > 1 else ""
    return Enclosure(
        url=lines[0],
        length=int(length) if length.isdecimal() and length.isascii() and 0 < len(length) < 19 else None,
        type=(lines[2] or None) if len(lines) > 2 else None,
    )


def enclosure_value(enclosure: Enclosure) -> str:
    """Write what :func:`enclosure` reads."""
    return f"{enclosure.url}\n{'' if enclosure.length is None else enclosure.length}\n{enclosure.type or ''}\n"


def moment(value: str) -> dt.datetime | None:
    """Read an RFC 3339 moment with its offset; None for anything else."""
    try:
        found = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What feedkeep put into fields of its own, because WordPress has none."""

    id: str | None = None
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    published: dt.datetime | None = None
    deleted: dt.datetime | None = None
    is_deleted: bool = False
    reviews: tuple[Review, ...] = ()


def carried(fields: list[list[str]], review: Callable[[str], Review | None]) -> Carried:
    """Take feedkeep's own fields out of ``fields``; those that do not read stay where they are."""
    if not any(key.startswith(_OURS) for key, _ in fields):
        return _NOTHING
    found: dict[str, object] = {}
    aliases: list[str] = []
    reviews: list[Review] = []
    left: list[list[str]] = []
    for key, value in fields:
        if key == ORIGINAL_ID and value:
            found["id"] = value
        elif key == ORIGINAL_PARENT and value:
            found["parent"] = value
        elif key == ALIAS and value:
            aliases.append(value)
        elif key == ORIGINAL_DATE and (date := moment(value)):
            found["published"] = date
        elif key == DELETED and (not value or moment(value)):
            found |= {"deleted": moment(value), "is_deleted": True}
        elif key == REVIEW and (found_review := review(value)):
            reviews.append(found_review)
        else:
            left.append([key, value])
    fields[:] = left
    return Carried(aliases=tuple(aliases), reviews=tuple(reviews), **found)  # type: ignore[arg-type]


_NOTHING = Carried()


def carrying(
    record: Post | Media | Comment, published: dt.datetime | None, native: str | None
) -> list[tuple[str, str]]:
    """What :func:`carried` takes out again: fields for what WordPress has none for."""
    fields = [(ALIAS, alias) for alias in record.aliases if alias != native]
    if record.published and record.published != published:
        fields.append((ORIGINAL_DATE, record.published.isoformat()))
    if not isinstance(record, Media) and record.status == "deleted":
        fields.append((DELETED, record.deleted.isoformat() if record.deleted else ""))
    return fields


def own_data(extra: dict[str, Any]) -> dict[str, Any]:
    """What a record holds that only a WordPress export has a word for."""
    found = extra.get("wxr")
    return found if isinstance(found, dict) else {}


def own_fields(own: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields of a record as (key, value), in their order."""
    return [(str(key), str(value)) for key, value in own.get("meta", ())]
