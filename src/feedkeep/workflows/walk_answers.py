"""What a walk is answered goes into the archive, like any other source."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows import deletions
from feedkeep.workflows.import_ import import_sources
from feedkeep.workflows.news import News, Newsroom

if TYPE_CHECKING:
    from feedkeep.archive import Archive
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Step


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer brought."""

    site: str | None  # the folder that it is kept in; None where nothing could be read
    added: int  # posts and comments, like the next
    updated: int
    deleted: int
    news: tuple[News, ...]


def keep(archive: Archive, answer: Answer, step: Step, site: str | None, importer: str | None) -> Brought:
    """Read an answer into a site of the archive, or where its own address says; ``importer`` is asked alone, if named.

    Raises FormatError.
    """
    newsroom = Newsroom()
    reports = import_sources(
        archive.path, [_source(answer, step)], site=site, format=importer, notes=Notes(), heard=newsroom.heard
    )
    counts: Counter[str] = Counter()
    for report in reports:
        for kind, tally in report.counts.items():
            if kind in {"post", "comment"}:
                counts["added"] += tally.added
                counts["updated"] += tally.updated
            elif kind == "tombstone":
                counts["deleted"] += tally.added
    return Brought(
        site=next((report.site for report in reports if report.format is not None), None),
        added=counts["added"],
        updated=counts["updated"],
        deleted=counts["deleted"],
        news=deletions.named(archive, site, newsroom.news),
    )


def _source(answer: Answer, step: Step) -> Source:
    """Put an answer and what it needs beside it into one source."""
    own = answer.source()
    own.place = step.origin
    if not step.beside:
        return own
    own.path = PurePosixPath("answer.json")
    parts = [own]
    for name, data in step.beside:
        about = Source.from_bytes(data, f"{answer.url}!{name}", as_of=own.as_of)
        about.path = PurePosixPath(name)
        parts.append(about)
    whole = Source(answer.url, own.open, members=lambda: iter(parts), url=own.url, as_of=own.as_of)
    whole.place = step.origin
    return whole
