"""The history that a feed links to: archive documents, next pages, and links that have no end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from feedkeep.wire.feed_pages import page_of
from feedkeep.workflows import walker
from old_blogs import archived, atom, entry, link, urls
from walks import asked, held, walked

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from loopback import Loopback, Visit


def test_archive_documents_are_read_to_the_first(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    found = walked(tmp_path, server, client)
    assert (found.is_whole, found.added, found.ways["linked"]) == (True, 7, "whole")
    assert {post.title for post in held(tmp_path)[0].values()} == {f"Film {n}" for n in (2, 3, 4, 5, 6, 7, 9)}


def test_an_archive_document_is_never_asked_twice(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    walked(tmp_path, server, client)
    server.asked.clear()
    assert walked(tmp_path, server, client).added == 0
    assert not any(path.startswith("/archive") for path in asked(server))
    server.route("/archive/4", 200, atom(entry(9), link("prev-archive", "/archive/3")))
    server.route("/feed", 200, atom(entry(10), link("prev-archive", "/archive/4")))
    server.asked.clear()
    assert walked(tmp_path, server, client).added == 1
    assert [path for path in asked(server) if path.startswith("/archive")] == ["/archive/4"]


def test_a_feed_that_says_it_is_complete_needs_no_history(server: Loopback, client: Client, tmp_path: Path) -> None:
    complete = '<complete xmlns="http://purl.org/syndication/history/1.0"/>'
    server.route("/feed", 200, atom(entry(1), complete))
    server.route("/robots.txt", 200, f"Sitemap: {server.url('/map.xml')}".encode())
    server.route("/map.xml", 200, urls(server.url("/other")))
    found = walked(tmp_path, server, client)
    assert found.is_whole
    assert "/other" not in asked(server)


def test_next_links_of_a_json_feed_are_followed(server: Loopback, client: Client, tmp_path: Path) -> None:
    def document(number: int) -> bytes:
        more = {"next_url": f"/feed?page={number + 1}"} if number < 3 else {}
        items = [{"id": str(number), "content_text": f"Text {number}", "url": f"https://b.example/{number}"}]
        return json.dumps(
            {"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": items, **more}
        ).encode()

    for number in (1, 2, 3):
        path = "/feed" if number == 1 else f"/feed?page={number}"
        server.route(path, 200, document(number), Content_Type="application/feed+json")
    assert walked(tmp_path, server, client).added == 3
    assert len(held(tmp_path)[0]) == 3


@pytest.mark.parametrize("circle", ["/feed?page=2", "/feed"])
def test_next_links_in_a_circle_end(server: Loopback, client: Client, tmp_path: Path, circle: str) -> None:
    server.route("/feed", 200, atom(entry(1), link("next", "/feed?page=2")))
    server.route("/feed?page=2", 200, atom(entry(2), link("next", circle)))
    assert walked(tmp_path, server, client).is_whole
    assert asked(server).count("/feed?page=2") == 1


def test_a_server_that_ignores_the_page_is_asked_twice_at_most(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    def same(visit: Visit) -> None:
        page = int(parse_qs(urlsplit(visit.path).query).get("page", ["1"])[0])
        visit.send(200, atom(entry(1), link("next", f"/feed?page={page + 1}")))

    server.otherwise = same
    assert walked(tmp_path, server, client, max_requests=50).is_whole
    assert len([path for path in asked(server) if "page=" in path]) == 1


def test_pages_without_end_are_asked_as_often_as_is_allowed(server: Loopback, client: Client, tmp_path: Path) -> None:
    def endless(visit: Visit) -> None:
        page = int(parse_qs(urlsplit(visit.path).query).get("page", ["1"])[0])
        visit.send(200, atom(entry(page), link("next", f"/feed?page={page + 1}")))

    server.otherwise = endless
    found = walked(tmp_path, server, client, max_requests=12)
    assert (found.asked, len(server.asked), found.is_whole, found.waiting) == (12, 12, False, 1)


def test_a_walk_has_an_end_whatever_a_server_thinks_of(
    server: Loopback, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walker, "MOST", 5)
    server.otherwise = lambda visit: visit.send(200, atom(entry(visit.path), link("next", f"{visit.path}x")))
    found = walked(tmp_path, server, client)
    assert found.is_whole
    assert "given up" in found.ways["linked"]
    assert len(server.asked) < 12


@pytest.mark.parametrize("body", [b"", b"<html/>", b"{}", b"[]", b'{"version": 1}', b"<feed", b"\xff\xfe\x00"])
def test_what_is_no_feed_has_no_pages(body: bytes) -> None:
    found = page_of(body, "https://b.example/feed")
    assert found is None or not found.ids


def test_links_within_entries_are_not_the_feeds_own() -> None:
    found = page_of(atom(entry(1, link("next", "/inner"))), "https://b.example/feed")
    assert found is not None
    assert found.links == {}
