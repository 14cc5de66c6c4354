"""Reviews marked up by class names: hReview (microformats.org/wiki/hreview) and h-review (…/wiki/h-review)."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.content.schema_org import number
from feedkeep.content.tags import shallow
from feedkeep.models import Item, Rating, Review
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKED = pattern(r"\bh-?review\b", re.IGNORECASE)
_LENGTH = 300  # characters of a name; more is a paragraph that was marked by mistake
_KINDS = {"business": "place", "website": "website", "product": "product", "event": "event", "place": "place"}


def reviews(page: str) -> tuple[Review, ...]:
    """Find the reviews that are marked up in ``page``; those that do not name what they are about are none."""
    if "review" not in page.lower() or not _MARKED.search(page):  # the first is quick, and mostly enough
        return ()
    from lxml import html  # noqa: PLC0415 — loaded only where there is something to read

    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    data = shallow(page).replace("\x00", "").encode("utf-8", "replace")
    try:
        root = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, AssertionError, ValueError):
        return ()
    found = (_review(element) for element in root.iter() if {"hreview", "h-review"} & _classes(element))
    return tuple(review for review in found if review is not None)


def _review(element: Any) -> Review | None:  # noqa: ANN401 — lxml's element type is private
    new = "h-review" in _classes(element)
    item = _item(element, new=new)
    if item is None:
        return None
    watched = _one(element, ("dt-watched",))
    said = _one(element, ("p-summary", "summary"))
    return Review(
        item=item,
        rating=_rating(element),
        watched=_day(_value(watched)) if watched is not None else None,
        summary=_value(said) or None if said is not None else None,
    )


def _item(element: Any, *, new: bool) -> Item | None:  # noqa: ANN401
    about = _one(element, ("p-item", "item"))
    named = _one(about if about is not None else element, ("p-name",) if new and about is not None else ("fn",))
    if named is None:
        named = about
    name = _value(named) if named is not None else ""
    if not name or len(name) > _LENGTH:
        return None
    scope = about if about is not None else named
    link = _one(scope, ("u-url", "url")) if scope is not None else None
    url = next((a.get("href") for a in (link, named, scope) if a is not None and a.get("href")), None)
    picture = _one(scope, ("u-photo", "photo")) if scope is not None else None
    kind = _one(element, ("type",))
    return Item(
        name=name,
        kind=_KINDS.get(_value(kind).lower()) if kind is not None else None,
        url=url,
        image=picture.get("src") if picture is not None else None,
    )


def _rating(element: Any) -> Rating | None:  # noqa: ANN401
    holder = _one(element, ("p-rating", "rating"))
    if holder is None:
        return None
    inner = _one(holder, ("value", "p-rating"))
    said = _value(inner if inner is not None else holder)
    value, best, worst = number(said), None, None
    for scope in (holder, element):
        high, low = _one(scope, ("p-best", "best")), _one(scope, ("p-worst", "worst"))
        best = best if best is not None or high is None else number(_value(high))
        worst = worst if worst is not None or low is None else number(_value(low))
    if value is None and "★" in said:
        value = said.count("★") + 0.5 * ("½" in said)
    scale = re.search(r"(?:/|out of|of)\s*(\d+)", said)
    if best is None and scale is not None:
        best = float(scale[1])
    if value is None:
        return None
    # Without a word on it the scale is 1.0 to 5.0, says hReview.
    return Rating(value=value, best=5.0 if best is None else best, worst=1.0 if worst is None else worst)


def _classes(element: Any) -> set[str]:  # noqa: ANN401
    return set((element.get("class") or "").split()) if isinstance(element.tag, str) else set()


def _within(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """Walk what is within, but not into another review."""
    inner = element.iterdescendants()
    skip: set[Any] = set()
    for one in inner:
        if one.getparent() in skip or {"hreview", "h-review"} & _classes(one):
            skip.add(one)
            continue
        yield one


def _one(element: Any, names: Iterable[str]) -> Any | None:  # noqa: ANN401
    wanted = set(names)
    return next((one for one in _within(element) if wanted & _classes(one)), None)


def _value(element: Any) -> str:  # noqa: ANN401
    """Read a property: what is there for machines (the value-class and abbr patterns), else the words."""
    machine = element.get("value") if element.tag == "data" else None
    machine = machine or (element.get("datetime") if element.tag == "time" else None)
    machine = machine or (element.get("title") if element.tag in {"abbr", "span"} else None)
    machine = machine or (element.get("alt") if element.tag == "img" else None)
    words = machine or "".join(element.itertext())
    return " ".join(words.split())


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None
