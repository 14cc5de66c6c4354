"""One conversation, in memory and as a file: a root (post or media), its comments, and where all of it came from.

The file holds the whole set of versions without saying anything twice: each record is written merged, and what
a version says differently stands in ``history``. :func:`decode` gives back every version, so that merging again
starts from what was read and not from what was made of it.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.archive.merge import merged
from feedkeep.archive.sameness import comment_order, same_comments
from feedkeep.archive.versions import MODELS, NAMES, Origin, Version, VersionSet, encode
from feedkeep.errors import ArchiveError
from feedkeep.ids import is_made
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term, Tombstone

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one version of a record said, where several are known; the newest comes first."""

    of: str  # which record: "post", "media", "comment:<id>" …
    origins: tuple[int, ...]  # positions in the file's ``origins``
    same: tuple[str, ...] = ()  # the fields in which it says what the record says now
    was: dict[str, Any] = {}  # the fields in which it says something else, and what


class Read(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An origin and which records it stated."""

    format: str
    kind: str
    url: str | None = None
    as_of: dt.datetime | None = None
    of: tuple[str, ...] | None = None  # None: every record of the file


class File(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of the archive, as it is typed; a key is left out where it holds nothing."""

    origins: tuple[Read, ...]
    post: Post | None = None
    media: Media | None = None
    comments: tuple[Comment, ...] = ()
    tombstones: tuple[Tombstone, ...] = ()
    history: tuple[Change, ...] = ()
    site: Site | None = None
    people: tuple[Person, ...] = ()
    terms: tuple[Term, ...] = ()


_MANY = {"comment": "comments", "tombstone": "tombstones", "person": "people", "term": "terms"}


class Conversation:
    """The records of one file, merged, and the versions that they were merged from."""

    def __init__(self, versions: Iterable[Version]) -> None:
        self.versions = VersionSet(versions)
        self.slots = _slots(self.versions.all())
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
                history += _history(name, held, self.records[name], place)
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
        return Conversation(_versions(file))
    except (IndexError, KeyError, TypeError, msgspec.ValidationError) as error:
        raise ArchiveError(f"{path}: its history does not fit its records: {error}") from error


def decode_file(data: bytes, path: str) -> File:
    """Read a file as it stands. Raises ArchiveError naming the file where it is damaged."""
    try:
        return _decoder().decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ArchiveError(f"{path}: not a file of this archive: {error}") from error


@cache
def _decoder() -> msgspec.json.Decoder[File]:
    # made when first wanted: it goes through all models, and an import into a new site reads no file
    return msgspec.json.Decoder(File)


def as_it_stands(file: File) -> tuple[Post | Media | None, list[Comment]] | None:
    """Give the root and the comments of a file whose records are its versions; None where they have to be merged."""
    comments = file.comments
    if file.history or file.tombstones or len(file.origins) != 1 or file.origins[0].of is not None:
        return None
    ids = {comment.id for comment in comments if not comment.aliases}
    if len(ids) != len(comments) or any(map(is_made, ids)):
        return None
    return file.post or file.media, sorted(comments, key=comment_order)


def _versions(file: File) -> Iterable[Version]:
    records: dict[str, Record] = {}
    single: tuple[Record | None, ...] = (file.post, file.media, file.site)
    for record in (*single, *file.comments, *file.tombstones, *file.people, *file.terms):
        if record is not None:
            records[slot_name(record)] = record
    origins = [Origin(format=r.format, kind=r.kind, url=r.url, as_of=r.as_of) for r in file.origins]
    several = {change.of for change in file.history}
    stated: dict[str, list[Origin]] = {name: [] for name in records}
    for origin, read in zip(origins, file.origins, strict=True):
        for name in records if read.of is None else read.of:
            stated[name].append(origin)
    for name, record in records.items():
        if name not in several:
            yield Version(record, stated[name])
    for change in file.history:
        now = records[change.of]
        values = {field: getattr(now, field) for field in change.same}
        model = MODELS[change.of.partition(":")[0]]
        said = msgspec.convert({**_required(model, values), **change.was}, model)
        yield Version(msgspec.structs.replace(said, **values), [origins[i] for i in change.origins])


def _required(model: type[Record], values: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in msgspec.structs.fields(model) if field.required}
    return {name: msgspec.to_builtins(values[name]) for name in names if name in values}


def _history(name: str, held: Sequence[Version], now: Record, place: dict[Origin, int]) -> Iterable[Change]:
    for version in sorted(held, key=lambda v: v.rank, reverse=True):
        said = msgspec.to_builtins(version.record)
        meant = msgspec.to_builtins(now)  # as written: two moments are equal in any zones
        same = tuple(sorted(field for field in said if field in meant and said[field] == meant[field]))
        yield Change(
            of=name,
            origins=tuple(sorted(place[origin] for origin in version.origins)),
            same=same,
            was={field: value for field, value in said.items() if field not in same},
        )


def slot_name(record: Record) -> str:
    """Name the place of a merged record within its file."""
    name = NAMES[type(record)]
    if isinstance(record, (Comment, Tombstone)):
        return f"{name}:{record.id}"
    if isinstance(record, Person):
        return f"{name}:{person_key(record)}"
    if isinstance(record, Term):
        return f"{name}:{term_key(record)}"
    return name


def person_key(person: Person) -> str:
    """What tells the authors of one site apart: the id, else the name."""
    return person.id or f"~{person.name or ''}"


def term_key(term: Term) -> str:
    """What tells the terms of one site apart: taxonomy and slug, else taxonomy and name."""
    return f"{term.taxonomy}/{term.slug or '~' + (term.name or '')}"


def _slots(versions: Sequence[Version]) -> dict[str, list[Version]]:
    """Group versions by the record that they are versions of; keys are slot names."""
    slots: dict[str, list[Version]] = {}
    comments: list[Version] = []
    for version in versions:
        if type(version.record) is Comment:
            comments.append(version)
        else:
            slots.setdefault(slot_name(version.record), []).append(version)
    for held in same_comments(comments):
        slots["comment:" + _leading_id(held)] = held
    return slots


def _leading_id(held: Sequence[Version]) -> str:
    record = held[0].record if len(held) == 1 else merged(held)
    return str(getattr(record, "id", ""))
