"""``feedkeep formats``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, options
from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from feedkeep.workflows.describe import FormatList, Writable


def formats(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="FORMAT", help="Tell what this format loses, and its options.", autocompletion=completion.writable
        ),
    ] = None,
    *,
    as_json: options.AsJson = False,
) -> None:
    """List the formats, and what each of them loses."""
    from feedkeep.workflows.describe import list_formats

    known = list_formats()
    chosen = [format_ for format_ in known.writable if name in {None, format_.name}]
    if name is not None and not chosen:
        msg = f"no format {name!r} is written; choose from {', '.join(format_.name for format_ in known.writable)}"
        raise UsageError(msg)
    if as_json:
        console.report(known if name is None else chosen[0])
    elif name is None:
        _say(known)
    else:
        _say_one(chosen[0])


def _say(known: "FormatList") -> None:
    console.say("reads")
    console.table(((format_.name, format_.label) for format_ in known.readable), indent=2)
    console.say("writes")
    console.table(((format_.name, format_.label, _lost(format_)) for format_ in known.writable), indent=2)
    console.say()
    console.say("feedkeep formats NAME tells what NAME loses, and why")


def _say_one(format_: "Writable") -> None:
    console.say(f"{format_.name}: {format_.label}, for {_AUDIENCES[format_.audience]}")
    if format_.needs is not None:
        console.say(f"needs more than feedkeep itself: pip install '{format_.needs}'")
    for title, losses in (
        ("drops", format_.dropped),
        ("alters", format_.altered),
        ("alters at times", format_.sometimes),
    ):
        if losses:
            console.say(title)
            console.table(losses.items(), indent=2)
    console.say("options")
    console.table(_settings(format_), indent=2)


def _settings(format_: "Writable") -> Iterator[tuple[str, ...]]:
    for setting in format_.settings:
        default = "" if setting.default is None else f" (default {setting.default})"
        yield f"-O {setting.name}={setting.type}", setting.help + default


def _lost(format_: "Writable") -> str:
    told = f"drops {len(format_.dropped)} and alters {len(format_.altered)} kinds of data"
    return told if format_.needs is None else f"{told}; needs {format_.needs}"


_AUDIENCES = {"public": "publishing: private matter stays out", "migration": "moving house: private matter goes along"}
