"""Substack and Medium: the corpus by number, and what keeps other people's matters and drafts inside."""

from __future__ import annotations

import gzip
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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tumblr-api-read-1-regular-answer.json", 2),
        ("tumblr-api-read-1-regular-answer.jsonp.js.txt", 2),
        ("tumblr-api-read-2-photo.json", 2),
        ("tumblr-api-read-2-photo.jsonp.js.txt", 2),
    ],
)
def test_the_answers_of_tumblr_by_number(corpus: Path, name: str, expected: int) -> None:
    records, _, error = read(Source.from_path(corpus / "newsletters" / "jekyll-import" / name))
    assert error is None
    posts = [record for record in records if isinstance(record, Post)]
    assert len(posts) == expected
    assert all(post.status == "published" and post.content is not None and post.published for post in posts)


def test_no_reader_of_a_newsletter_is_in_the_archive(tmp_path: Path) -> None:
    import_into(tmp_path / "a", DATA / "importers" / "substack" / "maximal" / "input")
    files = [path for path in (tmp_path / "a").rglob("*") if path.is_file()]
    kept = b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)
    assert b"post_id,post_date" in kept  # the copy of the source
    assert b"readers.example" not in kept


def test_no_message_between_people_is_in_the_archive(tmp_path: Path) -> None:
    reports = import_into(tmp_path / "a", DATA / "importers" / "tumblr" / "export-folder" / "input", site="t")
    assert [report.format for report in reports] == ["tumblr"]
    files = [path for path in (tmp_path / "a").rglob("*") if path.is_file()]
    kept = b"".join(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes() for path in files)
    assert b"Snow." in kept
    assert b"secret talk" not in kept


def test_what_only_subscribers_see_stays_inside(tmp_path: Path) -> None:
    (source,) = (DATA / "importers" / "substack" / "audience-decides").glob("input*")
    import_into(tmp_path / "a", source, site="s")
    (done,) = export_from(tmp_path / "a", "rss", tmp_path / "out")
    assert (done.posts, done.held_back) == (1, {"draft": 2, "private": 4})
    assert "only_paid" not in (tmp_path / "out" / "rss.xml").read_text("utf-8")
