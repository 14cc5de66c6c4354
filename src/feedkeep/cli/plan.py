"""``feedkeep plan``."""

from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, options
from feedkeep.cli.export import listed, missed

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.selection import Selection
    from feedkeep.workflows.fidelity import Fidelity
    from feedkeep.workflows.measured import ExportReport

# How a person calls what is lost, where the field's own name does not say it.
_CALLED = {
    "Comment": "whole comment",
    "Media": "whole media record",
    "Media.alt": "description of a picture",
    "Person.avatar": "portrait",
    "Person.email": "e-mail address",
    "Post.comments_open": "setting whether comments are open",
    "Post.content": "body",
    "Post.deleted": "tombstone of a post",
    "Comment.deleted": "tombstone of a comment",
    "Post.enclosures": "enclosure",
    "Post.password": "password",
    "Post.pings_open": "setting whether pings are open",
    "Post.reviews": "review",
    "Post.urls": "old address",
    "Comment.ip": "IP address",
    "Term.taxonomy": "term that is no category",
    "Term.parent": "term below another",
}


def plan(
    format: Annotated[  # noqa: A002 — the user's word
        str,
        typer.Argument(
            metavar="FORMAT", help="What it is to become; see: feedkeep formats.", autocompletion=completion.writable
        ),
    ],
    *,
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
    measured: Annotated[
        bool, typer.Option("--measured", help="Write it to a temporary folder, read that back, and count what came.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Tell what an export would carry and what it would lose; nothing is kept of it.

    Counts what your own posts and comments hold that the format has no place for, says why, and
    what to do about it. With --measured, it is not told but tried.
    """
    from feedkeep.workflows import export as workflow

    selection = options.selection(
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
    )
    if measured:
        _try(archive, format, tuple(site or ()), selection, as_json=as_json)
        return
    reports = workflow.plan(archive, format, sites=tuple(site or ()), selection=selection)
    if as_json:
        console.report({"reports": reports})
        return
    for report in reports:
        _say(report)


def _try(archive: "Path", name: str, sites: tuple[str, ...], selection: "Selection", *, as_json: bool) -> None:
    from feedkeep.workflows import fidelity

    with console.progress() as progress:
        tried = fidelity.measure(archive, name, sites=sites, selection=selection, progress=progress)
    if as_json:
        console.report({"measured": tried})
        return
    for result in tried:
        _say_measured(result)


def _say_measured(result: "Fidelity") -> None:
    if not result.importers:
        console.say(f"{result.site} → {result.format}: feedkeep does not read this format back; see: feedkeep plan")
        return
    there = ", ".join(
        f"{count.survived:,} of {console.plural(count.held, model.lower())}"
        for model, count in result.counts.items()
        if model in {"Post", "Comment"}
    )
    console.say(f"{result.site} → {result.format} → {result.site}: {there or 'nothing to carry'} came back")
    rows = [
        (_CALLED.get(key, key), f"{c.held:,}", f"{c.survived:,}", f"{c.changed:,}", f"{c.lost:,}", c.reason or "")
        for key, c in result.missed().items()
    ]
    if rows:
        console.table([("", "held", "same", "changed", "lost", ""), *rows], indent=2, right=(1, 2, 3, 4))
    else:
        console.say("  nothing that a reader would miss is lost")


def _say(report: "ExportReport") -> None:
    carried = [console.plural(report.posts, "post")]
    if "Comment" not in report.losses:
        carried.append(console.plural(report.comments, "comment"))
    console.say(f"{report.site} → {report.format}: carries {', '.join(carried)}")
    for what, matters in (("left out", report.other_kinds), ("kept back", report.held_back)):
        if matters:
            console.say(f"  {what}: {listed(matters)}")
    if report.private_inside:
        console.say(f"  private matter inside: {listed(report.private_inside)}")
    losses = sorted(missed(report).items(), key=lambda item: (not item[1].dropped, -item[1].count, item[0]))
    if not losses:
        console.say("  nothing that a reader would miss is lost")
    for dropped, heading in ((True, "cannot be carried"), (False, "changes its form")):
        rows = [
            (f"{loss.count:,} ×", _CALLED.get(key, key), loss.reason, loss.advice or "")
            for key, loss in losses
            if loss.dropped is dropped
        ]
        if rows:
            console.say(f"  {heading}:")
            console.table(rows, indent=4, right=(0,))
    incidental = len(report.losses) - len(losses)
    if incidental:
        console.say(f"  and {incidental} of feedkeep's own notes, which {report.format} makes anew or does without")
