"""The history that Blogger's feeds tell window by window."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from old_blogs import atom, entry
from walks import asked, held, walked

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from loopback import Loopback, Visit


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
