"""Export: a selection of the archive, through the privacy gate, into one format's files."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

import msgspec

from feedkeep import formats, output, views
from feedkeep.archive import Archive, SiteArchive
from feedkeep.errors import LossError, UsageError
from feedkeep.fidelity import INCIDENTAL
from feedkeep.models import Comment, Media, Person, Post, Site, Term
from feedkeep.selection import COMMENT_GATE, POST_GATE, PRIVATE, Private, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from feedkeep.formats import Exporter, Options, OutputFile
    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes

_R = TypeVar("_R", bound=msgspec.Struct)


class Loss(msgspec.Struct, kw_only=True):
    """What the target cannot hold of the records at hand."""

    reason: str
    count: int = 0
    dropped: bool = True  # False: it is there, but does not read back as it was
    incidental: bool = False  # nobody who reads the blog misses it; see feedkeep.fidelity.INCIDENTAL
    advice: str | None = None  # what to do about it


class ExportReport(msgspec.Struct, kw_only=True):
    """What an export wrote, and what it left behind."""

    format: str
    destination: str
    site: str
    files: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    posts: int = 0
    comments: int = 0
    paths: list[str] = []  # of the files written
    losses: dict[str, Loss] = {}  # by "Model.field", of the records that were written anew
    held_back: dict[str, int] = {}  # private matter that the gate kept, by its name
    private_inside: dict[str, int] = {}  # private matter that is in the output
    other_kinds: dict[str, int] = {}  # pages and the like, which a feed leaves out unless --kind asks for them


def export(
    archive_path: str | Path,
    format: str,  # noqa: A002 — what users call it
    destination: str | Path | None = None,
    *,
    sites: tuple[str, ...] = (),
    selection: Selection | None = None,
    options: Mapping[str, str] | None = None,
    repair_text: bool = False,
    strict: bool = False,
    notes: Notes,
    progress: Callable[[str, int, int | None], None] | None = None,
    stream: IO[bytes] | None = None,
) -> list[ExportReport]:
    """Write what the selection admits, one report for each site.

    ``destination`` is a folder (the default is ``export/<format>``; several sites get a folder each), a name
    ending in ".zip", or "-" for the one main file on ``stream`` (standard output). Raises UsageError for names and
    options that do not exist, LossError with ``strict`` where something would be lost, before anything is written.
    """
    exporter = formats.exporter(format)
    wanted = parsed_options(exporter, options or {})
    selection = selection or Selection()
    archive = Archive.open(archive_path)
    chosen = [archive.site(name) for name in sites or archive.sites()]
    if not chosen:
        raise UsageError(f"nothing to export: the archive at {archive.path} is empty")
    target = str(destination) if destination is not None else f"export/{format}"
    if len(chosen) > 1 and target == "-":
        raise UsageError("standard output holds one site: name it with --site")
    reports = []
    try:
        prepared = [
            _prepared(site, exporter, selection, repair=repair_text, strict=strict, notes=notes) for site in chosen
        ]
        for site, (snapshot, report) in zip(chosen, prepared, strict=True):
            where = _destination(target, site.name, several=len(chosen) > 1)
            report.destination = where
            files = exporter.write(snapshot, wanted, notes)
            _save(files, where, report, label=f"{format} {site.name}", progress=progress, stream=stream)
            reports.append(report)
    finally:
        for site in chosen:
            site.close()
    return reports


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
    reports = []
    for name in sites or archive.sites():
        site = archive.site(name)
        try:
            snapshot, report = _prepared(site, exporter, selection or Selection(), repair=False, strict=False)
            _measure_all(snapshot)
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
    site: SiteArchive,
    exporter: Exporter,
    selection: Selection,
    *,
    repair: bool,
    strict: bool,
    notes: Notes | None = None,
) -> tuple[_Measured, ExportReport]:
    """Select, redact and clean for the exporter's audience, and say what that leaves behind."""
    report = ExportReport(format=exporter.name, destination="", site=site.name)
    if exporter.kinds and not selection.kinds:  # what a blog's own feed holds
        summaries = site.summaries(selection)
        others = Counter(s.kind for s in summaries if s.kind not in exporter.kinds and selection.may_leave(s))
        report.other_kinds = dict(sorted(others.items()))
    snapshot = seen_by(exporter, site, selection, repair=repair, notes=notes)
    if exporter.audience == "public":
        report.held_back = _held_back(site, _of_its_kinds(exporter, selection))
    report.posts = snapshot.count()
    measured = _Measured(snapshot, exporter, report)
    if strict:
        _measure_all(measured)
        missed = {key: loss for key, loss in sorted(report.losses.items()) if not loss.incidental}
        if missed:
            named = "; ".join(f"{loss.count} × {key}: {loss.reason}" for key, loss in missed.items())
            raise LossError(f"{exporter.name} cannot hold everything: {named}")
    return measured, report


def seen_by(
    exporter: Exporter, site: SiteArchive, selection: Selection, *, repair: bool = False, notes: Notes | None = None
) -> Snapshot:
    """Give the site as an exporter is shown it: the kinds that it holds, redacted and cleaned for its audience."""
    public = exporter.audience == "public"
    snapshot: Snapshot = site.snapshot(_of_its_kinds(exporter, selection), gate=public)
    if public:
        snapshot = views.redacted(snapshot, selection.include)
    if "wordpress" not in exporter.losses.survives.get("Content.form", ()):
        snapshot = views.unfolded(snapshot, notes)
    if public:
        return views.cleaned(snapshot, repair=repair)
    return views.repaired(snapshot) if repair else snapshot


