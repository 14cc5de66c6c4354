"""Which addresses may be asked, and that a connection goes where the guard looked."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.fetch import guard as guarding
from feedkeep.fetch.client import Client, user_agent
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Refused, Unreachable
from loopback import FakeClock, Loopback

AGENT = user_agent("1.0", "https://keeper.example/about")
PRIVATE = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.2.1", "198.18.0.1", "203.0.113.5", "224.0.0.1", "240.0.0.1"),  # noqa: S104
    *("255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1"),
    *("2002:7f00:1::1", "2002:a00:1::", "2001:0:7f00:1:0:0:f5ff:fffe", "fec0::1", "100::1"),
]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        Guard(resolve=lambda *_: [address]).addresses("blog.example", 80)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_on_the_public_internet_is_let_through(address: str) -> None:
    assert Guard(resolve=lambda *_: [address]).addresses("blog.example", 80) == [address]


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        Guard(resolve=lambda *_: ["8.8.8.8", "10.0.0.1"]).addresses("blog.example", 80)


def test_a_name_without_addresses_is_no_host() -> None:
    with pytest.raises(Unreachable, match="no such host"):
        Guard(resolve=lambda *_: []).addresses("blog.example", 80)


def test_private_addresses_may_be_allowed_but_not_those_that_are_nobodys() -> None:
    guard = Guard(allow_private=True)
    assert guard.is_allowed("127.0.0.1")
    assert guard.is_allowed("fd12::1")
    assert not guard.is_allowed("0.0.0.0")  # noqa: S104
    assert not guard.is_allowed("::ffff:224.0.0.1")


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_wrapped(address: ipaddress.IPv4Address) -> None:
    guard = Guard()
    wrapped = [
        f"::ffff:{address}",
        str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address))),
        str(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))),
    ]
    assert {guard.is_allowed(text) for text in wrapped} == {guard.is_allowed(str(address))}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_loopback_under_any_name_is_refused_and_never_asked(server: Loopback, host: str) -> None:
    server.route("/feed", 200, b"secret")
    with Client(AGENT, Guard(), FakeClock()) as client, pytest.raises((Refused, Unreachable)):
        client.fetch(server.url("/feed", host=host))
    assert server.asked == []


def test_every_hop_is_looked_at(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    real = guarding.is_public
    monkeypatch.setattr(guarding, "is_public", lambda address: str(address) == "127.0.0.1" or real(address))
    names = {"blog.example": "127.0.0.1", "inside.example": "127.0.0.2"}
    server.route("/feed", 302, b"", Location=server.url("/secret", host="inside.example"))
    server.route("/secret", 200, b"secret")
    guard = Guard(resolve=lambda host, _: [names[host]])
    with Client(AGENT, guard, FakeClock()) as client, pytest.raises(Refused, match=r"inside\.example is 127\.0\.0\.2"):
        client.fetch(server.url("/feed", host="blog.example"))
    assert [asked.path for asked in server.asked] == ["/feed"]


def test_a_connection_goes_to_the_address_that_was_looked_at(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    real = guarding.is_public
    monkeypatch.setattr(guarding, "is_public", lambda address: str(address) == "127.0.0.1" or real(address))
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])  # a name that means something else the second time
    server.route("/feed", 200, b"<rss/>", Connection="close")
    with Client(AGENT, Guard(resolve=lambda *_: next(answers)), FakeClock()) as client:
        answer = client.fetch(server.url("/feed", host="rebinding.example"))
        assert answer.body == b"<rss/>"
        assert server.asked[0].headers["Host"] == f"rebinding.example:{server.port}"
        with pytest.raises(Refused, match=r"169\.254\.169\.254"):
            client.fetch(server.url("/feed", host="rebinding.example"))


def test_the_next_address_of_a_name_is_tried_where_the_first_is_dead(server: Loopback) -> None:
    server.route("/feed", 200, b"<rss/>")
    guard = Guard(allow_private=True, resolve=lambda *_: ["::1", "127.0.0.1"])
    with Client(AGENT, guard, FakeClock()) as client:
        assert client.fetch(server.url("/feed", host="two.example")).status == 200


def test_a_proxy_of_the_environment_is_not_used(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.route("/feed", 200, b"<rss/>")
    with Client(AGENT, Guard(allow_private=True), FakeClock()) as client:
        assert client.fetch(server.url("/feed")).status == 200
