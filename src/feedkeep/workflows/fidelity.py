"""Fidelity, measured: an export is written, read back, and compared with what went into it, field by field."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from feedkeep import formats, output
from feedkeep.archive import Archive
from feedkeep.errors import FormatError, UsageError
from feedkeep.fidelity import INCIDENTAL
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from feedkeep.workflows.export import parsed_options, seen_by
from feedkeep.workflows.field_counts import Count  # noqa: TC001 — msgspec reads the annotations
from feedkeep.workflows.import_ import import_sources
from feedkeep.workflows.round_trip import RoundTrip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from feedkeep.archive import SiteArchive

_ALL = str(1 << 31)  # entries in a feed's window: everything, so that nothing is missing for want of room
_AGAIN = "again"  # the site's name in the archive that the export is read back into


class Fidelity(msgspec.Struct, kw_only=True):
    """A round trip of one site through one format; ``counts`` by ``Model`` and ``Model.field``."""

    format: str
    site: str
    importers: tuple[str, ...] = ()  # what read the export back; none: nothing of ours reads it
    counts: dict[str, Count] = {}

    def missed(self) -> dict[str, Count]:
        """Give what a reader of the blog would miss: changed or lost, and not incidental."""
        return {k: c for k, c in self.counts.items() if c.survived < c.held and not c.incidental}


def measure(
    archive_path: str | Path,
    format: str,  # noqa: A002 — what users call it
    *,
    sites: tuple[str, ...] = (),
    selection: Selection | None = None,
    options: Mapping[str, str] | None = None,
    progress: Callable[[str, int, int | None], None] | None = None,
) -> list[Fidelity]:
    """Export into a temporary folder, import that into a temporary archive and compare, a report for each site.

    What the privacy gate keeps back takes no part. Raises UsageError for names and options that do not exist.
    """
    exporter = formats.exporter(format)
    told = dict(options or {})
    if "limit" in exporter.options.__struct_fields__:
        told.setdefault("limit", _ALL)
    wanted = parsed_options(exporter, told)
    archive = Archive.open(archive_path)
    measured = []
    for name in sites or archive.sites():
        with contextlib.closing(archive.site(name)) as site, tempfile.TemporaryDirectory(prefix="feedkeep-") as folder:
            snapshot = seen_by(exporter, site, selection or Selection())
            result = Fidelity(format=format, site=name)
            written = Path(folder) / "export"
            tell = None if progress is None else _telling(progress, name)
            output.save(exporter.write(snapshot, wanted, Notes()), written, label=format, progress=tell)
            again = _read_back(written, Path(folder) / "archive", result)
            with contextlib.closing(again) if again is not None else contextlib.nullcontext():
                result.counts = RoundTrip(snapshot, again, name).compared()
            whole = exporter.losses.dropped.keys()  # what little may come of such a record is not worth counting
            result.counts = {k: c for k, c in result.counts.items() if k in whole or k.partition(".")[0] not in whole}
            for key, count in result.counts.items():
                count.reason, count.incidental = exporter.losses.reason(key), key in INCIDENTAL
            measured.append(result)
    if not measured:
        raise UsageError(f"nothing to measure: the archive at {archive.path} is empty")
    return measured


def _telling(progress: Callable[[str, int, int | None], None], name: str) -> Callable[[int], None]:
    return lambda count: progress(name, count, None)


def _read_back(written: Path, folder: Path, result: Fidelity) -> SiteArchive | None:
    if (written / "data" / "feedkeep.json").is_file():  # a bag: what is in it is an archive, and read as one
        result.importers = ("archive",)
        return Archive.open(written / "data").site(result.site)
    try:
        reports = import_sources(folder, [Source.from_path(written)], site=_AGAIN, keep_source=False, notes=Notes())
    except FormatError:
        return None
    result.importers = tuple(sorted({report.format for report in reports if report.format}))
    archive = Archive.open(folder)
    return archive.site(_AGAIN) if _AGAIN in archive.sites() else None