def _of_its_kinds(exporter: Exporter, selection: Selection) -> Selection:
    if exporter.kinds and not selection.kinds:
        return msgspec.structs.replace(selection, kinds=exporter.kinds)
    return selection


def _held_back(site: SiteArchive, selection: Selection) -> dict[str, int]:
    """Count the posts and comments that are asked for but may not leave."""
    kept: Counter[str] = Counter()
    open_gate = msgspec.structs.replace(selection, include=frozenset(PRIVATE), limit=None)
    for summary in site.summaries(open_gate, gate=False):
        matter = selection.withheld(summary)
        if matter is not None:
            kept[matter] += 1
        elif summary.waiting:
            kept["unapproved"] += summary.waiting
    if "unapproved" in kept and {"unapproved", "spam", "trashed"} <= selection.include:
        del kept["unapproved"]
    return dict(sorted(kept.items()))


class _Measured:
    """A snapshot that notes what each record going through it loses and holds of private matter."""

    def __init__(self, snapshot: Snapshot, exporter: Exporter, report: ExportReport) -> None:
        self._snapshot = snapshot
        self._losses = exporter.losses
        self._own = exporter.name
        self._report = report
        self._seen: set[tuple[str, str]] = set()
        self.count = snapshot.count
        self.digests = snapshot.digests
        self.threads = snapshot.threads
        self.open_media = snapshot.open_media
        self.following = snapshot.following

    @property
    def site(self) -> Site:
        return self._noted(self._snapshot.site)

    def people(self) -> Iterator[Person]:
        return map(self._noted, self._snapshot.people())

    def terms(self) -> Iterator[Term]:
        return map(self._noted, self._snapshot.terms())

    def media(self) -> Iterator[Media]:
        return map(self._noted, self._snapshot.media())

    def posts(self, *, oldest_first: bool = False, offset: int = 0, bodiless: bool = False) -> Iterator[Post]:
        posts = self._snapshot.posts(oldest_first=oldest_first, offset=offset, bodiless=bodiless)
        return posts if bodiless else map(self._noted, posts)

    def post(self, post_id: str, *, bodiless: bool = False) -> Post | None:
        post = self._snapshot.post(post_id, bodiless=bodiless)
        return post if post is None or bodiless else self._noted(post)

    def comments(self, post_id: str) -> Iterator[Comment]:
        return map(self._noted, self._snapshot.comments(post_id))

    def recent_comments(self, limit: int) -> Iterator[tuple[Post, Comment]]:
        for post, comment in self._snapshot.recent_comments(limit):
            yield self._noted(post), self._noted(comment)

    def _noted(self, record: _R) -> _R:
        key = type(record).__name__, str(getattr(record, "id", None) or getattr(record, "slug", None))
        if key in self._seen:
            return record
        self._seen.add(key)
        for lost, why, dropped in self._losses.of(record, self._own):
            loss = self._report.losses.get(lost)
            if loss is None:
                advice = self._losses.advice.get(lost)
                loss = Loss(reason=why, dropped=dropped, incidental=lost in INCIDENTAL, advice=advice)
                self._report.losses[lost] = loss
            loss.count += 1
        inside = self._report.private_inside
        for matter in private_matter(record):
            inside[matter] = inside.get(matter, 0) + 1
        if isinstance(record, Comment):
            self._report.comments += 1
        return record


def _measure_all(measured: _Measured) -> None:
    for post in measured.posts():
        for _ in measured.comments(post.id):
            pass
    for records in (measured.people(), measured.terms(), measured.media(), [measured.site]):
        for _ in records:
            pass


def private_matter(record: msgspec.Struct) -> Iterator[Private]:
    """Name the private matter that a record holds, each kind once."""
    if isinstance(record, Post):
        matter = POST_GATE[record.status or "published"]
        if matter is not None:
            yield matter
        if record.password is not None:
            yield "protected"
    people: tuple[Person, ...] = ()
    if isinstance(record, (Post, Site)):
        people = record.authors
    elif isinstance(record, Comment):
        matter = COMMENT_GATE[record.status or "approved"]
        if matter is not None:
            yield matter
        if record.ip is not None:
            yield "ip"
        people = (record.author,) if record.author is not None else ()
    elif isinstance(record, Person):
        people = (record,)
    if any(person.email for person in people):
        yield "email"


def _destination(target: str, site: str, *, several: bool) -> str:
    if not several:
        return target
    path = Path(target)
    return str(path.with_name(f"{path.stem}-{site}.zip")) if path.suffix == ".zip" else str(path / site)


def _save(
    files: Iterator[OutputFile],
    where: str,
    report: ExportReport,
    *,
    label: str,
    progress: Callable[[str, int, int | None], None] | None,
    stream: IO[bytes] | None,
) -> None:
    if where == "-":
        saved = output.save_stream(files, stream or sys.stdout.buffer)
    elif where.endswith(".zip"):
        saved = output.save_zip(files, Path(where))
    else:
        tell = None if progress is None else (lambda count: progress(where, count, None))
        saved = output.save(files, Path(where), label=label, progress=tell)
    report.files, report.written = saved.files, saved.written
    report.unchanged, report.removed = saved.unchanged, saved.removed
    report.paths = saved.paths
