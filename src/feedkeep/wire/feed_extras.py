"""Elements of feeds that no field of a format is for: reviews, what a comment answers, what an importer kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feedkeep.content import review
from feedkeep.wire import namespaces as ns
from feedkeep.wire.feedgen_fixed import Extra
from feedkeep.wire.xml import legal, writable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Comment, Post

_STARS = f"{{{ns.MEDIA}}}starRating"


def reviews(post: Post, name: str) -> Iterator[Extra]:
    """Give what says to machines what a post reviews: schema.org's words whole, Media RSS's stars for everybody else."""
    for item in post.reviews:
        yield Extra(f"{{{ns.FEEDKEEP}}}review", json.dumps(review.to_json_ld(item), ensure_ascii=True))
    rated = [item.rating for item in post.reviews if item.rating is not None]
    if rated and not any(extra.name == _STARS for extra in kept(post.extra, name)):
        told = {"average": rated[0].value, "count": 1, "min": rated[0].worst, "max": rated[0].best}
        yield Extra(_STARS, None, {key: f"{value:g}" for key, value in told.items()})


def in_reply_to(comment: Comment, post: Post | None) -> Iterator[Extra]:
    """Say what a comment answers (RFC 4685 section 3): the comment, if it is a reply, then the post, with its address."""
    for reference in dict.fromkeys(ref for ref in (comment.parent, comment.post) if ref is not None):
        told = {"ref": legal(reference)}
        address = legal(comment.post_url or (post.url if post is not None else None) or "")
        if reference == comment.post and address:
            told["href"] = address
        yield Extra(f"{{{ns.THR}}}in-reply-to", None, told)


def kept(extra: dict[str, Any], name: str, part: str = "elements") -> list[Extra]:
    """Give back the elements that a format's own importer had no field for."""
    held = extra.get(name)
    elements = held.get(part) if isinstance(held, dict) else None
    return _elements(elements) if isinstance(elements, list) else []


def kept_attributes(extra: dict[str, Any], name: str) -> dict[str, str]:
    """Give back the attributes of an enclosure that a format's own importer had no field for."""
    held = extra.get(name)
    told = held.get("attributes") if isinstance(held, dict) else None
    return _attributes(told) if isinstance(told, dict) else {}


def _attributes(told: dict[str, str]) -> dict[str, str]:
    return {written: legal(value) for key, value in told.items() if (written := writable(key)) is not None}


def _is_element(item: object) -> bool:
    return isinstance(item, (list, tuple)) and len(item) == 5 and isinstance(item[0], str) and item[0] != "&"


def _elements(items: Iterable[Any]) -> list[Extra]:
    return [made for item in items if _is_element(item) and (made := _element(*item)) is not None]


def _element(
    name: str, attributes: dict[str, str], text: str | None, children: list[Any], tail: str | None
) -> Extra | None:
    written = writable(name)
    if written is None:
        return None
    made = Extra(written, legal(text or "") or None, _attributes(attributes), tuple(_elements(children)))
    made.tail = legal(tail or "") or None
    return made
