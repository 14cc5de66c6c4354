"""A bag of the archive: bagit, which we did not write, finds it whole, and finds every byte that is not what it was."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import shutil
import tracemalloc
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import bagit
import pytest
from typer.testing import CliRunner

from feedkeep import formats, views
from feedkeep.archive import Archive
from feedkeep.cli import app
from feedkeep.errors import ArchiveError, UsageError
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Post, Site, StoredFile
from feedkeep.notes import Notes
from feedkeep.selection import PRIVATE
from golden import DATA, cases, written
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHIVE = Path(__file__).parents[1] / "archive"
FEED = DATA / "sample" / "feed.xml"
LIST = DATA / "importers" / "opml" / "maximal" / "input.opml"
DAY = dt.datetime(2021, 3, 1, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The sample archive, with all that its folder may hold beside its content."""
    copy = tmp_path / "archive"
    shutil.copytree(ARCHIVE, copy)
    Archive.open(copy).site("secondrow.example").index.close()
    (copy / ".visits.json").write_text("{}", "utf-8")
    (copy / ".history").mkdir()
    (copy / ".history" / "walk.jsonl").write_text("{}", "utf-8")
    (copy / "secondrow.example" / ".lock").touch()
    if os.name != "nt":  # where not everybody may make links
        (copy / "secondrow.example" / "sources" / "elsewhere").symlink_to("/etc/hostname")
    return copy


@pytest.fixture
def bag(archive: Path, tmp_path: Path) -> Path:
    export_from(archive, "bagit", tmp_path / "bag")
    return tmp_path / "bag"


def check(bag: Path) -> None:
    bagit.Bag(str(bag)).validate()


def payload(bag: Path) -> dict[str, bytes]:
    return {
        path.relative_to(bag / "data").as_posix(): path.read_bytes()
        for path in (bag / "data").rglob("*")
        if path.is_file()
    }


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


def test_a_bag_is_whole_and_holds_the_archive_and_nothing_else(archive: Path, bag: Path) -> None:
    check(bag)
    held = {path.relative_to(ARCHIVE).as_posix() for path in ARCHIVE.rglob("*") if path.is_file()}
    assert set(payload(bag)) == {name for name in held if "/." not in f"/{name}"}
    assert all((archive / name).read_bytes() == data for name, data in payload(bag).items())


@pytest.mark.parametrize(
    "name",
    [
        "data/feedkeep.json",
        "data/secondrow.example/posts/2014/03/for-members.json",
        "data/secondrow.example/media/ac/acd1ab8cde87c5911119c67d38ee986a182c291f529736d53d02e26915fc1ddd.png",
        "data/secondrow.example/sources/rss-99f2c21000680b78.warc.gz",
        "bagit.txt",
        "bag-info.txt",
        "manifest-sha256.txt",
        "manifest-sha512.txt",
    ],
)
def test_one_flipped_byte_is_found(name: str, bag: Path) -> None:
    data = bytearray((bag / name).read_bytes())
    data[-2] ^= 1
    (bag / name).write_bytes(data)
    with pytest.raises(bagit.BagError):
        check(bag)


def test_a_file_too_many_or_too_few_is_found(bag: Path, tmp_path: Path) -> None:
    shutil.copytree(bag, tmp_path / "fewer")
    (tmp_path / "fewer" / "data" / "secondrow.example" / "site.json").unlink()
    (bag / "data" / "more.txt").write_text("more", "utf-8")
    for one in (bag, tmp_path / "fewer"):
        with pytest.raises(bagit.BagError):
            check(one)


def test_what_is_in_a_bag_is_an_archive_and_looking_at_it_changes_nothing(bag: Path, tmp_path: Path) -> None:
    inside = str(bag / "data")
    assert "for-members" in run("list", "--archive", inside)
    assert "Gravity" in run("list", "--archive", inside, "--search", "gravity")
    assert "all is well" in run("verify", "--archive", inside)
    run("export", "hugo", "--archive", inside, "-o", str(tmp_path / "hugo"))
    check(bag)
    export_from(bag / "data", "bagit", tmp_path / "again")
    assert payload(tmp_path / "again") == payload(bag)
    assert (tmp_path / "again" / "tagmanifest-sha256.txt").read_bytes() == (bag / "tagmanifest-sha256.txt").read_bytes()


def test_nothing_is_imported_into_a_bag(bag: Path, tmp_path: Path) -> None:
    for source in (FEED, LIST):
        with pytest.raises(ArchiveError, match="is in a bag"):
            import_into(bag / "data", source)
    for command in (
        ["sync"],
        ["unfollow", "https://a.example/"],
        ["adopt", "x", "y"],
        ["review", "gravity", "--item", "x"],
    ):
        assert CliRunner().invoke(app, [*command, "--archive", str(bag / "data")]).exit_code != 0, command
    check(bag)
    shutil.copytree(bag / "data", tmp_path / "taken-out")
    import_into(tmp_path / "taken-out", FEED)


def test_the_report_says_what_is_private_in_it(archive: Path, tmp_path: Path) -> None:
    (report,) = export_from(archive, "bagit", tmp_path / "bag")
    assert report.private_inside["email"] > 20
    assert {"ip", "draft", "private", "protected", "scheduled", "trashed"} <= report.private_inside.keys()
    assert report.held_back == {}
    assert report.losses == {}


def test_it_is_described_without_a_clock(bag: Path, archive: Path, tmp_path: Path) -> None:
    told = bagit.Bag(str(bag)).info
    assert told["Source-Organization"] == "Second Row, Centre"
    assert told["External-Identifier"] == "https://secondrow.example"
    assert told["Bagging-Date"] == "2014-05-29"  # the festival of 2030 is scheduled
    held = payload(bag)
    assert told["Payload-Oxum"] == f"{sum(map(len, held.values()))}.{len(held)}"
    export_from(archive, "bagit", tmp_path / "again", options={"organization": "The\nLibrary"})
    assert bagit.Bag(str(tmp_path / "again")).info["Source-Organization"] == "The Library"


