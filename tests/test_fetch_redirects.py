"""Redirects: for good or for now, in circles, and to where nobody should go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedkeep.fetch.client import Client
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Broken, Refused
from guest import AGENT, FEED, LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loopback import FakeClock, Loopback


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client(AGENT, Guard(allow_private=True), clock, limits=LIMITS) as made:
        yield made


@pytest.mark.parametrize(("status", "permanent"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
def test_a_move_for_good_is_told_from_one_for_now(
    server: Loopback, client: Client, status: int, *, permanent: bool
) -> None:
    server.route("/old", status, b"", Location="/new")
    server.route("/new", 200, FEED)
    answer = client.fetch(server.url("/old"))
    assert (answer.asked, answer.url, answer.body) == (server.url("/old"), server.url("/new"), FEED)
    assert answer.permanent == (server.url("/new") if permanent else None)


def test_a_move_is_for_good_as_far_as_every_step_says_so(server: Loopback, client: Client) -> None:
    server.route("/1", 301, b"", Location="/2")
    server.route("/2", 302, b"", Location="/3")
    server.route("/3", 301, b"", Location="/4")
    server.route("/4", 200, FEED)
    answer = client.fetch(server.url("/1"))
    assert answer.url == server.url("/4")
    assert answer.permanent == server.url("/2")


def test_a_move_to_where_nobody_is_is_none(server: Loopback, client: Client) -> None:
    server.route("/old", 301, b"", Location="/nowhere")
    assert client.fetch(server.url("/old")).permanent is None


def test_a_location_of_letters_that_nobody_escaped_is_found(server: Loopback, client: Client) -> None:
    server.route("/old", 302, b"", Location="/f\xc3\xa9e")
    server.route("/f%C3%A9e", 200, FEED)
    assert client.fetch(server.url("/old")).body == FEED


@pytest.mark.parametrize(
    ("target", "error", "reason"),
    [
        ("/old", Broken, "circle"),
        ("/step0", Broken, "more than 3 redirects"),
        ("file:///etc/passwd", Refused, "only http and https"),
        ("ftp://127.0.0.1/feed", Refused, "only http and https"),
        ("mailto:ada@lantern.example", Refused, "only http and https"),
        ("http://[::1", Broken, "no address"),
    ],
)
def test_a_redirect_leads_somewhere_or_is_an_error(
    server: Loopback, client: Client, target: str, error: type[Exception], reason: str
) -> None:
    server.route("/old", 302, b"", Location=target)
    for step in range(9):
        server.route(f"/step{step}", 302, b"", Location=f"/step{step + 1}")
    with pytest.raises(error, match=reason):
        client.fetch(server.url("/old"))


def test_a_redirect_without_a_place_is_an_answer(server: Loopback, client: Client) -> None:
    assert client.fetch(server.route("/old", 301)).status == 301
