"""What a feed's item reviews: our own element, Letterboxd's, Goodreads', RVW's, Media RSS stars."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from feedkeep.content import review as reviewing
from feedkeep.models import Content, Item, Review
from feedkeep.wire import dates
from feedkeep.wire import namespaces as ns
from feedkeep.wire import review_services as services
from feedkeep.wire.elements import within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.wire.elements import Fields

_PREFIXES = ("letterboxd:", "tmdb:", "rvw:", "media:")
# Goodreads puts its own elements among RSS's, without a namespace.
_GOODREADS = frozenset(
    [
        "book_id",
        "user_rating",
        "user_read_at",
        "author_name",
        "isbn",
        "isbn13",
        "book_published",
        "book_large_image_url",
        "user_shelves",
    ]
)


def ours(got: Fields) -> tuple[Review, ...]:
    """Take the elements in which our own feeds carry reviews: schema.org Review as JSON-LD. Damaged ones stay."""
    found, damaged = [], []
    for element in got.all("fk:review"):
        try:
            said = json.loads(element.text or "")
        except (ValueError, RecursionError):
            said = None
        made = reviewing.from_json_ld(said) if isinstance(said, dict) else None
        if made is None:
            damaged.append(element)
        else:
            found.append(made)
    got.put_back("fk:review", *damaged)
    return tuple(found)


def without_block(content: Content | None) -> Content | None:
    """Take off the block that our own feeds put on top of a body, to show the review."""
    if content is None:
        return None
    rest = reviewing.strip_html(content.value)
    if rest == content.value:
        return content
    return msgspec.structs.replace(content, value=rest) if rest else None


class Said(NamedTuple):
    """What an item's elements of other vocabularies say about it."""

    reviews: tuple[Review, ...] = ()
    alias: str | None = None  # an id that the service's export gives it as well
    shelves: tuple[str, ...] = ()


_NOTHING = Said()


def described(elements: Iterable[Any], title: str | None) -> Said:
    """Give the review that an item's elements of other vocabularies describe; ``title`` is the item's."""
    said: dict[str, str] = {}
    for element in elements:
        _note(element, said)
    if not said:
        return _NOTHING
    alias: str | None = None
    shelves: tuple[str, ...] = ()
    if said.get("letterboxd:filmtitle"):
        alias = services.film_alias(
            said["letterboxd:filmtitle"], said.get("letterboxd:filmyear"), said.get("letterboxd:watcheddate")
        )
    elif said.get("book_id") and "user_rating" in said:
        alias, shelves = services.book_alias(said["book_id"]), tuple(services.shelves(said.get("user_shelves")))
    return Said(_reviews(said, title), alias, shelves)


def _reviews(said: dict[str, str], title: str | None) -> tuple[Review, ...]:
    if said.get("letterboxd:filmtitle"):
        return (_letterboxd(said, title),)
    if said.get("book_id") and "user_rating" in said:
        return (_goodreads(said, title),)
    if "rvw:rating" in said:
        return _rvw(said, title)
    if "average" in said and title and said.get("count") in {None, "0", "1"}:
        # more votes than one are the public's, not the author's
        best, worst = services.number(said.get("max")) or 5.0, services.number(said.get("min")) or 0.0
        rating = services.rated(said["average"], best=best, worst=worst)
        return () if rating is None else (Review(item=Item(name=title), rating=rating),)
    return ()


def _note(element: Any, said: dict[str, str]) -> None:  # noqa: ANN401 — lxml's element type is private
    tag: str = element.tag
    text = (element.text or "").strip()
    if tag[0] != "{":
        if tag in _GOODREADS and text:
            said[tag] = text
        return
    space, _, bare = tag[1:].rpartition("}")
    prefix = ns.PREFIXES.get(ns.folded(space))
    if prefix not in _PREFIXES:
        return
    bare = bare.lower()
    if prefix == "media:":
        for name, part in (*within(element), (bare, element)):
            if name == "starrating":
                said.update(
                    {key: value for key, value in part.attrib.items() if key in {"average", "count", "min", "max"}}
                )
        return
    said[prefix + bare] = text
    if prefix == "rvw:":
        for name, part in within(element):
            said.setdefault(prefix + name, (part.text or "").strip())


def _letterboxd(said: dict[str, str], title: str | None) -> Review:
    ids = {}
    if said.get("tmdb:movieid"):
        ids["tmdb"] = said["tmdb:movieid"]
    if said.get("tmdb:tvid"):
        ids["tmdb:tv"] = said["tmdb:tvid"]
    return services.film_review(
        said["letterboxd:filmtitle"],
        year=said.get("letterboxd:filmyear"),
        rating=said.get("letterboxd:memberrating"),
        watched=said.get("letterboxd:watcheddate"),
        rewatch=said.get("letterboxd:rewatch"),
        spoiler=services.warned(title),
        ids=ids,
    )


def _goodreads(said: dict[str, str], title: str | None) -> Review:
    read = dates.parse(said["user_read_at"]) if "user_read_at" in said else None
    return services.book_review(
        said["book_id"],
        title=title,
        rating=said["user_rating"],
        read=None if read is None else read[0].date(),
        year=said.get("book_published"),
        authors=(said["author_name"],) if said.get("author_name") else (),
        ids={name: said[name] for name in ("isbn", "isbn13") if said.get(name)},
        image=said.get("book_large_image_url"),
    )


def _rvw(said: dict[str, str], title: str | None) -> tuple[Review, ...]:
    rating = services.rated(said.get("rvw:rating"), best=100.0, worst=0.0)  # RVW 0.2 rates in percent
    name = said.get("rvw:title") or said.get("rvw:name") or (title if rating is not None else None)
    if not name:
        return ()
    return (Review(item=Item(name=name, url=said.get("rvw:link") or None), rating=rating),)
