"""Starting the program loads what it needs to say something, and no more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("lxml", "feedparser", "feedgen", "msgspec", "nh3", "ftfy", "warcio", "dateutil", "rich", "sqlite3")
HTTP = ("httpx", "requests", "urllib3", "http.client", "urllib.request", "socket", "ssl")
OURS = ("feedkeep.importers", "feedkeep.exporters", "feedkeep.archive", "feedkeep.workflows", "feedkeep.formats")

_PROGRAM = """
import json, sys
sys.argv = ["feedkeep", *json.loads(sys.argv[1])]
from feedkeep.cli import main
try:
    main()
except SystemExit as stop:
    code = stop.code
print("\\n" + json.dumps([code, sorted(sys.modules)]))
"""


def loaded(*words: str) -> set[str]:
    """The modules in memory once the command is done."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, json.dumps(words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert not code, done.stderr
    return set(modules)


def within(modules: set[str], packages: tuple[str, ...]) -> list[str]:
    return sorted(m for m in modules if any(m == package or m.startswith(package + ".") for package in packages))


@pytest.mark.parametrize("words", [("--help",), ("import", "--help"), ("export", "--help"), ("--version",)])
def test_saying_what_it_can_do_loads_no_format_and_nothing_heavy(words: tuple[str, ...]) -> None:
    modules = loaded(*words)

    assert "feedkeep.cli" in modules
    assert within(modules, OURS) == []
    assert within(modules, HEAVY) == []


def test_help_loads_no_http_client() -> None:
    assert within(loaded("--help"), HTTP) == []


def test_a_command_loads_no_other() -> None:
    assert (
        within(loaded("export", "--help"), ("feedkeep.cli.follow", "feedkeep.cli.import_", "feedkeep.cli.plan")) == []
    )


def test_an_export_loads_nothing_that_only_imports_need(tmp_path: Path) -> None:
    modules = loaded("export", "rss", "-a", str(Path(__file__).parents[1] / "archive"), "-o", str(tmp_path / "out"))

    assert within(modules, ("feedkeep.exporters",)) == ["feedkeep.exporters", "feedkeep.exporters.rss"]
    assert within(modules, ("feedkeep.importers", "feedparser", "ftfy", "isal", "rich", "warcio")) == []


def test_the_measure_sees_what_is_loaded() -> None:
    assert within(loaded("formats"), OURS) != []
    assert within(loaded("formats"), HEAVY) != []
