"""``feedkeep compare``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import console, options
from feedkeep.errors import LossError

if TYPE_CHECKING:
    from feedkeep.workflows.compare import Difference, Entry

_LONGEST = 60  # characters of a text that changed


def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD_FEED", help="The feed that people are subscribed to.")],
    new: Annotated[Path, typer.Argument(metavar="NEW_FEED", help="The one that will take its place.")],
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 6 if a subscriber would notice anything.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell what subscribers would notice if one feed took the place of another.

    Entries that a reader would show as new, changed or gone, and why: readers know an entry by its
    id, so one whose id changed is shown again, however old it is.
    """
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.workflows import compare as workflow

    found = workflow.compare(Source.from_path(old), Source.from_path(new), notes=Notes())
    if as_json:
        console.report(found)
    else:
        _say(found)
    if strict and found.noticed:
        raise LossError(f"subscribers would notice {console.plural(found.noticed, 'change')}")


def _say(found: "Difference") -> None:
    console.say(
        f"{console.plural(found.old, 'entry').replace('entrys', 'entries')} before, {found.new:,} after, "
        f"{found.same:,} the same"
    )
    for before, after, why in found.renamed:
        console.say(f"shown again: {_called(after)}: {why}")
        console.table([("was", before.id), ("is", after.id)], indent=2)
    for entry in found.shown_as_new:
        console.say(f"new: {_called(entry)}")
    for entry in found.gone:
        console.say(f"gone: {_called(entry)}")
    for change in found.changed:
        console.say(f"changed: {_called(change.entry)}: {', '.join(change.fields)}")
        console.table(((name, _short(was), "→", _short(now)) for name, (was, now) in change.fields.items()), indent=2)
    if not found.noticed:
        console.say("no subscriber would notice")


def _called(entry: "Entry") -> str:
    return console.one_line(entry.title) or console.one_line(entry.id)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
