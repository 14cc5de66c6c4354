"""Substack and Medium: the corpus by number, and what keeps other people's matters and drafts inside."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from feedkeep.library import export_from, import_into
from feedkeep.models import Post
from feedkeep.source import Source
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "substack",
            {"post published": 2, "post draft": 1, "thread published": 1, "page published": 1, "enclosures": 1},
        ),
        ("export", {"post published": 6, "post draft": 2, "response published": 1}),
    ],
)
def test_the_corpus_by_number(corpus: Path, path: str, expected: dict[str, int]) -> None:
    records, _, error = read(Source.from_path(corpus / "newsletters" / "ghost-migrate" / path))
    assert error is None
    posts = [record for record in records if isinstance(record, Post)]
    found = Counter(f"{post.kind} {post.status}" for post in posts)
    found.update("enclosures" for post in posts for _ in post.enclosures)
    assert found == expected


def test_no_reader_of_a_newsletter_is_in_the_archive(tmp_path: Path) -> None:
    import_into(tmp_path / "a", DATA / "importers" / "substack" / "maximal" / "input")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "a").rglob("*.json"))
    assert b"readers.example" not in kept


def test_what_only_subscribers_see_stays_inside(tmp_path: Path) -> None:
    (source,) = (DATA / "importers" / "substack" / "audience-decides").glob("input*")
    import_into(tmp_path / "a", source, site="s")
    (done,) = export_from(tmp_path / "a", "rss", tmp_path / "out")
    assert (done.posts, done.held_back) == (1, {"draft": 2, "private": 4})
    assert "only_paid" not in (tmp_path / "out" / "rss.xml").read_text("utf-8")
