"""JSON Feed 1 and 1.1: what an item is made of, field by field. ``name`` is the key of what goes to ``extra``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.content import review as reviewing
from feedkeep.models import Content, Enclosure, Person, Review
from feedkeep.wire.feed_texts import is_cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.wire.loose import Loose

_TAG = re.compile(r"</[a-zA-Z][a-zA-Z0-9]*>|<(?:br|img|hr)\b[^<>]*>")


def content(item: Loose) -> Content | None:
    """Read the body. Where it is told twice, the plain words are left to ``extra``."""
    markup = item.text("content_html")
    if markup is not None:
        return Content(value=markup, truncated=is_cut(markup))
    words = item.text("content_text")
    return None if words is None else Content(value=words, form="text", truncated=is_cut(words))


def summary(item: Loose, own: Loose) -> Content | None:
    """Read the summary: plain words, says the specification; markup, write some."""
    words, markup = item.text("summary"), own.text("summary_html")
    said = markup or words
    if said is None:
        return None
    return Content(value=said, form="html" if markup or _TAG.search(said) else "text", truncated=is_cut(said))


def people(held: Loose, name: str) -> tuple[Person, ...]:
    """Read authors; version 1 names one, and feeds for readers of both versions name him twice."""
    many = [_person(person, name) for person in held.many("authors")]
    if not many or held.repeats("author", "authors"):
        one = held.one("author")
        if not many and one is not None:
            many = [_person(one, name)]
    return tuple(person for person in many if person != Person())


def attachments(item: Loose, name: str) -> Iterator[Enclosure]:
    """Yield the attachments that have an address."""
    for held in item.many("attachments"):
        url = held.required("url")
        if url is not None:
            yield Enclosure(
                url=url,
                type=held.text("mime_type"),
                title=held.text("title"),
                length=held.whole("size_in_bytes"),
                duration=held.number("duration_in_seconds"),
                extra=kept(held, name),
            )


def reviews(own: Loose) -> tuple[Review, ...]:
    """Read the reviews that our own feeds carry, in schema.org's words."""
    found = (reviewing.from_json_ld(held) for held in own.objects("reviews"))
    return tuple(review for review in found if review is not None)


def kept(held: Loose, name: str) -> dict[str, Any]:
    """Give what no field holds, as ``extra`` has it."""
    rest = held.rest()
    return {name: rest} if rest else {}


def _person(held: Loose, name: str) -> Person:
    return Person(name=held.text("name"), url=held.text("url"), avatar=held.text("avatar"), extra=kept(held, name))
