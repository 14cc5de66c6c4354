"""What an importer and an exporter are, the names of all of them, and how a source finds its importer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Literal

import msgspec

from feedkeep.errors import FormatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import PurePosixPath

    from feedkeep.fidelity import Losses
    from feedkeep.models import Record, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.source import Source

# In the order of detection: a format that is a dialect of another comes before it,
# and those that read nearly anything come last.
# fmt: off
IMPORTERS = (
    "bar",
    "jsonfeed",
    "ghost",
    "squarespace",
    "mastodon",
    "activitystreams",
    "wxr",
    "mtif",
    "dotclear",
    "blogml",
    "livejournal",
    "rdf",
    "atom",
    "rss",
    "disqus",
    "isso",
    "remark42",
    "commento",
    "markdown",
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
)
# fmt: on
# What the documents of a format begin with, after white space, where it is one of these two alone: a source that
# begins with the other is not even shown to it. Optional; it spares loading a format to be told no.
_XML = frozenset({"squarespace", "wxr", "blogml", "livejournal", "rdf", "atom", "rss"})
_JSON = frozenset({"jsonfeed", "ghost", "mastodon", "activitystreams", "commento"})
_NOT = {b"<": _JSON, b"{": _XML, b"[": _XML}

# How rich a kind of source is; at equal dates the richer one wins a merge.
SourceKind = Literal["export", "api", "feed", "page"]
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


class Exporter(msgspec.Struct, frozen=True, kw_only=True):
    """One target format: data and one pure function."""

    name: str
    label: str
    losses: Losses
    audience: Audience  # "public": the privacy gate is shut unless --include opens it
    write: Callable[[Snapshot, Options, Notes], Iterator[OutputFile]]
    options: type[Options] = Options
    kinds: tuple[str, ...] = ()  # the kinds of post that it holds unless --kind names others; none named: all


def importer(name: str) -> Importer:
    """Give the importer called ``name``. Raises UsageError for a name that is not in IMPORTERS."""
    if name not in IMPORTERS:
        msg = f"no importer {name!r}; choose from {', '.join(sorted(IMPORTERS))}"
        raise UsageError(msg)
    found: Importer = import_module(f"feedkeep.importers.{name}").IMPORTER
    return found


def exporter(name: str) -> Exporter:
    """Give the exporter called ``name``. Raises UsageError for a name that is not in EXPORTERS."""
    if name not in EXPORTERS:
        msg = f"no exporter {name!r}; choose from {', '.join(sorted(EXPORTERS))}"
        raise UsageError(msg)
    found: Exporter = import_module(f"feedkeep.exporters.{name}").EXPORTER
    return found


def detected(source: Source) -> Importer | None:
    """Find the importer that reads ``source``: a document by its first bytes, a container by the exports in it."""
    spared = frozenset() if source.is_container else _NOT.get(source.head[:64].lstrip()[:1], frozenset())
    for name in IMPORTERS:
        if name in spared:
            continue
        candidate = importer(name)
        if next(parts(candidate, source), None) is not None if source.is_container else candidate.detect(source):
            return candidate
    return None


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
