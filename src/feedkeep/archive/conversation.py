"""One conversation, in memory and as a file: a root (post or media), its comments, and where all of it came from.

The file holds the whole set of versions without saying anything twice; see :mod:`feedkeep.archive.conversation_file`.
:func:`decode` gives back every version, so that merging again starts from what was read and not from what was made of it.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.archive.conversation_file import Change, Read, changes, decode_file, versions_in
from feedkeep.archive.merge import merged
from feedkeep.archive.sameness import comment_order
from feedkeep.archive.slots import slotted
from feedkeep.archive.versions import VersionSet, encode
from feedkeep.errors import ArchiveError
from feedkeep.ids import is_made
from feedkeep.models import Comment, Media, Post, Tombstone

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from feedkeep.archive.conversation_file import File
    from feedkeep.archive.versions import Origin, Version
    from feedkeep.models import Record


_MANY = {"comment": "comments", "tombstone": "tombstones", "person": "people", "term": "terms"}


class Conversation:
    """The records of one file, merged, and the versions that they were merged from."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self.versions = VersionSet(versions)
        self.slots = slotted(self.versions.all())
        self.records: dict[str, Record] = {
            name: held[0].record if len(held) == 1 else merged(held) for name, held in self.slots.items()
        }

    @property
    def root(self) -> Post | Media | None:
        """The post or the media that it is about; None for orphans."""
        found = self.records.get("post") or self.records.get("media")
        return found if isinstance(found, (Post, Media)) else None

    @cached_property
    def comments(self) -> list[Comment]:
        """The comments as stored, oldest first."""
        found = [record for record in self.records.values() if type(record) is Comment]
        found.sort(key=comment_order)
        return found

    @property
    def tombstones(self) -> list[Tombstone]:
        """Word of deletions."""
        return [record for record in self.records.values() if isinstance(record, Tombstone)]

    def encode(self) -> bytes:
        """Write it as the bytes of its file: UTF-8 JSON, sorted keys, one field a line, LF."""
        origins = self.versions.origins()
        if len(origins) == 1 and len(self.slots) == len(self.versions):
            read, history = [_only(origins[0])], list[Change]()
        else:
            read, history = self._provenance(origins)
        members: dict[str, Any] = {}
        root = self.root
        if root is not None or self.comments:
            members["comments"] = [self._raw("comment:" + comment.id) for comment in self.comments]
        if history:
            members["history"] = history
        for name in ("media", "post", "site"):
            if name in self.slots:
                members[name] = self._raw(name)
        members["origins"] = read
        if len(self.slots) > len(self.comments) + (root is not None):
            for model in ("tombstone", "person", "term"):
                names = self._named(model)
                if names:
                    members[_MANY[model]] = [self._raw(name) for name in sorted(names)]
        return msgspec.json.format(encode(members), indent=1) + b"\n"

    @classmethod
    def new(cls, group: Sequence[Version]) -> tuple[Post | Media, list[Comment], bytes] | None:
        """Make the root, the comments and the bytes of a file that nothing else is known of, the quick way.

        None where the way would not be the same: no root, or records that have to be told apart first.
        """
        root = group[0].record
        if not isinstance(root, (Post, Media)) or len(group[0].origins) != 1:
            return None
        said: list[tuple[Hashable, Comment, bytes]] = []
        seen: set[str] = set()
        for version in group[1:]:
            comment = version.record
            if type(comment) is not Comment or comment.aliases or comment.id in seen or is_made(comment.id):
                return None
            seen.add(comment.id)
            said.append((comment_order(comment), comment, version.encoded))
        said.sort()  # by their order alone: it ends with the id
        comments = b",".join([encoded for _, _, encoded in said])
        (origin,) = map(_only_encoded, group[0].origins)
        if type(root) is Media:
            written = b'{"comments":[%b],"media":%b,"origins":[%b]}' % (comments, group[0].encoded, origin)
        else:
            written = b'{"comments":[%b],"origins":[%b],"post":%b}' % (comments, origin, group[0].encoded)
        return root, [comment for _, comment, _ in said], msgspec.json.format(written, indent=1) + b"\n"

    def _named(self, model: str) -> list[str]:
        return [name for name in self.slots if name.startswith(model + ":")]

    def _provenance(self, origins: Sequence[Origin]) -> tuple[list[Read], list[Change]]:
        place = {origin: position for position, origin in enumerate(origins)}
        stated: list[list[str]] = [[] for _ in origins]
        history: list[Change] = []
        for name, held in sorted(self.slots.items()):
            if len(held) > 1:
                history += changes(name, held, self.records[name], place)
            for origin in {origin for version in held for origin in version.origins}:
                stated[place[origin]].append(name)
        whole = len(self.slots)
        read = [
            Read(**msgspec.structs.asdict(origin), of=None if len(names) == whole else tuple(names))
            for origin, names in zip(origins, stated, strict=True)
        ]
        return read, history

    def _raw(self, name: str) -> msgspec.Raw:
        held = self.slots[name]
        return msgspec.Raw(held[0].encoded if len(held) == 1 else encode(self.records[name]))


@cache
def _only_encoded(origin: Origin) -> bytes:
    return encode(_only(origin))


@cache
def _only(origin: Origin) -> Read:
    return Read(**msgspec.structs.asdict(origin))


def decode(data: bytes, path: str) -> Conversation:
    """Read a file back into its versions. Raises ArchiveError naming the file where it is damaged."""
    return of_file(decode_file(data, path), path)


def of_file(file: File, path: str) -> Conversation:
    """Read the versions in a file. Raises ArchiveError naming it where they do not fit."""
    try:
        return Conversation(versions_in(file))
    except (IndexError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise ArchiveError(f"{path}: its history does not fit its records: {error}") from error
