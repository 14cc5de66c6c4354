"""The sample: its sources say what their README says, and the archive in the repository is what they make."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

from archived_blog import tree
from feedkeep.archive import Archive
from feedkeep.library import import_into
from feedkeep.models import Comment, Media, Post
from feedkeep.notes import Kind, Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from golden import read

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "data" / "sample"
SOURCES = ("wordpress.xml", "uploads", "comments.atom", "feed.xml", "saved-page.txt")


def counted(name: str) -> tuple[str, Counter[str]]:
    source = Source.from_path(SAMPLE / name)
    records, notes, error = read(source)
    assert error is None
    assert notes.counts[Kind.SKIPPED] == 0
    found = Counter[str]()
    for record in records:
        if isinstance(record, Post):
            found["protected" if record.password else f"{record.kind} {record.status}"] += 1
        elif isinstance(record, Comment):
            found[f"{record.kind} {record.status}"] += 1
        elif isinstance(record, Media):
            found["media"] += 1
    return name, found


def test_the_sources_hold_what_their_readme_says() -> None:
    assert counted("wordpress.xml")[1] == {
        "post published": 12,
        "page published": 1,
        "post draft": 1,
        "post private": 1,
        "post scheduled": 1,
        "protected": 1,
        "comment approved": 21,
        "comment pending": 1,
        "comment trashed": 1,
        "pingback approved": 1,
        "media": 3,
    }
    assert counted("comments.atom")[1] == {"comment approved": 8}
    assert counted("feed.xml")[1] == {"post published": 5}
    assert counted("saved-page.txt")[1] == {"post published": 1, "comment approved": 3}


def test_importing_the_sample_again_changes_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "archive", tmp_path / "archive")
    notes = Notes()
    reports = import_into(tmp_path / "archive", *(SAMPLE / name for name in SOURCES), notes=notes)
    assert {(c.added, c.updated, c.skipped) for report in reports for c in report.counts.values()} == {(0, 0, 0)}
    assert tree(tmp_path / "archive") == tree(ROOT / "archive")


def test_the_archive_in_the_repository_is_what_the_program_makes_of_the_sources(tmp_path: Path) -> None:
    made = tmp_path / "archive"
    command = [sys.executable, "-m", "feedkeep", "import", *SOURCES, "--archive", str(made)]
    subprocess.run(command, check=True, cwd=SAMPLE, capture_output=True)

    assert unpacked(tree(made)) == unpacked(tree(ROOT / "archive"))


def test_the_threads_of_the_export_are_four_deep() -> None:
    records, _, _ = read(Source.from_path(SAMPLE / "wordpress.xml"))
    parents = {record.id: record.parent for record in records if isinstance(record, Comment)}
    depths = Counter[int]()
    for parent in parents.values():
        depth, above = 1, parent
        while above is not None:
            depth, above = depth + 1, parents[above]
        depths[depth] += 1
    assert depths == {1: 13, 2: 6, 3: 3, 4: 2}


def unpacked(files: dict[str, bytes]) -> dict[str, bytes]:
    """Packed bytes depend on the zlib at hand, what is in them does not."""
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()}


def test_every_source_went_into_one_conversation_for_each_post() -> None:
    site = Archive.open(ROOT / "archive").site("secondrow.example")
    by_slug = {summary.slug: summary for summary in site.summaries()}
    assert len(by_slug) == 18
    beauty = site.load(by_slug["the-great-beauty"].path)
    assert {origin.format for version in beauty.versions for origin in version.origins} == {"wxr", "pagetext"}
    assert len(beauty.comments) == 3
    assert len(list(site.orphans())) == 1
    assert sum(summary.reviews for summary in by_slug.values()) == 11
    assert sum(1 for _ in site.summaries(Selection(min_rating=4.5))) == 5
    for media in site.snapshot(Selection(), gate=False).media():
        stream = site.open_media(media)
        assert stream is not None
        stream.close()
    site.close()
