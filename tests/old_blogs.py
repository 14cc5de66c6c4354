"""Blogs whose feeds show less than they have, each with another way to the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from loopback import Loopback, Visit

ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
OPENSEARCH = 'xmlns:o="http://a9.com/-/spec/opensearchrss/1.0/"'


def entry(number: int | str, more: str = "", text: str = "") -> str:
    return (
        f"<entry><id>tag:b.example,2014:{number}</id><title>Film {number}</title><updated>2014-01-01T00:00:00Z</updated>"
        f'<link href="https://b.example/{number}"/><content>{text or f"Text {number}"}</content>{more}</entry>'
    )


def atom(entries: str, head: str = "") -> bytes:
    return f"<feed {ATOM} {OPENSEARCH}><id>tag:b.example,2014:b</id><title>B</title>{head}{entries}</feed>".encode()


def link(rel: str, url: str) -> str:
    return f'<link rel="{rel}" href="{url}"/>'


def archived(server: Loopback) -> None:
    """Three archive documents behind a subscription document."""
    server.route("/", 200, b"<html></html>")
    for number in (1, 2, 3):
        before = link("prev-archive", f"/archive/{number - 1}") if number > 1 else ""
        server.route(f"/archive/{number}", 200, atom(entry(2 * number) + entry(2 * number + 1), before))
    server.route("/feed", 200, atom(entry(9), link("prev-archive", "/archive/3")))


def paging(server: Loopback, *, comments: Callable[[Visit], None] | None = None) -> None:
    """A WordPress without its API: thirty posts, ten on a page; the first says to have four comments."""

    def items(page: int) -> str:
        numbers = range(30 - 10 * (page - 1), 20 - 10 * (page - 1), -1)
        return "".join(
            f'<item><title>Film {n}</title><link>{server.url(f"/{n}/")}</link><guid isPermaLink="false">g{n}</guid>'
            f"<slash:comments>{4 if n == 1 else 0}</slash:comments>"
            f"<wfw:commentRss>{server.url(f'/{n}/feed/')}</wfw:commentRss><description>Text {n}</description></item>"
            for n in numbers
        )

    def answer(visit: Visit) -> None:
        parts = urlsplit(visit.path)
        page = int(parse_qs(parts.query).get("paged", ["1"])[0])
        if parts.path == "/feed/" and page <= 3:
            spaces = (
                'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/"'
            )
            head = f"<title>B</title><link>{server.url('/')}</link><generator>https://wordpress.org/?v=6.1</generator>"
            visit.send(200, f'<rss version="2.0" {spaces}><channel>{head}{items(page)}</channel></rss>'.encode())
        elif "comments" in parts.path and comments is not None:
            comments(visit)
        elif parts.path == "/1/feed/atom/" and page == 1:
            visit.send(200, atom(reply(3, 1) + reply(2, 1)))
        else:
            visit.send(404, b"<html>nothing</html>")

    server.route("/", 200, b"<html></html>")
    server.otherwise = answer


def reply(number: int, parent: int | None = None) -> str:
    ref = "g1" if parent is None else f"g1#comment-{parent}"
    return (
        f'<entry><id>g1#comment-{number}</id><title>By: V</title><thr:in-reply-to ref="{ref}"/>'
        f"<content>Said {number}</content><updated>2014-01-01T00:00:00Z</updated></entry>"
    )


def urls(*pages: str, maps: bool = False) -> bytes:
    inner, outer = ("sitemap", "sitemapindex") if maps else ("url", "urlset")
    places = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in pages)
    return f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</{outer}>'.encode()
