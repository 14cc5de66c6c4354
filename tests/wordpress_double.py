"""A WordPress without a WordPress: as much of one as its REST API shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from loopback import Loopback, Visit


class WordPress:
    """As much of a WordPress as the API shows, with what goes wrong there."""

    def __init__(self, server: Loopback) -> None:
        self.server = server
        self.home = server.url("").rstrip("/")
        self.posts = [self.post(n) for n in range(1, 251)]
        self.pages = [self.post(n, "page") for n in range(901, 904)]
        self.films = [self.post(n, "film") for n in range(951, 953)]
        self.comments = [self.comment(n, 1 + n % 100) for n in range(1, 351)]
        self.knows_modified_after = True
        self.hides_users = False
        self.broken: set[str] = set()
        server.otherwise = self.answer
        feed = (
            '<rss version="2.0"><channel><title>B</title><generator>https://wordpress.org/?v=6.1</generator>'
            f"<link>{self.home}</link></channel></rss>"
        )
        server.route("/feed", 200, feed.encode(), Content_Type="application/rss+xml")
        server.route("/", 200, b"<html></html>", Link=f'<{self.home}/wp-json/>; rel="https://api.w.org/"')

    def guid(self, number: int, kind: str = "post") -> str:
        # a blog that moved: its ids are of the old address, and no number tells them
        return f"https://old.example/?p={number}" if kind == "post" else f"{self.home}/?page_id={number}"

    def post(self, number: int, kind: str = "post", day: int = 1) -> dict[str, Any]:
        when = f"2014-01-{day:02}T00:00:00"
        return {
            "id": number,
            "date": when,
            "date_gmt": when,
            "modified": when,
            "modified_gmt": when,
            "guid": {"rendered": self.guid(number, kind)},
            "slug": f"s{number}",
            "status": "publish",
            "type": kind,
            "link": f"{self.home}/{number}/",
            "title": {"rendered": f"Film {number}"},
            "content": {"rendered": f"<p>Text {number}</p>", "protected": False},
            "parent": 901 if number == 902 else 0,
            "_links": {"self": [{"href": f"{self.home}/wp-json/wp/v2/posts/{number}"}]},
        }

    def comment(self, number: int, post: int, day: int = 1) -> dict[str, Any]:
        return {
            "id": number,
            "post": post,
            "parent": number - 100 if number > 100 else 0,
            "author_name": "V",
            "date": f"2014-02-{day:02}T00:00:00",
            "date_gmt": f"2014-02-{day:02}T00:00:00",
            "content": {"rendered": f"<p>Said {number}</p>"},
            "link": f"{self.home}/{post}/#comment-{number}",
            "status": "approved",
            "type": "comment",
            "_links": {"self": [{"href": f"{self.home}/wp-json/wp/v2/comments/{number}"}]},
        }

    def answer(self, visit: Visit) -> None:
        parts = urlsplit(visit.path)
        said = {name: values[0] for name, values in parse_qs(parts.query).items()}
        route = parts.path.removeprefix("/wp-json/")
        if not parts.path.startswith("/wp-json/") or route.removeprefix("wp/v2/") in self.broken:
            visit.send(404 if not parts.path.startswith("/wp-json/") else 401, b"{}")
        elif route == "":
            self.send(visit, {"name": "B", "home": self.home, "url": self.home, "namespaces": ["wp/v2", "x/v1"]})
        elif route == "wp/v2/types":
            names = {"post": "posts", "page": "pages", "attachment": "media", "film": "films", "wp_block": "blocks"}
            self.send(visit, {name: {"slug": name, "rest_base": base} for name, base in names.items()})
        elif route == "wp/v2/taxonomies":
            self.send(visit, {"category": {"slug": "category", "rest_base": "categories"}})
        elif route == "wp/v2/users" and self.hides_users:
            visit.send(401, b'{"code":"rest_user_cannot_view"}')
        else:
            self.page(visit, route.removeprefix("wp/v2/"), said)

    def page(self, visit: Visit, name: str, said: dict[str, str]) -> None:
        items = {"posts": self.posts, "pages": self.pages, "films": self.films, "comments": self.comments}.get(name, [])
        moment = "date_gmt" if name == "comments" else "modified_gmt"
        since = said.get("after" if name == "comments" else "modified_after")
        if since and self.knows_modified_after:
            items = [item for item in items if item[moment] > since]
        items = sorted(items, key=lambda item: item["id"] if said.get("orderby") == "id" else item[moment])
        if said.get("order") == "desc":
            items.reverse()
        number = int(said.get("page", "1"))
        pages = -(-len(items) // 100)
        if number > max(pages, 1):
            visit.send(400, b'{"code":"rest_post_invalid_page_number"}')
            return
        self.send(visit, items[100 * number - 100 : 100 * number], X_WP_Total=len(items), X_WP_TotalPages=pages)

    def send(self, visit: Visit, value: Any, **headers: str | int) -> None:
        visit.send(200, json.dumps(value).encode(), Content_Type="application/json", **headers)


@pytest.fixture
def wordpress(server: Loopback) -> WordPress:
    return WordPress(server)
