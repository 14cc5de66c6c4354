"""What came back of the records that an export was made from, found again one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from feedkeep.ids import made_id
from feedkeep.selection import PRIVATE, Selection
from feedkeep.workflows.field_counts import FieldCounts
from feedkeep.workflows.pairing import (
    Keys,
    Pool,
    by_keys,
    comment_keys,
    media_keys,
    person_keys,
    post_keys,
    term_keys,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from feedkeep.archive import SiteArchive
    from feedkeep.models import Comment, Person, Post, Snapshot, Term
    from feedkeep.workflows.field_counts import Count

_R = TypeVar("_R", bound=msgspec.Struct)


class RoundTrip:
    """The records of the site called ``name`` beside those of the archive that its export was read into.

    A record is known again by its id, then by its address, then by what a reader would know it by (see
    :mod:`feedkeep.workflows.pairing`). An id that refers to another record counts as survived where it refers to what
    that record has become. Posts are read one at a time; only comments that came back without any post are held
    together, and of posts whose ids and addresses did not come what tells them apart.
    """

    def __init__(self, before: Snapshot, again: SiteArchive | None, name: str) -> None:
        self._name = name
        self._before = before
        self._again = again
        everything = Selection(include=frozenset(PRIVATE))
        self._after: Snapshot | None = None if again is None else again.snapshot(everything, gate=False)
        self._base = before.site.url or before.site.id
        people = {} if self._after is None else {person.id: person for person in self._after.people()}
        self._counts = FieldCounts(people)
        self._lone: Pool[Comment] | None = None
        self._came: dict[str, str] | None = None  # id of a post → the id under which it came back

    def compared(self) -> dict[str, Count]:
        """Compare everything; gives the counts by ``Model`` and ``Model.field``."""
        after = self._after
        site = None if after is None or self._again is None else after.site
        unsaid = self._again is not None and site is not None and site.id == made_id("site", self._again.name)
        if self._before.site.id != made_id("site", self._name):  # else no source ever spoke of the blog itself
            self._counts.compare(self._before.site, None if unsaid else site)
        named = _named(self._before)
        came = ({}, {}) if after is None else _named(after)
        people = {} if after is None else by_keys(after.people(), person_keys)
        terms = {} if after is None else by_keys(after.terms(), term_keys)
        media = {} if after is None else by_keys(after.media(), media_keys)
        self._listed(self._before.people(), {**came[0], **people}, person_keys, named[0], "Snapshot.people")
        self._listed(self._before.terms(), {**came[1], **terms}, term_keys, named[1], "Snapshot.terms")
        self._listed(self._before.media(), media, media_keys)
        for post in self._before.posts():
            self._thread(post)
        return dict(sorted(self._counts.found.items()))

    def _thread(self, post: Post) -> None:
        came = self._post(post.id)
        self._counts.compare(post, came, {post.parent: self._id_of(post.parent)} if post.parent else {})
        comments = list(self._before.comments(post.id))
        if not comments:
            return
        if came is None:
            backs = self._alone().paired(comments, by_place=False)
        else:
            backs = Pool(self._of(came.id), comment_keys).paired(comments)
        pairs = list(zip(comments, backs, strict=True))
        ids: dict[str | None, str | None] = {a.id: b.id for a, b in pairs if b is not None}
        for comment, back in pairs:
            if came is not None:
                ids[comment.post] = came.id
            elif back is not None:
                ids[comment.post] = back.post  # the thread that a comment server has for it
            self._counts.compare(comment, back, ids)

    def _post(self, post_id: str) -> Post | None:
        if self._after is None:
            return None
        if self._came is None:
            self._came = self._paired()
        came = self._came.get(post_id)
        return None if came is None else self._after.post(came)

    def _paired(self) -> dict[str, str]:
        """Say as what each post came back: by its ids, by its address, by what a reader knows it by, by its place."""
        assert self._again is not None  # noqa: S101 — who calls has looked
        assert self._after is not None  # noqa: S101 — likewise
        found: dict[str, str] = {}
        missing = []
        there = {post_id for post_id, _ in self._after.digests()}
        for post in self._before.posts(bodiless=True):
            names = [self._again.id_in_force(name) for name in (post.id, *post.aliases)]
            if post.url:
                names.append(self._again.id_of_address(post.url, self._base) or "")
            came = next((name for name in names if name in there), None)
            if came is None:
                missing.append(post.id)
            else:
                found[post.id] = came
        if missing:
            taken = set(found.values())
            left = Pool((_known(one) for one in self._after.posts() if one.id not in taken), _Known.told)
            wanted = [_known(held) for one in missing if (held := self._before.post(one)) is not None]
            for one, back in zip(wanted, left.paired(wanted), strict=True):
                if back is not None:
                    found[one.id] = back.id
        return found

    def _id_of(self, post_id: str | None) -> str | None:
        came = self._post(post_id or "")
        return post_id if came is None else came.id

    def _of(self, post_id: str) -> Iterator[Comment]:
        return iter(()) if self._after is None else self._after.comments(post_id)

    def _alone(self) -> Pool[Comment]:
        if self._lone is None:
            orphans = () if self._again is None else (c for _, shown in self._again.orphans() for c in shown.comments)
            self._lone = Pool(orphans, comment_keys)
        return self._lone

    def _listed(
        self,
        before: Iterable[_R],
        after: Mapping[object, _R],
        keys: Callable[[_R], Iterator[object]],
        named: Mapping[object, _R] | None = None,
        unnamed: str = "",
    ) -> None:
        """Compare the records of a list; one that no post has ``named`` and that did not come is ``unnamed``."""
        for record in before:
            back = _found(after, keys(record))
            if back is None and named is not None and _found(named, keys(record)) is None:
                self._counts.lost(unnamed)
            else:
                self._counts.compare(record, back)


class _Known(msgspec.Struct, frozen=True):
    """What a post is known by, without its body."""

    id: str
    keys: Keys

    def told(self) -> Keys:
        """Give the keys."""
        return self.keys


def _known(post: Post) -> _Known:
    return _Known(post.id, post_keys(post))


def _named(snapshot: Snapshot) -> tuple[dict[object, Person], dict[object, Term]]:
    """Give the people and terms that posts name."""
    people: dict[object, Person] = {}
    terms: dict[object, Term] = {}
    for post in snapshot.posts():
        by_keys((*post.authors, *post.contributors), person_keys, people)
        by_keys(post.terms, term_keys, terms)
    return people, terms


def _found(held: Mapping[object, _R], keys: Iterator[object]) -> _R | None:
    return next((held[key] for key in keys if key in held), None)
