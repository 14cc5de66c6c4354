"""site.json while records come in: the blog itself, its authors and terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.archive.conversation import Conversation
from feedkeep.archive.slots import slot_name
from feedkeep.archive.tally import ADDED, UNCHANGED, UPDATED
from feedkeep.archive.versions import VersionSet

if TYPE_CHECKING:
    from feedkeep.archive.tally import Tally
    from feedkeep.archive.versions import Version


class Home:
    """What site.json holds, and what has come in since."""

    def __init__(self, held: Conversation, tally: Tally) -> None:
        self._tally = tally
        self._slots = set(held.slots)
        self._versions = VersionSet(held.versions)

    def put(self, version: Version) -> None:
        """Take in a version of the site, an author or a term."""
        known = version in self._versions
        slot = slot_name(version.record)
        if not self._versions.add(version) and known:
            self._tally.count([version], UNCHANGED)
        else:
            self._tally.count([version], UPDATED if slot in self._slots else ADDED)
            self._slots.add(slot)

    def encode(self) -> bytes:
        """Give the bytes of the file."""
        return Conversation(self._versions).encode()
