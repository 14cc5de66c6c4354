"""Files that were cut short, and runs that were killed: nothing is lost, and nothing is asked for twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import journal
from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.guard import Guard
from feedkeep.workflows.verify import verify
from loopback import FakeClock, Loopback, in_parts
from test_media import JPEG, asked, blog, fetched, held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import Visit


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client("feedkeep/1.0", Guard(allow_private=True), clock, limits=Limits(gap=0.0)) as opened:
        yield opened


def test_what_was_cut_short_goes_on_where_it_stopped(server: Loopback, client: Client, tmp_path: Path) -> None:
    whole = in_parts(JPEG, etag='"one"')

    def answer(visit: Visit) -> None:
        if "Range" in visit.headers:
            whole(visit)
        else:
            visit.head(200, Content_Length=len(JPEG), ETag='"one"')
            visit.write(JPEG[:100_000])
            visit.hang_up()

    server.routes["/a.jpg"] = answer
    blog(tmp_path, server, '<img src="/a.jpg">')
    assert fetched(tmp_path, client).held == 1
    assert [one.headers.get("Range") for one in server.asked] == [None, "bytes=100000-"]
    assert list(held(tmp_path).values()) == [JPEG]


def test_what_changed_meanwhile_comes_whole(server: Loopback, client: Client, tmp_path: Path) -> None:
    changed = b"\xff\xd8\xff\xe1" + JPEG[4:]

    def answer(visit: Visit) -> None:
        if len(server.asked) == 1:
            visit.head(200, Content_Length=len(JPEG), ETag='"one"')
            visit.write(JPEG[:100_000])
            visit.hang_up()
        else:
            in_parts(changed, etag='"two"')(visit)

    server.routes["/a.jpg"] = answer
    blog(tmp_path, server, '<img src="/a.jpg">')
    assert fetched(tmp_path, client).held == 1
    assert list(held(tmp_path).values()) == [changed]


@pytest.mark.parametrize("wrong", ["bytes 7-180001/180002", "another version", "416"])
def test_a_server_that_gives_the_wrong_rest_is_asked_for_the_whole(
    server: Loopback, client: Client, tmp_path: Path, wrong: str
) -> None:
    def answer(visit: Visit) -> None:
        if len(server.asked) == 1:
            visit.head(200, Content_Length=len(JPEG), ETag='"one"')
            visit.write(JPEG[:100_000])
            visit.hang_up()
        elif "Range" not in visit.headers:
            visit.send(200, JPEG, ETag='"one"')
        elif wrong == "416":
            visit.send(416, b"", Content_Range="bytes */5")
        elif wrong == "another version":
            visit.send(206, JPEG[100_000:], Content_Range=f"bytes 100000-{len(JPEG) - 1}/{len(JPEG)}", ETag='"two"')
        else:
            visit.send(206, JPEG[100_000:], Content_Range=wrong, ETag='"one"')

    server.routes["/a.jpg"] = answer
    blog(tmp_path, server, '<img src="/a.jpg">')
    assert fetched(tmp_path, client).held == 1
    assert list(held(tmp_path).values()) == [JPEG]


def test_a_picture_without_length_that_does_not_end_is_not_whole(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    def cut(visit: Visit) -> None:
        visit.head(200, Connection="close")
        visit.write(JPEG[:50_000])
        visit.hang_up()

    server.routes["/a.jpg"] = cut
    blog(tmp_path, server, '<img src="/a.jpg">')
    report = fetched(tmp_path, client)
    assert held(tmp_path) == {}
    assert "cut short" in report.missing[0].why


RUN = """
import sys
from feedkeep.workflows import follow, media_fetch
with follow.client(allow_private=True, gap=0.0) as client:
    media_fetch.fetch_media(sys.argv[1], client)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
@pytest.mark.parametrize("number", [0, 3, 7])
def test_a_kill_in_the_middle_loses_nothing_and_repeats_nothing(
    server: Loopback, client: Client, tmp_path: Path, number: int
) -> None:
    halfway, over = threading.Event(), threading.Event()

    def serve(path: str, data: bytes) -> None:
        def answer(visit: Visit) -> None:
            if path == f"/{number}.jpg" and not halfway.is_set():
                visit.head(200, Content_Length=len(data), ETag='"x"')
                visit.write(data[:120_000])
                halfway.set()
                over.wait(20)
                visit.hang_up()
            else:
                in_parts(data, etag='"x"')(visit)

        server.routes[path] = answer

    files = {f"/{n}.jpg": JPEG + bytes([n]) for n in range(8)}
    for path, data in files.items():
        serve(path, data)
    blog(tmp_path, server, "".join(f'<img src="{path}">' for path in files))
    process = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)])
    try:
        assert halfway.wait(30)
        parts = tmp_path / ".media" / "b"
        while not any(path.stat().st_size == 120_000 for path in parts.glob("*.part")):
            assert process.poll() is None
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        over.set()
    assert not [finding for finding in verify(tmp_path).findings if finding.damage]
    assert fetched(tmp_path, client).held == 8
    assert held(tmp_path) == {server.url(path): data for path, data in files.items()}
    again = [one for one in server.asked if asked(server).count(one.path) > 1]
    assert [(one.path, one.headers.get("Range")) for one in again] == [
        (f"/{number}.jpg", None),
        (f"/{number}.jpg", "bytes=120000-"),
    ]
    assert list(parts.glob("*")) == []
    assert not [finding for finding in verify(tmp_path).findings if finding.damage]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_commit_that_is_killed_repeats_nothing(
    server: Loopback, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    server.route("/a.jpg", 200, JPEG)
    blog(tmp_path, server, '<img src="/a.jpg">')
    commit = journal.commit

    def killed(journals: Any) -> None:
        if when == "after":
            commit(journals)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(journal, "commit", killed)
        fetched(tmp_path, client)
    assert fetched(tmp_path, client).held == 1
    assert asked(server) == ["/a.jpg"]
    assert list((tmp_path / ".media" / "b").glob("*")) == []


def test_a_line_of_the_memory_that_a_kill_cut_short_spoils_no_other(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    blog(tmp_path, server, '<img src="/a.png"><img src="/b.png">')
    fetched(tmp_path, client)
    memory = tmp_path / ".media" / "b.jsonl"
    memory.write_bytes(memory.read_bytes() + b'{"lost":{"url":"htt')
    blog(tmp_path, server, '<img src="/a.png"><img src="/b.png">', '<img src="/c.png">')
    fetched(tmp_path, client)
    fetched(tmp_path, client)
    assert sorted(asked(server)) == ["/a.png", "/b.png", "/c.png"]
