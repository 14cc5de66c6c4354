"""A snapshot in memory: what exporters are tested on, without an archive."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from feedkeep.models import Comment, Media, Person, Post, Record, Replies, Site, StoredFile, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_EARLY = dt.datetime.min.replace(tzinfo=dt.UTC)


def without_body(post: Post) -> Post:
    return msgspec.structs.replace(post, content=None, summary=None)


def _stored(number: int, record: Record) -> StoredFile:
    data = json.dumps(msgspec.to_builtins(record), sort_keys=True).encode() + b"\n"
    return StoredFile(f"{type(record).__name__.lower()}s/{number:03}.json", lambda: io.BytesIO(data))


class MemorySnapshot:
    """Satisfies feedkeep.models.Snapshot; comments find their post by id or, without one, by address."""

    def __init__(
        self,
        records: Iterable[Record],
        media: dict[str, bytes] | None = None,
        files: Iterable[StoredFile] | None = None,
    ) -> None:
        everything = list(records)
        self._files = list(map(_stored, range(len(everything)), everything)) if files is None else files
        self._bytes = media or {}
        self._site = next((r for r in everything if isinstance(r, Site)), Site(id="urn:test:site", title="Test"))
        self._followed = [r for r in everything if isinstance(r, Site)][1:]
        self._people = [r for r in everything if isinstance(r, Person)]
        self._terms = [r for r in everything if isinstance(r, Term)]
        self._media = [r for r in everything if isinstance(r, Media)]
        self._posts = sorted(
            (r for r in everything if isinstance(r, Post)), key=lambda p: (p.published or p.updated or _EARLY, p.id)
        )
        by_url = {p.url: p.id for p in self._posts if p.url}
        self._comments: dict[str, list[Comment]] = {}
        for comment in (r for r in everything if isinstance(r, Comment)):
            post = comment.post or by_url.get(comment.post_url or "") or ""
            self._comments.setdefault(post, []).append(msgspec.structs.replace(comment, post=post))
        for thread in self._comments.values():
            thread.sort(key=lambda c: (c.published or _EARLY, c.id))

    @property
    def site(self) -> Site:
        return self._site

    def people(self) -> Iterator[Person]:
        return iter(sorted(self._people, key=lambda p: p.id or ""))

    def terms(self) -> Iterator[Term]:
        return iter(self._terms)

    def count(self) -> int:
        return len(self._posts)

    def posts(self, *, oldest_first: bool = False, offset: int = 0, bodiless: bool = False) -> Iterator[Post]:
        found = islice(iter(self._posts if oldest_first else self._posts[::-1]), offset, None)
        return map(without_body, found) if bodiless else found

    def post(self, post_id: str, *, bodiless: bool = False) -> Post | None:
        found = next((post for post in self._posts if post.id == post_id), None)
        return without_body(found) if found and bodiless else found

    def comments(self, post_id: str) -> Iterator[Comment]:
        return iter(self._comments.get(post_id, []))

    def replies(self, post_id: str) -> Replies:
        moments = [comment.published for comment in self.comments(post_id)]
        return Replies(len(moments), max(filter(None, moments), default=None))

    def recent_comments(self, limit: int) -> Iterator[tuple[Post, Comment]]:
        pairs = [(post, comment) for post in self._posts for comment in self.comments(post.id)]
        pairs.sort(key=lambda pair: (pair[1].published or _EARLY, pair[1].id), reverse=True)
        return iter(pairs[:limit])

    def digests(self, *, oldest_first: bool = False) -> Iterator[tuple[str, str]]:
        for post in self.posts(oldest_first=oldest_first):
            body = repr([post, *self.comments(post.id)])
            yield post.id, hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()

    def threads(self) -> Iterator[tuple[str, str, int]]:
        for post_id, digest in self.digests():
            count = len(self._comments.get(post_id, []))
            if count:
                yield post_id, digest, count

    def media(self) -> Iterator[Media]:
        return iter(sorted(self._media, key=lambda m: (m.published or _EARLY, m.id)))

    def following(self) -> Iterator[Site]:
        return iter(self._followed)

    def files(self) -> Iterator[StoredFile]:
        """One for each record, as an archive would have them; or those that were given."""
        return iter(self._files)

    def open_media(self, media: Media) -> BinaryIO | None:
        data = self._bytes.get(media.id)
        return None if data is None else io.BytesIO(data)
