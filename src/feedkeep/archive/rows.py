"""What the index says of a conversation."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING

from feedkeep.archive import layout
from feedkeep.archive.identity import hashed, keys
from feedkeep.archive.index_tables import Entry
from feedkeep.models import Comment, Media, Post, Rating, Tombstone
from feedkeep.selection import Summary

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.archive.clusters import Group
    from feedkeep.archive.conversation import Conversation
    from feedkeep.archive.versions import Version

_APPROVED = (None, "approved")


def digest_of(data: bytes) -> str:
    """Give the digest by which a file's content is known to the index and to exports."""
    return sha256(data).hexdigest()[:20]


@cache
def place_number(place: tuple[str, str, str]) -> int:
    """Give the number by which :func:`exact_of` knows a place."""
    return hashed("\0".join(place))


def exact_of(version: Version, place: int) -> int:
    """Give a number for one version from one place, never 0."""
    return (int.from_bytes(version.exact[:8], "little", signed=True) ^ place) or 1


def new_key_rows(group: Group, number: int, place: int | None) -> list[tuple[int, int, int]]:
    """Give what :func:`key_rows` gives of a group that nothing else is known of.

    ``place`` is where all of it was read; None where a record is there twice, so that no version is the only one.
    """
    exact = dict.fromkeys(group.keys, 0)
    if place is not None:
        for first, version in zip(group.firsts, group.versions, strict=True):
            exact[first] = exact_of(version, place)
    return [(key, number, one) for key, one in exact.items()]


def key_rows(conversation: Conversation, number: int) -> list[tuple[int, int, int]]:
    """Give (hash, number, exact) for every key that any version of the conversation claims."""
    rows: dict[int, int] = {}
    for slot in conversation.slots.values():
        single = len(slot) == 1 and len(slot[0].origins) == 1
        for version in slot:
            record = version.record
            if not isinstance(record, (Post, Media, Comment, Tombstone)):
                continue
            first, *others = keys(record).all()
            exact = exact_of(version, place_number(next(iter(version.origins)).place)) if single else 0
            h = hashed(first)
            rows[h] = exact or rows.get(h, 0)
            for key in others:
                rows.setdefault(hashed(key), 0)
    return [(h, number, exact) for h, exact in rows.items()]


def entry_of(conversation: Conversation, number: int, data: bytes, size: int, mtime: int) -> Entry:
    """Give the row of a conversation; its path is not decided yet."""
    root = conversation.root
    comments = [record for record in conversation.records.values() if type(record) is Comment]
    base, name = layout.base(conversation), root.id if root is not None else min(conversation.records, default="")
    return row_of(root, comments, conversation.tombstones, base, name, number, data, size, mtime)


def row_of(
    root: Post | Media | None,
    comments: list[Comment],
    tombstones: list[Tombstone],
    base: str,
    name: str,
    number: int,
    data: bytes,
    size: int,
    mtime: int,
) -> Entry:
    """Give the row of a file from its parts."""
    digest = digest_of(data)
    entry = Entry(
        number=number,
        base=base,
        name=name,
        root="" if root is None else "post" if type(root) is Post else "media",
        digest=digest,
        comments=len(comments),
        size=size,
        mtime=mtime,
    )
    if root is not None:
        when = root.published or root.updated
        entry.published = when.timestamp() if when else None
    if isinstance(root, Post):
        last = max([c.published for c in comments if c.published], default=None)
        entry.last_comment = last.timestamp() if last else (entry.published or 0.0) if comments else None
        entry.summary = _summary(root, comments, tombstones, digest, last)
    return entry


def _summary(
    post: Post, comments: list[Comment], tombstones: list[Tombstone], digest: str, last: dt.datetime | None
) -> Summary:
    tags, categories = _terms(post)
    ratings = [_from_zero_to_five(review.rating) for review in post.reviews if review.rating is not None]
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
        tags=tags,
        categories=categories,
        authors=_people(post),
        rating=max(ratings, default=None),
        reviews=len(post.reviews),
        comments=len(comments),
        waiting=len([1 for comment in comments if comment.status not in _APPROVED]),
        claimed=post.comment_count,
        last_comment=last,
        deleted=post.deleted is not None or (bool(tombstones) and _is_deleted(post, tombstones)),
    )


def _is_deleted(post: Post, tombstones: list[Tombstone]) -> bool:
    changed = post.updated or post.published
    return any(t.id in {post.id, *post.aliases} and (changed is None or t.when >= changed) for t in tombstones)


def _people(post: Post) -> tuple[str, ...]:
    names = [person.name.casefold() for person in post.authors if person.name]
    return (*names, *[person.id.casefold() for person in post.authors if person.id])


def _terms(post: Post) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give names and slugs of tags, and of all else. A feed does not tell the two apart: its terms count as both."""
    tags: list[str] = []
    others: list[str] = []
    for term in post.terms:
        names = [name.casefold() for name in (term.name, term.slug) if name]
        if term.taxonomy == "post_tag":
            tags += names
        else:
            others += names
            if term.taxonomy == "category" and term.slug is None:
                tags += names
    return tuple(tags), tuple(others)


def _from_zero_to_five(rating: Rating) -> float:
    # whatever the worst is: four stars of five are four to the person who asks for --min-rating 4
    return 5 * rating.value / rating.best if rating.best > 0 else 0.0
