"""One comment in several sources is one comment: by id, alias, anchor, or by what was said, by whom and when."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from archived_blog import ATOM, PAGE, RSS, WXR, comment, in_every_order, post, put
from feedkeep.archive import Origin
from feedkeep.models import Comment, Content, Person
from feedkeep.workflows import browse

if TYPE_CHECKING:
    from pathlib import Path

DISQUS = Origin(format="disqus", kind="export")
POST_URL = "http://blog.example/2014/01/post-1/"
WHEN = dt.datetime(2014, 1, 2, 11, 30, 10, tzinfo=dt.UTC)


def said(record_id: str, words: str, name: str = "Ann", when: dt.datetime | None = WHEN, **fields: Any) -> Comment:
    return Comment(
        id=record_id,
        post_url=POST_URL,
        author=Person(name=name),
        content=Content(value=words),
        published=when,
        **fields,
    )


def thread(path: Path) -> list[tuple[str, str | None]]:
    return [(c.id, c.parent) for c in browse.find(path, "post-1").comments]


def test_an_anchor_tells_that_a_page_a_feed_and_an_export_show_the_same_comment(tmp_path: Path) -> None:
    here = in_every_order(
        tmp_path,
        [
            (WXR, [post(1), comment(7)]),
            (RSS, [said(f"{POST_URL}#comment-7", "Comment 7", "Reader 7", url=f"{POST_URL}#comment-7")]),
            (PAGE, [said("urn:x", "Comment 7, cut", "R. 7", None, url=f"{POST_URL}#comment-7")]),
        ],
    )
    (only,) = browse.find(here, "post-1").comments
    assert only.id == "http://blog.example/?p=1#comment-7"
    assert set(only.aliases) == {f"{POST_URL}#comment-7", "urn:x"}


def test_anchors_of_one_source_keep_their_comments_apart(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), comment(1), comment(2))
    put(tmp_path, RSS, said("a", "x", url=f"{POST_URL}#comment-1"), said("b", "y", url=f"{POST_URL}#comment-1"))
    assert len(thread(tmp_path)) == 3


@pytest.mark.parametrize(
    ("apart", "same"),
    [
        (dt.timedelta(), True),
        (dt.timedelta(seconds=59), True),
        (dt.timedelta(hours=2), True),  # one of them guessed another zone
        (dt.timedelta(hours=5, minutes=30), True),
        (dt.timedelta(minutes=7), False),
        (dt.timedelta(days=3), False),
    ],
)
def test_the_same_words_of_one_person_at_one_time_are_one_comment_whatever_its_ids(
    tmp_path: Path, apart: dt.timedelta, *, same: bool
) -> None:
    here = in_every_order(
        tmp_path,
        [
            (WXR, [post(1), said("wp-1", "I <b>liked</b> it")]),
            (DISQUS, [said("disqus:5", "<p>I liked it.</p>", "ann ", WHEN + apart)]),
        ],
    )
    assert len(thread(here)) == (1 if same else 2)


def test_the_same_words_of_another_person_or_of_the_same_source_are_another_comment(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), said("wp-1", "Yes"), said("wp-2", "Yes"))
    put(tmp_path, DISQUS, said("disqus:1", "Yes", "Bob"))
    assert len(thread(tmp_path)) == 3


def test_two_that_say_the_same_twice_are_paired_and_not_piled_up(tmp_path: Path) -> None:
    later = WHEN + dt.timedelta(days=1, minutes=3)
    here = in_every_order(
        tmp_path,
        [
            (WXR, [post(1), said("wp-1", "+1"), said("wp-2", "+1", when=later)]),
            (DISQUS, [said("disqus:1", "+1"), said("disqus:2", "+1", when=later)]),
        ],
    )
    found = {c.id: c.aliases for c in browse.find(here, "post-1").comments}
    assert len(found) == 2
    assert {frozenset((i, *aliases)) for i, aliases in found.items()} == {
        frozenset({"wp-1", "disqus:1"}),
        frozenset({"wp-2", "disqus:2"}),
    }


def test_replies_find_their_parent_under_the_id_of_another_source(tmp_path: Path) -> None:
    answer = said("disqus:6", "So did I", "Bob", WHEN + dt.timedelta(hours=1), parent="disqus:5")
    here = in_every_order(
        tmp_path,
        [
            (WXR, [post(1), said("wp-1", "I liked it")]),
            (DISQUS, [said("disqus:5", "I liked it"), answer]),
            (ATOM, [said("tag:7", "Me too", "Cid", WHEN + dt.timedelta(hours=3), parent="wp-1")]),
        ],
    )
    found = thread(here)
    (top,) = [record_id for record_id, parent in found if parent is None]
    assert [parent for _, parent in found] == [None, top, top]


def test_a_moment_is_told_in_the_zone_of_the_source_that_has_one(tmp_path: Path) -> None:
    local = dt.datetime(2014, 1, 5, 23, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    here = in_every_order(
        tmp_path, [(WXR, [post(1, published=local)]), (RSS, [post(1, published=local.astimezone(dt.UTC))])]
    )
    found = browse.find(here, "post-1").post
    assert found is not None
    assert found.published is not None
    assert found.published.isoformat() == "2014-01-05T23:00:00+02:00"
    assert put(here, RSS, post(1, published=local.astimezone(dt.UTC))) == {"unchanged": 1}
