"""What files, folders, zips and gzips are as sources, and what of them is refused."""

from __future__ import annotations

import contextlib
import gzip
import re
import zipfile
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from feedkeep.errors import FormatError, UsageError
from feedkeep.source import warcs
from feedkeep.source.document import Source
from feedkeep.source.limits import LIMITS, Limits
from feedkeep.source.streams import Guarded, Spool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_JUNK = re.compile(r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|\.git/)")


def file(path: Path, name: str, size: int, depth: int, known: dict[str, object]) -> Source:
    """Wrap a file. Raises UsageError where it cannot be read."""

    def opened() -> BinaryIO:
        return path.open("rb")

    try:
        with opened() as stream:
            start = stream.read(4)
    except OSError as error:
        msg = f"cannot read {path}: {(error.strerror or str(error)).lower()}"
        raise UsageError(msg) from error
    return unpacked(name, opened, size, start, depth, known)


def unpacked(
    name: str, opened: Callable[[], BinaryIO], size: int, start: bytes, depth: int, known: dict[str, object]
) -> Source:
    """Wrap bytes that begin with ``start``: a zip, a gzip's content, or themselves. Raises FormatError for bombs."""
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    if depth > limits.depth:
        raise FormatError(f"archives nested more than {limits.depth} deep", source=name)
    if start.startswith(b"\x1f\x8b"):

        def gunzipped() -> BinaryIO:
            packed = opened()
            return cast(
                BinaryIO, Guarded(cast(IO[bytes], gzip.GzipFile(fileobj=packed)), name, size, limits, owns=packed)
            )

        with gunzipped() as stream:
            inner = stream.read(4)
        if inner.startswith(b"\x1f\x8b"):
            raise FormatError("gzip within gzip", source=name)
        shown = name.removesuffix(".gz")
        if inner == b"WARC":
            return _web_archive(shown, gunzipped, size, known)
        return Source(shown, gunzipped, size=size, **known)  # type: ignore[arg-type]
    if start == b"WARC":
        return _web_archive(name, opened, size, known)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Source(
            name,
            opened,
            members=lambda: _zip_members(name, opened, depth, known),
            size=size,
            **known,  # type: ignore[arg-type]
        )
    return Source(name, opened, size=size, **known)  # type: ignore[arg-type]


def _web_archive(name: str, opened: Callable[[], BinaryIO], size: int, known: dict[str, object]) -> Source:
    found = Source(
        name,
        opened,
        members=lambda: warcs.members(name, opened, known, found.passed_over),
        size=size,
        **known,  # type: ignore[arg-type]
    )
    return found


def folder(root: Path, name: str, known: dict[str, object]) -> Source:
    """Wrap a folder with all that is below it; links out of it are not followed."""
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
            member = file(path, f"{name}/{inside}", path.stat().st_size, 1, known)
            member.path = PurePosixPath(inside)
            yield member

    def refuse() -> BinaryIO:
        raise FormatError("a folder has no bytes of its own", source=name)

    return Source(name, refuse, members=members, **known)  # type: ignore[arg-type]


class _Pack:
    """An open zip, whose list of members is read once; it is closed with the last member that reads from it."""

    def __init__(self, name: str, opened: Callable[[], BinaryIO]) -> None:
        self._file = opened()
        try:
            self.zip = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self._file.close()
            raise FormatError(f"damaged zip: {error}", source=name) from error

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            self.zip.close()
        self._file.close()


def _zip_members(name: str, opened: Callable[[], BinaryIO], depth: int, known: dict[str, object]) -> Iterator[Source]:
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    pack = _Pack(name, opened)
    listing = pack.zip.infolist()
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
        member = _zip_member(name, pack, info, inside, depth, known)
        member.path = PurePosixPath(inside)
        yield member


def _zip_member(
    name: str, pack: _Pack, info: zipfile.ZipInfo, inside: str, depth: int, known: dict[str, object]
) -> Source:
    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    shown = f"{name}!{inside}"

    def member_open() -> BinaryIO:
        try:
            stream = pack.zip.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise FormatError(f"damaged zip member: {error}", source=shown) from error
        return cast(BinaryIO, Guarded(stream, shown, info.compress_size, limits))

    with member_open() as stream:
        start = stream.read(4)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        # a zip within a zip needs to seek: keep it in a temporary file
        with member_open() as stream:
            spool = Spool(stream)
        return unpacked(shown, spool.open, info.file_size, start, depth + 1, known)
    return unpacked(shown, member_open, info.file_size, start, depth + 1, known)
