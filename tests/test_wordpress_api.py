"""Answers of WordPress's API: the corpus by number, and one blog with its export."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from archived_blog import WXR, put
from feedkeep.library import import_into
from feedkeep.models import Comment, Person, Post, Site
from feedkeep.source import Source
from feedkeep.workflows import browse
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

CASES = DATA / "importers" / "wordpress_api"
FIXTURES = "newsletters/ghost-migrate/mg-wp-api/test/fixtures"


def test_the_corpus_by_number(corpus: Path) -> None:
    found = Counter[str]()
    for path in sorted((corpus / FIXTURES).iterdir()):
        records, _, error = read(Source.from_path(path))
        assert error is None, path.name
        found.update(f"{r.kind} {r.status}" for r in records if isinstance(r, Post))
        found.update("people" for r in records if isinstance(r, Person))
    assert found == {"post published": 11, "page published": 1, "mycpt published": 1, "people": 3}


def test_the_answers_and_an_export_are_one_blog(tmp_path: Path) -> None:
    exported = Post(
        id="https://backrow.example/?p=1", aliases=("wp:post:1@backrow.example",), title="Film one", subtitle="x"
    )
    said = Comment(id="https://backrow.example/?p=1#comment-21", post="https://backrow.example/?p=1", ip="192.0.2.7")
    put(tmp_path, WXR, Site(id="https://backrow.example", url="https://backrow.example"), exported, said)
    import_into(tmp_path, CASES / "maximal" / "input", site="blog.example")
    found = browse.find(tmp_path, "https://backrow.example/?p=1")
    assert found.post is not None
    assert found.post.subtitle == "x"
    assert found.post.url == "https://backrow.example/2014/04/film-1/"
    assert [c.id.rpartition("-")[2] for c in found.comments] == ["21", "22", "23", "24"]
    assert found.comments[0].ip == "192.0.2.7"
