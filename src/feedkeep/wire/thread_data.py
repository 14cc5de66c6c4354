"""A post's conversation as data for templates: one flat list in reading order, and as :mod:`static_comments` reads it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content import links, render
from feedkeep.content.clean import is_harmless, sanitise
from feedkeep.models import Person
from feedkeep.wire.front_fields import stamp
from feedkeep.wire.kept_fields import KEY, kept
from feedkeep.wire.tree_plan import short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from feedkeep.models import Comment, Post

_NATIVE = ("id", "post", "parent", "published", "content", "status", "kind", "author")
LEVELS = 6  # to which a page moves replies in; those below stand under one another
_ANCHOR = re.compile(r"[A-Za-z][\w-]{0,60}", re.ASCII)


def entries(post: Post, comments: Iterable[Comment], now: Callable[[str], str]) -> list[dict[str, Any]]:
    """Give the comments of a post, every answer after what it answers; ``shown`` is what templates look at."""
    held = list(comments)
    anchors = anchored(held)
    return [_entry(one, post, depth, anchors, answered, now) for one, depth, answered in in_order(held)]


def in_order(held: list[Comment]) -> Iterator[tuple[Comment, int, Comment | None]]:
    """Yield each comment once, with its depth and what it answers, every answer after what it answers."""
    known = {one.id: one for one in held}
    answers: dict[str | None, list[Comment]] = {}
    for one in held:
        answers.setdefault(one.parent if one.parent in known and one.parent != one.id else None, []).append(one)
    seen: set[str] = set()
    for start in (*answers.get(None, ()), *held):  # after all others those that answer one another in a circle
        waiting = [(start, 0)]
        while waiting:
            one, depth = waiting.pop()
            if one.id in seen:
                continue
            seen.add(one.id)
            yield one, depth, known.get(one.parent or "")
            waiting += [(answer, depth + 1) for answer in reversed(answers.get(one.id, ()))]


def _entry(
    one: Comment, post: Post, depth: int, anchors: dict[str, str], answered: Comment | None, now: Callable[[str], str]
) -> dict[str, Any]:
    author = one.author or Person()
    message = None
    if one.content is not None:
        content = one.content
        if content.base is None and post.url is not None:
            content = msgspec.structs.replace(content, base=post.url)
        message = links.rewritten(sanitise(render.html(content)), now)
    linked = (
        author.url if author.url and author.url.startswith(("http:", "https:")) and is_harmless(author.url) else None
    )
    visible = one.status in (None, "approved")
    told = {
        "_id": one.id,
        "post_id": post.id,
        "parent_id": one.parent,
        "name": author.name,
        "url": author.url,
        "avatar": author.avatar,
        "date": stamp(one.published),
        "message": message,
        "form": "html",
        "status": one.status,
        "type": one.kind if one.kind != "comment" else None,
        "shown": {
            "anchor": anchors[one.id],
            "level": min(depth, LEVELS),
            "name": (author.name or "Somebody") if visible else None,
            "url": linked if visible else None,
            "day": one.published.date().isoformat() if one.published is not None else None,
            "title": one.title if visible else None,
            "html": message if visible else None,
            "to": None if answered is None else anchors[answered.id],
            "to_name": None if answered is None else _name(answered),
        },
    }
    rest = kept(one, _NATIVE)
    if one.parent is not None and answered is None:
        rest["parent"] = one.parent
    if one.author is not None and one.author != Person(name=author.name, url=author.url, avatar=author.avatar):
        rest["author"] = kept(one.author)
    return {name: value for name, value in told.items() if value is not None} | {KEY: rest}


def _name(one: Comment) -> str:
    visible = one.status in (None, "approved") and one.author is not None
    return (one.author.name if visible and one.author else None) or "a comment"


def anchored(held: list[Comment]) -> dict[str, str]:
    """Name the place of each comment on the page: as its own address does, where it does."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for one in held:
        named = (one.url or "").rpartition("#")[2] or one.id.rpartition("#")[2]
        anchor = named if _ANCHOR.fullmatch(named) and named not in taken else f"comment-{short(one.id)}"
        while anchor in taken:
            anchor = f"comment-{short(anchor)}"
        taken.add(anchor)
        found[one.id] = anchor
    return found
