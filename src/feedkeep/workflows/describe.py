"""What feedkeep can read and write, and what an archive holds, in figures."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import inspect
import re
from collections import Counter
from contextlib import closing, suppress
from typing import TYPE_CHECKING, get_args, get_type_hints

import msgspec

from feedkeep import formats
from feedkeep.archive import Archive
from feedkeep.formats import Audience, SourceKind  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.archive import SiteArchive

_FIELD = re.compile(r"^ {4}(\w+):.*?  # (.+)$", re.MULTILINE)


class Readable(msgspec.Struct, frozen=True, kw_only=True):
    """A format that can be read."""

    name: str
    label: str
    kind: SourceKind
    fallback: str | None


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One ``-O name=value`` of an export."""

    name: str
    type: str
    default: str | int | float | bool | None
    help: str


class Writable(msgspec.Struct, frozen=True, kw_only=True):
    """A format that can be written, and what is lost on the way."""

    name: str
    label: str
    audience: Audience
    needs: str | None = None  # what pip installs besides, without which it cannot be written
    settings: tuple[Setting, ...]
    dropped: dict[str, str]  # "Model" or "Model.field" → why
    altered: dict[str, str]
    sometimes: dict[str, str] = {}  # comes back as it was, but for the values that the reason names


class FormatList(msgspec.Struct, frozen=True, kw_only=True):
    """All formats, by name."""

    readable: tuple[Readable, ...]
    writable: tuple[Writable, ...]


class SiteFigures(msgspec.Struct, kw_only=True):
    """One site of an archive in figures."""

    site: str
    title: str | None = None
    url: str | None = None
    posts: dict[str, dict[str, int]] = {}  # kind → status → number
    reviews: int = 0
    comments: int = 0
    waiting: int = 0  # of them not approved
    missing: int = 0  # comments that sources claim beyond those that are held
    orphans: int = 0  # comments whose post has not come yet
    authors: int = 0
    terms: int = 0
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    years: dict[str, int] = {}  # year → posts
    files: int = 0
    bytes: int = 0


def list_formats() -> FormatList:
    """Describe every importer and exporter from its own descriptor."""
    return FormatList(
        readable=tuple(_readable(name) for name in sorted(formats.importers())),
        writable=tuple(_writable(name) for name in sorted(formats.exporters())),
    )


def figures(archive_path: Path, sites: tuple[str, ...] = ()) -> list[SiteFigures]:
    """Count what the archive holds, from its index."""
    archive = Archive.open(archive_path)
    found = []
    for name in sites or archive.sites():
        with closing(archive.site(name)) as site:
            found.append(_figures(site))
    return found


def _readable(name: str) -> Readable:
    importer = formats.importer(name)
    return Readable(name=importer.name, label=importer.label, kind=importer.kind, fallback=importer.fallback)


def _writable(name: str) -> Writable:
    exporter = formats.exporter(name)
    hints = get_type_hints(exporter.options)
    comments = _comments(exporter.options)
    return Writable(
        name=exporter.name,
        label=exporter.label,
        audience=exporter.audience,
        needs=f"feedkeep[{exporter.name}]" if exporter.needs is not None else None,
        settings=tuple(
            Setting(
                name=field.name,
                type=_spelled(hints[field.name]),
                default=None if field.default is msgspec.NODEFAULT else field.default,
                help=comments.get(field.name, ""),
            )
            for field in msgspec.structs.fields(exporter.options)
        ),
        dropped=dict(sorted(exporter.losses.dropped.items())),
        altered=dict(sorted(exporter.losses.altered.items())),
        sometimes=dict(sorted(exporter.losses.sometimes.items())),
    )


def _spelled(hint: object) -> str:
    parts = [part for part in get_args(hint) if part not in {type(None), ...}]
    if parts:
        return " or ".join(part if isinstance(part, str) else _spelled(part) for part in parts)
    return getattr(hint, "__name__", str(hint))


def _comments(options: type) -> dict[str, str]:
    """The comment at each option's field, where its help is written once; none where the source was left out."""
    found: dict[str, str] = {}
    for model in reversed(options.__mro__):
        if model.__module__.startswith("feedkeep."):
            with suppress(OSError):
                found.update(_FIELD.findall(inspect.getsource(model)))
    return found


def _figures(site: SiteArchive) -> SiteFigures:
    about = site.site()
    found = SiteFigures(site=site.name, title=about.title, url=about.url)
    posts: dict[str, Counter[str]] = {}
    years: Counter[str] = Counter()
    for summary in site.summaries():
        posts.setdefault(summary.kind, Counter())[summary.status or "published"] += 1
        found.reviews += summary.reviews
        found.comments += summary.comments
        found.waiting += summary.waiting
        found.missing += max(0, (summary.claimed or 0) - summary.comments)
        if summary.published is not None:
            years[f"{summary.published.year:04}"] += 1
            found.first = min(found.first or summary.published, summary.published)
            found.last = max(found.last or summary.published, summary.published)
    found.posts = {kind: dict(sorted(counts.items())) for kind, counts in sorted(posts.items())}
    found.years = dict(sorted(years.items()))
    found.orphans = sum(len(conversation.comments) for _, conversation in site.orphans())
    found.authors, found.terms = len(site.people()), len(site.terms())
    for path in site.path.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            found.files += 1
            found.bytes += path.stat().st_size
    return found
