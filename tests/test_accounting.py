"""Every record that is read is accounted for, over the whole corpus: added, updated, unchanged or skipped with a reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from feedkeep.errors import FeedkeepError
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.workflows import reading
from feedkeep.workflows.import_ import import_sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.formats import Importer
    from feedkeep.models import Record

# Groups of the corpus, and how many sources of each are read; the others say in their error what they are not.
GROUPS = {
    "feeds/feed-rs": 66,
    "feeds/feedparser": 2048,
    "wxr": 15,
    "disqus": 7,
    "ghost": 18,
    "blogger": 2,
    "newsletters": 33,
    "mtif": 1,
    "html": 45,
    "opml": 109,
}


def counted(source: Source) -> tuple[Counter[str], int] | None:
    """Count what the readers give for a source, by record, and how often they skip one; None where none reads it."""
    notes, found, read_any = Notes(), Counter[str](), False

    def collect(_: Importer, records: Iterator[Record]) -> Counter[str]:
        return Counter(type(record).__name__.lower() for record in records)

    for document, importer in reading.documents(source):
        if importer is not None:
            found += reading.read(document, importer, notes, collect)
            read_any = True
    return (found, notes.counts[Kind.SKIPPED]) if read_any else None


def sources(folder: Path) -> Iterator[Path]:
    """The documents of a group, and the folders that are one export."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in {".md", ".py"})


@pytest.mark.parametrize("group", GROUPS)
def test_what_is_read_is_accounted_for(corpus: Path, tmp_path: Path, group: str) -> None:
    read = 0
    for number, path in enumerate(sources(corpus / group)):
        source = Source.from_path(path)
        try:
            expected = counted(source)
        except FeedkeepError:
            with pytest.raises(FeedkeepError):
                import_sources(tmp_path / str(number), [source], site="s", dry_run=True, notes=Notes())
            continue
        if expected is None:
            continue
        notes = Notes()
        reports = import_sources(tmp_path / str(number), [source], site="s", dry_run=True, notes=notes)
        told, skipped = Counter[str](), 0
        for report in reports:
            for kind, counts in report.counts.items():
                told[kind] += counts.added + counts.updated + counts.unchanged
                skipped += counts.skipped
        assert (told, skipped) == expected, path.name
        assert notes.counts[Kind.SKIPPED] == skipped
        assert all(note.what.strip() for note in notes.kept if note.kind is Kind.SKIPPED)
        read += 1
    assert read == GROUPS[group]


@pytest.mark.parametrize("group", ["wxr", "disqus", "ghost", "blogger", "newsletters", "mtif"])
def test_reading_an_export_again_changes_nothing(corpus: Path, tmp_path: Path, group: str) -> None:
    for number, path in enumerate(sources(corpus / group)):
        archive = tmp_path / str(number)
        try:
            import_sources(archive, [Source.from_path(path)], site="s", keep_source=False, notes=Notes())
        except FeedkeepError:
            continue
        again = import_sources(archive, [Source.from_path(path)], site="s", keep_source=False, notes=Notes())
        changed = {
            (kind, counts.added, counts.updated)
            for report in again
            for kind, counts in report.counts.items()
            if counts.added or counts.updated
        }
        assert changed == set(), path.name
