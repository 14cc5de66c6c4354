"""``feedkeep follow``, ``unfollow``, ``sync`` and ``status``."""

from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, media, options, synced
from feedkeep.cli.follow_options import Contact, Full, MaxRequests, Private
from feedkeep.errors import FetchError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.workflows.follow import Synced
    from feedkeep.workflows.media_report import MediaReport


def follow(
    urls: Annotated[
        list[str],
        typer.Argument(
            metavar="URL", help="A feed, a page that names its feeds, or a list of feeds (OPML), also a file."
        ),
    ],
    *,
    site: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The site that they are kept in; each feed tells if not given.",
            autocompletion=completion.sites,
        ),
    ] = None,
    archive: options.ArchiveDir = options.ARCHIVE,
    full: Full = False,
    max_requests: MaxRequests = 2000,
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Follow feeds: sync asks them from now on.

    A page is searched for the feeds that it names; where it names none, the usual places are looked
    at. Of a list, all are followed, and none is asked yet.
    """
    from feedkeep.workflows import follow as workflow

    if contact is None:
        console.hint("nobody whom feedkeep asks can reach you: name an address with --contact or FEEDKEEP_CONTACT")
    results: list[Synced] = []
    with workflow.client(contact=contact, allow_private=allow_private) as client, console.progress() as bar:
        found = [pair for url in urls for pair in workflow.follow(archive, url, client, site=site)]
        if full:
            feeds = [site.feed_urls[0] for site, _ in found]
            results = workflow.sync(archive, client, wanted=feeds, full=True, max_requests=max_requests, progress=bar)
    if as_json:
        told = [{"feed": site.feed_urls[0], "title": site.title, "outcome": how} for site, how in found]
        console.report({"feeds": told} | ({"synced": results} if full else {}))
        return
    console.table((how, site.feed_urls[0], console.one_line(site.title)) for site, how in found)
    for result in results:
        synced.say_history(result)


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
        list[str] | None, typer.Argument(metavar="FEED", help="Only these: address, page, host, title or site.")
    ] = None,
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    now: Annotated[
        bool, typer.Option("--now", help="Ask though nothing is due; never where a server said to wait.")
    ] = False,
    full: Full = False,
    max_requests: MaxRequests = 2000,
    with_media: Annotated[
        bool, typer.Option("--media", help="Also fetch the files that posts refer to, as media fetch does.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Also name what is new, edited, deleted.")] = False,
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Ask the feeds that are due, and keep what they say.

    Each is asked at most as often as it wants to be, with what is held already told, so that an
    unchanged feed costs its server nothing. With --full, all that a blog has is gone for: by the
    archive documents of its feed, WordPress's REST API, Blogger's feeds, the pages of its feeds,
    sitemaps. It takes as many runs as it takes: each goes on where the last one stopped.
    """
    from feedkeep.workflows import follow as workflow
    from feedkeep.workflows.media_fetch import fetch_media

    files: list[MediaReport] = []
    with workflow.client(contact=contact, allow_private=allow_private) as client, console.progress() as bar:
        results = workflow.sync(
            archive,
            client,
            wanted=wanted or (),
            now_please=now,
            full=full,
            max_requests=max_requests,
            progress=bar,
        )
        sites = sorted({result.site for result in results if result.site is not None})
        if with_media and sites:
            changed = {result.site for result in results if result.outcome == "new"}
            files = fetch_media(archive, client, sites=sites, settled=set(sites) - changed, progress=bar)
    if as_json:
        console.report({"feeds": results} | ({"media": files} if with_media else {}))
    else:
        console.table(synced.rows(results))
        for result in results if verbose else ():
            synced.say_news(result)
        for result in results if full else ():
            synced.say_history(result)
        media.say(files)
    if results and all(result.outcome == "failed" for result in results):
        raise typer.Exit(FetchError.exit_code)


def status(*, archive: options.ArchiveDir = options.ARCHIVE, as_json: options.AsJson = False) -> None:
    """Tell of each feed that is followed how it does: last success, next due, errors, and how much of it is held.

    Where media were fetched, the files that are missing are named, too.
    """
    from feedkeep.archive import Archive
    from feedkeep.workflows import follow as workflow
    from feedkeep.workflows.media_report import remembered

    results = workflow.status(archive)
    files = remembered(Archive.open(archive))
    if as_json:
        console.report({"feeds": results, "media": files})
        return
    console.table(
        (
            result.outcome,
            result.feed,
            f"last {result.succeeded:%Y-%m-%d %H:%M}" if result.succeeded else "never yet",
            f"due {result.next_due:%Y-%m-%d %H:%M}" if result.next_due else "",
            synced.held(result),
            console.one_line(result.error or (f"moved to {result.moved}" if result.moved else "")),
        )
        for result in results
    )
    for result in results:
        synced.say_lacking(result)
    media.say(files)


def import_whole(
    urls: list[str],
    archive: "Path",
    *,
    site: str | None,
    max_requests: int,
    allow_private: bool,
    contact: str | None,
    as_json: bool,
) -> None:
    """Import blogs with their history, and say what came of it. Raises UsageError for what is no address."""
    from feedkeep.workflows import follow as workflow

    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{url} is no address: --full goes for what a blog on the web has")
    with workflow.client(contact=contact, allow_private=allow_private) as client, console.progress() as bar:
        results = [
            result
            for url in urls
            for result in workflow.import_whole(
                archive, url, client, site=site, max_requests=max_requests, progress=bar
            )
        ]
    if as_json:
        console.report({"feeds": results})
    else:
        console.table(synced.rows(results))
        for result in results:
            synced.say_history(result)
    if results and all(result.history is not None and result.history.error for result in results):
        raise typer.Exit(FetchError.exit_code)
