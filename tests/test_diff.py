"""What an edit changed, and what is no edit: another source's way of saying the same, a text cut short."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from feedkeep.cli import app
from feedkeep.library import import_into
from feedkeep.source import Source
from feedkeep.workflows.differences import differences

if TYPE_CHECKING:
    from pathlib import Path

FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<title>Blog</title><id>tag:a.example,2014:blog</id><updated>2014-01-01T00:00:00Z</updated>
<entry><id>tag:a.example,2014:{id}</id><title>{title}</title><published>2014-03-01T12:00:00Z</published>
<updated>{updated}T12:00:00Z</updated><author><name>Ada</name></author><link href="https://a.example/one"/>
<content type="html">{text}</content>{more}</entry></feed>"""
RSS = """<rss version="2.0"><channel><title>Blog</title><link>https://a.example/</link><item><title>{title}</title>
<link>https://a.example/one</link><guid isPermaLink="false">tag:a.example,2014:one</guid>
<pubDate>Sat, 01 Mar 2014 12:00:00 GMT</pubDate><description>{text}</description></item></channel></rss>"""


def read(
    archive: Path,
    text: str,
    updated: str = "2014-03-01",
    *,
    title: str = "One",
    id: str = "one",  # noqa: A002
    more: str = "",
    on: str | None = None,
) -> None:
    said = text.replace("&", "&amp;").replace("<", "&lt;")
    data = FEED.format(id=id, title=title, updated=updated, text=said, more=more).encode()
    as_of = dt.datetime.fromisoformat(on).replace(tzinfo=dt.UTC) if on else None
    import_into(archive, Source.from_bytes(data, "feed.xml", url="https://a.example/feed", as_of=as_of), site="blog")


def read_rss(archive: Path, text: str, title: str = "One") -> None:
    import_into(archive, RSS.format(title=title, text=text).encode(), site="blog")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive"
    read(path, "<p>Kept.</p><p>A dull film.</p><p>The end.</p>")
    return path


def test_a_text_is_compared_line_by_line(archive: Path) -> None:
    read(archive, "<p>Kept.</p><p>A fine film.</p><p>The end.</p>", "2014-06-01", title="One, again")
    [edit] = differences(archive, "One").edits
    assert (edit.of, edit.before and edit.before.month, edit.after and edit.after.month) == ("post", 3, 6)
    assert (edit.fields["title"].was, edit.fields["title"].now) == ("One", "One, again")
    assert edit.fields["content"].lines == ("@@ -1,3 +1,3 @@", " Kept.", "-A dull film.", "+A fine film.", " The end.")
    assert set(edit.fields) == {"title", "content"}


def test_where_the_words_are_the_same_the_markup_is_shown(archive: Path) -> None:
    read(archive, "<p>Kept.</p><p>A <b>dull</b> film.</p><p>The end.</p>", "2014-06-01")
    [edit] = differences(archive, "One").edits
    assert "+<p>A <b>dull</b> film.</p>" in edit.fields["content"].lines


def test_an_edit_in_silence_has_the_day_that_it_was_read(tmp_path: Path) -> None:
    archive = tmp_path / "silent"
    read(archive, "before", on="2014-03-02")
    read(archive, "after", on="2014-07-02")
    [edit] = differences(archive, "One").edits
    assert [moment and moment.date().isoformat() for moment in (edit.before, edit.after)] == [
        "2014-03-02",
        "2014-07-02",
    ]


def test_several_edits_come_in_their_order(archive: Path) -> None:
    read(archive, "third", "2014-09-01")
    read(archive, "second", "2014-06-01")
    edits = differences(archive, "One").edits
    assert [edit.after and edit.after.month for edit in edits] == [6, 9]
    assert edits[1].fields["content"].lines[1:] == ("-second", "+third")


def test_another_source_is_no_edit(archive: Path) -> None:
    read_rss(archive, "A dull film, said otherwise.")
    assert differences(archive, "One").edits == ()


def test_a_text_that_a_feed_cuts_is_no_edit(archive: Path) -> None:
    read(archive, "<p>Kept.</p><p>A du […]</p>", "2014-06-01")
    assert differences(archive, "One").edits == ()


def test_comments_are_edited_too(archive: Path) -> None:
    reply = '<thr:in-reply-to ref="tag:a.example,2014:one"/>'
    read(archive, "first!", id="c1", more=reply)
    read(archive, "second!", "2014-06-01", id="c1", more=reply)
    [edit] = differences(archive, "One").edits
    assert edit.of == "comment:tag:a.example,2014:c1"
    assert edit.fields["content"].lines[1:] == ("-first!", "+second!")


def test_two_long_texts_without_a_line_in_common_are_told_apart_at_once(tmp_path: Path) -> None:
    path = tmp_path / "long"
    read(path, "".join(f"<p>{n}</p>" for n in range(3000)))
    read(path, "".join(f"<p>x{n % 7}</p>" for n in range(3000)), "2014-06-01")
    [edit] = differences(path, "One").edits
    assert len(edit.fields["content"].lines) == 6000


def test_it_prints_what_a_person_reads(archive: Path) -> None:
    read(archive, "<p>Kept.</p><p>A fine film.</p><p>The end.</p>", "2014-06-01", title="One, again")
    told = CliRunner().invoke(app, ["diff", "One, again", "-a", str(archive)])
    assert told.stdout.splitlines() == [
        "One, again",
        "",
        "2014-03-01 → 2014-06-01 · post (atom)",
        "  title: One → One, again",
        "  content",
        "    @@ -1,3 +1,3 @@",
        "     Kept.",
        "    -A dull film.",
        "    +A fine film.",
        "     The end.",
    ]


def test_nothing_edited_is_said(archive: Path) -> None:
    told = CliRunner().invoke(app, ["diff", "One", "-a", str(archive)])
    assert told.exit_code == 0
    assert "nothing was edited" in told.stderr
