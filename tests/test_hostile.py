"""Bad input through the real program: one clear line, exit code 3, and nothing half-written."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from feedkeep.source import Limits, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><link>http://b.example/</link>%b</channel></rss>'
)
ITEM = b"<item><title>%b</title><guid>1</guid></item>"
FEED = RSS % (ITEM % b"A post")


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return packed.getvalue()


def entity_bomb() -> bytes:
    entities = b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    return b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol">' + entities + b"]>" + (RSS % (ITEM % b"&j;"))[21:]


def deep(levels: int) -> bytes:
    nest = b"<x:a>" * levels + b"</x:a>" * levels
    return (RSS % (b"<item><guid>1</guid>" + nest + b"</item>")).replace(b"<rss ", b'<rss xmlns:x="urn:x" ')


def encrypted() -> bytes:
    data = bytearray(zipped(feed_dot_xml=FEED))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(mark) + (6 if mark[2] == 3 else 8)] |= 1
    return bytes(data)


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "entity bomb": ("feed.xml", entity_bomb, "bomb"),
    "elements 300 deep": ("feed.xml", lambda: deep(300), "256 deep"),
    "elements 3000 deep": ("feed.xml", lambda: deep(3000), "deep|depth"),
    "a text of 50 MB": (
        "feed.xml",
        lambda: RSS % (b"<item><description>" + b"x" * 50_000_000 + b"</description></item>"),
        "32 MiB",
    ),
    "a zip that climbs out": ("a.zip", lambda: zipped(**{"..__evil_dot_xml": FEED}), "outside"),
    "a zip with an absolute name": ("a.zip", lambda: zipped(__etc__evil_dot_xml=FEED), "outside"),
    "a zip bomb": ("a.zip", lambda: zipped(big_dot_xml=b"\0" * 100_000_000), "bomb"),
    "a gzip bomb": ("a.xml.gz", lambda: gzip.compress(RSS[:90] + b" " * 400_000_000, 9), "bomb"),
    "zips in zips": ("a.zip", lambda: zipped(a=zipped(b=zipped(c=zipped(d=zipped(e=zipped(f=FEED)))))), "nested"),
    "an encrypted zip": ("a.zip", encrypted, "encrypted|password"),
    "a zip cut short": ("a.zip", lambda: zipped(feed_dot_xml=FEED)[:-30], "zip"),
    "a gzip cut short": ("a.gz", lambda: gzip.compress(FEED)[:-12], "damaged"),
    "an HTML error page": (
        "feed.xml",
        lambda: b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>",
        "HTML page",
    ),
    "an empty file": ("feed.xml", lambda: b"", "empty"),
    "white space": ("feed.xml", lambda: b" \n\n ", "empty"),
    "random bytes": ("feed.bin", lambda: bytes(range(256)) * 40, "no format"),
    "JSON of something else": ("x.json", lambda: b'{"a": [1, 2, 3]}', "JSON"),
    "JSON cut short": (
        "x.json",
        lambda: b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"',
        "JSON",
    ),
    "JSON 100000 deep": (
        "x.json",
        lambda: b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 100_000,
        "JSON|deep",
    ),
}


def run(*arguments: str | Path, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "400"}
    command = [sys.executable, "-m", "feedkeep", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment, timeout=120)


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_in_one_line_and_nothing_is_written(what: str, tmp_path: Path) -> None:
    name, make, reason = REFUSED[what]
    path = tmp_path / name
    path.write_bytes(make())

    done = run("import", path, "--archive", tmp_path / "archive")

    lines = done.stderr.decode().strip().splitlines()
    assert (done.returncode, len(lines)) == (3, 1), done.stderr.decode()[-2000:]
    assert name in lines[0]
    assert any(word in lines[0] for word in reason.split("|")), lines[0]
    assert done.stdout == b""
    assert not (tmp_path / "archive").exists()


def test_what_is_bad_among_good_stops_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "good.xml").write_bytes(FEED)
    assert run("import", tmp_path / "good.xml", "--archive", tmp_path / "a").returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "a").rglob("*.json")}
    (tmp_path / "new.xml").write_bytes(FEED.replace(b">1<", b">2<"))
    (tmp_path / "bad.xml").write_bytes(b"")

    assert run("import", tmp_path / "new.xml", tmp_path / "bad.xml", "--archive", tmp_path / "a").returncode == 3
    assert {path: path.read_bytes() for path in (tmp_path / "a").rglob("*.json")} == before
    assert not (tmp_path / "a" / "b.example" / ".staging").exists()


def test_external_entities_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret", "utf-8")
    address = (tmp_path / "secret").as_uri().encode()
    path = tmp_path / "feed.xml"
    path.write_bytes(b'<!DOCTYPE rss [<!ENTITY x SYSTEM "%b">]>' % address + (RSS % (ITEM % b"a&x;b"))[21:])

    run("import", path, "--archive", tmp_path / "a", "--no-keep-source")

    for file in (tmp_path / "a").rglob("*.json"):
        assert "the secret" not in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("feed.xml", RSS % (ITEM % b"ring \x07 the \x0b bell")),
        (
            "feed.json",
            b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "content_text": "\\ud800 half"}]}',
        ),
        ("feed.xml", FEED[: FEED.index(b"</item>") + 7]),
        ("feed.xml", b"\xef\xbb\xbf \n" + FEED),
        ("feed.xml.gz", gzip.compress(FEED)),
        ("feed.zip", zipped(feed_dot_xml=FEED, _MACOSX_junk=b"junk")),
    ],
    ids=["control characters", "a lone surrogate", "a truncated feed", "a mark before the declaration", "gzip", "zip"],
)
def test_what_can_be_saved_is_saved(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    done = run("import", path, "--archive", tmp_path / "archive", "--json")

    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    held = [file.read_text("utf-8") for file in (tmp_path / "archive").rglob("posts/**/*.json")]
    assert len(held) == 1
    assert run("verify", "--archive", tmp_path / "archive").returncode == 0
    json.loads(done.stdout)


def test_standard_input_and_folders_are_read_and_links_are_not_followed(tmp_path: Path) -> None:
    assert run("import", "-", "--archive", tmp_path / "a", stdin=FEED).returncode == 0
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "note.txt").write_text("nothing in particular", "utf-8")
    nothing = run("import", folder, "--archive", tmp_path / "b")
    assert nothing.returncode == 3
    assert not (tmp_path / "b").exists()
    (folder / "feed.xml").write_bytes(FEED)

    done = run("import", folder, "--archive", tmp_path / "b")

    assert done.returncode == 0
    assert b"note.txt" in done.stdout + done.stderr


def test_what_is_not_there_is_a_mistake_of_use(tmp_path: Path) -> None:
    done = run("import", tmp_path / "nowhere.xml", "--archive", tmp_path / "a")

    assert done.returncode == 2
    assert len(done.stderr.decode().strip().splitlines()) == 1


def test_limits_are_the_callers_to_set(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(FEED)
    tight = Source.from_path(path, limits=Limits(whole=10))
    with pytest.raises(Exception, match="larger than"):
        tight.read()
