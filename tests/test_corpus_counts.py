"""Every document of the corpus, what is in it by number: records, replies, statuses, what was skipped; none crashes.

``data/corpus-counts.tsv`` holds a line for each file; of feedparser's two thousand, one for each folder. ``--accept`` writes it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest

from feedkeep.errors import FormatError
from feedkeep.models import Comment, Media, Post
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.workflows import reading
from golden import DATA

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = DATA / "corpus-counts.tsv"
MANY = "feeds/feedparser/"  # each a test of one behaviour: counted by folder
GROUPS = ["blogger", "disqus", "feeds", "ghost", "html", "mtif", "newsletters", "opml", "wxr"]


def counted(path: Path) -> Counter[str]:
    """Count what a file gives, after the name of its importer; "refused" where that is one error."""
    notes, found = Notes(), Counter[str]()
    try:
        for document, importer in reading.documents(Source.from_path(path)):
            if importer is None:
                found["unread"] += 1
                continue
            found[importer.name] += 1
            for record in reading.read(document, importer, notes, lambda _, records: list(records)):
                found[type(record).__name__] += 1
                if isinstance(record, (Post, Comment, Media)):
                    found[f"{type(record).__name__}.{record.status or 'unstated'}"] += 1
                if isinstance(record, Comment) and record.parent is not None:
                    found["Comment.nested"] += 1
                if isinstance(record, Post) and record.reviews:
                    found["Post.reviewing"] += 1
    except FormatError:
        return Counter(refused=1)
    found["skipped"] = notes.counts[Kind.SKIPPED]
    return +found


def shown(counts: dict[str, Counter[str]]) -> list[str]:
    return [
        f"{name}\t{' '.join(f'{key}={value}' for key, value in sorted(found.items()))}"
        for name, found in sorted(counts.items())
    ]


@pytest.mark.parametrize("group", GROUPS)
def test_every_file_of_the_corpus_is_counted(corpus: Path, group: str, *, accept: bool) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for path in sorted(path for path in (corpus / group).rglob("*") if path.is_file()):
        name = path.relative_to(corpus).as_posix()
        name = name.rpartition("/")[0] + "/*" if name.startswith(MANY) else name
        counts[name] += counted(path)
    lines = shown(counts)
    held = COUNTS.read_text("utf-8").splitlines() if COUNTS.exists() else []
    if accept:
        others = [line for line in held if not line.startswith(f"{group}/")]
        COUNTS.write_text("".join(line + "\n" for line in sorted([*others, *lines])), "utf-8")
        return
    assert lines == sorted(line for line in held if line.startswith(f"{group}/"))


def test_every_group_of_the_corpus_is_counted(corpus: Path) -> None:
    held = {path.name for path in corpus.iterdir() if path.is_dir() and path.name != "licences"}
    assert sorted(held) == GROUPS
