"""What became of each record of an import: added, updated or unchanged."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from feedkeep.archive.versions import NAMES, Version, VersionSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from feedkeep.archive.conversation import Conversation
    from feedkeep.models import Record

ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"


class Tally:
    """Counts by the record's name, such as "post", then by what became of it."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.heard: Callable[[str, Record], None] | None = None  # told what became of each record: "added", "updated" …

    def count(self, versions: Iterable[Version], how: str) -> None:
        """Count versions that all fared alike."""
        for version in versions:
            name = NAMES[type(version.record)]
            if name not in self.counts:
                self.counts[name] = Counter()
            self.counts[name][how] += 1
            if self.heard is not None:
                self.heard(how, version.record)

    def compare(self, versions: Sequence[Version], before: VersionSet, parts: Sequence[Conversation]) -> None:
        """Count each version against what was held before, and where it went."""
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
            self.count([version], how)
