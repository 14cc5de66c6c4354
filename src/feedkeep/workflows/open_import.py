"""One import that is open: documents in, records put into the transactions of their sites, nothing lasting yet."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import Origin
from feedkeep.content.links import resolved
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Media, Site
from feedkeep.notes import Kind
from feedkeep.source import Source
from feedkeep.workflows import reading
from feedkeep.workflows.media_files import MediaFiles, unpacked
from feedkeep.workflows.site_names import home, site_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from feedkeep.archive import Archive, Writing
    from feedkeep.formats import Importer, SourceKind
    from feedkeep.models import Record
    from feedkeep.notes import Notes

_PEEK = 2000  # records that are held back while waiting for the one that describes the site
_IN_MEMORY = 32 << 20  # bytes of a feed whose records are held until its end proves well formed


class Counts(msgspec.Struct, kw_only=True):
    """What became of the records of one kind: read = added + updated + unchanged + skipped."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """How many were read."""
        return self.added + self.updated + self.unchanged + self.skipped


class ImportReport(msgspec.Struct, kw_only=True):
    """What became of one document, or of a member that nothing reads (``format`` is None)."""

    source: str
    format: str | None
    site: str
    counts: dict[str, Counts] = {}
    orphans: int = 0  # comments of this site whose post is not there, after the import
    unread: tuple[str, ...] = ()


class OpenImport:
    """The open transactions of one import, one for each site. What is not committed has to be discarded."""

    def __init__(
        self,
        archive: Archive,
        notes: Notes,
        *,
        known: Collection[str],
        dry_run: bool = False,
        keep_source: bool = True,
        progress: Callable[[str, int, int | None], None] | None = None,
        heard: Callable[[str, Record], None] | None = None,
        before: Callable[[str], None] | None = None,
    ) -> None:
        """``known`` are the sites there are; ``before`` is told a site's name before its transaction begins."""
        self.archive = archive
        self.notes = notes
        self.media = MediaFiles()
        self.reports: list[ImportReport] = []
        self._known = known
        self._heard = heard
        self._before = before
        self._dry_run = dry_run
        self._keep_source = keep_source
        self._progress = progress
        self._open: dict[str, Writing] = {}
        self._lists: list[tuple[ImportReport, list[Site]]] = []
        self._base = ""  # the address of the site that is read into

    def read_all(
        self,
        sources: Sequence[Source],
        *,
        site: str | None = None,
        format_name: str | None = None,
        refused: Collection[SourceKind] = (),
    ) -> None:
        """Put every document of the sources into the transaction of its site.

        Raises FormatError for what cannot be read, and for what is of a kind that is ``refused``.
        """
        unread: list[str] = []
        found = [pair for source in sources for pair in reading.documents(source, format_name)]
        for source in sources:
            reading.tell_passed_over(source, self.notes)
        for member, importer in found:
            if importer is None and reading.is_media(member):
                self.media.offer(member)
        read_any = False
        for document, importer in found:
            if importer is not None:
                if importer.kind in refused:
                    raise FormatError(f"a {importer.kind} where a feed was", source=document.name)
                try:
                    if importer.kind == "list":
                        self.follow(document, importer)
                    else:
                        self.read(document, importer, site)
                except FormatError as error:
                    # a page among other things need not be one of the blog's
                    if importer.kind != "page" or any(document is source for source in sources):
                        raise
                    self.notes.noticed(error.reason, source=document.name)
                    unread.append(document.name)
                    continue
                read_any = True
            elif not reading.is_media(document):
                unread.append(document.name)
        if not read_any:
            raise FormatError("nothing in it that feedkeep reads", source=", ".join(one.name for one in sources))
        unread += self.media.unused()
        if unread:
            self.reports.append(ImportReport(source=sources[0].name, format=None, site="", unread=tuple(unread)))

    def read(self, document: Source, importer: Importer, site: str | None) -> None:
        """Put one document's records into the transaction of its site."""
        shown = self._watched(document)
        skipped = self.notes.counts[Kind.SKIPPED]

        def collect(chosen: Importer, records: Iterator[Record]) -> tuple[Importer, Iterator[Record]]:
            if chosen.kind == "page":  # nothing of a page is kept that turns out to be none
                return chosen, iter(list(records))
            if chosen.fallback is None:
                return chosen, records
            if (shown.size or 0) <= _IN_MEMORY:
                return chosen, iter(list(records))
            for _ in records:  # a first pass over a large feed, to see that it is well formed to its end
                pass
            return chosen, reading.records(shown, chosen, self.notes)

        chosen, records = reading.read(shown, importer, self.notes, collect)
        held: list[Record] = []
        for record in records:
            held.append(record)
            if isinstance(record, Site) or len(held) >= _PEEK:
                break
        described = next((record for record in held if isinstance(record, Site)), None)
        posts = [r.post_url for r in held if isinstance(r, Comment)] if described is None else []
        name = site or site_name({*self._known, *self._open}, described, document, posts)
        writing = self._writing(name, document, chosen)
        self._keep(writing, document, chosen)  # copies beside the reading
        before = {kind: Counter(tally) for kind, tally in writing.transaction.tally.counts.items()}
        self._base = home(name, described, writing)
        for record in held:
            self._put(writing, record)
        for record in records:
            self._put(writing, record)
        writing.flush()
        report = ImportReport(source=document.name, format=chosen.name, site=name)
        for kind, tally in writing.transaction.tally.counts.items():
            new = tally - before.get(kind, Counter())
            report.counts[kind] = Counts(added=new["added"], updated=new["updated"], unchanged=new["unchanged"])
        lost = self.notes.counts[Kind.SKIPPED] - skipped
        if lost:
            report.counts["record"] = Counts(skipped=lost)
        self.reports.append(report)

    def follow(self, document: Source, importer: Importer) -> None:
        """Put what a list of feeds names into the list of those to follow, once all else is read."""
        skipped = self.notes.counts[Kind.SKIPPED]
        feeds = [one for one in reading.read(document, importer, self.notes, _all) if isinstance(one, Site)]
        report = ImportReport(source=document.name, format=importer.name, site="following")
        lost = self.notes.counts[Kind.SKIPPED] - skipped
        if lost:
            report.counts["record"] = Counts(skipped=lost)
        self._lists.append((report, feeds))
        self.reports.append(report)

    def prepare(self) -> list[Writing]:
        """Stage all of it; give what is left to commit: nothing where this is a dry run. Raises ArchiveError."""
        for name, writing in self._open.items():
            orphans = writing.orphans()
            for report in self.reports:
                if report.site == name:
                    report.orphans = orphans
        for report, feeds in self._lists:
            became = Counter(self.archive.follow(feeds, dry_run=self._dry_run))
            report.counts["site"] = Counts(
                added=became["added"], updated=became["updated"], unchanged=became["unchanged"]
            )
        if self._dry_run:
            return []
        for writing in self._open.values():
            writing.prepare()
        return list(self._open.values())

    def discard(self) -> None:
        """Give up what is not committed."""
        while self._open:
            self._open.popitem()[1].discard()

    def _writing(self, name: str, document: Source, importer: Importer) -> Writing:
        place = document.place or document.url
        origin = Origin(format=importer.name, kind=importer.kind, url=place, as_of=document.as_of)
        writing = self._open.get(name)
        if writing is None:
            if self._before is not None:
                self._before(name)
            writing = self._open[name] = self.archive.write(name, origin, self.notes)
            writing.transaction.tally.heard = self._heard
        else:
            writing.reading_as(origin)
        return writing

    def _put(self, writing: Writing, record: Record) -> None:
        if isinstance(record, Media) and record.sha256 is None:
            record, embedded = unpacked(record)
            file = Source.from_bytes(embedded, record.path or "file") if embedded else self.media.take(record)
            if file is not None:
                data = file.read()
                digest = hashlib.sha256(data).hexdigest()
                writing.keep_media(data, digest, file.path.suffix.lower())
                record = msgspec.structs.replace(record, sha256=digest, size=len(data))
        elif isinstance(record, Comment) and record.post_url is not None and record.post_url.startswith("/"):
            # a comment server knows paths only; the blog is the one whose site this is
            record = msgspec.structs.replace(record, post_url=resolved(record.post_url, self._base))
        writing.put(record)

    def _keep(self, writing: Writing, document: Source, importer: Importer) -> None:
        if self._keep_source and not self._dry_run:
            writing.keep_source(document, importer.name)

    def _watched(self, document: Source) -> Source:
        if self._progress is None:
            return document
        progress, name, size = self._progress, document.name, document.size
        return document.watched(lambda count: progress(name, count, size))


def _all(_: Importer, records: Iterator[Record]) -> list[Record]:
    return list(records)
