"""Where an export's files go: a folder, a zip, standard output — atomically, and never outside."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

import msgspec

from feedkeep.errors import FeedkeepError, UsageError
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from feedkeep.formats import OutputFile

MANIFEST = ".feedkeep-export.json"
_BAD = pattern(r'[\x00-\x1f<>:"|?*\\]')
_LARGE = 1 << 30  # bytes; zips without room for more hold four times as many
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a zip can hold; a constant keeps zips reproducible


class Saved(msgspec.Struct, kw_only=True):
    """What became of an export's files."""

    files: int = 0  # the export consists of so many
    written: int = 0  # of them, new or different
    unchanged: int = 0  # of them, there already
    removed: int = 0  # files of an earlier export of the same kind that are no longer part of it
    paths: list[str] = []  # those written


class _Known(msgspec.Struct, frozen=True):
    fingerprint: str
    size: int
    mtime: int


def save(
    files: Iterable[OutputFile],
    destination: Path,
    *,
    label: str,
    progress: Callable[[int], None] | None = None,
) -> Saved:
    """Write files into a folder, leaving alone those that already hold what they should.

    ``label`` says which export this is; files that an earlier run under the same label wrote and that are no longer
    part of it are removed, other files never. Raises UsageError for a destination that is a file or a path that
    leaves it, FeedkeepError where the disk refuses.
    """
    saved = Saved()
    if destination.exists() and not destination.is_dir():
        raise UsageError(f"{destination} is a file: name a folder or a .zip with -o")
    try:
        destination.mkdir(parents=True, exist_ok=True)
        before = _manifest(destination, label)
        now: dict[str, _Known] = {}
        seen: dict[str, str] = {}
        for file in files:
            path = checked(file.path, seen)
            now[path] = _save_one(file, destination / path, before.get(path), saved, path)
            saved.files += 1
            if progress is not None:
                progress(saved.files)
        for path in before.keys() - now.keys():
            _remove(destination, path)
            saved.removed += 1
        if saved.written and hasattr(os, "sync"):
            os.sync()  # once for all: until the list of files is written, none of them is trusted
        if now != before:
            _remember(destination, label, now)
    except OSError as error:
        raise FeedkeepError(
            f"cannot write {error.filename or destination}: {(error.strerror or str(error)).lower()}"
        ) from error
    return saved


def _save_one(file: OutputFile, target: Path, known: _Known | None, saved: Saved, path: str) -> _Known:
    stat = _stat(target)
    if (
        stat is not None
        and known is not None
        and file.fingerprint is not None
        and known == _Known(file.fingerprint, stat.st_size, stat.st_mtime_ns)
    ):
        saved.unchanged += 1
        return known
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{hashlib.sha256(target.name.encode()).hexdigest()[:16]}.draft")
    try:
        with draft.open("wb") as out:
            for chunk in file.chunks:
                out.write(chunk)
        if stat is not None and stat.st_size == draft.stat().st_size and _same(draft, target):
            draft.unlink()
            saved.unchanged += 1
        else:
            draft.replace(target)
            saved.written += 1
            saved.paths.append(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    stat = target.stat()
    return _Known(file.fingerprint or "", stat.st_size, stat.st_mtime_ns)


def save_zip(files: Iterable[OutputFile], destination: Path, *, folder: str | None = None) -> Saved:
    """Write files into a zip, with nothing in it that depends on the moment; put in place when it is whole.

    All of them lie in ``folder`` where one is named.
    """
    saved = Saved()
    draft = destination.with_name(f".{destination.name}.draft")
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as out:
            _pack(files, out, saved, folder or "")
        if destination.exists() and _same(draft, destination):
            saved.unchanged = saved.files
            draft.unlink()
        else:
            draft.replace(destination)
            saved.written = saved.files
            saved.paths.append(destination.name)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise FeedkeepError(f"cannot write {destination}: {(error.strerror or str(error)).lower()}") from error
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return saved


def _pack(files: Iterable[OutputFile], out: IO[bytes], saved: Saved, folder: str = "") -> None:
    import zipfile  # noqa: PLC0415 — few exports are zips

    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        seen: dict[str, str] = {}
        for file in files:
            info = zipfile.ZipInfo(checked(PurePosixPath(folder, file.path), seen), _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if file.stored else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            # room for a size that is not known yet; what is one piece needs none, and a book's first file may have none
            whole = isinstance(file.chunks, list) and sum(map(len, file.chunks)) < _LARGE
            with packed.open(info, "w", force_zip64=not whole) as member:
                for chunk in file.chunks:
                    member.write(chunk)
            saved.files += 1


def save_stream(files: Iterable[OutputFile], stream: IO[bytes], *, packed: bool = False) -> Saved:
    """Write the first file of an export to a stream: the window of a feed, the whole of a one-file format.

    Where the export is ``packed``, all its files are one: a zip.
    """
    saved = Saved()
    if packed:
        import tempfile  # noqa: PLC0415 — likewise

        with tempfile.TemporaryFile() as draft:  # a zip is written back and forth, which a stream cannot be
            _pack(files, draft, saved)
            draft.seek(0)
            for chunk in _chunks(draft):
                stream.write(chunk)
        saved.written = saved.files
        return saved
    for file in files:
        for chunk in file.chunks:
            stream.write(chunk)
        saved.files = saved.written = 1
        saved.paths.append(str(file.path))
        break
    return saved


def checked(path: PurePosixPath, seen: dict[str, str]) -> str:
    """Refuse a path that leaves its folder, that some system cannot hold, or that differs from another by case alone."""
    text = str(path)
    if path.is_absolute() or not path.parts or ".." in path.parts or _BAD.search(text) or text.startswith("~"):
        raise UsageError(f"an export must not write to {text!r}")
    folded = text.casefold()
    rival = seen.setdefault(text if folded == text else folded, text)
    if rival != text or (rival is not text and rival == text):
        raise UsageError(f"an export writes both {rival!r} and {text!r}, which some file systems take for one")
    return text


def _manifest(folder: Path, label: str) -> dict[str, _Known]:
    try:
        return msgspec.json.decode(_exports(folder)[label], type=dict[str, _Known])
    except (KeyError, msgspec.MsgspecError):
        return {}


def _exports(folder: Path) -> dict[str, msgspec.Raw]:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, UnicodeDecodeError, msgspec.MsgspecError):
        return {}


def _remember(folder: Path, label: str, files: dict[str, _Known]) -> None:
    written = msgspec.json.Encoder(order="sorted").encode
    everything = written({**_exports(folder), label: msgspec.Raw(written(files))})
    draft = folder / f"{MANIFEST}.draft"
    draft.write_bytes(msgspec.json.format(everything, indent=1) + b"\n")
    draft.replace(folder / MANIFEST)


def _remove(folder: Path, path: str) -> None:
    target = folder / PurePosixPath(path)
    target.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        target.parent.rmdir()


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _same(one: Path, other: Path) -> bool:
    with one.open("rb") as a, other.open("rb") as b:
        return (
            all(x == y for x, y in zip(_chunks(a), _chunks(b), strict=False))
            and one.stat().st_size == other.stat().st_size
        )


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(1 << 20):
        yield chunk
