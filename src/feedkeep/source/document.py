"""Bytes to read: a file, a folder, a zip, a gzip, standard input, a fetched answer — with safe limits."""

from __future__ import annotations

import copy
import io
import stat
from collections import Counter
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from feedkeep.errors import FormatError, UsageError
from feedkeep.source.limits import LIMITS, Limits
from feedkeep.source.scratch import Scratch
from feedkeep.source.streams import Spool, Watched

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

HEAD = 65536  # bytes that detection may look at


class Source:
    """Something to read, openable as often as one likes, and what is known about it from outside.

    A source is a document (``open`` gives its bytes, unpacked) or a container (``members`` gives what is
    in it). ``name`` is for people; members are named ``container!path/within``. The attributes after it
    are what a fetch or the user knows: the ``url`` it came from, ``charset`` and ``media_type`` of the HTTP
    answer, ``as_of`` the moment the answer describes, ``timezone`` for dates that state none. ``place`` is the address
    of what it is a part of: on which page of a feed an entry stands changes with every new one, and says nothing.
    """

    def __init__(
        self,
        name: str,
        open_: Callable[[], BinaryIO],
        *,
        members: Callable[[], Iterator[Source]] | None = None,
        path: PurePosixPath | None = None,
        size: int | None = None,
        url: str | None = None,
        media_type: str | None = None,
        charset: str | None = None,
        as_of: dt.datetime | None = None,
        timezone: dt.tzinfo | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.name = name
        self.path = path or PurePosixPath(name)  # within its container; else the file's own name
        self.size = size  # bytes on disk, packed; None where unknown
        self.url = url
        self.media_type = media_type
        self.charset = charset
        self.as_of = as_of
        self.timezone = timezone
        self.limits = limits
        self.place: str | None = None
        self.taken: frozenset[PurePosixPath] = frozenset()  # of a part: where its members lie in the whole
        self.passed_over: Counter[str] = Counter()  # what a container holds beside its members: why → how many
        self.withheld: frozenset[PurePosixPath] = frozenset()  # of a part: what of ``taken`` nobody is to read
        self._open = open_
        self._members = members
        self._held: list[Source] | None = None

    def __repr__(self) -> str:
        """Name it."""
        return f"Source({self.name!r})"

    @property
    def is_container(self) -> bool:
        """Whether it holds members instead of bytes of its own."""
        return self._members is not None

    def members(self) -> Iterator[Source]:
        """Yield what a folder or zip holds, sorted by path; nothing for a document."""
        if self._members is None:
            return
        # opening a member costs something, and every format looks at all of them
        if self._held is None:
            held = []
            for member in self._members():
                member.timezone = self.timezone
                held.append(member)
                yield member
            self._held = held
        else:
            yield from self._held

    def part(self, root: PurePosixPath | str, wanted: Callable[[PurePosixPath], bool]) -> Source:
        """Give the members at or below ``root`` that are ``wanted``, as a container of their own.

        Their paths, which ``wanted`` is asked about as well, are relative to ``root``; see :attr:`taken`.
        """
        root = PurePosixPath(root)
        chosen = [
            (member, member.path.relative_to(root))
            for member in self.members()
            if member.path.is_relative_to(root) and wanted(member.path.relative_to(root))
        ]

        def members() -> Iterator[Source]:
            for member, path in chosen:
                twin = copy.copy(member)
                twin.path = path
                yield twin

        name = self.name if root == PurePosixPath() else f"{self.name}/{root}"
        part = copy.copy(self)
        part.name, part.path, part.size = name, root if root.name else self.path, None
        part._members, part._held = members, None  # noqa: SLF001 — its own kind
        part.taken = frozenset(member.path for member, _ in chosen)
        return part

    def open(self) -> BinaryIO:
        """Open the bytes from their beginning, unpacked. Reading raises FormatError on a damaged pack."""
        try:
            return self._open()
        except OSError as error:
            raise FormatError(f"cannot be read: {error.strerror or error}", source=self.name) from error

    def read(self) -> bytes:
        """Read it whole. Raises FormatError where it is larger than ``limits.whole``."""
        with self.open() as stream:
            data = stream.read(self.limits.whole + 1)
        if len(data) > self.limits.whole:
            msg = f"larger than {self.limits.whole >> 20} MiB, the most that a format without streaming may hold"
            raise FormatError(msg, source=self.name)
        return data

    def scratch(self) -> Scratch:
        """Give a place for what its reader has to remember, however much that is; whoever asks closes it."""
        return Scratch(self.name)

    def watched(self, seen: Callable[[int], None]) -> Source:
        """Give the same source, which tells ``seen`` how many bytes of it each reading has had so far."""
        twin = copy.copy(self)
        twin._open = lambda: cast("BinaryIO", Watched(self.open(), seen))  # noqa: SLF001 — its own kind
        return twin

    @cached_property
    def head(self) -> bytes:
        """The first 64 KiB, for detection; empty for a container."""
        if self.is_container:
            return b""
        with self.open() as stream:
            return stream.read(HEAD)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "bytes", **known: object) -> Source:
        """Wrap bytes that are in memory, unpacking gzip and zip by their first bytes."""
        from feedkeep.source import packs  # noqa: PLC0415 — they are made of sources

        return packs.unpacked(name, lambda: io.BytesIO(data), len(data), data[:4], 0, known)

    @classmethod
    def from_path(cls, path: str | Path, **known: object) -> Source:
        """Wrap a file or folder. Raises UsageError where there is none."""
        from feedkeep.source import packs  # noqa: PLC0415 — they are made of sources

        path = Path(path)
        try:
            info = path.stat()
        except OSError as error:
            msg = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
            raise UsageError(msg) from error
        name = path.name or str(path)
        if stat.S_ISDIR(info.st_mode):
            return packs.folder(path, name, known)
        return packs.file(path, name, info.st_size, 0, known)

    @classmethod
    def from_stream(cls, stream: IO[bytes], name: str = "-", **known: object) -> Source:
        """Wrap a stream that can be read once, such as standard input, by way of a temporary file."""
        from feedkeep.source import packs  # noqa: PLC0415 — they are made of sources

        spool = Spool(stream)
        with spool.open() as copied:
            start = copied.read(4)
        return packs.unpacked(name, spool.open, spool.size, start, 0, known)
