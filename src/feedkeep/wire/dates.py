"""Dates as feeds write them, read with their own offset; and as RFC 822 and RFC 3339 want them."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

_MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Hours from UTC of the names that feeds use. RFC 822 defines the American ones; the others are what people write.
_ZONES = {
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", "0000"), 0.0),
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "akst": -9,
    "akdt": -8,
    "hst": -10,
    "ast": -4,
    "adt": -3,
    "nst": -3.5,
    "brt": -3,
    "art": -3,
    "bst": 1,
    "ist": 5.5,
    "west": 1,
    "cet": 1,
    "mez": 1,
    "met": 1,
    "cest": 2,
    "mesz": 2,
    "mest": 2,
    "eet": 2,
    "eest": 3,
    "sast": 2,
    "msk": 3,
    "msd": 4,
    "trt": 3,
    "pkt": 5,
    "wib": 7,
    "hkt": 8,
    "sgt": 8,
    "awst": 8,
    "jst": 9,
    "kst": 9,
    "acst": 9.5,
    "acdt": 10.5,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
}
_RFC822 = re.compile(
    r"(?:[a-z]{2,9}\.?,?\s+)?(\d{1,2})(?:\s+|-)([a-z]{3})[a-z]*\.?,?(?:\s+|-)(\d{4}|\d{2})"
    r"(?:,?\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,]\d+)?)?)?\s*(?:([+-])\s?(\d{2}):?(\d{2})|([a-z]+)(?:([+-])(\d{1,2}):?(\d{2})?)?)?"
    r"(?:\s*\([^)]*\))?",
    re.IGNORECASE,
)
_ISO = re.compile(
    r"([+-]?\d{4})(?:-?(\d{2})(?:-?(\d{2}))?)?(?:[T\s]\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d+))?)?)?\s*"
    r"(?:(Z|UTC|GMT)|([+-])(\d{2}):?(\d{2})?)?",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})")
_ASCTIME = re.compile(
    r"(?:[a-z]{3,9},?\s+)?([a-z]{3})[a-z]*\s+(\d{1,2}),?\s+(?:(\d{1,2}):(\d{2}):(\d{2})\s+)?(?:([a-z]{2,5})\s+)?(\d{4})"
    r"(?:\s+(\d{1,2}):(\d{2}):(\d{2}))?(?:\s+([a-z]{2,5}))?",
    re.IGNORECASE,
)


def parse(text: str, zone: dt.tzinfo | None = None) -> tuple[dt.datetime, bool] | None:
    """Read a date: (aware datetime with the offset as stated, whether the zone had to be guessed).

    A date without a zone is taken in ``zone``, else in UTC. None for what is no date, and for dates before year 1.
    """
    text = text.strip()
    if not text or len(text) > 100:
        return None
    try:
        return _iso(text, zone) or _rfc822(text, zone) or _asctime(text, zone)
    except (ValueError, OverflowError):
        return None


def _rfc822(text: str, zone: dt.tzinfo | None) -> tuple[dt.datetime, bool] | None:
    found = _RFC822.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes, name, sign2, hours2, minutes2 = found.groups()
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    tz: dt.tzinfo | None = None
    if sign is not None:
        tz = _offset(sign, hours, minutes)
    elif name is not None:
        tz = _named(name)
        if sign2 is not None:  # "GMT+1"
            tz = _offset(sign2, hours2, minutes2 or "0")
    return _made(_full_year(year), number, int(day), int(hour or 0), int(minute or 0), int(second or 0), 0, tz, zone)


def _iso(text: str, zone: dt.tzinfo | None) -> tuple[dt.datetime, bool] | None:
    found = _ISO.fullmatch(text)
    if found is None:
        found = _ORDINAL.fullmatch(text)
        if found is None:
            return None
        first, _ = _made(int(found[1]), 1, 1, 0, 0, 0, 0, None, zone) or (None, False)
        return None if first is None else (first + dt.timedelta(days=int(found[2]) - 1), True)
    year, month, day, hour, minute, second, part, utc, sign, hours, minutes = found.groups()
    if month is None and (hour is not None or len(text) != 4):
        return None
    tz = dt.UTC if utc else _offset(sign, hours, minutes or "0") if sign else None
    micro = int((part or "0")[:6].ljust(6, "0"))
    return _made(
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), micro, tz, zone
    )


def _asctime(text: str, zone: dt.tzinfo | None) -> tuple[dt.datetime, bool] | None:
    found = _ASCTIME.fullmatch(text)
    if found is None:
        return None
    month, day, hour, minute, second, name, year, hour2, minute2, second2, name2 = found.groups()
    number = _MONTHS.get(month.lower())
    if number is None:
        return None
    tz = _named(name or name2) if name or name2 else None
    clock = (int(hour or hour2 or 0), int(minute or minute2 or 0), int(second or second2 or 0))
    return _made(int(year), number, int(day), *clock, 0, tz, zone)


def _made(
    year: int,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: int,
    micro: int,
    tz: dt.tzinfo | None,
    zone: dt.tzinfo | None,
) -> tuple[dt.datetime, bool] | None:
    if year < 1:
        return None
    late = dt.timedelta(0)
    if second == 60:  # a leap second is the next minute's first
        second, late = 59, dt.timedelta(seconds=1)
    if hour == 24 and minute == second == 0:
        hour, late = 0, dt.timedelta(days=1)
    moment = dt.datetime(year, month, day, hour, minute, second, micro, tz if tz is not None else zone or dt.UTC)
    moment += late
    moment.timestamp()  # outside of what can be reckoned in UTC: OverflowError
    moment.astimezone(dt.UTC)
    return moment, tz is None


@lru_cache(maxsize=256)
def _offset(sign: str, hours: str, minutes: str) -> dt.tzinfo:
    span = dt.timedelta(hours=int(hours), minutes=int(minutes))
    if span >= dt.timedelta(hours=24):
        raise ValueError("an offset of a day")
    return dt.UTC if not span else dt.timezone(-span if sign == "-" else span)


@lru_cache(maxsize=256)
def _named(name: str) -> dt.tzinfo | None:
    hours = _ZONES.get(name.lower())
    if hours is None:
        return None
    return dt.timezone(dt.timedelta(hours=hours)) if hours else dt.UTC


def _full_year(year: str) -> int:
    number = int(year)
    if len(year) == 4:
        return number
    return number + (2000 if number < 70 else 1900)


def rfc822(moment: dt.datetime) -> str:
    """Write a date as RSS wants it, in English whatever the locale: Sun, 05 Jan 2014 10:00:00 +0100."""
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_NAMES[moment.month - 1]} {moment.year:04d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} {_written(moment, '')}"
    )


def rfc3339(moment: dt.datetime) -> str:
    """Write a date as Atom and JSON Feed want it, with the offset that it has: 2014-01-05T10:00:00+01:00."""
    text = moment.replace(tzinfo=None).isoformat()
    return text + ("Z" if moment.tzinfo is dt.UTC else _written(moment, ":"))


def _written(moment: dt.datetime, colon: str) -> str:
    offset = moment.utcoffset() or dt.timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{colon}{abs(minutes) % 60:02d}"
