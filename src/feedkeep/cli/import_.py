"""``feedkeep import``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, options
from feedkeep.cli import follow as fetching
from feedkeep.cli.follow_options import Contact, MaxRequests, Private

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.source import Source
    from feedkeep.workflows.open_import import Counts, ImportReport

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        show_default=False,
        help="File, folder, .zip, .gz, web archive or address; - is standard input.",
    ),
]


def import_(
    sources: Sources,
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The site they belong to; the source tells if not given.",
            autocompletion=completion.sites,
        ),
    ] = None,
    format: options.Format = None,  # noqa: A002 — the user's word
    timezone: options.Timezone = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    keep_source: Annotated[bool, typer.Option(help="Keep what was read, byte for byte, beside the records.")] = True,
    full: Annotated[
        bool, typer.Option("--full", help="Of an address: the blog's whole history, as far as it can be had.")
    ] = False,
    max_requests: MaxRequests = 2000,
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Read posts and comments into the archive.

    Importing something again changes nothing; importing a newer export of the same blog adds and
    updates. A source that cannot be read leaves the archive as it was.
    """
    from feedkeep.notes import Notes
    from feedkeep.workflows.import_ import import_sources

    if full:
        fetching.import_whole(
            sources,
            archive,
            site=site,
            max_requests=max_requests,
            allow_private=allow_private,
            contact=contact,
            as_json=as_json,
        )
        return
    noted = Notes()
    with console.progress() as bar:
        reports = import_sources(
            archive,
            opened(sources, timezone, allow_private=allow_private, contact=contact),
            site=site,
            format=format,
            dry_run=dry_run,
            keep_source=keep_source,
            notes=noted,
            progress=bar,
        )
    if as_json:
        console.report({"dry_run": dry_run, "reports": reports}, noted)
        return
    for report in reports:
        _say(report)
    for name, waiting in {report.site: report.orphans for report in reports if report.orphans}.items():
        console.say(f"{name} holds {console.plural(waiting, 'comment')} whose post has not come yet")
    if dry_run:
        console.say("dry run: nothing was written")
    console.notes(noted)


def opened(
    names: list[str], timezone: str | None, *, allow_private: bool = False, contact: str | None = None
) -> "list[Source]":
    """Open what the command line names. Raises UsageError for what is not there, FetchError for what does not answer."""
    zone = options.zone(timezone)
    return [_opened(name, zone, allow_private=allow_private, contact=contact) for name in names]


def _opened(name: str, zone: "dt.tzinfo | None", *, allow_private: bool, contact: str | None) -> "Source":
    from feedkeep.source import Source

    if name == "-":
        return Source.from_stream(sys.stdin.buffer, timezone=zone)
    if name.startswith(("http://", "https://")):
        from feedkeep.workflows import follow

        with follow.client(contact=contact, allow_private=allow_private) as client:
            found = follow.fetched(name, client)
        found.timezone = zone
        return found
    return Source.from_path(Path(name), timezone=zone)


def _say(report: "ImportReport") -> None:
    console.unread(report.unread)
    if report.format is None:
        return
    source = "standard input" if report.source == "-" else report.source
    console.say(f"{console.one_line(source)} ({report.format}) → {report.site}")
    rows = [(kind, _sentence(counts)) for kind, counts in report.counts.items() if counts.total]
    console.table(rows or [("nothing", "")], indent=2)


def _sentence(counts: "Counts") -> str:
    parts = {
        "added": counts.added,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "skipped": counts.skipped,
    }
    return ", ".join(f"{number:,} {word}" for word, number in parts.items() if number)
