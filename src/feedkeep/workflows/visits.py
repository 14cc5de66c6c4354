"""What is remembered of each feed between visits: validators, when to come again.

``.visits.json`` beside the sites is how it was at the end of a sync; ``.visits.log`` has a line for each visit since, so
that a sync that is killed has forgotten none. It is a cache: without it every feed is simply asked anew.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch.hints import Hints  # noqa: TC001 — msgspec reads the annotations
from feedkeep.fetch.state import FeedState

if TYPE_CHECKING:
    from pathlib import Path


class Visit(msgspec.Struct, kw_only=True):
    """What is remembered of a feed."""

    state: FeedState
    hints: Hints | None = None
    site: str | None = None  # the folder that it is kept in


_whole = msgspec.json.Decoder(dict[str, Visit])
_line = msgspec.json.Decoder(tuple[str, Visit])
_encode = msgspec.json.Encoder(order="sorted").encode


class Visits:
    """The visits to the feeds of one archive."""

    def __init__(self, archive: Path) -> None:
        self._path = archive / ".visits.json"
        self._log = archive / ".visits.log"
        self._handle: int | None = None
        self._held: dict[str, Visit] = {}
        with contextlib.suppress(OSError, msgspec.MsgspecError):  # gone or damaged: every feed is asked anew
            self._held = _whole.decode(self._path.read_bytes())
        with contextlib.suppress(OSError):
            for line in self._log.read_bytes().splitlines():
                with contextlib.suppress(msgspec.MsgspecError):  # a kill cut it short
                    feed, visit = _line.decode(line)
                    self._held[feed] = visit

    def of(self, feed: str) -> Visit:
        """Give what is remembered of a feed."""
        return self._held.setdefault(feed, Visit(state=FeedState(url=feed)))

    def remember(self, feed: str) -> None:
        """Write down what :meth:`of` gives for a feed now, so that a kill does not undo it."""
        if self._handle is None:
            self._handle = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        # the line before may have been cut short by a kill
        os.write(self._handle, b"\n" + _encode((feed, self.of(feed))) + b"\n")

    def close(self) -> None:
        """Write all of it down, if any of it is new, so that it lasts."""
        if self._handle is None:
            return
        os.close(self._handle)
        self._handle = None
        draft = self._path.with_suffix(".draft")
        with draft.open("wb") as file:
            file.write(_encode(self._held))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        self._log.unlink(missing_ok=True)
