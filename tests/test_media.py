"""Fetching what posts refer to, against a server on loopback that misbehaves on purpose."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import json
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive
from feedkeep.cli import main
from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.guard import Guard
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from feedkeep.workflows import follow, media_fetch
from feedkeep.workflows.import_ import import_sources
from feedkeep.workflows.verify import verify
from loopback import FakeClock, Loopback, in_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.models import Media
    from feedkeep.workflows.media_report import MediaReport
    from loopback import Visit

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100) + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"a picture" * 20_000 + b"\xff\xd9"
SMALL = b"\xff\xd8\xff\xe0" + b"small" + b"\xff\xd9"
SVG = (
    b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path d="M0 0h9"/></svg>'
)
MP3 = b"ID3\x04" + bytes(500)
PAGE = b"<!DOCTYPE html><html><body>Please log in</body></html>"
DAY = dt.timedelta(days=1)


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client("feedkeep/1.0", Guard(allow_private=True), clock, limits=Limits(gap=0.0)) as opened:
        yield opened


def blog(path: Path, server: Loopback, *bodies: str, more: str = "") -> Path:
    """An archive of a blog whose posts have these bodies."""
    items = "".join(
        f"<item><title>Film {n}</title><link>{server.url(f'/film-{n}/')}</link><guid>{server.url(f'/film-{n}/')}</guid>"
        f"<description>{html.escape(body)}</description>{more}</item>"
        for n, body in enumerate(bodies)
    )
    head = f"<title>Back Row</title><link>{server.url('/')}</link>"
    feed = f'<rss version="2.0"><channel>{head}{items}</channel></rss>'
    import_sources(path, [Source.from_bytes(feed.encode(), "feed.xml")], site="b", notes=Notes())
    return path


def fetched(path: Path, client: Client, clock: FakeClock | None = None, **settings: Any) -> MediaReport:
    (report,) = media_fetch.fetch_media(path, client, clock=clock or FakeClock(), **settings)
    return report


def held(path: Path) -> dict[str, bytes]:
    """The bytes of the archive by the addresses that it knows them by, each checked against its hash."""
    found = {}
    with closing(Archive.open(path).site("b")) as site:
        for media in site.snapshot(Selection(), gate=False).media():
            stream = site.open_media(media)
            if stream is not None and media.url is not None:
                with stream:
                    data = stream.read()
                assert media.sha256 == hashlib.sha256(data).hexdigest()
                found[media.url] = data
    return found


def records(path: Path) -> dict[str, Media]:
    with closing(Archive.open(path).site("b")) as site:
        return {media.url or "": media for media in site.snapshot(Selection(), gate=False).media()}


def asked(server: Loopback) -> list[str]:
    return [one.path for one in server.asked]


# -- what is fetched -----------------------------------------------------------------------------------------


def test_everything_that_a_post_shows_plays_or_links_to_is_held_under_its_address(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    files = {"/a.png": PNG, "/b.png": PNG + b"b", "/poster.jpg": JPEG, "/talk.mp3": MP3, "/film.mp4": b"\0\0\0\x20ftypisom", "/paper.pdf": b"%PDF-1.4 %%EOF", "/enclosed.mp3": MP3 + b"2", "/large.jpg": SMALL}  # fmt: skip
    for path, data in files.items():
        server.route(path, 200, data)
    body = (
        '<img src="/a.png"><picture><source srcset="/b.png 2x"></picture><video poster="/poster.jpg" src="/film.mp4"></video>'
        '<audio src="/talk.mp3"></audio><a href="/paper.pdf">paper</a><a href="/large.jpg">large</a>'
        '<a href="http://elsewhere.example/paper.pdf">not ours</a><img src="data:image/gif;base64,R0lGOD">'
        '<img src="https://secure.gravatar.com/avatar/0?s=80"><a href="/film-2/">a page</a>'
    )
    enclosure = f'<enclosure url="{server.url("/enclosed.mp3")}" length="1" type="audio/mpeg"/>'
    blog(tmp_path, server, body, more=enclosure)
    report = fetched(tmp_path, client)
    assert held(tmp_path) == {server.url(path): data for path, data in files.items()}
    assert (report.named, report.held, report.fetched, report.missing) == (8, 8, 8, ())
    kinds = {url.rpartition("/")[2]: media.type for url, media in records(tmp_path).items()}
    assert kinds["a.png"] == "image/png"
    assert kinds["film.mp4"] == "video/mp4"
    assert not [finding for finding in verify(tmp_path).findings if finding.damage]


def test_the_original_comes_before_what_is_shown_small(server: Loopback, client: Client, tmp_path: Path) -> None:
    server.route("/wp-content/uploads/a.jpg", 200, JPEG)
    server.route("/wp-content/uploads/a-300x200.jpg", 200, SMALL)
    server.route("/wp-content/uploads/b-300x200.jpg", 200, SMALL)
    blog(
        tmp_path,
        server,
        '<img src="/wp-content/uploads/a-300x200.jpg" srcset="/wp-content/uploads/a-768x512.jpg 768w, /wp-content/uploads/a-300x200.jpg 300w">'
        '<img src="/wp-content/uploads/b-300x200.jpg">',
    )
    fetched(tmp_path, client)
    found = {url.rpartition("/")[2]: data for url, data in held(tmp_path).items()}
    assert found == {"a-300x200.jpg": JPEG, "a-768x512.jpg": JPEG, "b-300x200.jpg": SMALL}
    assert asked(server) == [
        "/wp-content/uploads/a.jpg",
        "/wp-content/uploads/b.jpg",
        "/wp-content/uploads/b-300x200.jpg",
    ]
    assert len(list((tmp_path / "b" / "media").glob("*/*"))) == 2


def test_another_size_of_what_is_held_whole_is_not_asked_for(server: Loopback, client: Client, tmp_path: Path) -> None:
    server.route("/wp-content/uploads/a.jpg", 200, JPEG)
    blog(tmp_path, server, '<img src="/wp-content/uploads/a-300x200.jpg">')
    fetched(tmp_path, client)
    blog(
        tmp_path, server, '<img src="/wp-content/uploads/a-300x200.jpg">', '<img src="/wp-content/uploads/a-99x99.jpg">'
    )
    report = fetched(tmp_path, client)
    assert asked(server) == ["/wp-content/uploads/a.jpg"]
    assert (report.fetched, report.held) == (0, 2)
    assert held(tmp_path)[server.url("/wp-content/uploads/a-99x99.jpg")] == JPEG


def test_an_attachment_keeps_its_record(server: Loopback, client: Client, tmp_path: Path) -> None:
    url = server.route("/wp-content/uploads/a.jpg", 200, JPEG)
    export = (
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>B</title>'
        f"<link>{server.url('/')}</link><wp:wxr_version>1.2</wp:wxr_version><item><title>A harbour</title>"
        f"<link>{server.url('/a-harbour/')}</link><guid>{server.url('/?attachment_id=7')}</guid><wp:post_id>7</wp:post_id>"
        f"<wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>"
        f"<wp:attachment_url>{url}</wp:attachment_url></item></channel></rss>"
    )
    blog(tmp_path, server, f'<img src="{url}">')
    import_sources(tmp_path, [Source.from_bytes(export.encode(), "b.xml")], site="b", notes=Notes())
    fetched(tmp_path, client)
    (media,) = records(tmp_path).values()
    assert (media.title, media.id, media.size) == ("A harbour", server.url("/?attachment_id=7"), len(JPEG))
    assert held(tmp_path) == {url: JPEG}


def test_an_export_that_comes_later_finds_the_file(server: Loopback, client: Client, tmp_path: Path) -> None:
    url = server.route("/a.jpg", 200, JPEG)
    blog(tmp_path, server, f'<img src="{url}">')
    fetched(tmp_path, client)
    export = (
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>B</title>'
        f"<link>{server.url('/')}</link><wp:wxr_version>1.2</wp:wxr_version><item><title>A harbour</title>"
        f"<guid>{server.url('/?attachment_id=7')}</guid><wp:post_id>7</wp:post_id><wp:post_type>attachment</wp:post_type>"
        f"<wp:attachment_url>{url}</wp:attachment_url></item></channel></rss>"
    )
    import_sources(tmp_path, [Source.from_bytes(export.encode(), "b.xml")], site="b", notes=Notes())
    (media,) = records(tmp_path).values()
    assert (media.id, media.title) == (server.url("/?attachment_id=7"), "A harbour")
    assert held(tmp_path) == {url: JPEG}


def test_a_post_that_links_to_nothing_but_a_picture_is_not_the_picture(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    url = server.route("/film-0/", 200, PNG)
    blog(tmp_path, server, f'<img src="{url}">')
    fetched(tmp_path, client)
    assert held(tmp_path) == {url: PNG}
    with closing(Archive.open(tmp_path).site("b")) as site:
        assert [post.title for post in site.snapshot(Selection(), gate=True).posts()] == ["Film 0"]


# -- types ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "headers", "why"),
    [
        (PAGE, {"Content_Type": "image/png"}, "a page, not a file"),
        (b"\xef\xbb\xbf\n<!-- x --><HTML><p>not here</p>", {}, "a page, not a file"),
        (b'{"error": "not found"}', {}, "no picture: text/plain"),
        (MP3, {}, "no picture: audio/mpeg"),
        (b"", {}, "an empty file"),
    ],
)
def test_what_is_no_picture_is_not_kept_as_one(
    server: Loopback, client: Client, tmp_path: Path, body: bytes, headers: dict[str, str], why: str
) -> None:
    blog(tmp_path, server, '<img src="/a.png">')
    server.route("/a.png", 200, body, **headers)
    report = fetched(tmp_path, client)
    assert held(tmp_path) == {}
    assert [(one.url, one.why) for one in report.missing] == [(server.url("/a.png"), why)]


def test_a_page_that_takes_the_place_of_the_original_is_passed_over(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    server.route("/uploads/a.jpg", 200, PAGE, Content_Type="image/jpeg")
    server.route("/uploads/a-300x200.jpg", 200, SMALL)
    blog(tmp_path, server, '<img src="/uploads/a-300x200.jpg">')
    fetched(tmp_path, client)
    assert list(held(tmp_path).values()) == [SMALL]


# -- missing -------------------------------------------------------------------------------------------------


def test_what_is_missing_is_told_and_not_asked_for_before_it_is_due(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blog(tmp_path, server, '<img src="/a.png"><img src="/b.png">')
    server.route("/b.png", 200, PNG)
    (missing,) = fetched(tmp_path, client, clock).missing
    assert (missing.url, missing.why) == (server.url("/a.png"), "404 Not Found")
    assert missing.due == clock.now() + 7 * DAY
    with pytest.raises(SystemExit):
        main(["status", "--archive", str(tmp_path)])
    said = capsys.readouterr().out
    assert "b: 1 of 2 addresses held; 1 missing" in said
    assert f"missing {server.url('/a.png')}: 404 Not Found" in said

    clock.sleep(6.9 * DAY.total_seconds())
    assert len(fetched(tmp_path, client, clock).missing) == 1
    assert asked(server) == ["/a.png", "/b.png"]
    clock.sleep(0.2 * DAY.total_seconds())
    (missing,) = fetched(tmp_path, client, clock).missing
    assert missing.due == clock.now() + 14 * DAY
    fetched(tmp_path, client, clock, now_please=True)
    assert asked(server).count("/a.png") == 3
    server.route("/a.png", 200, PNG)
    assert fetched(tmp_path, client, clock, now_please=True).missing == ()
    assert asked(server).count("/b.png") == 1


def test_what_is_gone_for_good_is_never_asked_for_again(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    server.route("/a.png", 410)
    blog(tmp_path, server, '<img src="/a.png">')
    fetched(tmp_path, client, clock)
    clock.sleep(1000 * DAY.total_seconds())
    (missing,) = fetched(tmp_path, client, clock, now_please=True).missing
    assert missing.due is None
    assert asked(server) == ["/a.png"]


def test_a_server_that_says_when_is_not_asked_before(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    blog(tmp_path, server, '<img src="/a.png"><img src="/b.png">')
    server.route("/a.png", 429, b"", Retry_After=7200)
    server.route("/b.png", 200, PNG)
    report = fetched(tmp_path, client, clock)
    assert (len(report.missing), report.waiting) == (1, 1)
    fetched(tmp_path, client, clock, now_please=True)
    assert asked(server) == ["/a.png"]
    clock.sleep(7201)
    server.route("/a.png", 200, JPEG)
    assert fetched(tmp_path, client, clock).held == 2


def test_a_dead_host_stops_no_other_and_is_soon_left_alone(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    dead = [server.url(f"/{n}.png", host="localhost") for n in range(9)]
    for n in range(9):
        server.routes[f"/{n}.png"] = lambda visit: visit.hang_up()
    good = server.route("/good.png", 200, PNG)
    blog(tmp_path, server, "".join(f'<img src="{url}">' for url in [*dead, good]))
    report = fetched(tmp_path, client, clock)
    assert list(held(tmp_path)) == [good]
    assert (len(report.missing), report.waiting) == (3, 6)
    assert len([path for path in asked(server) if path != "/good.png"]) == 9  # three files, three times each


def test_an_original_that_only_fails_is_waited_for_and_then_done_without(
    server: Loopback, client: Client, clock: FakeClock, tmp_path: Path
) -> None:
    server.route("/uploads/a.jpg", 500)
    server.route("/uploads/a-300x200.jpg", 200, SMALL)
    blog(tmp_path, server, '<img src="/uploads/a-300x200.jpg">')
    assert fetched(tmp_path, client, clock).held == 0
    assert "/uploads/a-300x200.jpg" not in asked(server)
    clock.sleep(3601)
    assert fetched(tmp_path, client, clock).held == 1
    assert list(held(tmp_path).values()) == [SMALL]


# -- caps and safety -----------------------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_not_begun_and_asked_for_once_it_may_be(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    server.route("/a.jpg", 200, JPEG)
    blog(tmp_path, server, '<img src="/a.jpg">')
    (missing,) = fetched(tmp_path, client, max_file=1000).missing
    assert missing.why == "larger than 1,000 bytes"
    fetched(tmp_path, client, max_file=1000)
    assert asked(server) == ["/a.jpg"]
    assert fetched(tmp_path, client, max_file=1_000_000).held == 1


def test_a_file_without_end_is_cut_at_the_cap(server: Loopback, client: Client, tmp_path: Path) -> None:
    def endless(visit: Visit) -> None:
        visit.head(200, Connection="close")
        visit.write(b"\xff\xd8\xff\xe0")
        while True:
            visit.write(bytes(10_000))

    server.routes["/a.jpg"] = endless
    blog(tmp_path, server, '<img src="/a.jpg">')
    assert fetched(tmp_path, client, max_file=100_000).missing[0].why == "larger than 100,000 bytes"
    assert list((tmp_path / ".media" / "b").glob("*")) == []


def test_a_run_ends_when_all_has_come_that_it_may_fetch_and_the_next_goes_on(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    for n in range(4):
        server.routes[f"/{n}.jpg"] = in_parts(JPEG + bytes([n]), etag=f'"{n}"')
    blog(tmp_path, server, "".join(f'<img src="/{n}.jpg">' for n in range(4)))
    report = fetched(tmp_path, client, max_total=len(JPEG) + 70_000)
    assert report.held == 1
    assert report.error is not None
    assert "one run may fetch" in report.error
    assert (report.missing, report.waiting) == ((), 3)
    assert fetched(tmp_path, client).held == 4
    assert asked(server).count("/0.jpg") == 1
    assert [one.headers.get("Range", "")[:6] for one in server.asked if one.path == "/1.jpg"] == ["", "bytes="]


def test_without_leave_the_own_network_is_not_asked(server: Loopback, tmp_path: Path, client: Client) -> None:
    server.route("/a.png", 200, PNG)
    blog(tmp_path, server, '<img src="/a.png"><img src="file:///etc/passwd"><img src="ftp://x.example/a.png">')
    with follow.client(gap=0.0) as careful:
        report = fetched(tmp_path, careful)
    assert server.asked == []
    assert "not on the public internet" in report.missing[0].why
    assert report.named == 1
    assert fetched(tmp_path, client).held == 1  # whoever may now need not wait


def test_one_host_is_asked_one_question_at_a_time_and_hosts_side_by_side(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    both = threading.Barrier(2, timeout=10)

    def meet(visit: Visit) -> None:
        if visit.path == "/0.png":
            both.wait()
        visit.send(200, PNG)

    server.otherwise = meet
    urls = [server.url(f"/{n}.png", host=host) for n in range(5) for host in ("127.0.0.1", "localhost")]
    blog(tmp_path, server, "".join(f'<img src="{url}">' for url in urls))
    assert fetched(tmp_path, client).held == 10
    assert server.most_inside == 2


# -- the commands --------------------------------------------------------------------------------------------


def test_the_commands_say_what_is_held_and_what_is_not(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.route("/a.png", 200, PNG)
    blog(tmp_path, server, '<img src="/a.png">')
    for words, wanted in (
        (["media", "fetch", "--allow-private"], "b: 1 file fetched (0 kB); 1 of 1 address held"),
        (["media", "fetch", "--site", "b", "--max-file", "1kB"], "b: 1 of 1 address held"),
    ):
        with pytest.raises(SystemExit) as left:
            main([*words, "--archive", str(tmp_path)])
        assert left.value.code == 0
        assert wanted in capsys.readouterr().out
    with pytest.raises(SystemExit) as left:
        main(["media", "fetch", "--json", "--archive", str(tmp_path)])
    (told,) = json.loads(capsys.readouterr().out)["sites"]
    assert (told["site"], told["named"], told["held"]) == ("b", 1, 1)
    with pytest.raises(SystemExit) as left:
        main(["media", "fetch", "--max-file", "much", "--archive", str(tmp_path)])
    assert left.value.code == 2


def test_a_sync_fetches_the_files_of_what_it_synced(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.route("/a.png", 200, PNG)
    items = (
        "<item><title>Film</title><link>/1</link><guid>g</guid><description>&lt;img src='/a.png'></description></item>"
    )
    feed = f'<rss version="2.0"><channel><title>B</title><link>{server.url("/")}</link>{items}</channel></rss>'
    address = server.route("/feed", 200, feed.encode())
    for words in (["follow", address], ["sync", "--media"]):
        with pytest.raises(SystemExit) as left:
            main([*words, "--allow-private", "--archive", str(tmp_path)])
        assert left.value.code == 0
    assert "1 of 1 address held" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["sync", "--now", "--media", "--json", "--allow-private", "--archive", str(tmp_path)])
    assert json.loads(capsys.readouterr().out)["media"] == []  # nothing is new, and nothing was left
