"""How an import becomes one step: stage, sync, write the journal, carry it out, clear.

Everything new is written to ``.staging`` first. The journal, written last and put in place by one rename, is the
commit record: while it is not there, opening the site throws the staging folder away; once it is there, opening
carries it out again from the start, and each of its steps can be repeated without harm.

What is staged below ``tree`` lies there as it will lie in the site, so that a folder that the site does not have takes
one step, however many files are in it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from itertools import chain
from typing import TYPE_CHECKING

from feedkeep.archive.disk import plant, prune, rename, sync_folder, written
from feedkeep.archive.layout import STAGING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

_TREE = "tree"
_ONE_BY_ONE = 64  # up to so many files are synced each; beyond, one sync of the whole system is quicker
_CAN_SYNC_ALL = hasattr(os, "sync")  # not on Windows

# ("put", staged name, path) · ("folder", staged name, path) · ("move", path, path) · ("delete", path, "")
Step = tuple[str, str, str]


class Journal:
    """The staging folder of one site."""

    def __init__(self, site: Path) -> None:
        self._site = site
        self._folder = site / STAGING
        self._draft = self._folder / "journal.draft"
        self._commit = self._folder / "journal"
        self.files = 0  # that are prepared: staged, moved or deleted
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

    def write(self, name: str, data: bytes) -> os.stat_result:
        """Stage a file under a name."""
        return written(f"{self._folder}/{name}", data, os.O_TRUNC)

    def write_new(self, path: str, data: bytes) -> os.stat_result:
        """Stage a file where it will lie in the site. Raises FileExistsError where another is staged there."""
        name = f"{self._folder}/{_TREE}/{path}"
        try:
            return written(name, data, os.O_EXCL)
        except FileNotFoundError:  # the first of its folder
            os.makedirs(name.rpartition("/")[0], exist_ok=True)  # noqa: PTH103 — names are str here, for their number
            return written(name, data, os.O_EXCL)

    def placed(self, path: str) -> str:
        """Give the name of what :meth:`write_new` staged."""
        return f"{_TREE}/{path}"

    def arrange(self, name: str, path: str) -> None:
        """Let what is staged under a name lie where it will lie in the site."""
        rename(f"{self._folder}/{name}", self._folder / _TREE / path)

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

    def remove(self, name: str) -> None:
        """Take a staged file away, and the folders that are empty without it."""
        path = self._folder / name
        path.unlink()
        prune(path.parent, self._folder)

    def make_room(self, path: str) -> None:
        """Make the folder that a path will need, while failing is still harmless."""
        folder = path.rpartition("/")[0]
        if folder in self._prepared:
            return
        self._prepared.add(folder)
        missing = self._site / folder
        missed = []
        while not missing.is_dir():
            missed.append(missing)
            missing = missing.parent
        for made in reversed(missed):
            made.mkdir(exist_ok=True)
            self._made.append(made)

    def prepare(self, steps: Iterable[Step], placed: int) -> None:
        """Write the list of steps beside the staged files. Nothing of it lasts before the commit.

        The ``placed`` files in the tree need no step of the caller's.
        """
        self.files = placed
        with self._draft.open("w", encoding="utf-8", newline="\n") as file:
            for step in chain(self._planted(""), steps):
                file.write(json.dumps(step) + "\n")
                self.files += not step[1].startswith(_TREE)

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
            sync_folder(folder)

    def promise(self, *, alone: bool) -> None:
        """Put the commit record in its place: from now on there is no way back."""
        self._draft.rename(self._commit)
        if alone:
            sync_folder(self._folder)

    def carry_out(self, *, alone: bool) -> None:
        """Carry out the steps, from the first."""
        touched: set[str] = set()
        for kind, one, other in self._steps():
            target = self._site / (one if kind == "delete" else other)
            touched.add(str(target.parent))
            if kind == "put":
                with contextlib.suppress(FileNotFoundError):  # done before the kill
                    rename(f"{self._folder}/{one}", target)
            elif kind == "folder":
                touched.add(str(target))
                plant(self._folder / one, target)
            elif kind == "move":
                if (self._site / one).exists():
                    rename(str(self._site / one), target)
            else:
                target.unlink(missing_ok=True)
                prune(target.parent, self._site)
        for folder in touched if alone else ():
            sync_folder(folder)

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

    def _planted(self, inside: str) -> Iterator[Step]:
        """Yield the steps that bring the tree into the site: folders that it has are gone through, others go whole."""
        try:
            entries = sorted(os.scandir(self._folder / _TREE / inside), key=lambda entry: entry.name)
        except FileNotFoundError:  # no conversation was staged
            return
        for entry in entries:
            path = f"{inside}{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                yield "put", self.placed(path), path
            elif (self._site / path).is_dir():
                yield from self._planted(f"{path}/")
            else:
                self.make_room(f"{path}/")
                yield "folder", self.placed(path), path


def commit(journals: Sequence[Journal]) -> dict[Journal, OSError]:
    """Make what is prepared last, and carry it out; give what went wrong for those that failed.

    Each journal is a commit of its own, but where they are many or long, all of them wait for the disk together.
    """
    alone = not _CAN_SYNC_ALL or sum(journal.files for journal in journals) <= _ONE_BY_ONE
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


def _sync_all() -> None:
    if _CAN_SYNC_ALL:
        os.sync()
