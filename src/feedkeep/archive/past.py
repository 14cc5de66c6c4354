"""A site as it was at a moment, as far as the versions tell that the archive keeps of each record.

A version belongs to the past once its source had said it: not before the date that it gives itself, and not before
it was read where the reading is dated (a text edited in silence keeps its old date). Where every version of a record
is younger than the moment but the record is not, the one that comes closest stands in for what nobody kept.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from feedkeep.archive.conversation import Conversation
from feedkeep.archive.index import Index
from feedkeep.archive.rows import entry_of, key_rows
from feedkeep.archive.shown import shown
from feedkeep.archive.site import SiteArchive
from feedkeep.errors import ArchiveError
from feedkeep.models import Media, Person, Post, Site, Term, Tombstone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from feedkeep.archive.shown import Shown
    from feedkeep.archive.versions import Version
    from feedkeep.models import Record

_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


class PastSite(SiteArchive):
    """Satisfies what :class:`feedkeep.archive.snapshot.ArchiveSnapshot` asks of a site, for one moment of the past."""

    def __init__(self, path: Path, moment: dt.datetime) -> None:
        super().__init__(path)
        self._moment = moment

    @property
    def index(self) -> Index:
        """An index of the site as it was, made for the occasion and gone with it."""
        if self._index is None:
            self.finish_commit()
            self._index = Index(None)
            self._index.begin()
            for number, (path, stat) in enumerate(self.files(), 1):
                self._enter(number, path, stat.st_size)
            self._index.commit()
        return self._index

    def _enter(self, number: int, path: str, size: int) -> None:
        try:
            now = super().load(path)
        except ArchiveError:
            return  # as in the index of today: `verify` names it
        then = as_of(now, self._moment)
        if then.records:
            self.younger += sum(1 for name, held in then.slots.items() if _is_younger(name, held, self._moment))
            entry = entry_of(then, number, then.encode(), size, 0)
            entry.path = path
            self.index.put([entry], key_rows(then, number))

    def load(self, path: str) -> Conversation:
        """Read a conversation with the versions that there were. Raises ArchiveError as of today."""
        return as_of(super().load(path), self._moment)

    def conversation(self, path: str) -> Shown:
        """Read a conversation as it was shown."""
        found = self.load(path)
        return shown(found.root, found.comments, found.tombstones)

    def read_site_file(self) -> Conversation:
        """Read site.json with the versions that there were."""
        return as_of(super().read_site_file(), self._moment)


def as_of(conversation: Conversation, moment: dt.datetime) -> Conversation:
    """Give a conversation as it was; without records where it had not begun."""
    root = conversation.root
    if root is not None and not _had_begun(root, conversation.slots[_name(root)], moment):
        return Conversation(())
    return Conversation(
        version
        for name, held in conversation.slots.items()
        if _had_begun(conversation.records[name], held, moment)
        for version in _said_by(held, moment)
    )


def _name(root: Post | Media) -> str:
    return "post" if isinstance(root, Post) else "media"


def _had_begun(record: Record, held: Sequence[Version], moment: dt.datetime) -> bool:
    if isinstance(record, (Site, Person, Term)):
        return True  # they have no date of their own, and what hangs on them has
    if isinstance(record, Tombstone):
        return record.when <= moment
    return min(map(_began, held)) <= moment


def _said_by(held: Sequence[Version], moment: dt.datetime) -> Sequence[Version]:
    """Give the versions that had been said; where there are none, those closest to it."""
    if len(held) == 1:
        return held
    said = [version for version in held if max(_told(version), _read(version)) <= moment]
    if said:
        return said
    dated = [version for version in held if _told(version) <= moment]
    soonest = min(map(_read, dated)) if dated else min(map(_told, held))
    return [v for v in dated if _read(v) == soonest] if dated else [v for v in held if _told(v) == soonest]


def _began(version: Version) -> dt.datetime:
    record = version.record
    return getattr(record, "published", None) or getattr(record, "updated", None) or _read(version)


def _told(version: Version) -> dt.datetime:
    """When it was said, by its own word."""
    record = version.record
    return getattr(record, "updated", None) or getattr(record, "published", None) or _NEVER


def _read(version: Version) -> dt.datetime:
    """When it was first read; never, where no source of it says."""
    return min((origin.as_of or _NEVER for origin in version.origins), default=_NEVER)


def _is_younger(name: str, held: Sequence[Version], moment: dt.datetime) -> bool:
    return name.partition(":")[0] in {"post", "comment"} and all(_told(version) > moment for version in held)
