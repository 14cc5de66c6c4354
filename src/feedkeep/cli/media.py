"""``feedkeep media fetch``, and what other commands say of files."""

from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import console, options
from feedkeep.cli.follow_options import Contact, Private
from feedkeep.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.workflows.media_report import MediaReport

_SHOWN = 5  # of what is missing

MaxFile = Annotated[str, typer.Option("--max-file", metavar="SIZE", help="Leave out files that are larger.")]
MaxTotal = Annotated[str, typer.Option("--max-total", metavar="SIZE", help="End the run after so much.")]


def fetch(
    *,
    site: options.Sites = None,
    archive: options.ArchiveDir = options.ARCHIVE,
    now: Annotated[
        bool, typer.Option("--now", help="Ask again for what was missing; never where a server said to wait.")
    ] = False,
    max_file: MaxFile = "500MB",
    max_total: MaxTotal = "20GB",
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Fetch the files that posts refer to: pictures, enclosures, attachments, sound, film, linked papers.

    The original comes before what a platform shows small. What is held is never asked for again, what
    was cut short goes on where it stopped, and what is missing is listed and asked for again when it
    is due.
    """
    from feedkeep.workflows import follow, media_fetch

    with follow.client(contact=contact, allow_private=allow_private) as client, console.progress() as bar:
        reports = media_fetch.fetch_media(
            archive,
            client,
            sites=site or (),
            now_please=now,
            max_file=options.size(max_file),
            max_total=options.size(max_total),
            progress=bar,
        )
    if as_json:
        console.report({"sites": reports})
    else:
        say(reports)
    if any(report.missing for report in reports) and not any(report.held for report in reports):
        raise typer.Exit(FetchError.exit_code)


def say(reports: "Iterable[MediaReport]") -> None:
    """Say what files are held, and which are not."""
    for report in reports:
        parts = [f"{report.held:,} of {report.named:,} address{'' if report.named == 1 else 'es'} held"]
        if report.fetched:
            parts.insert(0, f"{console.plural(report.fetched, 'file')} fetched ({console.size(report.bytes)})")
        if report.missing:
            parts.append(f"{len(report.missing):,} missing")
        if report.waiting:
            parts.append(f"{report.waiting:,} for the next run")
        if report.error:
            parts.append(console.one_line(report.error))
        console.say(f"{report.site}: {'; '.join(parts)}")
        for one in report.missing[:_SHOWN]:
            due = f"; asked again from {one.due:%Y-%m-%d}" if one.due is not None else ""
            console.say(f"  missing {one.url}: {console.one_line(one.why)}{due}")
        if len(report.missing) > _SHOWN:
            console.say(f"  missing {len(report.missing) - _SHOWN:,} more; --json lists them")
