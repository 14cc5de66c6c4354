"""The dates of a WordPress export: local times without a zone, each beside the same moment in GMT."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

NEVER = "0000-00-00 00:00:00"  # what WordPress writes for "not published yet"
_FARTHEST = dt.timedelta(hours=15)  # zones reach from -12 to +14 hours; a larger gap is an error in the data
_MINUTE = dt.timedelta(minutes=1)


def naive(text: str | None) -> dt.datetime | None:
    """Read ``YYYY-MM-DD HH:MM:SS``; None for zeros and for anything else."""
    if not text or text.startswith("0000"):
        return None
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        stripped = text.strip()
        return naive(stripped) if stripped != text else None
    return found if found.tzinfo is None else found.replace(tzinfo=None)


def in_gmt(text: str) -> dt.datetime | None:
    """Read ``YYYY-MM-DD HH:MM:SS`` as it is in GMT; None for anything else."""
    try:
        return dt.datetime.fromisoformat(f"{text}+00:00")
    except ValueError:
        return None


def paired(local: dt.datetime, gmt: dt.datetime) -> dt.datetime | None:
    """The moment ``gmt`` in the zone, to the minute, that shows ``local``; None where no zone on earth does."""
    gap = local - gmt
    zone = _zone(gap)
    if zone is None:
        return None
    return (local - _beyond_minutes(gap)).replace(tzinfo=zone) if gap.seconds % 60 else local.replace(tzinfo=zone)


def placed(local: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """``local`` in ``zone``, with the offset that it had then."""
    try:
        gap = local.replace(tzinfo=zone).utcoffset() or dt.timedelta()
    except (ValueError, OverflowError):
        gap = dt.timedelta()
    return local.replace(tzinfo=_zone(gap) or dt.UTC)


def rfc822(text: str | None) -> dt.datetime | None:
    """Read a pubDate as a naive time in GMT; None for the year -0001 of drafts and for anything else."""
    words = (text or "").split()
    if len(words) < 5 or len(words[3]) != 4 or not words[3].isdecimal():
        return None
    try:
        moment = parsedate_to_datetime(" ".join(words))
        return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def written_rfc822(moment: dt.datetime) -> str:
    """Write ``moment`` in GMT as a pubDate."""
    try:
        return format_datetime(moment.astimezone(dt.UTC))
    except OverflowError:
        return format_datetime(moment)


def written(moment: dt.datetime) -> str:
    """Write the local time of ``moment`` as WordPress does."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat(" ")


def written_gmt(moment: dt.datetime) -> str:
    """Write ``moment`` in GMT as WordPress does; the local time where GMT falls out of the calendar."""
    try:
        return written(moment.astimezone(dt.UTC))
    except OverflowError:
        return written(moment)


def item_dates(published: dt.datetime | None, updated: dt.datetime | None, *, floating: bool) -> dict[str, str]:
    """The elements that date an item; ``floating`` drafts have a local time but, as yet, none in GMT."""
    found = {"wp:post_date": NEVER, "wp:post_date_gmt": NEVER}
    if published is not None:
        found = {
            "pubDate": written_rfc822(published),
            "wp:post_date": written(published),
            "wp:post_date_gmt": NEVER if floating else written_gmt(published),
        }
    if updated is not None:
        found |= {"wp:post_modified": written(updated), "wp:post_modified_gmt": written_gmt(updated)}
    return found


@lru_cache(maxsize=256)
def _zone(gap: dt.timedelta) -> dt.timezone | None:
    if abs(gap) > _FARTHEST:
        return None
    minutes = _minutes(gap)
    return dt.timezone(dt.timedelta(minutes=minutes)) if minutes else dt.UTC


def _minutes(gap: dt.timedelta) -> int:
    return round(gap / _MINUTE)


def _beyond_minutes(gap: dt.timedelta) -> dt.timedelta:
    return gap - _minutes(gap) * _MINUTE
