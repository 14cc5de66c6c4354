"""What a process costs, what a folder holds, and a figure with the bar it is held to.

Everything is measured in child processes, the two sides taking turns. This process stays small: Linux counts the
parent's memory at the moment of the fork into the child's peak.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[1]
CACHE = (".index.sqlite", ".lock", ".staging")  # what the archive's format does not count as its content
MB = 1e6
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2) and Linux disagree about the unit

State = dict[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one run of a process took: seconds of CPU and of wall time, bytes at the peak."""

    user: float
    system: float
    wall: float
    peak: int

    @property
    def cpu(self) -> float:
        """Seconds in the program and in the system on its behalf."""
        return self.user + self.system

    def __str__(self) -> str:
        """Tell the two parts of the CPU time: the second depends on the disk and on who else uses it."""
        return f"user {self.user:.2f} s + system {self.system:.2f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured fact. ``ours`` and ``other`` are in ``unit``; without ``other`` the fact stands alone."""

    what: str
    ours: float
    unit: str
    shown: str  # what the bar is about, in words: "1.70×", "58 MB", "0 files"
    bar: str
    holds: bool | None  # None: told for information, no bar is set
    other: float | None = None
    against: str = ""
    remark: str = ""


def at_most(
    what: str, ours: float, other: float, times: float, against: str, *, unit: str = "s", remark: str = ""
) -> Figure:
    """Hold ``ours`` to at most so many times ``other``."""
    ratio = ours / other
    return Figure(
        what=what,
        ours=ours,
        other=other,
        unit=unit,
        against=against,
        shown=f"{ratio:.2f}×",
        bar=f"≤ {times:g}×",
        holds=ratio <= times,
        remark=remark,
    )


def faster(what: str, ours: float, other: float, times: float, against: str) -> Figure:
    """Hold ``ours`` to be at least so many times faster than ``other``."""
    ratio = other / ours
    bar = "no slower" if times == 1 else f"≥ {times:g}× faster"
    shown = f"{ratio:.1f}× faster" if ratio >= 1 else f"{1 / ratio:.1f}× slower"
    return Figure(
        what=what, ours=ours, other=other, unit="s", against=against, shown=shown, bar=bar, holds=ratio >= times
    )


def told(figure: Figure) -> Figure:
    """Take the bar away: the figure is told for information."""
    return replace(figure, bar="—", holds=None)


def spend(command: Sequence[str], *, into: Path | None = None) -> Cost:
    """Run a command to its end and tell what it cost. Raises RuntimeError with its last words where it fails."""
    # byte code is cached, as it is for a user; a tool around us may have turned that off
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    os.sync()  # what the run before left to write is not this one's
    with tempfile.TemporaryFile() as errors, (into or Path(os.devnull)).open("wb") as out:
        started = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, cwd=ROOT, env=env)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            errors.seek(0)
            said = errors.read().decode("utf-8", "replace").strip().splitlines()
            raise RuntimeError(f"{' '.join(command[:6])} … exited with {child.returncode}: {' / '.join(said[-3:])}")
    return Cost(user=usage.ru_utime, system=usage.ru_stime, wall=wall, peak=usage.ru_maxrss * _RSS_UNIT)


def in_turn(times: int, *runs: Callable[[], Cost]) -> list[Cost]:
    """Let the runs take turns, so often; give the least CPU, wall and peak of each."""
    costs: list[list[Cost]] = [[] for _ in runs]
    for _ in range(times):
        for held, run in zip(costs, runs, strict=True):
            held.append(run())
    return [_best(held) for held in costs]


def _best(costs: list[Cost]) -> Cost:
    least = min(costs, key=lambda cost: cost.cpu)
    return replace(least, wall=min(cost.wall for cost in costs), peak=min(cost.peak for cost in costs))


def state(folder: Path) -> State:
    """Tell inode, time and size of every file; a file that was written again shows as another."""
    found: State = {}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if any(part.startswith(CACHE) for part in inside.parts) or not path.is_file():
            continue
        info = path.stat()
        found[inside.as_posix()] = (info.st_ino, info.st_mtime_ns, info.st_size)
    return found


def written(before: State, after: State) -> list[str]:
    """Name the files that are new, were written again or went, between two states."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
