"""What goes to which stream, and that nobody's text steers the terminal."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command_line import FEED, Outcome, program
from feedkeep.cli import console

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("here")

# what a terminal would take as: title, colour, cursor up, screen cleared, line reversed
HOSTILE = "\x1b]0;owned\x07\x1b[31mRed\x1b[0m \x1b[1A\x9b2Jup \u202egnol\u202c\x7f\x08 end"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def test_hostile_text_does_not_reach_the_terminal(run: Callable[..., Outcome]) -> None:
    item = {**FEED["items"][0], "title": HOSTILE, "content_html": f"<p>{HOSTILE}</p>", "tags": [HOSTILE]}
    data = json.dumps({**FEED, "title": HOSTILE, "items": [item]}).encode()
    outcomes = [
        run("inspect", "-", stdin=data),
        run("import", "-", "--site", "films", stdin=data),
        run("list"),
        run("show", "https://films.example/rope"),
        run("stats"),
        run("list", "--json"),
        run("show", "https://films.example/rope", "--json"),
    ]

    assert [outcome.code for outcome in outcomes] == [0] * len(outcomes)
    for outcome in outcomes:
        assert STEERING.findall(outcome.out + outcome.err) == []
    assert "Red" in outcomes[2].out
    assert outcomes[2].out.endswith("  Red up gnol end\n")


def test_a_hostile_file_name_does_not_reach_the_terminal(run: Callable[..., Outcome]) -> None:
    outcome = run("import", "no\x1b[2Jsuch")

    assert outcome.code == 2
    assert STEERING.findall(outcome.err) == []


@given(st.text())
def test_cleaned_text_cannot_steer_a_terminal(text: str) -> None:
    cleaned = console.clean(text)

    assert STEERING.findall(cleaned) == []
    assert console.clean(cleaned) == cleaned


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert console.clean(text) == text


def test_results_and_notes_take_different_ways(run: Callable[..., Outcome], archive: Path) -> None:
    no_id = {**FEED, "items": [*FEED["items"], {"content_text": ""}, 7]}
    outcome = run("import", "-", "--archive", archive, "--site", "films", "--json", stdin=json.dumps(no_id).encode())

    assert outcome.err == ""
    assert outcome.json["notes"]["counts"]
    plain = run("import", "-", "--archive", archive, "--site", "films", stdin=json.dumps(no_id).encode())
    assert "skipped" in plain.err


def test_piped_output_has_no_colours_and_no_cut_lines(archive: Path) -> None:
    done = program("list", "--archive", str(archive), env={**os.environ, "COLUMNS": "20"})

    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "https" not in done.stderr
    assert "Gravity" in done.stdout
    assert "…" not in done.stdout


def test_an_encoding_that_lacks_a_character_is_no_reason_to_stop(archive: Path) -> None:
    done = program("stats", "--archive", str(archive), env={**os.environ, "PYTHONIOENCODING": "ascii"})

    assert done.returncode == 0
    assert "Film diary" in done.stdout
    assert "\\u2587" in done.stdout
