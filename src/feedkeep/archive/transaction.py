"""Taking records in: each finds its conversation, the conversation is merged, and all of it lasts or none."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import layout, placing
from feedkeep.archive.clusters import Group
from feedkeep.archive.filing import Filing
from feedkeep.archive.home import Home
from feedkeep.archive.staging import Staging
from feedkeep.archive.tally import Tally
from feedkeep.archive.versions import Origin, Version
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.archive.index import Index
    from feedkeep.archive.journal import Journal, Step
    from feedkeep.archive.site import SiteArchive
    from feedkeep.archive.sources import SourceKeeper
    from feedkeep.notes import Notes

_BATCH = 256  # posts that are looked up together, with their comments
_COMMENTED = 8192  # posts of which there are comments alone: comment systems mix the threads of a whole blog
_BATCH_BYTES = 8 << 20


class Transaction:
    """One import into one site. Use it as a context manager; what is not committed leaves no trace."""

    def __init__(self, site: SiteArchive, index: Index, journal: Journal, origin: Origin, notes: Notes) -> None:
        self._site = site
        self._index = index
        self._journal = journal
        self._origin = origin
        self._origins = frozenset((origin,))
        self._notes = notes
        self._groups: list[list[Version]] = []
        self._of: dict[str, list[Version]] = {}  # the same, by the id of the root that a group is about
        self._roots = 0
        self._size = 0
        self._extra: list[Step] = []  # what else is put: media, sources, the site's own file
        self._keepers: list[SourceKeeper] = []
        self.tally = Tally()
        self._staging = Staging(journal)
        self._filing = Filing(site, index, self._staging, self.tally)
        self._home = Home(site.read_site_file(), self.tally)
        self.files_written = 0
        index.begin()

    def put(self, record: Record) -> None:
        """Take in one record."""
        try:
            version = Version(record, self._origins)
        except UnicodeEncodeError:
            record = _without_surrogates(record)
            self._notes.repaired("half of a surrogate pair replaced by U+FFFD", record=getattr(record, "id", None))
            version = Version(record, self._origins)
        if isinstance(record, Comment):
            group = self._of.get(record.post) if record.post is not None else None
            if group is not None:
                group.append(version)
            else:
                self._begin(version, record.post)
        elif isinstance(record, (Site, Person, Term)):
            self._home.put(version)
            return
        else:
            self._begin(version, record.id if isinstance(record, (Post, Media)) else None)
            self._roots += 1
        self._size += len(version.encoded)
        if self._roots > _BATCH or self._size > _BATCH_BYTES or len(self._groups) > _COMMENTED:
            self._flush(keep_last=len(self._groups) > 1)

    def _begin(self, version: Version, root: str | None) -> None:
        """Begin a group; comments on its root go to it until it is merged."""
        group = [version]
        self._groups.append(group)
        if root is not None:
            self._of[root] = group

    def reading_as(self, origin: Origin) -> None:
        """Go on with the records of another source."""
        self.flush()
        self._origin = origin
        self._origins = frozenset((origin,))

    def flush(self) -> None:
        """Merge everything that was put, so that the counts are complete."""
        self._flush()

    def orphans(self) -> int:
        """How many comments' posts are not there."""
        self._flush()
        return int(self._index.db.execute("SELECT coalesce(sum(comments), 0) FROM file WHERE root = ''").fetchone()[0])

    def keep_media(self, data: bytes, sha256: str, suffix: str) -> None:
        """Keep the bytes of a media file under their own hash."""
        path = f"media/{sha256[:2]}/{sha256}{suffix}"
        if not (self._site.path / path).exists():
            self._stage_bytes(data, path)

    def keep_media_file(self, file: Path, sha256: str, suffix: str) -> None:
        """Keep a media file that has that hash; it stays where it is, so that a kill before the commit loses nothing."""
        path = f"media/{sha256[:2]}/{sha256}{suffix}"
        if next((self._site.path / "media" / sha256[:2]).glob(f"{sha256}*"), None) is None:
            name = f"x{len(self._extra)}"
            self._journal.make_room(path)
            self._journal.take(name, file)
            self._extra.append(("put", name, path))

    def keep_source(self, keeper: SourceKeeper) -> None:
        """Keep what a copier is copying, once it is done."""
        self._keepers.append(keeper)

    def prepare(self) -> None:
        """Stage all of it, and the list of what the commit is to do."""
        self._flush()
        self._stage_home()
        for keeper in self._keepers:
            name = keeper.finish()
            if name is not None:
                self._journal.make_room("sources/x")
                self._extra.append(("put", keeper.staged, f"sources/{name}"))
        self._keepers.clear()
        contested = placing.contested(self._index)
        moved = placing.moves(self._index, contested)
        self.files_written = self._staging.files + len(self._extra) + len(moved) + len(self._filing.gone)
        if self.files_written:
            self._staging.settle(self._index, contested)
            self._journal.prepare(self._steps(contested, moved), self._staging.files)
        self._index.placed(contested, moved)
        if self._index.is_draft:
            self._index.commit()
            self._index.close()

    def finish(self) -> None:
        """Let the index say what is in its place now; where it cannot, its next opening finds out from the files."""
        if not self._index.is_draft:
            with contextlib.suppress(sqlite3.Error):
                self._index.commit()

    def abandon(self) -> None:
        """Undo everything."""
        for keeper in self._keepers:
            keeper.stop()
        self._keepers.clear()
        try:
            self._index.rollback()
        except sqlite3.Error:
            self._index.close()
        self._journal.abandon()

    def _flush(self, *, keep_last: bool = False) -> None:
        """Merge the groups that have come together; the last may still grow."""
        last = [self._groups.pop()] if keep_last else []
        groups, self._groups = [Group(versions) for versions in self._groups], last
        self._size = sum(len(version.encoded) for group in last for version in group)
        self._of = {root: group for root, group in self._of.items() if any(group is one for one in last)}
        self._roots = sum(not isinstance(group[0].record, Comment) for group in last)
        if groups:
            self._filing.take(groups, self._origin)

    def _stage_bytes(self, data: bytes, path: str) -> None:
        name = f"x{len(self._extra)}"
        self._journal.make_room(path)
        self._journal.write(name, data)
        self._extra.append(("put", name, path))

    def _stage_home(self) -> None:
        data = self._home.encode()
        path = self._site.path / layout.SITE
        if not path.exists() or path.read_bytes() != data:
            self._stage_bytes(data, layout.SITE)

    def _steps(self, contested: dict[int, str], moved: list[tuple[int, str, str]]) -> Iterator[Step]:
        """List what the commit does beside the conversations that are staged."""
        yield from self._extra
        if self._index.is_draft:
            yield "put", layout.INDEX, layout.INDEX
        for _, path, wanted in moved:
            yield "move", path, wanted
        for path in placing.left(self._index, contested, self._filing.gone):
            yield "delete", path, ""


def _without_surrogates(record: Record) -> Record:
    def clean(value: object) -> object:
        if isinstance(value, str):
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(value, dict):
            return {clean(key): clean(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [clean(item) for item in value]
        return value

    cleaned: Record = msgspec.convert(clean(msgspec.to_builtins(record)), type(record))
    return cleaned
