"""Export: a selection of the archive, through the privacy gate, into one format's files."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from feedkeep import formats, output, views
from feedkeep.archive import Archive, River, SiteArchive
from feedkeep.errors import LossError, UsageError
from feedkeep.fidelity import Losses
from feedkeep.selection import Selection
from feedkeep.workflows.measured import ExportReport, Measured, measure_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from feedkeep.formats import Exporter, Options, OutputFile
    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes


def export(
    archive_path: str | Path,
    format: str,  # noqa: A002 — what users call it
    destination: str | Path | None = None,
    *,
    sites: tuple[str, ...] = (),
    selection: Selection | None = None,
    options: Mapping[str, str] | None = None,
    each: bool = False,
    repair_text: bool = False,
    strict: bool = False,
    notes: Notes,
    progress: Callable[[str, int, int | None], None] | None = None,
    stream: IO[bytes] | None = None,
) -> list[ExportReport]:
    """Write what the selection admits, one report for each site or for all that flow together.

    ``destination`` is a folder (the default is ``export/<format>``), a name ending in ".zip" or as the format's own zips
    do (".epub"), or "-" for the one main file on ``stream`` (standard output). Several sites become one feed, and in other formats, or with ``each``, a
    folder each. Raises UsageError for names and options that do not exist, LossError with ``strict`` where something
    would be lost, before anything is written.
    """
    exporter = formats.exporter(format)
    wanted = parsed_options(exporter, options or {})
    selection = selection or Selection()
    chosen = _opened(Archive.open(archive_path), exporter, sites, selection, each=each)
    target = str(destination) if destination is not None else f"export/{format}"
    if len(chosen) > 1 and target == "-":
        raise UsageError("standard output holds one site: name it with --site")
    reports = []
    try:
        prepared = [
            _prepared(site, exporter, selection, repair=repair_text, strict=strict, notes=notes) for site in chosen
        ]
        for site, (snapshot, report) in zip(chosen, prepared, strict=True):
            where = _destination(target, site.name, exporter, several=len(chosen) > 1)
            report.destination = where
            files = exporter.write(snapshot, wanted, notes)
            label = f"{format} {site.name}"
            _save(files, where, report, exporter, label=label, progress=progress, stream=stream)
            reports.append(report)
        _tell_younger(chosen, notes)
    finally:
        for site in chosen:
            site.close()
    return reports


def _opened(
    archive: Archive, exporter: Exporter, names: Sequence[str], selection: Selection, *, each: bool
) -> Sequence[SiteArchive | River]:
    """Open the sites as they are or, for a selection of the past, as they were: one by one, or as one river."""
    opened = [archive.site(name, as_of=selection.as_of) for name in names or archive.sites()]
    if not opened:
        raise UsageError(f"nothing to export: the archive at {archive.path} is empty")
    return [River(opened)] if len(opened) > 1 and exporter.merges and not each else opened


def _tell_younger(sites: Sequence[SiteArchive | River], notes: Notes) -> None:
    for site in sites:
        if site.younger:
            what = "posts and comments shown in a later text than they had then, as no earlier one was kept"
            notes.noticed(f"{what}: {site.younger:,}", source=site.name)


def plan(
    archive_path: str | Path,
    format: str,  # noqa: A002 — what users call it
    *,
    sites: tuple[str, ...] = (),
    selection: Selection | None = None,
) -> list[ExportReport]:
    """Tell what an export would hold, lose and keep back, a report for each site; nothing is written."""
    exporter = formats.exporter(format)
    archive = Archive.open(archive_path)
    selection = selection or Selection()
    reports = []
    for name in sites or archive.sites():
        site = archive.site(name, as_of=selection.as_of)
        try:
            snapshot, report = _prepared(site, exporter, selection, repair=False, strict=False)
            measure_all(snapshot)
        finally:
            site.close()
        reports.append(report)
    if not reports:
        raise UsageError(f"nothing to plan for: the archive at {archive.path} is empty")
    return reports


def parsed_options(exporter: Exporter, options: Mapping[str, str]) -> Options:
    """Turn the command line's strings into an exporter's options. Raises UsageError naming what there is."""
    known = {field.name: field for field in msgspec.structs.fields(exporter.options)}
    values = {}
    for name, value in options.items():
        field = name.replace("-", "_")
        if field not in known:
            raise UsageError(f"{exporter.name} has no option {name!r}; it has {', '.join(sorted(known))}")
        values[field] = value
    try:
        parsed = msgspec.convert(values, exporter.options, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"{exporter.name}: {str(error).replace('$.', '')}") from error
    if parsed.base_url is not None and not re.match(r"https?://[^\s/]+", parsed.base_url):
        raise UsageError(f"--base-url {parsed.base_url!r} is not an address that begins with http:// or https://")
    return parsed


def _prepared(
    site: SiteArchive | River,
    exporter: Exporter,
    selection: Selection,
    *,
    repair: bool,
    strict: bool,
    notes: Notes | None = None,
) -> tuple[Measured, ExportReport]:
    """Select, redact and clean for the exporter's audience, and say what that leaves behind."""
    report = ExportReport(format=exporter.name, destination="", site=site.name)
    _survey(site, exporter, selection, report)
    snapshot = seen_by(exporter, site, selection, repair=repair, notes=notes)
    measured = Measured(snapshot, exporter, report)
    if strict:
        measure_all(measured)
        missed = {key: loss for key, loss in sorted(report.losses.items()) if not loss.incidental}
        if missed:
            named = "; ".join(f"{loss.count} × {key}: {loss.reason}" for key, loss in missed.items())
            raise LossError(f"{exporter.name} cannot hold everything: {named}")
    return measured, report


