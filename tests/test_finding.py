"""What follow finds, from end to end: feeds that a page names, those it does not name, and lists of feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive
from feedkeep.errors import UsageError
from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.guard import Guard
from feedkeep.workflows import follow
from test_manners import asked, feed, synced, titles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import FakeClock, Loopback


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client("feedkeep/1.0", Guard(allow_private=True), clock, limits=Limits(gap=0.0)) as opened:
        yield opened


def named(path: Path, server: Loopback, client: Client) -> list[str]:
    return [site.feed_urls[0].removeprefix(server.url("")) for site, _ in follow.follow(path, server.url("/"), client)]


def page(server: Loopback, head: str, body: str = "") -> None:
    server.route("/", 200, f"<html><head>{head}</head><body>{body}</body></html>".encode(), Content_Type="text/html")


def test_a_feed_is_found_at_a_common_place(server: Loopback, client: Client, tmp_path: Path) -> None:
    page(server, "")
    server.route("/atom.xml", 200, feed(1))
    assert named(tmp_path, server, client) == ["/atom.xml"]


def test_a_link_that_only_looks_like_a_feed_is_tried_first(server: Loopback, client: Client, tmp_path: Path) -> None:
    page(server, "", '<a href="/old.rss">old</a><a href="/films.rss">RSS</a>')
    server.route("/old.rss", 200, b"<html>gone</html>")
    server.route("/films.rss", 200, feed(1))
    server.route("/feed/", 200, feed(1))
    assert named(tmp_path, server, client) == ["/films.rss"]


def test_the_feed_of_a_blogger_blog_is_known(server: Loopback, client: Client, tmp_path: Path) -> None:
    page(server, '<meta name="generator" content="blogger">')
    server.route("/feeds/posts/default", 200, feed(1))
    assert named(tmp_path, server, client) == ["/feeds/posts/default"]
    assert asked(server)[1] == "/feeds/posts/default"


def test_a_wordpress_without_feeds_is_followed_by_its_api(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    page(server, f'<link rel="https://api.w.org/" href="{server.url("/wp-json/")}">')
    post = (
        f'[{{"id": 7, "date": "2014-06-04T10:00:00", "date_gmt": "2014-06-04T10:00:00", "guid": {{"rendered": "{server.url("/?p=7")}"}},'
        f'"link": "{server.url("/film/")}", "slug": "film", "status": "publish", "type": "post", "title": {{"rendered": "Film"}},'
        '"content": {"rendered": "<p>x</p>", "protected": false}, "excerpt": {"rendered": ""}, "author": 1}]'
    )
    server.route("/wp-json/wp/v2/posts", 200, post.encode(), Content_Type="application/json")
    assert named(tmp_path, server, client) == ["/wp-json/wp/v2/posts"]
    assert synced(tmp_path, client, clock.now()).added == 1
    assert titles(tmp_path) == {"Film"}


def test_a_page_that_is_a_feed_itself_is_followed(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    entries = "".join(
        f'<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/{n}">Film {n}</a></h2>'
        f'<time class="dt-published" datetime="2014-06-0{n}T10:00:00Z">day</time>'
        f'<div class="e-content"><p>What I thought of film {n}, at some length.</p></div></article>'
        for n in (1, 2)
    )
    page(server, "<title>Back Row</title>", f'<div class="h-feed"><h1 class="p-name">Back Row</h1>{entries}</div>')
    assert named(tmp_path, server, client) == ["/"]
    assert synced(tmp_path, client, clock.now()).added == 2
    assert titles(tmp_path) == {"Film 1", "Film 2"}


def test_a_page_that_names_nothing_is_refused(server: Loopback, client: Client, tmp_path: Path) -> None:
    page(server, "", "<p>nothing</p>")
    with pytest.raises(UsageError, match="names none"):
        follow.follow(tmp_path, server.url("/"), client)


OPML = '<opml version="2.0"><body><outline text="Films">{}</outline></body></opml>'


def test_a_list_of_feeds_is_followed_from_a_file_or_an_address(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    outlines = "".join(
        f'<outline type="rss" text="{n}" xmlUrl="{server.route(f"/{n}", 200, feed(n))}"/>' for n in (1, 2)
    )
    (tmp_path / "list.opml").write_text(OPML.format(outlines))
    found = follow.follow(tmp_path / "a", str(tmp_path / "list.opml"), client)
    assert [(site.title, how) for site, how in found] == [("1", "added"), ("2", "added")]
    assert server.asked == []
    address = server.route("/list.opml", 200, OPML.format(outlines).encode(), Content_Type="text/x-opml")
    assert {how for _, how in follow.follow(tmp_path / "a", address, client)} == {"unchanged"}
    follow.sync(tmp_path / "a", client, clock.now())
    assert titles(tmp_path / "a") == {"Film 1", "Film 2"}


@pytest.mark.parametrize(("name", "text"), [("other.xml", "<rss version='2.0'><channel/></rss>"), ("none.opml", OPML)])
def test_a_file_that_is_no_list_of_feeds_cannot_be_followed(
    client: Client, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=name):
        follow.follow(tmp_path / "a", str(tmp_path / name), client)
    with pytest.raises(UsageError, match="nothing"):
        follow.follow(tmp_path / "a", str(tmp_path / "nothing.opml"), client)


def test_feeds_are_kept_in_the_site_that_a_person_names(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    for n in (1, 2):
        follow.follow(tmp_path, server.route(f"/{n}", 200, feed(n, home=server.url(f"/b{n}/"))), client, site="films")
    follow.follow(tmp_path, server.route("/3", 200, feed(3)), client)
    found = follow.sync(tmp_path, client, clock.now())
    assert [result.site for result in found] == ["films", "films", "b.example"]
    assert Archive.open(tmp_path).sites() == ["b.example", "films"]
    server.asked.clear()
    follow.sync(tmp_path, client, clock.now(), wanted=["films"], now_please=True, full=True)
    assert {"/1", "/2"} <= set(asked(server))
    assert "/3" not in asked(server)
    assert Archive.open(tmp_path).sites() == ["b.example", "films"]
    with pytest.raises(UsageError, match="'no-name' can"):
        follow.follow(tmp_path, server.url("/3"), client, site="No Name")
