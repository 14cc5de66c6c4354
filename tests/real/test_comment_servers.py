"""Isso itself imports our export: its database then holds every comment, author, time and thread."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from feedkeep.archive import Archive
from feedkeep.library import export_from
from feedkeep.selection import Selection

if TYPE_CHECKING:
    from feedkeep.models import Comment

SAMPLE = Path(__file__).parents[2] / "archive"


@pytest.fixture
def isso() -> Path:
    program = Path(os.environ["FEEDKEEP_REAL"]).resolve() / "isso" / "bin" / "isso"
    if not program.exists():
        pytest.skip("isso is not installed: see tests/real/setup.sh")
    return program


def test_isso_holds_every_comment_author_time_and_thread(isso: Path, tmp_path: Path) -> None:
    export_from(SAMPLE, "isso", tmp_path / "out")
    settings = tmp_path / "isso.cfg"
    database = tmp_path / "comments.db"
    settings.write_text(
        f"[general]\ndbpath = {database}\nhost = http://localhost/\n[server]\nlisten = http://localhost:0\n"
    )
    subprocess.run(
        [str(isso), "-c", str(settings), "import", "-t", "wordpress", str(tmp_path / "out" / "isso.xml")],
        check=True,
        capture_output=True,
        input=b"y\n",
        env={**os.environ, "TZ": "UTC"},
        timeout=120,
    )
    rows = (
        sqlite3.connect(database)
        .execute(
            "SELECT threads.uri, comments.id, comments.parent, comments.author, comments.created, comments.mode "
            "FROM comments JOIN threads ON threads.id = comments.tid"
        )
        .fetchall()
    )
    said = {
        (uri, author or None, dt.datetime.fromtimestamp(created, dt.UTC)): number
        for uri, number, _, author, created, _ in rows
    }
    numbers = {number: (uri, author or None) for uri, number, _, author, _, _ in rows}
    parents = {number: parent for _, number, parent, _, _, _ in rows}
    held = 0
    site = Archive.open(SAMPLE).site("secondrow.example")
    snapshot = site.snapshot(Selection(), gate=True)
    for post in snapshot.posts():
        comments: dict[str, Comment] = {one.id: one for one in snapshot.comments(post.id)}
        for comment in comments.values():
            if comment.status != "approved" or post.url is None or comment.published is None:
                continue
            held += 1
            path = urlsplit(post.url).path
            name = comment.author.name if comment.author is not None else None
            number = said[path, name, comment.published.astimezone(dt.UTC)]
            above = comments.get(comment.parent or "")
            while above is not None and above.parent in comments:  # Isso has one level of answers
                above = comments[above.parent or ""]
            if above is not None:
                assert numbers[parents[number]] == (path, above.author.name if above.author is not None else None)
            else:
                assert parents[number] is None
    site.close()
    assert held == 25
    assert len(rows) >= held
    assert {mode for *_, mode in rows} == {1}
