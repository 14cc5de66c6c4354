"""A list of what is followed goes out and comes back as the same list; listparser, which is not ours, reads it, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import listparser
import pytest

from feedkeep.archive import Archive
from feedkeep.library import export_from, import_into
from feedkeep.models import Record, Site
from golden import DATA, parse, write

if TYPE_CHECKING:
    from pathlib import Path

LIST = DATA / "importers" / "opml" / "maximal" / "input.opml"


def test_what_is_followed_comes_back_with_its_folders(tmp_path: Path) -> None:
    import_into(tmp_path / "one", DATA / "sample" / "wordpress.xml", LIST, site="blog")
    export_from(tmp_path / "one", "opml", tmp_path / "out")
    import_into(tmp_path / "two", tmp_path / "out" / "subscriptions.opml")

    def known(archive: Path) -> list[tuple[object, ...]]:
        return [
            (feed.feed_urls, feed.url, feed.title, feed.description, feed.extra["opml"].get("folders"))
            for feed in Archive.open(archive).following()
            if feed.feed_urls
        ]

    assert len(known(tmp_path / "one")) > 2
    assert known(tmp_path / "two") == known(tmp_path / "one")


def test_without_a_list_the_blogs_own_feed_is_in_it(tmp_path: Path) -> None:
    import_into(tmp_path / "one", DATA / "sample" / "feed.xml", site="blog")
    export_from(tmp_path / "one", "opml", tmp_path / "out")
    import_into(tmp_path / "two", tmp_path / "out" / "subscriptions.opml")
    (feed,) = Archive.open(tmp_path / "two").following()
    assert feed.title == Archive.open(tmp_path / "one").site("blog").site().title


def listed(records: list[Record]) -> list[tuple[str, str, list[list[str]]]]:
    """What listparser finds: each feed's address, title and folders."""
    (data,) = write("opml", records).values()
    found = listparser.parse(data)
    assert not found.bozo
    return [(feed.url, feed.title, feed.categories) for feed in found.feeds]


@pytest.mark.parametrize("case", ["maximal", "folders"])
def test_another_parser_finds_the_same_feeds_titles_and_folders(case: str) -> None:
    records = parse((DATA / "exporters" / "opml" / case / "records.jsonl").read_text("utf-8"))
    sites = [record for record in records if isinstance(record, Site) and record.feed_urls]
    wanted = sites[1:] or sites  # the blog's own feed stands in only where nothing is followed
    found = {url: (title, folders) for url, title, folders in listed(records)}
    assert len(found) == len(wanted) > 0
    for site in wanted:
        title, folders = found[site.feed_urls[0]]
        assert title == (site.title or site.feed_urls[0])
        own = site.extra.get("opml") or {}
        categories = [[part for part in name.split("/") if part] for name in own.get("categories", ())]
        assert sorted(folders) == sorted([*categories, *own.get("folders", ())])


@pytest.mark.parametrize("name", ["a, b", "c/d", '<e> & "f"', "日本", "'g'", "]]>"])
def test_names_of_any_kind_are_found_by_another_parser(name: str) -> None:
    feed = Site(
        id="f", title=name, feed_urls=("https://f.example/?a=1&b=2",), extra={"opml": {"folders": [[name, name]]}}
    )
    assert listed([Site(id="s", title="S"), feed]) == [("https://f.example/?a=1&b=2", name, [[name, name]])]


def test_all_that_is_followed_is_found_by_another_parser(tmp_path: Path) -> None:
    import_into(tmp_path / "one", DATA / "sample" / "wordpress.xml", LIST, site="blog")
    export_from(tmp_path / "one", "opml", tmp_path / "out")
    found = listparser.parse((tmp_path / "out" / "subscriptions.opml").read_bytes())
    held = [feed for feed in Archive.open(tmp_path / "one").following() if feed.feed_urls]
    assert {feed.url: feed.title for feed in found.feeds} == {
        one.feed_urls[0]: one.title or one.feed_urls[0] for one in held
    }
