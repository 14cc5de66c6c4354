"""Every Ghost and Squarespace export of the corpus; the editors' documents, whatever they hold."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import lexical, mobiledoc
from feedkeep.content.json_tree import DEPTH, parsed
from feedkeep.formats import detect
from feedkeep.models import Comment, Person, Post, Record, Term
from feedkeep.notes import Kind
from feedkeep.source import Source
from golden import read

if TYPE_CHECKING:
    from pathlib import Path

_TOOL = {"author": 1, "post published": 1}
HELD: dict[str, dict[str, int]] = {
    "api-posts.json": {"author": 1, "post published": 1},
    "ctx-lexical.json": {"author": 2, "post published": 3, "page published": 4},
    "ctx-slug-yyyy-mm-dd.json": {"author": 2, "post published": 3, "page published": 2},
    "ctx-slug-yyyy-mm.json": {"author": 2, "post published": 3, "page published": 2},
    "ctx-yyyy-mm-dd.json": {"author": 2, "post published": 3, "page published": 2},
    "ctx-yyyy-mm.json": {"author": 2, "post published": 3, "page published": 2},
    "ctx.json": {"author": 2, "post published": 3, "page published": 4},
    "ghost-flat.json": {"post published": 1},
    "ghost.json": {"author": 2, "term": 2, "post published": 3},
    "multi-post-only.json": {"author": 2, "post published": 3},
    "single-post-author-bad-email.json": _TOOL,
    "single-post-author-long-slug.json": _TOOL,
    "single-post-author.json": _TOOL,
    "single-post-only-long-meta.json": _TOOL,
    "single-post-only-meta.json": _TOOL,
    "single-post-only.json": _TOOL,
    "single-post-with-bad-tag-order.json": _TOOL,
    "single-post-with-empty-tag.json": _TOOL,
}


def tally(records: list[Record]) -> dict[str, int]:
    held: Counter[str] = Counter()
    for record in records:
        match record:
            case Person():
                held["author"] += 1
            case Term():
                held["term"] += 1
            case Post() | Comment():
                held[f"{record.kind} {record.status}"] += 1
    return dict(held)


def test_every_file_of_the_corpus_is_counted(corpus: Path) -> None:
    assert {path.name for path in (corpus / "ghost/ghost-migrate").glob("*.json")} == set(HELD)


@pytest.mark.parametrize("name", HELD)
def test_what_is_in_a_ghost_export(name: str, corpus: Path) -> None:
    source = Source.from_path(corpus / "ghost/ghost-migrate" / name)
    assert detect(source).name == "ghost"
    records, notes, error = read(source)
    assert error is None
    assert tally(records) == HELD[name]
    assert notes.counts[Kind.SKIPPED] == 0
    assert all(post.content for post in records if isinstance(post, Post))


def test_what_is_in_a_squarespace_export(corpus: Path) -> None:
    source = Source.from_path(corpus / "wxr/ghost-migrate/squarespace-sample.xml")
    assert detect(source).name == "squarespace"
    records, notes, error = read(source)
    assert error is None
    assert tally(records) == {
        "author": 2,
        "term": 1,
        "post draft": 1,
        "post published": 2,
        "page published": 2,
    }
    assert dict(notes.counts) == {Kind.NOTICED: 1, Kind.REPAIRED: 1}
    addresses = [record.url for record in records if isinstance(record, Post)]
    assert all(address and address.startswith("http://example.com/") for address in addresses)
    assert not any("@" in (record.id or "") for record in records if isinstance(record, Person))


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 300)
    | st.text(max_size=8)
    | st.sampled_from(["p", "a", "list", "image"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["type", "children", "text", "format", "tag", "url", "src", "images", "metadata", "visibility"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(st.lists(_JSON, max_size=4))
def test_any_lexical_document_renders(nodes: list[object]) -> None:
    html, noticed = lexical.rendered(json.dumps({"root": {"children": nodes}}))
    assert "<script" not in html
    assert all(what and "\n" not in what for what in noticed)


@given(st.lists(_JSON, max_size=4), st.lists(_JSON, max_size=3), st.integers(0, 12))
def test_any_mobiledoc_document_renders(markers: list[object], cards: list[object], kind: int) -> None:
    document = {"sections": [[kind, "p", markers], *cards, [10, 0]], "cards": cards, "markups": cards, "atoms": cards}
    html, _ = mobiledoc.rendered(json.dumps(document))
    assert "<script" not in html


@given(st.text(max_size=30))
def test_words_are_escaped(words: str) -> None:
    root = {"root": {"children": [{"type": "paragraph", "children": [{"type": "text", "text": words}]}]}}
    html, _ = lexical.rendered(json.dumps(root))
    inner = html.removeprefix("<p>").removesuffix("</p>")
    assert "<" not in inner
    assert ">" not in inner


def test_what_is_nested_too_deep_is_refused() -> None:
    for text in ("[" * (DEPTH + 2) + "]" * (DEPTH + 2), "[" * 100_000):
        with pytest.raises(ValueError, match="nested too deep"):
            parsed(text)
