"""The history that WordPress's REST API tells, later walks of it, and a kill in the middle of one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from feedkeep.workflows.walk_file import WalkFile
from walks import asked, held, walked

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from feedkeep.fetch.history import walk
    from loopback import Loopback
    from wordpress_double import WordPress


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
