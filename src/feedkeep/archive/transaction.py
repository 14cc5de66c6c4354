"""Taking records in: each finds its conversation, the conversation is merged, and all of it lasts or none."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import layout
from feedkeep.archive.conversation import Conversation, decode, slot_name
from feedkeep.archive.identity import claims, hashed, partition
from feedkeep.archive.rows import entry_of, key_rows, row_of
from feedkeep.archive.versions import NAMES, Origin, Version, VersionSet
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from feedkeep.archive.index import Entry, Index
    from feedkeep.archive.journal import Journal, Step
    from feedkeep.archive.site import SiteArchive
    from feedkeep.archive.sources import SourceKeeper
    from feedkeep.notes import Notes

_BATCH = 256  # groups that are looked up together
_BATCH_BYTES = 8 << 20
_CLOSURE = 64  # conversations that one record may draw together; more claim one address only in error

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"


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
        self._size = 0
        self._open: str | None = None  # id of the root that the last group is about
        self._next = index.next_number()
        self._files = 0
        self._extra: list[Step] = []
        self._keepers: list[SourceKeeper] = []
        self._home = site.read_site_file()
        self._home_before = len(self._home.versions)
        self._home_seen = VersionSet(self._home.versions)
        self.counts: dict[str, Counter[str]] = {}
        self.heard: Callable[[str, Record], None] | None = None  # told what became of each record: "added", "updated" …
        self.files_written = 0
        index.begin()

    def put(self, record: Record) -> None:
        """Take in one record."""
        version = Version(record, self._origins)
        try:
            size = len(version.encoded)
        except UnicodeEncodeError:
            record = _without_surrogates(record)
            self._notes.repaired("half of a surrogate pair replaced by U+FFFD", record=getattr(record, "id", None))
            version = Version(record, self._origins)
            size = len(version.encoded)
        if isinstance(record, Comment):
            if record.post is not None and record.post == self._open:
                self._groups[-1].append(version)
            else:
                self._groups.append([version])
                self._open = record.post
        elif isinstance(record, (Site, Person, Term)):
            self._put_home(version)
            return
        else:
            self._groups.append([version])
            self._open = record.id if isinstance(record, (Post, Media)) else None
        self._size += size
        if len(self._groups) > _BATCH or self._size > _BATCH_BYTES:
            self._flush(keep_last=len(self._groups) > 1)

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
        contested = self._contested()
        moved = self._moves(contested)
        self.files_written = self._files + len(self._extra) + len(moved)
        if self.files_written:
            for (base,) in self._index.db.execute("SELECT base FROM file WHERE path = ''"):
                self._journal.make_room(base)
            for _, _, path in moved:
                self._journal.make_room(path)
            self._journal.prepare(self._steps(contested, moved))
        self._index.db.execute("UPDATE file SET path = base || '.json', old = '' WHERE path = ''")
        for number, path in [*contested.items(), *((number, path) for number, _, path in moved)]:
            self._index.place(number, path)
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

    # -- where records find their conversation ------------------------------------------------------------

    def _flush(self, *, keep_last: bool = False) -> None:
        """Merge the groups that have come together; the last may still grow."""
        last = [self._groups.pop()] if keep_last else []
        groups, self._groups = self._groups, last
        self._size = sum(len(version.encoded) for group in last for version in group)
        if not keep_last:
            self._open = None
        if not groups:
            return
        known: dict[str, int] = {}  # a post's key is claimed by each of its comments too

        def number_of(key: str) -> int:
            found = known.get(key)
            if found is None:
                found = known[key] = hashed(key)
            return found

        claimed = [[[number_of(key) for key in claims(v.record)] for v in group] for group in groups]
        wanted = known.values()
        hits: dict[int, list[tuple[int, int]]] = {}
        for h, number, exact in self._index.claims(list(wanted)):
            hits.setdefault(h, []).append((number, exact))
        entries: list[Entry] = []
        rows: list[tuple[int, int, int]] = []
        for members, numbers in _clusters(claimed, hits):
            if len(members) == 1 and not numbers:
                self._new(groups[members[0]], claimed[members[0]], entries, rows)
            elif len(numbers) == 1 and self._known([groups[m] for m in members], [claimed[m] for m in members], hits):
                for member in members:
                    self._count(groups[member], UNCHANGED)
            else:
                self._put_rows(entries, rows)
                self._merge([version for member in members for version in groups[member]], numbers)
        self._put_rows(entries, rows)

    def _put_rows(self, entries: list[Entry], rows: list[tuple[int, int, int]]) -> None:
        self._index.put(entries, rows)
        entries.clear()
        rows.clear()

    def _known(
        self, groups: list[list[Version]], claimed: list[list[list[int]]], hits: dict[int, list[tuple[int, int]]]
    ) -> bool:
        """Tell from the index alone whether every version is held already."""
        if self._origin.as_of is not None:  # its moment may be earlier than the one that is noted
            return False
        place = self._origin.place
        for group, hashes in zip(groups, claimed, strict=True):
            for version, (first, *_) in zip(group, hashes, strict=True):
                exact = exact_of(version, place)
                if not any(held == exact for _, held in hits.get(first, ())):
                    return False
        return True

    def _new(
        self, group: list[Version], claimed: list[list[int]], entries: list[Entry], rows: list[tuple[int, int, int]]
    ) -> None:
        quick = Conversation.new(group)
        if quick is not None:
            self._count(group, ADDED)
            number = self._next
            self._next += 1
            place = self._origin.place
            local = {hashes[0]: exact_of(version, place) for version, hashes in zip(group, claimed, strict=True)}
            for hashes in claimed:
                for h in hashes:
                    local.setdefault(h, 0)
            rows += [(h, number, exact) for h, exact in local.items()]
            root, comments, data = quick
            stat = self._journal.write(self._journal.name(number), data)
            self._files += 1
            base = layout.rooted(root)
            entries.append(row_of(root, comments, [], base, root.id, number, data, stat.st_size, stat.st_mtime_ns))
            return
        conversation = Conversation(group)
        if len(conversation.slots) != len(group):  # the source says something twice
            self._tally(group, VersionSet(), [conversation])
        else:
            self._count(group, ADDED)
        number = self._next
        self._next += 1
        place = self._origin.place
        single = len(conversation.slots) == len(group)
        local = {}
        for version, hashes in zip(group, claimed, strict=True):
            if single:
                local[hashes[0]] = exact_of(version, place)
            for h in hashes:
                local.setdefault(h, 0)
        rows += [(h, number, exact) for h, exact in local.items()]
        entries.append(self._stage(number, conversation, old=""))

    def _merge(self, versions: Sequence[Version], numbers: Sequence[int]) -> None:
        """Load what the new versions touch, partition all of it, and write what came out differently."""
        loaded = self._closure(numbers)
        before = VersionSet(version for conversation, _ in loaded.values() for version in conversation.versions)
        after = VersionSet(before)
        changed = False
        for version in versions:
            changed = after.add(version) or changed
        parts = [Conversation(part) for part in partition(list(after))]
        self._tally(versions, before, parts)
        if not changed:
            return
        staged = {number for number in loaded if self._index.staged(number) is not None}
        for number, (conversation, _) in loaded.items():
            self._index.forget(number, [h for h, _, _ in key_rows(conversation, number)])
        free = dict(loaded)
        for part in parts:
            number, old = self._number_for(part, free)
            entry = self._stage(number, part, old=old, again=number in staged)
            self._index.put([entry], key_rows(part, number))
        for number, (_, path) in free.items():
            self._drop(number, path)

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
        staged = self._journal.path(self._journal.name(number))
        return decode(staged.read_bytes(), "a staged file"), self._index.staged(number) or ""

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

    def _drop(self, number: int, path: str) -> None:
        """A conversation went into another: its file goes. ``path`` is where it is until the commit, if anywhere."""
        staged = self._journal.path(self._journal.name(number))
        if staged.exists():
            staged.unlink()
            self._files -= 1
        if path:
            self._extra.append(("delete", path, ""))

    # -- staging -----------------------------------------------------------------------------------------

    def _stage(self, number: int, conversation: Conversation, *, old: str, again: bool = False) -> Entry:
        data = conversation.encode()
        stat = self._journal.write(self._journal.name(number), data)
        self._files += not again
        entry = entry_of(conversation, number, data, stat.st_size, stat.st_mtime_ns)
        entry.old = old
        return entry

    def _stage_bytes(self, data: bytes, path: str) -> None:
        name = f"x{len(self._extra)}"
        self._journal.make_room(path)
        self._journal.write(name, data)
        self._extra.append(("put", name, path))

    def _put_home(self, version: Version) -> None:
        known = version in self._home_seen
        slot = slot_name(version.record)
        if not self._home_seen.add(version) and known:
            self._count([version], UNCHANGED)
        else:
            self._count([version], UPDATED if slot in self._home.slots else ADDED)
            self._home.slots.setdefault(slot, [])

    def _stage_home(self) -> None:
        conversation = Conversation(self._home_seen)
        data = conversation.encode()
        path = self._site.path / layout.SITE
        if not path.exists() or path.read_bytes() != data:
            self._stage_bytes(data, layout.SITE)

    # -- committing --------------------------------------------------------------------------------------

    def _steps(self, contested: dict[int, str], moved: list[tuple[int, str, str]]) -> Iterator[Step]:
        """List what the commit does. A path is deleted only where nothing new is put at it."""
        left = [step[1] for step in self._extra if step[0] == "delete"]
        rows = self._index.db.execute("SELECT number, old, base FROM file WHERE path = '' ORDER BY number")
        for number, old, base in rows:
            path = contested.get(number) or f"{base}.json"
            if old and old != path:
                left.append(old)
            yield "put", self._journal.name(number), path
        yield from (step for step in self._extra if step[0] == "put")
        if self._index.is_draft:
            yield "put", layout.INDEX, layout.INDEX
        for _, path, wanted in moved:
            yield "move", path, wanted
        distinguished = set(contested.values())
        for path in left:
            base = path.removesuffix(".json")
            rows = self._index.db.execute("SELECT number FROM file WHERE base = ?", (base,))
            if path not in distinguished and not any(number not in contested for (number,) in rows.fetchall()):
                yield "delete", path, ""

    def _contested(self) -> dict[int, str]:
        """Give the paths of the conversations that share the one they would like."""
        rows = self._index.db.execute(
            "SELECT number, base, name FROM file WHERE base IN (SELECT base FROM file GROUP BY base HAVING count(*) > 1)"
        )
        return {number: layout.distinguished(base, name) + ".json" for number, base, name in rows}

    def _moves(self, contested: dict[int, str]) -> list[tuple[int, str, str]]:
        """Find the files that were not touched but must be called otherwise now: (number, path, new path)."""
        rows = self._index.db.execute("SELECT number, base, path FROM file WHERE path NOT IN ('', base || '.json')")
        moves = [
            (number, path, contested.get(number) or f"{base}.json")
            for number, base, path in rows
            if path != contested.get(number)
        ]
        for number, wanted in contested.items():
            path = self._index.path_of(number)
            if path and path == wanted.rpartition("--")[0] + ".json":
                moves.append((number, path, wanted))
        return moves

    # -- accounting --------------------------------------------------------------------------------------

    def _count(self, versions: Sequence[Version], how: str) -> None:
        for version in versions:
            name = NAMES[type(version.record)]
            if name not in self.counts:
                self.counts[name] = Counter()
            self.counts[name][how] += 1
            if self.heard is not None:
                self.heard(how, version.record)

    def _tally(self, versions: Sequence[Version], before: VersionSet, parts: Sequence[Conversation]) -> None:
        """Count each version as added, updated or unchanged against what was held."""
        held = VersionSet(before)
        old = {version.hash for version in before}
        slots = {v.hash: [w.hash for w in slot] for part in parts for slot in part.slots.values() for v in slot}
        for version in versions:
            known = version in held
            if not held.add(version) and known:
                how = UNCHANGED
            else:
                how = UPDATED if any(other in old for other in slots.get(version.hash, ())) else ADDED
            old.add(version.hash)
            self._count([version], how)


def exact_of(version: Version, place: tuple[str, str, str]) -> int:
    """Give a number for one version from one place, never 0."""
    return (int.from_bytes(version.exact[:8], "little", signed=True) ^ _place_number(place)) or 1


@cache
def _place_number(place: tuple[str, str, str]) -> int:
    return hashed("\0".join(place))


def _clusters(
    claimed: list[list[list[int]]], hits: dict[int, list[tuple[int, int]]]
) -> Iterator[tuple[list[int], list[int]]]:
    """Group the groups that share a key, directly or by a conversation: (positions of groups, conversations)."""
    parent = list(range(len(claimed)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    first: dict[int, int] = {}
    conversations: dict[int, list[int]] = {}
    touched: list[list[int]] = [[] for _ in claimed]

    def meet(thing: int, position: int) -> None:
        other = first.setdefault(thing, position)
        if other != position:
            one, other = find(other), find(position)
            parent[max(one, other)] = min(one, other)

    for position, group in enumerate(claimed):
        for hashes in group:
            for h in hashes:
                meet(h, position)
                if h in hits:
                    for number, _ in hits[h]:
                        touched[position].append(number)
                        conversations.setdefault(number, []).append(position)
    for positions in conversations.values():
        for position in positions[1:]:
            one, other = find(positions[0]), find(position)
            parent[max(one, other)] = min(one, other)
    clusters: dict[int, tuple[list[int], set[int]]] = {}
    for position in range(len(claimed)):
        members, numbers = clusters.setdefault(find(position), ([], set()))
        members.append(position)
        numbers.update(touched[position])
    for members, numbers in clusters.values():
        yield members, sorted(numbers)


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