def seen_by(
    exporter: Exporter,
    site: SiteArchive | River,
    selection: Selection,
    *,
    repair: bool = False,
    notes: Notes | None = None,
) -> Snapshot:
    """Give the site as an exporter is shown it: the kinds that it holds, redacted and cleaned for its audience."""
    public = exporter.audience == "public"
    snapshot: Snapshot = site.snapshot(_of_its_kinds(exporter, selection), gate=public)
    if public:
        snapshot = views.redacted(snapshot, selection.include)
    forms = exporter.losses.survives.get("Content.form", ())
    if exporter.losses != Losses() and "wordpress" not in forms:
        snapshot = views.unfolded(snapshot, notes)
    if public:
        return views.cleaned(snapshot, repair=repair, markdown="markdown" in forms)
    return views.repaired(snapshot) if repair else snapshot


def _of_its_kinds(exporter: Exporter, selection: Selection) -> Selection:
    if exporter.kinds and not selection.kinds:
        return msgspec.structs.replace(selection, kinds=exporter.kinds)
    return selection


def _survey(site: SiteArchive | River, exporter: Exporter, selection: Selection, report: ExportReport) -> None:
    """Count, in one walk through the index, the posts that go, those of other kinds, and what may not leave."""
    public = exporter.audience == "public"
    kinds = _of_its_kinds(exporter, selection).kinds
    limit = sys.maxsize if selection.limit is None else selection.limit
    others: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    posts = looked_at = 0
    for summary in site.summaries():
        if not selection.admits(summary, gate=False):
            continue
        looked_at += 1
        matter = selection.withheld(summary)
        if kinds and summary.kind not in kinds:
            if matter is None and looked_at <= limit:
                others[summary.kind] += 1
            continue
        posts += matter is None or not public
        if matter is not None:
            kept[matter] += 1
        elif summary.waiting:
            kept["unapproved"] += summary.waiting
    if "unapproved" in kept and {"unapproved", "spam", "trashed"} <= selection.include:
        del kept["unapproved"]
    report.posts = min(posts, limit)
    report.other_kinds = dict(sorted(others.items()))  # what a blog's own feed does not hold
    report.held_back = dict(sorted(kept.items())) if public else {}


def _destination(target: str, site: str, exporter: Exporter, *, several: bool) -> str:
    """Say where a site's export goes: a folder, a zip, or what a format's zips are called, alone or in a folder."""
    path = Path(target)
    if target == "-" or path.suffix in {".zip", exporter.packed}:
        return str(path.with_name(f"{path.stem}-{site}{path.suffix}")) if several else target
    folder = path / site if several else path
    return (
        str(folder if exporter.packed is None else folder / f"blog{exporter.packed}")
        if several or exporter.packed
        else target
    )


def _save(
    files: Iterator[OutputFile],
    where: str,
    report: ExportReport,
    exporter: Exporter,
    *,
    label: str,
    progress: Callable[[str, int, int | None], None] | None,
    stream: IO[bytes] | None,
) -> None:
    packed = exporter.packed is not None
    if where == "-":
        saved = output.save_stream(files, stream or sys.stdout.buffer, packed=packed)
    elif packed or where.endswith(".zip"):
        path = Path(where)
        saved = output.save_zip(files, path, folder=path.stem if exporter.rooted else None)
    else:
        tell = None if progress is None else (lambda count: progress(where, count, None))
        saved = output.save(files, Path(where), label=label, progress=tell)
    report.files, report.written = saved.files, saved.written
    report.unchanged, report.removed = saved.unchanged, saved.removed
    report.paths = saved.paths
