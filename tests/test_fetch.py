"""The manners of a guest, each against a server on loopback that misbehaves on purpose."""

from __future__ import annotations

import datetime as dt
import gzip
import socket
import threading
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]
import pytest

from feedkeep.fetch.client import Client, Limits, user_agent
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Broken, Refused, TooLarge, Unreachable
from feedkeep.fetch.state import Validators
from loopback import NOW, FakeClock, Loopback, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.fetch.answers import Answer

AGENT = user_agent("1.0", "https://keeper.example/about")
LIMITS = Limits(body=100_000, redirects=3, connect=2, idle=2, total=5, gap=1)
FEED = b"<rss version='2.0'><channel><title>Lantern</title></channel></rss>"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client(AGENT, Guard(allow_private=True), clock, limits=LIMITS) as made:
        yield made


# --- who asks, and what is told


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


# --- validators


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


# --- bodies


class Held:
    """Where a body goes."""

    def __init__(self, data: bytes = b"") -> None:
        self.data = bytearray(data)
        self.begun = 0

    def begin(self, about: Answer) -> None:
        self.begun += 1
        del self.data[about.offset :]

    def write(self, data: bytes) -> None:
        self.data += data


def in_parts(data: bytes, etag: str, modified: str = "") -> Callable[[Visit], None]:
    """Serve a file as RFC 9110 has it: a part only where the file is still the one that is meant."""

    def answer(visit: Visit) -> None:
        asked = visit.headers.get("Range", "")
        if asked and visit.headers.get("If-Range") in {etag, modified}:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            visit.send(206, data[start:], Content_Range=span, ETag=etag, Last_Modified=modified)
        else:
            visit.send(200, data, ETag=etag, Last_Modified=modified)

    return answer


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("GZIP", lambda data: gzip.compress(data) + b"\0\0\0"),
        ("br", brotli.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
        ("identity", bytes),
    ],
)
def test_bodies_are_unpacked(server: Loopback, client: Client, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert client.fetch(server.route("/feed", 200, pack(FEED), Content_Encoding=encoding)).body == FEED


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", lambda data: brotli.compress(data, quality=1))]
)
def test_a_body_that_unfolds_beyond_the_cap_is_refused_before_it_fills_memory(
    server: Loopback, client: Client, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    url = server.route("/bomb", 200, pack(bytes(50_000_000)), Content_Encoding=encoding)
    tracemalloc.start()
    try:
        with pytest.raises(Broken, match="larger than 100,000 bytes"):
            client.fetch(url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_a_body_without_end_is_refused_at_the_cap(server: Loopback, client: Client) -> None:
    def endless(visit: Visit) -> None:
        visit.head(200, Connection="close")
        while True:
            visit.write(bytes(10_000))

    server.routes["/endless"] = endless
    with pytest.raises(Broken, match="larger than"):
        client.fetch(server.url("/endless"))


def cut_length(visit: Visit) -> None:
    visit.head(200, Content_Length=len(FEED) + 10)
    visit.write(FEED)
    visit.hang_up()


def cut_chunks(visit: Visit) -> None:
    visit.head(200, Transfer_Encoding="chunked")
    visit.write(b"%x\r\n%s\r\n40\r\nhalf of" % (len(FEED), FEED))
    visit.hang_up()


def no_last_chunk(visit: Visit) -> None:
    visit.head(200, Transfer_Encoding="chunked")
    visit.write(b"%x\r\n%s\r\n" % (len(FEED), FEED))
    visit.hang_up()


def cut_gzip(visit: Visit) -> None:
    visit.send(200, gzip.compress(FEED)[:-9], Content_Encoding="gzip")


def cut_brotli(visit: Visit) -> None:
    visit.send(200, brotli.compress(FEED)[:-5], Content_Encoding="br")


def damaged_gzip(visit: Visit) -> None:
    visit.send(200, b"this is no gzip", Content_Encoding="gzip")


def strange_packing(visit: Visit) -> None:
    visit.send(200, FEED, Content_Encoding="zstd")


@pytest.mark.parametrize(
    "answer", [cut_length, cut_chunks, no_last_chunk, cut_gzip, cut_brotli, damaged_gzip, strange_packing]
)
def test_a_body_that_is_not_whole_is_no_answer(
    server: Loopback, client: Client, answer: Callable[[Visit], None]
) -> None:
    server.routes["/feed"] = answer
    with pytest.raises(Broken):
        client.fetch(server.url("/feed"))


def test_a_body_goes_where_it_is_told_and_is_not_held(server: Loopback, client: Client) -> None:
    file = Held()
    answer = client.fetch(server.route("/film.jpg", 200, b"x" * 90_000), into=file, accept="*/*")
    assert (bytes(file.data), answer.body, answer.size) == (b"x" * 90_000, b"", 90_000)
    assert server.asked[0].headers["Accept-Encoding"] == "identity"
    with pytest.raises(TooLarge):
        client.fetch(server.url("/film.jpg"), limit=1000)
    with pytest.raises(TooLarge):
        client.fetch(server.url("/film.jpg"), into=file, limit=1000)
    assert file.begun == 1  # what says that it is too large is not begun


@pytest.mark.parametrize(
    ("etag", "modified", "marks"),
    [
        ('"one"', "Wed, 04 Jun 2014 09:00:00 GMT", '"one"'),
        (None, "Wed, 04 Jun 2014 09:00:00 GMT", "Wed, 04 Jun 2014 09:00:00 GMT"),
        ('W/"one"', "Wed, 04 Jun 2014 09:00:00 GMT", None),
        (None, None, None),
    ],
)
def test_only_the_rest_is_asked_for_of_what_can_be_known_again(
    server: Loopback, client: Client, etag: str | None, modified: str | None, marks: str | None
) -> None:
    server.routes["/film.mp4"] = in_parts(b"0123456789", etag='"one"', modified="Wed, 04 Jun 2014 09:00:00 GMT")
    file = Held(b"0123")
    url = server.url("/film.mp4")
    known = Validators(url=url, etag=etag, last_modified=modified)
    answer = client.fetch(url, known, into=file, offset=4)
    (asked,) = server.asked
    assert answer.is_whole
    assert bytes(file.data) == b"0123456789"
    assert asked.headers.get("If-Range") == marks
    assert asked.headers.get("Range") == ("bytes=4-" if marks else None)
    assert (answer.status, answer.offset, answer.size) == ((206, 4, 10) if marks else (200, 0, 10))


def test_a_file_that_changed_comes_whole(server: Loopback, client: Client) -> None:
    server.routes["/film.mp4"] = in_parts(b"abcdefghij", etag='"two"')
    file = Held(b"0123")
    url = server.url("/film.mp4")
    answer = client.fetch(url, Validators(url=url, etag='"one"'), into=file, offset=4)
    assert (answer.status, bytes(file.data)) == (200, b"abcdefghij")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Range": "bytes 0-5/10"},
        {"Content_Range": "bytes 4-8/10"},
        {"Content_Range": "rows 4-9/10"},
        {},
        {"Content_Range": "bytes 4-9/10", "ETag": '"two"'},
        {"Content_Range": "bytes 4-9/10", "Content_Type": "multipart/byteranges; boundary=x"},
        {"Content_Range": "bytes 4-9/10", "Content_Encoding": "gzip"},
    ],
)
def test_a_part_that_is_not_the_rest_is_no_answer(server: Loopback, client: Client, headers: dict[str, str]) -> None:
    url = server.route("/film.mp4", 206, b"456789", **headers)
    file = Held(b"0123")
    with pytest.raises(Broken):
        client.fetch(url, Validators(url=url, etag='"one"'), into=file, offset=4)
    assert bytes(file.data) == b"0123"


def test_a_part_that_nobody_asked_for_is_no_document(server: Loopback, client: Client) -> None:
    file = Held()
    answer = client.fetch(server.route("/film.mp4", 206, b"456", Content_Range="bytes 0-2/10"), into=file)
    assert not answer.is_whole
    assert file.begun == 0


def test_the_page_of_an_error_is_no_reason_to_fail(server: Loopback, client: Client) -> None:
    answer = client.fetch(server.route("/feed", 500, bytes(1_000_000)))
    assert answer.status == 500
    assert len(answer.body) <= 1 << 16
    assert client.fetch(server.route("/x", 503, b"no gzip", Content_Encoding="gzip")).status == 503


# --- redirects


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


# --- time


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


# --- no answer


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
