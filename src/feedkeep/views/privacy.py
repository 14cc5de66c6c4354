"""The privacy gate for what is in a record; which posts leave at all, the selection has decided before."""

from __future__ import annotations

import hashlib
from collections import deque
from typing import TYPE_CHECKING, Any

from feedkeep.models import Comment, Person, Replies
from feedkeep.patterns import pattern
from feedkeep.selection import COMMENT_GATE, POST_GATE
from feedkeep.views.view import View, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Media, Post, Site, Snapshot, Term
    from feedkeep.selection import Private

_RECIPE = "2"  # raise it when the same records come out differently

# Documents that were public when they were read. What other formats keep in ``extra`` (an export's post, comment and
# user meta) was never meant for the public, and no public format has a place for it.
_PUBLIC_FORMATS = frozenset({"atom", "bar", "jsonfeed", "loosefeed", "rdf", "rss"})
_NOBODY = Person()  # what is left of one who was known by an e-mail address alone
_EMAIL = pattern(r"(?:mailto:)?[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_BESIDE_NAME = pattern(rf"\s*[<(\[]{_EMAIL.pattern}[>)\]]|^{_EMAIL.pattern}\s*(?=\(.+\)$)")  # "Ann <ann@a.example>"


class Redacted(View):
    """See :func:`feedkeep.views.redacted`."""

    def __init__(self, snapshot: Snapshot, include: frozenset[Private]) -> None:
        super().__init__(snapshot)
        self._include = include
        # a post names its authors; their addresses stand with the blog's people
        people = snapshot.people() if "email" in include else ()
        self._addresses = {person.id: person.email for person in people if person.id and person.email}
        told = hashlib.sha256(repr(sorted(self._addresses.items())).encode("utf-8", "replace")).hexdigest()[:8]
        self.tag = f"redacted:{_RECIPE}:{','.join(sorted(include))}{':' + told if self._addresses else ''}"

    def _may_leave(self, matter: Private | None) -> bool:
        return matter is None or matter in self._include

    def comments(self, post_id: str) -> Iterator[Comment]:
        """The comments that may leave, and tombstones of those that hold a thread together."""
        held = list(self.snapshot.comments(post_id))
        kept, answered = self._parted(held)
        return (
            self.view_comment(one) if one.id in kept else _tombstone(one)
            for one in held
            if one.id in kept or one.id in answered
        )

    def replies(self, post_id: str) -> Replies:
        """What there is to say of those."""
        held = list(self.snapshot.comments(post_id))
        kept, answered = self._parted(held)
        moments = [one.published for one in held if one.id in kept or one.id in answered]
        return Replies(len(moments), max(filter(None, moments), default=None))

    def _parted(self, held: list[Comment]) -> tuple[set[str], set[str]]:
        """Tell which comments may leave, and which they answer."""
        kept = {one.id for one in held if self._may_leave(COMMENT_GATE[one.status or "approved"])}
        answered: set[str] = set()
        if len(kept) == len(held):
            return kept, answered
        parents = {one.id: one.parent for one in held}
        for one in kept:
            parent = parents[one]
            while parent is not None and parent in parents and parent not in answered:
                answered.add(parent)
                parent = parents[parent]
        return kept, answered

    def recent_comments(self, limit: int) -> Iterator[tuple[Post, Comment]]:
        """The newest comments that may leave."""
        asked = limit
        while True:
            newest = list(self.snapshot.recent_comments(asked))
            kept = [pair for pair in newest if self._may_leave(COMMENT_GATE[pair[1].status or "approved"])]
            if len(kept) >= limit or len(newest) < asked:
                return ((self.view_post(post), self.view_comment(comment)) for post, comment in kept[:limit])
            asked *= 4

    def media(self) -> Iterator[Media]:
        """The media that may leave."""
        shown = {post_id for post_id, _ in self.snapshot.digests()}
        for media in self.snapshot.media():
            if self._may_leave(POST_GATE[media.status or "published"]) and (media.post is None or media.post in shown):
                yield self.view_medium(media)

    def view_site(self, site: Site) -> Site:
        """Redact the blog."""
        return changed(
            site,
            authors=self._people(site.authors),
            terms=tuple(map(self.view_term, site.terms)),
            extra=self._extra(site.extra),
        )

    def view_person(self, person: Person) -> Person:
        """Redact a person."""
        told = f"{person.id}{person.name}{person.url}"
        if not (person.extra or person.email or self._addresses or "@" in told or "mailto:" in told.lower()):
            return person  # as most people of a blog are
        changes: dict[str, Any] = {"extra": self._extra(person.extra)}
        if "email" not in self._include:
            changes["email"] = None
            changes["name"] = _name(person.name)
            if person.id is not None and _EMAIL.fullmatch(person.id.strip()):
                changes["id"] = None  # a login; public formats show it where there is no name
            if person.url is not None and person.url.lower().startswith("mailto:"):
                changes["url"] = None
        elif person.email is None and person.id in self._addresses:
            changes["email"] = self._addresses[person.id]
        return changed(person, **changes)

    def people(self) -> Iterator[Person]:
        """The blog's authors, but for those of whom nothing may be told."""
        return (person for person in map(self.view_person, self.snapshot.people()) if person != _NOBODY)

    def _people(self, people: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(seen for person in people if (seen := self._person(person)) is not None)

    def _person(self, person: Person | None) -> Person | None:
        seen = None if person is None else self.view_person(person)
        return None if seen == _NOBODY else seen

    def view_term(self, term: Term) -> Term:
        """Redact a term."""
        return term if not term.extra else changed(term, extra=self._extra(term.extra))

    def view_post(self, post: Post) -> Post:
        """Redact a post."""
        return changed(
            post,
            authors=self._people(post.authors),
            contributors=self._people(post.contributors),
            terms=tuple(map(self.view_term, post.terms)),
            password=post.password if "protected" in self._include else None,
            enclosures=tuple(changed(one, extra=self._extra(one.extra)) for one in post.enclosures),
            reviews=tuple(changed(one, extra=self._extra(one.extra)) for one in post.reviews),
            extra=self._extra(post.extra),
        )

    def view_comment(self, comment: Comment) -> Comment:
        """Redact a comment."""
        return changed(
            comment,
            author=self._person(comment.author),
            ip=comment.ip if "ip" in self._include else None,
            extra=self._extra(comment.extra),
        )

    def view_medium(self, media: Media) -> Media:
        """Redact a media file."""
        return changed(
            media,
            author=self._person(media.author),
            extra=self._extra(media.extra),
        )

    def _extra(self, extra: dict[str, Any]) -> dict[str, Any]:
        if not extra:
            return extra
        kept = {name: value for name, value in extra.items() if name in _PUBLIC_FORMATS}
        if "email" in self._include:
            return kept
        return {name: _without_emails(value) for name, value in kept.items()}


def _name(name: str | None) -> str | None:
    if name is None or "@" not in name:
        return name
    return None if _EMAIL.fullmatch(name.strip()) else _BESIDE_NAME.sub("", name)


def _tombstone(comment: Comment) -> Comment:
    return Comment(
        id=comment.id,
        permalink=comment.permalink,
        post=comment.post,
        post_url=comment.post_url,
        parent=comment.parent,
        published=comment.published,
        status="deleted",
        kind=comment.kind,
        order=comment.order,
        deleted=comment.deleted,
    )


def _without_emails(value: Any) -> Any:  # noqa: ANN401 — JSON of any shape
    """Take e-mail addresses out of every text within; without recursion, since elements may nest deeply."""
    holder: list[Any] = [value]
    waiting: deque[Any] = deque([holder])
    while waiting:
        at = waiting.popleft()
        for key, one in list(at.items() if isinstance(at, dict) else enumerate(at)):
            if isinstance(one, str):
                at[key] = _EMAIL.sub("", one) if "@" in one else one
            elif isinstance(one, dict):
                at[key] = dict(one)
                waiting.append(at[key])
            elif isinstance(one, (list, tuple)):
                at[key] = list(one)
                waiting.append(at[key])
    return holder[0]
