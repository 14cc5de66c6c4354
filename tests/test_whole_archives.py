"""JSON Feed as a whole archive: every post of the kinds that are asked for, every comment, in pages or in one document."""

from __future__ import annotations

import json
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from feedkeep import formats
from feedkeep.archive import Archive
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Post, Record, Site
from feedkeep.notes import Notes
from feedkeep.selection import PRIVATE, Selection
from feedkeep.source import Source
from feedkeep.workflows.fidelity import measure
from golden import DATA, write
from maximal import MAXIMAL, differences
from snapshots import MemorySnapshot
from test_feed_exports import exported, posts
from test_fixed_points import kept, out
from test_oracles import snapshots

if TYPE_CHECKING:
    from pathlib import Path

ONE = PurePosixPath("feed.json")
WAYS = ("pages", "one")


def read_back(files: dict[PurePosixPath, bytes]) -> list[Record]:
    records: dict[tuple[str, str], Record] = {}
    for path, data in files.items():
        for record in formats.importer("jsonfeed").read(Source.from_bytes(data, str(path)), Notes()):
            if not isinstance(record, Site) or path == ONE:
                records.setdefault((type(record).__name__, str(getattr(record, "id", record))), record)
    return list(records.values())


@pytest.mark.parametrize("way", WAYS)
def test_a_round_trip_loses_what_is_declared_and_nothing_else(way: str) -> None:
    losses = formats.exporter("jsonfeed").losses
    before = exported(MAXIMAL)
    after = read_back(write("jsonfeed", before, whole=way, limit=1, per_archive=2, base_url="https://new.example"))
    lost = differences(before, after)
    # without feeds of comments beside it, a post's own is the one that is told
    assert lost == {*losses.dropped, *losses.altered} - {"Post.comments_feed"}


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=snapshots())
def test_the_second_archive_of_any_records_is_the_third(way: str, records: list[Record]) -> None:
    wanted: dict[str, Any] = {"whole": way, "limit": 2, "per_archive": 2}
    second = write("jsonfeed", read_back(write("jsonfeed", records, **wanted)), **wanted)
    assert write("jsonfeed", read_back(second), **wanted) == second


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_sample_comes_back_posts_pages_comments_and_threads(way: str, tmp_path: Path) -> None:
    origin, first, second = tmp_path / "origin", tmp_path / "first", tmp_path / "second"
    import_into(origin, DATA / "sample", site="blog")
    options = {"whole": way, "limit": "3", "per_archive": "4"}
    export_from(origin, "jsonfeed", tmp_path / "zero", options=options, kinds=("post", "page"))
    import_into(first, tmp_path / "zero", site="blog")

    def threads(archive: Path) -> tuple[dict[str, str], dict[str, tuple[str | None, str | None]]]:
        site = Archive.open(archive).site("blog")
        snapshot = site.snapshot(Selection(kinds=("post", "page")), gate=True)
        held = {post.id: post.kind for post in snapshot.posts()}
        said = {
            one.id: (one.post, one.parent)
            for post_id in held
            for one in snapshot.comments(post_id)
            if one.status in {None, "approved"}
        }
        site.close()
        return held, said

    held, said = threads(origin)
    assert set(held.values()) == {"post", "page"}
    assert any(parent for _, parent in said.values())
    assert threads(first) == (held, said)
    one = out(first, "jsonfeed", tmp_path / "one", options=options, kinds=("post", "page"))
    import_into(second, tmp_path / "one", site="blog")
    assert out(second, "jsonfeed", tmp_path / "two", options=options, kinds=("post", "page")) == one
    assert kept(first) == kept(second)


def test_what_is_measured_is_what_is_declared(tmp_path: Path) -> None:
    import_into(tmp_path, DATA / "sample", site="blog")
    selection = Selection(include=frozenset(PRIVATE), kinds=("post", "page"))
    (result,) = measure(tmp_path, "jsonfeed", selection=selection, options={"whole": "one"})
    assert result.counts["Comment"].survived == result.counts["Comment"].held > 20
    assert {key for key, count in result.counts.items() if count.survived < count.held and not count.reason} == set()


def test_the_pages_lead_to_every_post_and_there_are_no_others() -> None:
    files = write("jsonfeed", posts(25), whole="pages", limit=5, per_archive=10)
    at: str | None = str(ONE)
    seen: dict[str, list[str]] = {}
    steps = []
    while at is not None:
        steps.append(PurePosixPath(at))
        document = json.loads(files[PurePosixPath(at)])
        for item in document["items"]:
            seen[item["id"]] = [one["id"] for one in item["_feedkeep"]["comments"]]
        following = document.get("next_url")
        at = None if following is None else posixpath.normpath(posixpath.join(posixpath.dirname(at), following))
    assert sorted(steps) == sorted(files)
    assert [len(json.loads(data)["items"]) for data in files.values()] == [5, 10, 10, 5]
    assert seen == {f"https://b.example/?p={n}": [f"https://b.example/?p={n}#comment-{n}"] for n in range(25)}


def test_one_document_is_one_document_of_all_posts() -> None:
    files = write("jsonfeed", posts(25), whole="one", limit=5)
    assert list(files) == [ONE]
    assert len(json.loads(files[ONE])["items"]) == 25
    assert "next_url" not in json.loads(files[ONE])


def test_a_new_comment_on_an_old_post_changes_its_page_alone() -> None:
    late = Comment(id="late", post="https://b.example/?p=3")
    before, after = (
        write("jsonfeed", records, whole="pages", limit=5, per_archive=10)
        for records in (posts(25), [*posts(25), late])
    )
    assert {str(path) for path, data in after.items() if before.get(path) != data} == {"archive/0001.json"}


def test_one_document_is_given_item_by_item() -> None:
    exporter = formats.exporter("jsonfeed")
    options = exporter.options(whole="one")  # type: ignore[call-arg]
    (file,) = exporter.write(MemorySnapshot(posts(25)), options, Notes())
    assert sum(1 for _ in file.chunks) > 25


def test_items_that_are_not_as_ours_are_skipped_and_told() -> None:
    item = {
        "id": "p",
        "content_text": "x",
        "_feedkeep": {"comments": [1, {"id": "c", "content_html": "<p>y</p>"}, None]},
    }
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "items": [item, {"id": "q", "_feedkeep": {"comments": 3}}],
    }
    notes = Notes()
    source = Source.from_bytes(json.dumps(feed).encode())
    records = list(formats.importer("jsonfeed").read(source, notes))
    assert [(type(one).__name__, one.id) for one in records if isinstance(one, (Post, Comment))] == [
        ("Post", "p"),
        ("Comment", "c"),
        ("Post", "q"),
    ]
    assert [one.post for one in records if isinstance(one, Comment)] == ["p"]
    assert sum(note.record == "p" for note in notes.kept) == 2
