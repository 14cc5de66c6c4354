"""``feedkeep inspect``."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from feedkeep.cli import console, import_, options
from feedkeep.cli.follow_options import Contact, Private
from feedkeep.errors import FormatError

if TYPE_CHECKING:
    from feedkeep.workflows.inspect import InspectReport
    from feedkeep.workflows.inspection import Damage, Inspection, Span

_SHOWN = 3  # places of damaged text, until --text asks for all


def inspect(
    sources: import_.Sources,
    *,
    format: options.Format = None,  # noqa: A002 — the user's word
    timezone: options.Timezone = None,
    text: Annotated[bool, typer.Option("--text", help="Show every place where text was decoded wrongly.")] = False,
    allow_private: Private = False,
    contact: Contact = None,
    as_json: options.AsJson = False,
) -> None:
    """Tell what is in a source before anything is written.

    Counts by kind and status, dates and their zones, authors, terms, threads, what is damaged and
    how sure the repair is.
    """
    from feedkeep.notes import Notes
    from feedkeep.workflows import inspect as workflow

    noted = Notes()
    with console.progress() as bar:
        opened = import_.opened(sources, timezone, allow_private=allow_private, contact=contact)
        reports = workflow.inspect(opened, format=format, notes=noted, progress=bar)
    if as_json:
        console.report({"reports": reports}, noted)
    else:
        for report in reports:
            _say(report, every_damage=text)
        console.notes(noted)
    if any(report.errors for report in reports):
        raise typer.Exit(FormatError.exit_code)


def _say(report: "InspectReport", *, every_damage: bool) -> None:
    for found in report.documents:
        console.say(f"{console.one_line(found.source)}: {found.label} ({found.format})")
        console.table(_rows(found), indent=2)
        shown = found.damages if every_damage else found.damages[:_SHOWN]
        console.table(_damage_rows(shown), indent=4)
        if found.damage_count > len(shown):
            console.say(f"    {console.plural(found.damage_count - len(shown), 'more place')}; --text shows all")
    for error in report.errors:
        console.hint(f"cannot be read: {console.one_line(error)}")
    console.unread(report.unread)
    if report.media_files:
        console.say(f"{console.plural(report.media_files, 'media file')} beside them")
    if not report.documents and not report.errors:
        console.say(f"{console.one_line(report.source)}: nothing in it that feedkeep reads")


def _rows(found: "Inspection") -> Iterator[tuple[str, str]]:
    if found.site or found.url:
        yield "site", ", ".join(part for part in (found.site, found.url) if part)
    for kind, statuses in found.counts.items():
        detail = ", ".join(f"{number:,} {status}" for status, number in statuses.items())
        yield kind, detail
    if found.replies:
        yield "nested", f"{console.plural(found.replies, 'comment')} reply to another comment"
    if found.claimed:
        yield "claimed", f"its posts claim {console.plural(found.claimed, 'comment')}"
    if found.reviews:
        yield "reviews", f"{found.reviews:,}"
    if found.posts_span is not None:
        yield "posts from", _spanned(found.posts_span)
    if found.comments_span is not None:
        yield "comments from", _spanned(found.comments_span)
    if found.zones:
        yield "zones", ", ".join(f"{zone} ({console.plural(number, 'date')})" for zone, number in found.zones.items())
    if found.authors:
        yield "authors", _ranked(found.authors, found.author_count)
    if found.commenters:
        yield "commenters", _ranked(found.commenters, found.commenter_count)
    for taxonomy, names in found.terms.items():
        yield taxonomy, _ranked(names, found.term_counts[taxonomy])
    if found.media_bytes:
        yield "media size", console.size(found.media_bytes)
    if found.damage_count:
        yield "damaged text", f"{console.plural(found.damage_count, 'place')}, mended on the way out by --repair-text"


def _damage_rows(damages: "tuple[Damage, ...]") -> Iterator[tuple[str, str]]:
    for damage in damages:
        yield f"{damage.confidence:.0%} sure", f"{damage.found} → {damage.repair}  ({damage.field})"


def _spanned(span: "Span") -> str:
    return f"{span.first.date().isoformat()} to {span.last.date().isoformat()}"


def _ranked(names: dict[str, int], number: int) -> str:
    listed = ", ".join(f"{name} ({count:,})" for name, count in names.items())
    return listed if number <= len(names) else f"{listed} and {number - len(names):,} more"
