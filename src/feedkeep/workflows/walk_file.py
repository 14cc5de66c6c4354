"""The file of a walk: ``.history/`` beside the sites holds one for each feed, a line for each thing that happened."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from feedkeep.errors import ArchiveError
from feedkeep.fetch.history.walk import Event, Walk, decode, encode

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = ".history"


class WalkFile:
    """A walk, and the file that it is written to as it happens."""

    def __init__(self, archive: Path, feed: str) -> None:
        self._path = archive / _FOLDER / f"{sha256(feed.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}.jsonl"
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            data = b""
        except OSError as error:
            raise ArchiveError(f"cannot read {self._path}: {error}") from error
        events = decode(data)
        self._whole = sum(len(line) for line in data.splitlines(keepends=True)[: len(events)])
        self._is_whole = self._whole == len(data)
        self.walk = Walk(events)

    def happened(self, event: Event) -> None:
        """Let an event have happened, and write it so that it lasts. Raises ArchiveError where the disk does not let it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                if not self._is_whole:  # a kill cut the last line short
                    file.truncate(self._whole)
                    self._is_whole = True
                file.write(encode(event))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ArchiveError(f"cannot write {self._path}: {(error.strerror or str(error)).lower()}") from error
        self.walk.apply(event)

    def fold(self) -> None:
        """Leave of a walk that has ended what the next one needs. Raises ArchiveError like :meth:`happened`."""
        draft = self._path.with_suffix(".draft")
        try:
            with draft.open("wb") as file:
                file.write(encode(self.walk.kept()))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        except OSError as error:
            raise ArchiveError(f"cannot write {self._path}: {(error.strerror or str(error)).lower()}") from error
