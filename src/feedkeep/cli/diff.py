"""``feedkeep diff``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedkeep.cli import completion, console, options, thread

if TYPE_CHECKING:
    from feedkeep.workflows.differences import Edit


def diff(
    post: Annotated[
        str,
        typer.Argument(
            metavar="POST", help="Its id, address, slug, path or part of its title.", autocompletion=completion.posts
        ),
    ],
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    markup: Annotated[
        bool, typer.Option("--markup", help="Compare texts tag by tag instead of as they are read.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show what was edited in a post and its comments, oldest first.

    The archive keeps every version that a source told; "show --history" prints them whole.
    """
    from feedkeep.workflows.differences import differences

    found = differences(archive, post, sites=tuple(site or ()), markup=markup)
    if as_json:
        console.report(found)
        return
    console.say(console.one_line(found.title) or found.path)
    for edit in found.edits:
        _say(edit)
    if not found.edits:
        console.hint("nothing was edited, as far as the sources tell that were read")


def _say(edit: "Edit") -> None:
    console.say()
    days = " → ".join(thread.day(moment) or "?" for moment in (edit.before, edit.after))
    console.say(console.one_line(f"{days} · {edit.of} ({', '.join(edit.formats)})"))
    for name, change in edit.fields.items():
        if change.lines:
            console.say(f"  {name}")
            for line in change.lines:
                console.say(f"    {console.clean(line)}")
        else:
            console.say(f"  {name}: {_short(change.was)} → {_short(change.now)}")


def _short(value: Any) -> str:  # noqa: ANN401 — a field of any type
    if isinstance(value, list):
        return ", ".join(map(_short, value)) or "nothing"
    if isinstance(value, dict):
        return _short(value.get("name") or value.get("slug") or value.get("url") or value.get("id") or str(value))
    return console.one_line(str(value)) if value not in (None, "") else "nothing"
