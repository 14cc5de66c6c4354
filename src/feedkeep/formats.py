"""What an importer and an exporter are, the names of all of them, and how a source finds its importer."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from feedkeep.errors import FormatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint
    from pathlib import PurePosixPath

    from feedkeep.fidelity import Losses
    from feedkeep.models import Record, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.source import Source

# In the order of detection: a format that is a dialect of another comes before it,
# and those that read nearly anything come last.
IMPORTERS = (
    "bar",
    "jsonfeed",
    "ghost",
    "squarespace",
    "wordpress_api",
    "mastodon",
    "activitystreams",
    "wxr",
    "mtif",
    "dotclear",
    "blogml",
    "livejournal",
    "blogger",
    "rdf",
    "atom",
    "rss",
    "disqus",
    "isso",
    "remark42",
    "commento",
    "tumblr",
    "substack",
    "medium",
    "markdown",
    "letterboxd",
    "goodreads",
    "opml",
    "page",
    "loosefeed",
    "pagetext",
)
EXPORTERS = (
    "rss",
    "atom",
    "jsonfeed",
    "wxr",
    "csv",
    "sqlite",
    "parquet",
    "hugo",
    "jekyll",
    "pelican",
    "eleventy",
    "letterboxd",
    "goodreads",
    "mtif",
    "disqus",
    "isso",
    "remark42",
    "redirects",
    "ghost",
    "mbox",
    "blogml",
    "opml",
    "activitystreams",
    "blogger",
    "epub",
    "bar",
    "bagit",
)
# What the documents of a format begin with, after white space, where it is one of these two alone: a source that
# begins with the other is not even shown to it. Optional; it spares loading a format to be told no.
_XML = frozenset({"squarespace", "wxr", "blogml", "livejournal", "rdf", "atom", "rss"})
_JSON = frozenset({"wordpress_api", "jsonfeed", "ghost", "mastodon", "activitystreams", "commento"})
_CATCH_ALL = 2  # importers at the end that read nearly anything
_PARTED = frozenset({"bar"})  # no document of theirs stands alone
_NOT = {b"<": _JSON | _PARTED, b"{": _XML | _PARTED, b"[": _XML | _PARTED}

# How rich a kind of source is; at equal dates the richer one wins a merge.
SourceKind = Literal["export", "api", "feed", "page", "list"]  # a list is of feeds to follow: Site records alone
Audience = Literal["public", "migration"]


class Importer(msgspec.Struct, frozen=True, kw_only=True):
    """One source format: data and two pure functions."""

    name: str  # the module's name
    label: str  # for people: "WordPress export (WXR)"
    kind: SourceKind
    detect: Callable[[Source], bool]  # of a document: looks at source.head only
    read: Callable[[Source, Notes], Iterator[Record]]  # raises FormatError and nothing else
    # Of a format that is several files: finds its exports in a container, each made with ``container.part``, by the
    # names and heads of members. What it leaves in the container is looked at further, as are all media files.
    parts: Callable[[Source], Iterator[Source]] | None = None
    fallback: str | None = None  # the importer to try when the bytes turn out not to be well formed


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What every exporter may be told; an exporter subclasses it to add its own (``-O name=value``).

    Each field's default and annotation make its help text; ``msgspec.convert`` with ``strict=False``
    turns the command line's strings into it.
    """

    base_url: str | None = None  # where the output will live, without which links to itself are relative
    limit: int = 20  # entries in a feed's subscription window


class OutputFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an export, produced when its chunks are drawn."""

    path: PurePosixPath  # relative to the destination
    chunks: Iterable[bytes]
    # Says what the file was made from; where the destination already holds a file made from the same,
    # the chunks are never drawn. None: always make it.
    fingerprint: str | None = None
    stored: bool = False  # a zip holds it as it is: it is packed already, or has to be found unpacked


class Exporter(msgspec.Struct, frozen=True, kw_only=True):
    """One target format: data and one pure function."""

    name: str
    label: str
    losses: Losses
    audience: Audience  # "public": the privacy gate is shut unless --include opens it
    write: Callable[[Snapshot, Options, Notes], Iterator[OutputFile]]
    options: type[Options] = Options
    kinds: tuple[str, ...] = ()  # the kinds of post that it holds unless --kind names others; none named: all
    merges: bool = False  # several sites become one output, each post with its source
    needs: str | None = None  # what it imports that not everybody has: the extra of its name brings it
    packed: str | None = None  # the files are one zip that is called by this suffix: ".epub"
    rooted: bool = False  # a zip of them holds one folder, which is called as the zip is


_F = TypeVar("_F", Importer, Exporter)


def importer(name: str) -> Importer:
    """Give the importer called ``name``, ours or an installed package's. Raises UsageError where there is none."""
    if name in IMPORTERS:
        found: Importer = import_module(f"feedkeep.importers.{name}").IMPORTER
        return found
    return _installed("feedkeep.importers", name, Importer, importers)


