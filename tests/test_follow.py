"""Following feeds, against a real server on loopback: what is asked, what is kept, and what a failure does not stop."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive
from feedkeep.cli import main
from feedkeep.errors import FetchError, UsageError
from feedkeep.fetch.clock import SystemClock
from feedkeep.selection import Selection
from feedkeep.workflows import browse, follow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from loopback import Loopback, Visit

NOW = SystemClock().now()


def feed(*numbers: int) -> bytes:
    items = "".join(
        f"<item><title>Film {n}</title><link>https://b.example/{n}</link><guid>https://b.example/{n}</guid>"
        f"<description>Text {n}</description></item>"
        for n in numbers
    )
    head = "<title>Back Row</title><link>https://b.example/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


@pytest.fixture
def client() -> Iterator[Client]:
    with follow.client(contact="mailto:reader@r.example", allow_private=True, gap=0.0) as opened:
        yield opened


def titles(path: Path) -> list[str]:
    return sorted(str(entry.post.title) for entry in browse.posts(path, Selection()))


def test_a_page_names_the_feed_that_is_followed(server: Loopback, client: Client, tmp_path: Path) -> None:
    address = server.route("/feed", 200, feed(1), Content_Type="application/rss+xml")
    page = f'<html><head><link rel="alternate" type="application/rss+xml" href="{address}" title="Posts"></head></html>'
    server.route("/", 200, page.encode(), Content_Type="text/html")
    ((site, how),) = follow.follow(tmp_path, server.url("/"), client)
    assert (site.feed_urls, how) == ((address,), "added")
    assert follow.follow(tmp_path, address, client)[0][1] in {"updated", "unchanged"}
    assert len(Archive.open(tmp_path).following()) == 1


def test_a_page_without_a_feed_is_refused(server: Loopback, client: Client, tmp_path: Path) -> None:
    server.route("/", 200, b"<html><p>nothing</p></html>", Content_Type="text/html")
    with pytest.raises(UsageError, match="names none"):
        follow.follow(tmp_path, server.url("/"), client)
    with pytest.raises(FetchError, match="404"):
        follow.follow(tmp_path, server.route("/gone", 404), client)


def test_a_sync_keeps_what_is_new_and_does_not_ask_again_before_it_is_due(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    address = server.route("/feed", 200, feed(1, 2), ETag='"one"')
    follow.follow(tmp_path, address, client)
    (result,) = follow.sync(tmp_path, client, NOW)
    assert (result.outcome, result.added) == ("new", 2)
    asked = len(server.asked)
    (again,) = follow.sync(tmp_path, client, NOW + dt.timedelta(minutes=5))
    assert again.outcome == "not due"
    assert len(server.asked) == asked
    assert titles(tmp_path) == ["Film 1", "Film 2"]


def test_what_is_held_is_told_and_an_unchanged_feed_costs_nothing(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    held: dict[str, Any] = {"body": feed(1), "tag": '"one"'}

    def answer(visit: Visit) -> None:
        if visit.headers.get("If-None-Match") == held["tag"]:
            visit.send(304, b"", ETag=held["tag"])
        else:
            visit.send(200, held["body"], ETag=held["tag"])

    server.routes["/feed"] = answer
    follow.follow(tmp_path, server.url("/feed"), client)
    follow.sync(tmp_path, client, NOW)
    (same,) = follow.sync(tmp_path, client, NOW, now_please=True)
    assert same.outcome == "unchanged"
    assert server.asked[-1].headers["If-None-Match"] == '"one"'
    held.update(body=feed(1, 2), tag='"two"')
    (newer,) = follow.sync(tmp_path, client, NOW, now_please=True)
    assert (newer.outcome, newer.added, newer.updated) == ("new", 1, 0)


def test_a_feed_that_fails_stops_no_other(server: Loopback, client: Client, tmp_path: Path) -> None:
    good = server.route("/good", 200, feed(1))
    bad = server.route("/bad", 200, feed(2))
    dead = server.route("/dead", 200, feed(3))
    for address in (good, bad, dead):
        follow.follow(tmp_path, address, client)
    server.route("/bad", 200, b"<html>moved away</html>")
    server.routes["/dead"] = lambda visit: visit.hang_up()
    found = {result.feed: result for result in follow.sync(tmp_path, client, NOW)}
    assert found[good].outcome == "new"
    assert found[bad].outcome == found[dead].outcome == "failed"
    assert found[bad].error
    due = found[dead].next_due
    assert due is not None
    assert due > NOW


def test_what_is_gone_for_good_is_never_asked_again(server: Loopback, client: Client, tmp_path: Path) -> None:
    address = server.route("/feed", 200, feed(1))
    follow.follow(tmp_path, address, client)
    server.route("/feed", 410)
    assert follow.sync(tmp_path, client, NOW)[0].outcome == "gone"
    asked = len(server.asked)
    assert follow.sync(tmp_path, client, NOW + dt.timedelta(days=900), now_please=True)[0].outcome == "not due"
    assert len(server.asked) == asked
    assert follow.status(tmp_path)[0].outcome == "gone"


def test_a_server_that_says_when_is_not_asked_before(server: Loopback, client: Client, tmp_path: Path) -> None:
    address = server.route("/feed", 200, feed(1))
    follow.follow(tmp_path, address, client)
    server.route("/feed", 503, b"", Retry_After=3600)
    assert follow.sync(tmp_path, client, NOW)[0].outcome == "failed"
    asked = len(server.asked)
    follow.sync(tmp_path, client, NOW + dt.timedelta(minutes=30), now_please=True)
    assert len(server.asked) == asked


def test_without_leave_the_own_machine_is_not_asked(server: Loopback, tmp_path: Path) -> None:
    address = server.route("/feed", 200, feed(1))
    with follow.client() as careful, pytest.raises(FetchError):
        follow.follow(tmp_path, address, careful)
    assert server.asked == []


def test_what_is_unfollowed_stays_kept(server: Loopback, client: Client, tmp_path: Path) -> None:
    address = server.route("/feed", 200, feed(1))
    follow.follow(tmp_path, address, client)
    follow.sync(tmp_path, client, NOW)
    follow.unfollow(tmp_path, "Back Row")
    assert Archive.open(tmp_path).following() == ()
    assert titles(tmp_path) == ["Film 1"]
    with pytest.raises(UsageError, match="nothing that is followed"):
        follow.unfollow(tmp_path, "Back Row")


def test_an_address_is_imported_once_without_following(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = server.route("/feed", 200, feed(1), Content_Type="application/rss+xml")
    with pytest.raises(SystemExit) as left:
        main(["import", address, "--allow-private", "--archive", str(tmp_path / "a")])
    assert left.value.code == 0
    assert "1 added" in capsys.readouterr().out
    assert Archive.open(tmp_path / "a").following() == ()
    with pytest.raises(SystemExit) as refused:
        main(["import", address, "--archive", str(tmp_path / "b")])
    assert refused.value.code == 5


def test_the_commands_say_what_happened(server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = server.route("/feed", 200, feed(1, 2))
    for words in (
        ["follow", address, "--allow-private"],
        ["sync", "--allow-private"],
        ["status"],
        ["unfollow", address],
    ):
        with pytest.raises(SystemExit) as left:
            main([*words, "--archive", str(tmp_path)])
        assert left.value.code == 0, words
    said = capsys.readouterr().out
    assert "added" in said
    assert "2 new, 0 edited" in said
    assert "last " in said
    assert "no longer followed" in said


BACK_SOON = f"<html><head><title>Back soon</title></head><body><article>{'<p>We are working on it.</p>' * 40}</article></body></html>"
OPML = b'<opml version="2.0"><body><outline type="rss" xmlUrl="https://elsewhere.example/feed"/></body></opml>'


@pytest.mark.parametrize("instead", [BACK_SOON.encode(), OPML])
def test_what_is_no_feed_where_one_was_is_a_failure(
    server: Loopback, client: Client, tmp_path: Path, instead: bytes
) -> None:
    address = server.route("/feed", 200, feed(1))
    follow.follow(tmp_path, address, client)
    follow.sync(tmp_path, client, NOW)
    server.route("/feed", 200, instead, Content_Type="text/html")
    (result,) = follow.sync(tmp_path, client, NOW, now_please=True)
    assert result.outcome == "failed"
    assert "where a feed was" in str(result.error)
    assert titles(tmp_path) == ["Film 1"]
    assert [site.feed_urls for site in Archive.open(tmp_path).following()] == [(address,)]


def test_a_page_that_is_followed_for_its_posts_has_to_list_some(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    films = "".join(
        f'<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/{n}">Film {n}</a></h2>'
        f'<div class="e-content"><p>What I thought of film {n}, at some length.</p></div></article>'
        for n in (1, 2)
    )
    page = f'<html><body><div class="h-feed"><h1 class="p-name">Back Row</h1>{films}</div></body></html>'
    address = server.route("/", 200, page.encode(), Content_Type="text/html")
    follow.follow(tmp_path, address, client)
    (result,) = follow.sync(tmp_path, client, NOW)
    assert (result.outcome, titles(tmp_path)) == ("new", ["Film 1", "Film 2"])
    server.route("/", 200, BACK_SOON.encode(), Content_Type="text/html")
    (result,) = follow.sync(tmp_path, client, NOW, now_please=True)
    assert (result.outcome, titles(tmp_path)) == ("failed", ["Film 1", "Film 2"])
