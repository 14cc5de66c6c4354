"""Several blogs in one feed: newest first, each entry as it was in its own feed, with the name of its blog."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import feedparser
import pytest
from lxml import etree

from feedkeep.library import export_from, import_into

if TYPE_CHECKING:
    from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<title>{title}</title><id>tag:{host},2014:blog</id><link href="https://{host}/"/>
<link rel="self" href="https://{host}/feed"/><updated>2014-01-01T00:00:00Z</updated>{entries}</feed>"""
ENTRY = """<entry><id>{id}</id><title>{title}</title><published>{day}T12:00:00Z</published>
<updated>{day}T12:00:00Z</updated><link href="https://x.example/{title}"/><author><name>Ada</name></author>
<content type="html">text of {title}</content>{more}</entry>"""


def entry(title: str, day: str, *, id: str | None = None, more: str = "") -> str:  # noqa: A002
    return ENTRY.format(id=id or f"tag:x.example,2014:{title}", title=title, day=day, more=more)


def blog(archive: Path, name: str, *found: str) -> None:
    host = f"{name}.example"
    data = FEED.format(title=f"The {name}", host=host, entries="".join(found)).encode()
    import_into(archive, data, site=name)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "archive"
    film = '<category term="film"/>'
    blog(path, "ants", entry("a3", "2014-03-03", more=film), entry("a1", "2014-03-01"))
    blog(path, "bees", entry("b2", "2014-03-02", more=film), entry("b4", "2014-03-04"))
    return path


def parsed(folder: Path, name: str = "atom.xml") -> feedparser.FeedParserDict:
    found = feedparser.parse((folder / name).read_bytes())
    assert not found.bozo
    return found


def test_one_feed_holds_the_posts_of_all_by_date(archive: Path, tmp_path: Path) -> None:
    [report] = export_from(archive, "atom", tmp_path / "out")
    found = parsed(tmp_path / "out")
    assert [one.title for one in found.entries] == ["b4", "a3", "b2", "a1"]
    assert (report.site, report.posts) == ("ants, bees", 4)
    assert found.feed.title == "The ants, The bees"


def test_each_entry_keeps_its_id_and_names_its_blog(archive: Path, tmp_path: Path) -> None:
    export_from(archive, "atom", tmp_path / "out")
    told = [(one.id, one.source.title, one.source.id) for one in parsed(tmp_path / "out").entries]
    assert told[:2] == [
        ("tag:x.example,2014:b4", "The bees", "tag:bees.example,2014:blog"),
        ("tag:x.example,2014:a3", "The ants", "tag:ants.example,2014:blog"),
    ]
    source = etree.parse(tmp_path / "out" / "atom.xml").find(f"{ATOM}entry/{ATOM}source")
    assert source is not None
    links = {link.get("rel"): link.get("href") for link in source.iter(f"{ATOM}link")}
    assert links == {"alternate": "https://bees.example/", "self": "https://bees.example/feed"}


def test_rss_and_json_feed_name_the_blog_too(archive: Path, tmp_path: Path) -> None:
    export_from(archive, "rss", tmp_path / "rss")
    source = parsed(tmp_path / "rss", "rss.xml").entries[0].source
    assert (source.title, source.href) == ("The bees", "https://bees.example/")
    export_from(archive, "jsonfeed", tmp_path / "json")
    [first, *_] = json.loads((tmp_path / "json" / "feed.json").read_bytes())["items"]
    assert first["_feedkeep"]["source"] == {
        "id": "tag:bees.example,2014:blog",
        "title": "The bees",
        "url": "https://bees.example/",
        "feed_url": "https://bees.example/feed",
    }


def test_a_post_that_came_from_elsewhere_keeps_the_source_that_it_names(archive: Path, tmp_path: Path) -> None:
    told = (
        "<source><title>A magazine</title><id>tag:m.example,2014:m</id><updated>2014-01-01T00:00:00Z</updated></source>"
    )
    blog(archive, "bees", entry("b9", "2014-03-09", more=told))
    export_from(archive, "atom", tmp_path / "out")
    assert [one.source.title for one in parsed(tmp_path / "out").entries][:2] == ["A magazine", "The bees"]


