"""What is in a source, found out by reading it once; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FormatError
from feedkeep.workflows import reading
from feedkeep.workflows.inspection import Inspection, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from feedkeep.formats import Importer
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source


class InspectReport(msgspec.Struct, kw_only=True):
    """What a source holds, document by document."""

    source: str
    documents: list[Inspection] = []
    media_files: int = 0  # pictures, sounds, films beside them
    unread: list[str] = []  # members that no importer reads
    errors: list[str] = []  # documents that could not be read, and why


def inspect(
    sources: Sequence[Source],
    *,
    format: str | None = None,  # noqa: A002 — the user's word
    notes: Notes,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[InspectReport]:
    """Read each source and tell what is in it.

    Raises FormatError where a source that is a single document cannot be read; within a folder or zip the
    others are still read, and the report lists the error.
    """
    return [_inspect(source, format, notes, progress) for source in sources]


def _inspect(
    source: Source,
    format: str | None,  # noqa: A002
    notes: Notes,
    progress: Callable[[str, int, int | None], None] | None,
) -> InspectReport:
    report = InspectReport(source=source.name)
    for document, importer in reading.documents(source, format):
        if importer is None:
            if reading.is_media(document):
                report.media_files += 1
            else:
                report.unread.append(document.name)
            continue
        try:
            report.documents.append(reading.read(_watched(document, progress), importer, notes, _tally(document.name)))
        except FormatError as error:
            if document is source:
                raise
            if importer.kind == "page":  # a page among other things need not be one of the blog's
                report.unread.append(document.name)
            else:
                report.errors.append(str(error))
    reading.tell_passed_over(source, notes)
    return report


def _tally(name: str) -> Callable[[Importer, Iterator[Record]], Inspection]:
    def tally(importer: Importer, records: Iterator[Record]) -> Inspection:
        begun = Tally(Inspection(source=name, format=importer.name, label=importer.label))
        for record in records:
            begun.add(record)
        return begun.finish()

    return tally


def _watched(document: Source, progress: Callable[[str, int, int | None], None] | None) -> Source:
    if progress is None:
        return document
    return document.watched(lambda count: progress(document.name, count, document.size))
