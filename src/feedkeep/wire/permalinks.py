"""The address that a static site generator gives a post: from its path, its fields, and patterns of the settings.

https://gohugo.io/configuration/permalinks/, https://jekyllrb.com/docs/permalinks/,
https://docs.getpelican.com/en/latest/settings.html#url-settings, https://www.11ty.dev/docs/permalinks/.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import PurePosixPath

    from feedkeep.wire.site_config import Blog

_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_COLON = re.compile(r":([a-z_]+)(?:\[[^\]]*\])?")
_BRACE = re.compile(r"\{([a-z_]+)(?::([^{}]*))?\}")
_PERCENT = re.compile(r"%-?([a-zA-Z])")
_DIRECTIVES = {  # of strftime
    "Y": "year",
    "y": "short_year",
    "m": "month",
    "d": "day",
    "B": "long_month",
    "b": "short_month",
    "j": "y_day",
    "H": "hour",
    "M": "minute",
    "S": "second",
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SAFE = "/%:@!$&'()*+,;=~?#"


class Place(NamedTuple):
    """Where a document lies in its tree, and what its path says."""

    path: PurePosixPath  # below the root
    folders: tuple[str, ...]  # of the path that addresses are made of
    stem: str  # of its file, or of its folder where the file is an index; without date and language
    kind: str
    date: str | None = None
    draft: bool = False
    language: str | None = None
    is_index: bool = False  # its file is the index of its folder
    collection: str | None = None  # of Jekyll: "posts", or another's name; Hugo's section
    categories: tuple[str, ...] = ()  # from folders


class Named(NamedTuple):
    """What patterns are filled with."""

    slug: str | None
    title: str | None
    moment: dt.datetime | None
    categories: tuple[str, ...]
    language: str | None = None
    author: str | None = None


def address(blog: Blog, place: Place, named: Named, stated: str | None) -> str | None:
    """Give the address of a document; ``stated`` is what its front matter says. None where it cannot be known."""
    if stated is not None and "://" in stated:
        return stated
    if blog.base is None:
        return None
    path = _path(blog, place, named, stated)
    if path is None:
        return None
    return f"{blog.base}/{quote(re.sub(r'/{2,}', '/', path).lstrip('/'), safe=_SAFE)}"


def slugified(text: str) -> str:
    """Make the part of an address that generators make of a title."""
    folded = unicodedata.normalize("NFC", text).lower()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", folded)).strip("-_")


def _path(blog: Blog, place: Place, named: Named, stated: str | None) -> str | None:
    if blog.generator == "hugo":
        return stated if stated is not None else _hugo(blog, place, named)
    if blog.generator == "jekyll":
        return _jekyll(blog, place, named, stated)
    if blog.generator == "pelican":
        return stated if stated is not None else _pelican(blog, place, named)
    if stated is not None:
        return None if "{" in stated else stated.removesuffix("index.html")
    return "/".join(("", *place.folders, *(() if place.is_index and not place.stem else (place.stem,)), ""))


def _hugo(blog: Blog, place: Place, named: Named) -> str | None:
    prefix = f"/{place.language}" if place.language in blog.languages and place.language != _first(blog) else ""
    section = place.folders[0].lower() if place.folders else ""
    pattern = blog.patterns.get(section) if place.kind != "section" else None
    if pattern is None:
        last = named.slug or place.stem
        path = "/".join(("", *place.folders, *((last,) if last else ())))
        path = re.sub(r"\s+", "-", path)
        if blog.config.get("disablepathtolower") is not True:
            path = path.lower()
        ugly = blog.config.get("uglyurls") is True and place.kind != "section" and last
        return f"{prefix}{path}.html" if ugly else f"{prefix}{path}/"
    title = slugified(named.title or place.stem)
    words = {
        "slug": named.slug or title,
        "slugorfilename": named.slug or place.stem,
        "slugorcontentbasename": named.slug or place.stem,
        "title": title,
        "filename": place.stem,
        "contentbasename": place.stem,
        "section": section,
        "sections": "/".join(place.folders),
    }
    filled = _filled(pattern, words, named.moment)
    if filled is None:
        return None
    return prefix + filled if filled.endswith(".html") else f"{prefix}/{filled.strip('/')}/"


def _jekyll(blog: Blog, place: Place, named: Named, stated: str | None) -> str | None:
    style = blog.patterns.get("") or "date"
    in_posts = place.collection == "posts"
    if stated is not None:
        pattern: str | None = _STYLES.get(stated, stated)
    elif in_posts:
        pattern = _STYLES.get(style, style)
    elif place.collection is not None:
        pattern = blog.patterns.get(place.collection)
    else:
        last = "" if place.is_index else f"{place.stem}/" if style == "pretty" or style.endswith("/") else None
        folder = "/".join(("", *place.folders, ""))
        return folder + (f"{place.stem}.html" if last is None else last)
    if pattern is None:
        return None
    words = {
        "title": named.slug or place.stem,
        "slug": slugified(named.slug or place.stem),
        "name": place.stem,
        "basename": place.stem,
        "path": "/".join((*place.folders, place.stem)),
        "collection": place.collection or "",
        "categories": "/".join(slugified(name) for name in named.categories),
        "category": slugified(named.categories[0]) if named.categories else "",
        "output_ext": ".html",
    }
    return _filled(pattern, words, named.moment)


def _pelican(blog: Blog, place: Place, named: Named) -> str | None:
    words = {
        "slug": named.slug or slugified(named.title or place.stem),
        "category": slugified(named.categories[0]) if named.categories else "misc",
        "lang": named.language or blog.language or "en",
        "author": slugified(named.author or ""),
    }
    moment = named.moment
    missing = False

    def word(found: re.Match[str]) -> str:
        nonlocal missing
        if found[1] == "date" and moment is not None:
            dated = _dated(moment)
            return _PERCENT.sub(lambda mark: dated.get(_DIRECTIVES.get(mark[1], ""), ""), found[2] or "%Y-%m-%d")
        missing = missing or found[1] not in words
        return words.get(found[1], "")

    path = _BRACE.sub(word, blog.patterns["page" if place.kind == "page" else "article"])
    return None if missing else path


def _filled(pattern: str, words: Mapping[str, str], moment: dt.datetime | None) -> str | None:
    known = {**({} if moment is None else _dated(moment)), **words}
    missing = False

    def word(found: re.Match[str]) -> str:
        nonlocal missing
        name = found[1]
        while name and name not in known:  # ":title_" ends where a word that is known ends
            name = name[:-1]
        missing = missing or not name
        return known.get(name, "") + found[1][len(name) :]

    path = _COLON.sub(word, pattern)
    return None if missing else path


def _dated(moment: dt.datetime) -> dict[str, str]:
    month, day = _MONTHS[moment.month - 1], _DAYS[moment.weekday()]
    year, week, weekday = moment.isocalendar()
    yearday = moment.timetuple().tm_yday
    return {
        "year": f"{moment.year:04d}",
        "short_year": f"{moment.year % 100:02d}",
        "month": f"{moment.month:02d}",
        "i_month": str(moment.month),
        "monthname": month.lower(),
        "long_month": month,
        "short_month": month[:3],
        "day": f"{moment.day:02d}",
        "i_day": str(moment.day),
        "weekday": str((moment.weekday() + 1) % 7),
        "weekdayname": day.lower(),
        "long_day": day,
        "short_day": day[:3],
        "w_day": str(weekday),
        "w_year": f"{year:04d}",
        "week": f"{week:02d}",
        "yearday": str(yearday),
        "y_day": f"{yearday:03d}",
        "hour": f"{moment.hour:02d}",
        "minute": f"{moment.minute:02d}",
        "second": f"{moment.second:02d}",
    }


def _first(blog: Blog) -> str:
    return str(blog.config.get("defaultcontentlanguage") or "en").lower()
