"""The history that WordPress's feeds and pages tell where its REST API is not open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive, Origin
from feedkeep.fetch.history import replies, wordpress_feeds
from feedkeep.models import Comment, Post
from feedkeep.notes import Notes
from old_blogs import atom, entry, paging, reply
from walks import asked, held, walked

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from loopback import Loopback


def test_pages_of_the_feed_go_back_to_the_first_post(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server)
    found = walked(tmp_path, server, client, "/feed/")
    assert found.ways["wordpress-rest"].startswith("the REST API is not open: 404")
    assert len(held(tmp_path)[0]) == 30
    assert [path for path in asked(server) if "paged" in path and path.startswith("/feed")] == [
        "/feed/?paged=2",
        "/feed/?paged=3",
        "/feed/?paged=4",
    ]


def test_comments_that_a_post_claims_come_from_its_own_feed_with_their_thread(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    paging(server, comments=lambda visit: visit.send(200, atom(reply(1))))
    walked(tmp_path, server, client, "/feed/")
    _, comments = held(tmp_path)
    assert {c.id: c.parent for c in comments.values()} == {
        "g1#comment-1": None,
        "g1#comment-2": "g1#comment-1",
        "g1#comment-3": "g1#comment-1",
    }
    assert asked(server).count("/comments/feed/atom/?paged=2") == 1  # the same again: WordPress pages no comments
    assert not any("paged=3" in path for path in asked(server) if "comments" in path)


def test_the_last_resort_are_the_pages_of_comments(server: Loopback, client: Client, tmp_path: Path) -> None:
    def shown(*numbers: int, page: str = "") -> bytes:
        said = "".join(
            f'<li id="comment-{n}" class="comment"><b class="fn">V</b><div class="comment-content"><p>Said {n}</p></div></li>'
            for n in numbers
        )
        older = f'<a href="{server.url("/1/comment-page-1/")}#comments">Older</a><a href="/2/comment-page-1/">x</a>'
        canonical = f'<link rel="canonical" href="{server.url(f"/1/{page}")}">'
        article = (
            '<article class="hentry"><h1 class="entry-title">Film 1</h1><div class="entry-content">Text</div></article>'
        )
        lists = f'<ol class="comment-list">{said}</ol>'
        return f"<html><head>{canonical}</head><body>{article}{lists}{older}</body></html>".encode()

    paging(server)
    server.route("/1/", 200, shown(3, 4, page="comment-page-2/"), Content_Type="text/html")
    server.route("/1/comment-page-1/", 200, shown(1, 2, page="comment-page-1/"), Content_Type="text/html")
    found = walked(tmp_path, server, client, "/feed/")
    assert found.missed == ()
    posts, comments = held(tmp_path)
    assert len(posts) == 30
    assert len(comments) == 4
    parents = {(c.content.value if c.content else ""): c.parent for c in comments.values()}
    (first,) = (c.id for c in comments.values() if c.id.endswith("#comment-1"))
    assert parents["Said 2"] == parents["Said 3"] == first
    assert "/2/comment-page-1/" not in asked(server)


def test_a_post_that_had_no_more_to_give_is_not_asked_again(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server)
    walked(tmp_path, server, client, "/feed/")
    server.asked.clear()
    found = walked(tmp_path, server, client, "/feed/")
    assert found.is_whole
    assert "/1/feed/atom/" not in asked(server)
    assert len(server.asked) < 12


def test_a_later_walk_ends_at_the_first_page_that_says_nothing_new(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    paging(server)
    walked(tmp_path, server, client, "/feed/")
    server.asked.clear()
    walked(tmp_path, server, client, "/feed/")
    assert [path for path in asked(server) if path.startswith("/feed/?")] == ["/feed/?paged=2"]


@pytest.mark.parametrize(
    ("feed", "wanted"),
    [
        ("https://b.example/feed/", "https://b.example/feed/atom/"),
        ("https://b.example/comments/feed", "https://b.example/comments/feed/atom/"),
        ("https://b.example/?feed=rss2&p=7", "https://b.example/?feed=atom&p=7"),
        ("https://b.example/?feed=comments-rss2", "https://b.example/?feed=comments-atom"),
    ],
)
def test_wordpress_tells_threads_in_atom_alone(feed: str, wanted: str) -> None:
    assert wordpress_feeds.threaded(feed) == wanted


def test_texts_behind_a_password_are_no_texts(server: Loopback, client: Client, tmp_path: Path) -> None:
    form = '&lt;form action="/x" class="post-password-form" method="post">&lt;/form>'
    server.route("/feed", 200, atom(entry(1, text=form).replace("<content>", '<content type="html">')))
    walked(tmp_path, server, client)
    (post,) = held(tmp_path)[0].values()
    assert post.content is None


def test_nothing_lacks_where_nothing_is_said() -> None:
    assert replies.begin_feeds({}) == ()
    assert replies.begin_pages({"lacking": "[]"}) == ()


def test_an_answer_finds_whom_it_answers_by_the_anchor_that_a_page_has(tmp_path: Path) -> None:
    """A page knows comments by their addresses, a feed by their guids."""
    with Archive(tmp_path).write("b.example", Origin(format="page", kind="page"), Notes()) as writing:
        writing.put(Post(id="g1", url="https://b.example/1/"))
        writing.put(Comment(id="https://b.example/1/#comment-7", url="https://b.example/1/#comment-7", post="g1"))
    with Archive(tmp_path).write("b.example", Origin(format="atom", kind="feed"), Notes()) as writing:
        writing.put(Comment(id="g1#comment-8", post="g1", parent="g1#comment-7"))
        writing.put(Comment(id="g1#comment-9", post="g1", parent="g1#comment-70"))
    _, comments = held(tmp_path)
    assert comments["g1#comment-8"].parent == "https://b.example/1/#comment-7"
    assert comments["g1#comment-9"].parent == "g1#comment-70"
