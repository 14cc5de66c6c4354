"""One blog in four sources, by the commands that a person types: one post, one conversation, each field with its source."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from archived_blog import tree
from feedkeep import cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

POST = "https://films.example/2014/01/rope/"
WXR = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Films</title><link>https://films.example</link>
<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://films.example</wp:base_blog_url>
<item><title>Rope</title><link>{POST}</link><dc:creator>anna</dc:creator><guid isPermaLink="false">https://films.example/?p=17</guid>
<content:encoded><![CDATA[One room.]]></content:encoded><wp:post_id>17</wp:post_id><wp:post_date>2014-01-05 20:00:00</wp:post_date>
<wp:post_date_gmt>2014-01-05 19:00:00</wp:post_date_gmt><wp:post_name>rope</wp:post_name><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>
<wp:comment><wp:comment_id>5</wp:comment_id><wp:comment_author>Bela</wp:comment_author><wp:comment_date>2014-01-05 22:12:00</wp:comment_date>
<wp:comment_date_gmt>2014-01-05 21:12:00</wp:comment_date_gmt><wp:comment_content>Eleven.</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>
</item></channel></rss>"""
DISQUS = f"""<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><id>17 https://films.example/?p=17</id><link>{POST}</link></thread>
<thread dsq:id="2"><id/><link>https://old.example/rope.html</link></thread>
<post dsq:id="100"><message>Eleven.</message><createdAt>2014-01-05T21:12:00Z</createdAt><author><name>Bela</name></author><thread dsq:id="1"/></post>
<post dsq:id="101"><message>Ten.</message><createdAt>2014-01-06T09:00:00Z</createdAt><author><name>Cy</name></author><thread dsq:id="1"/><parent dsq:id="100"/></post>
<post dsq:id="102"><message>Of old.</message><createdAt>2010-01-06T09:00:00Z</createdAt><author><name>Dee</name></author><thread dsq:id="2"/></post>
</disqus>"""
RSS = f"""<rss version="2.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>Films</title><link>https://films.example/</link><description/>
<item><title>Rope</title><link>{POST}</link><guid isPermaLink="false">https://films.example/?p=17</guid><pubDate>Sun, 05 Jan 2014 19:00:00 +0000</pubDate>
<description>One …</description><slash:comments>3</slash:comments><enclosure url="https://films.example/rope.mp3" length="7" type="audio/mpeg"/></item></channel></rss>"""
PAGE = f"""<!DOCTYPE html><html lang="en"><head><title>Rope</title><link rel="canonical" href="{POST}"><meta property="og:image" content="https://films.example/rope.jpg"></head><body>
<h1 class="entry-title">Rope</h1><div class="entry-content"><p>One room.</p></div><ol><li id="comment-5" class="comment"><cite class="fn">Bela</cite>
<div class="comment-content"><p>Eleven.</p></div></li><li id="comment-9" class="comment"><cite class="fn">Ed</cite>
<time datetime="2014-01-07T10:00:00+01:00">then</time><div class="comment-content"><p>Only here.</p></div></li></ol></body></html>"""
SOURCES = {"blog.xml": WXR, "disqus.xml": DISQUS, "feed.xml": RSS, "rope.html": PAGE}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a command in a folder that holds the sources; give what it printed, and what it said beside that."""
    monkeypatch.chdir(tmp_path)
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text, "utf-8")

    def run(*words: str | Path) -> tuple[str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(word) for word in words])
        assert not stopped.value.code
        out, err = capsys.readouterr()
        return out, err

    return run


def shown(run: Callable[..., Any], archive: str) -> Any:
    return json.loads(run("show", "rope", "--origins", "--json", "--archive", archive)[0])


def test_four_sources_of_one_post_give_one_post_in_whatever_order(run: Callable[..., Any], tmp_path: Path) -> None:
    trees = []
    for number, order in enumerate(itertools.permutations(SOURCES)):
        for name in order:
            run("import", name, "--site", "films", "--no-keep-source", "--archive", str(number))
        trees.append(tree(tmp_path / str(number)))
    assert all(other == trees[0] for other in trees)
    assert len(json.loads(run("list", "--json", "--archive", "0")[0])["posts"]) == 1


def test_each_field_says_where_it_came_from(run: Callable[..., Any]) -> None:
    run("import", *SOURCES, "--site", "films", "--archive", "a")
    thread = shown(run, "a")
    assert [(one["author"]["name"], one.get("parent") is not None) for one in thread["comments"]] == [
        ("Bela", False),
        ("Cy", True),
        ("Ed", False),
    ]
    sources = thread["sources"]["post"]
    told = {name: sources[name] for name in ("content", "slug", "enclosures", "comment_count", "image")}
    assert told == {"content": "wxr", "slug": "wxr", "enclosures": "rss", "comment_count": "rss", "image": "page"}
    assert "enclosures" in run("show", "rope", "--origins", "--archive", "a")[0]


def test_what_could_not_be_placed_is_listed_and_placed(run: Callable[..., Any]) -> None:
    said = run("import", *SOURCES, "--site", "films", "--archive", "a")[0]
    assert "holds 1 comment whose post has not come yet" in said
    assert "disqus:102" in run("list", "--orphans", "--archive", "a")[0]
    (waiting,) = json.loads(run("list", "--orphans", "--json", "--archive", "a")[0])["comments"]

    run("adopt", waiting["comment"]["id"], "rope", "--archive", "a")

    assert json.loads(run("list", "--orphans", "--json", "--archive", "a")[0])["comments"] == []
    assert "Dee" in [one["author"]["name"] for one in shown(run, "a")["comments"]]


def test_a_review_by_hand_stays_whatever_is_imported_later(run: Callable[..., Any]) -> None:
    run("import", "blog.xml", "--site", "films", "--archive", "a")
    about = ("--item", "Rope", "--kind", "movie", "--year", "1948", "--by", "Alfred Hitchcock", "--rating", "4.5/5")
    run("review", "rope", *about, "--archive", "a")
    run("import", *SOURCES, "--site", "films", "--archive", "a")

    (review,) = shown(run, "a")["post"]["reviews"]
    assert review == {
        "item": {"name": "Rope", "kind": "movie", "year": 1948, "creators": ["Alfred Hitchcock"]},
        "rating": {"value": 4.5},
    }
    assert shown(run, "a")["sources"]["post"]["reviews"] == "hand"


def test_a_date_without_a_zone_takes_the_one_that_is_named_and_the_report_counts_it(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    feed = RSS.replace("Sun, 05 Jan 2014 19:00:00 +0000", "05 Jan 2014 19:00:00").replace(
        "</channel>", "<item><title>Ida</title><guid>2</guid><pubDate>5 Jul 2014 19:00</pubDate></item></channel>"
    )
    (tmp_path / "feed.xml").write_text(feed, "utf-8")
    for zone, offsets in (("Europe/Vienna", {"+01:00": 1, "+02:00": 1}), (None, {"+00:00": 2})):
        chosen = ["--timezone", zone] if zone else []
        found = json.loads(run("inspect", "feed.xml", "--json", *chosen)[0])["reports"][0]["documents"][0]
        assert found["zones"] == offsets
        _, said = run("import", "feed.xml", "--site", "films", "--archive", f"in-{zone}".replace("/", "-"), *chosen)
        assert f"guessed: 2 dates without a zone taken as {zone or 'UTC'}" in said


def test_a_date_without_a_zone_takes_the_one_that_the_sources_own_pairs_imply(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    draft = WXR.replace("2014-01-05 19:00:00", "0000-00-00 00:00:00").replace("publish", "draft")
    item = WXR[WXR.index("<item>") : WXR.index("</channel>")].replace("?p=17", "?p=18").replace(">17<", ">18<")
    both = draft.replace("<item>", item.replace("/rope/", "/ida/") + "<item>", 1)
    (tmp_path / "blog.xml").write_text(both, "utf-8")
    found = json.loads(run("inspect", "blog.xml", "--json")[0])["reports"][0]["documents"][0]
    assert set(found["zones"]) == {"+01:00"}
