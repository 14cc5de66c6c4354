"""Web archives are containers of what was fetched."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from feedkeep.errors import FormatError
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
    assert not list(Source.from_bytes(_archive(packed=True, status="404 Not Found")).members())


def test_bombs_are_refused() -> None:
    data = _archive(packed=True, body=gzip.compress(bytes(64 << 20)), extra=("Content-Encoding", "gzip"))
    with pytest.raises(FormatError, match="bomb"):
        list(Source.from_bytes(data).members())


def test_kept_sources_are_containers() -> None:
    kept = sorted(SAMPLE.glob("*/sources/*.warc.gz"))
    assert kept
    for path in kept:
        assert [m for m in Source.from_path(path).members() if m.read()]
