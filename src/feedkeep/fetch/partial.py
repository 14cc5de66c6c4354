"""A file that is being fetched: what came of it, and what it takes to go on with it after a kill."""

from __future__ import annotations

import contextlib
import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import hashlib
import os
from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch import headers as reading
from feedkeep.fetch.state import Validators  # noqa: TC001 — msgspec reads the annotations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from feedkeep.fetch.answers import Answer


class About(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is known of the bytes."""

    url: str  # that was asked for
    validators: Validators | None = None  # of what the bytes are a part of; without them none can be added
    media_type: str | None = None  # as the server said
    as_of: dt.datetime | None = None  # likewise
    is_sized: bool = False  # the server said how long it is, or where it ends
    answered: str | None = None  # once it is whole: the address that gave it
    sha256: str | None = None  # likewise
    size: int = 0  # likewise


class Partial:
    """Bytes in ``<folder>/<name>.part``, what is known of them in ``<name>.json``: never one without the other.

    ``took`` is told of every number of bytes that came, and may raise OSError to stop it.
    """

    def __init__(self, folder: Path, name: str, took: Callable[[int], None]) -> None:
        self.path = folder / f"{name}.part"
        self._about_path = folder / f"{name}.json"
        self._took = took
        self._file: BinaryIO | None = None
        self._url = ""
        self.about = self._read()

    def known(self, url: str) -> tuple[Validators | None, int]:
        """Give what describes the bytes that are held of an address, and how many those are."""
        about = self.about
        if about is None or about.url != url or about.validators is None or about.validators.strong is None:
            return None, 0
        with contextlib.suppress(OSError):
            return about.validators, self.path.stat().st_size
        return None, 0

    def ask_for(self, url: str) -> None:
        """Say what the next bytes are of."""
        self._url = url

    def begin(self, about: Answer) -> None:
        """Make room for a document, or for the rest of one."""
        self.close()
        if not about.offset:
            self._about_path.unlink(missing_ok=True)  # before the bytes that it speaks of
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("r+b" if about.offset else "wb")
        self._file.seek(about.offset)
        self._file.truncate()
        said = about.headers
        encoded = said.first("content-encoding") is not None
        chunked = "chunked" in (said.get("transfer-encoding") or "").lower()
        self.about = About(
            url=self._url,
            validators=None if encoded else about.validators,
            media_type=reading.media_type(said),
            as_of=reading.date(said.first("date")) or about.received,
            is_sized=chunked or said.first("content-length") is not None,
        )
        self._write()

    def write(self, data: bytes) -> None:
        """Take some bytes."""
        self._took(len(data))
        if self._file is not None:
            self._file.write(data)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self, url: str) -> About:
        """Say that it is whole, so that it lasts."""
        assert self.about is not None  # noqa: S101 — it has begun
        self.close()
        with self.path.open("r+b") as file:
            os.fsync(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        self.about = msgspec.structs.replace(self.about, answered=url, sha256=digest, size=size)
        self._write()
        return self.about

    def forget(self) -> None:
        """Throw it away."""
        self.close()
        self.about = None
        self._about_path.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _read(self) -> About | None:
        try:
            found = msgspec.json.decode(self._about_path.read_bytes(), type=About)
            if found.sha256 is not None and self.path.stat().st_size != found.size:
                return None
            return found if self.path.exists() else None
        except (OSError, msgspec.MsgspecError):
            return None

    def _write(self) -> None:
        draft = self._about_path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(self.about))
        draft.replace(self._about_path)
