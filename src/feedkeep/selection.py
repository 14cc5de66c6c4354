"""Which posts leave the archive, and which private matter may: asked of a summary, before a post is read."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import Literal, get_args

import msgspec

from feedkeep.models import CommentStatus, PostStatus  # noqa: TC001 — likewise

# What the privacy gate keeps back from public formats until it is named.
Private = Literal[
    "draft",  # drafts, and posts awaiting an editor
    "scheduled",  # posts whose day has not come
    "private",  # posts for the blog's own people
    "protected",  # posts behind a password
    "trashed",  # posts, comments in the bin
    "deleted",  # posts and comments known to be deleted
    "unapproved",  # comments that no moderator let through
    "spam",  # comments marked as spam
    "email",  # e-mail addresses of authors and commenters
    "ip",  # IP addresses of commenters
]
PRIVATE: tuple[Private, ...] = get_args(Private)

POST_GATE: dict[PostStatus, Private | None] = {
    "published": None,
    "draft": "draft",
    "pending": "draft",
    "scheduled": "scheduled",
    "private": "private",
    "trashed": "trashed",
    "deleted": "deleted",
}
COMMENT_GATE: dict[CommentStatus, Private | None] = {
    "approved": None,
    "pending": "unapproved",
    "spam": "spam",
    "trashed": "trashed",
    "deleted": "deleted",
}


class Summary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the index knows of one post: enough to list, sort and select without opening its file."""

    id: str
    path: str  # of its file, relative to the site's folder, with "/"
    digest: str  # changes whenever the file does
    kind: str = "post"
    status: PostStatus | None = None
    protected: bool = False  # has a password
    title: str | None = None
    slug: str | None = None
    url: str | None = None
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    tags: tuple[str, ...] = ()  # names and slugs, case-folded
    categories: tuple[str, ...] = ()  # names and slugs of all other taxonomies, case-folded
    authors: tuple[str, ...] = ()  # names and ids, case-folded
    rating: float | None = None  # of its best-rated review, on a scale from 0 to 5
    reviews: int = 0
    comments: int = 0  # held, of any status
    waiting: int = 0  # of them, not approved
    claimed: int | None = None  # comments that its source claims
    last_comment: dt.datetime | None = None
    deleted: bool = False


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What ``--tag``, ``--since`` and their like ask for.

    Values of one option are alternatives; different options must all hold. Names compare without case.
    """

    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: dt.datetime | None = None  # published at this moment or later
    until: dt.datetime | None = None  # published before this moment
    reviews: bool = False  # only posts that hold a review
    min_rating: float | None = None  # on a scale from 0 to 5
    limit: int | None = None  # the newest so many
    include: frozenset[Private] = frozenset()
    as_of: dt.datetime | None = None  # the archive as it was at this moment; whoever opens the site sees to it

    def admits(self, summary: Summary, *, gate: bool = True) -> bool:
        """Tell whether the post is asked for and, where ``gate`` is shut, may leave."""
        if gate and not self.may_leave(summary):
            return False
        if self.kinds and summary.kind not in self.kinds:
            return False
        if not (_any(self.tags, summary.tags) and _any(self.categories, summary.categories)):
            return False
        if not _any(self.authors, summary.authors):
            return False
        if self.reviews and not summary.reviews:
            return False
        if self.min_rating is not None and (summary.rating is None or summary.rating < self.min_rating):
            return False
        if self.since is not None and (summary.published is None or summary.published < self.since):
            return False
        return self.until is None or (summary.published is not None and summary.published < self.until)

    def may_leave(self, summary: Summary) -> bool:
        """The privacy gate for a post: each private matter about it must have been named."""
        return self.withheld(summary) is None

    def withheld(self, summary: Summary) -> Private | None:
        """Name the private matter for which the gate keeps a post back; None where it may leave."""
        matter = POST_GATE[summary.status or "published"]
        if matter is not None and matter not in self.include:
            return matter
        if summary.deleted and "deleted" not in self.include:
            return "deleted"
        return "protected" if summary.protected and "protected" not in self.include else None

    def comment_may_leave(self, status: CommentStatus | None) -> bool:
        """The privacy gate for a comment."""
        matter = COMMENT_GATE[status or "approved"]
        return matter is None or matter in self.include


def _any(wanted: tuple[str, ...], held: tuple[str, ...]) -> bool:
    return not wanted or any(name.casefold() in held for name in wanted)
