"""One writer for each site: a lock that says who holds it. Readers never wait."""

from __future__ import annotations

import json
import os
import platform
import sys
from typing import TYPE_CHECKING

from feedkeep.errors import ArchiveError

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class WriterLock:
    """Held from construction to :meth:`release`; the system lets go of it when the process dies."""

    def __init__(self, path: Path, site: str) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(self._handle)
        except OSError as error:
            holder = _holder(self._handle)
            os.close(self._handle)
            raise ArchiveError(f"another process is writing to {site!r}{holder}; wait for it, or stop it") from error
        who = json.dumps({"host": platform.node(), "pid": os.getpid(), "program": "feedkeep"})
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, who.encode() + b"\n", 0) if hasattr(os, "pwrite") else os.write(
            self._handle, who.encode()
        )

    def release(self) -> None:
        """Let the next writer in. The file stays: deleting it could give two writers two locks."""
        os.ftruncate(self._handle, 0)
        os.close(self._handle)


def _holder(handle: int) -> str:
    try:
        said = json.loads(os.read(handle, 4096))
        return f" (process {int(said['pid'])} on {said['host']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
