"""A list of what is followed goes out and comes back as the same list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.archive import Archive
from feedkeep.library import export_from, import_into
from golden import DATA

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
