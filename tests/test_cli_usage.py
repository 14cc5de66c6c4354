"""How the program is used: its help, the words it understands, and the exit codes of mistakes."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from feedkeep import cli
from feedkeep.cli import console, options
from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_line import Outcome

pytestmark = pytest.mark.usefixtures("here")

COMMANDS = [*(command.name for command in cli.app.registered_commands if command.name), "media fetch"]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_ends_with_an_example(name: str) -> None:
    result = CliRunner().invoke(cli.app, [*name.split(), "--help"])

    assert result.exit_code == 0
    assert re.search(rf"\n  Example:\n(    feedkeep {name}\b.*\n)+$", result.output)


def test_every_option_has_help() -> None:
    for name in COMMANDS:
        text = CliRunner().invoke(cli.app, [*name.split(), "--help"], env={"COLUMNS": "200"}).output
        for line in re.findall(r"^  +-.*$", text, re.MULTILINE):
            assert re.search(r"\S  +\S|/ --no-", line), f"{name}: {line}"


def test_the_version_is_the_packages_own(run: Callable[..., Outcome]) -> None:
    assert run("--version") == (0, f"feedkeep {version('feedkeep')}\n", "")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("import", "missing.xml"), 2, "missing.xml"),
        (("import", "feed.json", "--format", "gopher"), 2, "gopher"),
        (("import", "feed.json", "--timezone", "Mars/Olympus"), 2, "Mars/Olympus"),
        (("export", "gopher"), 2, "gopher"),
        (("export", "rss", "--include", "secrets"), 2, "secrets"),
        (("export", "rss", "--since", "yesterday"), 2, "yesterday"),
        (("export", "rss", "-O", "limit"), 2, "name=value"),
        (("export", "rss", "-o", "-", "--json"), 2, "standard output"),
        (("formats", "gopher"), 2, "gopher"),
        (("import", "page.html"), 3, "HTML"),
        (("import", "empty.xml"), 3, "empty"),
        (("inspect", "empty.xml"), 3, "empty"),
        (("list",), 4, "archive"),
        (("verify", "--archive", "nowhere"), 4, "nowhere"),
    ],
)
def test_a_mistake_is_one_clear_line_and_its_exit_code(
    run: Callable[..., Outcome], feed: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    Path("page.html").write_text("<!doctype html><title>No feed</title>", "utf-8")
    Path("empty.xml").touch()
    assert feed.exists()

    outcome = run(*words)

    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("feedkeep: ")
    assert says in outcome.err


def test_an_unknown_option_is_wrong_usage(run: Callable[..., Outcome]) -> None:
    outcome = run("list", "--colour")

    assert outcome.code == 2
    assert "--colour" in outcome.err


def test_a_source_that_cannot_be_read_leaves_nothing_behind(run: Callable[..., Outcome]) -> None:
    Path("empty.xml").touch()
    run("import", "empty.xml")

    assert not Path("archive").exists()


def test_a_defect_of_ours_keeps_its_traceback(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("did not see that coming")

    monkeypatch.setattr(options, "zone", broken)
    outcome = run("import", "feed.json")

    assert outcome.code == 1
    assert "Traceback" in outcome.err
    assert "did not see that coming" in outcome.err
    assert "defect of feedkeep" in outcome.err


def test_control_c_exits_with_130(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "zone", interrupted)

    assert run("import", "feed.json") == (130, "", "")


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
@pytest.mark.parametrize("command", ["formats", "formats --json"])
def test_a_reader_who_goes_away_is_no_error(command: str) -> None:
    start = f"'{sys.executable}' -c 'from feedkeep.cli import main; main()' {command}"
    told = subprocess.run(
        ["bash", "-c", start + " | head -c 0; echo ${PIPESTATUS[0]}"], capture_output=True, text=True, check=True
    )

    assert told.stderr == ""
    assert told.stdout == f"{console.PIPE_CLOSED}\n"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014", dt.datetime(2014, 1, 1, tzinfo=dt.UTC)),
        ("2014-3", dt.datetime(2014, 3, 1, tzinfo=dt.UTC)),
        ("2014-03-21", dt.datetime(2014, 3, 21, tzinfo=dt.UTC)),
        ("2014-03-21T18:30", dt.datetime(2014, 3, 21, 18, 30, tzinfo=dt.UTC)),
        (
            "2014-03-21T18:30:00+02:00",
            dt.datetime(2014, 3, 21, 18, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        ),
    ],
)
def test_a_date_is_the_moment_it_begins(text: str, moment: dt.datetime) -> None:
    assert options.moment("--since", text) == moment


@pytest.mark.parametrize("text", ["", "14", "2014-13", "2014-02-30", "March", "0000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--until"):
        options.moment("--until", text)


def test_private_matter_may_be_named_with_commas() -> None:
    asked = {
        "tags": None,
        "categories": None,
        "authors": None,
        "kinds": None,
        "since": None,
        "until": None,
        "reviews": False,
        "min_rating": None,
        "limit": None,
    }
    chosen = options.selection(**asked, include=["draft,email", "ip"])  # type: ignore[arg-type]

    assert chosen.include == {"draft", "email", "ip"}


@pytest.mark.parametrize(("text", "hours"), [("+02:00", 2), ("-0530", -5.5), ("UTC", 0)])
def test_a_zone_is_a_name_or_an_offset(text: str, hours: float) -> None:
    zone = options.zone(text)

    assert zone is not None
    assert zone.utcoffset(dt.datetime(2014, 1, 1, tzinfo=dt.UTC)) == dt.timedelta(hours=hours)
