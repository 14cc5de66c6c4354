"""Web archives are containers of what was fetched."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archived_blog import tree
from feedkeep.errors import FormatError
from feedkeep.library import import_into
from feedkeep.source import Source

SAMPLE = Path(__file__).parents[1] / "archive"


def _archive(
    *, packed: bool, body: bytes = b"<rss/>", status: str = "200 OK", extra: tuple[str, str] | None = None
) -> bytes:
    headers = [("Content-Type", "application/rss+xml; charset=iso-8859-1"), *([extra] if extra else [])]
    lines = "".join(f"{key}: {value}\r\n" for key, value in headers)
    answer = f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body
    about = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://films.example/../feed\r\n"
        "WARC-Date: 2014-01-05T22:12:00Z\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
    )
    record = about.encode() + answer + b"\r\n\r\n"
    return (gzip.compress(record) if packed else record) * 2


@pytest.mark.parametrize("data", [_archive(packed=False), _archive(packed=True), gzip.compress(_archive(packed=False))])
def test_what_the_record_knows_is_known(data: bytes) -> None:
    first, second = Source.from_bytes(data, "kept.warc.gz").members()
    assert first.read() == second.read() == b"<rss/>"
    assert (first.url, first.media_type, first.charset) == (
        "https://films.example/../feed",
        "application/rss+xml",
        "iso-8859-1",
    )
    assert first.as_of is not None
    assert first.as_of.isoformat() == "2014-01-05T22:12:00+00:00"
    assert str(first.path) == "films.example/feed"
    assert first.path != second.path


def test_encoded_bodies_are_decoded() -> None:
    data = _archive(packed=True, body=gzip.compress(b"<feed/>"), extra=("Content-Encoding", "gzip"))
    assert [m.read() for m in Source.from_bytes(data).members()] == [b"<feed/>"] * 2


def test_errors_are_no_documents() -> None:
    source = Source.from_bytes(_archive(packed=True, status="404 Not Found"))
    assert not list(source.members())
    assert source.passed_over == {"answers with status 404": 2}


def test_chunked_bodies_are_joined() -> None:
    data = _archive(packed=True, body=b"3\r\n<rs\r\n3\r\ns/>\r\n0\r\n\r\n", extra=("Transfer-Encoding", "chunked"))
    assert [m.read() for m in Source.from_bytes(data).members()] == [b"<rss/>"] * 2


def test_what_stands_before_a_damaged_place_is_read_and_the_rest_is_told() -> None:
    whole = _archive(packed=False)
    source = Source.from_bytes(whole[: len(whole) // 2] + b"WARC/9 what?\r\nnothing: of the kind")
    assert len(list(source.members())) == 1
    cut = Source.from_bytes(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 999999\r\n\r\nHTTP/1.1")
    try:
        assert not list(cut.members())
    except FormatError as error:
        assert "damaged web archive" in str(error)  # noqa: PT017 — either is right, never another exception


@given(at=st.integers(0, 600), put=st.binary(max_size=12), length=st.integers(0, 30))
def test_a_damaged_web_archive_gives_members_or_one_error(at: int, put: bytes, length: int) -> None:
    whole = bytearray(_archive(packed=False))
    whole[at : at + length] = put
    try:
        for member in Source.from_bytes(bytes(whole)).members():
            member.read()
    except FormatError:
        return


def test_the_sources_that_an_archive_kept_make_the_same_archive_again(tmp_path: Path) -> None:
    kept = sorted((SAMPLE / "secondrow.example" / "sources").glob("*.warc.gz"))
    import_into(tmp_path / "archive", *kept, site="secondrow.example", keep_source=False)
    again, before = tree(tmp_path / "archive"), tree(SAMPLE)
    posts = [name for name in before if "/posts/" in name or "/pages/" in name]
    assert posts
    assert [name for name in posts if name not in again] == []


def test_a_kept_folder_is_a_folder_again(tmp_path: Path) -> None:
    folder = Path(__file__).parent / "data" / "importers" / "mastodon"
    case = next(path / "input" for path in sorted(folder.iterdir()) if (path / "input").is_dir())
    first = import_into(tmp_path / "one", case, site="m")
    (kept,) = (tmp_path / "one" / "m" / "sources").iterdir()
    second = import_into(tmp_path / "two", kept, site="m")
    assert [report.format for report in second] == [report.format for report in first]
    assert [report.counts for report in second] == [report.counts for report in first]


def test_bombs_are_refused() -> None:
    data = _archive(packed=True, body=gzip.compress(bytes(64 << 20)), extra=("Content-Encoding", "gzip"))
    with pytest.raises(FormatError, match="bomb"):
        list(Source.from_bytes(data).members())


def test_kept_sources_are_containers() -> None:
    kept = sorted(SAMPLE.glob("*/sources/*.warc.gz"))
    assert kept
    for path in kept:
        assert [m for m in Source.from_path(path).members() if m.read()]
