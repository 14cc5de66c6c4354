"""A folder or zip that mixes exports is split: each part to its importer, media to the records, the rest is listed."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from feedkeep import formats
from feedkeep.library import import_into
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows import reading
from feedkeep.workflows.inspect import inspect
from golden import DATA

CASES = DATA / "importers"


def given(name: str, case: str = "minimal") -> Path:
    (found,) = (CASES / name / case).glob("input*")
    return found


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """What somebody has in the folder of downloads."""
    folder = tmp_path / "downloads"
    for name, where in (
        ("wxr", "blog.wordpress.xml"),
        ("disqus", "comments/disqus.xml"),
        ("ghost", "ghost.json"),
        ("mtif", "old/typepad.txt"),
        ("remark42", "comments/backup.json"),
        ("rss", "feeds/feed.xml"),
    ):
        (folder / where).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(given(name), folder / where)
    shutil.copytree(CASES / "markdown" / "eleventy" / "input", folder / "my-site")
    with zipfile.ZipFile(folder / "mastodon.zip", "w") as pack:
        pack.write(given("mastodon"), "outbox.json")
        pack.writestr("actor.json", "{}")
    (folder / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "invoice.docx").write_bytes(b"no export \x01 at all")
    return folder


EXPECTED = {"wxr", "disqus", "ghost", "mtif", "remark42", "rss", "markdown", "mastodon"}


def test_each_part_goes_to_its_own_importer(downloads: Path) -> None:
    (report,) = inspect([Source.from_path(downloads)], notes=Notes())
    assert {found.format for found in report.documents} == EXPECTED
    assert report.errors == []
    assert [name.rpartition("/")[2] for name in report.unread] == ["invoice.docx"]
    assert report.media_files >= 1


def test_a_zip_of_the_folder_is_split_in_the_same_way(downloads: Path, tmp_path: Path) -> None:
    packed = shutil.make_archive(str(tmp_path / "all"), "zip", downloads)
    (report,) = inspect([Source.from_path(packed)], notes=Notes())
    assert {found.format for found in report.documents} == EXPECTED


def test_all_of_it_is_imported_and_what_nothing_reads_is_named(downloads: Path, tmp_path: Path) -> None:
    reports = import_into(tmp_path / "archive", downloads)
    assert {report.format for report in reports} == {*EXPECTED, None}
    unread = {name.rpartition("/")[2] for report in reports for name in report.unread}
    assert {"holiday.jpg", "invoice.docx"} <= unread


def test_no_member_is_read_twice(downloads: Path) -> None:
    seen: list[str] = []
    for document, importer in reading.documents(Source.from_path(downloads)):
        if importer is not None:
            seen += [member.name for member in document.members()] if document.is_container else [document.name]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("case", ["minimal", "maximal"])
@pytest.mark.parametrize("name", formats.IMPORTERS)
def test_an_export_is_known_by_its_bytes_alone(name: str, case: str, tmp_path: Path) -> None:
    path = given(name, case)
    target = tmp_path / "x"
    if path.is_dir():
        shutil.copytree(path, target)
    else:
        shutil.copyfile(path, target)
    (report,) = inspect([Source.from_path(target)], notes=Notes())
    assert {found.format for found in report.documents} == {name}
    assert report.errors == []


@pytest.mark.parametrize("case", ["minimal", "maximal"])
@pytest.mark.parametrize("name", formats.IMPORTERS)
def test_a_file_among_others_is_known_by_its_bytes_alone(name: str, case: str, tmp_path: Path) -> None:
    path = given(name, case)
    if path.is_dir():
        pytest.skip("several files")
    folder = tmp_path / "folder"
    folder.mkdir()
    shutil.copyfile(path, folder / "x")
    (folder / "y").write_bytes(b"no export \x01 at all")
    packed = shutil.make_archive(str(tmp_path / "all"), "zip", folder)
    for whole in (folder, Path(packed)):
        (report,) = inspect([Source.from_path(whole)], notes=Notes())
        assert {found.format for found in report.documents} == {name}
        assert [unread.rpartition("/")[2].rpartition("!")[2] for unread in report.unread] == ["y"]
