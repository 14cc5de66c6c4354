"""Dates as feeds write them, read with their own offset; and as RFC 822 and RFC 3339 want them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache

from feedkeep.patterns import pattern

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ENGLISH = {name: number for number, name in enumerate(_NAMES, 1)}
# How month names begin, without accents: English, and the languages that broken feeds have been seen in
# (German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Hungarian, Greek).
_MONTHS = {
    start: number
    for number, starts in enumerate(
        (
            "jan ene gen ιαν",
            "feb fev φεβ",
            "mar mrz mrt μαρ",
            "apr avr abr απρ",
            "may mai mag mei maj μαι",
            "jun juin giu ιουν ιον",
            "jul juil lug ιουλ ιολ",
            "aug aou ago αυγ",
            "sep set sze σεπ",
            "oct okt ott out οκτ",
            "nov νοε",
            "dec dez dic δεκ",
        ),
        1,
    )
    for start in starts.split()
}
# Hours from UTC of the names that feeds use. RFC 822 defines the American ones; the others are what people write.
_ZONES = {
    name: float(hours)
    for name, hours in re.findall(
        r"(\w+):(\S+)",
        "z:0 ut:0 utc:0 gmt:0 wet:0 est:-5 edt:-4 et:-5 cst:-6 cdt:-5 ct:-6 mst:-7 mdt:-6 mt:-7 pst:-8 pdt:-7 pt:-8 "
        "akst:-9 akdt:-8 hst:-10 ast:-4 adt:-3 nst:-3.5 ndt:-2.5 brt:-3 brst:-2 art:-3 clt:-4 bst:1 ist:5.5 west:1 "
        "cet:1 mez:1 met:1 cest:2 mesz:2 mest:2 eet:2 eest:3 sast:2 msk:3 msd:4 trt:3 pkt:5 ict:7 wib:7 hkt:8 sgt:8 "
        "awst:8 jst:9 kst:9 acst:9.5 acdt:10.5 aest:10 aedt:11 nzst:12 nzdt:13",
    )
}
_KOREA = dt.timezone(dt.timedelta(hours=9))

# The two forms that nearly every feed writes.
_RSS = pattern(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:(GMT|UTC|Z)|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_ATOM = pattern(r"\d{4}-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", re.ASCII)

_WORD = r"[^\W\d_]+\.?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<part>\d+))?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
_ZONE = (
    r"(?:(?P<sign>[+-])\s?(?P<hours>\d{1,2}):?(?P<minutes>\d{1,2})?"
    r"|(?:etc/)?(?P<name>[a-z]{1,5})(?:(?P<sign2>[+-])(?P<hours2>\d{1,2}):?(?P<minutes2>\d{2})?)?)?(?:\s*\([^()]*\))?"
)
_LOOSE = tuple(
    pattern(source, re.IGNORECASE)
    for source in (
        # ISO 8601 and W3CDTF, whole or in part, with a space for the T, as databases write it
        rf"(?P<year>\d{{4}})(?:-(?P<month>\d{{1,2}})(?:-(?P<day>\d{{1,2}}))?)?(?:(?:T|\s)\s*{_CLOCK})?\s*{_ZONE}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T?(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d))?)?\s*{_ZONE}",
        # RFC 822, with whatever day name, dashes, two-digit years
        rf"(?:{_WORD},?\s+)?(?P<day>\d{{1,2}})(?:\.?\s+|-)(?P<word>{_WORD}),?(?:\s+|-)(?P<year>\d{{4}}|\d\d)(?:,?\s+{_CLOCK})?\s*{_ZONE}",
        # asctime, and what Americans write
        rf"(?:{_WORD},?\s+)?(?P<word>{_WORD})\s+(?P<day>\d{{1,2}}),?\s+{_CLOCK}\s+(?:(?P<name>[a-z]{{1,5}})\s+)?(?P<year>\d{{4}})",
        rf"(?:{_WORD},?\s+)?(?P<word>{_WORD})\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})(?:,?\s+{_CLOCK})?\s*{_ZONE}",
        rf"(?:{_WORD},?\s+)?(?P<year>\d{{4}})/(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?:\s+{_CLOCK})?\s*{_ZONE}",
        # a month's name in an ISO date, seen in Hungarian feeds
        rf"(?P<year>\d{{4}})-(?P<word>{_WORD})-(?P<day>\d{{1,2}})(?:T{_CLOCK})?\s*{_ZONE}",
    )
)
_DAY_OF_YEAR = pattern(r"(\d{4})-?(\d{3})", re.ASCII)
_SECONDS = pattern(r"\d{9,10}", re.ASCII)  # since 1970
_KOREAN = pattern(
    rf"(?P<year>\d{{4}})(?:년\s+|-)(?P<month>\d\d)(?:월\s+|-)(?P<day>\d\d)일?\s+(?:(?P<noon>오전|오후)\s+)?{_CLOCK}"
)


def parse(text: str, zone: dt.tzinfo | None = None) -> tuple[dt.datetime, bool] | None:
    """Read a date: (aware datetime with the offset as stated, whether the zone had to be guessed).

    A date without a zone is taken in ``zone``, else in UTC. None for what is no date, and for dates before year 1.
    """
    try:
        found = _RSS.fullmatch(text)
        if found is not None:
            day, name, year, hour, minute, second, utc, sign, hours, minutes = found.groups()
            tz = dt.UTC if utc else _offset(sign, hours, minutes)
            moment = dt.datetime(int(year), _ENGLISH[name], int(day), int(hour), int(minute), int(second), 0, tz)
            if 1 < moment.year < 9999:
                return moment, False
        elif _ATOM.fullmatch(text) is not None:
            moment = dt.datetime.fromisoformat(text)
            if 1 < moment.year < 9999:
                return moment, False
    except (ValueError, KeyError):
        pass
    return _loose(text, zone)


def _loose(text: str, zone: dt.tzinfo | None) -> tuple[dt.datetime, bool] | None:
    text = text.strip()
    if not text or len(text) > 100:
        return None
    try:
        if _SECONDS.fullmatch(text):
            return dt.datetime.fromtimestamp(int(text), dt.UTC), False
        ordinal = _DAY_OF_YEAR.fullmatch(text)
        if ordinal is not None:
            first = dt.datetime(int(ordinal[1]), 1, 1, tzinfo=zone or dt.UTC)
            return first + dt.timedelta(days=int(ordinal[2]) - 1), True
        for pattern in _LOOSE:
            found = pattern.fullmatch(text)
            if found is not None:
                return _made(found.groupdict(), zone or dt.UTC)
        found = _KOREAN.fullmatch(text)
        if found is not None:
            told = found.groupdict()
            return _made({**told, "half": {"오전": "a", "오후": "p"}.get(told["noon"] or "")}, zone or _KOREA)
    except (ValueError, OverflowError, OSError):
        pass
    return None


def _made(told: dict[str, str | None], zone: dt.tzinfo) -> tuple[dt.datetime, bool] | None:
    word = told.get("word")
    month = int(told.get("month") or "1") if word is None else _month(word)
    hour, minute, second = (int(told.get(name) or "0") for name in ("hour", "minute", "second"))
    if told.get("half"):
        if not 1 <= hour <= 24:
            return None
        hour = hour % 12 + (12 if (told["half"] or "").lower() == "p" or hour > 12 else 0)
    micro = int((told.get("part") or "0")[:6].ljust(6, "0"))
    late = dt.timedelta(0)
    if second == 60:  # a leap second is the next minute's first
        second, late = 59, dt.timedelta(seconds=1)
    if hour == 24 and minute == second == 0:
        hour, late = 0, late + dt.timedelta(days=1)
    tz = _zone(told)
    year = _full_year(told["year"] or "")
    moment = dt.datetime(year, month, int(told.get("day") or "1"), hour, minute, second, micro, tz or zone) + late
    moment.astimezone(dt.UTC)  # OverflowError where no calendar holds it
    return moment, tz is None


def _zone(told: dict[str, str | None]) -> dt.tzinfo | None:
    sign, hours, minutes = told.get("sign"), told.get("hours"), told.get("minutes")
    if sign is None:
        sign, hours, minutes = told.get("sign2"), told.get("hours2"), told.get("minutes2")
    if sign is not None and hours is not None:
        try:
            return _offset(sign, hours, minutes or "0")
        except ValueError:
            return None
    name = told.get("name")
    return None if name is None else _named(name.lower())


def _month(word: str) -> int:
    folded = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    number = _MONTHS.get(folded[:4]) or _MONTHS.get(folded[:3])
    if number is None:
        raise ValueError(word)
    return number


@lru_cache(maxsize=256)
def _offset(sign: str, hours: str, minutes: str) -> dt.tzinfo:
    span = dt.timedelta(hours=int(hours), minutes=int(minutes))
    return dt.UTC if not span else dt.timezone(-span if sign == "-" else span)


@lru_cache(maxsize=256)
def _named(name: str) -> dt.tzinfo | None:
    hours = _ZONES.get(name)
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
    if moment.tzinfo is dt.UTC:
        return f"+00{colon}00"
    offset = moment.utcoffset() or dt.timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{colon}{abs(minutes) % 60:02d}"