@pytest.mark.parametrize(
    "selected",
    [{"tags": ("space",)}, {"since": DAY}, {"limit": 3}, {"reviews": True}, {"as_of": DAY}, {"kinds": ("page",)}],
    ids=lambda selected: next(iter(selected)),
)
def test_a_part_of_the_archive_is_refused_before_anything_is_written(
    selected: dict[str, Any], archive: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="whole, or it is none"):
        export_from(archive, "bagit", tmp_path / "bag", **selected)
    assert not (tmp_path / "bag").exists()


def test_a_mended_copy_is_refused(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--repair-text"):
        export_from(archive, "bagit", tmp_path / "bag", repair_text=True)


def test_no_format_that_publishes_can_ask_for_the_files() -> None:
    with pytest.raises(UsageError):
        views.redacted(MemorySnapshot([Site(id="a")]), frozenset(PRIVATE)).files()
    with pytest.raises(UsageError):
        views.cleaned(MemorySnapshot([Site(id="a")])).files()


def test_several_blogs_are_one_bag_and_one_of_them_comes_without_the_list(tmp_path: Path) -> None:
    for name in ("one", "two"):
        import_into(tmp_path / "archive", FEED, site=name)
    import_into(tmp_path / "archive", LIST)
    export_from(tmp_path / "archive", "bagit", tmp_path / "both")
    export_from(tmp_path / "archive", "bagit", tmp_path / "one", sites=("one",))
    export_from(tmp_path / "archive", "bagit", tmp_path / "each", each=True)
    for bag in (tmp_path / "both", tmp_path / "one", tmp_path / "each" / "two"):
        check(bag)
    assert Archive.open(tmp_path / "both" / "data").sites() == ["one", "two"]
    assert Archive.open(tmp_path / "both" / "data").following()
    assert Archive.open(tmp_path / "one" / "data").sites() == ["one"]
    assert not (tmp_path / "one" / "data" / "following.json").exists()


def test_a_zip_of_a_bag_holds_one_folder_that_is_called_as_the_zip_is(archive: Path, tmp_path: Path) -> None:
    export_from(archive, "bagit", tmp_path / "second row.zip")
    with zipfile.ZipFile(tmp_path / "second row.zip") as packed:
        packed.extractall(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["second row"]
    check(tmp_path / "out" / "second row")


@pytest.mark.parametrize(
    "case", [case for case in cases("exporters") if case.parent.name == "bagit"], ids=lambda c: c.name
)
def test_every_case_is_a_bag(case: Path) -> None:
    check(case / "expected")


def named(*names: str) -> dict[PurePosixPath, bytes]:
    files = [StoredFile(name, lambda name=name: io.BytesIO(name.encode())) for name in names]  # type: ignore[misc]
    exporter = formats.exporter("bagit")
    return written(exporter.write(MemorySnapshot([Site(id="a")], files=files), exporter.options(), Notes()))


@pytest.mark.skipif(os.name == "nt", reason="no file can be called so there")
def test_names_that_a_line_cannot_hold_are_written_as_the_rfc_says(tmp_path: Path) -> None:
    made = named("two\nlines.json", "back\rthere.json", "ünï😀.json")
    for path, data in made.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    check(tmp_path)
    # of the percent sign (RFC 8493, section 2.1.3) bagit knows nothing, and our own files are not called so
    made = named("100%.json", "a%0Ab.json", "two\nlines.json", "back\rthere.json", "ünï😀.json")
    lines = made[PurePosixPath("manifest-sha256.txt")].decode().splitlines()
    told = {line.partition("  ")[2]: line.partition("  ")[0] for line in lines}
    assert sorted(told) == sorted(
        ["data/100%25.json", "data/a%250Ab.json", "data/two%0Alines.json", "data/back%0Dthere.json", "data/ünï😀.json"]
    )
    assert told["data/100%25.json"] == hashlib.sha256(b"100%.json").hexdigest()


def test_a_file_that_is_not_looked_at_is_in_the_manifest_all_the_same() -> None:
    exporter = formats.exporter("bagit")
    snapshot = MemorySnapshot([Site(id="a"), Post(id="p"), Comment(id="c", post="p", published=DAY)])
    looked_at = written(exporter.write(snapshot, exporter.options(), Notes()))
    skipped = {
        file.path: b"".join(file.chunks)
        for file in exporter.write(snapshot, exporter.options(), Notes())
        if file.path.parts[0] != "data"
    }
    assert skipped == {path: data for path, data in looked_at.items() if path.parts[0] != "data"}


def test_ten_thousand_files_stream() -> None:
    def many() -> Iterator[StoredFile]:
        for number in range(10_000):
            yield StoredFile(f"blog/posts/{number:05}.json", lambda: io.BytesIO(bytes(20_000)))

    exporter = formats.exporter("bagit")
    files = exporter.write(MemorySnapshot([Site(id="a")], files=many()), exporter.options(), Notes())
    tracemalloc.start()
    try:
        size = sum(len(chunk) for file in files for chunk in file.chunks)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 200_000_000
    assert peak < 16_000_000  # a line in each manifest for each file


def test_json_tells_of_it_too(archive: Path, tmp_path: Path) -> None:
    told = json.loads(run("export", "bagit", "--archive", str(archive), "-o", str(tmp_path / "bag"), "--json"))
    (report,) = told["reports"]
    assert report["private_inside"]["ip"] > 20
    assert "manifest-sha256.txt" in report["paths"]
