"""One site as exporters see it: selected posts, read one conversation at a time."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from feedkeep.errors import UsageError
from feedkeep.models import Replies
from feedkeep.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.archive.river import River
    from feedkeep.archive.shown import Shown
    from feedkeep.archive.site import SiteArchive
    from feedkeep.models import Comment, Media, Person, Post, Site, StoredFile, Term
    from feedkeep.selection import Summary

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def _without_body(post: Post) -> Post:
    return msgspec.structs.replace(post, content=None, summary=None)


class ArchiveSnapshot:
    """Satisfies :class:`feedkeep.models.Snapshot` for one site, or several as one, and one selection."""

    def __init__(self, site: SiteArchive | River, selection: Selection, *, gate: bool) -> None:
        self._site = site
        self._selection = selection
        self._gate = gate
        self._last: tuple[str, Shown] | None = None
        self._newest: set[str] | None = None
        self._orders: dict[bool, list[str]] = {}  # the files of the posts, oldest first or not
        self._in_force: dict[str, str] = {}  # ids that media call their posts by → the posts' ids

    @cached_property
    def site(self) -> Site:
        """The blog."""
        return self._site.site()

    def people(self) -> Iterator[Person]:
        """The blog's own authors, by id."""
        return iter(self._site.people())

    def terms(self) -> Iterator[Term]:
        """The blog's terms, by taxonomy, parents before children, then slug."""
        return iter(self._site.terms())

    def count(self) -> int:
        """How many posts there are."""
        return sum(1 for _ in self._summaries())

    def posts(self, *, oldest_first: bool = False, offset: int = 0, bodiless: bool = False) -> Iterator[Post]:
        """Posts, newest first unless asked otherwise; undated ones count as oldest."""
        for path in self._paths(oldest_first=oldest_first, offset=offset):
            post = self._shown(path).post
            if post is not None:
                yield _without_body(post) if bodiless else post

    def _paths(self, *, oldest_first: bool, offset: int) -> Iterable[str]:
        if not offset:
            return (summary.path for summary in self._summaries(oldest_first=oldest_first))
        if oldest_first not in self._orders:  # whoever begins in the middle will do so again
            self._orders[oldest_first] = [summary.path for summary in self._summaries(oldest_first=oldest_first)]
        return islice(self._orders[oldest_first], offset, None)

    def post(self, post_id: str, *, bodiless: bool = False) -> Post | None:
        """A post by its id, or by another that its source stated; None where it is not among those selected."""
        path = self._path_of(post_id)
        found = None if path is None else self._shown(path).post
        return _without_body(found) if found is not None and bodiless else found

    def comments(self, post_id: str) -> Iterator[Comment]:
        """The comments of a post, oldest first."""
        last = self._last
        if last is None or last[1].post is None or last[1].post.id != post_id:
            path = self._path_of(post_id)
            if path is None:
                return iter(())
            return iter(self._shown(path).comments)
        return iter(last[1].comments)

    def replies(self, post_id: str) -> Replies:
        """How many comments a post has, and when the newest was published."""
        moments = [comment.published for comment in self.comments(post_id)]
        return Replies(len(moments), max(filter(None, moments), default=None))

    def _path_of(self, post_id: str) -> str | None:
        path = self._site.path_of_id(post_id)
        summary = None if path is None else self._site.summary(path)
        return path if summary is not None and self._admits(summary) else None

    def recent_comments(self, limit: int) -> Iterator[tuple[Post, Comment]]:
        """The newest comments of all posts, newest first."""
        newest: list[tuple[dt.datetime, str, Post, Comment]] = []
        for last, summary in self._site.by_last_comment():
            if len(newest) >= limit and last < newest[-1][0].timestamp():
                break
            if not self._admits(summary):
                continue
            found = self._shown(summary.path)
            if found.post is not None:
                day = found.post.published or _NEVER  # a saved page gives its comments no dates
                newest += [(c.published or day, c.id, found.post, c) for c in found.comments]
                newest.sort(key=lambda row: row[:2], reverse=True)
                del newest[limit:]
        return ((post, comment) for _, _, post, comment in newest)

    def digests(self, *, oldest_first: bool = False) -> Iterator[tuple[str, str]]:
        """(id, digest) of each post, from the index."""
        for summary in self._summaries(oldest_first=oldest_first):
            yield summary.id, summary.digest

    def threads(self) -> Iterator[tuple[str, str, int]]:
        """(id, digest, number of comments) of each post that has any to show, newest post first."""
        for summary in self._summaries():
            count = summary.comments
            if self._gate and summary.waiting:  # which of them are let out, only the file says
                found = self._shown(summary.path).comments
                count = sum(self._selection.comment_may_leave(comment.status) for comment in found)
            if count:
                yield summary.id, summary.digest, count

    def media(self) -> Iterator[Media]:
        """Media, oldest first."""
        for path in self._site.media_paths():
            found = self._shown(path).media
            if found is None:
                continue
            if found.post is not None:  # exports name it by a number of their own
                if found.post not in self._in_force:
                    self._in_force[found.post] = self._site.id_in_force(found.post)
                found = msgspec.structs.replace(found, post=self._in_force[found.post])
            yield found

    def following(self) -> Iterator[Site]:
        """The feeds that the archive follows."""
        return iter(self._site.following())

    def open_media(self, media: Media) -> BinaryIO | None:
        """Open the bytes of a media file, or None where the archive does not hold them."""
        return self._site.open_media(media)

    def files(self) -> Iterator[StoredFile]:
        """The archive's own files. Raises UsageError where only a part of them is selected."""
        if msgspec.structs.replace(self._selection, include=frozenset()) != Selection():
            raise UsageError(
                "a copy of the archive's files is whole, or it is none: leave out what selects posts; --site chooses blogs"
            )
        return self._site.stored()

    def _shown(self, path: str) -> Shown:
        if self._last is None or self._last[0] != path:
            self._last = path, self._site.conversation(path)
        return self._last[1]

    def _summaries(self, *, oldest_first: bool = False) -> Iterator[Summary]:
        limit = self._selection.limit
        if limit is not None and oldest_first:
            newest = list(self._site.summaries(self._selection, gate=self._gate))
            return reversed(newest)
        return self._site.summaries(self._selection, gate=self._gate, oldest_first=oldest_first)

    def _admits(self, summary: Summary) -> bool:
        if self._selection.limit is not None:
            if self._newest is None:
                self._newest = {s.id for s in self._summaries()}
            return summary.id in self._newest
        return self._selection.admits(summary, gate=self._gate)
