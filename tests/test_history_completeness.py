"""What is told of a history: what is claimed, what is held, and what the commands say of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive, Origin
from feedkeep.cli import main
from feedkeep.fetch.client import Limits
from feedkeep.models import Comment, Post
from feedkeep.notes import Notes
from feedkeep.workflows import follow
from feedkeep.workflows.completeness import completeness
from old_blogs import archived, paging

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.client import Client
    from loopback import Loopback


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
