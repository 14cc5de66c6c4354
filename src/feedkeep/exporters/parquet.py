"""Tables as Parquet files, https://parquet.apache.org/docs/file-format/: columns with types, for DuckDB, pandas and Spark.

They lie in folders that say which rows they hold (``posts/site=b.example/year=2014/part-0.parquet``), as Hive began it:
whoever reads ``posts/**/*.parquet`` gets ``site`` and ``year`` as columns and opens only the files that he asks for.
The year is that of the post, in UTC, for what belongs to a post as well: a year's files are whole, and next year's
posts leave them as they are. Terms and media belong to no year.

A moment is a timestamp in UTC; the column ``…_offset`` beside it says how many minutes the blog's own clock was ahead.
"""

from __future__ import annotations

import io
import re
from importlib import import_module
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec

from feedkeep import publishing as pub
from feedkeep.errors import UsageError
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import tables
from feedkeep.wire.tabled import LOSSES, between, rows, utc

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from feedkeep.models import Post, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tables import Row, Table

_BY_YEAR = (tables.POSTS, tables.COMMENTS, tables.POST_TERMS, tables.REVIEWS)
_BY_SITE = (tables.TERMS, tables.MEDIA)
_UNDATED = "__HIVE_DEFAULT_PARTITION__"  # what Hive calls the folder of those without a value
_NOT_NAME = re.compile(r"[^a-z0-9._-]+")
_LARGEST = 1 << 63
_SETTINGS = {"compression": "zstd", "version": "2.6"}


class ParquetOptions(Options, frozen=True, kw_only=True):
    """What the exporter may be told besides."""

    row_group: int = 5000  # rows that are written together, and wait in memory until they are


