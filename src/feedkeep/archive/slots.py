"""Which versions are of one record, and what that record is called within its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.archive.merge import merged
from feedkeep.archive.sameness import same_comments
from feedkeep.archive.versions import NAMES
from feedkeep.models import Comment, Person, Term, Tombstone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedkeep.archive.versions import Version
    from feedkeep.models import Record


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


def slotted(versions: Sequence[Version]) -> dict[str, list[Version]]:
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
