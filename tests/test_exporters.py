"""Every exporter against its data cases."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

import pytest

from feedkeep import formats
from feedkeep.notes import Notes
from golden import case_id, cases, options, parse, written
from snapshots import MemorySnapshot


@pytest.mark.parametrize("case", cases("exporters"), ids=case_id)
def test_writes_the_case_as_expected(case: Path, *, accept: bool) -> None:
    exporter = formats.exporter(case.parent.name)
    snapshot = MemorySnapshot(parse((case / "records.jsonl").read_text("utf-8")))
    actual = written(exporter.write(snapshot, options(case, exporter.options), Notes()))
    expected = case / "expected"
    if accept:
        shutil.rmtree(expected, ignore_errors=True)
        for path, data in actual.items():
            (expected / path).parent.mkdir(parents=True, exist_ok=True)
            (expected / path).write_bytes(data)
    held = {PurePosixPath(p.relative_to(expected)): p.read_bytes() for p in expected.rglob("*") if p.is_file()}
    assert actual == held
    assert actual, "an export of nothing proves nothing"
