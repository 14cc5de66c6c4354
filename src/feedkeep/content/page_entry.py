"""A post as a page states it, in whichever way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.content.page_comments import PageComment  # noqa: TC001 — msgspec reads the annotations
from feedkeep.content.page_tree import link, said
from feedkeep.models import Review  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedkeep.content.page_tree import Found


class Entry(msgspec.Struct, kw_only=True):
    """What one way to say it gives of a post."""

    url: str | None = None
    title: str | None = None
    html: str | None = None
    summary: str | None = None
    authors: list[tuple[str | None, str | None]] = []  # name, address
    published: str | None = None
    updated: str | None = None
    categories: list[str] = []
    reviews: list[Review] = []
    image: str | None = None
    claimed: int | None = None
    comments: list[PageComment] = []  # each with its answers after it
    links: list[tuple[str, str]] = []  # what it answers, likes or repeats: relation, address
    reactions: dict[str, int] = {}  # likes and reposts: how many of each


def united(entry: Entry | None, stated: Entry | None, told: Mapping[str, str], found: Found) -> Entry:
    """Fill what one way to say it leaves out from the next: microformats, linked data, the head, what is shown."""
    entry, stated = entry or Entry(), stated or Entry()
    shown = found.first("entry-title", "post-title", "wp-block-post-title", "<h1")
    head = found.first("<title")
    dated = found.first("entry-date", "published", "wp-block-post-date", "<time")
    named = found.first("author", "byline") if not told.get("author") else None
    author = said(named) if named is not None else told.get("author", "")
    return Entry(
        title=entry.title
        or said(shown)
        or stated.title
        or told.get("og:title")
        or ((head.text or "").strip() if head is not None else None),
        summary=entry.summary or stated.summary,
        authors=entry.authors
        or stated.authors
        or (
            [(re.sub(r"^by\s+", "", author, flags=re.IGNORECASE), link(named))] if author and len(author) < 100 else []
        ),
        published=entry.published
        or stated.published
        or told.get("article:published_time")
        or (dated.get("datetime") or said(dated) if dated is not None else None),
        updated=entry.updated or stated.updated or told.get("article:modified_time"),
        categories=entry.categories,
        reviews=entry.reviews,
        image=entry.image or told.get("og:image") or stated.image,
        claimed=stated.claimed,
        links=entry.links,
    )
