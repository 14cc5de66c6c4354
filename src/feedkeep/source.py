"""Bytes to read: a file, a folder, a zip, a gzip, standard input, a fetched answer — with safe limits."""

from __future__ import annotations

import contextlib
import copy
import gzip
import io
import lzma
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import msgspec

from feedkeep.errors import FormatError, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

HEAD = 65536  # bytes that detection may look at
_CHUNK = 1 << 20
_JUNK = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|\.git/)")


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a hostile source may cost at most."""

    ratio: int = 200  # unpacked bytes for each packed one, beyond the first ``ratio_free`` bytes
    ratio_free: int = 16 << 20  # bytes that may be unpacked before the ratio is looked at
    members: int = 250_000  # files in a folder or zip
    depth: int = 3  # archives within archives
    whole: int = 512 << 20  # bytes that are read into memory at once, by formats that need the whole


LIMITS = Limits()


class Source:
    """Something to read, openable as often as one likes, and what is known about it from outside.

    A source is a document (``open`` gives its bytes, unpacked) or a container (``members`` gives what is
    in it). ``name`` is for people; members are named ``container!path/within``. The attributes after it
    are what a fetch or the user knows: the ``url`` it came from, ``charset`` and ``media_type`` of the HTTP
    answer, ``as_of`` the moment the answer describes, ``timezone`` for dates that state none.
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
        self._open = open_
        self._members = members

    def __repr__(self) -> str:
        """Name it."""
        return f"Source({self.name!r})"

    @property
    def is_container(self) -> bool:
        """Whether it holds members instead of bytes of its own."""
        return self._members is not None

    def members(self) -> Iterator[Source]:
        """Yield what a folder or zip holds, sorted by path; nothing for a document."""
        if self._members is not None:
            for member in self._members():
                member.timezone = self.timezone
                yield member

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

    def watched(self, seen: Callable[[int], None]) -> Source:
        """Give the same source, which tells ``seen`` how many bytes of it each reading has had so far."""
        twin = copy.copy(self)
        twin._open = lambda: cast("BinaryIO", _Watched(self.open(), seen))  # noqa: SLF001 — its own kind
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
        return _unpacked(name, lambda: io.BytesIO(data), len(data), data[:4], 0, known)

    @classmethod
    def from_path(cls, path: str | Path, **known: object) -> Source:
        """Wrap a file or folder. Raises UsageError where there is none."""
        path = Path(path)
        try:
            info = path.stat()
        except OSError as error:
            msg = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
            raise UsageError(msg) from error
        name = path.name or str(path)
        if stat.S_ISDIR(info.st_mode):
            return _folder(path, name, known)
        return _file(path, name, info.st_size, 0, known)

    @classmethod
    def from_stream(cls, stream: IO[bytes], name: str = "-", **known: object) -> Source:
        """Wrap a stream that can be read once, such as standard input, by way of a temporary file."""
        spool = _Spool(stream)
        with spool.open() as copied:
            start = copied.read(4)
        return _unpacked(name, spool.open, spool.size, start, 0, known)


