"""``feedkeep review`` and ``feedkeep adopt``: what a person knows and no source says."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, options, thread
from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from feedkeep.models import Rating

Post = Annotated[
    str,
    typer.Argument(
        metavar="POST", help="Its id, address, slug, path or part of its title.", autocompletion=completion.posts
    ),
]


def review(
    post: Post,
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    item: Annotated[str | None, typer.Option(help="What is reviewed; the post's title if not given.")] = None,
    kind: Annotated[str | None, typer.Option(help="What it is: movie, book, album, game …")] = None,
    year: Annotated[int | None, typer.Option(help="When it first came out.", min=1, max=9999)] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="NAME", help="Director, author, artist; repeatable.")
    ] = None,
    rating: Annotated[str | None, typer.Option(help="4.5/5, 8/10, 85%, ★★★½; of 5 if no scale is given.")] = None,
    watched: Annotated[str | None, typer.Option(metavar="DAY", help="The day it was watched or read.")] = None,
    summary: Annotated[str | None, typer.Option(help="The verdict in a line.")] = None,
    url: Annotated[str | None, typer.Option(help="The item's own page.")] = None,
    known_as: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="NAME=ID", help="tmdb=152601, isbn=9780141439600 …; repeatable."),
    ] = None,
    spoiler: Annotated[bool | None, typer.Option(help="Whether it gives the story away.")] = None,
    rewatch: Annotated[bool | None, typer.Option(help="Whether it was watched or read before.")] = None,
    as_json: options.AsJson = False,
) -> None:
    """Say what a post reviews, where its source has no markup for it.

    It is kept beside what was imported and stays, whatever is imported later. Saying it again for
    the same item replaces it.
    """
    from feedkeep.models import Item, Review
    from feedkeep.workflows import by_hand

    said = Review(
        item=Item(
            name=(item or "").strip(),
            kind=kind.strip().lower() if kind else None,
            year=year,
            creators=tuple(by or ()),
            url=url,
            ids=_ids(known_as or []),
        ),
        rating=_rating(rating),
        watched=_day(watched),
        spoiler=spoiler,
        rewatch=rewatch,
        summary=summary,
    )
    if said == Review(item=Item(name="")):
        raise UsageError("nothing to say of it: give at least --rating or --item")
    done = by_hand.review(archive, post, said, sites=tuple(site or ()))
    if as_json:
        console.report(done)
        return
    console.say(f"{done.site}: {console.one_line(done.title) or done.post}")
    for one in done.reviews:
        console.say(f"  {thread.reviewed(one)}")


def adopt(
    orphan: Annotated[
        str | None, typer.Argument(metavar="ORPHAN", help="The comment's id or address, as list --orphans shows it.")
    ] = None,
    post: Annotated[
        str | None,
        typer.Argument(
            metavar="POST", help="Its id, address, slug, path or part of its title.", autocompletion=completion.posts
        ),
    ] = None,
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Place this comment only, and not all that wait for the same post.")
    ] = False,
    redirects: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Instead: a list of old and new addresses (CSV, or a _redirects file) to place by."
        ),
    ] = None,
    as_json: options.AsJson = False,
) -> None:
    """Place comments whose post did not come, or came under another address.

    All comments that wait for the same post are placed with it, and those that come later find it too.
    """
    from feedkeep.source import Source
    from feedkeep.workflows import by_hand

    sites = tuple(site or ())
    if redirects is not None:
        if orphan is not None:
            raise UsageError("give either ORPHAN and POST or --redirects")
        placed = by_hand.adopt_redirected(archive, Source.from_path(redirects), sites=sites)
    elif orphan is None or post is None:
        raise UsageError("name the comment and the post: feedkeep adopt ORPHAN POST")
    else:
        placed = [by_hand.adopt(archive, orphan, post, alone=alone, sites=sites)]
    if as_json:
        console.report({"placed": placed})
        return
    for one in placed:
        console.say(
            f"{one.site}: {console.plural(one.comments, 'comment')} → {console.one_line(one.title) or one.post}"
        )
    if not placed:
        console.say("no comment waited for a post of that list")


def _rating(text: str | None) -> "Rating | None":
    if text is None:
        return None
    from feedkeep.content.review import rating

    found = rating(text)
    if found is None:
        raise UsageError(f"--rating {text!r} is no rating; write 4.5/5, 8/10, 85% or 4 (of 5)")
    return found


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"--watched {text!r} is no day; write 2014-03-21") from error


def _ids(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not (sign and name.strip() and value.strip()):
            raise UsageError(f"--id {pair!r} is not of the form tmdb=152601")
        found[name.strip().lower()] = value.strip()
    return found
