"""The command line: parse, call one workflow, print, exit."""

import gc
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import console
from feedkeep.errors import FeedkeepError

if TYPE_CHECKING:
    app: typer.Typer  # with all commands

_DEFECT = "feedkeep: this is a defect of feedkeep, not of your files: please report it with the lines above"

_EXAMPLES = {
    "import": "feedkeep import export.xml feed.atom --site film-diary",
    "export": "feedkeep export rss -o public --tag film --min-rating 4 --base-url https://example.org/feeds/",
    "plan": "feedkeep plan wxr --tag film",
    "inspect": "feedkeep inspect export.xml",
    "list": 'feedkeep list --search "time travel" --since 2014 --until 2016',
    "show": "feedkeep show a-film-about-a-lighthouse",
    "diff": "feedkeep diff a-film-about-a-lighthouse",
    "stats": "feedkeep stats --archive ~/blogs",
    "review": "feedkeep review a-film-about-a-lighthouse --item Tide --kind movie --year 1998 --rating 4.5/5",
    "adopt": "feedkeep adopt disqus:1044 a-film-about-a-lighthouse",
    "follow": "feedkeep follow https://backrow.example/",
    "unfollow": "feedkeep unfollow https://backrow.example/feed/",
    "sync": "feedkeep sync --now backrow.example",
    "status": "feedkeep status",
    "verify": "feedkeep verify",
    "compare": "feedkeep compare old/feed.xml public/rss.xml",
    "formats": "feedkeep formats jsonfeed",
}
# Where a command is that has no module of its own.
_MODULES = {
    "list": "browse",
    "show": "browse",
    "stats": "browse",
    "review": "by_hand",
    "adopt": "by_hand",
    "unfollow": "follow",
    "sync": "follow",
    "status": "follow",
}
_GROUPS = {"media": ("Files that posts refer to.", {"fetch": "feedkeep media fetch --site backrow.example"})}
_PYTHON = {"import": "import_", "list": "list_"}  # names that Python has other uses for


def program(commands: Iterable[str] = (*_EXAMPLES, *_GROUPS)) -> typer.Typer:
    """Make the program with these commands alone: making them all takes as long as many a command itself."""
    made = typer.Typer(
        name="feedkeep",
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # a defect shows Python's own traceback, which names no local values
        rich_markup_mode=None,  # loading Rich takes as long as everything else together
    )
    made.callback(epilog="\b\nExample:\n  feedkeep import export.xml\n  feedkeep export atom -o public")(feedkeep)
    for name in commands:
        if name in _GROUPS:
            about, members = _GROUPS[name]
            group = typer.Typer(help=about, no_args_is_help=True, rich_markup_mode=None)
            for member, example in members.items():
                _add(group, member, name, example)
            made.add_typer(group, name=name)
        else:
            _add(made, name, _MODULES.get(name, _PYTHON.get(name, name)), _EXAMPLES[name])
    return made


def _add(group: typer.Typer, name: str, module: str, example: str) -> None:
    function = getattr(import_module(f"feedkeep.cli.{module}"), _PYTHON.get(name, name))
    group.command(name, epilog=f"\b\nExample:\n  {example}")(function)  # \b keeps the lines as they are


def __getattr__(name: str) -> typer.Typer:
    if name != "app":
        raise AttributeError(f"module 'feedkeep.cli' has no attribute {name!r}")
    return program()


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        console.say(f"feedkeep {version('feedkeep')}")
        raise typer.Exit


def feedkeep(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=lambda v: _version(asked=v))
    ] = False,
) -> None:
    """Keep every post and comment. Publish them anywhere.

    Reads feeds, WordPress exports and saved pages, with their comments, into an archive of plain
    files, and writes RSS, Atom, JSON Feed and WordPress exports from it.

    \b
    Exit codes:
      0  done
      1  a defect of feedkeep
      2  wrong usage
      3  a source that cannot be read
      4  the archive is damaged, busy or not there
      5  the network did not answer as it should
      6  --strict was given and something would be lost
    """  # noqa: D301 — \b is Click's mark for lines that stay as they are


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program with these arguments, else with the process's own, and exit."""
    console.prepare()
    # Records hold no cycles; looking for some at every few hundred objects costs an import a twentieth of its time.
    gc.set_threshold(100_000, 50, 100)
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        known = words and (words[0] in _EXAMPLES or words[0] in _GROUPS)
        (program(words[:1]) if known else program())(args=words, prog_name="feedkeep")
    except FeedkeepError as error:
        console.fail(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:  # noqa: BLE001 — whatever is not expected is our own mistake
        import traceback

        traceback.print_exc()
        console.hint(_DEFECT)
        sys.exit(1)
    finally:
        console.finish()
