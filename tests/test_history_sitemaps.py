"""The history that sitemaps name page by page."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive
from feedkeep.fetch.history import sitemaps
from feedkeep.fetch.history.plan import Question
from feedkeep.source import Source
from feedkeep.wire import sitemap
from old_blogs import atom, urls
from walks import asked, held, walked

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from loopback import Loopback

PAGE = (
    '<html><head><title>{0}</title><link rel="canonical" href="{1}"></head><body><article class="h-entry">'
    '<h1 class="p-name">{0}</h1><time class="dt-published" datetime="2014-01-01">1 January</time>'
    '<div class="e-content"><p>A film of a lighthouse, a keeper and the sea, in {0}.</p></div></article></body></html>'
)


def mapped(server: Loopback) -> None:
    server.route("/", 200, b"<html></html>")
    server.route("/feed", 200, atom(""))
    server.route("/robots.txt", 200, f"User-agent: *\nSitemap: {server.url('/index.xml')}\n".encode())
    elsewhere = "http://other.example/map.xml"
    names = ("/posts.xml.gz", "/category-sitemap.xml")
    server.route("/index.xml", 200, urls(*map(server.url, names), elsewhere, maps=True))
    pages = (server.url("/a"), server.url("/b"), server.url("/"), server.url("/pic.jpg"), "http://other.example/c")
    server.route("/posts.xml.gz", 200, gzip.compress(urls(*pages)), Content_Type="application/gzip")
    for name in "ab":
        server.route(
            f"/{name}", 200, PAGE.format(f"Film {name}", server.url(f"/{name}")).encode(), Content_Type="text/html"
        )


def test_pages_that_sitemaps_name_are_read_as_saved_pages(server: Loopback, client: Client, tmp_path: Path) -> None:
    mapped(server)
    found = walked(tmp_path, server, client)
    assert {post.title for post in held(tmp_path)[0].values()} == {"Film a", "Film b"}
    assert found.missed == ()
    assert not {"/pic.jpg", "/category-sitemap.xml"} & set(asked(server))
    server.asked.clear()
    walked(tmp_path, server, client)
    assert not {"/a", "/b"} & set(asked(server))  # held, and no sitemap says that they changed


def test_a_page_that_is_gone_for_good_is_a_deleted_post(server: Loopback, client: Client, tmp_path: Path) -> None:
    mapped(server)
    walked(tmp_path, server, client)
    changed = urls(server.url("/a")).replace(b"</loc>", b"</loc><lastmod>2099-01-01</lastmod>")
    server.route("/posts.xml.gz", 200, changed)
    server.route("/a", 410)
    found = walked(tmp_path, server, client)
    assert found.deleted == 1
    assert {post.title for post in held(tmp_path)[0].values()} == {"Film b"}  # the gate holds back what is deleted
    site = Archive.open(tmp_path).site(Archive.open(tmp_path).sites()[0])
    assert {(summary.title, summary.deleted) for summary in site.summaries()} == {("Film a", True), ("Film b", False)}


def test_a_sitemap_that_is_cut_short_gives_what_it_has() -> None:
    found = sitemap.read(Source.from_bytes(urls("https://b.example/1", "https://b.example/2")[:-60], "map.xml"))
    assert found is not None
    assert [place.url for place in found.pages] == ["https://b.example/1"]


def test_a_sitemap_that_cannot_be_unpacked_is_missed(server: Loopback, client: Client, tmp_path: Path) -> None:
    mapped(server)
    server.route("/posts.xml.gz", 200, b"\x1f\x8b damaged")
    found = walked(tmp_path, server, client)
    assert [(one.question.url, one.why) for one in found.missed] == [(server.url("/posts.xml.gz"), "no sitemap")]


@pytest.mark.parametrize("body", [b"", b"<html><p>no</p></html>", b"{}"])
def test_what_is_no_sitemap_names_nothing(body: bytes) -> None:
    assert sitemap.read(Source.from_bytes(body, "map.xml")) is None


def test_sitemaps_within_sitemaps_end(server: Loopback, client: Client, tmp_path: Path) -> None:
    server.route("/feed", 200, atom(""))
    server.otherwise = lambda visit: visit.send(200, urls(server.url(f"{visit.path}x"), maps=True))
    assert walked(tmp_path, server, client).is_whole
    assert len(server.asked) < 10


def test_a_sitemap_speaks_for_its_own_host_alone() -> None:
    memory = {"home": "https://www.b.example/"}
    (question,) = sitemaps.begin(memory)
    assert question == Question(url="https://www.b.example/robots.txt", about="robots")
