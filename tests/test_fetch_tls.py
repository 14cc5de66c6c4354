"""Certificates, against real servers on loopback: whom to trust is never guessed, and no name stands for another."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import trustme

from feedkeep.archive import Archive
from feedkeep.cli import main
from feedkeep.errors import UsageError
from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Unreachable
from loopback import FakeClock, Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEED = b"<rss version='2.0'><channel><title>Lantern</title><link>https://blog.example/</link></channel></rss>"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    """The certificate of a server for blog.example and the loopback address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("blog.example", "127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def server(certificate: ssl.SSLContext) -> Iterator[Loopback]:
    with Loopback(certificate) as running:
        running.route("/feed", 200, FEED, Content_Type="application/rss+xml")
        yield running


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test's own authority be the one that the machine trusts."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


def opened(connect: float = 15.0) -> Client:
    guard = Guard(allow_private=True, resolve=lambda *_: ["127.0.0.1"])
    return Client("feedkeep/1.0", guard, FakeClock(), limits=Limits(connect=connect))


def test_a_certificate_that_nobody_vouches_for_is_refused_in_one_clear_line(server: Loopback) -> None:
    url = server.url("/feed", host="blog.example")
    with opened() as client, pytest.raises(Unreachable) as refused:
        client.fetch(url)
    assert str(refused.value) == f"{url}: its certificate cannot be trusted: unable to get local issuer certificate"
    assert server.asked == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_an_authority_that_the_machine_trusts_is_good(server: Loopback) -> None:
    with opened() as client:
        answer = client.fetch(server.url("/feed", host="blog.example"))
    assert answer.body == FEED
    assert server.asked[0].headers["Host"] == f"blog.example:{server.port}"


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_refused(server: Loopback) -> None:
    url = server.url("/feed", host="other.example")
    with opened() as client, pytest.raises(Unreachable) as refused:
        client.fetch(url)
    assert str(refused.value).startswith(f"{url}: its certificate cannot be trusted: Hostname mismatch")
    assert "\n" not in str(refused.value)
    assert server.asked == []


@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_has_expired_is_refused(authority: trustme.CA) -> None:
    import datetime as dt  # noqa: PLC0415

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    long_ago = dt.datetime(2014, 1, 1, tzinfo=dt.UTC)
    authority.issue_cert(
        "blog.example", not_before=dt.datetime(2013, 1, 1, tzinfo=dt.UTC), not_after=long_ago
    ).configure_cert(context)
    with Loopback(context) as server, opened() as client, pytest.raises(Unreachable, match="certificate has expired"):
        client.fetch(server.url("/feed", host="blog.example"))


@pytest.mark.usefixtures("trusted")
def test_a_redirect_away_from_https_is_followed_and_never_adopted_and_tells_nothing(server: Loopback) -> None:
    with Loopback() as plain, opened() as client:
        target = plain.route("/feed", 200, FEED)
        server.route("/old", 301, b"", Location=target)
        answer = client.fetch(f"https://ada:secret@blog.example:{server.port}/old")
    assert (answer.url, answer.body) == (target, FEED)
    assert answer.permanent is None
    assert server.asked[0].headers["Authorization"].startswith("Basic ")
    assert not {"Authorization", "Referer"} & set(plain.asked[0].headers)


@pytest.mark.usefixtures("trusted")
def test_a_redirect_to_https_is_a_move_for_good(server: Loopback) -> None:
    target = server.url("/feed", host="blog.example")
    with Loopback() as plain, opened() as client:
        plain.route("/feed", 301, b"", Location=target)
        assert client.fetch(plain.url("/feed")).permanent == target


def test_https_where_plain_http_is_spoken_is_no_answer() -> None:
    with Loopback() as plain, opened() as client, pytest.raises(Unreachable) as refused:
        client.fetch(f"https://blog.example:{plain.port}/feed")
    assert "\n" not in str(refused.value)


def test_a_handshake_that_never_comes_ends_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        held: list[socket.socket] = []
        thread = threading.Thread(target=lambda: held.append(silent.accept()[0]))
        thread.start()
        with opened(connect=0.3) as client, pytest.raises(Unreachable, match="no answer in time"):
            client.fetch(f"https://blog.example:{silent.getsockname()[1]}/feed")
        thread.join()
        held[0].close()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_named(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(UsageError, match=r"SSL_CERT_FILE.*authority\.pem"):
        opened()


@pytest.mark.usefixtures("trusted")
def test_a_feed_is_followed_and_synced_by_https(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["follow", server.url("/feed")], ["sync"]):
        with pytest.raises(SystemExit) as left:
            main([*words, "--allow-private", "--archive", str(tmp_path / "a")])
        assert left.value.code == 0
    assert [site.feed_urls for site in Archive.open(tmp_path / "a").following()] == [(server.url("/feed"),)]
    capsys.readouterr()
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(SystemExit) as left:
        main(["sync", "--now", "--allow-private", "--archive", str(tmp_path / "a")])
    assert left.value.code == 5
    assert "its certificate cannot be trusted" in capsys.readouterr().out
