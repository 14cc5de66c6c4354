"""Rows of comma-separated values (RFC 4180), one by one, by the names of their columns."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.wire.detection import marked
from feedkeep.wire.lines import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_COLUMNS = 200  # more are no table that anybody exports


class Row(NamedTuple):
    """One row: the line that it begins on, and its cells without the space around them."""

    line: int
    cells: dict[str, str]

    def get(self, column: str) -> str | None:
        """Give a cell; None for an empty one and for a column that is not there."""
        return self.cells.get(column) or None

    def rest(self, *read: str) -> dict[str, str]:
        """Give the cells that hold something, but for the columns named."""
        return {name: cell for name, cell in self.cells.items() if cell and name not in read}


def header(source: Source) -> tuple[str, ...]:
    """Give the cells of the first line, for detection."""
    length, encoding = marked(source.head) or (0, "utf-8")
    text = source.head[length:].decode(encoding, "replace").lstrip("\r\n")
    first = text.partition("\n")[0].rstrip("\r")
    try:
        return tuple(cell.strip() for cell in next(csv.reader([first]), []))
    except csv.Error:
        return ()


def rows(source: Source, notes: Notes) -> Iterator[Row]:
    """Yield the rows below the first, which names the columns; blank ones are none."""
    yield from named(records(source, notes), source, notes)


def named(found: Iterator[tuple[int, list[str]]], source: Source, notes: Notes) -> Iterator[Row]:
    """Name the cells of rows by the first of them. What has no column, or no cell, is noted."""
    _, first = next(found, (0, []))
    columns = [cell.strip() for cell in first[:_COLUMNS]]
    for line, cells in found:
        if len(cells) > len(columns):
            what = f"a row of {len(cells)} cells where {len(columns)} have a name: the others were left out"
            notes.dropped(what, source=source.name, line=line)
        elif len(cells) < len(columns):
            what = f"a row of {len(cells)} cells where there are {len(columns)} columns: the others are taken for empty"
            notes.repaired(what, source=source.name, line=line)
        yield Row(line, {name: cell.strip() for name, cell in zip(columns, cells, strict=False) if name})


def records(source: Source, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Yield (line that it begins on, cells) of every row that is not blank. What cannot be read is a note."""
    fed = _Feed()
    reader = csv.reader(fed.text(lines(source, notes)))
    while True:
        start, fed.marks = fed.line + 1, 0
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # the next line begins another row
            notes.skipped(
                "a cell of more than 128 KiB, as of a quotation mark that is never closed: the rows in it were lost",
                source=source.name,
                line=start,
            )
            continue
        if any(cell.strip() for cell in cells):
            if fed.marks % 2 and fed.ended:
                notes.repaired("the file ends within a cell: cut short", source=source.name, line=start)
            yield start, cells


class _Feed:
    """Lines on their way to the reader, counted."""

    def __init__(self) -> None:
        self.line = 0
        self.marks = 0  # quotation marks since the row began
        self.ended = False

    def text(self, read: Iterator[tuple[int, str]]) -> Iterator[str]:
        for number, line in read:
            self.line = number
            self.marks += line.count('"')
            yield line + "\n"
        self.ended = True
