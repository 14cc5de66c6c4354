"""The commit: folders go into the site whole, and names are sorted out among all that an import brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archived_blog import RSS, SITE, WXR, at, comment, post, put, tree
from feedkeep.archive import Archive, index
from feedkeep.archive.journal import Journal
from feedkeep.errors import ArchiveError
from feedkeep.notes import Notes
from feedkeep.workflows.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.models import Post

# few posts that want few names, in two months: they collide, change their names, and give way again
POSTS = st.builds(
    lambda number, slug, month, said: post(
        number, slug=slug, url=None, title=None, published=at(1).replace(month=month), updated=at(2 + said)
    ),
    st.integers(1, 4),
    st.sampled_from(["one", "two"]),
    st.integers(1, 2),
    st.integers(0, 9),
)


@settings(max_examples=25, deadline=None)  # each is some dozen imports
@given(posts=st.lists(POSTS, min_size=1, max_size=8, unique_by=lambda p: (p.id, p.updated)), cut=st.integers(0, 8))
def test_names_are_the_same_whether_posts_come_at_once_or_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, posts: list[Post], cut: int
) -> None:
    path = tmp_path_factory.mktemp("commit")
    for one in posts:
        put(path / "each", WXR, one)
    put(path / "at once", WXR, *posts)
    with Archive.open(path / "bit by bit", create=True).write(SITE, WXR, Notes()) as writing:
        for position, one in enumerate(posts):
            writing.put(one)
            if position <= cut:
                writing.flush()
    put(path / "in two", WXR, *posts[:cut])
    put(path / "in two", WXR, *posts[cut:])

    expected = tree(path / "each")
    for other in ("at once", "bit by bit", "in two"):
        assert tree(path / other) == expected
        assert not verify(path / other).findings
        assert not (path / other / SITE / ".staging").exists()


def test_no_folder_is_left_of_a_comment_whose_post_came_later(tmp_path: Path) -> None:
    with Archive.open(tmp_path, create=True).write(SITE, WXR, Notes()) as writing:
        writing.put(comment(1))
        writing.flush()
        writing.put(post(1))

    assert list(tree(tmp_path)) == [
        f"{SITE}/posts/2014/01/post-1.json",
        f"{SITE}/site.json",
        "feedkeep.json",
    ]
    assert not (tmp_path / SITE / "orphans").exists()


def test_what_came_to_be_in_a_new_folder_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out = Journal.carry_out

    def late(self: Journal, *, alone: bool) -> None:
        (tmp_path / SITE / "posts" / "2014").mkdir()
        (tmp_path / SITE / "posts" / "2014" / "view.txt").write_text("of another program", "utf-8")
        carry_out(self, alone=alone)

    monkeypatch.setattr(Journal, "carry_out", late)
    put(tmp_path, WXR, post(1), comment(1))

    assert f"{SITE}/posts/2014/01/post-1.json" in tree(tmp_path)
    assert f"{SITE}/posts/2014/view.txt" in tree(tmp_path)
    assert not verify(tmp_path).findings


def test_a_file_where_a_folder_has_to_be_leaves_the_archive_as_it_was(tmp_path: Path) -> None:
    put(tmp_path, RSS, comment(1))
    (tmp_path / SITE / "posts").write_text("a file of somebody's", "utf-8")
    before = tree(tmp_path)

    with pytest.raises(ArchiveError, match="nothing was imported"):
        put(tmp_path, WXR, post(5))

    assert tree(tmp_path) == before
    assert not (tmp_path / SITE / ".staging").exists()


def test_files_that_others_changed_are_read_again_and_those_that_they_took_away_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_AT_ONCE", 2)  # so that few files are many
    put(tmp_path, WXR, *(post(n) for n in range(1, 7)))
    folder = tmp_path / SITE / "posts" / "2014" / "01"
    for number in range(1, 6):
        file = folder / f"post-{number}.json"
        file.write_text(file.read_text("utf-8").replace("Body", "Edited"), "utf-8")
    (folder / "post-6.json").unlink()

    site = Archive.open(tmp_path).site(SITE)
    assert [summary.id for summary in site.summaries(oldest_first=True)] == [post(n).id for n in range(1, 6)]
    assert [site.path_of_id(post(n).id) for n in (5, 6)] == ["posts/2014/01/post-5.json", None]
    site.close()
    assert put(tmp_path, RSS, post(6), comment(1, of=2)) == {"added": 2}
    assert not verify(tmp_path).findings
