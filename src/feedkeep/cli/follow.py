"""``feedkeep follow``, ``unfollow``, ``sync`` and ``status``."""

from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, media, options
from feedkeep.cli.follow_options import Contact, Full, MaxRequests, Private
from feedkeep.errors import FetchError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from feedkeep.workflows.follow import Synced
    from feedkeep.workflows.media_report import MediaReport

_SHOWN = 5  # of what is missing


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
        _say_history(result)


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
        console.table(_rows(results))
        for result in results if verbose else ():
            _say_news(result)
        for result in results if full else ():
            _say_history(result)
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
            _held(result),
            console.one_line(result.error or (f"moved to {result.moved}" if result.moved else "")),
        )
        for result in results
    )
    for result in results:
        _say_lacking(result)
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
        console.table(_rows(results))
        for result in results:
            _say_history(result)
    if results and all(result.history is not None and result.history.error for result in results):
        raise typer.Exit(FetchError.exit_code)


def _rows(results: "Iterable[Synced]") -> "Iterator[tuple[str, ...]]":
    for result in results:
        what = f"{result.added:,} new, {result.updated:,} edited" if result.outcome == "new" else ""
        if result.deleted:
            what += f", {result.deleted:,} deleted"
        due = f"due {result.next_due:%Y-%m-%d %H:%M}" if result.next_due and result.outcome != "new" else ""
        yield result.outcome, result.feed, what or console.one_line(result.error) or due


def _say_news(result: "Synced") -> None:
    """Name what a feed brought."""
    if result.news:
        console.say(f"{result.feed}:")
    console.table(
        (
            (
                one.what,
                one.kind,
                f"by {one.title}" if one.kind == "comment" and one.title else one.title or "",
                one.url or one.id,
            )
            for one in result.news
        ),
        indent=2,
    )


def _held(result: "Synced") -> str:
    """Say how much is held of what a blog claims to have."""
    found = result.completeness
    if found is None:
        return ""
    parts = {"post": found.posts, "page": found.pages, "comment": found.comments}
    return ", ".join(
        f"{part.held:,} of {console.plural(part.claimed, word)}"
        if part.claimed is not None and part.claimed > part.held
        else console.plural(part.held, word)
        for word, part in parts.items()
        if part.held or part.claimed
    )


def _say_history(result: "Synced") -> None:
    """Say how the walk went, and what is not held after it."""
    walked = result.history
    if walked is None:
        return
    how = "whole" if walked.is_whole else "not at its end; sync --full goes on"
    if walked.error:
        how = f"stopped: {walked.error}"
    if walked.not_before is not None:
        how += f"; not before {walked.not_before:%Y-%m-%d %H:%M}"
    console.say(
        f"{result.feed}: history {how}; {console.plural(walked.asked, 'question')} asked; held: {_held(result)}"
    )
    _say_lacking(result)


def _say_lacking(result: "Synced") -> None:
    """Name what is known to be missing."""
    missed = result.history.missed if result.history is not None else ()
    for one in missed[:_SHOWN]:
        console.say(f"  missed {one.question.url}: {console.one_line(one.why)}")
    if len(missed) > _SHOWN:
        console.say(f"  missed {len(missed) - _SHOWN:,} more addresses; --json lists them")
    lacking = result.completeness.lacking if result.completeness is not None else ()
    for lack in lacking[:_SHOWN]:
        name = console.one_line(lack.title) or lack.url or lack.post
        console.say(f"  {name}: {console.plural(lack.claimed, 'comment')} claimed, {lack.held:,} held")
    if len(lacking) > _SHOWN:
        rest = lacking[_SHOWN:]
        short = sum(lack.claimed - lack.held for lack in rest)
        console.say(f"  {console.plural(len(rest), 'more post')} lack {short:,}; --json lists them")
