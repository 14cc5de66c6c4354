"""What the commands say that read sources: import and inspect."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from command_line import FEED, Outcome
from feedkeep.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("here")


def test_import_accounts_for_every_record(run: Callable[..., Outcome], feed: Path) -> None:
    first = run("import", feed, "--site", "films")
    again = run("import", feed, "--site", "films", "--json").json["reports"][0]["counts"]

    assert "post  2 added" in re.sub(" +", "  ", first.out).replace("2  added", "2 added")
    assert again["post"] == {"added": 0, "updated": 0, "unchanged": 2, "skipped": 0}


def test_a_dry_run_writes_nothing(run: Callable[..., Outcome], feed: Path) -> None:
    outcome = run("import", feed, "--dry-run")

    assert outcome.code == 0
    assert "nothing was written" in outcome.out
    assert not Path("archive").exists()


def test_a_dash_reads_standard_input(run: Callable[..., Outcome], feed: Path) -> None:
    outcome = run("import", "-", "--site", "films", "--json", stdin=feed.read_bytes())

    assert outcome.code == 0
    assert outcome.json["reports"][0]["counts"]["post"]["added"] == 2


def test_the_environment_names_the_archive(
    run: Callable[..., Outcome], feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDKEEP_ARCHIVE", "elsewhere")
    run("import", feed)

    assert Path("elsewhere/feedkeep.json").exists()
    assert not Path("archive").exists()


def test_inspect_tells_without_writing(run: Callable[..., Outcome], feed: Path) -> None:
    before = sorted(Path().iterdir())
    outcome = run("inspect", feed, "--json")
    (found,) = outcome.json["reports"][0]["documents"]

    assert found["format"] == "jsonfeed"
    assert found["site"] == "Film diary"
    assert found["counts"]["post"] == {"published": 2}
    assert found["zones"] == {"+01:00": 2}
    assert found["posts_span"] == {"first": "2013-11-05T20:00:00+01:00", "last": "2014-03-02T00:30:00+01:00"}
    assert found["authors"] == {"Anna Marsh": 1, "Bela Ott": 1}
    assert sorted(Path().iterdir()) == before


def test_inspect_proposes_a_repair_and_says_how_sure_it_is(run: Callable[..., Outcome]) -> None:
    item = {
        **FEED["items"][0],
        "title": "Rope \u00e2\u20ac\u201d ten shots",
        "content_html": "<p>caf\u00c3\u00a9</p>" * 4,
    }
    data = json.dumps({**FEED, "items": [item]}).encode()
    (found,) = run("inspect", "-", "--json", stdin=data).json["reports"][0]["documents"]

    assert found["damage_count"] == 5
    assert found["damages"][0]["field"] == "Post.title"
    assert found["damages"][0]["found"] == "Rope \u00e2\u20ac\u201d ten shots"
    assert found["damages"][0]["repair"] == "Rope \u2014 ten shots"
    assert 0.9 < found["damages"][0]["confidence"] < 1
    assert "2 more places" in run("inspect", "-", stdin=data).out
    assert run("inspect", "-", "--text", stdin=data).out.count("% sure") == 5


def test_text_is_mended_on_request_alone_and_never_in_the_archive(run: Callable[..., Outcome]) -> None:
    item = {**FEED["items"][0], "title": "Rope \u00e2\u20ac\u201d ten shots"}
    run("import", "-", "--site", "films", stdin=json.dumps({**FEED, "items": [item]}).encode())
    held = {path: path.read_bytes() for path in Path("archive").rglob("*.json")}

    said = []
    for number, wish in enumerate([(), ("--repair-text",), ()]):
        assert run("export", "rss", "-o", f"out{number}", *wish).code == 0
        (window,) = Path(f"out{number}").glob("*rss*.xml")
        said.append(window.read_text("utf-8").count("Rope \u2014 ten shots"))
        assert {path: path.read_bytes() for path in Path("archive").rglob("*.json")} == held

    assert said == [0, 1, 0]


def test_inspect_of_a_folder_goes_on_after_a_damaged_member(run: Callable[..., Outcome], feed: Path) -> None:
    folder = Path("exports")
    folder.mkdir()
    feed.rename(folder / "a.json")
    (folder / "b.json").write_text('{"version": "https://jsonfeed.org/version/1.1", "items": [', "utf-8")
    (folder / "c.bin").write_bytes(b"\x00\x01")
    (folder / "d.jpg").write_bytes(b"\xff\xd8\xff")

    outcome = run("inspect", folder, "--json")
    (report,) = outcome.json["reports"]

    assert outcome.code == FormatError.exit_code
    assert [found["source"] for found in report["documents"]] == ["exports/a.json"]
    assert len(report["errors"]) == 1
    assert "b.json" in report["errors"][0]
    assert report["unread"] == ["exports/c.bin"]
    assert report["media_files"] == 1
