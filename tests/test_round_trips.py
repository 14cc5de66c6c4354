"""Formats that are written and read: what a round trip loses is what is declared, in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive, Origin
from feedkeep.formats import exporter
from feedkeep.library import export_from, import_into
from feedkeep.notes import Notes
from feedkeep.selection import PRIVATE, Selection
from feedkeep.workflows.fidelity import measure
from golden import DATA
from maximal import MAXIMAL
from test_fixed_points import kept, out

if TYPE_CHECKING:
    from pathlib import Path

SERVERS = ("disqus", "isso", "remark42")
NAMES = ("mtif", "ghost", "blogml", "activitystreams", "blogger", "bar", *SERVERS)
# Formats that have several shapes, each of which keeps the same promises.
SHAPES: list[tuple[str, dict[str, str]]] = [*((name, {}) for name in NAMES), ("blogger", {"shape": "takeout"})]
# Declared as gone, and yet a shell of it comes back, or what comes back is what a record says by default.
UNSEEN = {"disqus": {"Site"}, "isso": {"Site"}, "activitystreams": {"Term.taxonomy"}}


@pytest.fixture(scope="module")
def maximal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("maximal") / "archive"
    with Archive.open(archive, create=True).write("blog", Origin(format="wxr", kind="export"), Notes()) as writing:
        for record in MAXIMAL:
            writing.put(record)
    return archive


@pytest.mark.parametrize(("name", "options"), SHAPES, ids=str)
def test_a_round_trip_loses_what_is_declared_and_nothing_else(
    name: str, options: dict[str, str], maximal: Path
) -> None:
    (result,) = measure(maximal, name, selection=Selection(include=frozenset(PRIVATE)), options=options)
    losses = exporter(name).losses
    less = {key for key, count in result.counts.items() if count.survived < count.held}
    assert less - {*losses.dropped, *losses.altered, *losses.sometimes} == set()
    declared = {key for key in (*losses.dropped, *losses.altered) if key in result.counts}
    assert declared - less == UNSEEN.get(name, set())


@pytest.mark.parametrize(("name", "options"), [shape for shape in SHAPES if shape[0] not in SERVERS], ids=str)
def test_an_export_of_an_export_is_the_same_bytes(name: str, options: dict[str, str], tmp_path: Path) -> None:
    origin, first, second = tmp_path / "origin", tmp_path / "first", tmp_path / "second"
    import_into(origin, DATA / "sample" / "wordpress.xml", site="blog")
    export_from(origin, name, tmp_path / "zero", options=options)
    import_into(first, tmp_path / "zero", site="blog")
    one = out(first, name, tmp_path / "one", options=options)
    import_into(second, tmp_path / "one", site="blog")
    two = out(second, name, tmp_path / "two", options=options)
    assert {file for file in one.keys() | two.keys() if one.get(file) != two.get(file)} == set()
    assert kept(first)
    assert kept(first) == kept(second)