def exporter(name: str) -> Exporter:
    """Give the exporter called ``name``, ours or an installed package's. Raises UsageError where there is none."""
    if name in EXPORTERS:
        found: Exporter = import_module(f"feedkeep.exporters.{name}").EXPORTER
        return found
    return _installed("feedkeep.exporters", name, Exporter, exporters)


def importers() -> tuple[str, ...]:
    """Name every importer in the order of detection: those of installed packages come before what reads anything."""
    return (*IMPORTERS[:-_CATCH_ALL], *_plug_ins("feedkeep.importers"), *IMPORTERS[-_CATCH_ALL:])


def exporters() -> tuple[str, ...]:
    """Name every exporter, those of installed packages last."""
    return (*EXPORTERS, *_plug_ins("feedkeep.exporters"))


@cache
def _plug_ins(group: str) -> dict[str, EntryPoint]:
    # loaded late: what is installed is asked for only where nothing of our own fits
    from importlib.metadata import entry_points  # noqa: PLC0415

    ours = {"feedkeep.importers": IMPORTERS, "feedkeep.exporters": EXPORTERS}[group]
    return {point.name: point for point in sorted(entry_points(group=group)) if point.name not in ours}


def is_ready(exporter: Exporter) -> bool:
    """Tell whether what an exporter needs besides feedkeep is installed."""
    from importlib.util import find_spec  # noqa: PLC0415 — seldom asked

    return exporter.needs is None or find_spec(exporter.needs) is not None


def _installed(group: str, name: str, kind: type[_F], known: Callable[[], tuple[str, ...]]) -> _F:
    point = _plug_ins(group).get(name)
    side = kind.__name__.lower()
    if point is None:
        raise UsageError(f"no {side} {name!r}; choose from {', '.join(sorted(known()))}")
    try:
        found = point.load()
    except Exception as error:  # a package of others may fail in any way
        raise UsageError(f"the {side} {name!r} of {point.value} cannot be loaded: {error}") from error
    if not isinstance(found, kind) or found.name != name:
        raise UsageError(f"{point.value} is not the {side} {name!r} that its package says it is")
    return found


def detected(source: Source) -> Importer | None:
    """Find the importer that reads ``source``: a document by its first bytes, a container by the exports in it."""
    spared = frozenset() if source.is_container else _NOT.get(source.head[:64].lstrip()[:1], _PARTED)
    for name in IMPORTERS[:-_CATCH_ALL]:
        if name not in spared and _reads(candidate := importer(name), source):
            return candidate
    for name in (*_plug_ins("feedkeep.importers"), *IMPORTERS[-_CATCH_ALL:]):
        if _reads(candidate := importer(name), source):
            return candidate
    return None


def _reads(candidate: Importer, source: Source) -> bool:
    return next(parts(candidate, source), None) is not None if source.is_container else candidate.detect(source)


def detect(source: Source) -> Importer:
    """Find the importer that reads ``source``. Raises FormatError where none does."""
    found = detected(source)
    if found is not None:
        return found
    raise FormatError(_unknown(source.head), source=source.name)


def parts(importer: Importer, container: Source) -> Iterator[Source]:
    """Yield the exports of the importer's format in a folder or zip, none where it is a format of single documents."""
    return importer.parts(container) if importer.parts is not None else iter(())


def _unknown(head: bytes) -> str:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if not start:
        return "the file is empty"
    if start.startswith((b"<!doctype html", b"<html")):
        return "this is an HTML page, not a feed or an export"
    if start.startswith(b"<"):
        return "an XML document of no format that feedkeep reads"
    if start.startswith((b"{", b"[")):
        return "a JSON document of no format that feedkeep reads"
    return "no format that feedkeep reads"
