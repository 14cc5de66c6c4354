"""The command line: parse, call one workflow, print, exit."""

import gc
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from feedkeep.cli import (
    browse,
    by_hand,
    compare,
    console,
    diff,
    export,
    follow,
    formats,
    import_,
    inspect,
    media,
    plan,
    verify,
)
from feedkeep.errors import FeedkeepError

_DEFECT = "feedkeep: this is a defect of feedkeep, not of your files: please report it with the lines above"

app = typer.Typer(
    name="feedkeep",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a defect shows Python's own traceback, which names no local values
    rich_markup_mode=None,  # loading Rich takes as long as everything else together
)


def _command(name: str, function: Callable[..., None], example: str) -> None:
    # \b keeps the lines as they are
    app.command(name, epilog=f"\b\nExample:\n  {example}")(function)


_command("import", import_.import_, "feedkeep import export.xml feed.atom --site film-diary")
_command(
    "export",
    export.export,
    "feedkeep export rss -o public --tag film --min-rating 4 --base-url https://example.org/feeds/",
)
_command("plan", plan.plan, "feedkeep plan wxr --tag film")
_command("inspect", inspect.inspect, "feedkeep inspect export.xml")
_command("list", browse.list_, 'feedkeep list --search "time travel" --since 2014 --until 2016')
_command("show", browse.show, "feedkeep show a-film-about-a-lighthouse")
_command("diff", diff.diff, "feedkeep diff a-film-about-a-lighthouse")
_command("stats", browse.stats, "feedkeep stats --archive ~/blogs")
_command(
    "review",
    by_hand.review,
    "feedkeep review a-film-about-a-lighthouse --item Tide --kind movie --year 1998 --rating 4.5/5",
)
_command("adopt", by_hand.adopt, "feedkeep adopt disqus:1044 a-film-about-a-lighthouse")
_command("follow", follow.follow, "feedkeep follow https://backrow.example/")
_command("unfollow", follow.unfollow, "feedkeep unfollow https://backrow.example/feed/")
_command("sync", follow.sync, "feedkeep sync --now backrow.example")
_command("status", follow.status, "feedkeep status")
_media = typer.Typer(help="Files that posts refer to.", no_args_is_help=True, rich_markup_mode=None)
_media.command("fetch", epilog="\b\nExample:\n  feedkeep media fetch --site backrow.example")(media.fetch)
app.add_typer(_media, name="media")
_command("verify", verify.verify, "feedkeep verify")
_command("compare", compare.compare, "feedkeep compare old/feed.xml public/rss.xml")
_command("formats", formats.formats, "feedkeep formats jsonfeed")


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        console.say(f"feedkeep {version('feedkeep')}")
        raise typer.Exit


@app.callback(epilog="\b\nExample:\n  feedkeep import export.xml\n  feedkeep export atom -o public")
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
        app(args=arguments if arguments is None else list(arguments), prog_name="feedkeep")
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
