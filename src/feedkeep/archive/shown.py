"""A conversation as it is shown: deletions applied, answers hung where they belong."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from feedkeep.models import Comment, Media, Post
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from feedkeep.models import Tombstone

_ANCHOR = pattern(r"#comment-?\d{1,18}$")
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation as it is shown: deletions applied, every reference by the id in force."""

    post: Post | None
    media: Media | None
    comments: tuple[Comment, ...]


def shown(root: Post | Media | None, held: Sequence[Comment], tombstones: Iterable[Tombstone] = ()) -> Shown:
    """Apply tombstones, and let comments refer to their post and parents by the ids in force."""
    buried = {stone.id: stone for stone in tombstones}
    if isinstance(root, Post):
        stone = next((buried[i] for i in (root.id, *root.aliases) if i in buried), None)
        if stone is not None and stone.when >= (root.updated or root.published or _NEVER):
            root = msgspec.structs.replace(root, deleted=stone.when)
    in_force = {i: comment.id for comment in held for i in (comment.id, *comment.aliases)}
    roots = {root.id, *root.aliases} if root is not None else set()
    anchors: dict[str, str] | None = None  # what a blog calls its comments, whatever the ids of this source
    comments = []
    for comment in held:
        if comment.parent is None and not buried and root is not None and comment.post == root.id:
            comments.append(comment)
            continue
        changes: dict[str, object] = {}
        parent = in_force.get(comment.parent, comment.parent) if comment.parent is not None else None
        if parent is not None and parent not in in_force and parent not in roots:
            if anchors is None:
                anchors = _by_anchor(held)
            parent = anchors.get(_anchor(parent), parent)
        if parent in roots or parent == comment.id:
            parent = None
        if parent != comment.parent:
            changes["parent"] = parent
        if root is not None and comment.post != root.id:
            changes["post"] = root.id
        stone = next((buried[i] for i in (comment.id, *comment.aliases) if i in buried), None)
        if stone is not None and stone.when >= (comment.updated or comment.published or _NEVER):
            changes.update(deleted=stone.when, status="deleted")
        comments.append(msgspec.structs.replace(comment, **changes) if changes else comment)
    return Shown(
        post=root if isinstance(root, Post) else None,
        media=root if isinstance(root, Media) else None,
        comments=tuple(_unlooped(comments)),
    )


def _by_anchor(comments: Iterable[Comment]) -> dict[str, str]:
    """Give the ids of comments by the last part of their addresses, where that is theirs alone."""
    found: dict[str, str | None] = {}
    for comment in comments:
        for mark in {_anchor(text) for text in (comment.id, *comment.aliases, comment.url or "")}:
            found[mark] = comment.id if found.get(mark, comment.id) == comment.id else None
    return {mark: known for mark, known in found.items() if mark and known is not None}


def _anchor(text: str) -> str:
    found = _ANCHOR.search(text)
    return found[0] if found is not None else ""


def _unlooped(comments: list[Comment]) -> Iterable[Comment]:
    """Cut threads that bite their own tail, which a hostile or damaged source can hold."""
    parents = {comment.id: comment.parent for comment in comments}
    looped: set[str] = set()
    settled: set[str] = set()
    for comment in comments:
        trail: dict[str, None] = {}
        at: str | None = comment.id
        while at is not None and at in parents and at not in settled and at not in trail:
            trail[at] = None
            at = parents[at]
        if at is not None and at in trail:
            way = list(trail)
            looped.update(way[way.index(at) :])
        settled.update(trail)
    for comment in comments:
        yield msgspec.structs.replace(comment, parent=None) if comment.id in looped else comment
