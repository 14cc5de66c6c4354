"""Lists of feeds become the list of what is followed: each feed once, whatever the order, and nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive
from feedkeep.errors import ArchiveError
from feedkeep.library import import_into
from feedkeep.models import Site
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows.import_ import import_sources

if TYPE_CHECKING:
    from pathlib import Path


def opml(*outlines: str) -> bytes:
    return f'<opml version="2.0"><head><title>Mine</title></head><body>{"".join(outlines)}</body></opml>'.encode()


ONE = '<outline text="One" type="rss" xmlUrl="https://one.example/feed" htmlUrl="https://one.example/"/>'
TWO = '<outline text="Films"><outline text="Two" type="rss" xmlUrl="https://two.example/feed"/></outline>'


def test_a_list_is_followed_and_makes_no_site(tmp_path: Path) -> None:
    (report,) = import_into(tmp_path / "a", opml(ONE, TWO))
    assert (report.format, report.site, report.counts["site"].added) == ("opml", "following", 2)
    archive = Archive.open(tmp_path / "a")
    assert archive.sites() == []
    assert [site.feed_urls for site in archive.following()] == [
        ("https://one.example/feed",),
        ("https://two.example/feed",),
    ]
    assert archive.following()[1].extra["opml"]["folders"] == [["Films"]]


def test_the_same_list_again_changes_nothing_and_a_newer_one_adds_and_updates(tmp_path: Path) -> None:
    import_into(tmp_path / "a", opml(ONE))
    before = (tmp_path / "a" / "following.json").read_bytes()
    (again,) = import_into(tmp_path / "a", opml(ONE))
    assert again.counts["site"].unchanged == 1
    assert (tmp_path / "a" / "following.json").read_bytes() == before
    (newer,) = import_into(tmp_path / "a", opml(ONE.replace('"One"', '"Uno"'), TWO))
    assert (newer.counts["site"].updated, newer.counts["site"].added) == (1, 1)
    assert {site.title for site in Archive.open(tmp_path / "a").following()} == {"Uno", "Two"}


def test_a_dry_run_follows_nothing(tmp_path: Path) -> None:
    reports = import_sources(tmp_path / "a", [Source.from_bytes(opml(ONE))], dry_run=True, notes=Notes())
    assert reports[0].counts["site"].added == 1
    assert not (tmp_path / "a").exists()


def test_a_damaged_list_is_named(tmp_path: Path) -> None:
    import_into(tmp_path / "a", opml(ONE))
    (tmp_path / "a" / "following.json").write_bytes(b"{")
    with pytest.raises(ArchiveError, match=r"following\.json"):
        Archive.open(tmp_path / "a").following()


def test_a_feed_is_known_by_its_address(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "a", create=True)
    assert archive.follow(
        [Site(id="x", feed_urls=("https://f.example/1",)), Site(id="y", url="https://g.example/")]
    ) == [
        "added",
        "added",
    ]
    assert archive.follow([Site(id="other", feed_urls=("https://f.example/1",))]) == ["unchanged"]
