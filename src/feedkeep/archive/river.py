"""Several sites as one: what a merged feed is made from, each post with the name of the blog that it comes from."""

from __future__ import annotations

import heapq
from functools import cached_property
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from feedkeep.archive.slots import person_key, term_key
from feedkeep.archive.snapshot import ArchiveSnapshot
from feedkeep.archive.versions import encode
from feedkeep.ids import made_id
from feedkeep.models import FeedSource, Person, Site, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedkeep.archive.shown import Shown
    from feedkeep.archive.site import SiteArchive
    from feedkeep.models import Media, StoredFile
    from feedkeep.selection import Selection, Summary

_NAMED = 3  # blogs in the title


class River:
    """Satisfies what :class:`feedkeep.archive.snapshot.ArchiveSnapshot` asks of a site, for several of them.

    A post that several sites hold under one id is that of the first of them. Files are called by their site's
    name, "/" and their path there.
    """

    def __init__(self, sites: Sequence[SiteArchive]) -> None:
        self._sites = {site.name: site for site in sites}
        self.name = listed([site.name for site in sites])

    @property
    def younger(self) -> int:
        """Posts and comments of which only a later text is known; see :mod:`feedkeep.archive.past`."""
        return sum(site.younger for site in self._sites.values())

    def snapshot(self, selection: Selection, *, gate: bool) -> ArchiveSnapshot:
        """See the sites as an exporter does; with ``gate``, only posts that may leave."""
        return ArchiveSnapshot(self, selection, gate=gate)

    def close(self) -> None:
        """Close the sites."""
        for site in self._sites.values():
            site.close()

    def site(self) -> Site:
        """A blog of blogs: it has no address, and stays itself whatever they are called."""
        blogs = list(self._blogs.values())
        languages = {blog.language for blog in blogs}
        return Site(
            id=made_id("river", *sorted(blog.id for blog in blogs)),
            title=listed([blog.title or blog.url or name for name, blog in self._blogs.items()]),
            language=languages.pop() if len(languages) == 1 else None,
        )

    @cached_property
    def _blogs(self) -> dict[str, Site]:
        return {name: site.site() for name, site in self._sites.items()}

    @cached_property
    def _sources(self) -> dict[str, FeedSource]:
        # without `updated`: a new post would change every document that an older one is in
        return {
            name: FeedSource(id=blog.id, title=blog.title, url=blog.url, feed_url=next(iter(blog.feed_urls), None))
            for name, blog in self._blogs.items()
        }

    @cached_property
    def _marks(self) -> dict[str, str]:
        return {name: sha256(encode(source)).hexdigest()[:8] for name, source in self._sources.items()}

    def people(self) -> tuple[Person, ...]:
        """The authors of all, each once."""
        return tuple({person_key(person): person for site in self._sites.values() for person in site.people()}.values())

    def terms(self) -> tuple[Term, ...]:
        """The terms of all, each once."""
        return tuple({term_key(term): term for site in self._sites.values() for term in site.terms()}.values())

    def summaries(
        self, selection: Selection | None = None, *, gate: bool = False, oldest_first: bool = False
    ) -> Iterator[Summary]:
        """Yield the posts of all that a selection admits, by date."""
        each = None if selection is None else msgspec.structs.replace(selection, limit=None)
        found = heapq.merge(
            *(self._of(name, site.summaries(each, gate=gate, oldest_first=oldest_first)) for name, site in self._pairs),
            key=_place,
            reverse=not oldest_first,
        )
        return found if selection is None or selection.limit is None else islice(found, selection.limit)

    @property
    def _pairs(self) -> list[tuple[str, SiteArchive]]:
        return list(self._sites.items())

    def _of(self, name: str, summaries: Iterator[Summary]) -> Iterator[Summary]:
        return (self._named(name, one) for one in summaries if (name, one.id) not in self._again)

    def _named(self, name: str, summary: Summary) -> Summary:
        digest = f"{summary.digest} {self._marks[name]}"  # which says what is made of it, too
        return msgspec.structs.replace(summary, path=f"{name}/{summary.path}", digest=digest)

    @cached_property
    def _again(self) -> set[tuple[str, str]]:
        """The posts that an earlier site has already."""
        seen: set[str] = set()
        again: set[tuple[str, str]] = set()
        for name, site in self._sites.items():
            own = {summary.id for summary in site.summaries()}
            again.update((name, post_id) for post_id in own & seen)
            seen |= own
        return again

    def summary(self, path: str) -> Summary | None:
        """Give the post of a file; None where it holds none."""
        name, _, inside = path.partition("/")
        found = self._sites[name].summary(inside)
        return None if found is None else self._named(name, found)

    def by_last_comment(self) -> Iterator[tuple[float, Summary]]:
        """Yield (seconds since 1970 of the newest comment, post), newest first."""
        return heapq.merge(
            *(self._commented(name, site) for name, site in self._pairs), key=lambda row: row[0], reverse=True
        )

    def _commented(self, name: str, site: SiteArchive) -> Iterator[tuple[float, Summary]]:
        for last, summary in site.by_last_comment():
            if (name, summary.id) not in self._again:
                yield last, self._named(name, summary)

    def conversation(self, path: str) -> Shown:
        """Read a conversation as it is shown; a post that names no source gets the blog that it is from."""
        name, _, inside = path.partition("/")
        found = self._sites[name].conversation(inside)
        if found.post is None or found.post.source is not None:
            return found
        return msgspec.structs.replace(found, post=msgspec.structs.replace(found.post, source=self._sources[name]))

    def media_paths(self) -> Iterator[str]:
        """Yield the files of media records, site by site."""
        return (f"{name}/{path}" for name, site in self._sites.items() for path in site.media_paths())

    def path_of_id(self, post_id: str) -> str | None:
        """Find the file of a post or media by any id that it is known by."""
        for name, site in self._sites.items():
            path = site.path_of_id(post_id)
            if path is not None:
                return f"{name}/{path}"
        return None

    def id_in_force(self, post_id: str) -> str:
        """Give the id that a post has now, by any that it is known by; the same where there is no such post."""
        path = self.path_of_id(post_id)
        summary = None if path is None else self.summary(path)
        return post_id if summary is None else summary.id

    def following(self) -> tuple[Site, ...]:
        """Give the feeds that the archive follows."""
        return next(iter(self._sites.values())).following()

    def open_media(self, media: Media) -> BinaryIO | None:
        """Open the bytes of a media file, or None where no site holds them."""
        return next(filter(None, (site.open_media(media) for site in self._sites.values())), None)

    def stored(self) -> Iterator[StoredFile]:
        """Give the files of all sites as they lie, for a copy of them."""
        first, *others = self._sites.values()
        return first.stored(others)


def listed(names: Sequence[str]) -> str:
    """Name several blogs in one line, the first of them by name."""
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMED])} and {more} more"


def _place(summary: Summary) -> tuple[float, str]:
    """Where the index has a post: undated ones count as oldest, ties go by id."""
    return summary.published.timestamp() if summary.published is not None else float("-inf"), summary.id
