"""Fidelity as it is measured: what went out and came in again, counted, and declared where it is less."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from feedkeep.archive import Archive
from feedkeep.cli import app
from feedkeep.errors import UsageError
from feedkeep.formats import EXPORTERS, exporter
from feedkeep.library import import_into
from feedkeep.workflows.fidelity import measure
from golden import DATA

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = DATA / "sample"
COMMENTLESS = {"ghost"}
NOT_READ = {"csv", "sqlite", "parquet", "redirects", "mbox", "epub"}
ROWS = {"letterboxd", "goodreads", "opml"}  # posts become rows of another kind
FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Rain",
    "home_page_url": "https://rain.example/",
    "items": [
        {"id": "a", "title": "One", "content_text": "First.", "tags": ["x"], "date_published": "2020-01-02T03:04:05Z"},
        {"id": "b", "title": "Two", "content_html": "<p>Second.</p>", "language": "de"},
    ],
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("fidelity") / "archive"
    import_into(archive, SAMPLE, site="blog")
    return archive


@pytest.mark.parametrize("name", EXPORTERS)
def test_what_the_sample_loses_is_declared(sample: Path, name: str) -> None:
    (result,) = measure(sample, name)
    assert bool(result.importers) is (name not in NOT_READ)
    if result.importers and name not in ROWS:
        undeclared = {key for key, count in result.counts.items() if count.survived < count.held and not count.reason}
        assert undeclared == set()
        posts = result.counts["Post"]
        assert posts.held == posts.survived > 0 or "Post" in exporter(name).losses.dropped
        assert result.counts["Comment"].survived > 0 or name in COMMENTLESS
        whole = result.counts["Comment"].survived == result.counts["Comment"].held
        assert whole or result.counts["Comment"].reason


def test_every_field_is_counted_as_same_changed_or_lost(tmp_path: Path) -> None:
    import_into(tmp_path / "archive", json.dumps(FEED).encode(), site="rain")
    (result,) = measure(tmp_path / "archive", "wxr")

    def of(key: str) -> tuple[int, int, int, int]:
        count = result.counts[key]
        return count.held, count.survived, count.changed, count.lost

    assert of("Post") == (2, 2, 0, 0)
    assert of("Post.published") == (1, 1, 0, 0)
    assert of("Content.value") == (2, 1, 1, 0)
    assert of("Content.form") == (1, 0, 1, 0)
    assert of("Post.language") == (1, 0, 0, 1)
    assert result.counts["Post.language"].reason == "WordPress has one language for the site"
    assert "Post.summary" not in result.counts


def test_a_format_that_is_not_read_again_is_told_as_such(sample: Path) -> None:
    said = CliRunner().invoke(app, ["plan", "csv", "--measured", "--archive", str(sample)])
    assert said.exit_code == 0
    assert "feedkeep does not read this format back" in said.output


def test_the_table_is_for_people_and_json_for_machines(sample: Path) -> None:
    said = CliRunner().invoke(app, ["plan", "rss", "--measured", "--archive", str(sample)])
    assert said.exit_code == 0
    assert "13 of 13 posts came back" in said.output
    assert "RSS has no slugs" in said.output
    told = CliRunner().invoke(app, ["plan", "rss", "--measured", "--json", "--archive", str(sample)])
    (measured,) = json.loads(told.output)["measured"]
    assert measured["counts"]["Post"]["held"] == 13


def test_an_archive_without_sites_has_nothing_to_measure(tmp_path: Path) -> None:
    Archive.open(tmp_path, create=True).mark()
    with pytest.raises(UsageError, match="nothing to measure"):
        measure(tmp_path, "rss")
