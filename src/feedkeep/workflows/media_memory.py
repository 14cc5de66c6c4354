"""What is remembered of files that could not be fetched: ``.media/<site>.jsonl`` beside the sites, a line for each answer.

A cache like the visits: without it, what is missing is asked for anew.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import ArchiveError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = ".media"
_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
_ABSENT, _ABSENT_MOST = 7 * _DAY, 90 * _DAY  # a 404, doubled with each further one
_FAILED, _FAILED_MOST = _HOUR, 7 * _DAY  # no answer, likewise


class Lost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address that gave no file, or a host that is to be left alone."""

    url: str  # or "host:" and its name
    why: str
    due: dt.datetime | None = None  # None: never again
    times: int = 1  # in a row
    is_absent: bool = False  # the server said that it is not there
    limit: int | None = None  # bytes that it was larger than
    is_binding: bool = False  # the server said when: not even when told to


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """How the site stood after a run."""

    named: int
    held: int
    missing: tuple[str, ...]  # addresses


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    lost: Lost | None = None
    found: str | None = None  # an address that is lost no longer
    total: Total | None = None


class Memory:
    """The memory of one site."""

    def __init__(self, archive: Path, site: str) -> None:
        self._path = archive / FOLDER / f"{site}.jsonl"
        self.lost: dict[str, Lost] = {}
        self.total: Total | None = None
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            lines = []
        for line in lines:
            try:
                self._apply(msgspec.json.decode(line, type=_Line))
            except msgspec.MsgspecError:  # cut short by a kill
                continue

    def is_due(self, url: str, now: dt.datetime, limit: int, *, now_please: bool) -> bool:
        """Tell whether an address may be asked for now."""
        lost = self.lost.get(url)
        if lost is None:
            return True
        if lost.limit is not None:
            return lost.limit < limit
        if lost.due is not None and now >= lost.due:
            return True
        return now_please and not lost.is_binding

    def is_settled(self, now: dt.datetime) -> bool:
        """Tell whether there is nothing to ask for, as long as the site names no other files than after the last run."""
        total = self.total
        if total is None or total.held + len(total.missing) < total.named:
            return False
        return all(lost.due is None or lost.due > now for lost in self.lost.values())

    def absent(self, url: str, why: str, now: dt.datetime) -> None:
        """Remember that a server does not have it."""
        times = self._times(url, is_absent=True)
        wait = min(_ABSENT * 2 ** min(times - 1, 10), _ABSENT_MOST)
        self._lose(Lost(url=url, why=why, due=now + wait, times=times, is_absent=True))

    def gone(self, url: str, why: str) -> None:
        """Remember that it is gone for good."""
        self._lose(Lost(url=url, why=why, is_absent=True, is_binding=True))

    def refused(self, url: str, why: str, now: dt.datetime) -> None:
        """Remember that it must not be asked for; whoever allows it need not wait."""
        self._lose(Lost(url=url, why=why, due=now, is_absent=True))

    def failed(self, url: str, why: str, now: dt.datetime, not_before: dt.datetime | None = None) -> None:
        """Remember that there was no answer, or word to come later."""
        times = self._times(url, is_absent=False)
        due = not_before or now + min(_FAILED * 2 ** min(times - 1, 10), _FAILED_MOST)
        self._lose(Lost(url=url, why=why, due=due, times=times, is_binding=not_before is not None))

    def too_large(self, url: str, why: str, limit: int) -> None:
        """Remember that it is larger than was allowed."""
        self._lose(Lost(url=url, why=why, limit=limit))

    def found(self, url: str) -> None:
        """Forget that it was lost."""
        if url in self.lost:
            self._happened(_Line(found=url))

    def finished(self, total: Total) -> None:
        """Leave of all that happened what holds now, and how the site stands."""
        self.total = total
        if not self.lost and not total.missing and not self._path.exists() and not total.named:
            return
        lines = [*(_Line(lost=lost) for lost in self.lost.values()), _Line(total=total)]
        draft = self._path.with_suffix(".draft")
        self._written(draft, lines, "wb")
        draft.replace(self._path)

    def _times(self, url: str, *, is_absent: bool) -> int:
        before = self.lost.get(url)
        return before.times + 1 if before is not None and before.is_absent == is_absent else 1

    def _lose(self, lost: Lost) -> None:
        self._happened(_Line(lost=lost))

    def _happened(self, line: _Line) -> None:
        self._written(self._path, [line], "ab")
        self._apply(line)

    def _written(self, path: Path, lines: Iterable[_Line], mode: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open(mode) as file:
                file.write(b"".join(b"\n" * (mode == "ab") + msgspec.json.encode(line) + b"\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise ArchiveError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error

    def _apply(self, line: _Line) -> None:
        if line.lost is not None:
            self.lost[line.lost.url] = line.lost
        if line.found is not None:
            self.lost.pop(line.found, None)
        if line.total is not None:
            self.total = line.total
