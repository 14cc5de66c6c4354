"""How an import becomes one step: stage, sync, write the journal, carry it out, clear.

Everything new is written to ``.staging`` first. The journal, written last and put in place by one rename, is the
commit record: while it is not there, opening the site throws the staging folder away; once it is there, opening
carries it out again from the start, and each of its steps can be repeated without harm.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from typing import TYPE_CHECKING

from feedkeep.archive.layout import STAGING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_ONE_BY_ONE = 64  # up to so many files are synced each; beyond, one sync of the whole system is quicker
_CAN_SYNC_ALL = hasattr(os, "sync")  # not on Windows

Step = tuple[str, str, str]  # ("put", staged name, path) · ("move", path, path) · ("delete", path, "")


class Journal:
    """The staging folder of one site."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._folder = site / STAGING
        self._draft = self._folder / "journal.draft"
        self._commit = self._folder / "journal"
        self.steps = 0  # that are prepared
        self._made: list[Path] = []
        self._prepared: set[str] = set()

    @property
    def pending(self) -> bool:
        """Whether something was left behind, by a kill or a writer at work."""
        return self._folder.is_dir()

    @property
    def is_promised(self) -> bool:
        """Whether the commit record is there."""
        return self._commit.exists()

    def start(self) -> None:
        """Begin with an empty staging folder."""
        self._folder.mkdir()

    def name(self, number: int) -> str:
        """Give the name under which a conversation is staged: folders of 256, since large ones are slow."""
        folder = f"{number >> 8:x}"
        if folder not in self._prepared:
            self._prepared.add(folder)
            (self._folder / folder).mkdir(exist_ok=True)
        return f"{folder}/{number}"

    def write(self, name: str, data: bytes) -> os.stat_result:
        """Stage a file under a name."""
        handle = os.open(f"{self._folder}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            return os.fstat(handle)
        finally:
            os.close(handle)

    def take(self, name: str, file: Path) -> None:
        """Stage a file that lies elsewhere under a name: the same bytes by another link, where there can be one."""
        target = self._folder / name
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)

    def path(self, name: str) -> Path:
        """Where a staged file lies."""
        return self._folder / name

    def make_room(self, path: str) -> None:
        """Make the folder that a path will need, while failing is still harmless."""
        folder = path.rpartition("/")[0]
        if folder in self._prepared:
            return
        self._prepared.add(folder)
        missing = self._site / folder
        chain = []
        while not missing.is_dir():
            chain.append(missing)
            missing = missing.parent
        for made in reversed(chain):
            made.mkdir(exist_ok=True)
            self._made.append(made)

    def prepare(self, steps: Iterable[Step]) -> None:
        """Write the list of steps beside the staged files. Nothing of it lasts before the commit."""
        with self._draft.open("w", encoding="utf-8", newline="\n") as file:
            for step in steps:
                file.write(json.dumps(step) + "\n")
                self.steps += 1

    def stage(self, *, alone: bool) -> None:
        """Make the staged files last, ``alone`` where nobody syncs the system after it."""
        if not alone:
            return
        for path in self._folder.rglob("*"):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        for folder in [*self._made, *(folder.parent for folder in self._made)]:
            _sync_folder(folder)

    def promise(self, *, alone: bool) -> None:
        """Put the commit record in its place: from now on there is no way back."""
        self._draft.rename(self._commit)
        if alone:
            _sync_folder(self._folder)

    def carry_out(self, *, alone: bool) -> None:
        """Carry out the steps, from the first."""
        touched: set[str] = set()
        for kind, one, other in self._steps():
            target = self._site / (one if kind == "delete" else other)
            touched.add(str(target.parent))
            if kind == "put":
                with contextlib.suppress(FileNotFoundError):  # done before the kill
                    _rename(f"{self._folder}/{one}", target)
            elif kind == "move":
                if (self._site / one).exists():
                    _rename(str(self._site / one), target)
            else:
                target.unlink(missing_ok=True)
                self._prune(target.parent)
        for folder in touched if alone else ():
            _sync_folder(folder)

    def recover(self) -> bool:
        """Finish or forget what a kill left behind; tells whether there was anything."""
        if not self.pending:
            return False
        if self.is_promised:
            self.carry_out(alone=not _CAN_SYNC_ALL)
            _sync_all()
        self.clear()
        return True

    def clear(self) -> None:
        """Remove the staging folder; the commit record goes first."""
        self._commit.unlink(missing_ok=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def abandon(self) -> None:
        """Undo, unless the commit record is there: remove what was staged and the folders that were made for it."""
        if self.is_promised:
            return
        self.clear()
        for folder in reversed(self._made):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _steps(self) -> Iterator[Step]:
        with self._commit.open(encoding="utf-8") as file:
            for line in file:
                kind, one, other = json.loads(line)
                yield kind, one, other

    def _prune(self, folder: Path) -> None:
        while folder != self._site:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent


def commit(journals: Sequence[Journal]) -> dict[Journal, OSError]:
    """Make what is prepared last, and carry it out; give what went wrong for those that failed.

    Each journal is a commit of its own, but where they are many or long, all of them wait for the disk together.
    """
    alone = not _CAN_SYNC_ALL or sum(journal.steps for journal in journals) <= _ONE_BY_ONE
    failed: dict[Journal, OSError] = {}
    for stage in (Journal.stage, Journal.promise, Journal.carry_out):
        for journal in journals:
            if journal not in failed:
                try:
                    stage(journal, alone=alone)
                except OSError as error:
                    failed[journal] = error
        if not alone:
            _sync_all()
    for journal in journals:
        if journal not in failed:
            journal.clear()
    return failed


def _rename(old: str, new: Path) -> None:
    try:
        os.replace(old, new)  # noqa: PTH105 — a str, in a loop over every file
    except FileNotFoundError:
        if not os.path.exists(old):  # noqa: PTH110 — likewise
            raise
        new.parent.mkdir(parents=True, exist_ok=True)
        os.replace(old, new)  # noqa: PTH105 — likewise


def _sync_folder(folder: str | Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows cannot open folders
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_all() -> None:
    if _CAN_SYNC_ALL:
        os.sync()
