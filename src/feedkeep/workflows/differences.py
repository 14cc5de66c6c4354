"""What the edits of a post and of its comments changed, from the versions that the archive keeps of each."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import difflib
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content import render, text
from feedkeep.models import Comment, Content, Media, Post
from feedkeep.workflows.browse import located

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from feedkeep.archive import Conversation
    from feedkeep.archive.versions import Version

_AROUND = 1  # lines shown on either side of a change
_MOST = 4_000_000  # lines of one text times lines of the other that are compared; beyond, all in between has changed
# What changes without an edit: counts, and what the archive itself gathers.
_BY_ITSELF = frozenset({"id", "aliases", "urls", "comment_count", "updated", "extra"})


class FieldChange(msgspec.Struct, frozen=True, kw_only=True):
    """A field before and after."""

    was: Any = None
    now: Any = None
    lines: tuple[str, ...] = ()  # of a text: as in a unified diff, beginning with " ", "-", "+" or "@@"


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What one version of a record says otherwise than the one before it."""

    of: str  # "post", "media", "comment:<id>"
    before: dt.datetime | None  # the date of the earlier version, by its own word or, in silence, when it was read
    after: dt.datetime | None
    formats: tuple[str, ...]  # of the sources that told the later one
    fields: dict[str, FieldChange]


class Edits(msgspec.Struct, frozen=True, kw_only=True):
    """A post and its edits, oldest first."""

    site: str
    path: str
    title: str | None
    edits: tuple[Edit, ...]


def differences(archive_path: Path, wanted: str, *, sites: tuple[str, ...] = (), markup: bool = False) -> Edits:
    """Give the edits of what ``wanted`` names, and of its comments.

    Texts are compared as a person reads them or, with ``markup`` or where only that differs, tag by tag. Raises
    UsageError where no post, or more than one, has that name.
    """
    site, path = located(archive_path, wanted, sites)
    conversation = site.load(path)
    found = [edit for name in conversation.slots for edit in _edits(conversation, name, markup=markup)]
    found.sort(key=lambda edit: (edit.after is not None, edit.after and edit.after.timestamp(), edit.of))
    title = conversation.root.title if conversation.root is not None else None
    return Edits(site=site.name, path=path, title=title, edits=tuple(found))


def _edits(conversation: Conversation, name: str, *, markup: bool) -> Iterator[Edit]:
    held = sorted(conversation.slots[name], key=lambda version: version.rank)
    if len(held) == 1 or not isinstance(held[0].record, (Post, Comment, Media)):
        return
    for position, version in enumerate(held):
        before = _before(version, held[:position])
        if before is None:
            continue
        fields = dict(_changes(before, version, markup=markup))
        if fields:
            formats = tuple(sorted({origin.format for origin in version.origins}))
            yield Edit(of=name, before=_when(before), after=_when(version), formats=formats, fields=fields)


def _before(version: Version, earlier: Sequence[Version]) -> Version | None:
    """Give what was edited: the last that the same place said, else the last of an earlier date.

    Two sources that tell of one state in their own ways are no edit.
    """
    for other in reversed(earlier):
        if _places(other) & _places(version):
            return other
    return next((other for other in reversed(earlier) if (told := _told(other)) and told != _told(version)), None)


def _places(version: Version) -> set[tuple[str, str, str]]:
    return {origin.place for origin in version.origins}


def _told(version: Version) -> dt.datetime | None:
    record = version.record
    return getattr(record, "updated", None) or getattr(record, "published", None)


def _when(version: Version) -> dt.datetime | None:
    read = [origin.as_of for origin in version.origins if origin.as_of is not None]
    told = _told(version)
    return max([min(read), told]) if read and told else min(read) if read else told


def _changes(before: Version, after: Version, *, markup: bool) -> Iterator[tuple[str, FieldChange]]:
    one_place = bool(_places(before) & _places(after))
    for field in msgspec.structs.fields(type(after.record)):
        was, now = getattr(before.record, field.name), getattr(after.record, field.name)
        if was == now or field.name in _BY_ITSELF:
            continue
        if not one_place and not (was and now):
            continue  # the other source has no word for it
        if isinstance(was, Content) or isinstance(now, Content):
            lines = tuple(_lines(was, now, markup=markup))
            if lines:
                yield field.name, FieldChange(was=_value(was), now=_value(now), lines=lines)
        else:
            yield field.name, FieldChange(was=msgspec.to_builtins(was), now=msgspec.to_builtins(now))


def _value(content: Content | None) -> str | None:
    return None if content is None else content.value


def _lines(was: Content | None, now: Content | None, *, markup: bool) -> Iterator[str]:
    if any(content is not None and content.truncated for content in (was, now)):
        return iter(())  # a feed cuts where it likes
    read = [text.plain(render.html(content)) if content is not None else "" for content in (was, now)]
    if markup or read[0] == read[1]:
        read = [(_value(content) or "").replace("><", ">\n<") for content in (was, now)]
    return _unified(*([line for line in one.splitlines() if line.strip()] for one in read))


def _unified(was: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    """Compare lines as `diff -u` does, without the names of files."""
    same = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    if (len(was) - same) * (len(now) - same) > _MOST:
        yield from (f"-{line}" for line in was[same:])
        yield from (f"+{line}" for line in now[same:])
        return
    yield from islice(difflib.unified_diff(was, now, n=_AROUND, lineterm=""), 2, None)
