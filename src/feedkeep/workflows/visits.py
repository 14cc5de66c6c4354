"""What is remembered of each feed from one visit to the next: ``.visits.json`` beside the sites, a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch.hints import Hints  # noqa: TC001 — msgspec reads the annotations
from feedkeep.fetch.state import FeedState

if TYPE_CHECKING:
    from pathlib import Path

_NAME = ".visits.json"


class Visit(msgspec.Struct, kw_only=True):
    """What is remembered of a feed."""

    state: FeedState
    hints: Hints | None = None
    site: str | None = None  # the folder that it is kept in


class Visits:
    """The file of what is remembered."""

    def __init__(self, archive: Path) -> None:
        self._path = archive / _NAME
        try:
            self._held = msgspec.json.decode(self._path.read_bytes(), type=dict[str, Visit])
        except (OSError, msgspec.MsgspecError):  # gone or damaged: every feed is asked anew
            self._held = {}

    def of(self, feed: str) -> Visit:
        """Give what is remembered of a feed; of a new one, nothing."""
        return self._held.setdefault(feed, Visit(state=FeedState(url=feed)))

    def write(self) -> None:
        """Write it, whole."""
        draft = self._path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(self._held, order="sorted"))
        draft.replace(self._path)
