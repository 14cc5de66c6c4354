"""What a guest asks with, what it takes for an answer, and what for none."""

from __future__ import annotations

import datetime as dt
import socket
from typing import TYPE_CHECKING

import pytest

from feedkeep.fetch.client import Client
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Broken, Refused, Unreachable
from feedkeep.fetch.state import Validators
from guest import AGENT, FEED, LIMITS
from loopback import FakeClock, Loopback, Visit

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client(AGENT, Guard(allow_private=True), clock, limits=LIMITS) as made:
        yield made


def test_it_says_who_it_is_and_nothing_else(server: Loopback, client: Client) -> None:
    client.fetch(server.route("/feed", 200, FEED))
    (asked,) = server.asked
    assert asked.headers["User-Agent"] == "feedkeep/1.0 (+https://keeper.example/about)"
    assert asked.headers["Accept-Encoding"] == "gzip, br"
    assert set(asked.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def test_cookies_are_not_kept_and_a_referer_is_not_sent(server: Loopback, client: Client) -> None:
    server.route("/feed", 301, b"", Location="/new", Set_Cookie="seen=1; Path=/")
    server.route("/new", 200, FEED, Set_Cookie="seen=2; Path=/")
    client.fetch(server.url("/feed"))
    client.fetch(server.url("/new"))
    assert [asked.path for asked in server.asked] == ["/feed", "/new", "/new"]
    assert not any({"Cookie", "Referer"} & set(asked.headers) for asked in server.asked)


def test_a_fragment_is_not_sent_and_a_password_goes_into_its_header(server: Loopback, client: Client) -> None:
    server.route("/feed?a=1", 200, FEED)
    answer = client.fetch(f"http://ada:se%20cret@127.0.0.1:{server.port}/feed?a=1#top")
    assert answer.is_whole
    assert not answer.asked.endswith("#top")
    assert server.asked[0].headers["Authorization"] == "Basic YWRhOnNlIGNyZXQ="
    assert "ada" not in server.asked[0].headers["Host"]


def test_an_answer_is_something_to_read(server: Loopback, client: Client) -> None:
    headers = {"Content_Type": 'text/xml; charset="iso-8859-1"', "Date": "Wed, 04 Jun 2014 10:00:00 GMT"}
    answer = client.fetch(server.route("/feed", 200, FEED, **headers))
    source = answer.source()
    assert (source.read(), source.url, source.charset, source.media_type) == (
        FEED,
        server.url("/feed"),
        "iso-8859-1",
        "text/xml",
    )
    assert source.as_of == dt.datetime(2014, 6, 4, 10, tzinfo=dt.UTC)
    assert (answer.version, answer.reason, answer.size) == ("HTTP/1.1", "OK", len(FEED))


def test_validators_are_kept_as_written_and_sent_together(server: Loopback, client: Client) -> None:
    etag, modified = 'W/"a b,\xe9"', "Wed, 4 Jun 2014 9:00:00 +0200"

    def feed(visit: Visit) -> None:
        asked = visit.headers.get("If-None-Match"), visit.headers.get("If-Modified-Since")
        if asked == (etag, modified):
            visit.head(304)
        else:
            visit.send(200, FEED, ETag=etag, Last_Modified=modified)

    server.routes["/feed"] = feed
    first = client.fetch(server.url("/feed"))
    assert first.validators == Validators(url=server.url("/feed"), etag=etag, last_modified=modified)
    second = client.fetch(server.url("/feed"), first.validators)
    assert (second.status, second.is_unchanged, second.is_whole) == (304, True, False)
    assert second.validators == first.validators


def test_a_304_may_bring_new_validators(server: Loopback, client: Client) -> None:
    url = server.route("/feed", 304, b"", ETag='"new"')
    answer = client.fetch(url, Validators(url=url, etag='"old"', last_modified="yesterday"))
    assert answer.validators == Validators(url=url, etag='"new"', last_modified="yesterday")


def test_validators_go_to_the_address_that_gave_them_alone(server: Loopback, client: Client) -> None:
    server.route("/old", 302, b"", Location="/new")
    server.route("/new", 200, FEED, ETag='"1"')
    known = client.fetch(server.url("/old")).validators
    assert known is not None
    assert known.url == server.url("/new")
    client.fetch(server.url("/old"), known)
    sent = [(asked.path, asked.headers.get("If-None-Match")) for asked in server.asked]
    assert sent == [("/old", None), ("/new", None), ("/old", None), ("/new", '"1"')]


def test_a_304_that_nobody_asked_for_says_nothing(server: Loopback, client: Client) -> None:
    answer = client.fetch(server.route("/feed", 304))
    assert not answer.is_unchanged
    assert answer.validators is None


def test_an_answer_without_validators_leaves_none_behind(server: Loopback, client: Client) -> None:
    assert client.fetch(server.route("/feed", 200, FEED)).validators is None
    assert client.fetch(server.route("/gone", 404, b"", ETag='"x"')).validators is None


def test_410_is_gone_and_404_is_not(server: Loopback, client: Client) -> None:
    assert client.fetch(server.route("/feed", 410)).is_gone
    assert not client.fetch(server.url("/nothing")).is_gone


def test_where_nobody_listens_there_is_no_answer(client: Client) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
            client.fetch(f"http://127.0.0.1:{port}/feed")


def test_a_connection_that_is_reset_is_no_answer(server: Loopback, client: Client) -> None:
    server.routes["/feed"] = Visit.hang_up
    with pytest.raises((Unreachable, Broken)):
        client.fetch(server.url("/feed"))


def test_what_is_no_http_is_no_answer(server: Loopback, client: Client) -> None:
    server.routes["/feed"] = lambda visit: visit.write(b"220 mail.example ESMTP\r\n\r\n")
    with pytest.raises(Broken):
        client.fetch(server.url("/feed"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed.xml",
        "gopher://x.example/",
        "http://",
        "http://[::1",
        "http://a:b:c/",
        "http://a\n.example/",
        "http://x.example:99999/",
    ],
)
def test_what_is_no_address_is_refused(client: Client, url: str) -> None:
    with pytest.raises((Refused, Unreachable)):
        client.fetch(url)
