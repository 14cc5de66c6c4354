"""The documents say what is so: their examples run, their tables are complete, their links lead somewhere."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep import cli, formats
from feedkeep.workflows import describe

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = [*(command.name for command in cli.app.registered_commands if command.name), "media fetch"]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
_SHOWN = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_ELISION = "…\n"


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(page.read_text("utf-8")) if kind == language]


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples expect to find in a clone, in which they may write."""
    for part in ("archive", "tests/data/sample", "tests/data/importers/remark42"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns(".index.sqlite*", ".lock"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FEEDKEEP_ARCHIVE", raising=False)
    return tmp_path


@pytest.mark.parametrize("page", pages_with("python"), ids=name)
@pytest.mark.usefixtures("clone")
def test_the_python_of_a_page_runs(page: Path) -> None:
    known: dict[str, Any] = {"__name__": "page"}
    for text in blocks(page, "python"):
        exec(compile(text, name(page), "exec", dont_inherit=True), known)  # noqa: S102 — our own pages


@pytest.mark.skipif(os.name == "nt", reason="the pages show the paths of other systems")
@pytest.mark.parametrize("page", pages_with("console"), ids=name)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, clone: Path, *, accept: bool) -> None:
    actual = refreshed(page.read_text("utf-8"), clone)
    if accept:
        page.write_text(actual, "utf-8")

    assert page.read_text("utf-8") == actual


def refreshed(text: str, folder: Path) -> str:
    """The page with what its commands really print; a line "…" stands for any lines."""

    def block(found: re.Match[str]) -> str:
        return f"```console\n{_SHOWN.sub(example, found[1])}```"

    def example(found: re.Match[str]) -> str:
        printed = run(found[1], folder)
        pattern = "(?:.*\\n)*".join(map(re.escape, found[2].split(_ELISION)))
        return found[0] if re.fullmatch(pattern, printed) else f"$ {found[1]}\n{printed}"

    return re.sub(r"^```console\n(.*?)^```$", block, text, flags=re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """What a person would see on the terminal; only feedkeep is run."""
    words = shlex.split(command)
    assert words[0] == "feedkeep", f"an example that cannot be tried: {command}"
    done = subprocess.run(
        [sys.executable, "-c", "from feedkeep.cli import main; main()", *words[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )
    return re.sub(r" +$", "", done.stdout, flags=re.MULTILINE)


def test_the_readme_has_examples_of_both_kinds() -> None:
    assert blocks(ROOT / "README.md", "python")
    assert blocks(ROOT / "README.md", "console")


@pytest.mark.parametrize("page", ["cli.md", "formats.md"])
def test_the_generated_pages_are_fresh(page: str) -> None:
    assert (ROOT / "docs" / page).read_text("utf-8") == generator().PAGES[page](), "run `make docs`"


@pytest.mark.parametrize("name_", formats.EXPORTERS)
def test_each_option_of_a_format_is_explained(name_: str) -> None:
    (format_,) = (format_ for format_ in describe.list_formats().writable if format_.name == name_)

    assert format_.settings
    assert [setting.name for setting in format_.settings if not setting.help] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_in_the_documents(command: str) -> None:
    assert f"\n## feedkeep {command}\n" in (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert f"feedkeep {command}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("format_", sorted({*formats.IMPORTERS, *formats.EXPORTERS}))
def test_each_format_is_in_the_documents(format_: str) -> None:
    assert f"`{format_}`" in (ROOT / "README.md").read_text("utf-8")
    reference = (ROOT / "docs" / "formats.md").read_text("utf-8")
    assert (f"| `{format_}` |" in reference) == (format_ in formats.IMPORTERS)
    assert (f"\n### {format_}\n" in reference) == (format_ in formats.EXPORTERS)


@pytest.mark.parametrize(
    "command",
    [
        "import tests/data/sample --archive fresh",
        "export jsonfeed -o public",
        "inspect tests/data/sample",
        "list",
        "stats",
        "verify",
        "formats",
    ],
)
def test_each_key_of_json_is_documented(command: str, clone: Path) -> None:
    section = (ROOT / "docs" / "json.md").read_text("utf-8").partition(f"\n## {command.partition(' ')[0]}\n")[2]
    explained = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", section.partition("\n## ")[0]))))

    assert sorted(keys(json.loads(run(f"feedkeep {command} --json", clone))) - explained) == []


# tables whose keys are names out of the archive or of formats
_TABLES = {
    *(
        "counts",
        "zones",
        "authors",
        "commenters",
        "terms",
        "term_counts",
        "years",
        "losses",
        "held_back",
        "other_kinds",
        "private_inside",
    ),
    *("dropped", "altered", "sometimes", "notes"),
}


def keys(report: Any) -> set[str]:
    """The keys that are names of ours."""
    if isinstance(report, list):
        return {key for item in report for key in keys(item)}
    if not isinstance(report, dict):
        return set()
    inside = (value for key, value in report.items() if key not in _TABLES and (key, type(value)) != ("posts", dict))
    return set(report).union(*map(keys, inside))


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"], ids=name)
def test_links_within_the_project_lead_somewhere(page: Path) -> None:
    targets = [link for link in _LINK.findall(page.read_text("utf-8")) if "://" not in link]

    assert [link for link in targets if not (page.parent / link).exists()] == []


def test_the_arrows_drawn_are_the_arrows_checked() -> None:
    (layers,) = re.findall(
        r"^layers = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    checked = [re.findall(r"feedkeep\.(\w+)", line) for line in layers.splitlines()]
    (drawn,) = re.findall(r"^    cli(?:.*\n)+?\n", (ROOT / "docs" / "architecture.md").read_text("utf-8"), re.MULTILINE)

    assert [re.findall(r"\w+", line) for line in drawn.splitlines() if line] == checked


def test_each_verb_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (verbs,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)

    assert [verb for verb in verbs.split() if verb != "help" and f'"make {verb} ' not in makefile] == []


def test_the_requirements_are_pinned_by_hash_and_name_no_place() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text("utf-8")
        pinned = re.findall(
            r"^[a-z0-9][a-z0-9._-]*==\S+ .*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE
        )
        assert "".join(pinned) == text, path.name
        assert pinned, path.name


def test_what_the_package_needs_is_pinned() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    (listed,) = re.findall(r"^dependencies = \[\n(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    pinned = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")

    for package in re.findall(r'"([a-z0-9-]+)', listed):
        assert re.search(rf"^{package}==", pinned, re.MULTILINE), package


def test_every_loss_that_was_measured_is_declared() -> None:
    rows = [line for line in (ROOT / "docs" / "fidelity.md").read_text("utf-8").splitlines() if line.count(" | ") == 5]
    losses = [line.strip("| ").split(" | ") for line in rows if "---" not in line]
    assert len(losses) > 100
    assert [cells[0] for cells in losses if len(cells) < 6] == []