class _Span(msgspec.Struct, kw_only=True):
    """Posts of one year that follow one another."""

    year: str
    part: int
    offset: int  # of the first, from the oldest
    count: int = 0
    digests: list[str] = []
    tables: set[str] = msgspec.field(default_factory=lambda: {"posts"})  # that have rows


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the tables that have rows, and always the posts. Raises UsageError where pyarrow is not installed."""
    assert isinstance(options, ParquetOptions)  # noqa: S101 — the descriptor says so
    arrow = _arrow()
    site = f"site={_name(snapshot.site)}"
    spans = list(_spans(snapshot)) or [_Span(year=_UNDATED, part=0, offset=0)]
    for table in _BY_YEAR:
        stem = pub.made_from(snapshot.site, options, f"{table.name} {arrow.__version__}")
        for span in spans:
            if table.name in span.tables:
                path = PurePosixPath(table.name, site, f"year={span.year}", f"part-{span.part}.parquet")
                yield OutputFile(
                    path=path,
                    chunks=_chunks(table, between(snapshot, table, span.offset, span.count), options, notes),
                    fingerprint=pub.fingerprint(stem, "table", span.year, span.digests),
                )
    for table in _BY_SITE:
        if next(rows(snapshot, table), None) is not None:
            held = (row for _, row in rows(snapshot, table))
            path = PurePosixPath(table.name, site, "part-0.parquet")
            yield OutputFile(path=path, chunks=_chunks(table, held, options, notes))


def _arrow() -> Any:  # noqa: ANN401 — pyarrow states no types
    try:
        import_module("pyarrow.parquet")  # late: it is large, and not everybody's
    except ImportError as error:
        raise UsageError("parquet needs pyarrow, which is not installed: pip install 'feedkeep[parquet]'") from error
    return import_module("pyarrow")


def _name(site: Site) -> str:
    address = site.url or site.id
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    return _NOT_NAME.sub("-", (host.removeprefix("www.") or address).casefold()).strip("-.")[:100] or "blog"


def _spans(snapshot: Snapshot) -> Iterator[_Span]:
    """Part the posts by year, in the order in which the snapshot gives them; seldom a year comes twice."""
    threads = {post_id for post_id, _, _ in snapshot.threads()}
    parts: dict[str, int] = {}
    span: _Span | None = None
    posts = snapshot.posts(oldest_first=True, bodiless=True)
    for offset, (post, (_, digest)) in enumerate(zip(posts, snapshot.digests(oldest_first=True), strict=True)):
        year = _year(post)
        if span is None or span.year != year:
            if span is not None:
                yield span
            span = _Span(year=year, part=parts.get(year, 0), offset=offset)
            parts[year] = span.part + 1
        span.count += 1
        span.digests.append(digest)
        has = {"comments": post.id in threads, "post_terms": bool(post.terms), "reviews": bool(post.reviews)}
        span.tables |= {name for name, there in has.items() if there}
    if span is not None:
        yield span


def _year(post: Post) -> str:
    moment = utc(post.published or post.updated)
    return _UNDATED if moment is None else f"{moment.year:04d}"


def _chunks(table: Table, held: Iterator[Row], options: ParquetOptions, notes: Notes) -> Iterator[bytes]:
    arrow = _arrow()
    schema = _schema(table, arrow)
    sink = _Sink()
    with arrow.parquet.ParquetWriter(sink, schema, **_SETTINGS) as writer:
        while batch := list(islice(held, max(1, options.row_group))):
            columns = dict(_columns(table, batch, notes))
            arrays = [_array(columns[field.name], field.type, arrow) for field in schema]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=schema), row_group_size=len(batch))
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that is handed on as it grows."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._before = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 — any buffer
        self._held += data
        return len(data)

    def tell(self) -> int:
        return self._before + len(self._held)

    def taken(self) -> bytes:
        data = bytes(self._held)
        self._before += len(data)
        self._held.clear()
        return data


def _schema(table: Table, arrow: Any) -> Any:  # noqa: ANN401
    text = arrow.string()
    types = {
        "text": text,
        "integer": arrow.int64(),
        "real": arrow.float64(),
        "flag": arrow.bool_(),
        "list": arrow.list_(text),
        "map": arrow.map_(text, text),
        "day": arrow.date32(),
        "moment": arrow.timestamp("us", tz="UTC"),
    }
    fields = []
    for name, kind in table.columns.items():
        if kind in types:
            fields.append((name, types[kind]))
        if kind == "moment":
            fields.append((f"{name}_offset", arrow.int16()))
    return arrow.schema(fields)


def _columns(table: Table, batch: list[Row], notes: Notes) -> Iterator[tuple[str, Sequence[Any]]]:
    for (name, kind), cells in zip(table.columns.items(), zip(*batch, strict=True), strict=True):
        if kind == "moment":
            yield name, [utc(moment) for moment in cells]
            yield f"{name}_offset", [_offset(moment) for moment in cells]
        elif kind == "map":
            yield name, [sorted(told.items()) or None for told in cells]
        elif kind == "integer":
            for row, number in zip(batch, cells, strict=True):
                if number is not None and abs(number) >= _LARGEST:
                    what = f"{number:.3e} is more than a column holds"
                    notes.dropped(what, record=str(row[0]), field=f"{table.name}.{name}")
            yield name, [None if number is None or abs(number) >= _LARGEST else number for number in cells]
        else:
            yield name, cells


def _offset(moment: dt.datetime | None) -> int | None:
    ahead = None if moment is None else moment.utcoffset()
    return None if ahead is None else round(ahead.total_seconds() / 60)


def _array(cells: Sequence[Any], kind: Any, arrow: Any) -> Any:  # noqa: ANN401
    try:
        return arrow.array(cells, kind)
    except UnicodeEncodeError:  # half a surrogate pair, which only records that were in no archive can hold
        return arrow.array([_whole(cell) for cell in cells], kind)


def _whole(cell: Any) -> Any:  # noqa: ANN401
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode("utf-8")
    return [_whole(one) for one in cell] if isinstance(cell, (tuple, list)) else cell


EXPORTER = Exporter(
    name="parquet",
    label="Tables (Parquet)",
    losses=LOSSES,
    audience="public",
    write=write,
    options=ParquetOptions,
    needs="pyarrow",
)
