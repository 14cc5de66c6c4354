"""The manners of a sync from end to end, against servers on loopback that misbehave on purpose.

What single answers mean is tested in test_fetch_answers.py and those beside it, when to ask again in
test_fetch_schedule.py; here a feed is followed and synced, and what counts is what the server was asked.
"""

from __future__ import annotations

import datetime as dt
import gzip
import os
import signal
import subprocess
import sys
import threading
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from feedkeep.archive import Archive
from feedkeep.cli import main
from feedkeep.errors import UsageError
from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.clock import SystemClock
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Unreachable
from feedkeep.selection import Selection
from feedkeep.workflows import browse, follow
from feedkeep.workflows.verify import verify
from loopback import NOW, FakeClock, Loopback, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from feedkeep.workflows.follow import Synced

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def feed(*numbers: int, head: str = "", home: str = "https://b.example/") -> bytes:
    items = "".join(f"<item><title>Film {n}</title><guid>{home}{n}</guid></item>" for n in numbers)
    spaces = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    about = f"<title>Back Row</title><link>{home}</link>{head}"
    return f'<rss version="2.0" {spaces}><channel>{about}{items}</channel></rss>'.encode()


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client("feedkeep/1.0", Guard(allow_private=True), clock, limits=Limits(gap=0.0)) as opened:
        yield opened


def followed(path: Path, server: Loopback, client: Client, *routes: str) -> None:
    for route in routes:
        server.route(route, 200, feed(1, home=server.url("/")), ETag='"1"')
        follow.follow(path, server.url(route), client)
    server.asked.clear()


def synced(path: Path, client: Client, now: dt.datetime, **settings: Any) -> Synced:
    (result,) = follow.sync(path, client, now, **settings)
    return result


def asked(server: Loopback) -> list[str]:
    return [one.path for one in server.asked]


def wait(clock: FakeClock, span: dt.timedelta) -> None:
    clock.sleep(span.total_seconds())


def titles(path: Path) -> set[str | None]:
    return {entry.post.title for entry in browse.posts(path, Selection())}


# -- when a feed is asked ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "head", "least", "most"),
    [
        ({"ETag": '"1"'}, "", HOUR, 1.1 * HOUR),
        ({}, "", DAY, 1.1 * DAY),  # it cannot say that nothing changed
        ({"ETag": '"1"', "Cache_Control": "max-age=21600"}, "", 6 * HOUR, 6.6 * HOUR),
        ({"ETag": '"1"', "Cache_Control": "max-age=5"}, "", HOUR, 1.1 * HOUR),
        ({"ETag": '"1"', "Expires": format_datetime(NOW + 5 * HOUR, usegmt=True)}, "", 5 * HOUR, 5.5 * HOUR),
        ({"ETag": '"1"'}, "<ttl>180</ttl>", 3 * HOUR, 3.3 * HOUR),
        ({"ETag": '"1"'}, "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 12 * HOUR, 13.2 * HOUR),
        ({"ETag": '"1"'}, "<ttl>99999999</ttl>", 7 * DAY, 7.7 * DAY),
    ],
)  # fmt: skip
def test_a_feed_is_left_alone_as_long_as_it_says(
    server: Loopback,
    client: Client,
    tmp_path: Path,
    headers: dict[str, str],
    head: str,
    least: dt.timedelta,
    most: dt.timedelta,
) -> None:
    server.route("/feed", 200, feed(1, head=head), **headers)
    follow.follow(tmp_path, server.url("/feed"), client)
    result = synced(tmp_path, client, NOW)
    assert result.next_due is not None
    assert least <= result.next_due - NOW <= most
    server.asked.clear()
    assert synced(tmp_path, client, result.next_due - MINUTE).outcome == "not due"
    assert asked(server) == []
    synced(tmp_path, client, result.next_due)
    assert asked(server) == ["/feed"]


