"""``feedkeep follow``, ``unfollow``, ``sync`` and ``status``."""

from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import console, options
from feedkeep.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.workflows.follow import Synced

Private = Annotated[
    bool, typer.Option("--allow-private", help="Also ask addresses within your own network and machine.")
]
Contact = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS",
        envvar="FEEDKEEP_CONTACT",
        help="Where those who are asked can complain; sent with each request.",
    ),
]


def follow(
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="A feed, or a page that names its feeds.")],
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Follow feeds: sync asks them from now on.

    A page is searched for the feeds that it names. To follow a list of feeds, import it: feedkeep
    import subscriptions.opml
    """
    from feedkeep.workflows import follow as workflow

    with workflow.client(contact=contact, allow_private=allow_private) as client:
        found = [pair for url in urls for pair in workflow.follow(archive, url, client)]
    if as_json:
        console.report(
            {"feeds": [{"feed": site.feed_urls[0], "title": site.title, "outcome": how} for site, how in found]}
        )
        return
    console.table((how, site.feed_urls[0], console.one_line(site.title)) for site, how in found)


def unfollow(
    wanted: Annotated[str, typer.Argument(metavar="FEED", help="Its address, its page or its title.")],
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    as_json: options.AsJson = False,
) -> None:
    """Follow a feed no longer; what was kept of it stays."""
    from feedkeep.workflows import follow as workflow

    gone = workflow.unfollow(archive, wanted)
    if as_json:
        console.report({"unfollowed": [site.feed_urls[0] if site.feed_urls else site.id for site in gone]})
        return
    for site in gone:
        console.say(f"no longer followed: {site.feed_urls[0] if site.feed_urls else site.id}")


def sync(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="FEED", help="Only these: address, page, host or title.")
    ] = None,
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    now: Annotated[
        bool, typer.Option("--now", help="Ask though nothing is due; never where a server said to wait.")
    ] = False,
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Ask the feeds that are due, and keep what they say.

    Each is asked at most as often as it wants to be, with what is held already told, so that an
    unchanged feed costs its server nothing.
    """
    from feedkeep.workflows import follow as workflow

    with workflow.client(contact=contact, allow_private=allow_private) as client, console.progress() as bar:
        results = workflow.sync(archive, client, wanted=wanted or (), now_please=now, progress=bar)
    if as_json:
        console.report({"feeds": results})
    else:
        console.table(_rows(results))
    if results and all(result.outcome == "failed" for result in results):
        raise typer.Exit(FetchError.exit_code)


def status(*, archive: options.ArchiveDir = options.ARCHIVE, as_json: options.AsJson = False) -> None:
    """Tell of each feed that is followed how it does: last success, next due, errors."""
    from feedkeep.workflows import follow as workflow

    results = workflow.status(archive)
    if as_json:
        console.report({"feeds": results})
        return
    console.table(
        (
            result.outcome,
            result.feed,
            f"last {result.succeeded:%Y-%m-%d %H:%M}" if result.succeeded else "never yet",
            f"due {result.next_due:%Y-%m-%d %H:%M}" if result.next_due else "",
            console.one_line(result.error),
        )
        for result in results
    )


def _rows(results: "Iterable[Synced]") -> "Iterator[tuple[str, ...]]":
    for result in results:
        what = f"{result.added:,} new, {result.updated:,} edited" if result.outcome == "new" else ""
        due = f"due {result.next_due:%Y-%m-%d %H:%M}" if result.next_due and result.outcome != "new" else ""
        yield result.outcome, result.feed, what or console.one_line(result.error) or due
