"""What was fetched goes along with exports: under its address, disarmed where it could run, and with its post alone."""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest

from feedkeep.fetch.client import Client, Limits
from feedkeep.fetch.guard import Guard
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows.export import export
from feedkeep.workflows.import_ import import_sources
from test_media import JPEG, PNG, SVG, blog, fetched, held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from loopback import FakeClock, Loopback


@pytest.fixture
def client(clock: FakeClock) -> Iterator[Client]:
    with Client("feedkeep/1.0", Guard(allow_private=True), clock, limits=Limits(gap=0.0)) as opened:
        yield opened


def test_an_exported_site_has_the_files_and_shows_them(server: Loopback, client: Client, tmp_path: Path) -> None:
    server.route("/wp-content/uploads/2014/a.jpg", 200, JPEG)
    elsewhere = server.url("/pic.png?w=300", host="localhost")
    server.route("/pic.png", 200, PNG)
    blog(tmp_path / "a", server, f'<img src="/wp-content/uploads/2014/a-300x200.jpg"><img src="{elsewhere}">')
    assert fetched(tmp_path / "a", client).held == 2
    export(tmp_path / "a", "hugo", tmp_path / "site", notes=Notes())
    static = {
        path.relative_to(tmp_path / "site" / "static").as_posix(): path.read_bytes()
        for path in (tmp_path / "site" / "static").rglob("*.[jp][pn]g")
    }
    kept = "wp-content/uploads/2014/a-300x200.jpg"
    (other,) = static.keys() - {kept}
    assert (static[kept], static[other]) == (JPEG, PNG)
    (page,) = list((tmp_path / "site" / "content").rglob("film-0/index.*"))
    said = page.read_text("utf-8")
    assert f'src="{server.url("/" + kept)}"' in said
    assert f'src="{server.url("/" + other)}"' in said
    assert elsewhere not in said


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


@pytest.mark.parametrize("name", ["hugo", "jekyll", "pelican", "eleventy", "ghost", "bar", "epub"])
def test_exports_that_hold_files_have_what_was_fetched(
    server: Loopback, client: Client, tmp_path: Path, name: str
) -> None:
    pixel = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
    pixel += chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    server.route("/pic.png", 200, pixel)
    blog(tmp_path / "a", server, '<p>So it looked: <img src="/pic.png" alt="a harbour"></p>')
    fetched(tmp_path / "a", client)
    packed = tmp_path / "export.zip"
    export(tmp_path / "a", name, packed, notes=Notes())
    with zipfile.ZipFile(packed) as held_in:
        assert pixel in [held_in.read(member) for member in held_in.namelist()]


def test_a_drawing_is_kept_as_it_is_and_disarmed_where_it_is_published(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    url = server.route("/a.svg", 200, SVG, Content_Type="image/svg+xml")
    blog(tmp_path / "a", server, '<img src="/a.svg">')
    fetched(tmp_path / "a", client)
    assert held(tmp_path / "a") == {url: SVG}
    export(tmp_path / "a", "hugo", tmp_path / "site", notes=Notes())
    (file,) = (tmp_path / "site" / "static").rglob("*.svg")
    told = file.read_bytes()
    assert b"script" not in told
    assert b'd="M0 0h9"' in told


@pytest.mark.parametrize("public_first", [True, False])
def test_what_only_a_draft_shows_does_not_leave_with_the_others(
    server: Loopback, client: Client, tmp_path: Path, *, public_first: bool
) -> None:
    for number, name in enumerate(("secret", "open", "both")):
        server.route(f"/{name}.png", 200, PNG + bytes([number]))

    def post(number: int, status: str, *names: str) -> str:
        shown = "".join(f'&lt;img src="{server.url(f"/{name}.png")}">' for name in names)
        return (
            f"<item><title>{status}</title><guid>{status}</guid><wp:post_id>{number}</wp:post_id><wp:post_type>post</wp:post_type>"
            f"<wp:post_date>2014-01-0{number} 10:00:00</wp:post_date><wp:status>{status}</wp:status>"
            f"<content:encoded>{shown}</content:encoded></item>"
        )

    head = (
        '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>B</title><link>{server.url('/')}</link><wp:wxr_version>1.2</wp:wxr_version>"
    )
    public = post(1 if public_first else 3, "publish", "open", "both")
    made = f"{head}{public}{post(2, 'draft', 'secret', 'both')}</channel></rss>"
    import_sources(tmp_path / "a", [Source.from_bytes(made.encode(), "b.xml")], site="b", notes=Notes())
    assert fetched(tmp_path / "a", client).held == 3
    export(tmp_path / "a", "hugo", tmp_path / "site", notes=Notes())
    files = {path.name for path in (tmp_path / "site").rglob("*.png")}
    assert files == {"open.png", "both.png"}
