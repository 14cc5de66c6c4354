"""Writing, moving and syncing files and folders, each so that doing it again does no harm."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def prune(folder: Path, top: Path) -> None:
    """Remove a folder, and those around it below ``top``, as long as they are empty."""
    while folder != top:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def written(path: str, data: bytes, how: int) -> os.stat_result:
    """Write a file; ``how`` is what open(2) is told beside creating it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o644)
    try:
        done = os.write(handle, data)
        while done < len(data):
            done += os.write(handle, memoryview(data)[done:])
        return os.fstat(handle)
    finally:
        os.close(handle)


def plant(folder: Path, target: Path) -> None:
    """Put a staged folder where the site had none; where something came to be there since, what is in it."""
    if not folder.is_dir():
        return  # done before the kill
    with contextlib.suppress(OSError):
        target.rmdir()  # what make_room made: not every system renames to a folder that is there
    try:
        rename(str(folder), target)
    except OSError:
        if not target.is_dir():
            raise
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                plant(entry, target / entry.name)
            else:
                rename(str(entry), target / entry.name)


def rename(old: str, new: Path) -> None:
    """Rename a file over what is there, and make the folder for it where it is missing."""
    try:
        os.replace(old, new)  # noqa: PTH105 — a str, in a loop over every file
    except FileNotFoundError:
        if not os.path.exists(old):  # noqa: PTH110 — likewise
            raise
        new.parent.mkdir(parents=True, exist_ok=True)
        os.replace(old, new)  # noqa: PTH105 — likewise


def sync_folder(folder: str | Path) -> None:
    """Make the names in a folder last."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows cannot open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
