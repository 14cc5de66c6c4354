"""How long a guest waits: for an answer, between questions, and until it may ask again."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Broken, Unreachable
from guest import AGENT, FEED, LIMITS, cut_length
from loopback import NOW, FakeClock, Loopback, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client(AGENT, Guard(allow_private=True), clock, limits=LIMITS) as made:
        yield made


def test_an_answer_that_drips_ends_when_its_time_is_over(server: Loopback) -> None:
    def drip(visit: Visit) -> None:
        visit.head(200, Connection="close")
        while True:
            visit.write(b"<rss>")

    server.routes["/drip"] = drip
    limits = Limits(total=5, body=1 << 40)
    with (
        Client(AGENT, Guard(allow_private=True), FakeClock(tick=0.1), limits=limits) as client,
        pytest.raises(Unreachable, match="in time"),
    ):
        client.fetch(server.url("/drip"))


def test_a_head_that_drips_ends_when_its_time_is_over(server: Loopback) -> None:
    def drip(visit: Visit) -> None:
        visit.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(10_000):
            visit.write(b"X-%d: y\r\n" % number)

    server.routes["/drip"] = drip
    with (
        Client(AGENT, Guard(allow_private=True), FakeClock(tick=1), limits=Limits(total=4)) as client,
        pytest.raises((Unreachable, Broken)),
    ):
        client.fetch(server.url("/drip"))


def test_one_question_at_a_time_to_a_host_and_a_pause_between(
    server: Loopback, client: Client, clock: FakeClock
) -> None:
    for number in range(6):
        server.route(f"/{number}", 200, FEED)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(client.fetch, [server.url(f"/{number}") for number in range(6)]))
    assert [answer.status for answer in answers] == [200] * 6
    assert server.most_inside == 1
    assert clock.slept == [1.0] * 5


def test_hosts_do_not_wait_for_each_other(server: Loopback, client: Client, clock: FakeClock) -> None:
    both = threading.Barrier(2, timeout=5)

    def meet(visit: Visit) -> None:
        both.wait()
        visit.send(200, FEED)

    server.routes["/feed"] = meet
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(client.fetch, [server.url("/feed"), server.url("/feed", host="localhost")]))
    assert [answer.status for answer in answers] == [200, 200]
    assert clock.slept == []


def test_a_pause_follows_a_failure_as_well(server: Loopback, client: Client, clock: FakeClock) -> None:
    server.routes["/feed"] = cut_length
    for _ in range(2):
        with pytest.raises(Broken):
            client.fetch(server.url("/feed"))
    assert clock.slept == [1.0]


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", 120),
        ("Wed, 04 Jun 2014 09:10:00 GMT", 600),
        ("Wed, 04 Jun 2014 08:00:00 GMT", 0),
        ("99999999999999", 366 * 86400),
        ("soon", None),
        ("-5", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_servers_clock(
    server: Loopback, client: Client, text: str, wait: int | None
) -> None:
    url = server.route("/feed", 429, b"", Retry_After=text, Date="Wed, 04 Jun 2014 09:00:00 GMT")
    found = client.fetch(url).retry_after
    assert found == (None if wait is None else NOW + dt.timedelta(seconds=wait))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache_Control": "public, max-age=3600"}, 3600),
        ({"Cache_Control": "MAX-AGE=3600", "Age": "600"}, 3000),
        ({"Cache_Control": "max-age=60", "Expires": "Thu, 01 Jan 2099 00:00:00 GMT"}, 60),
        ({"Cache_Control": "no-cache, max-age=3600"}, None),
        ({"Expires": "Wed, 04 Jun 2014 10:30:00 GMT", "Date": "Wed, 04 Jun 2014 10:00:00 GMT"}, 1800),
        ({"Expires": "0"}, None),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({}, None),
    ],
)
def test_how_long_an_answer_holds(
    server: Loopback, client: Client, headers: dict[str, str], seconds: int | None
) -> None:
    found = client.fetch(server.route("/feed", 200, FEED, **headers)).fresh_until
    assert found == (None if seconds is None else NOW + dt.timedelta(seconds=seconds))
