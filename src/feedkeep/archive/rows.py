"""What the index says of a conversation."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from feedkeep.archive import layout
from feedkeep.archive.identity import hashed, keys
from feedkeep.archive.index import Entry
from feedkeep.models import Comment, Media, Post, Tombstone
from feedkeep.selection import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.archive.conversation import Conversation

_APPROVED = (None, "approved")


def digest_of(data: bytes) -> str:
    """Give the digest by which a file's content is known to the index and to exports."""
    return blake2b(data, digest_size=10).hexdigest()


def key_rows(conversation: Conversation, number: int) -> list[tuple[int, int, int]]:
    """Give (hash, number, exact) for every key that any version of the conversation claims."""
    from feedkeep.archive.transaction import exact_of  # noqa: PLC0415 — they need each other

    rows: dict[int, int] = {}
    for slot in conversation.slots.values():
        single = len(slot) == 1 and len(slot[0].origins) == 1
        for version in slot:
            record = version.record
            if not isinstance(record, (Post, Media, Comment, Tombstone)):
                continue
            first, *others = keys(record).all()
            exact = exact_of(version, next(iter(version.origins)).place) if single else 0
            h = hashed(first)
            rows[h] = exact or rows.get(h, 0)
            for key in others:
                rows.setdefault(hashed(key), 0)
    return [(h, number, exact) for h, exact in rows.items()]


def entry_of(conversation: Conversation, number: int, data: bytes, size: int, mtime: int) -> Entry:
    """Give the row of a conversation; its path is not decided yet."""
    root = conversation.root
    digest = digest_of(data)
    entry = Entry(
        number=number,
        base=layout.base(conversation),
        name=root.id if root is not None else min(conversation.records, default=""),
        root="post" if isinstance(root, Post) else "media" if root is not None else "",
        digest=digest,
        comments=sum(isinstance(record, Comment) for record in conversation.records.values()),
        size=size,
        mtime=mtime,
    )
    if root is not None:
        when = root.published or root.updated
        entry.published = when.timestamp() if when else None
    if isinstance(root, Post):
        comments = [record for record in conversation.records.values() if isinstance(record, Comment)]
        entry.last_comment = max((c.published.timestamp() for c in comments if c.published), default=None)
        entry.summary = _summary(root, comments, conversation.tombstones, digest)
    return entry


def _summary(post: Post, comments: list[Comment], tombstones: list[Tombstone], digest: str) -> Summary:
    ids = {post.id, *post.aliases}
    ratings = [
        5 * (review.rating.value - review.rating.worst) / (review.rating.best - review.rating.worst)
        for review in post.reviews
        if review.rating is not None and review.rating.best != review.rating.worst
    ]
    changed = post.updated or post.published
    buried = any(t.id in ids and (changed is None or t.when >= changed) for t in tombstones)
    return Summary(
        id=post.id,
        path="",
        digest=digest,
        kind=post.kind,
        status=post.status,
        protected=post.password is not None,
        title=post.title,
        slug=post.slug or layout.file_slug(post),
        url=post.url,
        published=post.published or post.updated,
        updated=post.updated,
        tags=_terms(post, tags=True),
        categories=_terms(post, tags=False),
        authors=_names(person.name for person in post.authors) + _names(person.id for person in post.authors),
        rating=max(ratings, default=None),
        reviews=len(post.reviews),
        comments=len(comments),
        waiting=sum(comment.status not in _APPROVED for comment in comments),
        claimed=post.comment_count,
        last_comment=max((c.published for c in comments if c.published), default=None),
        deleted=buried or post.deleted is not None,
    )


def _names(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names if name)


def _terms(post: Post, *, tags: bool) -> tuple[str, ...]:
    """Give names and slugs of tags, or of all else. A feed does not tell the two apart: its terms count as both."""
    names: list[str | None] = []
    for term in post.terms:
        untold = term.taxonomy == "category" and term.slug is None
        if untold or (term.taxonomy == "post_tag") == tags:
            names += [term.name, term.slug]
    return _names(names)
