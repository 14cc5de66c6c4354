"""Writing to an archive: one writer at a time, all or nothing, each file once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from archived_blog import SITE, WXR, at, comment, post, put, tree
from feedkeep.archive import Archive
from feedkeep.archive.staging import Staging
from feedkeep.errors import ArchiveError
from feedkeep.notes import Notes
from feedkeep.workflows.verify import verify


def test_comments_that_come_mixed_are_written_thread_by_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = Staging.write

    def counted(self: Staging, number: int, base: str, data: bytes) -> os.stat_result:
        written.append(base)
        return write(self, number, base, data)

    monkeypatch.setattr(Staging, "write", counted)
    mixed = [comment(number, of=number % 100) for number in range(1, 2001)]
    assert put(tmp_path, WXR, *mixed) == {"added": 2000}
    assert len(list((tmp_path / SITE / "orphans").iterdir())) == 100
    assert len(written) == 100


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path, create=True)
    with archive.write(SITE, WXR, Notes()), pytest.raises(ArchiveError, match=f"process {os.getpid()}"):
        archive.write(SITE, WXR, Notes())


def test_what_is_not_committed_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(ZeroDivisionError), Archive.open(path, create=True).write(SITE, WXR, Notes()) as writing:
        writing.put(post(1))
        raise ZeroDivisionError
    assert not path.exists()

    put(path, WXR, post(1))
    before = tree(path)
    with pytest.raises(ZeroDivisionError), Archive.open(path).write(SITE, WXR, Notes()) as writing:
        writing.put(post(2))
        raise ZeroDivisionError
    assert tree(path) == before


_KILLED = """
import os, sys
from pathlib import Path
from feedkeep.archive import Archive, Origin
from feedkeep.archive import journal
from archived_blog import WXR, SITE, post, comment
from feedkeep.notes import Notes
stop = int(sys.argv[2])
count = 0
def step(*args):
    global count
    count += 1
    if count == stop:
        os._exit(9)
for name in ("open", "write", "fsync", "replace", "sync", "mkdir", "unlink", "rename", "rmdir"):
    real = getattr(os, name)
    def wrapped(*args, _real=real, **kw):
        step()
        result = _real(*args, **kw)
        step()
        return result
    setattr(os, name, wrapped)
with Archive.open(sys.argv[1]).write(SITE, WXR, Notes()) as w:
    for n in range(1, 6):
        w.put(post(n, title=f"New {n}", updated=__import__("datetime").datetime(2020, 1, 1, tzinfo=__import__("datetime").UTC)))
        w.put(comment(n + 10, of=n))
print("done", count)
"""


@pytest.mark.parametrize("year", [2014, 2013], ids=["folders that are there", "folders that are new"])
def test_a_kill_between_any_two_system_calls_leaves_before_or_after(year: int, tmp_path: Path) -> None:
    first = tmp_path / "first"
    put(first, WXR, *(post(n, published=at(n).replace(year=year)) for n in range(1, 4)))
    before = tree(first)
    done = tmp_path / "done"
    subprocess.run(["cp", "-r", first, done], check=True)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    full = subprocess.run(
        [sys.executable, "-c", _KILLED, done, "0"], capture_output=True, text=True, check=True, env=environment
    )
    after = tree(done)
    steps = int(full.stdout.split()[1])
    assert steps > 20
    seen = Counter[str]()
    for stop in range(1, steps + 1, max(1, steps // 40)):
        victim = tmp_path / f"victim{stop}"
        subprocess.run(["cp", "-r", first, victim], check=True)
        killed = subprocess.run([sys.executable, "-c", _KILLED, victim, str(stop)], check=False, env=environment)
        assert killed.returncode == 9
        assert not [f for f in verify(victim).findings if f.damage]
        held = tree(victim)
        assert held in (before, after)
        seen["before" if held == before else "after"] += 1
    assert set(seen) == {"before", "after"}
