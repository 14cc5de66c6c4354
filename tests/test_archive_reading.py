"""An archive that is opened and read: its index, its search, and what is not taken for an archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archived_blog import SITE, WXR, comment, post, put
from feedkeep.archive import Archive
from feedkeep.errors import ArchiveError, UsageError
from feedkeep.models import Content

if TYPE_CHECKING:
    from pathlib import Path


def test_the_index_is_a_cache(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), comment(1), post(2))
    before = [*Archive.open(tmp_path).site(SITE).summaries()]
    (tmp_path / SITE / ".index.sqlite").write_bytes(b"not a database at all" * 100)

    assert [*Archive.open(tmp_path).site(SITE).summaries()] == before


def test_a_file_changed_by_hand_is_seen(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), post(2))
    file = tmp_path / SITE / "posts/2014/01/post-1.json"
    file.write_text(file.read_text("utf-8").replace('"Post 1"', '"Edited"'), "utf-8")
    (tmp_path / SITE / "posts/2014/01/post-2.json").unlink()

    assert [s.title for s in Archive.open(tmp_path).site(SITE).summaries()] == ["Edited"]


def test_full_text_finds_words_in_title_body_and_comments(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1, title="Über alles"), comment(1, content=Content(value="<p>splendid</p>")), post(2))
    site = Archive.open(tmp_path).site(SITE)

    assert [s.title for s in site.search("uber")] == ["Über alles"]
    assert [s.title for s in site.search("SPLENDID")] == ["Über alles"]
    assert [s.title for s in site.search("body 2")] == ["Post 2"]
    assert [*site.search('"; DROP')] == []


def test_find_knows_posts_by_many_names_and_says_which_fit(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1, aliases=("wp:1",)), post(12), post(13))
    site = Archive.open(tmp_path).site(SITE)

    for name in (
        "http://blog.example/?p=1",
        "http://blog.example/2014/01/post-1/",
        "post-1",
        "posts/2014/01/post-1",
        "wp:1",
    ):
        assert site.find(name).title == "Post 1"
    with pytest.raises(UsageError, match="fits 3 posts"):
        site.find("post")
    with pytest.raises(UsageError, match="no post 'nothing'"):
        site.find("nothing")


def test_an_archive_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "feedkeep.json").write_text('{"format": 99}', "utf-8")
    with pytest.raises(ArchiveError, match="update feedkeep"):
        Archive.open(tmp_path)


def test_a_folder_of_other_things_is_not_taken_for_an_archive(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("dear", "utf-8")
    with pytest.raises(ArchiveError, match="other things"):
        Archive.open(tmp_path, create=True)
