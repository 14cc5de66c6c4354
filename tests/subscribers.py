"""Readers of feeds that others wrote, subscribed to one feed each: Debian's newsboat and PyPI's reader."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from reader import EntryUpdateStatus, make_reader

if TYPE_CHECKING:
    from pathlib import Path


class Shown(NamedTuple):
    """What a reader shows of an entry."""

    title: str
    link: str
    text: str


class News(NamedTuple):
    """Ids of the entries that a reader puts before its user after it has asked the feed."""

    new: set[str]
    edited: set[str]


class Newsboat:
    """Debian's newsboat without a terminal, its files in a folder of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "urls").write_text(f"{url}\n", "utf-8")
        (folder / "config").write_text(f'reset-unread-on-update "{url}"\n', "utf-8")

    def reload(self) -> News:
        before = self.entries().keys() if (self.folder / "cache.db").exists() else set()
        assert self._run("reload") == ""
        unread = {guid for (guid,) in self._rows("SELECT guid FROM rss_item WHERE unread")}
        assert self._run("print-unread") == f"{len(unread)} unread articles\n"
        self._rows("UPDATE rss_item SET unread = 0")  # somebody has read them
        return News(unread - before, unread & before)

    def entries(self) -> dict[str, Shown]:
        rows = self._rows("SELECT guid, title, url, content FROM rss_item WHERE NOT deleted")
        held = {guid: Shown(*shown) for guid, *shown in rows}
        assert len(held) == len(rows), "an entry is there twice"
        return held

    def close(self) -> None:
        """Nothing stays open."""

    def _rows(self, statement: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.folder / "cache.db")) as cache, cache:
            return cache.execute(statement).fetchall()

    def _run(self, command: str) -> str:
        files = ["-u", "urls", "-C", "config", "-c", "cache.db"]
        done = subprocess.run(
            ["newsboat", *files, "-x", command],
            cwd=self.folder,
            env={**os.environ, "HOME": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout + done.stderr


class Reader:
    """PyPI's reader, its database in a folder of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self._reader = make_reader(str(folder / "reader.sqlite"))
        self._reader.add_feed(url)
        self._news = News(set(), set())
        self._reader.after_entry_update_hooks.append(self._noted)

    def reload(self) -> News:
        self._news = News(set(), set())
        for _, result in self._reader.update_feeds_iter(scheduled=False):
            assert not isinstance(result, Exception), result
        return self._news

    def entries(self) -> dict[str, Shown]:
        found = {}
        for entry in self._reader.get_entries():
            content = entry.get_content()
            found[entry.id] = Shown(entry.title or "", entry.link or "", content.value if content else "")
        return found

    def close(self) -> None:
        self._reader.close()

    def _noted(self, _: object, entry: Any, status: EntryUpdateStatus) -> None:
        kind = self._news.new if status is EntryUpdateStatus.NEW else self._news.edited
        kind.add(entry.id)
