"""The text of one real saved page, which is not part of the project: FEEDKEEP_SEED names its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedkeep import formats, views
from feedkeep.content import mojibake, text
from feedkeep.models import Comment, Content, Post
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from golden import read
from snapshots import MemorySnapshot

SEED = Path(os.environ.get("FEEDKEEP_SEED") or Path(__file__).parents[2] / "shared" / "seed")
NAME = "000_1c0ef28d582d2423.txt"


@pytest.fixture
def source() -> Source:
    if not (SEED / NAME).is_file():
        pytest.skip(f"no {NAME} in {SEED}: set FEEDKEEP_SEED")
    return Source.from_path(SEED / NAME)


@pytest.fixture
def page(source: Source) -> tuple[Post, list[Comment], Notes]:
    records, notes, error = read(source)
    assert error is None
    (post,) = [record for record in records if isinstance(record, Post)]
    comments = [record for record in records if isinstance(record, Comment)]
    assert len(records) == 1 + len(comments)
    return post, comments, notes


def _content(record: Post | Comment) -> Content:
    assert record.content is not None
    return record.content


def test_it_is_told_from_every_other_format(source: Source) -> None:
    assert [name for name in formats.IMPORTERS if formats.importer(name).detect(source)] == ["pagetext"]


def test_it_is_one_post_with_its_title_once(page: tuple[Post, list[Comment], Notes]) -> None:
    post, _, _ = page
    assert post.title == '"Her" Makes Sci-Fi Heartfelt'
    assert (post.kind, post.status, post.slug, post.authors) == ("post", "published", None, ())


def test_its_seven_paragraphs_are_verbatim(source: Source, page: tuple[Post, list[Comment], Notes]) -> None:
    written = source.read().decode("utf-8")
    content = _content(page[0])
    assert content.form == "text"
    paragraphs = content.value.split("\n\n")
    assert len(paragraphs) == 7
    assert all(paragraph in written for paragraph in paragraphs)
    assert paragraphs[0].startswith("Someone once read")
    assert paragraphs[2].startswith("Once set up")
    assert "Samantha \u0420voiced" in paragraphs[2]
    assert "Jonze\u00a0 masterfully" in paragraphs[2]
    assert paragraphs[-1].endswith("of 2013).")


def test_its_three_comments_are_a_thread(page: tuple[Post, list[Comment], Notes]) -> None:
    post, comments, _ = page
    assert [_content(one).value.split()[0] for one in comments] == ["My", "Hello", "Hi"]
    assert [one.parent for one in comments] == [None, None, comments[1].id]
    assert {one.post for one in comments} == {post.id}
    assert [one.author for one in comments] == [None, None, None]
    assert [one.published for one in comments] == [None, None, None]
    assert [one.order for one in comments] == [0, 1, 2]
    assert _content(comments[1]).value.count("\n") == 2
    assert post.comment_count == len(comments) == 3


def test_what_was_left_out_and_what_looks_damaged_is_noted(page: tuple[Post, list[Comment], Notes]) -> None:
    _, _, notes = page
    assert set(notes.counts) == {Kind.NOTICED}
    said = [note.what for note in notes.kept]
    assert sum("Share" in one for one in said) == 1
    assert sum("title again" in one for one in said) == 1
    assert sum("without a blank line" in one for one in said) == 1
    damage = [one for one in said if "looks damaged" in one]
    assert len(damage) == 2
    assert all("confidence 0.95" in one for one in damage)
    assert len(said) == 5


def test_its_dashes_are_mended_on_the_way_out(page: tuple[Post, list[Comment], Notes]) -> None:
    post, comments, _ = page
    snapshot = MemorySnapshot([post, *comments])
    (kept,) = views.cleaned(snapshot).posts()
    assert "Samantha \u0420voiced" in _content(kept).value
    (mended,) = views.cleaned(snapshot, repair=True).posts()
    html = _content(mended).value
    assert "Samantha – voiced" in html
    assert "Johansson – develop" in html
    assert html.count("<p>") == html.count("</p>") == 7
    assert "\u0420" not in html
    assert text.plain(html).split() == mojibake.repair(_content(post).value).split()


def test_reading_it_again_gives_the_same_ids(source: Source, page: tuple[Post, list[Comment], Notes]) -> None:
    post, comments, _ = page
    wrapped = source.read().replace(b"\n", b"\r\n")
    again, _, _ = read(Source.from_bytes(b"\xef\xbb\xbf" + wrapped))
    assert [record.id for record in again if isinstance(record, Post | Comment)] == [post.id, *(c.id for c in comments)]
