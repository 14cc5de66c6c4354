"""Groups of records → conversations: each finds those that it belongs to, and what comes out differently is staged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.archive import layout
from feedkeep.archive.clusters import clusters
from feedkeep.archive.conversation import Conversation, decode
from feedkeep.archive.identity import partition
from feedkeep.archive.rows import entry_of, exact_of, key_rows, new_key_rows, place_number, row_of
from feedkeep.archive.tally import ADDED, UNCHANGED
from feedkeep.archive.versions import VersionSet
from feedkeep.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedkeep.archive.clusters import Group
    from feedkeep.archive.index import Index
    from feedkeep.archive.index_tables import Entry
    from feedkeep.archive.site import SiteArchive
    from feedkeep.archive.staging import Staging
    from feedkeep.archive.tally import Tally
    from feedkeep.archive.versions import Origin, Version

_CLOSURE = 64  # conversations that one record may draw together; more claim one address only in error


class Filing:
    """Files what comes in with what is held, in the index and in staged files."""

    def __init__(self, site: SiteArchive, index: Index, staging: Staging, tally: Tally) -> None:
        self._site = site
        self._index = index
        self._staging = staging
        self._tally = tally
        self._next = index.next_number()
        self._entries: list[Entry] = []  # what the index is still to be told
        self._rows: list[tuple[int, int, int]] = []
        self.gone: list[str] = []  # paths of conversations that went into others

    def take(self, groups: Sequence[Group], origin: Origin) -> None:
        """File groups that were all read from one origin."""
        hits: dict[int, list[tuple[int, int]]] = {}
        for key, number, exact in self._index.claims([*{key for group in groups for key in group.keys}]):
            hits.setdefault(key, []).append((number, exact))
        for members, numbers in clusters(groups, hits):
            if len(members) == 1 and not numbers:
                self._new(members[0], origin)
            elif len(numbers) == 1 and _known(members, origin, hits):
                for group in members:
                    self._tally.count(group.versions, UNCHANGED)
            else:
                self._tell_index()
                self._merge([version for group in members for version in group.versions], numbers)
        self._tell_index()

    def _tell_index(self) -> None:
        self._index.put(self._entries, self._rows)
        self._entries.clear()
        self._rows.clear()

    def _new(self, group: Group, origin: Origin) -> None:
        """Write a conversation that nothing else is known of."""
        number = self._next
        self._next += 1
        quick = Conversation.new(group.versions)
        single = True
        if quick is not None:
            root, comments, data = quick
            base = layout.rooted(root)
            stat = self._staging.write(number, base, data)
            self._entries.append(
                row_of(root, comments, [], base, root.id, number, data, stat.st_size, stat.st_mtime_ns)
            )
        else:
            conversation = Conversation(group.versions)
            single = len(conversation.slots) == len(group.versions)
            self._entries.append(self._stage(number, conversation, old=""))
        if single:
            self._tally.count(group.versions, ADDED)
        else:  # the source says something twice
            self._tally.compare(group.versions, VersionSet(), [conversation])
        self._rows += new_key_rows(group, number, place_number(origin.place) if single else None)

    def _merge(self, versions: Sequence[Version], numbers: Sequence[int]) -> None:
        """Load what the new versions touch, partition all of it, and write what came out differently."""
        loaded = self._closure(numbers)
        before = VersionSet(version for conversation, _ in loaded.values() for version in conversation.versions)
        after = VersionSet(before)
        changed = False
        for version in versions:
            changed = after.add(version) or changed
        parts = [Conversation(part) for part in partition(list(after))]
        self._tally.compare(versions, before, parts)
        if not changed:
            return
        for number, (conversation, _) in loaded.items():
            staged = self._index.staged(number)
            if staged is not None:
                self._staging.remove(number, staged.base)
            self._index.forget(number, [h for h, _, _ in key_rows(conversation, number)])
        free = dict(loaded)
        for part in parts:
            number, old = self._number_for(part, free)
            entry = self._stage(number, part, old=old)
            self._index.put([entry], key_rows(part, number))
        self.gone += [path for _, path in free.values() if path]  # others were only staged

    def _closure(self, numbers: Sequence[int]) -> dict[int, tuple[Conversation, str]]:
        """Load the conversations given and, as long as there are any, those that share a key with them."""
        loaded: dict[int, tuple[Conversation, str]] = {}
        waiting = sorted(set(numbers))
        while waiting and len(loaded) < _CLOSURE:
            found: set[int] = set()
            for number in waiting[:_CLOSURE]:
                conversation, path = self._load(number)
                loaded[number] = conversation, path
                hashes = [h for h, _, _ in key_rows(conversation, number)]
                found.update(other for _, other, _ in self._index.claims(hashes))
            waiting = sorted(found - loaded.keys())
        return loaded

    def _load(self, number: int) -> tuple[Conversation, str]:
        path = self._index.path_of(number) or ""
        if path:
            return self._site.load(path), path
        staged = self._index.staged(number)
        if staged is None:
            raise ArchiveError(f"{self._site.name}: its index knows nothing of a file that it names")
        return decode(self._staging.read(number, staged.base), "a staged file"), staged.old

    def _number_for(self, part: Conversation, free: dict[int, tuple[Conversation, str]]) -> tuple[int, str]:
        """Give a part the number of a conversation that went into it, else a new one."""
        held = {version.hash for version in part.versions}
        for number, (conversation, path) in free.items():
            if any(version.hash in held for version in conversation.versions):
                del free[number]
                return number, path
        number = self._next
        self._next += 1
        return number, ""

    def _stage(self, number: int, conversation: Conversation, *, old: str) -> Entry:
        data = conversation.encode()
        stat = self._staging.write(number, layout.base(conversation), data)
        entry = entry_of(conversation, number, data, stat.st_size, stat.st_mtime_ns)
        entry.old = old
        return entry


def _known(groups: Sequence[Group], origin: Origin, hits: Mapping[int, Sequence[tuple[int, int]]]) -> bool:
    """Tell from the index alone whether every version is held already."""
    if origin.as_of is not None:  # its moment may be earlier than the one that is noted
        return False
    place = place_number(origin.place)
    for group in groups:
        for version, first in zip(group.versions, group.firsts, strict=True):
            exact = exact_of(version, place)
            if not any(held == exact for _, held in hits.get(first, ())):
                return False
    return True
