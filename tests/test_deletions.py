"""Edited and deleted posts: what a sync tells of them, and that absence alone proves nothing."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive
from feedkeep.cli import main
from feedkeep.fetch.clock import SystemClock
from feedkeep.workflows import follow

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.workflows.follow import Synced
    from loopback import Loopback, Visit

NOW = SystemClock().now()
DAY = dt.timedelta(days=1)
TOMBSTONE = "http://purl.org/atompub/tombstones/1.0"


def entry(server: Loopback, number: int, text: str = "Text", host: str = "127.0.0.1") -> str:
    url = server.url(f"/{number}", host=host)
    return (
        f"<entry><id>urn:film:{number}</id><title>Film {number}</title><link href='{url}'/>"
        f"<updated>2014-06-{number:02d}T10:00:00Z</updated><content>{text}</content></entry>"
    )


def feed(server: Loopback, *entries: str) -> bytes:
    head = (
        f"<title>Back Row</title><id>urn:b</id><link href='{server.url('/')}'/><updated>2014-06-30T00:00:00Z</updated>"
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}{''.join(entries)}</feed>".encode()


def show(server: Loopback, *numbers: int) -> None:
    """Let the feed show these, newest first, and their pages be there."""
    for number in numbers:
        server.route(f"/{number}", 200, b"<html>a film</html>")
    server.route("/", 200, b"<html>a blog</html>")
    server.route("/feed", 200, feed(server, *(entry(server, n) for n in sorted(numbers, reverse=True))))


@pytest.fixture
def followed(server: Loopback, client: Client, tmp_path: Path) -> Path:
    """An archive that follows a feed of films 2 to 6, and has read it."""
    show(server, 2, 3, 4, 5, 6)
    follow.follow(tmp_path, server.url("/feed"), client)
    follow.sync(tmp_path, client, NOW)
    server.asked.clear()
    return tmp_path


def synced(path: Path, client: Client, now: dt.datetime = NOW, *, full: bool = False) -> Synced:
    (result,) = follow.sync(path, client, now, now_please=True, full=full)
    return result


def deleted(path: Path) -> set[str | None]:
    archive = Archive.open(path)
    with closing(archive.site(archive.sites()[0])) as site:
        return {summary.title for summary in site.summaries() if summary.deleted}


def pages(server: Loopback) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in server.asked if one.path != "/feed"]


def test_an_entry_that_vanished_between_others_is_asked_for_and_a_410_marks_it(
    followed: Path, server: Loopback, client: Client
) -> None:
    show(server, 2, 3, 5, 6)
    server.route("/4", 410)
    result = synced(followed, client)
    assert (result.outcome, result.added, result.updated, result.deleted) == ("new", 0, 0, 1)
    assert [(one.what, one.title) for one in result.news] == [("deleted", "Film 4")]
    assert deleted(followed) == {"Film 4"}
    assert pages(server) == [("HEAD", "/4"), ("GET", "/4"), ("HEAD", "/")]
    server.asked.clear()
    assert synced(followed, client).deleted == 0
    assert pages(server) == []


@pytest.mark.parametrize("status", [200, 404, 403, 301])
def test_whatever_else_it_answers_it_is_not_deleted_and_left_alone_for_a_while(
    followed: Path, server: Loopback, client: Client, status: int
) -> None:
    show(server, 2, 3, 5, 6)
    server.route("/4", status, b"", Location="/")
    assert synced(followed, client).deleted == 0
    asked = len(pages(server))
    synced(followed, client, NOW + 6 * DAY)
    assert len(pages(server)) == asked
    server.route("/4", 410)
    assert synced(followed, client, NOW + 8 * DAY).deleted == 1
    assert deleted(followed) == {"Film 4"}


def test_leaving_the_window_means_nothing(followed: Path, server: Loopback, client: Client) -> None:
    server.route("/2", 410)
    server.route("/3", 410)
    for number in (7, 8):
        server.route(f"/{number}", 200, b"x")
    server.route("/feed", 200, feed(server, *(entry(server, n) for n in (8, 7, 6, 5, 4))))
    result = synced(followed, client)
    assert (result.added, result.deleted) == (2, 0)
    assert pages(server) == []
    assert deleted(followed) == set()


def test_the_oldest_of_a_feed_that_has_room_is_asked_for(followed: Path, server: Loopback, client: Client) -> None:
    show(server, 3, 4, 5, 6)
    server.route("/2", 410)
    assert synced(followed, client).deleted == 1


def cut(visit: Visit, body: bytes) -> None:
    visit.head(200, Content_Length=len(body))
    visit.write(body[: len(body) // 2])
    visit.hang_up()


@pytest.mark.parametrize("how", ["cut by length", "cut without length", "empty", "an error page"])
def test_a_body_that_is_not_whole_never_looks_like_deletions(
    followed: Path, server: Loopback, client: Client, how: str
) -> None:
    body = feed(server, *(entry(server, n) for n in (6, 5, 4, 3, 2)))
    for number in range(2, 7):
        server.route(f"/{number}", 410)

    def answer(visit: Visit) -> None:
        if how == "cut by length":
            cut(visit, body)
        elif how == "cut without length":
            visit.head(200, Connection="close")
            visit.write(body[: len(body) // 2])
            visit.hang_up()
        else:
            visit.send(200, b"" if how == "empty" else b"<html><body>Database error</body></html>")

    server.routes["/feed"] = answer
    assert synced(followed, client).deleted == 0
    assert pages(server) == []
    assert deleted(followed) == set()


def test_a_tombstone_marks_a_post_and_keeps_it(followed: Path, server: Loopback, client: Client) -> None:
    stone = f"<at:deleted-entry xmlns:at='{TOMBSTONE}' ref='urn:film:4' when='2014-07-01T00:00:00Z'/>"
    server.route("/feed", 200, feed(server, *(entry(server, n) for n in (6, 5, 3, 2)), stone))
    server.route("/4", 200, b"still there")
    result = synced(followed, client)
    assert result.deleted == 1
    assert [(one.what, one.title) for one in result.news] == [("deleted", "Film 4")]
    assert deleted(followed) == {"Film 4"}


def test_a_post_that_links_elsewhere_is_not_asked_about_there(server: Loopback, client: Client, tmp_path: Path) -> None:
    numbers = (2, 3, 4)
    server.route("/feed", 200, feed(server, *(entry(server, n, host="localhost") for n in numbers)))
    follow.follow(tmp_path, server.url("/feed"), client)
    follow.sync(tmp_path, client, NOW)
    server.route("/feed", 200, feed(server, *(entry(server, n, host="localhost") for n in (2, 4))))
    server.route("/3", 410)
    assert synced(tmp_path, client).deleted == 0
    assert pages(server) == []


def test_where_the_whole_blog_is_gone_its_posts_are_kept_as_they_are(
    followed: Path, server: Loopback, client: Client
) -> None:
    show(server, 2, 3, 5, 6)
    server.route("/4", 410)
    server.route("/", 410)
    assert synced(followed, client).deleted == 0
    assert deleted(followed) == set()


def test_a_feed_that_is_not_due_costs_no_question_about_its_posts(
    followed: Path, server: Loopback, client: Client
) -> None:
    show(server, 2, 3, 5, 6)
    server.routes["/4"] = lambda visit: visit.hang_up()
    synced(followed, client)
    server.asked.clear()
    assert follow.sync(followed, client, NOW)[0].outcome == "not due"
    assert server.asked == []


def test_a_server_that_is_busy_is_asked_when_it_says(followed: Path, server: Loopback, client: Client) -> None:
    show(server, 2, 3, 5, 6)
    server.route("/4", 429, b"", Retry_After=2 * 86400)
    synced(followed, client)
    server.route("/4", 410)
    assert synced(followed, client, NOW + DAY).deleted == 0
    assert synced(followed, client, NOW + 3 * DAY).deleted == 1


def test_going_for_the_history_asks_the_addresses_of_old_posts_in_turn(
    followed: Path, server: Loopback, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedkeep.workflows.deletions._IN_TURN", 2)
    show(server, 4, 5, 6, 7, 8)
    server.route("/3", 410)
    first = synced(followed, client, full=True)
    heads = [path for method, path in pages(server) if method == "HEAD"]
    assert heads == ["/2", "/3", "/"]
    assert first.deleted == 1
    assert deleted(followed) == {"Film 3"}
    server.asked.clear()
    synced(followed, client, full=True)
    assert [path for method, path in pages(server) if method == "HEAD"] == ["/4", "/5"]
    server.asked.clear()
    synced(followed, client, full=True)
    assert [path for method, path in pages(server) if method == "HEAD"] == ["/6", "/7"]


def test_a_sync_names_what_is_new_edited_and_deleted(
    followed: Path, server: Loopback, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in (2, 3, 5, 7):
        server.route(f"/{number}", 200, b"x")
    entries = [
        entry(server, 7),
        entry(server, 5),
        entry(server, 3, "Edited").replace("-06-03", "-06-29"),
        entry(server, 2),
    ]
    server.route("/feed", 200, feed(server, *entries))
    server.route("/4", 410)
    server.route("/6", 404)
    with pytest.raises(SystemExit) as left:
        main(["sync", "--now", "-v", "--allow-private", "--archive", str(followed)])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "1 new, 1 edited, 1 deleted" in said
    assert [line.split()[:4] for line in said.splitlines() if line.startswith("  ")] == [
        ["new", "post", "Film", "7"],
        ["edited", "post", "Film", "3"],
        ["deleted", "post", "Film", "4"],
    ]
    with pytest.raises(SystemExit) as left:
        main(["diff", "urn:film:3", "--archive", str(followed)])
    assert left.value.code == 0
    assert "Edited" in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        main(["show", "urn:film:3", "--history", "--archive", str(followed)])
    assert left.value.code == 0
    server.route("/feed", 200, feed(server, *entries, entry(server, 8)))
    with pytest.raises(SystemExit):
        main(["sync", "--now", "--json", "--allow-private", "--archive", str(followed)])
    said = capsys.readouterr().out
    (told,) = json.loads(said[said.index('{\n  "feeds"') :])["feeds"]
    assert [(one["what"], one["title"]) for one in told["news"]] == [("new", "Film 8")]
