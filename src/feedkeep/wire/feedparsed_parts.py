"""What feedparser's dictionaries say of an entry or a feed, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.models import Content, Enclosure, Link, Person, Term
from feedkeep.wire.feed_texts import is_cut, whole
from feedkeep.wire.people import person, united

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOUND_ELSEWHERE = frozenset({None, "alternate", "enclosure", "self", "replies"})


def bodies(entry: Any) -> tuple[Content | None, Content | None]:  # noqa: ANN401
    """Give the body and the summary."""
    held = [body for body in entry.get("content", ()) if (body.get("value") or "").strip()]
    short = said(entry, "summary")
    detail = entry.get("summary_detail") or {}
    if not held:
        return (None if short is None else _content(short, detail.get("type"))), None
    body = _content(held[0]["value"], held[0].get("type"))
    return body, None if short is None or short == body.value.strip() else _content(short, detail.get("type"))


def people(held: Any) -> tuple[Person, ...]:  # noqa: ANN401
    """Give those who are named as authors."""
    found = [
        Person(name=said(author, "name"), email=said(author, "email"), url=said(author, "href"))
        for author in held.get("authors", ())
    ]
    # it takes addresses apart by a rule that long top-level domains break; the text is still whole
    author = said(held, "author")
    broken = author is not None and "@" in author and len(found) <= 1 and not (found and found[0].url)
    if author is not None and (broken or all(one == Person() for one in found)):
        found = [person(author)]
    return united([one for one in found if one != Person()])


def terms(held: Any) -> tuple[Term, ...]:  # noqa: ANN401
    """Give categories and subjects, each once."""
    found: list[Term] = []
    for tag in held.get("tags", ()):
        term, label = said(tag, "term"), said(tag, "label")
        made = Term(name=label or term, slug=term if label else None, scheme=said(tag, "scheme"))
        if made.name and made not in found:
            found.append(made)
    return tuple(found)


def links(held: Any, rel: str) -> Iterator[str]:  # noqa: ANN401
    """Yield the addresses of the links of one relation, each once."""
    hrefs = (said(link, "href") for link in held.get("links", ()) if link.get("rel") == rel)
    return (href for href in dict.fromkeys(hrefs) if href)


def other_links(entry: Any) -> Iterator[Link]:  # noqa: ANN401
    """Yield the links that no field is for."""
    for link in entry.get("links", ()):
        href = said(link, "href")
        if href and link.get("rel") not in _FOUND_ELSEWHERE:
            yield Link(href=href, rel=said(link, "rel"), type=said(link, "type"), title=said(link, "title"))


def enclosures(entry: Any) -> Iterator[Enclosure]:  # noqa: ANN401
    """Yield the enclosures."""
    for link in entry.get("links", ()):
        href = said(link, "href")
        if href and link.get("rel") == "enclosure":
            yield Enclosure(url=href, type=said(link, "type"), length=whole(said(link, "length")) or None)


def said(held: Any, key: str) -> str | None:  # noqa: ANN401
    """Give a text that says something."""
    # asking for "updated" where there is none gives the date of publication; "in" tells the truth
    value = held.get(key) if key in held else None
    return str(value).strip() or None if value is not None else None


def _content(value: str, kind: str | None) -> Content:
    if kind == "text/plain" and "<" not in value:
        return Content(value=value, form="text")
    return Content(value=value, truncated=is_cut(value))
