"""``feedkeep list``, ``feedkeep show`` and ``feedkeep stats``."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import completion, console, options, thread

if TYPE_CHECKING:
    from feedkeep.workflows.browse import Entry, Orphan
    from feedkeep.workflows.describe import SiteFigures

_BAR = 40  # columns of the longest bar of a year


def list_(
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    search: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Only posts with all these words in post or comments.")
    ] = None,
    orphans: Annotated[
        bool, typer.Option("--orphans", help="List the comments whose post has not come yet instead.")
    ] = False,
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
    as_json: options.AsJson = False,
) -> None:
    """List posts, newest first.

    A line holds the date, the rating out of 5, the number of comments, the slug and the title.
    """
    from feedkeep.workflows import browse

    sites = tuple(site or ())
    if orphans:
        waiting = browse.orphans(archive, sites=sites)
        _say_orphans(islice(waiting, limit), as_json=as_json)
        return
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
    )
    entries = browse.posts(archive, selection, sites=sites, search=search)
    if as_json:
        console.report({"posts": list(entries)})
        return
    console.table(map(_row, entries), right=(1, 2))


def show(
    post: Annotated[
        str,
        typer.Argument(
            metavar="POST", help="Its id, address, slug, path or part of its title.", autocompletion=completion.posts
        ),
    ],
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    history: Annotated[bool, typer.Option("--history", help="Also show what was replaced, and when.")] = False,
    origins: Annotated[bool, typer.Option("--origins", help="Also show which source each field came from.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Show a post and its thread of comments."""
    from feedkeep.workflows import browse

    found = browse.find(archive, post, sites=tuple(site or ()))
    if as_json:
        console.report(found)
        return
    thread.show(found, history=history, origins=origins)


def stats(
    *,
    archive: options.ArchiveDir = options.ARCHIVE,
    site: options.Sites = None,
    as_json: options.AsJson = False,
) -> None:
    """Tell what the archive holds, in figures."""
    from feedkeep.workflows.describe import figures

    found = figures(archive, tuple(site or ()))
    if as_json:
        console.report({"sites": found})
        return
    for figure in found:
        console.say(" · ".join(part for part in (figure.site, figure.title, figure.url) if part))
        console.table(_figure_rows(figure), indent=2)
        console.table(_year_rows(figure.years), indent=2, right=(1,))


def _row(entry: "Entry") -> tuple[str, ...]:
    post = entry.post
    marks = [
        mark for mark in (post.status if post.status != "published" else None, "protected" * post.protected) if mark
    ]
    kind = [post.kind] if post.kind != "post" else []
    remark = f"[{', '.join(kind + marks)}] " if kind or marks else ""
    return (
        "" if post.published is None else post.published.date().isoformat(),
        "" if post.rating is None else f"★ {post.rating:.3g}",
        str(post.comments),
        post.slug or post.id,
        remark + (post.title or "(no title)"),
    )


def _say_orphans(waiting: "Iterable[Orphan]", *, as_json: bool) -> None:
    if as_json:
        console.report({"comments": list(waiting)})
        return
    console.table(
        (
            orphan.comment.id,
            thread.day(orphan.comment.published),
            thread.name(orphan.comment.author),
            orphan.comment.post_url or orphan.comment.post or orphan.comment.parent or "",
            thread.beginning(orphan.comment.content),
        )
        for orphan in waiting
    )


def _figure_rows(figure: "SiteFigures") -> Iterator[tuple[str, str]]:
    for kind, statuses in figure.posts.items():
        yield kind, ", ".join(f"{number:,} {status}" for status, number in statuses.items())
    waiting = f", {figure.waiting:,} of them not approved" if figure.waiting else ""
    missing = f"; sources claim {figure.missing:,} more" if figure.missing else ""
    yield "comments", f"{figure.comments:,}{waiting}{missing}"
    if figure.orphans:
        yield "orphans", f"{console.plural(figure.orphans, 'comment')} whose post has not come yet"
    for name, number in (("reviews", figure.reviews), ("authors", figure.authors), ("terms", figure.terms)):
        if number:
            yield name, f"{number:,}"
    yield "on disk", f"{console.plural(figure.files, 'file')}, {console.size(figure.bytes)}"
    if figure.first is not None and figure.last is not None:
        yield "posts from", f"{figure.first.date().isoformat()} to {figure.last.date().isoformat()}"


def _year_rows(years: dict[str, int]) -> Iterator[tuple[str, str, str]]:
    most = max(years.values(), default=1)
    for year, number in years.items():
        yield year, f"{number:,}", "▇" * max(1, round(_BAR * number / most))
