"""The file of a conversation, as it is typed: each record merged, and in ``history`` what a version says differently."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.archive.sameness import comment_order
from feedkeep.archive.slots import slot_name
from feedkeep.archive.versions import MODELS, Origin, Version
from feedkeep.errors import ArchiveError
from feedkeep.ids import is_made
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term, Tombstone  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


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


def versions_in(file: File) -> Iterable[Version]:
    """Yield the versions that a file was made from. Raises IndexError, KeyError and the like where they do not fit."""
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


def changes(name: str, held: Sequence[Version], now: Record, place: dict[Origin, int]) -> Iterable[Change]:
    """Yield what each version of a record said, beside what it says ``now``; ``place`` is of origins in the file."""
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
