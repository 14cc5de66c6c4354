"""What a feed says about how often it changes: RSS's ttl, skipHours and skipDays, the syndication module's elements."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import io

import msgspec

from feedkeep.errors import FormatError
from feedkeep.wire import dates
from feedkeep.wire import namespaces as ns
from feedkeep.wire.xml import iterate

_HEAD = 1 << 18  # bytes; the channel's own elements stand before its items, or are not looked for
_ITEMS = frozenset({"item", "entry"})
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


class Hints(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a feed asks of those who come again."""

    ttl: int | None = None  # minutes that it may be held
    period: float | None = None  # seconds between two updates: sy:updatePeriod over sy:updateFrequency
    base: dt.datetime | None = None  # sy:updateBase: the moment from which periods count
    skip_hours: frozenset[int] = frozenset()  # of the day, GMT
    skip_days: frozenset[int] = frozenset()  # of the week, 0 is Monday


NONE = Hints()


def hints(body: bytes) -> Hints:
    """Read them off the beginning of a feed; what cannot be read says nothing."""
    if b"<" not in body[:1000]:
        return NONE
    said: dict[str, str] = {}
    hours: list[str] = []
    days: list[str] = []
    try:
        for event, element in iterate(io.BytesIO(body[:_HEAD]), "feed", events=("start", "end"), recover=True):
            if not isinstance(element.tag, str):
                continue
            space, _, name = element.tag.rpartition("}")
            name = name.lower()
            if event == "start":
                if name in _ITEMS:
                    break
                continue
            text = (element.text or "").strip()
            if name in {"hour", "day"}:
                (hours if name == "hour" else days).append(text)
            elif name == "ttl" or ns.folded(space[1:]) == ns.folded(ns.SY):
                said.setdefault(name, text)
    except FormatError:
        pass
    return _made(said, hours, days)


def _made(said: dict[str, str], hours: list[str], days: list[str]) -> Hints:
    period: float | None = _PERIODS.get(said.get("updateperiod", "").lower())
    if period is None and "updatefrequency" in said and "updateperiod" not in said:
        period = _PERIODS["daily"]  # the module's default
    if period is not None:
        period /= max(_whole(said.get("updatefrequency")) or 1, 1)
    base = dates.parse(said["updatebase"]) if said.get("updatebase") else None
    return Hints(
        ttl=_whole(said.get("ttl")) or None,
        period=period,
        base=None if base is None else base[0],
        # 24 is midnight to those who count from 1
        skip_hours=frozenset(hour % 24 for text in hours if (hour := _whole(text)) is not None and hour <= 24),
        skip_days=frozenset(_DAYS.index(text.lower()) for text in days if text.lower() in _DAYS),
    )


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
