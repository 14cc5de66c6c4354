"""What a person says with ``review`` and ``adopt`` is kept like what is read, and no import undoes it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

import feedkeep
from archived_blog import RSS, SITE, WXR, comment, post, put, tree
from feedkeep.archive import Archive
from feedkeep.content.review import rating
from feedkeep.errors import FormatError, UsageError
from feedkeep.models import Comment, Content, Item, Person, Post, Rating, Review
from feedkeep.source import Source
from feedkeep.workflows import browse, by_hand

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.selection import Summary

TIDE = Review(item=Item(name="Tide", kind="movie", year=1998), rating=Rating(value=4.5))


def held(path: Path, wanted: str) -> browse.Thread:
    return browse.find(path, wanted)


def waiting(path: Path) -> list[str]:
    return [orphan.comment.id for orphan in browse.orphans(path)]


def summary(path: Path) -> Summary:
    (found,) = [entry.post for entry in browse.posts(path, feedkeep.Selection(reviews=True))]
    return found


def test_a_review_by_hand_is_found_exported_and_kept_apart_from_what_was_read(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1))
    before = held(tmp_path, "post-1").post
    by_hand.review(tmp_path, "post-1", TIDE)
    after = held(tmp_path, "post-1")
    assert after.post is not None
    assert before is not None
    assert after.post.reviews == (TIDE,)
    assert (after.post.id, after.post.permalink, after.post.updated) == (before.id, before.permalink, before.updated)
    assert after.sources["post"]["reviews"] == "hand"
    assert after.sources["post"]["title"] == "wxr"
    assert summary(tmp_path).rating == 4.5
    feedkeep.export_from(tmp_path, "rss", tmp_path / "out")
    assert "Tide" in (tmp_path / "out" / "rss.xml").read_text("utf-8")


def test_a_second_review_of_one_item_replaces_the_first_and_of_another_joins_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, WXR, post(1))
    by_hand.review(tmp_path, "post-1", TIDE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000001")
    by_hand.review(tmp_path, "post-1", Review(item=Item(name="TIDE"), rating=Rating(value=2)))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000002")
    by_hand.review(tmp_path, "post-1", Review(item=Item(name="Ebb")))
    found = held(tmp_path, "post-1").post
    assert found is not None
    assert [(r.item.name, r.rating) for r in found.reviews] == [("TIDE", Rating(value=2)), ("Ebb", None)]


def test_an_import_before_or_after_leaves_what_was_said_by_hand(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1))
    by_hand.review(tmp_path, "post-1", TIDE)
    first = tree(tmp_path)
    assert set(put(tmp_path, WXR, post(1))) == {"unchanged"}
    assert tree(tmp_path) == first
    newer = post(1, updated=dt.datetime(2030, 1, 1, tzinfo=dt.UTC), reviews=(Review(item=Item(name="Other")),))
    put(tmp_path, RSS, newer)
    found = held(tmp_path, "post-1").post
    assert found is not None
    assert found.reviews == (TIDE,)


def test_a_review_without_an_item_is_of_what_the_post_is_called(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), post(2, title=None, slug="two"))
    done = by_hand.review(tmp_path, "post-1", Review(item=Item(name=""), rating=Rating(value=3)))
    assert done.reviews[0].item.name == "Post 1"
    with pytest.raises(UsageError, match="--item"):
        by_hand.review(tmp_path, "two", Review(item=Item(name="")))
    with pytest.raises(UsageError, match="no post"):
        by_hand.review(tmp_path, "nowhere", TIDE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4.5/5", Rating(value=4.5)),
        ("8/10", Rating(value=8, best=10)),
        ("8 out of 10", Rating(value=8, best=10)),
        ("3,5 / 5", Rating(value=3.5)),
        ("85%", Rating(value=85, best=100)),
        ("4", Rating(value=4)),
        ("★★★½", Rating(value=3.5)),
        ("★★★", Rating(value=3)),
        ("★★★☆☆", Rating(value=3)),
        ("6", None),
        ("11/10", None),
        ("good", None),
        ("4/0", None),
        ("", None),
    ],
)
def test_a_rating_is_read_as_people_write_it(text: str, expected: Rating | None) -> None:
    assert rating(text) == expected


def test_adopting_one_comment_brings_all_that_wait_for_the_same_post_now_and_later(tmp_path: Path) -> None:
    gone = "http://blog.example/?p=77"
    put(tmp_path, WXR, post(1), comment(1, of=77), comment(2, of=77), comment(3, of=78))
    assert len(waiting(tmp_path)) == 3
    placed = by_hand.adopt(tmp_path, f"{gone}#comment-1", "post-1")
    assert placed.comments == 2
    assert waiting(tmp_path) == ["http://blog.example/?p=78#comment-3"]
    put(tmp_path, RSS, comment(9, of=77))
    found = held(tmp_path, "post-1")
    assert [c.id.rpartition("-")[2] for c in found.comments] == ["1", "2", "9"]
    assert {c.post for c in found.comments} == {"http://blog.example/?p=1"}
    assert found.post is not None
    assert gone in found.post.aliases


def test_adopting_alone_leaves_the_others_waiting(tmp_path: Path) -> None:
    lost = [
        Comment(id=f"c{n}", post_url="http://old.example/x", content=Content(value=str(n)), author=Person(name="A"))
        for n in (1, 2)
    ]
    put(tmp_path, WXR, post(1), *lost)
    assert by_hand.adopt(tmp_path, "c1", "post-1", alone=True).comments == 1
    assert waiting(tmp_path) == ["c2"]
    assert by_hand.adopt(tmp_path, "c2", "post-1").comments == 1
    found = held(tmp_path, "post-1").post
    assert found is not None
    assert "http://old.example/x" in found.urls


def test_what_is_not_there_is_not_adopted(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), comment(1, of=77))
    before = tree(tmp_path)
    with pytest.raises(UsageError, match="waits for its post"):
        by_hand.adopt(tmp_path, "nothing", "post-1")
    with pytest.raises(UsageError, match="no post"):
        by_hand.adopt(tmp_path, "http://blog.example/?p=77#comment-1", "nothing")
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "text",
    [
        "http://old.example/2014/post-1.html,http://blog.example/2014/01/post-1/\n",
        "old,new\r\nhttp://old.example/2014/post-1.html , /2014/01/post-1/\r\n",
        "# comment\nhttp://old.example/2014/post-1.html  /2014/01/post-1  301\n",
    ],
)
def test_redirects_place_the_comments_of_old_addresses(tmp_path: Path, text: str) -> None:
    lost = Comment(id="c1", post_url="http://old.example/2014/post-1.html", content=Content(value="?"))
    put(tmp_path, WXR, feedkeep.Site(id="s", url="http://blog.example/"), post(1), lost)
    (placed,) = by_hand.adopt_redirected(tmp_path, Source.from_bytes(text.encode(), "moved.csv"))
    assert (placed.post, placed.comments) == ("http://blog.example/?p=1", 1)
    assert waiting(tmp_path) == []


def test_a_list_of_redirects_without_any_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1))
    with pytest.raises(FormatError, match="old and a new address"):
        by_hand.adopt_redirected(tmp_path, Source.from_bytes(b"hello\n", "moved.csv"))


def test_the_library_reviews_and_adopts(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), comment(1, of=77))
    assert feedkeep.review(tmp_path, "post-1", TIDE) == (TIDE,)
    assert feedkeep.adopt(tmp_path, "http://blog.example/?p=77#comment-1", "post-1") == 1
    assert Archive.open(tmp_path).sites() == [SITE]
    assert isinstance(held(tmp_path, "post-1").post, Post)
