"""Blogger's three forms are one blog; the corpus by number; and what is not public stays so."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from feedkeep.library import import_into
from feedkeep.models import Comment, Post, Site
from feedkeep.source import Source
from feedkeep.workflows import browse
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

CASES = DATA / "importers" / "blogger"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "handwritten-takeout/Takeout",
            {"post published": 1, "post draft": 1, "page published": 1, "comment approved": 2, "nested": 1},
        ),
        ("ghost-migrate/blogger-api-response.json", {"post published": 3}),
    ],
)
def test_the_corpus_by_number(corpus: Path, path: str, expected: dict[str, int]) -> None:
    records, _, error = read(Source.from_path(corpus / "blogger" / path))
    assert error is None
    found = Counter(f"{r.kind} {r.status}" for r in records if isinstance(r, (Post, Comment)))
    found.update("nested" for r in records if isinstance(r, Comment) and r.parent is not None)
    assert found == expected


def test_a_backup_a_takeout_and_answers_of_the_api_are_one_blog(tmp_path: Path) -> None:
    sources = [CASES / "maximal/input.xml", CASES / "takeout/input", CASES / "api-comments/input.json"]
    import_into(tmp_path, *sources, site="b")
    found = browse.find(tmp_path, "ida")
    assert found.post is not None
    assert found.post.id == "tag:blogger.com,1999:blog-7.post-11"
    assert {c.id.rpartition("-")[2] for c in found.comments} >= {"21", "22", "31", "32"}
    answer = next(c for c in found.comments if c.id.endswith("-22"))
    assert answer.parent == "tag:blogger.com,1999:blog-7.post-21"


def test_a_line_break_in_a_label_is_found_wherever_the_stream_is_cut() -> None:
    data = (CASES / "takeout-labels" / "input.atom").read_bytes()
    for more in range(0, 200, 7):
        padded = data.replace(b"<title>B</title>", b"<title>B</title><!--" + b"x" * (65536 - 700 + more) + b"-->")
        records, _, error = read(Source.from_bytes(padded), "blogger")
        assert error is None
        (post,) = [record for record in records if isinstance(record, Post)]
        assert [term.name for term in post.terms] == ["snow", "1960s", "two words"]


def test_the_site_is_told_by_the_settings_of_the_backup() -> None:
    records, _, _ = read(Source.from_path(CASES / "maximal" / "input.xml"))
    (site,) = [record for record in records if isinstance(record, Site)]
    assert (site.title, site.description, site.language) == ("Back Row & Balcony", "Films, from far away", "en-GB")