def test_nobody_comes_at_hours_and_on_days_at_which_a_feed_wants_nobody(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    soon = NOW + 1.05 * HOUR
    hours = "".join(f"<hour>{(soon.hour + n) % 24}</hour>" for n in range(-1, 5))
    server.route("/feed", 200, feed(1, head=f"<skipHours>{hours}</skipHours>"), ETag='"1"')
    follow.follow(tmp_path, server.url("/feed"), client)
    due = synced(tmp_path, client, NOW).next_due
    assert due is not None
    assert due.hour not in {(soon.hour + n) % 24 for n in range(-1, 5)}
    days = "".join(f"<day>{day}</day>" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"))
    server.route("/feed", 200, feed(1, head=f"<skipDays>{days}</skipDays>"), ETag='"2"')
    due = synced(tmp_path, client, NOW, now_please=True).next_due
    assert due is not None
    assert due.strftime("%A") == "Saturday"


@pytest.mark.parametrize("form", ["seconds", "date"])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_binds_whoever_is_in_a_hurry_and_the_feed_that_said_it_alone(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path, form: str, status: int
) -> None:
    followed(tmp_path, server, client, "/busy", "/other")
    said = "7200" if form == "seconds" else format_datetime(clock.now() + 2 * HOUR, usegmt=True)
    server.route("/busy", status, b"", Retry_After=said)
    follow.sync(tmp_path, client, clock.now())
    server.asked.clear()
    for _ in range(2):
        wait(clock, 0.9 * HOUR)
        follow.sync(tmp_path, client, clock.now(), now_please=True, full=True)
    assert "/busy" not in asked(server)
    assert asked(server).count("/other") >= 2
    server.asked.clear()
    wait(clock, 0.3 * HOUR)
    follow.sync(tmp_path, client, clock.now())
    assert "/busy" in asked(server)


def test_failures_are_waited_out_twice_as_long_each_time_and_not_all_alike(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    followed(tmp_path, server, client, "/a", "/b")
    for path in ("/a", "/b"):
        server.route(path, 500)
    waits: dict[str, list[dt.timedelta]] = {"/a": [], "/b": []}
    for path, found in waits.items():
        for _ in range(9):
            (result,) = follow.sync(tmp_path, client, clock.now(), wanted=[server.url(path)])
            assert result.outcome == "failed"
            assert result.next_due is not None
            found.append(result.next_due - clock.now())
            wait(clock, found[-1])
    for found in waits.values():
        for number, span in enumerate(found):
            most = min(HOUR * 2**number, 7 * DAY)
            assert most <= span <= 1.1 * most
    assert waits["/a"] != waits["/b"]


def test_what_a_server_calls_its_answer_comes_back_to_the_letter_after_a_restart(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    etag, modified = 'W/"a b,\xe9"', "Wed, 4 Jun 2014 9:00:00 +0200"
    server.route("/feed", 200, feed(1), ETag=etag, Last_Modified=modified)
    follow.follow(tmp_path, server.url("/feed"), client)
    synced(tmp_path, client, clock.now())
    with Client("feedkeep/1.0", Guard(allow_private=True), clock, limits=Limits(gap=0.0)) as another:
        synced(tmp_path, another, clock.now(), now_please=True)
    said = server.asked[-1].headers
    assert (said["If-None-Match"], said["If-Modified-Since"]) == (etag, modified)


# -- moves ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
def test_a_move_for_good_is_adopted_after_it_held(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path, status: int
) -> None:
    followed(tmp_path, server, client, "/old")
    server.route("/old", status, b"", Location="/new")
    server.route("/new", 200, feed(1), ETag='"1"')
    for _ in range(2):
        assert synced(tmp_path, client, clock.now(), now_please=True).moved is None
        wait(clock, 0.6 * DAY)
    assert synced(tmp_path, client, clock.now(), now_please=True).moved == server.url("/new")
    server.asked.clear()
    synced(tmp_path, client, clock.now(), now_please=True)
    assert asked(server) == ["/new"]


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_move_for_now_is_never_adopted(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path, status: int
) -> None:
    followed(tmp_path, server, client, "/old")
    server.route("/old", status, b"", Location="/new")
    server.route("/new", 200, feed(1), ETag='"1"')
    for _ in range(6):
        assert synced(tmp_path, client, clock.now(), now_please=True).moved is None
        wait(clock, DAY)
    assert asked(server) == ["/old", "/new"] * 6


# -- who asks ------------------------------------------------------------------------------------------------


def test_every_command_that_asks_says_where_to_complain(server: Loopback, tmp_path: Path) -> None:
    url = server.route("/feed", 200, feed(1, home=server.url("/")))
    archive = ["--allow-private", "--archive", str(tmp_path)]
    for words in (
        ["import", url, *archive],
        ["import", url, "--full", "--max-requests", "1", *archive],
        ["inspect", url, "--allow-private"],
        ["follow", url, *archive],
        ["sync", *archive],
        ["media", "fetch", *archive],
    ):
        with pytest.raises(SystemExit):
            main([*words, "--contact", "mailto:ada@b.example"])
    assert len(server.asked) >= 5
    assert {one.headers["User-Agent"].partition(" ")[2] for one in server.asked} == {"(+mailto:ada@b.example)"}
    assert not any({"Cookie", "Referer", "From"} & set(one.headers) for one in server.asked)


# -- hostile and dead sites ----------------------------------------------------------------------------------


def silent(_: Visit) -> None:
    threading.Event().wait(6)


def drip(visit: Visit) -> None:
    visit.head(200, Connection="close")
    for _ in range(60):
        visit.write(b" ")
        threading.Event().wait(0.1)


def bomb(visit: Visit) -> None:
    visit.send(200, gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")


def circle(visit: Visit) -> None:
    visit.send(302, b"", Location=visit.path)


def stairs(visit: Visit) -> None:
    visit.send(302, b"", Location=visit.path + "x")


def cut(visit: Visit) -> None:
    visit.head(200, Content_Length=10_000)
    visit.write(feed(2)[:50])
    visit.hang_up()


HOSTILE: list[Callable[[Visit], None]] = [
    *(silent, silent, silent, drip, drip, drip, bomb, circle, stairs, cut, Visit.hang_up),
    *(lambda visit: visit.write(b"220 mail.example\r\n\r\n"), lambda visit: visit.send(200, b"<rss><channel>" * 9000)),
    *(lambda visit: visit.send(200, b"\0" * 5000), lambda visit: visit.send(500, b"x" * 5000), lambda visit: visit.send(451)),
    lambda visit: visit.send(302, b"", Location="file:///etc/passwd"),
    lambda visit: visit.send(302, b"", Location="http://169.254.169.254/latest/meta-data/"),
]  # fmt: skip


def test_hostile_and_dead_sites_stop_no_other(server: Loopback, tmp_path: Path) -> None:
    """More of them than are asked at once; each is a host of its own."""
    guard = Guard(resolve=lambda host, _: ["127.0.0.1"] if host.endswith(".example") else ["169.254.169.254"])
    guard.is_allowed = lambda text: text == "127.0.0.1"  # type: ignore[method-assign]
    limits = Limits(body=1_000_000, redirects=3, connect=2.0, idle=2.0, total=3.0, gap=0.0)

    def answer(visit: Visit) -> None:
        name = visit.headers["Host"].partition(".")[0]
        if name.startswith("bad") and visit.headers.get("X-Follow") is None:
            HOSTILE[int(name[3:])](visit)
        else:
            visit.send(200, feed(1, home=f"http://{name}.example/"))

    server.otherwise = answer
    hosts = [*(f"bad{n}" for n in range(len(HOSTILE))), "good1", "good2"]
    with Client("feedkeep/1.0", guard, SystemClock(), limits=limits, headers={"X-Follow": "1"}) as friend:
        for host in hosts:
            follow.follow(tmp_path, server.url("/feed", host=f"{host}.example"), friend)
    with Client("feedkeep/1.0", guard, SystemClock(), limits=limits) as client:
        found = {result.feed: result for result in follow.sync(tmp_path, client, NOW)}
    outcomes = {host: found[server.url("/feed", host=f"{host}.example")] for host in hosts}
    assert {host for host, result in outcomes.items() if result.outcome == "new"} == {"good1", "good2"}
    assert all(outcomes[host].outcome == "failed" and outcomes[host].error for host in hosts if host.startswith("bad"))
    assert all("\n" not in str(result.error) for result in outcomes.values())


def test_a_dead_host_of_many_feeds_is_soon_left_alone(server: Loopback, clock: FakeClock, tmp_path: Path) -> None:
    dead: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        if not dead or host == "good.example":
            return ["127.0.0.1"]
        dead.append(host)
        return []

    server.otherwise = lambda visit: visit.send(200, feed(1, home=f"http://{visit.headers['Host']}/"))
    guard = Guard(allow_private=True, resolve=resolve)
    with Client("feedkeep/1.0", guard, clock, limits=Limits(gap=0.0)) as client:
        urls = [server.url(f"/{n}", host="dead.example") for n in range(9)]
        for url in [*urls, server.url("/", host="good.example")]:
            follow.follow(tmp_path, url, client)
    dead.append("from now on")
    with Client("feedkeep/1.0", guard, clock, limits=Limits(gap=0.0)) as client:
        found = follow.sync(tmp_path, client, clock.now())
    assert [result.outcome for result in found if result.feed not in urls] == ["new"]
    assert {result.outcome for result in found if result.feed in urls} == {"failed"}
    assert dead.count("dead.example") == 3
    assert len([one for one in found if "not asked" in str(one.error)]) == 6


def test_a_name_that_nobody_resolves_costs_only_its_time(server: Loopback) -> None:
    over = threading.Event()

    def resolve(host: str, _: int) -> list[str]:
        if host == "lost.example":
            over.wait(20)  # as the system's resolver does where its servers are silent
        return ["127.0.0.1"]

    server.route("/feed", 200, feed(1))
    guard = Guard(allow_private=True, resolve=resolve)
    try:
        with Client("feedkeep/1.0", guard, SystemClock(), limits=Limits(connect=1.0, gap=0.0)) as client:
            with pytest.raises(Unreachable, match="not resolved in time"):
                client.fetch(server.url("/feed", host="lost.example"))
            assert client.fetch(server.url("/feed", host="found.example")).is_whole
    finally:
        over.set()


# -- what is kept --------------------------------------------------------------------------------------------


def test_each_answer_is_kept_as_a_web_archive_once(server: Loopback, client: Client, tmp_path: Path) -> None:
    followed(tmp_path, server, client, "/feed")
    bodies = [feed(1), feed(1), feed(1, 2)]
    for number, body in enumerate(bodies):
        server.route("/feed", 200, body, ETag=f'"{number}"')
        synced(tmp_path, client, NOW, now_please=True)
    kept = []
    for file in sorted(tmp_path.glob("*/sources/*.warc.gz")):
        with file.open("rb") as stream:
            kept += [
                (record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
                for record in ArchiveIterator(stream)
                if record.rec_type == "resource"
            ]
    assert sorted(kept) == sorted((server.url("/feed"), body) for body in {*bodies})


RUN = """
import sys
from feedkeep.workflows import follow
with follow.client(allow_private=True, gap=0.0) as client:
    follow.sync(sys.argv[1], client)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_a_sync_that_is_killed_loses_nothing_and_repeats_nothing(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    followed(tmp_path, server, client, *(f"/{n}" for n in range(12)))
    reached, over = threading.Event(), threading.Event()

    def hold(visit: Visit) -> None:
        reached.set()
        over.wait(20)
        visit.hang_up()

    for n in range(12):
        server.route(f"/{n}", 200, feed(n), ETag=f'"{n}"')
    order = [site.feed_urls[0].removeprefix(server.url("")) for site in Archive.open(tmp_path).following()]
    server.routes[order[8]] = hold
    process = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)])
    try:
        assert reached.wait(30)
        log = tmp_path / ".visits.log"
        while not log.exists() or len(log.read_bytes().split()) < 8:  # what came lasts before all has come
            assert process.poll() is None
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        over.set()
    assert not [finding for finding in verify(tmp_path).findings if finding.damage]
    before = asked(server)
    assert sorted(before) == sorted(order[:9])
    server.route(order[8], 200, feed(int(order[8][1:])), ETag='"8"')
    server.asked.clear()
    follow.sync(tmp_path, client)
    assert sorted(asked(server)) == sorted(order[8:])
    assert titles(tmp_path) == {f"Film {n}" for n in range(12)}


def test_only_the_feeds_that_are_named_are_synced(server: Loopback, client: Client, tmp_path: Path) -> None:
    followed(tmp_path, server, client, "/a", "/b")
    follow.sync(tmp_path, client, NOW, wanted=[server.url("/b")])
    assert asked(server) == ["/b"]
    with pytest.raises(UsageError, match="nothing that is followed"):
        follow.sync(tmp_path, client, NOW, wanted=["c"])
