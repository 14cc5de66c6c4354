"""``feedkeep export``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, options
from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from feedkeep.workflows.measured import ExportReport, Loss

_STDOUT = "-"
_SHOWN = 5  # of what is lost


def export(
    format: Annotated[  # noqa: A002 — the user's word
        str,
        typer.Argument(
            metavar="FORMAT", help="What to write; see: feedkeep formats.", autocompletion=completion.writable
        ),
    ],
    *,
    destination: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DEST",
            help="A folder, a .zip, a book's .epub, or - where the export is one file.",
        ),
    ] = None,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    tag: options.Tags = None,
    category: options.Categories = None,
    author: options.Authors = None,
    kind: options.Kinds = None,
    since: options.Since = None,
    until: options.Until = None,
    as_of: options.AsOf = None,
    reviews: options.Reviews = False,
    min_rating: options.MinRating = None,
    limit: options.Limit = None,
    include: options.Include = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the files will live; links to themselves begin with it.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option("-O", "--option", metavar="NAME=VALUE", help="An option of the format; see: feedkeep formats."),
    ] = None,
    each: Annotated[
        bool,
        typer.Option("--each", help="A feed or bag for each site, in a folder of its own, instead of one for all."),
    ] = False,
    repair_text: Annotated[
        bool, typer.Option("--repair-text", help="Mend wrongly decoded text on the way out.")
    ] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Write nothing, and exit with 6, if anything that a reader would miss is lost."),
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Write the archive's posts and comments in a format.

    Drafts, private matter, comments awaiting approval, e-mail and IP addresses stay in the archive
    unless --include names them. Names of one option are alternatives; different options must all hold.
    Several sites become one feed, newest first, each post with its source, or one bag; other formats get a folder each.
    """
    from feedkeep.notes import Notes
    from feedkeep.workflows import export as workflow

    if as_json and destination == _STDOUT:
        raise UsageError("--json and -o - both want standard output; choose one")
    given = options.settings(setting or ())
    if base_url is not None:
        given["base_url"] = base_url
    noted = Notes()
    with console.progress() as bar:
        reports = workflow.export(
            archive,
            format,
            destination,
            sites=tuple(site or ()),
            selection=options.selection(
                tags=tag,
                categories=category,
                authors=author,
                kinds=kind,
                since=since,
                until=until,
                as_of=as_of,
                reviews=reviews,
                min_rating=min_rating,
                limit=limit,
                include=include,
            ),
            options=given,
            each=each,
            repair_text=repair_text,
            strict=strict,
            notes=noted,
            progress=bar,
        )
    if as_json:
        console.report({"reports": reports}, noted)
        return
    for report in reports:
        _say(report, say=console.hint if destination == _STDOUT else console.say)
    console.notes(noted)


def _say(report: "ExportReport", *, say: Callable[[str], None]) -> None:
    held = [console.plural(report.posts, "post")]
    if report.comments:
        held.append(console.plural(report.comments, "comment"))
    say(f"{report.site} → {report.destination}: {report.format}, {', '.join(held)}")
    files = {"written": report.written, "unchanged": report.unchanged, "removed": report.removed}
    say(f"  {console.plural(report.files, 'file')}: {listed(files) or 'none'}")
    if report.other_kinds:
        say(f"  left out: {listed(report.other_kinds)}; --kind takes them along")
    if report.held_back:
        say(f"  kept back: {listed(report.held_back)}; --include lets them out")
    if report.private_inside:
        say(f"  private matter inside: {listed(report.private_inside)}; do not publish it")
    losses = sorted(missed(report).items(), key=lambda item: (-item[1].count, item[0]))
    for key, loss in losses[:_SHOWN]:
        console.hint(f"{'lost' if loss.dropped else 'altered'}: {key} ({loss.count:,}): {loss.reason}")
    if len(losses) > _SHOWN:
        console.hint(f"lost: {len(losses) - _SHOWN} more; feedkeep plan {report.format} tells all, before you write")


def missed(report: "ExportReport") -> "dict[str, Loss]":
    """The losses that somebody would notice."""
    return {key: loss for key, loss in report.losses.items() if not loss.incidental}


def listed(matters: dict[str, int]) -> str:
    """Matters with their numbers, those that there are."""
    return ", ".join(f"{number:,} {matter}" for matter, number in matters.items() if number)
