"""What the JSON of comment servers has in common: a whole document, rows of one object each, moments in UTC."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.errors import FormatError
from feedkeep.wire import dates
from feedkeep.wire.decoding import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.intake import Intake

_DEPTH = 100  # objects within objects; what is deeper is no comment
_ROW = 32 << 20  # bytes of one row


def start(source: Source) -> bytes:
    """Give the first 64 KiB as UTF-8 without a byte order mark and leading white space."""
    head = source.head
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "ignore").encode()
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()


def document(source: Source, notes: Notes) -> Any:  # noqa: ANN401
    """Read a whole document. Raises FormatError for what is no JSON."""
    if source.is_container:
        raise FormatError("a folder or zip; name the file in it", source=source.name)
    text, assumed = decoded(source.read())
    if assumed is not None:
        notes.repaired(f"read as {assumed}" if assumed.startswith("UTF-8,") else assumed, source=source.name)
    try:
        return _decoded(text)
    except ValueError as error:
        raise FormatError(f"not JSON: {error}", source=source.name) from error


def rows(source: Source, notes: Notes) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, object) for each row of JSON lines; a row that is none is skipped with a note."""
    if source.is_container:
        raise FormatError("a folder or zip; name the file in it", source=source.name)
    with source.open() as stream:
        line = 0
        while data := stream.readline(_ROW):
            line += 1
            if len(data) == _ROW and not data.endswith(b"\n"):
                while data and not data.endswith(b"\n"):
                    data = stream.readline(_ROW)
                notes.skipped(f"a row of more than {_ROW >> 20} MiB", source=source.name, line=line)
                continue
            text, assumed = decoded(data)
            if not text.strip():
                continue
            try:
                found = _decoded(text)
            except ValueError as error:
                last = not data.endswith(b"\n")
                what = "the file ends early, within a row" if last else f"a row that is not JSON: {error}"
                notes.skipped(what, source=source.name, line=line)
                continue
            if not isinstance(found, dict):
                notes.skipped("a row that is not an object", source=source.name, line=line)
                continue
            if assumed is not None:
                notes.repaired(assumed, source=source.name, line=line)
            yield line, found


def moment(intake: Intake, text: str | None, name: str, record_id: str) -> dt.datetime | None:
    """Read a date of a format whose dates are UTC where they name no zone; the zero of Go's clock is none."""
    if text is None or text.startswith("0001-01-01"):
        return None
    found = dates.parse(text, dt.UTC)
    return found[0] if found is not None else intake.moment(text, name, record_id)


def _decoded(text: str) -> Any:  # noqa: ANN401
    try:
        found = msgspec.json.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    level: list[Any] = [found]
    for _ in range(_DEPTH):
        level = [inner for held in level for inner in _within(held)]
        if not level:
            return found
    raise ValueError("nested too deep")


def _within(held: Any) -> Iterable[Any]:  # noqa: ANN401
    return held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
