"""The manners of a walk: it waits when told to, tries again, and asks a host one question at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedkeep.fetch import patience
from feedkeep.fetch.clock import SystemClock
from feedkeep.models import Site
from feedkeep.workflows import follow, history
from loopback import FakeClock, Loopback
from old_blogs import archived, atom, paging, reply
from walks import asked, held, walked

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.workflows.follow import Synced
    from loopback import Visit
    from wordpress_double import WordPress


def test_a_server_that_says_to_wait_is_left_alone_and_nothing_is_lost(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    archived(server)
    answer = server.routes["/archive/2"]
    server.routes["/archive/2"] = lambda visit: visit.send(429, b"", Retry_After=7200)
    clock = FakeClock()
    found = walked(tmp_path, server, client, clock=clock)
    assert (found.is_whole, found.error) == (False, "429 Too Many Requests")
    assert found.not_before is not None
    server.routes["/archive/2"] = answer
    before = len(server.asked)
    later = SystemClock()
    assert walked(tmp_path, server, client, clock=later).error == "asked to wait"
    assert len(server.asked) == before
    clock = FakeClock()
    clock.sleep((found.not_before - clock.now()).total_seconds() + 1)
    assert walked(tmp_path, server, client, clock=clock).is_whole
    assert len(held(tmp_path)[0]) == 7
    assert asked(server).count("/archive/3") == 1


def test_a_short_wait_is_waited_for(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    answer = server.routes["/archive/2"]

    def busy(visit: Visit) -> None:
        server.routes["/archive/2"] = answer
        visit.send(503, b"", Retry_After=17)

    server.routes["/archive/2"] = busy
    clock = FakeClock()
    assert walked(tmp_path, server, client, clock=clock).is_whole
    assert 17.0 in clock.slept


def test_a_server_that_fails_is_asked_thrice_then_missed(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    server.route("/archive/1", 500)
    clock = FakeClock()
    found = walked(tmp_path, server, client, clock=clock)
    assert asked(server).count("/archive/1") == patience.TRIES
    assert clock.slept[:2] == [2.0, 4.0]
    assert [(one.strategy, one.why) for one in found.missed] == [("linked", "500 Internal Server Error")]
    assert found.ways["linked"] == "with gaps"
    archived(server)
    server.asked.clear()
    assert walked(tmp_path, server, client).missed == ()  # the next walk asks for what this one missed
    assert len(held(tmp_path)[0]) == 7


def test_a_dead_server_stops_no_other_walk(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    with Loopback() as dead:
        dead.otherwise = lambda visit: visit.hang_up()
        sites = [Site(id=one.url("/"), url=one.url("/"), feed_urls=(one.url("/feed"),)) for one in (dead, server)]
        first, second = history.walk(tmp_path, sites, client, clock=FakeClock())
    assert first.error is not None
    assert second.is_whole
    assert second.added == 7


def test_one_question_at_a_time_goes_to_a_host(
    wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path
) -> None:
    walked(tmp_path, server, client)
    assert server.most_inside == 1
    assert wordpress.posts


def test_an_address_within_the_own_network_is_missed(server: Loopback, tmp_path: Path) -> None:
    archived(server)
    with follow.client(gap=0.0) as careful:
        found = walked(tmp_path, server, careful)
    assert server.asked == []
    assert found.missed
    assert all("not on the public internet" in one.why for one in found.missed)


def test_one_walk_is_made_for_a_blog_of_several_feeds(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server, comments=lambda visit: visit.send(200, atom(reply(1))))
    page = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{server.url(path)}" title="{title}">'
        for path, title in (("/comments/feed/", "Comments"), ("/feed/", "Posts"))
    )
    server.route("/", 200, f"<html><head>{page}</head></html>".encode(), Content_Type="text/html")
    follow.follow(tmp_path, server.url("/"), client)
    found = {urlsplit(one.feed).path: one for one in follow.sync(tmp_path, client, full=True)}
    walks: dict[str, Synced] = {path: one for path, one in found.items() if one.history is not None}
    assert list(walks) == ["/feed/"]
