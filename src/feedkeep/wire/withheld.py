"""Files of an export that are not the blog's to keep (addresses of subscribers, messages): neither read nor archived."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import PurePosixPath

    from feedkeep.notes import Notes
    from feedkeep.source import Source


def part(
    container: Source,
    root: PurePosixPath,
    wanted: Callable[[PurePosixPath], bool],
    reason: Callable[[Source, PurePosixPath], str | None],
) -> Source:
    """Give the members that are ``wanted``, as :meth:`Source.part` does; those with a ``reason`` are counted as taken.

    What is taken no other importer looks at, and what is no member is not copied into the archive.
    """
    found = container.part(root, wanted)
    held: Counter[str] = Counter()
    aside: set[PurePosixPath] = set()
    for member in container.members():
        if member.path in found.taken or not member.path.is_relative_to(root):
            continue
        why = reason(member, member.path.relative_to(root))
        if why is not None:
            held[why] += 1
            aside.add(member.path)
    found.passed_over = held
    found.taken |= aside
    found.withheld = frozenset(aside)
    return found


def tell(source: Source, notes: Notes) -> None:
    """Note what was set aside."""
    for why, number in sorted(source.passed_over.items()):
        notes.noticed(f"not read: {why}" + (f" ({number} files)" if number > 1 else ""), source=source.name)
