"""A walk through the history of a blog on loopback, and what the archive holds after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive
from feedkeep.models import Comment, Post, Site
from feedkeep.selection import Selection
from feedkeep.workflows import follow, history
from loopback import FakeClock, Loopback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.workflows.walker import History


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
