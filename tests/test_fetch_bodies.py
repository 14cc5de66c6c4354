"""The bodies of answers: packed, without end, cut short, or in parts."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import brotli  # type: ignore[import-untyped]
import pytest

from feedkeep.fetch.client import Client
from feedkeep.fetch.guard import Guard
from feedkeep.fetch.problems import Broken, TooLarge
from feedkeep.fetch.state import Validators
from guest import AGENT, FEED, LIMITS, cut_length
from loopback import FakeClock, Loopback, Visit, in_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.fetch.answers import Answer


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client(AGENT, Guard(allow_private=True), clock, limits=LIMITS) as made:
        yield made


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
