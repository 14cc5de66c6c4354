"""What a run measures: sizes, repeats, and the documents and archives that several benchmarks share."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, spend

_HERE = Path(__file__).parent
SITE = "blog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``folder`` is empty and ours; what one benchmark made there, another finds."""

    folder: Path
    posts: int = 10_000
    many: int = 145_000  # posts of the second measure of memory: an export of a gigabyte
    comments: int = 40  # MB of Disqus's export of comments
    many_comments: int = 400  # MB of the second measure of its memory
    window: int = 1_000  # posts in the feed of the export benchmark
    feeds: int = 1_000  # that a sync asks
    repeats: int = 5

    def program(self, name: str, official: str) -> Path:
        """Choose a program of ours, or its namesake in the folder that FEEDKEEP_BENCH names."""
        chosen = os.environ.get("FEEDKEEP_BENCH")
        return Path(chosen) / official if chosen else _HERE / name

    def export(self, posts: int) -> Path:
        """Give a WordPress export of so many posts, made once."""
        path = self.folder / f"blog-{posts}.xml"
        if not path.exists():
            spend([sys.executable, str(self.program("make_wxr.py", "make_wxr.py")), str(posts), str(path)])
        return path

    def disqus(self, megabytes: int) -> Path:
        """Give a Disqus export of so many megabytes, made once."""
        path = self.folder / f"disqus-{megabytes}.xml"
        if not path.exists():
            spend([sys.executable, str(_HERE / "make_disqus.py"), str(megabytes), str(path)])
        return path

    def floor(self, export: Path) -> Cost:
        """Do the least that an import could do, into a new folder."""
        out = self.emptied("floor")
        return spend([sys.executable, str(self.program("floor.py", "floor_import.py")), str(export), str(out)])

    def import_(self, source: Path, archive: Path) -> Cost:
        """Import into an archive, as a user would."""
        return spend([*feedkeep(), "import", str(source), "--archive", str(archive), "--site", SITE])

    def archive(self, posts: int) -> Path:
        """Give an archive of so many posts, imported once; whoever changes it copies it."""
        path = self.folder / f"archive-{posts}"
        if not path.exists():
            self.import_(self.export(posts), path)
        return path

    def emptied(self, name: str) -> Path:
        """Name a folder of ours that is not there (any more)."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        return path


def feedkeep() -> list[str]:
    """Begin the command line of the program under test."""
    return [sys.executable, "-m", "feedkeep"]
