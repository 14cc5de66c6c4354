"""Every importer against its data cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden import case_id, cases, read_case

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("case", cases("importers"), ids=case_id)
def test_reads_the_case_as_expected(case: Path, *, accept: bool) -> None:
    expected = case / "expected.jsonl"
    actual = read_case(case)
    if accept:
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")
