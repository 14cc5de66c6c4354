"""How the files of a site stand: what is held, what is missing and why."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING

import msgspec

from feedkeep.workflows.media_memory import Memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedkeep.archive import Archive


class MissingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that could not be had."""

    url: str  # as it is named
    why: str
    post: str | None = None  # id of the one that names it
    due: dt.datetime | None = None  # when it is asked for again; None: never


class MediaReport(msgspec.Struct, kw_only=True):
    """What became of the files of one site."""

    site: str
    named: int = 0  # addresses that its posts and media records name
    held: int = 0  # of them, those whose file is held now
    fetched: int = 0  # files, in this run
    bytes: int = 0  # likewise
    waiting: int = 0  # files for the next run
    missing: tuple[MissingFile, ...] = ()
    error: str | None = None  # what ended the run before its end


def remembered(archive: Archive) -> list[MediaReport]:
    """Tell of each site how its files stood after the last run; those that were never fetched say nothing."""
    found = []
    for name in archive.sites():
        memory = Memory(archive.path, name)
        if memory.total is not None:
            total = memory.total
            missing = tuple(missing_file(url, None, memory) for url in total.missing)
            found.append(MediaReport(site=name, named=total.named, held=total.held, missing=missing))
    return found


def missing_file(url: str, post: str | None, memory: Memory, tries: Sequence[str] = ()) -> MissingFile:
    """Say why a file is not held, and when it is asked for again; ``tries`` are all the addresses that it may be at."""
    lost = [memory.lost[one] for one in (*tries, url) if one in memory.lost]
    if not lost:
        return MissingFile(url=url, why="not found", post=post)
    due = min((one.due for one in lost if one.due is not None), default=None)
    return MissingFile(url=url, why=lost[-1].why, post=post, due=due)
