"""From a source to the documents in it, and from each document to its records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import msgspec

from feedkeep import formats
from feedkeep.content import review
from feedkeep.errors import FormatError
from feedkeep.models import Post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.formats import Importer
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

Result = TypeVar("Result")
_MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|avif|svg|bmp|tiff?|mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|webm|mov|ogv|pdf)$", re.IGNORECASE
)


def leaves(source: Source) -> Iterator[Source]:
    """Yield the documents of a source: itself, or those of a folder or zip, at any depth, in order."""
    if not source.is_container:
        yield source
        return
    for member in source.members():
        yield from leaves(member)


def documents(source: Source, format: str | None = None) -> Iterator[tuple[Source, Importer | None]]:  # noqa: A002
    """Pair what is to be read with its importer; None for a member that no importer reads.

    A container that is a format of its own (an export that is a zip) is one document; any other is walked.
    ``format`` names the importer for all of them. Raises FormatError where the source is a document that
    nothing reads, UsageError where no importer has that name.
    """
    if format is not None:
        chosen = formats.importer(format)
        whole_of_it = source.is_container and chosen.detect(source)
        yield from ((document, chosen) for document in ((source,) if whole_of_it else leaves(source)))
        return
    if not source.is_container:
        yield source, formats.detect(source)
        return
    whole = _detected(source)
    if whole is not None:
        yield source, whole
        return
    for member in source.members():
        if member.is_container:
            yield from documents(member)
        else:
            yield member, _detected(member)


def is_media(document: Source) -> bool:
    """Tell by its name whether a member that no importer reads is a picture, sound, film or PDF of the blog."""
    return _MEDIA.search(document.path.name) is not None


def read(
    document: Source,
    importer: Importer,
    notes: Notes,
    collect: Callable[[Importer, Iterator[Record]], Result],
) -> Result:
    """Hand the document's records to ``collect``, from the beginning again where another importer has to be tried.

    Where the bytes turn out not to be well formed and the importer names a fallback, what ``collect`` was given
    so far is void: it is called once more, with the records as the fallback reads them, and must start afresh.
    Notes of the void attempt are taken back.
    """
    while True:
        counts, kept = notes.counts.copy(), len(notes.kept)
        try:
            return collect(importer, records(document, importer, notes))
        except FormatError as error:
            if not error.malformed or importer.fallback is None:
                raise
            notes.counts = counts
            del notes.kept[kept:]
            notes.repaired(
                f"{error.reason}; read again with {importer.fallback}, which forgives more",
                source=document.name,
                line=error.line,
            )
            importer = formats.importer(importer.fallback)


def records(document: Source, importer: Importer, notes: Notes) -> Iterator[Record]:
    """Yield a document's records; a post whose body holds a review's markup gets the review beside it."""
    return map(_reviewed, importer.read(document, notes))


def _reviewed(record: Record) -> Record:
    if not isinstance(record, Post) or record.reviews or record.content is None:
        return record
    value = record.content.value
    if "ld+json" not in value and "hreview" not in value and "h-review" not in value:  # nearly all posts
        return record
    found = review.find(value)
    return msgspec.structs.replace(record, reviews=found) if found else record


def _detected(source: Source) -> Importer | None:
    for name in formats.IMPORTERS:
        candidate = formats.importer(name)
        if candidate.detect(source):
            return candidate
    return None
