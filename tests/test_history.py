"""The history beyond the window, against servers on loopback: each way to it, a kill in the middle, and traps."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from feedkeep.archive import Archive, Origin
from feedkeep.cli import main
from feedkeep.fetch import patience
from feedkeep.fetch.client import Limits
from feedkeep.fetch.clock import SystemClock
from feedkeep.fetch.history import replies, sitemaps, walk, wordpress_feeds
from feedkeep.fetch.history.plan import Question
from feedkeep.models import Comment, Post, Site
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from feedkeep.wire import sitemap
from feedkeep.wire.feed_pages import page_of
from feedkeep.workflows import follow, history, walker
from feedkeep.workflows.completeness import completeness
from feedkeep.workflows.walk_file import WalkFile
from loopback import FakeClock, Loopback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.workflows.follow import Synced
    from feedkeep.workflows.walker import History
    from loopback import Visit

ATOM = 'xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"'
OPENSEARCH = 'xmlns:o="http://a9.com/-/spec/opensearchrss/1.0/"'


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as opened:
        yield opened


@pytest.fixture
def client() -> Iterator[Client]:
    with follow.client(allow_private=True, gap=0.0) as opened:
        yield opened


def walked(path: Path, server: Loopback, client: Client, feed: str = "/feed", **more: Any) -> History:
    site = Site(id="s", url=server.url("/"), feed_urls=(server.url(feed),))
    return history.walk(path, [site], client, clock=more.pop("clock", FakeClock()), **more)[0]


def held(path: Path) -> tuple[dict[str, Post], dict[str, Comment]]:
    archive = Archive.open(path)
    (name,) = archive.sites()
    snapshot = archive.site(name).snapshot(Selection(), gate=True)
    posts = {post.id: post for post in snapshot.posts()}
    return posts, {comment.id: comment for post in posts for comment in snapshot.comments(post)}


def asked(server: Loopback) -> list[str]:
    return [one.path for one in server.asked]


def entry(number: int | str, more: str = "", text: str = "") -> str:
    return (
        f"<entry><id>tag:b.example,2014:{number}</id><title>Film {number}</title><updated>2014-01-01T00:00:00Z</updated>"
        f'<link href="https://b.example/{number}"/><content>{text or f"Text {number}"}</content>{more}</entry>'
    )


def atom(entries: str, head: str = "") -> bytes:
    return f"<feed {ATOM} {OPENSEARCH}><id>tag:b.example,2014:b</id><title>B</title>{head}{entries}</feed>".encode()


def link(rel: str, url: str) -> str:
    return f'<link rel="{rel}" href="{url}"/>'


# -- RFC 5005 and JSON Feed ----------------------------------------------------------------------------------


def archived(server: Loopback) -> None:
    """Three archive documents behind a subscription document."""
    server.route("/", 200, b"<html></html>")
    for number in (1, 2, 3):
        before = link("prev-archive", f"/archive/{number - 1}") if number > 1 else ""
        server.route(f"/archive/{number}", 200, atom(entry(2 * number) + entry(2 * number + 1), before))
    server.route("/feed", 200, atom(entry(9), link("prev-archive", "/archive/3")))


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


# -- WordPress's REST API ------------------------------------------------------------------------------------


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


def test_the_api_gives_everything_with_its_threads(
    wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path
) -> None:
    found = walked(tmp_path, server, client)
    assert (found.is_whole, found.error, found.missed) == (True, None, ())
    posts, comments = held(tmp_path)
    assert len(posts) == 250 + 3 + 2
    assert {post.kind for post in posts.values()} == {"post", "page", "film"}
    assert len(comments) == 350
    assert comments["https://old.example/?p=8#comment-207"].parent == "https://old.example/?p=8#comment-107"
    assert posts[wordpress.guid(902, "page")].parent == wordpress.guid(901, "page")
    assert "/wp-json/wp/v2/blocks" not in {urlsplit(path).path for path in asked(server)}
    assert len(asked(server)) == len(set(asked(server)))


@pytest.mark.parametrize("knows", [True, False], ids=["modified_after", "an old WordPress"])
def test_a_later_walk_asks_little(
    wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path, *, knows: bool
) -> None:
    walked(tmp_path, server, client)
    wordpress.knows_modified_after = knows
    wordpress.posts[6] = wordpress.post(7, day=20) | {"content": {"rendered": "<p>Edited</p>"}}
    wordpress.posts.append(wordpress.post(999, day=21))
    wordpress.comments.append(wordpress.comment(998, 999, day=21))
    server.asked.clear()
    found = walked(tmp_path, server, client)
    assert (found.added, found.updated) == (2, 1)
    assert len(server.asked) <= 16
    posts, comments = held(tmp_path)
    assert posts["https://old.example/?p=7"].content is not None
    assert posts["https://old.example/?p=7"].content.value == "<p>Edited</p>"
    assert "https://old.example/?p=999#comment-998" in comments


def test_hidden_users_hide_nothing_else(wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path) -> None:
    wordpress.hides_users = True
    found = walked(tmp_path, server, client)
    assert [(one.strategy, one.why) for one in found.missed] == [("wordpress-rest", "401 Unauthorized")]
    assert len(held(tmp_path)[1]) == 350
    assert "wordpress-feeds" not in found.ways


def test_what_the_api_keeps_back_is_sought_elsewhere(
    wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path
) -> None:
    wordpress.broken = {"posts"}
    found = walked(tmp_path, server, client)
    assert found.ways["wordpress-rest"] == "with gaps"
    assert "wordpress-feeds" in found.ways
    assert any("/wp/v2/posts" in one.question.url for one in found.missed)


@pytest.mark.parametrize("stop", range(1, 17, 3))
def test_a_walk_that_is_killed_repeats_nothing_and_loses_nothing(
    wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    count = 0
    happened = WalkFile.happened

    def killed(self: WalkFile, event: walk.Event) -> None:
        nonlocal count
        count += event.done
        if count == stop:
            raise KeyboardInterrupt
        happened(self, event)

    monkeypatch.setattr(WalkFile, "happened", killed)
    with pytest.raises(KeyboardInterrupt):
        walked(tmp_path, server, client)
    monkeypatch.setattr(WalkFile, "happened", happened)
    (file,) = (tmp_path / ".history").iterdir()
    file.write_bytes(file.read_bytes() + b'{"done":tr')  # it was killed while it wrote
    assert walked(tmp_path, server, client).is_whole
    again = [path for path in set(asked(server)) if asked(server).count(path) > 1]
    assert len(again) <= 1  # the question whose answer was in the air
    posts, comments = held(tmp_path)
    assert (len(posts), len(comments)) == (255, 350)
    assert wordpress.home


# -- WordPress's feeds ---------------------------------------------------------------------------------------


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


def test_pages_of_the_feed_go_back_to_the_first_post(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server)
    found = walked(tmp_path, server, client, "/feed/")
    assert found.ways["wordpress-rest"].startswith("the REST API is not open: 404")
    assert len(held(tmp_path)[0]) == 30
    assert [path for path in asked(server) if "paged" in path and path.startswith("/feed")] == [
        "/feed/?paged=2",
        "/feed/?paged=3",
        "/feed/?paged=4",
    ]


def test_comments_that_a_post_claims_come_from_its_own_feed_with_their_thread(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    paging(server, comments=lambda visit: visit.send(200, atom(reply(1))))
    walked(tmp_path, server, client, "/feed/")
    _, comments = held(tmp_path)
    assert {c.id: c.parent for c in comments.values()} == {
        "g1#comment-1": None,
        "g1#comment-2": "g1#comment-1",
        "g1#comment-3": "g1#comment-1",
    }
    assert asked(server).count("/comments/feed/atom/?paged=2") == 1  # the same again: WordPress pages no comments
    assert not any("paged=3" in path for path in asked(server) if "comments" in path)


def test_what_is_lacking_is_told_post_by_post(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server)
    follow.follow(tmp_path, server.url("/feed/"), client)
    (synced,) = follow.sync(tmp_path, client, full=True)
    told = synced.completeness
    assert told is not None
    assert [(lack.title, lack.claimed, lack.held) for lack in told.lacking] == [("Film 1", 4, 2)]
    assert (told.posts.held, told.comments.claimed, told.comments.held) == (30, 4, 2)
    assert synced.history is not None
    assert [one.question.url for one in synced.history.missed] == [server.url("/1/")]
    (status,) = follow.status(tmp_path)
    assert status.completeness == told


def test_the_last_resort_are_the_pages_of_comments(server: Loopback, client: Client, tmp_path: Path) -> None:
    def shown(*numbers: int, page: str = "") -> bytes:
        said = "".join(
            f'<li id="comment-{n}" class="comment"><b class="fn">V</b><div class="comment-content"><p>Said {n}</p></div></li>'
            for n in numbers
        )
        older = f'<a href="{server.url("/1/comment-page-1/")}#comments">Older</a><a href="/2/comment-page-1/">x</a>'
        canonical = f'<link rel="canonical" href="{server.url(f"/1/{page}")}">'
        article = (
            '<article class="hentry"><h1 class="entry-title">Film 1</h1><div class="entry-content">Text</div></article>'
        )
        lists = f'<ol class="comment-list">{said}</ol>'
        return f"<html><head>{canonical}</head><body>{article}{lists}{older}</body></html>".encode()

    paging(server)
    server.route("/1/", 200, shown(3, 4, page="comment-page-2/"), Content_Type="text/html")
    server.route("/1/comment-page-1/", 200, shown(1, 2, page="comment-page-1/"), Content_Type="text/html")
    found = walked(tmp_path, server, client, "/feed/")
    assert found.missed == ()
    posts, comments = held(tmp_path)
    assert len(posts) == 30
    assert len(comments) == 4
    parents = {(c.content.value if c.content else ""): c.parent for c in comments.values()}
    (first,) = (c.id for c in comments.values() if c.id.endswith("#comment-1"))
    assert parents["Said 2"] == parents["Said 3"] == first
    assert "/2/comment-page-1/" not in asked(server)


def test_a_post_that_had_no_more_to_give_is_not_asked_again(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server)
    walked(tmp_path, server, client, "/feed/")
    server.asked.clear()
    found = walked(tmp_path, server, client, "/feed/")
    assert found.is_whole
    assert "/1/feed/atom/" not in asked(server)
    assert len(server.asked) < 12


def test_a_later_walk_ends_at_the_first_page_that_says_nothing_new(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    paging(server)
    walked(tmp_path, server, client, "/feed/")
    server.asked.clear()
    walked(tmp_path, server, client, "/feed/")
    assert [path for path in asked(server) if path.startswith("/feed/?")] == ["/feed/?paged=2"]


@pytest.mark.parametrize(
    ("feed", "wanted"),
    [
        ("https://b.example/feed/", "https://b.example/feed/atom/"),
        ("https://b.example/comments/feed", "https://b.example/comments/feed/atom/"),
        ("https://b.example/?feed=rss2&p=7", "https://b.example/?feed=atom&p=7"),
        ("https://b.example/?feed=comments-rss2", "https://b.example/?feed=comments-atom"),
    ],
)
def test_wordpress_tells_threads_in_atom_alone(feed: str, wanted: str) -> None:
    assert wordpress_feeds.threaded(feed) == wanted


def test_texts_behind_a_password_are_no_texts(server: Loopback, client: Client, tmp_path: Path) -> None:
    form = '&lt;form action="/x" class="post-password-form" method="post">&lt;/form>'
    server.route("/feed", 200, atom(entry(1, text=form).replace("<content>", '<content type="html">')))
    walked(tmp_path, server, client)
    (post,) = held(tmp_path)[0].values()
    assert post.content is None


# -- Blogger -------------------------------------------------------------------------------------------------


def blogger(server: Loopback) -> None:
    """A Blogger of 400 posts and 320 comments; it gives 150 at once, whatever is asked for."""

    def answer(visit: Visit) -> None:
        parts = urlsplit(visit.path)
        said = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
        what = parts.path.split("/")[2] if parts.path.startswith("/feeds/") else ""
        total = {"posts": 400, "comments": 320}.get(what)
        if total is None:
            visit.send(404)
            return
        start = said.get("start-index", 1)
        numbers = range(start, min(start + min(said.get("max-results", 25), 150), total + 1))
        make = entry if what == "posts" else answered
        head = f"<generator>Blogger</generator><o:totalResults>{total}</o:totalResults><o:startIndex>{start}</o:startIndex>"
        visit.send(200, atom("".join(make(number) for number in numbers), head))

    server.route("/", 200, b"<html></html>")
    server.otherwise = answer


def answered(number: int) -> str:
    return (
        f'<entry><id>tag:b.example,2014:c{number}</id><title>x</title><thr:in-reply-to ref="tag:b.example,2014:{number}"/>'
        f"<content>Said {number}</content><updated>2014-01-01T00:00:00Z</updated></entry>"
    )


def test_blogger_is_read_window_by_window(server: Loopback, client: Client, tmp_path: Path) -> None:
    blogger(server)
    found = walked(tmp_path, server, client, "/feeds/posts/default")
    posts, comments = held(tmp_path)
    assert (len(posts), len(comments)) == (400, 320)
    windows = [path for path in asked(server) if "start-index" in path]
    assert len(windows) == 3 + 1 + 3
    assert [one.question.about for one in found.missed] == ["pages 1"]
    server.asked.clear()
    assert walked(tmp_path, server, client, "/feeds/posts/default").added == 0
    assert len([path for path in asked(server) if "start-index" in path]) == 3


# -- sitemaps ------------------------------------------------------------------------------------------------

PAGE = (
    '<html><head><title>{0}</title><link rel="canonical" href="{1}"></head><body><article class="h-entry">'
    '<h1 class="p-name">{0}</h1><time class="dt-published" datetime="2014-01-01">1 January</time>'
    '<div class="e-content"><p>A film of a lighthouse, a keeper and the sea, in {0}.</p></div></article></body></html>'
)


def urls(*pages: str, maps: bool = False) -> bytes:
    inner, outer = ("sitemap", "sitemapindex") if maps else ("url", "urlset")
    places = "".join(f"<{inner}><loc>{url}</loc></{inner}>" for url in pages)
    return f'<{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</{outer}>'.encode()


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


# -- manners -------------------------------------------------------------------------------------------------


def test_a_server_that_says_to_wait_is_left_alone_and_nothing_is_lost(
    server: Loopback, client: Client, tmp_path: Path
) -> None:
    archived(server)
    answer = server.routes["/archive/2"]
    server.routes["/archive/2"] = lambda visit: visit.send(429, b"", Retry_After=7200)
    clock = FakeClock()
    found = walked(tmp_path, server, client, clock=clock)
    assert (found.is_whole, found.error) == (False, "429 Too Many Requests")
    assert found.not_before is not None
    server.routes["/archive/2"] = answer
    before = len(server.asked)
    later = SystemClock()
    assert walked(tmp_path, server, client, clock=later).error == "asked to wait"
    assert len(server.asked) == before
    clock = FakeClock()
    clock.sleep((found.not_before - clock.now()).total_seconds() + 1)
    assert walked(tmp_path, server, client, clock=clock).is_whole
    assert len(held(tmp_path)[0]) == 7
    assert asked(server).count("/archive/3") == 1


def test_a_short_wait_is_waited_for(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    answer = server.routes["/archive/2"]

    def busy(visit: Visit) -> None:
        server.routes["/archive/2"] = answer
        visit.send(503, b"", Retry_After=17)

    server.routes["/archive/2"] = busy
    clock = FakeClock()
    assert walked(tmp_path, server, client, clock=clock).is_whole
    assert 17.0 in clock.slept


def test_a_server_that_fails_is_asked_thrice_then_missed(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    server.route("/archive/1", 500)
    clock = FakeClock()
    found = walked(tmp_path, server, client, clock=clock)
    assert asked(server).count("/archive/1") == patience.TRIES
    assert clock.slept[:2] == [2.0, 4.0]
    assert [(one.strategy, one.why) for one in found.missed] == [("linked", "500 Internal Server Error")]
    assert found.ways["linked"] == "with gaps"
    archived(server)
    server.asked.clear()
    assert walked(tmp_path, server, client).missed == ()  # the next walk asks for what this one missed
    assert len(held(tmp_path)[0]) == 7


def test_a_dead_server_stops_no_other_walk(server: Loopback, client: Client, tmp_path: Path) -> None:
    archived(server)
    with Loopback() as dead:
        dead.otherwise = lambda visit: visit.hang_up()
        sites = [Site(id=one.url("/"), url=one.url("/"), feed_urls=(one.url("/feed"),)) for one in (dead, server)]
        first, second = history.walk(tmp_path, sites, client, clock=FakeClock())
    assert first.error is not None
    assert second.is_whole
    assert second.added == 7


def test_one_question_at_a_time_goes_to_a_host(
    wordpress: WordPress, server: Loopback, client: Client, tmp_path: Path
) -> None:
    walked(tmp_path, server, client)
    assert server.most_inside == 1
    assert wordpress.posts


def test_an_address_within_the_own_network_is_missed(server: Loopback, tmp_path: Path) -> None:
    archived(server)
    with follow.client(gap=0.0) as careful:
        found = walked(tmp_path, server, careful)
    assert server.asked == []
    assert found.missed
    assert all("not on the public internet" in one.why for one in found.missed)


def test_one_walk_is_made_for_a_blog_of_several_feeds(server: Loopback, client: Client, tmp_path: Path) -> None:
    paging(server, comments=lambda visit: visit.send(200, atom(reply(1))))
    page = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{server.url(path)}" title="{title}">'
        for path, title in (("/comments/feed/", "Comments"), ("/feed/", "Posts"))
    )
    server.route("/", 200, f"<html><head>{page}</head></html>".encode(), Content_Type="text/html")
    follow.follow(tmp_path, server.url("/"), client)
    found = {urlsplit(one.feed).path: one for one in follow.sync(tmp_path, client, full=True)}
    walks: dict[str, Synced] = {path: one for path, one in found.items() if one.history is not None}
    assert list(walks) == ["/feed/"]


# -- planners ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"<html/>", b"{}", b"[]", b'{"version": 1}', b"<feed", b"\xff\xfe\x00"])
def test_what_is_no_feed_has_no_pages(body: bytes) -> None:
    found = page_of(body, "https://b.example/feed")
    assert found is None or not found.ids


def test_links_within_entries_are_not_the_feeds_own() -> None:
    found = page_of(atom(entry(1, link("next", "/inner"))), "https://b.example/feed")
    assert found is not None
    assert found.links == {}


def test_a_sitemap_speaks_for_its_own_host_alone() -> None:
    memory = {"home": "https://www.b.example/"}
    (question,) = sitemaps.begin(memory)
    assert question == Question(url="https://www.b.example/robots.txt", about="robots")


def test_nothing_lacks_where_nothing_is_said() -> None:
    assert replies.begin_feeds({}) == ()
    assert replies.begin_pages({"lacking": "[]"}) == ()


# -- the commands --------------------------------------------------------------------------------------------


def said(capsys: pytest.CaptureFixture[str], server: Loopback, *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    assert left.value.code == 0
    return capsys.readouterr().out.replace(server.url("").rstrip("/"), "http://b.example")


def test_the_commands_say_what_is_held_and_what_is_not(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "Limits", lambda gap: Limits(gap=gap * 0))
    paging(server)
    where = ["--archive", str(tmp_path), "--allow-private"]
    first = said(capsys, server, "follow", server.url("/feed/"), "--full", "--max-requests", "2", *where)
    assert first.splitlines()[-1] == (
        "http://b.example/feed/: history not at its end; sync --full goes on; 2 questions asked; held: 10 posts"
    )
    then = said(capsys, server, "sync", "--full", *where)
    assert "22 new, 0 edited" in then.splitlines()[0]
    assert then.splitlines()[1:] == [
        "http://b.example/feed/: history whole; 13 questions asked; held: 30 posts, 2 of 4 comments",
        "  missed http://b.example/1/: 404 Not Found",
        "  Film 1: 4 comments claimed, 2 held",
    ]
    status = said(capsys, server, "status", "--archive", str(tmp_path))
    assert "30 posts, 2 of 4 comments" in status
    assert status.splitlines()[1:] == then.splitlines()[2:]
    told = json.loads(said(capsys, server, "status", "--json", "--archive", str(tmp_path)))["feeds"][0]
    assert told["completeness"]["comments"] == {"claimed": 4, "held": 2}
    assert [(lack["claimed"], lack["held"]) for lack in told["completeness"]["lacking"]] == [(4, 2)]
    assert told["history"]["missed"][0]["why"] == "404 Not Found"


def test_a_blog_is_imported_once_with_its_history(
    server: Loopback, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "Limits", lambda gap: Limits(gap=gap * 0))
    archived(server)
    told = said(capsys, server, "import", server.url("/feed"), "--full", "--allow-private", "--archive", str(tmp_path))
    assert "7 new, 0 edited" in told.splitlines()[0]
    assert "history whole" in told
    assert Archive.open(tmp_path).following() == ()
    with pytest.raises(SystemExit) as left:
        main(["import", "feed.xml", "--full", "--archive", str(tmp_path)])
    assert left.value.code == 2


def test_what_is_behind_a_password_counts_and_what_is_private_does_not(tmp_path: Path) -> None:
    origin = Origin(format="wxr", kind="export")
    with Archive(tmp_path).write("b.example", origin, Notes()) as writing:
        for number, (status, password) in enumerate((("published", None), ("published", "x"), ("draft", None))):
            writing.put(Post(id=f"p{number}", status=status, password=password, comment_count=3))  # type: ignore[arg-type]
            writing.put(Comment(id=f"c{number}", post=f"p{number}", status="approved"))
            writing.put(Comment(id=f"s{number}", post=f"p{number}", status="spam"))
    found = completeness(Archive.open(tmp_path), "b.example", {"posts": 5, "comments": 4})
    assert found is not None
    assert (found.posts.claimed, found.posts.held) == (5, 2)
    assert (found.comments.claimed, found.comments.held) == (6, 2)
    assert [(lack.post, lack.claimed, lack.held) for lack in found.lacking] == [("p0", 3, 1), ("p1", 3, 1)]
    assert completeness(Archive.open(tmp_path), "c.example", {}) is None


def test_an_answer_finds_whom_it_answers_by_the_anchor_that_a_page_has(tmp_path: Path) -> None:
    """A page knows comments by their addresses, a feed by their guids."""
    with Archive(tmp_path).write("b.example", Origin(format="page", kind="page"), Notes()) as writing:
        writing.put(Post(id="g1", url="https://b.example/1/"))
        writing.put(Comment(id="https://b.example/1/#comment-7", url="https://b.example/1/#comment-7", post="g1"))
    with Archive(tmp_path).write("b.example", Origin(format="atom", kind="feed"), Notes()) as writing:
        writing.put(Comment(id="g1#comment-8", post="g1", parent="g1#comment-7"))
        writing.put(Comment(id="g1#comment-9", post="g1", parent="g1#comment-70"))
    _, comments = held(tmp_path)
    assert comments["g1#comment-8"].parent == "https://b.example/1/#comment-7"
    assert comments["g1#comment-9"].parent == "g1#comment-70"