class _Spool:
    """A temporary file that goes with the last source that reads from it.

    It has a name, so that each reading has a descriptor, and a place in the file, of its own: an import is read
    and copied into the archive at the same time.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        with tempfile.NamedTemporaryFile(prefix="feedkeep-", delete=False) as file:
            self.path = Path(file.name)
            shutil.copyfileobj(stream, file, _CHUNK)
            self.size = file.tell()

    def open(self) -> BinaryIO:
        """Open it from its beginning."""
        return self.path.open("rb")

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            self.path.unlink()


class _Watched(io.BufferedIOBase):
    """A stream that tells how far it was read."""

    def __init__(self, stream: IO[bytes], seen: Callable[[int], None]) -> None:
        self._stream = stream
        self._seen = seen
        self._count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._stream.read(-1 if size is None else size)
        self._count += len(data)
        self._seen(self._count)
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Guarded(io.BufferedIOBase):
    """A stream that turns damage of its pack into FormatError and stops unpacking bombs."""

    def __init__(
        self, stream: IO[bytes], name: str, packed: int, limits: Limits, *, owns: IO[bytes] | None = None
    ) -> None:
        self._stream = stream
        self._name = name
        self._left = limits.ratio_free + packed * limits.ratio
        self._owns = owns

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        try:
            data = self._stream.read(size)
        except (
            OSError,
            EOFError,
            zlib.error,
            lzma.LZMAError,
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise FormatError(f"damaged archive: {error}", source=self._name) from error
        self._left -= len(data)
        if self._left < 0:
            raise FormatError("unpacks to far more than it should: refused as a bomb", source=self._name)
        return data

    def close(self) -> None:
        self._stream.close()
        if self._owns is not None:
            self._owns.close()
        super().close()


def _file(path: Path, name: str, size: int, depth: int, known: dict[str, object]) -> Source:
    def opened() -> BinaryIO:
        return path.open("rb")

    try:
        with opened() as stream:
            start = stream.read(4)
    except OSError as error:
        msg = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
        raise UsageError(msg) from error
    return _unpacked(name, opened, size, start, depth, known)


def _unpacked(
    name: str, opened: Callable[[], BinaryIO], size: int, start: bytes, depth: int, known: dict[str, object]
) -> Source:
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    if depth > limits.depth:
        raise FormatError(f"archives nested more than {limits.depth} deep", source=name)
    if start.startswith(b"\x1f\x8b"):

        def gunzipped() -> BinaryIO:
            packed = opened()
            return cast(
                BinaryIO, _Guarded(cast(IO[bytes], gzip.GzipFile(fileobj=packed)), name, size, limits, owns=packed)
            )

        with gunzipped() as stream:
            inner = stream.read(4)
        if inner.startswith(b"\x1f\x8b"):
            raise FormatError("gzip within gzip", source=name)
        shown = name.removesuffix(".gz")
        return Source(shown, gunzipped, size=size, **known)  # type: ignore[arg-type]
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Source(
            name,
            opened,
            members=lambda: _zip_members(name, opened, depth, known),
            size=size,
            **known,  # type: ignore[arg-type]
        )
    return Source(name, opened, size=size, **known)  # type: ignore[arg-type]


def _folder(root: Path, name: str, known: dict[str, object]) -> Source:
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type

    def members() -> Iterator[Source]:
        count = 0
        # sorted, so that the same folder reads the same on every file system
        for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).parts):
            inside = path.relative_to(root).as_posix()
            if _JUNK.search(inside) or path.is_symlink() or not path.is_file():
                continue
            count += 1
            if count > limits.members:
                raise FormatError(f"more than {limits.members} files", source=name)
            member = _file(path, f"{name}/{inside}", path.stat().st_size, 1, known)
            member.path = PurePosixPath(inside)
            yield member

    def refuse() -> BinaryIO:
        raise FormatError("a folder has no bytes of its own", source=name)

    return Source(name, refuse, members=members, **known)  # type: ignore[arg-type]


def _zip_members(name: str, opened: Callable[[], BinaryIO], depth: int, known: dict[str, object]) -> Iterator[Source]:
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    with opened() as packed:
        try:
            listing = zipfile.ZipFile(packed).infolist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise FormatError(f"damaged zip: {error}", source=name) from error
    if len(listing) > limits.members:
        raise FormatError(f"more than {limits.members} members", source=name)
    unpacked = sum(info.file_size for info in listing)
    packed_size = sum(info.compress_size for info in listing)
    if unpacked > limits.ratio_free + packed_size * limits.ratio:
        raise FormatError("unpacks to far more than it should: refused as a bomb", source=name)
    for info in sorted(listing, key=lambda i: i.filename):
        inside = info.filename.replace("\\", "/")
        parts = PurePosixPath(inside).parts
        if ".." in parts or inside.startswith("/") or (parts and ":" in parts[0]):
            raise FormatError(f"member {info.filename!r} points outside the zip: refused", source=name)
        if info.is_dir() or _JUNK.search(inside):
            continue
        member = _zip_member(name, opened, info, inside, depth, known)
        member.path = PurePosixPath(inside)
        yield member


def _zip_member(
    name: str, opened: Callable[[], BinaryIO], info: zipfile.ZipInfo, inside: str, depth: int, known: dict[str, object]
) -> Source:
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    shown = f"{name}!{inside}"

    def member_open() -> BinaryIO:
        packed = opened()
        try:
            stream = zipfile.ZipFile(packed).open(info)  # noqa: SIM115 — handed on
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
            packed.close()
            raise FormatError(f"damaged zip member: {error}", source=shown) from error
        return cast(BinaryIO, _Guarded(stream, shown, info.compress_size, limits, owns=packed))

    with member_open() as stream:
        start = stream.read(4)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # a zip within a zip needs to seek: keep it in a temporary file
        with member_open() as stream:
            spool = _Spool(stream)
        return _unpacked(shown, spool.open, info.file_size, start, depth + 1, known)
    return _unpacked(shown, member_open, info.file_size, start, depth + 1, known)
