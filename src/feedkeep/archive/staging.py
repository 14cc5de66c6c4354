"""New and changed conversations before the commit: each file lies in the staging folder as it will lie in the site.

So a commit renames whole folders where the site has none of that name, instead of each file in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from feedkeep.archive.index import Index
    from feedkeep.archive.journal import Journal


class Staging:
    """The conversations that a transaction has written so far, by the number that the index gives them."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._loose: set[int] = set()  # those that found another where they would like to lie
        self.files = 0

    def write(self, number: int, base: str, data: bytes) -> os.stat_result:
        """Write a conversation that would like to lie at ``base``."""
        try:
            stat = self._journal.write_new(f"{base}.json", data)
        except FileExistsError:
            self._loose.add(number)
            stat = self._journal.write(self._name(number, base), data)
        self.files += 1
        return stat

    def read(self, number: int, base: str) -> bytes:
        """Read one again."""
        return self._journal.path(self._name(number, base)).read_bytes()

    def remove(self, number: int, base: str) -> None:
        """Take one away: it changed again, or became part of another."""
        self._journal.remove(self._name(number, base))
        self._loose.discard(number)
        self.files -= 1

    def settle(self, index: Index, contested: dict[int, str]) -> None:
        """Let every file lie where it will, now that it is known which are ``contested``, and the paths of those."""
        moves = []
        for number in {*contested, *self._loose}:
            staged = index.staged(number)
            if staged is not None:
                path = contested.get(number) or f"{staged.base}.json"
                moves.append((self._name(number, staged.base), path))
        for name, path in moves:
            self._journal.arrange(name, path)
        self._loose.clear()

    def _name(self, number: int, base: str) -> str:
        return f"l{number}" if number in self._loose else self._journal.placed(f"{base}.json")
