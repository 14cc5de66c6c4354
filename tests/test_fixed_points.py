"""Out and in again changes nothing more: a second export is the first, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from arbitrary_blogs import blogs
from feedkeep.library import export_from, import_into
from feedkeep.models import Record, Tombstone
from golden import DATA, write
from test_feed_exports import read_back
from test_oracles import snapshots
from wxr_files import exported as wxr
from wxr_files import imported

if TYPE_CHECKING:
    from pathlib import PurePosixPath

SAMPLE = DATA / "sample" / "wordpress.xml"
BASE = {"base_url": "https://feeds.example/blog", "limit": "1000"}
WINDOWS = {"rss": "rss.xml", "atom": "atom.xml", "jsonfeed": "feed.json"}
# What an archive alone knows: where it read a record, and when.
BOOKKEEPING = ("origins", "history", "first_seen", "last_seen")


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def out(archive: Path, format_: str, folder: Path, **wanted: Any) -> dict[str, bytes]:
    """Export into a new folder and give what is in it, but for the list of the folder's files."""
    export_from(archive, format_, folder, **wanted)
    return {name: data for name, data in files(folder).items() if not Path(name).name.startswith(".")}


def kept(archive: Path) -> dict[str, Any]:
    """The post files of an archive without where and when their records were read."""
    return {
        path.relative_to(archive).as_posix(): _without(json.loads(path.read_text("utf-8")))
        for path in sorted(archive.rglob("posts/**/*.json"))
    }


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without(one) for key, one in value.items() if key not in BOOKKEEPING}
    return [_without(one) for one in value] if isinstance(value, list) else value


def test_a_wordpress_export_of_a_wordpress_export_is_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    import_into(first, SAMPLE, site="blog")
    one = out(first, "wxr", tmp_path / "one")
    import_into(second, *sorted((tmp_path / "one").glob("*.xml")), site="blog")
    two = out(second, "wxr", tmp_path / "two")
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == set()
    assert kept(first)
    assert kept(first) == kept(second)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_feed_of_a_feed_is_the_same_bytes(name: str, tmp_path: Path) -> None:
    origin, first, second = tmp_path / "origin", tmp_path / "first", tmp_path / "second"
    import_into(origin, SAMPLE, site="blog")
    zero = out(origin, name, tmp_path / "zero", options=BASE)
    # What a feed cannot hold is gone after the first time; from then on nothing more may go.
    import_into(first, tmp_path / "zero", site="blog")
    one = out(first, name, tmp_path / "one", options=BASE)
    import_into(second, tmp_path / "one", site="blog")
    two = out(second, name, tmp_path / "two", options=BASE)
    assert one.keys() == two.keys() == zero.keys()
    assert {file for file in one if one[file] != two[file]} == set()
    assert kept(first) == kept(second)


@pytest.mark.parametrize("name", WINDOWS)
def test_a_window_reads_back_as_the_window_that_it_was(name: str, tmp_path: Path) -> None:
    origin, first = tmp_path / "origin", tmp_path / "first"
    import_into(origin, SAMPLE, site="blog")
    zero = out(origin, name, tmp_path / "zero", options=BASE)
    import_into(first, tmp_path / "zero", site="blog")
    one = out(first, name, tmp_path / "one", options=BASE)
    assert one[WINDOWS[name]] == zero[WINDOWS[name]]
    # Threads gain by it: the feed of all comments says where each post is, the thread alone does not.
    assert one.keys() == zero.keys()


@pytest.mark.parametrize("name", WINDOWS)
def test_the_comments_of_a_blog_do_not_rename_it(name: str, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    import_into(origin, SAMPLE, site="blog")
    zero = out(origin, name, tmp_path / "zero", options=BASE)
    window = tmp_path / "zero" / WINDOWS[name]
    others = [tmp_path / "zero" / file for file in zero if file != WINDOWS[name]]
    for order, documents in {"last": [*others, window], "first": [window, *others]}.items():
        import_into(tmp_path / order, *documents, site="blog")
        assert (
            out(tmp_path / order, name, tmp_path / f"out-{order}", options=BASE)[WINDOWS[name]] == zero[WINDOWS[name]]
        )


# --- records of any kind, without an archive between


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blogs())
def test_the_second_wordpress_export_of_any_records_is_the_third(records: list[Record]) -> None:
    second, _ = wxr(imported(wxr(records)[0]))
    assert wxr(imported(second))[0] == second


@pytest.mark.parametrize("name", WINDOWS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=snapshots())
def test_the_second_feed_of_any_records_is_the_third(name: str, records: list[Record]) -> None:
    second = write(name, again(name, write(name, records, base_url=BASE["base_url"])), base_url=BASE["base_url"])
    third = write(name, again(name, second), base_url=BASE["base_url"])
    assert third == second


def again(name: str, exported: dict[PurePosixPath, bytes]) -> list[Record]:
    return [record for record in read_back(name, exported) if not isinstance(record, Tombstone)]
