"""Saved pages against what the parsed pages beside them state: every field of every entry and review."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import golden
from feedkeep.content.text import plain
from feedkeep.models import Post
from feedkeep.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUPS = {"h-entry", "h-review", "hentry", "hreview", "h-feed", "hfeed", "hnews"}
# What is read otherwise than stated, and why: (page, which entry of it, field).
MEANT = {
    ("microformats-v1/hfeed/simple", 0, "terms"): "the tags of a page with one post are taken for the post's",
    ("microformats-v1/hreview/vcard", 0, "published"): "the day of a review is no property of the parsed page",
    ("microformats-v2/h-entry/urlincontent", 0, "links"): "the page does not say where it is from",
}
_LINK = re.compile(r"(?:href|src)=\"([^\"]*)\"")


def entries(items: list[Any], authors: list[Any]) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Every entry and review with the authors of the feed around it."""
    for item in items:
        told = item["properties"]
        if {"h-entry", "h-review"} & set(item["type"]):
            yield told, authors
        else:
            yield from entries([*told.get("entry", []), *item.get("children", [])], told.get("author", authors))


def first(told: dict[str, Any], *names: str) -> Any:
    return next((value for name in names for value in told.get(name, ())), None)


def value(one: Any) -> str | None:
    found = one.get("value") if isinstance(one, dict) else one
    return " ".join(found.split()) if found else None


def moment(text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    found = dt.datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def links(html: str, base: str | None) -> list[str]:
    return [urljoin(base or "", href) for href in _LINK.findall(html)]


def stated(told: dict[str, Any], authors: list[Any]) -> dict[str, Any]:
    """What a parsed entry says, by our names."""
    body = first(told, "content", "description")
    html = body["html"] if isinstance(body, dict) else body or ""
    item = first(told, "item")
    held = item["properties"] if isinstance(item, dict) else {}
    updated = moment(first(told, "updated"))
    published = moment(first(told, "published", "reviewed"))
    title = value(first(told, "name"))
    return {
        "title": None if title == value(body) else title,  # a name that repeats the text is no title
        "url": value(first(told, "url")),
        "authors": [
            (value(first(who["properties"], "name")), value(first(who["properties"], "url")))
            if isinstance(who, dict)
            else (value(who), None)
            for who in told.get("author", told.get("reviewer", authors))
        ],
        "published": published or updated,  # hAtom: an entry without the one was published at the other
        "updated": updated if published else None,
        "words": " ".join(plain(html).split()),
        "links": links(html, None),
        "summary": value(first(told, "summary")),
        "terms": [value(one) for one in told.get("category", ())],
        "image": value(first(told, "photo")),
        "rating": float(told["rating"][0]) if "rating" in told else None,
        "item": None if item is None else tuple(value(first(held, name)) for name in ("name", "url", "photo")),
        "answers": [value(one) for name in ("in-reply-to", "like-of") for one in told.get(name, ())],
    }


def read(post: Post) -> dict[str, Any]:
    """The same of what was read."""
    html = post.content.value if post.content else ""
    review = next(iter(post.reviews), None)
    return {
        "title": post.title,
        "url": post.url,
        "authors": [(who.name, who.url) for who in post.authors],
        "published": post.published,
        "updated": post.updated,
        "words": " ".join(plain(html).split()),
        "links": links(html, post.content.base if post.content else None),
        "summary": post.summary.value if post.summary else None,
        "terms": [term.name for term in post.terms],
        "image": post.image,
        "rating": review.rating.value if review and review.rating else None,
        "item": (review.item.name, review.item.url, review.item.image) if review else None,
        "answers": [link.href for link in post.links],
    }


def test_every_entry_and_review_is_read_as_the_parsed_pages_state(corpus: Path) -> None:
    compared = 0
    found: dict[tuple[str, int, str], tuple[Any, Any]] = {}
    for path in sorted((corpus / "html").rglob("*.json")):
        if path.parent.name not in GROUPS:
            continue
        wanted = list(entries(json.loads(path.read_bytes())["items"], []))
        records, _, error = golden.read(Source.from_path(path.with_suffix(".html")), "page")
        assert error is None, path.name
        posts = [record for record in records if isinstance(record, Post)]
        assert len(posts) == len(wanted), path.name
        for number, (post, (told, authors)) in enumerate(zip(posts, wanted, strict=True)):
            said, got = stated(told, authors), read(post)
            compared += len(said)
            name = f"{path.parent.parent.name}/{path.parent.name}/{path.stem}"
            found |= {(name, number, key): (said[key], got[key]) for key in said if said[key] != got[key]}
    assert compared > 300
    assert {key: both for key, both in found.items() if key not in MEANT} == {}
    assert found.keys() == MEANT.keys()
