"""One site of the archive: its records, read through the index, which is kept true to the files."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from feedkeep.archive import following, full_text, layout, refreshing
from feedkeep.archive.conversation import Conversation, decode, of_file
from feedkeep.archive.conversation_file import as_it_stands, decode_file
from feedkeep.archive.identity import canonical, hashed
from feedkeep.archive.index import Index
from feedkeep.archive.journal import Journal
from feedkeep.archive.lock import WriterLock
from feedkeep.archive.shown import shown
from feedkeep.archive.snapshot import ArchiveSnapshot
from feedkeep.archive.stored import stored
from feedkeep.errors import ArchiveError, UsageError
from feedkeep.ids import made_id
from feedkeep.models import Person, Post, Site, Term

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from feedkeep.archive.shown import Shown
    from feedkeep.models import Media, StoredFile
    from feedkeep.selection import Selection, Summary


class SiteArchive:
    """One site: its records, read through the index."""

    def __init__(self, path: Path, *, draft: Path | None = None) -> None:
        self.path = path
        self._folder = str(path)
        self._draft = draft  # where a new site's index lies until it is committed
        self.name = path.name
        self._index: Index | None = None
        self.younger = 0  # posts and comments of which only a later text is known than is asked for

    @property
    def index(self) -> Index:
        """The index, brought up to date with the files when first asked for."""
        if self._index is None:
            self.finish_commit()
            place = None if layout.is_bagged(self.path.parent) else self.path / layout.INDEX
            self._index = Index(self._draft or place, is_draft=self._draft is not None)
            refreshing.refresh(self._index, self.path)
        return self._index

    def close(self) -> None:
        """Close the index."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def finish_commit(self) -> None:
        """Carry out what a killed writer had committed; a writer at work is left alone."""
        journal = Journal(self.path)
        if not journal.pending:
            return
        try:
            lock = WriterLock(self.path / layout.LOCK, self.name)
        except (ArchiveError, OSError):
            return
        try:
            journal.recover()
        finally:
            lock.release()

    # -- reading -----------------------------------------------------------------------------------------

    def read_site_file(self) -> Conversation:
        """Read site.json with all its versions; empty where there is none yet."""
        try:
            data = (self.path / layout.SITE).read_bytes()
        except FileNotFoundError:
            return Conversation(())
        return decode(data, f"{self.name}/{layout.SITE}")

    def site(self) -> Site:
        """The blog itself; where no source described it, it is called like its folder."""
        found = self.read_site_file().records.get("site")
        return found if isinstance(found, Site) else Site(id=made_id("site", self.name), title=self.name)

    def people(self) -> tuple[Person, ...]:
        """The blog's own authors, by id."""
        found = [record for record in self.read_site_file().records.values() if isinstance(record, Person)]
        return tuple(sorted(found, key=lambda person: (person.id or "", person.name or "")))

    def terms(self) -> tuple[Term, ...]:
        """The blog's terms, by taxonomy, parents before children, then slug."""
        found = [record for record in self.read_site_file().records.values() if isinstance(record, Term)]
        parents = {(term.taxonomy, term.slug): term.parent for term in found}

        def depth(term: Term) -> int:
            seen, at = {term.slug}, term.parent
            while at is not None and at not in seen and (term.taxonomy, at) in parents:
                seen.add(at)
                at = parents[term.taxonomy, at]
            return len(seen)

        return tuple(sorted(found, key=lambda term: (term.taxonomy, depth(term), term.slug or "", term.name or "")))

    def load(self, path: str) -> Conversation:
        """Read a conversation with all its versions. Raises ArchiveError where the file is damaged or gone."""
        return decode(self._bytes(path), f"{self.name}/{path}")

    def conversation(self, path: str) -> Shown:
        """Read a conversation as it is shown. Raises ArchiveError where the file is damaged or gone."""
        file = decode_file(self._bytes(path), f"{self.name}/{path}")
        records = as_it_stands(file)
        if records is not None:
            return shown(*records)
        found = of_file(file, f"{self.name}/{path}")
        return shown(found.root, found.comments, found.tombstones)

    def _bytes(self, path: str) -> bytes:
        try:
            with open(f"{self._folder}/{path}", "rb", buffering=0) as file:  # noqa: PTH123 — thousands of them
                return file.read()
        except OSError as error:
            raise ArchiveError(f"{self.name}/{path}: {(error.strerror or str(error)).lower()}") from error

    def summaries(
        self, selection: Selection | None = None, *, gate: bool = False, oldest_first: bool = False
    ) -> Iterator[Summary]:
        """Yield the posts that a selection admits, newest first; with ``gate``, only those that may leave."""
        found = self.index.summaries(oldest_first=oldest_first)
        if selection is None:
            return found
        admitted = (summary for summary in found if selection.admits(summary, gate=gate))
        return admitted if selection.limit is None else islice(admitted, selection.limit)

    def by_last_comment(self) -> Iterator[tuple[float, Summary]]:
        """Yield (seconds since 1970 of the newest comment, post), newest first."""
        return self.index.by_last_comment()

    def summary(self, path: str) -> Summary | None:
        """Give the post of a file; None where it holds none."""
        return self.index.summary(path)

    def media_paths(self) -> Iterator[str]:
        """Yield the files of media records, oldest first."""
        return (path for path, _ in self.index.paths("media"))

    def orphans(self) -> Iterator[tuple[str, Shown]]:
        """Yield (path, conversation) for comments whose post is not there."""
        return ((path, self.conversation(path)) for path, _ in self.index.paths(""))

    def path_of_id(self, post_id: str) -> str | None:
        """Find the file of a post or media by any id that it is known by."""
        for _, number, _ in self.index.claims([hashed("p:" + post_id)]):
            path = self.index.path_of(number)
            if path:
                summary = self.index.summary(path)
                if summary is not None and summary.id == post_id:
                    return path
                root = self.load(path).root  # an alias, or a media file
                if root is not None and post_id in {root.id, *root.aliases}:
                    return path
        return None

    def id_in_force(self, post_id: str) -> str:
        """Give the id that a post has now, by any that it is known by; the same where there is no such post."""
        path = self.path_of_id(post_id)
        root = self.load(path).root if path is not None else None
        return post_id if root is None else root.id

    def id_of_address(self, url: str, base: str) -> str | None:
        """Find the post that has, or had, an address, which may be relative to ``base``; None where none has."""
        try:
            key = canonical(urljoin(base, url))
        except ValueError:
            return None
        for _, number, _ in self.index.claims([hashed(key)]) if key is not None else ():
            path = self.index.path_of(number)
            root = self.load(path).root if path else None
            if isinstance(root, Post) and key in {canonical(one) for one in (root.url, root.id, *root.urls)}:
                return root.id
        return None

    def find(self, wanted: str) -> Summary:
        """Find a post by id, address, slug, file, or a part of its title that no other has.

        Raises UsageError where there is none, or several, naming them.
        """
        exact: list[Summary] = []
        partly: list[Summary] = []
        low = wanted.casefold()
        for summary in self.summaries():
            if (
                wanted in {summary.id, summary.url, summary.path, summary.path.removesuffix(".json")}
                or wanted == summary.slug
            ):
                exact.append(summary)
            elif low in (summary.title or "").casefold() or low in (summary.slug or ""):
                partly.append(summary)
        found = exact or partly
        if len(found) == 1:
            return found[0]
        if not found:
            path = self.path_of_id(wanted)
            if path is not None:
                return next(summary for summary in self.summaries() if summary.path == path)
            raise UsageError(f"no post {wanted!r} in {self.name}; `feedkeep list` shows what there is")
        named = ", ".join(summary.path.removesuffix(".json") for summary in found[:5])
        raise UsageError(f"{wanted!r} fits {len(found)} posts of {self.name}: {named}{' …' if len(found) > 5 else ''}")

    def search(self, words: str) -> Iterator[Summary]:
        """Yield the posts that hold all the words, in title, body or comments, best first."""
        return full_text.search(self.index, words, self.conversation)

    def snapshot(self, selection: Selection, *, gate: bool) -> ArchiveSnapshot:
        """See the site as an exporter does; with ``gate``, only posts that may leave."""
        return ArchiveSnapshot(self, selection, gate=gate)

    def following(self) -> tuple[Site, ...]:
        """Give the feeds that the archive follows. Raises ArchiveError where the list is damaged."""
        return following.read(self.path.parent)

    def open_media(self, media: Media) -> BinaryIO | None:
        """Open the bytes of a media file, or None where the archive does not hold them."""
        if media.sha256 is None or not re.fullmatch(r"[0-9a-f]{64}", media.sha256):
            return None
        for path in sorted((self.path / "media" / media.sha256[:2]).glob(media.sha256 + "*")):
            return path.open("rb")
        return None

    def stored(self, beside: Sequence[SiteArchive] = ()) -> Iterator[StoredFile]:
        """Give the site's files as they lie, and those of others beside it, for a copy of them."""
        sites = (self, *beside)
        for site in sites:
            site.finish_commit()
        return stored(self.path.parent, {site.name for site in sites})

    def files(self) -> Iterator[tuple[str, os.stat_result]]:
        """Yield (path, stat) of every conversation's file, folder by folder."""
        return refreshing.files(self.path)
