"""Write the pages that say what the program itself knows: the command line and the formats.

``python docs/generate.py`` writes them, ``--check`` only tells whether they are fresh.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from feedkeep.cli import app
from feedkeep.workflows.describe import FormatList, Setting, Writable, list_formats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HERE = Path(__file__).parent
MARK = "<!-- written by docs/generate.py: change the program, then run `make docs` -->\n"
AUDIENCES = {
    "public": "for publishing: private matter stays out unless `--include` names it",
    "migration": "for moving house: private matter goes along, and the report says which",
}


def commands() -> list[str]:
    """Names of all commands, in the order of the help; those of a group follow."""
    alone = [command.name for command in app.registered_commands if command.name]
    grouped = [
        f"{group.name} {command.name}"
        for group in app.registered_groups
        if group.typer_instance is not None
        for command in group.typer_instance.registered_commands
    ]
    return alone + grouped


def help_of(*words: str) -> str:
    """What ``--help`` prints on a terminal of 80 columns."""
    result = CliRunner().invoke(
        app, [*words, "--help"], prog_name="feedkeep", env={"COLUMNS": "80", "FEEDKEEP_ARCHIVE": None}
    )
    if result.exit_code != 0:
        raise SystemExit(f"--help of {' '.join(words)!r} failed: {result.output}")
    return "\n".join(line.rstrip() for line in result.output.splitlines()).strip()


def cli_page() -> str:
    """The page of commands."""
    parts = ["# The command line\n", MARK, f"```text\n{help_of()}\n```\n"]
    for name in commands():
        parts += [f"## feedkeep {name}\n", f"```text\n{help_of(*name.split())}\n```\n"]
    return "\n".join(parts)


def formats_page() -> str:
    """The page of formats."""
    known = list_formats()
    parts = ["# The formats\n", MARK, *_read_part(known), *_written_part(known)]
    return "\n".join(parts)


def _read_part(known: FormatList) -> Iterator[str]:
    yield "## Read\n"
    yield _table(
        ("name", "what it is", "kind of source", "if the bytes are not well formed"),
        (
            (
                f"`{format_.name}`",
                format_.label,
                format_.kind,
                f"read again with `{format_.fallback}`" if format_.fallback else "an error",
            )
            for format_ in known.readable
        ),
    )
    yield "Where two sources tell of one post and neither is newer, the richer kind wins: export, API, feed, page.\n"


def _written_part(known: FormatList) -> Iterator[str]:
    yield "## Written\n"
    yield (
        "What is not listed as lost survives. `feedkeep export` tells what the posts at hand really lose,\n"
        "and `--strict` refuses to lose anything.\n"
    )
    for format_ in known.writable:
        yield f"### {format_.name}\n"
        yield f"{format_.label}, {AUDIENCES[format_.audience]}.\n"
        if format_.needs is not None:
            yield f"It needs more than feedkeep itself: `pip install '{format_.needs}'`.\n"
        yield from _losses(format_)
        yield _table(("option", "value", "default", "what it does"), map(_setting, format_.settings))


def _losses(format_: Writable) -> Iterator[str]:
    rows = [(f"`{key}`", "dropped", why) for key, why in format_.dropped.items()]
    rows += [(f"`{key}`", "altered", why) for key, why in format_.altered.items()]
    rows += [(f"`{key}`", "altered at times", why) for key, why in format_.sometimes.items()]
    yield _table(("what", "is", "because"), sorted(rows)) if rows else "It loses nothing.\n"


def _setting(setting: Setting) -> tuple[str, ...]:
    default = "none" if setting.default is None else f"`{setting.default}`"
    return f"`-O {setting.name}=…`", setting.type, default, setting.help


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


PAGES = {"cli.md": cli_page, "formats.md": formats_page}


def main() -> None:
    """Write the pages, or tell which are stale."""
    fresh = {HERE / name: page() for name, page in PAGES.items()}
    stale = [path for path, text in fresh.items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in sys.argv[1:]:
        if stale:
            raise SystemExit(f"stale: {', '.join(path.name for path in stale)}; run `make docs`")
        return
    for path in stale:
        path.write_text(fresh[path], "utf-8", newline="\n")


if __name__ == "__main__":
    main()
