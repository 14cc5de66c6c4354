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
    from pathlib import PurePosixPath

    from feedkeep.formats import Importer
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

Result = TypeVar("Result")
_MEDIA = re.compile(
    r"\.(jpe?g|png|gif|webp|avif|svg|bmp|tiff?|mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|webm|mov|ogv|pdf)$", re.IGNORECASE
)


def documents(source: Source, format: str | None = None) -> Iterator[tuple[Source, Importer | None]]:  # noqa: A002
    """Pair what is to be read with its importer; None for a member that no importer reads.

    Of a container, each importer in turn takes the parts that are exports of its format; what is left is looked at
    file by file, and media files always are, for they may be those of any part. ``format`` names the importer for
    all of it. Raises FormatError where the source is a document that nothing reads, UsageError where no importer
    has that name.
    """
    chosen = formats.importer(format) if format is not None else None
    if not source.is_container:
        yield source, chosen or formats.detect(source)
        return
    if chosen is None and _is_book(source):
        raise FormatError("a book (EPUB), not an export: nothing in it says what is a post", source=source.name)
    taken: set[PurePosixPath] = set()
    withheld: set[PurePosixPath] = set()
    for importer in (chosen,) if chosen is not None else map(formats.importer, formats.importers()):
        for part in formats.parts(importer, source):
            if taken.isdisjoint(part.taken):
                taken |= part.taken
                withheld |= part.withheld
                yield part, importer
    for member in source.members():
        if member.path in withheld:
            continue
        if member.is_container:
            if chosen is None and _is_book(member):
                yield member, None
            elif member.path not in taken:
                yield from documents(member, format)
        elif is_media(member):
            yield member, None
        elif member.path not in taken:
            yield member, chosen or formats.detected(member)


def _is_book(container: Source) -> bool:
    told = (member for member in container.members() if str(member.path) == "mimetype" and not member.is_container)
    return any(member.head.startswith(b"application/epub+zip") for member in told)


def tell_passed_over(source: Source, notes: Notes) -> None:
    """Note what a container, and those in it, hold beside their members; after :func:`documents`."""
    if source.is_container:
        for why, number in sorted(source.passed_over.items()):
            notes.noticed(f"left out: {number} × {why}", source=source.name)
        for member in source.members():
            tell_passed_over(member, notes)


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
        counts, kept, guessed = notes.counts.copy(), len(notes.kept), notes.guessed.copy()
        try:
            return collect(importer, records(document, importer, notes))
        except FormatError as error:
            if not error.malformed or importer.fallback is None:
                raise
            notes.counts, notes.guessed = counts, guessed
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
    if not isinstance(record, Post) or record.reviews or record.content is None or record.content.form == "text":
        return record
    value = record.content.value
    # nearly all posts; a review is marked up with attributes, and the cheapest question comes first
    if "=" not in value or ("review" not in value and "ld+json" not in value):
        return record
    found = review.find(value)
    return msgspec.structs.replace(record, reviews=found) if found else record
