"""The harness for data cases: adding a case is adding a folder.

``data/importers/<format>/<case>/`` holds ``input.*`` (one file, or a folder ``input``) and ``expected.jsonl``: one
record a line as ``{"post": {…}}``, then the notes as ``{"note": {…}}``, how many dates stated no zone as
``{"guessed": {"UTC": 2}}``, or one last line ``{"error": "…"}``.
``data/exporters/<format>/<case>/`` holds ``records.jsonl``, optionally ``options.json``, and a folder ``expected``.
"""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term, Tombstone
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows import reading

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = Path(__file__).parent / "data"
MODELS: dict[str, type[Record]] = {
    "site": Site,
    "person": Person,
    "term": Term,
    "post": Post,
    "comment": Comment,
    "media": Media,
    "tombstone": Tombstone,
}


def cases(side: str) -> list[Path]:
    """All case folders of ``importers`` or ``exporters``; fails when there are none."""
    found = sorted(path for path in (DATA / side).glob("*/*") if path.is_dir())
    if not found:
        raise AssertionError(f"no cases under {DATA / side}")
    return found


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def line(record: Record) -> str:
    """One record as the archive would say it, on one line."""
    name = type(record).__name__.lower()
    return json.dumps({name: msgspec.to_builtins(record)}, ensure_ascii=False, sort_keys=True).replace(
        "\u2028", "\\u2028"
    )


def parse(text: str) -> list[Record]:
    """The records of a .jsonl file, leaving out notes and errors."""
    records: list[Record] = []
    for row in text.splitlines():
        ((name, value),) = json.loads(row).items()
        if name in MODELS:
            records.append(msgspec.convert(value, MODELS[name]))
    return records


def read(source: Source, importer: str | None = None) -> tuple[list[Record], Notes, FormatError | None]:
    """Read a source with the importer named, else the detected one."""
    notes = Notes()
    records: list[Record] = []
    try:
        chosen = formats.importer(importer) if importer else formats.detect(source)
        for document in formats.parts(chosen, source) if source.is_container else (source,):
            records.extend(reading.records(document, chosen, notes))
    except FormatError as error:
        return records, notes, error
    return records, notes, None


def read_case(case: Path) -> str:
    """What ``expected.jsonl`` of an importer case should say."""
    inputs = list(case.glob("input*"))
    if len(inputs) != 1:
        raise AssertionError(f"{case_id(case)} needs exactly one input.*, found {len(inputs)}")
    records, notes, error = read(Source.from_path(inputs[0]), case.parent.name)
    rows = [line(record) for record in records]
    rows += [json.dumps({"note": msgspec.to_builtins(note)}, ensure_ascii=False, sort_keys=True) for note in notes.kept]
    if notes.guessed:
        rows.append(json.dumps({"guessed": dict(notes.guessed)}, ensure_ascii=False, sort_keys=True))
    if error is not None:
        rows.append(json.dumps({"error": str(error)}, ensure_ascii=False))
    return "".join(row + "\n" for row in rows)


def options(case: Path, kind: type[formats.Options]) -> formats.Options:
    path = case / "options.json"
    return msgspec.convert(json.loads(path.read_text("utf-8")) if path.exists() else {}, kind)


def written(files: Iterable[formats.OutputFile]) -> dict[PurePosixPath, bytes]:
    """The files of an export, in memory; fails when two have one path."""
    result: dict[PurePosixPath, bytes] = {}
    for file in files:
        if file.path in result:
            raise AssertionError(f"{file.path} written twice")
        result[file.path] = b"".join(file.chunks)
    return result


def write(name: str, records: Iterable[Record], **settings: Any) -> dict[PurePosixPath, bytes]:
    """Export records with the exporter named."""
    from snapshots import MemorySnapshot  # noqa: PLC0415 — snapshots imports nothing of this module

    exporter = formats.exporter(name)
    return written(exporter.write(MemorySnapshot(records), exporter.options(**settings), Notes()))
