"""The index of a site is kept true to its files, which others may change, delete or put there."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from feedkeep.archive import layout
from feedkeep.archive.conversation import decode
from feedkeep.archive.rows import entry_of, key_rows
from feedkeep.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.archive.index import Index


def refresh(index: Index, site: Path) -> None:
    """Bring the index up to date with the files of the site's folder, as far as their sizes and times differ."""
    known = {} if index.fresh else {path: (size, mtime) for path, size, mtime in index.stamps()}
    changed = []
    for path, stat in files(site):
        if known.pop(path, None) != (stat.st_size, stat.st_mtime_ns):
            changed.append((path, stat))
    if not changed and not known:
        return
    with contextlib.suppress(sqlite3.OperationalError):  # another process is at it
        index.begin()
        try:
            index.forget_paths([*known, *(path for path, _ in changed)])
            for path, stat in changed:
                _enter(index, site, path, stat)
            index.commit()
        except BaseException:
            index.rollback()
            raise


def _enter(index: Index, site: Path, path: str, stat: os.stat_result) -> None:
    try:
        data = (site / path).read_bytes()
        conversation = decode(data, path)
    except (OSError, ArchiveError):
        return  # verify names it; one bad file must not hide the others
    number = index.next_number()
    entry = entry_of(conversation, number, data, stat.st_size, stat.st_mtime_ns)
    entry.path = path
    index.put([entry], key_rows(conversation, number))


def files(site: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Yield (path, stat) of every conversation's file, folder by folder."""
    for name in layout.FOLDERS:
        yield from _walk(site / name, name)


def _walk(folder: Path, inside: str) -> Iterator[tuple[str, os.stat_result]]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        path = f"{inside}/{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, path)
        elif entry.name.endswith(".json") and entry.is_file(follow_symlinks=False):
            yield path, entry.stat(follow_symlinks=False)