def test_the_selection_is_of_all_and_the_limit_counts_once(archive: Path, tmp_path: Path) -> None:
    export_from(archive, "atom", tmp_path / "film", tags=("film",))
    assert [one.title for one in parsed(tmp_path / "film").entries] == ["a3", "b2"]
    export_from(archive, "atom", tmp_path / "newest", limit=3)
    assert [one.title for one in parsed(tmp_path / "newest").entries] == ["b4", "a3", "b2"]


def test_what_two_blogs_hold_is_there_once(archive: Path, tmp_path: Path) -> None:
    blog(archive, "bees", entry("shared", "2014-03-08", id="tag:x.example,2014:same"))
    blog(archive, "ants", entry("shared", "2014-03-07", id="tag:x.example,2014:same"))
    export_from(archive, "atom", tmp_path / "out", options={"limit": "2", "per_archive": "2"})
    assert [(one.title, one.source.title) for one in parsed(tmp_path / "out").entries] == [
        ("shared", "The ants"),
        ("b4", "The bees"),
    ]
    held = [one.title for page in (1, 2, 3) for one in parsed(tmp_path / "out" / "archive", f"000{page}.xml").entries]
    assert sorted(held) == ["a1", "a3", "b2", "b4", "shared"]


def test_a_new_post_leaves_older_documents_alone(archive: Path, tmp_path: Path) -> None:
    def again() -> list[str]:
        [report] = export_from(archive, "atom", tmp_path / "out", options={"limit": "2", "per_archive": "2"})
        return sorted(report.paths)

    assert again() == ["archive/0001.xml", "archive/0002.xml", "atom.xml"]
    assert again() == []
    blog(archive, "ants", entry("a5", "2014-03-05"))
    assert again() == ["archive/0003.xml", "atom.xml"]


def test_comments_of_all_are_in_one_feed(archive: Path, tmp_path: Path) -> None:
    for name, post, day in (("ants", "a1", "2014-05-01"), ("bees", "b2", "2014-05-02"), ("ants", "a3", "2014-05-03")):
        reply = f'<thr:in-reply-to ref="tag:x.example,2014:{post}"/>'
        blog(archive, name, entry(f"on-{post}", day, more=reply))
    export_from(archive, "atom", tmp_path / "out")
    found = [one.id.rpartition(":")[2] for one in parsed(tmp_path / "out", "comments.xml").entries]
    assert found == ["on-a3", "on-b2", "on-a1"]


def test_private_posts_stay_behind_the_gate(archive: Path, tmp_path: Path) -> None:
    wxr = """<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>c</title>
<link>https://cows.example</link><wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://cows.example</wp:base_blog_url>
<item><title>secret</title><guid isPermaLink="false">s</guid><wp:post_id>1</wp:post_id>
<wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item></channel></rss>"""
    import_into(archive, wxr.encode(), site="cows")
    [report] = export_from(archive, "atom", tmp_path / "out")
    assert report.held_back == {"draft": 1}
    assert b"secret" not in (tmp_path / "out" / "atom.xml").read_bytes()


def test_each_site_may_have_its_own(archive: Path, tmp_path: Path) -> None:
    reports = export_from(archive, "atom", tmp_path / "out", each=True)
    assert [report.site for report in reports] == ["ants", "bees"]
    assert [one.title for one in parsed(tmp_path / "out" / "ants").entries] == ["a3", "a1"]


def test_what_is_no_feed_gets_a_folder_for_each_site(archive: Path, tmp_path: Path) -> None:
    assert len(export_from(archive, "wxr", tmp_path / "out")) == 2


def test_a_river_goes_to_standard_output(archive: Path) -> None:
    stream = io.BytesIO()
    export_from(archive, "atom", "-", stream=stream)
    assert len(feedparser.parse(stream.getvalue()).entries) == 4
