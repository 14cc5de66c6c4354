"""The archive's own files as they lie, for a copy of it: what its format counts as its content, and nothing else."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from feedkeep.archive import following, layout
from feedkeep.errors import ArchiveError
from feedkeep.models import StoredFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


def stored(archive: Path, sites: Collection[str]) -> Iterator[StoredFile]:
    """Yield the files of sites by path, with the mark that makes a folder an archive.

    The list of what is followed is the archive's, not a site's: it comes along where all sites do.
    """
    names = [layout.MARK, *sites]
    if all(entry.name in sites for entry in archive.iterdir() if (entry / layout.SITE).is_file()):
        names.append(following.NAME)
    for name in sorted(names):
        if (archive / name).is_dir():
            yield from _walk(archive / name, name)
        elif (archive / name).is_file():
            yield _file(archive / name, name)


def _walk(folder: Path, inside: str) -> Iterator[StoredFile]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):  # a cache, a lock, a draft: no part of the archive
            continue
        path = f"{inside}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, path)
        elif entry.is_file(follow_symlinks=False):
            yield _file(folder / entry.name, path)


def _file(path: Path, name: str) -> StoredFile:
    return StoredFile(name, partial(_opened, path, name))


def _opened(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ArchiveError(f"{name}: {(error.strerror or str(error)).lower()}") from error
