"""What all views share: everything passes through one function for each kind of record."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import msgspec

from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Media, Person, Post, Replies, Site, Snapshot, StoredFile, Term

_S = TypeVar("_S", bound=msgspec.Struct)


class View:
    """Satisfies :class:`feedkeep.models.Snapshot`; a view overrides what it changes."""

    tag = ""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.count = snapshot.count
        self.following = snapshot.following

    def files(self) -> Iterator[StoredFile]:
        """The archive's own files; there are none for whoever may not see all of them as they lie."""
        raise UsageError(
            "what is redacted, cleaned or mended is no copy of the archive's files: leave out --repair-text"
        )

    def view_site(self, site: Site) -> Site:
        """Change the blog."""
        return site

    def view_person(self, person: Person) -> Person:
        """Change a person."""
        return person

    def view_term(self, term: Term) -> Term:
        """Change a term."""
        return term

    def view_post(self, post: Post) -> Post:
        """Change a post."""
        return post

    def view_comment(self, comment: Comment) -> Comment:
        """Change a comment."""
        return comment

    def view_medium(self, media: Media) -> Media:
        """Change a media file."""
        return media

    @cached_property
    def site(self) -> Site:
        """The blog."""
        return self.view_site(self.snapshot.site)

    def people(self) -> Iterator[Person]:
        """The blog's own authors."""
        return map(self.view_person, self.snapshot.people())

    def terms(self) -> Iterator[Term]:
        """The blog's terms."""
        return map(self.view_term, self.snapshot.terms())

    def posts(self, *, oldest_first: bool = False, offset: int = 0, bodiless: bool = False) -> Iterator[Post]:
        """Posts and pages."""
        return map(self.view_post, self.snapshot.posts(oldest_first=oldest_first, offset=offset, bodiless=bodiless))

    def post(self, post_id: str, *, bodiless: bool = False) -> Post | None:
        """A post or page."""
        post = self.snapshot.post(post_id, bodiless=bodiless)
        return None if post is None else self.view_post(post)

    def comments(self, post_id: str) -> Iterator[Comment]:
        """The comments of a post."""
        return map(self.view_comment, self.snapshot.comments(post_id))

    def replies(self, post_id: str) -> Replies:
        """What there is to say of them."""
        return self.snapshot.replies(post_id)

    def recent_comments(self, limit: int) -> Iterator[tuple[Post, Comment]]:
        """The newest comments of the site."""
        return ((self.view_post(post), self.view_comment(one)) for post, one in self.snapshot.recent_comments(limit))

    def digests(self, *, oldest_first: bool = False) -> Iterator[tuple[str, str]]:
        """Digests that tell what the view does, too."""
        for post_id, digest in self.snapshot.digests(oldest_first=oldest_first):
            yield post_id, f"{digest} {self.tag}"

    def threads(self) -> Iterator[tuple[str, str, int]]:
        """Posts that have comments; the number is of those held, not of those shown."""
        for post_id, digest, count in self.snapshot.threads():
            yield post_id, f"{digest} {self.tag}", count

    def media(self) -> Iterator[Media]:
        """Media."""
        return map(self.view_medium, self.snapshot.media())

    def open_media(self, media: Media) -> BinaryIO | None:
        """The bytes of a media file."""
        return self.snapshot.open_media(media)


def changed(record: _S, **fields: Any) -> _S:  # noqa: ANN401 — fields of any type
    """Give the record with ``fields`` changed; the record itself where they say nothing new."""
    new = {name: value for name, value in fields.items() if getattr(record, name) != value}
    return msgspec.structs.replace(record, **new) if new else record
