"""Formats of installed packages: found, read, written, listed; and a broken one says what is wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedkeep import formats
from feedkeep.errors import UsageError
from feedkeep.library import export_from, import_into
from feedkeep.source import Source
from feedkeep.workflows.describe import list_formats
from golden import DATA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLE = Path(__file__).parents[1] / "docs" / "example-format"
POINTS = """\
[feedkeep.importers]
titled = feedkeep_titled:IMPORTER
[feedkeep.exporters]
titled = feedkeep_titled:EXPORTER
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Make entry points known as an installed package's are."""

    def installed(points: str) -> None:
        about = tmp_path / "site" / "feedkeep_titled-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: feedkeep-titled\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(points)
        formats._plug_ins.cache_clear()

    monkeypatch.syspath_prepend(str(EXAMPLE / "src"))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    yield installed
    formats._plug_ins.cache_clear()
    sys.modules.pop("feedkeep_titled", None)


def test_the_example_package_reads_and_writes(install: Callable[[str], None], tmp_path: Path) -> None:
    install(POINTS)
    (tmp_path / "rope.txt").write_text("title: Rope\n\nOne room, ten shots.\n")
    (report,) = import_into(tmp_path / "archive", tmp_path / "rope.txt", site="s")
    assert report.format == "titled"
    (done,) = export_from(tmp_path / "archive", "titled", tmp_path / "out")
    (written,) = list((tmp_path / "out").glob("*.txt"))
    assert written.read_text() == "title: Rope\n\nOne room, ten shots.\n"
    assert done.posts == 1
    listed = list_formats()
    assert "titled" in {one.name for one in listed.readable}
    assert "titled" in {one.name for one in listed.writable}


def test_the_points_of_the_example_are_those_of_its_project() -> None:
    project = (EXAMPLE / "pyproject.toml").read_text("utf-8")
    for line in POINTS.splitlines():
        if "=" in line:
            name, _, value = line.partition(" = ")
            assert f'{name} = "{value}"' in project


def test_our_own_formats_are_not_replaced(install: Callable[[str], None]) -> None:
    install("[feedkeep.importers]\nrss = feedkeep_titled:IMPORTER\n")
    assert formats.importer("rss").label.startswith("RSS")
    assert formats.importers().count("rss") == 1


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("[feedkeep.importers]\nodd = no_such_module:IMPORTER\n", "cannot be loaded"),
        ("[feedkeep.importers]\nodd = feedkeep_titled:detect\n", "is not the importer"),
        ("[feedkeep.importers]\nodd = feedkeep_titled:IMPORTER\n", "is not the importer"),
    ],
)
def test_a_broken_package_is_named(install: Callable[[str], None], points: str, said: str) -> None:
    install(points)
    with pytest.raises(UsageError, match=said):
        formats.importer("odd")


def test_what_is_ours_is_found_without_asking_for_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(group: str) -> None:
        raise AssertionError(group)

    monkeypatch.setattr(formats, "_plug_ins", refuse)
    case = DATA / "importers" / "wxr" / "minimal" / "input.xml"
    assert formats.detect(Source.from_path(case)).name == "wxr"
