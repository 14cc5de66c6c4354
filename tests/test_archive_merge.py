"""What becomes one in the archive: posts of several sources, versions, comments and their posts, tombstones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from archived_blog import ATOM, PAGE, RSS, SITE, WXR, at, comment, in_every_order, post, put, read, tree
from feedkeep.archive import Archive, Origin
from feedkeep.archive.shown import shown
from feedkeep.models import Comment, Content, Person, Post, Record, Site, Term, Tombstone

if TYPE_CHECKING:
    from pathlib import Path


def test_importing_again_writes_nothing(tmp_path: Path) -> None:
    records: list[Record] = [Site(id="s"), Term(name="Film", slug="film"), post(1), comment(1), post(2)]
    put(tmp_path / "a", WXR, *records)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "a").rglob("*.json")}

    assert put(tmp_path / "a", WXR, *records) == {"unchanged": 5}
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "a").rglob("*.json")} == before


def test_a_newer_version_wins_and_the_older_goes_to_history(tmp_path: Path) -> None:
    old, new = post(1, updated=at(2)), post(1, title="Better", updated=at(3))
    path = in_every_order(tmp_path, [(WXR, [old]), (WXR, [new])])

    file = read(path, "posts/2014/01/post-1.json")
    assert file["post"]["title"] == "Better"
    assert [change.get("was", {}).get("title") for change in file["history"]] == [None, "Post 1"]


def test_a_merged_conversation_counts_as_unchanged_when_read_again(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1, updated=at(2)))
    assert put(tmp_path, RSS, post(1, slug=None)) == {"updated": 1}
    before = tree(tmp_path)

    assert put(tmp_path, RSS, post(1, slug=None)) == {"unchanged": 1}
    assert put(tmp_path, WXR, post(1, updated=at(2))) == {"unchanged": 1}
    assert tree(tmp_path) == before


def test_the_richer_source_wins_at_equal_dates_and_fields_add_up(tmp_path: Path) -> None:
    export = post(1, title="Export", password="secret")  # noqa: S106
    feed = post(1, title="Feed", comments_feed="http://blog.example/feed/")
    path = in_every_order(tmp_path, [(WXR, [export]), (RSS, [feed])])

    merged = read(path, "posts/2014/01/post-1.json")["post"]
    assert (merged["title"], merged["password"], merged["comments_feed"]) == (
        "Export",
        "secret",
        "http://blog.example/feed/",
    )


def test_a_cut_body_never_replaces_a_whole_one(tmp_path: Path) -> None:
    whole = "<p>" + "A long sentence about a film that goes on. " * 5 + "</p>"
    full = post(1, content=Content(value=whole), updated=at(2))
    marked = post(1, content=Content(value="A long […]", truncated=True), updated=at(5))
    unmarked = post(1, content=Content(value=whole[3:80] + "…"), updated=at(6))
    path = in_every_order(tmp_path, [(WXR, [full]), (RSS, [marked]), (ATOM, [unmarked])])

    assert read(path, "posts/2014/01/post-1.json")["post"]["content"]["value"] == whole


def test_export_feed_and_page_of_one_post_become_one(tmp_path: Path) -> None:
    page = Post(id="urn:feedkeep:1:post:abc", url="https://www.blog.example/2014/01/post-1", title="Post 1")
    path = in_every_order(tmp_path, [(WXR, [post(1)]), (RSS, [post(1, slug=None)]), (PAGE, [page])])

    assert sorted(p.name for p in path.rglob("*.json")) == ["feedkeep.json", "post-1.json", "site.json"]
    merged = read(path, "posts/2014/01/post-1.json")["post"]
    assert merged["id"] == "http://blog.example/?p=1"
    assert merged["aliases"] == ["urn:feedkeep:1:post:abc"]
    assert merged["urls"] == ["https://www.blog.example/2014/01/post-1"]


def test_a_page_without_address_joins_the_post_of_its_slug(tmp_path: Path) -> None:
    page = Post(id="urn:feedkeep:1:post:abc", title="“Post” 1", content=Content(value="Text", form="text"))
    path = in_every_order(tmp_path, [(WXR, [post(1), post(2)]), (PAGE, [page])])

    assert read(path, "posts/2014/01/post-1.json")["post"]["aliases"] == ["urn:feedkeep:1:post:abc"]


def test_posts_of_one_feed_that_share_an_address_stay_apart(tmp_path: Path) -> None:
    link = "http://blog.example/news"
    feed = [post(n, id=f"tag:{n}", url=link, slug=None) for n in (1, 2, 3)]
    page = Post(id="urn:feedkeep:1:post:abc", url=link, title="News")
    path = in_every_order(tmp_path, [(RSS, feed[:2]), (RSS, feed[2:]), (PAGE, [page])])

    assert len(list((path / SITE / "posts").rglob("*.json"))) == 4


def test_formats_that_call_one_address_by_different_ids_mean_one_post(tmp_path: Path) -> None:
    path = in_every_order(tmp_path, [(WXR, [post(1)]), (Origin(format="ghost", kind="export"), [post(1, id="5f3a")])])

    merged = read(path, "posts/2014/01/post-1.json")["post"]
    assert len(merged["aliases"]) == 1


def test_orphans_wait_for_their_post(tmp_path: Path) -> None:
    put(tmp_path, ATOM, comment(1), comment(2, of=2))
    assert len(list((tmp_path / SITE / "orphans").iterdir())) == 2

    counts = put(tmp_path, WXR, post(1))

    assert counts == {"added": 1}
    assert len(list((tmp_path / SITE / "orphans").iterdir())) == 1
    assert [c["id"][-1] for c in read(tmp_path, "posts/2014/01/post-1.json")["comments"]] == ["1"]


def test_comments_find_their_post_by_address_or_by_the_comment_they_answer(tmp_path: Path) -> None:
    by_url = Comment(id="c1", post_url="https://blog.example/2014/01/post-1", published=at(3))
    reply = Comment(id="c2", parent="c1", published=at(4))
    to_post = Comment(id="c3", parent="http://blog.example/?p=1", published=at(5))
    path = in_every_order(tmp_path, [(WXR, [post(1)]), (ATOM, [by_url]), (RSS, [reply]), (ATOM, [to_post])])

    (summary,) = Archive.open(path).site(SITE).summaries()
    shown = Archive.open(path).site(SITE).conversation(summary.path)
    assert [(c.id, c.parent) for c in shown.comments] == [("c1", None), ("c2", "c1"), ("c3", None)]
    assert {c.post for c in shown.comments} == {"http://blog.example/?p=1"}


def test_a_comment_without_id_joins_the_one_that_says_the_same(tmp_path: Path) -> None:
    seen = Comment(
        id="urn:feedkeep:1:comment:x",
        post="urn:feedkeep:1:post:abc",
        content=Content(value="Comment   1", form="text"),
        order=0,
    )
    page = Post(id="urn:feedkeep:1:post:abc", title="Post 1")
    path = in_every_order(tmp_path, [(WXR, [post(1), comment(1), comment(2)]), (PAGE, [page, seen])])

    comments = read(path, "posts/2014/01/post-1.json")["comments"]
    assert [c["id"] for c in comments] == ["http://blog.example/?p=1#comment-1", "http://blog.example/?p=1#comment-2"]


def test_a_tombstone_marks_what_it_names_and_keeps_it(tmp_path: Path) -> None:
    stones = [Tombstone(id="http://blog.example/?p=1", when=at(20)), Tombstone(id=comment(1, of=2).id, when=at(20))]
    path = in_every_order(tmp_path, [(WXR, [post(1), post(2), comment(1, of=2)]), (ATOM, stones)])

    site = Archive.open(path).site(SITE)
    assert site.conversation("posts/2014/01/post-1.json").post.deleted == at(20)  # type: ignore[union-attr]
    assert site.conversation("posts/2014/01/post-2.json").comments[0].status == "deleted"
    assert [s.deleted for s in site.summaries()] == [False, True]


def test_a_tombstone_older_than_the_post_says_nothing(tmp_path: Path) -> None:
    put(tmp_path, ATOM, post(2), Tombstone(id=post(2).id, when=at(1)))

    assert Archive.open(tmp_path).site(SITE).conversation("posts/2014/01/post-2.json").post.deleted is None  # type: ignore[union-attr]


def test_what_is_shown_is_what_the_versions_merge_to(tmp_path: Path) -> None:
    """Files that hold one version of each record are read without merging anything."""
    put(tmp_path, ATOM, post(1), Tombstone(id=post(1).id, when=at(20)), comment(1))
    put(tmp_path, ATOM, post(2), comment(1, of=2), comment(2, of=2, parent=comment(1, of=2).id), comment(3, of=2))
    put(tmp_path, ATOM, post(3), comment(1, of=3, aliases=("old",)), comment(2, of=3, parent="old"))
    put(tmp_path, ATOM, post(4), comment(1, of=4))
    put(tmp_path, RSS, post(4, title="Better"), comment(1, of=4))
    edited = tmp_path / SITE / "posts/2014/01/post-2.json"
    said = read(tmp_path, "posts/2014/01/post-2.json")
    edited.write_text(json.dumps({**said, "comments": said["comments"][::-1]}), "utf-8")

    site = Archive.open(tmp_path).site(SITE)
    for path, _ in site.files():
        found = site.load(path)
        assert site.conversation(path) == shown(found.root, found.comments, found.tombstones)
    assert [site.conversation(f"posts/2014/01/post-{n}.json").post.deleted for n in (1, 2)] == [at(20), None]  # type: ignore[union-attr]
    assert [c.parent for c in site.conversation("posts/2014/01/post-2.json").comments] == [
        None,
        comment(1, of=2).id,
        None,
    ]
    assert site.conversation("posts/2014/01/post-3.json").comments[1].parent == comment(1, of=3).id


def test_the_count_that_a_feed_claims_makes_no_history(tmp_path: Path) -> None:
    path = in_every_order(tmp_path, [(RSS, [post(1, comment_count=n)]) for n in (3, 57, 12)])

    file = read(path, "posts/2014/01/post-1.json")
    assert file["post"]["comment_count"] == 57
    assert "history" not in file


def test_terms_and_people_are_merged_by_what_names_them(tmp_path: Path) -> None:
    path = in_every_order(
        tmp_path,
        [
            (WXR, [Term(name="Film", slug="film", description="About films"), Person(id="ann", name="Ann")]),
            (RSS, [Term(name="Films", slug="film"), Person(id="ann", name="Ann", url="http://ann.example")]),
        ],
    )

    site = Archive.open(path).site(SITE)
    assert site.terms() == (Term(name="Film", slug="film", description="About films"),)
    assert site.people() == (Person(id="ann", name="Ann", url="http://ann.example"),)
