"""Which versions are versions of one comment: a pure function of all that a conversation holds.

Ids and aliases tell, first of all. Where several sources speak of one conversation, so do the anchor that a blog
gives a comment on its page ("#comment-17"), and in the end what was said, by whom and when: platforms that import
each other's comments give them new ids.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from feedkeep.archive.merge import merged
from feedkeep.ids import is_made
from feedkeep.models import Comment
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from feedkeep.archive.versions import Version
    from feedkeep.models import Record

_TAG = pattern(r"<[^>]*>")
_SPACE = pattern(r"\W+")
_LATE = dt.datetime.max.replace(tzinfo=dt.UTC)
_ANCHOR = pattern(r"#((?:comment-|c)\d+)$")
_APART = dt.timedelta(minutes=2)  # platforms round seconds away
_ZONES = dt.timedelta(hours=14)  # two sources may have guessed different zones, which are quarters of hours apart
_QUARTER = 900  # seconds
_RIVALS = 64  # comments with the same words that are looked at; more of them are no conversation


def same_comments(versions: Sequence[Version]) -> list[list[Version]]:
    """Group the versions of comments by the comment that they are versions of."""
    ids: set[str] = {v.record.id for v in versions if not v.record.aliases}  # type: ignore[union-attr, misc]
    one_source = len({version.origins for version in versions}) < 2
    if one_source and len(ids) == len(versions) and not any(map(is_made, ids)):  # nearly always: nothing to compare
        return [[version] for version in versions]
    by_id: dict[str, list[Version]] = {}
    groups: list[list[Version]] = []
    for version in sorted(versions, key=lambda v: v.sort_key):
        record = _comment(version)
        found = [by_id[i] for i in (record.id, *record.aliases) if i in by_id]
        group = found[0] if found else []
        if not found:
            groups.append(group)
        for other in found[1:]:
            if other is not group:
                group.extend(other)
                groups = [g for g in groups if g is not other]
        group.append(version)
        for member in group:
            for i in (_comment(member).id, *_comment(member).aliases):
                by_id[i] = group
    if not one_source:
        groups = _joined(groups, _anchors, lambda _one, _other: True)
    made = [group for group in groups if all(is_made(_comment(v).id) for v in group)]
    if made and len(made) < len(groups):
        _match_by_text(made, groups)
    return groups if one_source else _joined(groups, _words_of, _at_one_time)


def comment_order(comment: Comment) -> tuple[dt.datetime, int, int, str]:
    """Oldest first; those without a date last, in the order of their page; then by id, 9 before 10."""
    return comment.published or comment.updated or _LATE, comment.order or 0, len(comment.id), comment.id


def _comment(version: Version) -> Comment:
    record = version.record
    assert isinstance(record, Comment)  # noqa: S101 — narrows the type
    return record


def _joined(
    groups: list[list[Version]],
    marks: Callable[[list[Version]], Iterator[Hashable]],
    alike: Callable[[list[Version], list[Version]], bool],
) -> list[list[Version]]:
    """Join the groups that share a mark, are alike, and do not both come from one format, which knows its ids."""
    result: list[list[Version]] = []
    marked: dict[Hashable, list[list[Version]]] = {}
    for group in groups:
        found = dict.fromkeys(marks(group))
        homes = [home for mark in found for home in marked.get(mark, ())[:_RIVALS]]
        home = next((home for home in homes if _formats(home).isdisjoint(_formats(group)) and alike(home, group)), None)
        if home is None:
            home = group
            result.append(home)
        else:
            home.extend(group)
        for mark in found:
            held = marked.setdefault(mark, [])
            if not any(home is other for other in held):
                held.append(home)
    return result


def _formats(group: list[Version]) -> set[str]:
    return {origin.format for version in group for origin in version.origins}


def _anchors(group: list[Version]) -> Iterator[str]:
    for version in group:
        record = _comment(version)
        for text in (record.id, record.url, *record.aliases):
            found = _ANCHOR.search(text or "")
            if found is not None:
                yield found[1]


def _words_of(group: list[Version]) -> Iterator[tuple[str, str]]:
    for version in group:
        record = _comment(version)
        said, name = _said(record), (record.author.name or "").strip().casefold() if record.author else ""
        if said and name:
            yield said, name


def _at_one_time(one: list[Version], other: list[Version]) -> bool:
    return any(_near(_comment(v).published, _comment(w).published) for v in one for w in other)


def _near(one: dt.datetime | None, other: dt.datetime | None) -> bool:
    if one is None or other is None:
        return False
    gap = abs(one - other)
    rest = gap.total_seconds() % _QUARTER
    return gap <= _APART or (gap <= _ZONES and min(rest, _QUARTER - rest) <= 1)


def _match_by_text(made: list[list[Version]], groups: list[list[Version]]) -> None:
    """Let a comment that a page shows without an id join the one that has an id and says the same."""
    real: dict[str, list[list[Version]]] = {}
    for group in groups:
        if not any(group is m for m in made):
            for said in {_said(v.record) for v in group}:
                real.setdefault(said, []).append(group)
    for group in made:
        candidates = real.get(_said(group[0].record), [])
        if candidates:
            home = min(candidates, key=lambda g: (comment_order(merged(g)), g[0].sort_key))  # type: ignore[arg-type]
            candidates.remove(home)
            home.extend(group)
            groups.remove(group)


def _said(record: Record) -> str:
    content = getattr(record, "content", None)
    return _SPACE.sub(" ", _TAG.sub(" ", content.value)).strip().casefold() if content else ""
