"""What the shell may offer after the tabulator: formats, and what the archive at hand holds."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from feedkeep.errors import FeedkeepError

if TYPE_CHECKING:
    from feedkeep.archive import SiteArchive
    from feedkeep.selection import Summary


# Some shells put an offered word on the command line as it is, and strangers name the tags of an archive.
_HARMLESS = re.compile(r"\w[\w .,:@/+=%-]*")


def readable(incomplete: str) -> list[str]:
    """Names of the formats that can be read."""
    from feedkeep.formats import IMPORTERS

    return _begin(incomplete, IMPORTERS)


def writable(incomplete: str) -> list[str]:
    """Names of the formats that can be written."""
    from feedkeep.formats import EXPORTERS

    return _begin(incomplete, EXPORTERS)


def private(incomplete: str) -> list[str]:
    """What ``--include`` can name, after a comma too."""
    from feedkeep.selection import PRIVATE

    before, comma, last = incomplete.rpartition(",")
    return [before + comma + word for word in _begin(last, PRIVATE)]


def sites(context: typer.Context, incomplete: str) -> list[str]:
    """Names of the archive's sites."""
    return _begin(incomplete, (site.name for site in _sites(context)))


def tags(context: typer.Context, incomplete: str) -> list[str]:
    """Tags of the archive's posts."""
    return _begin(incomplete, (tag for summary in _summaries(context) for tag in summary.tags))


def categories(context: typer.Context, incomplete: str) -> list[str]:
    """Categories of the archive's posts."""
    return _begin(incomplete, (name for summary in _summaries(context) for name in summary.categories))


def authors(context: typer.Context, incomplete: str) -> list[str]:
    """Authors of the archive's posts."""
    return _begin(incomplete, (name for summary in _summaries(context) for name in summary.authors))


def kinds(context: typer.Context, incomplete: str) -> list[str]:
    """Kinds of the archive's posts."""
    return _begin(incomplete, (summary.kind for summary in _summaries(context)))


def posts(context: typer.Context, incomplete: str) -> list[str]:
    """Slugs of the archive's posts."""
    return _begin(incomplete, (summary.slug for summary in _summaries(context) if summary.slug))


def _begin(incomplete: str, words: Iterable[str]) -> list[str]:
    start = incomplete.casefold()
    return sorted({word for word in words if word.casefold().startswith(start) and _HARMLESS.fullmatch(word)})


def _sites(context: typer.Context) -> "Iterator[SiteArchive]":
    from feedkeep.archive import Archive

    wanted = context.params.get("archive") or os.environ.get("FEEDKEEP_ARCHIVE") or "archive"
    try:
        archive = Archive.open(Path(wanted))
        for name in archive.sites():
            yield archive.site(name)
    except FeedkeepError:
        return  # a shell that asks for words is no place to complain


def _summaries(context: typer.Context) -> "Iterator[Summary]":
    for site in _sites(context):
        try:
            yield from site.summaries()
        except FeedkeepError:
            continue
