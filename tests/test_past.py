"""The archive as it was: what an edit or a deletion undid comes back, and what came later is not there."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import feedparser
import pytest
from typer.testing import CliRunner

from feedkeep.cli import app
from feedkeep.library import entries, export_from, import_into
from feedkeep.notes import Notes
from feedkeep.source import Source

SAMPLE = Path(__file__).parents[1] / "archive"
FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"
 xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>{title}</title><id>tag:a.example,2014:blog</id>
<updated>2014-01-01T00:00:00Z</updated>{entries}</feed>"""
ENTRY = """<entry><id>tag:a.example,2014:{id}</id><title>{title}</title><published>{published}</published>
<updated>{updated}</updated><author><name>Ada</name></author><content type="html">{text}</content>{more}</entry>"""


def day(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def read(archive: Path, *found: str, title: str = "Blog", on: str | None = None) -> None:
    """Import a feed of these entries, as it was answered on a day."""
    data = FEED.format(title=title, entries="".join(found)).encode()
    as_of = day(on) if on else None
    import_into(archive, Source.from_bytes(data, "feed.xml", url="https://a.example/feed", as_of=as_of))


def entry(name: str, text: str, published: str, updated: str = "", *, title: str = "", more: str = "") -> str:
    when = f"{published}T12:00:00Z"
    changed = f"{updated or published}T12:00:00Z"
    return ENTRY.format(id=name, title=title or name, published=when, updated=changed, text=text, more=more)


def seen(archive: Path, as_of: str, tmp_path: Path) -> dict[str, str]:
    """What a reader of the feed of that day sees: title → text."""
    notes = Notes()
    export_from(archive, "atom", tmp_path / as_of, as_of=dt.date.fromisoformat(as_of), notes=notes)
    parsed = feedparser.parse((tmp_path / as_of / "atom.xml").read_bytes())
    assert not parsed.bozo
    return {found.title: found.content[0].value for found in parsed.entries}


def test_an_edit_is_undone_before_its_day(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "first words", "2014-03-01"))
    read(archive, entry("one", "better words", "2014-03-01", "2014-06-01"))
    assert seen(archive, "2014-04-01", tmp_path) == {"one": "first words"}
    assert seen(archive, "2014-07-01", tmp_path) == {"one": "better words"}


def test_an_edit_in_silence_counts_from_when_it_was_read(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "first words", "2014-03-01"), on="2014-03-02")
    read(archive, entry("one", "other words", "2014-03-01"), on="2014-05-02")
    assert seen(archive, "2014-04-01", tmp_path) == {"one": "first words"}
    assert seen(archive, "2014-06-01", tmp_path) == {"one": "other words"}
    assert seen(archive, "2014-03-02", tmp_path) == {"one": "first words"}


def test_a_post_that_was_read_late_was_there_all_along(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "words", "2014-03-01"), entry("two", "later", "2014-08-01"), on="2020-01-01")
    assert seen(archive, "2014-04-01", tmp_path) == {"one": "words"}
    assert seen(archive, "2014-02-01", tmp_path) == {}


def test_a_later_text_stands_in_where_no_earlier_one_was_kept_and_it_is_told(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "the last of many edits", "2014-03-01", "2019-01-01"))
    notes = Notes()
    export_from(archive, "atom", tmp_path / "out", as_of=dt.date(2014, 4, 1), notes=notes)
    assert b"the last of many edits" in (tmp_path / "out" / "atom.xml").read_bytes()
    assert [note.what for note in notes.kept] == [
        "posts and comments shown in a later text than they had then, as no earlier one was kept: 1"
    ]


def test_what_was_deleted_later_is_there_again(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "words", "2014-03-01"))
    read(archive, '<at:deleted-entry ref="tag:a.example,2014:one" when="2014-05-01T00:00:00Z"/>')
    assert seen(archive, "2014-04-01", tmp_path) == {"one": "words"}
    assert seen(archive, "2014-06-01", tmp_path) == {}


def test_comments_come_with_their_days(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    reply = '<thr:in-reply-to ref="tag:a.example,2014:one"/>'
    read(
        archive,
        entry("one", "words", "2014-03-01"),
        entry("early", "first!", "2014-03-02", more=reply),
        entry("late", "still here?", "2018-03-02", more=reply),
    )
    then = list(entries(archive, as_of=day("2015-01-01")))
    assert [[comment.content.value for comment in found.comments if comment.content] for found in then] == [["first!"]]


def test_the_selection_asks_about_the_past(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    term = '<category term="{}"/>'
    read(archive, entry("one", "words", "2014-03-01", more=term.format("film")))
    read(archive, entry("one", "words", "2014-03-01", "2014-06-01", more=term.format("book")))
    then = dt.date(2014, 4, 1)
    [report] = export_from(archive, "atom", tmp_path / "a", tags=("film",), as_of=then)
    assert report.posts == 1
    [report] = export_from(archive, "atom", tmp_path / "b", tags=("book",), as_of=then)
    assert report.posts == 0


@pytest.mark.parametrize("name", ["atom", "rss", "jsonfeed", "wxr"])
def test_as_of_today_is_what_it_is(name: str, tmp_path: Path) -> None:
    archive = shutil.copytree(SAMPLE, tmp_path / "archive")
    export_from(archive, name, tmp_path / "now")
    export_from(archive, name, tmp_path / "then", as_of=dt.date(2100, 1, 1))
    files = {path.relative_to(tmp_path / "now") for path in (tmp_path / "now").rglob("*") if path.is_file()}
    assert files
    for path in files:
        if path.name == ".feedkeep-export.json":
            continue
        assert (tmp_path / "then" / path).read_bytes() == (tmp_path / "now" / path).read_bytes(), path


def test_looking_back_leaves_the_index_alone(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "words", "2014-03-01"), entry("two", "later", "2014-08-01"))
    assert seen(archive, "2014-04-01", tmp_path) == {"one": "words"}
    assert len(list(entries(archive))) == 2


def test_the_command_line_takes_a_day(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    read(archive, entry("one", "words", "2014-03-01"), entry("two", "later", "2014-08-01"))
    told = CliRunner().invoke(app, ["list", "-a", str(archive), "--as-of", "2014-04", "--json"])
    assert [one["post"]["title"] for one in json.loads(told.stdout)["posts"]] == ["one"]
