"""Movable Type, Dotclear, BlogML and LiveJournal: what real files hold, and that the line format comes back as written."""

from __future__ import annotations

import base64
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.library import import_into
from feedkeep.models import Comment, Media, Post
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.models import Record


def records_of(data: bytes, importer: str) -> tuple[list[Record], Notes]:
    notes = Notes()
    return list(formats.importer(importer).read(Source.from_bytes(data, "export"), notes)), notes


# --- real files


def test_a_real_dotclear_export(corpus: Path) -> None:
    records, notes, error = read(Source.from_path(corpus / "mtif/jekyll-import/dotclear.txt"))
    assert error is None
    assert Counter(type(record).__name__ for record in records) == {
        "Site": 1,
        "Term": 2,
        "Post": 2,
        "Media": 2,
        "Comment": 2,
    }
    posts = [record for record in records if isinstance(record, Post)]
    assert [(post.kind, post.status) for post in posts] == [("post", "pending"), ("page", "pending")]
    assert [[term.name for term in post.terms] for post in posts] == [["Indiana"], ["conferencias", "informe"]]
    comments = [record for record in records if isinstance(record, Comment)]
    assert [(comment.post, comment.status) for comment in comments] == [
        (posts[0].id, "approved"),
        (posts[1].id, "approved"),
    ]
    assert not notes.counts
    assert not notes.guessed


# --- lines of hyphens, and what has no escape

WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
LINE = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)
TEXT = st.lists(LINE.filter(lambda line: line.strip("-") and not line.rstrip().endswith(":")), min_size=1, max_size=6)
STAMP = (
    st.datetimes().filter(lambda moment: 1970 <= moment.year < 2100).map(lambda moment: moment.replace(microsecond=0))
)


@settings(max_examples=150, deadline=None)
@given(
    title=LINE,
    author=LINE,
    stamp=STAMP,
    body=TEXT,
    more=TEXT,
    replies=st.lists(st.tuples(WORDS, TEXT), max_size=3, unique_by=lambda reply: reply[0]),
    half=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    rule=st.sampled_from(["-----", "--------"]),
)
def test_what_is_well_behaved_comes_back(
    title: str,
    author: str,
    stamp: object,
    body: list[str],
    more: list[str],
    replies: list[tuple[str, list[str]]],
    half: bool,
    end: str,
    rule: str,
) -> None:
    date = format(stamp, "%m/%d/%Y %I:%M:%S %p" if half else "%m/%d/%Y %H:%M:%S")
    words = ["x", *body, rule, "y", *body]  # a line of hyphens within the text
    rows = [f"AUTHOR: {author}", f"TITLE: {title}", f"DATE: {date}", "-----", "BODY:", *words, "-----"]
    rows += ["EXTENDED BODY:", *more, "-----"]
    for name, text in replies:
        rows += ["COMMENT:", f"AUTHOR: {name}", f"DATE: {date}", "z", *text, "-----"]
    rows += ["--------", ""]
    post, *comments = records_of(end.join(rows).encode(), "mtif")[0]
    assert isinstance(post, Post)
    assert post.title == title
    assert [person.name for person in post.authors] == [author]
    assert post.published is not None
    assert post.published.replace(tzinfo=None) == stamp
    assert post.content is not None
    assert post.content.value == "\n".join([*words, "", "<!--more-->", "", *more])
    found = []
    for comment in comments:
        assert isinstance(comment, Comment)
        assert comment.content is not None
        assert comment.author is not None
        assert comment.post == post.id
        found.append((comment.author.name, comment.content.value.split("\n")))
    assert found == [(name, ["z", *text]) for name, text in replies]


@pytest.mark.parametrize("chunk", [65535, 65536, 65537])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_do_not_break_where_chunks_do(chunk: int, end: bytes) -> None:
    start = b"TITLE: Rope" + end + b"DATE: 01/05/2014 10:00:00" + end + b"-----" + end + b"BODY:" + end
    line = b"\xc3\xa9" * ((chunk - len(start)) // 2)
    data = start + line + end + b"next" + end + b"-----" + end + b"--------" + end
    (post,), notes = records_of(data, "mtif")
    assert isinstance(post, Post)
    assert post.content is not None
    assert post.content.value == f"{line.decode()}\nnext"
    assert not notes.counts


def test_ids_are_the_same_at_the_next_reading() -> None:
    data = (DATA / "importers/mtif/maximal/input.txt").read_bytes()
    first, again = (records_of(data, "mtif")[0] for _ in range(2))
    assert first == again


# --- embedded files


def test_the_bytes_of_an_embedded_file_are_kept() -> None:
    data = (DATA / "importers/blogml/maximal/input.xml").read_bytes()
    records, _ = records_of(data, "blogml")
    embedded = [r for r in records if isinstance(r, Media) and "base64" in r.extra["blogml"]]
    assert [base64.b64decode(record.extra["blogml"]["base64"]) for record in embedded] == [b"GIF89a"[:3] + b"89a"]


# --- what is broken


@pytest.mark.parametrize("importer", ["blogml", "livejournal"])
def test_of_a_broken_export_all_that_came_before_is_read_once(importer: str) -> None:
    data = (DATA / f"importers/{importer}/maximal/input.xml").read_bytes()
    whole = {r.id for r in records_of(data, importer)[0] if isinstance(r, (Post, Comment))}
    cut = data.rindex(b"</post>" if importer == "blogml" else b"</comments>")
    records, notes = records_of(data[:cut], importer)
    found = [r.id for r in records if isinstance(r, (Post, Comment))]
    assert len(found) == len(set(found))
    assert set(found) == whole
    assert notes.counts[Kind.REPAIRED] == 1


def test_the_files_that_blogml_embeds_are_files_of_the_archive(tmp_path: Path) -> None:
    case = DATA / "importers" / "blogml" / "maximal"
    (source,) = case.glob("input.*")
    import_into(tmp_path / "archive", source, site="b")
    files = [path for path in (tmp_path / "archive" / "b" / "media").rglob("*") if path.is_file()]
    assert files
    told = [path.read_text("utf-8") for path in (tmp_path / "archive" / "b" / "attachments").rglob("*.json")]
    assert not [text for text in told if "base64" in text]
    assert {path.stem for path in files} <= {found for text in told for found in re.findall(r"[0-9a-f]{64}", text)}
