"""What the headers of an answer say (RFC 9110, 9111, 8288), read without trust."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import NamedTuple

_DIRECTIVE = re.compile(r"""([\w-]+)\s*(?:=\s*("[^"]*"|[^\s,;]+))?""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]*\"|[^\s,;\"]+))?)*+)")
_PARAMETER = re.compile(r""";\s*([\w*-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]+)))?""")
_SPAN = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(?:(\d{1,18})|\*)", re.ASCII)
_LONGEST = dt.timedelta(days=366)  # what is said beyond that is no plan


class HeaderLink(NamedTuple):
    """One link of a Link header."""

    href: str
    rel: str
    type: str
    title: str


class Headers(tuple[tuple[str, str], ...]):
    """Header fields in their order; names without case."""

    __slots__ = ()

    def get(self, name: str) -> str | None:
        """Give the fields of that name, joined with commas; None where there is none."""
        found = [value for key, value in self if key.lower() == name]
        return ", ".join(found) if found else None

    def first(self, name: str) -> str | None:
        """Give the first field of that name as it stands."""
        return next((value for key, value in self if key.lower() == name), None)


def date(text: str | None) -> dt.datetime | None:
    """Read an HTTP date; None for what is none."""
    try:
        found = parsedate_to_datetime(text or "")
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(headers: Headers, received: dt.datetime) -> dt.datetime | None:
    """Say when the server wants to be asked again: seconds, or a date by the server's own clock."""
    text = (headers.first("retry-after") or "").strip()
    if text.isascii() and text.isdigit():
        return received + min(dt.timedelta(seconds=int(text[:9])), _LONGEST)
    when = date(text)
    if when is None:
        return None
    wait = when - (date(headers.first("date")) or received)
    return received + min(max(wait, dt.timedelta()), _LONGEST)


def fresh_until(headers: Headers, received: dt.datetime) -> dt.datetime | None:
    """Say until when an answer holds: max-age, else Expires; None where neither is said, or storing is forbidden."""
    said = directives(headers.get("cache-control"))
    if "no-store" in said or "no-cache" in said:
        return None
    age = said.get("max-age", "")
    if age.isascii() and age.isdigit():
        spent = (headers.first("age") or "").strip()
        left = int(age[:9]) - (int(spent[:9]) if spent.isascii() and spent.isdigit() else 0)
        return received + min(dt.timedelta(seconds=max(left, 0)), _LONGEST)
    expires = date(headers.first("expires"))
    if expires is None:
        return None
    left_of_it = expires - (date(headers.first("date")) or received)
    return received + min(max(left_of_it, dt.timedelta()), _LONGEST)


def directives(text: str | None) -> dict[str, str]:
    """Read Cache-Control: names in lower case, each with its value."""
    return {name.lower(): value.strip('"') for name, value in _DIRECTIVE.findall((text or "")[:1000])}


def charset(headers: Headers) -> str | None:
    """Give the charset that Content-Type states."""
    found = _CHARSET.search(headers.first("content-type") or "")
    return found[1] if found is not None else None


def media_type(headers: Headers) -> str | None:
    """Give the media type alone, in lower case."""
    return (headers.first("content-type") or "").partition(";")[0].strip().lower() or None


def links(headers: Headers) -> list[HeaderLink]:
    """Read the Link header (RFC 8288): each with its first relation."""
    found = []
    for href, parameters in _LINK.findall((headers.get("link") or "")[:20_000]):
        said: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(parameters):
            said.setdefault(name.lower(), quoted or bare)
        found.append(HeaderLink(href.strip(), said.get("rel", "").lower(), said.get("type", ""), said.get("title", "")))
    return found


def span(headers: Headers) -> tuple[int, int, int | None] | None:
    """Read Content-Range: first and last byte, and how many the whole has, where it says so."""
    found = _SPAN.fullmatch((headers.first("content-range") or "").strip())
    return None if found is None else (int(found[1]), int(found[2]), int(found[3]) if found[3] else None)
