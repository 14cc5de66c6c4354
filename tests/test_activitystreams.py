"""ActivityStreams collections: what the W3C's vocabulary allows, whole threads, and everything declared comes back."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from feedkeep import formats
from feedkeep.archive import Archive
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Content, Post, Record, Site, Tombstone
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from golden import DATA, write
from maximal import MAXIMAL, differences
from snapshots import MemorySnapshot
from test_feed_exports import exported, posts
from test_fixed_points import kept, out
from test_oracles import snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePosixPath

NAME = "activitystreams"
POST = "https://b.example/?p=1"
# https://www.w3.org/TR/activitystreams-vocabulary/, sections 2 to 4: the properties of each type that we write.
OBJECT = {
    *("id", "type", "attachment", "attributedTo", "content", "contentMap", "context", "name", "nameMap", "endTime"),
    *("generator", "icon", "image", "inReplyTo", "location", "preview", "published", "replies", "startTime", "summary"),
    *("summaryMap", "tag", "updated", "url", "to", "bto", "cc", "bcc", "mediaType", "duration"),
}
LINK = {"type", "href", "rel", "mediaType", "name", "nameMap", "hreflang", "height", "width", "preview"}
COLLECTION = OBJECT | {"totalItems", "current", "first", "last", "items", "orderedItems"}
PAGE = COLLECTION | {"partOf", "next", "prev", "startIndex"}
EXTENSIONS = {"sensitive", "atomUri", "schema:review"}  # each a term of our own context
VOCABULARY = {
    **dict.fromkeys(("Article", "Note", "Page", "Document", "Audio", "Video", "Image"), OBJECT | EXTENSIONS),
    **dict.fromkeys(("Create", "Announce"), OBJECT | EXTENSIONS | {"actor", "object", "target", "result", "origin"}),
    **dict.fromkeys(("Person", "Service"), OBJECT | EXTENSIONS | {"preferredUsername"}),  # ActivityPub section 4.1
    **dict.fromkeys(("Link", "Mention", "Hashtag"), LINK),
    "Tombstone": OBJECT | EXTENSIONS | {"formerType", "deleted"},
    "Collection": COLLECTION,
    "OrderedCollection": COLLECTION | {"@context"},
    "OrderedCollectionPage": PAGE | {"@context"},
}
IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\"<>\\^`{|}]+")
XSD = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def objects(held: Any) -> Iterator[dict[str, Any]]:
    """Every object, link and collection within; reviews are schema.org's own affair."""
    if isinstance(held, list):
        for one in held:
            yield from objects(one)
    elif isinstance(held, dict):
        if "type" in held:
            yield held
        for key, value in held.items():
            if key not in {"@context", "contentMap", "schema:review"}:
                yield from objects(value)


def keeps_to_the_vocabulary(data: bytes) -> None:
    document = json.loads(data.decode("utf-8"))
    assert document["@context"][0] == "https://www.w3.org/ns/activitystreams"
    for one in objects(document):
        assert one["type"] in VOCABULARY
        assert one.keys() <= VOCABULARY[one["type"]], one["type"]
        for key in ("id", "inReplyTo"):
            assert key not in one or IRI.fullmatch(one[key]), one[key]
        for key in ("published", "updated", "deleted"):
            assert key not in one or XSD.fullmatch(one[key])
        if one["type"] in {"Link", "Mention"}:
            assert one["href"]
        if "items" in one or "orderedItems" in one:
            assert one["type"].startswith("Ordered") == ("orderedItems" in one)
            assert "items" not in one or one["totalItems"] == len(one["items"]) > 0
        if one["type"] in {"Article", "Note", "Page", "Tombstone", "Create", "Announce"}:
            assert one["to"] == ["https://www.w3.org/ns/activitystreams#Public"]
            assert not {"cc", "bto", "bcc"} & one.keys()


def read_back(files: dict[PurePosixPath, bytes]) -> list[Record]:
    records: dict[tuple[str, str], Record] = {}
    importer = formats.importer(NAME)
    for path, data in files.items():
        source = Source.from_bytes(data, str(path))
        assert importer.detect(source)
        for record in importer.read(source, Notes()):
            records.setdefault((type(record).__name__, str(getattr(record, "id", record))), record)
    return list(records.values())


def comments(records: list[Record]) -> dict[str, tuple[str | None, str | None]]:
    return {record.id: (record.post, record.parent) for record in records if isinstance(record, Comment)}


@pytest.mark.parametrize("case", sorted((DATA / "exporters" / NAME).iterdir()), ids=lambda case: case.name)
def test_every_case_keeps_to_the_vocabulary(case: Path) -> None:
    for path in (case / "expected").rglob("*.json"):
        keeps_to_the_vocabulary(path.read_bytes())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=snapshots())
def test_any_records_keep_to_the_vocabulary(records: list[Record]) -> None:
    for data in write(NAME, records, per_page=2).values():
        keeps_to_the_vocabulary(data)


def test_a_round_trip_loses_what_is_declared_and_nothing_else() -> None:
    losses = formats.exporter(NAME).losses
    before = exported(MAXIMAL)
    after = read_back(write(NAME, before, base_url="https://new.example/social"))
    gone = {post.id: post.deleted for post in before if isinstance(post, Post) and post.deleted}
    assert {stone.id: stone.when for stone in after if isinstance(stone, Tombstone)} == gone
    assert gone

    before = [record for record in before if not (isinstance(record, Post) and record.deleted)]
    lost = differences(before, [record for record in after if not isinstance(record, Tombstone)])

    attached = {"+Media"}  # what posts carry is a file, too
    assert lost - attached == {*losses.dropped, *losses.altered}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=snapshots())
def test_the_second_collection_of_any_records_is_the_third(records: list[Record]) -> None:
    second = write(NAME, read_back(write(NAME, records)))
    assert write(NAME, read_back(second)) == second


@pytest.mark.parametrize("base", [{}, {"base_url": "https://social.example/blog"}])
def test_an_export_of_an_export_is_the_same_bytes(base: dict[str, str], tmp_path: Path) -> None:
    origin, first, second = tmp_path / "origin", tmp_path / "first", tmp_path / "second"
    import_into(origin, DATA / "sample" / "wordpress.xml", site="blog")
    zero = out(origin, NAME, tmp_path / "zero", options={**base, "per_page": "5"})
    import_into(first, tmp_path / "zero", site="blog")
    one = out(first, NAME, tmp_path / "one", options={**base, "per_page": "5"})
    import_into(second, tmp_path / "one", site="blog")
    assert one == zero
    assert len(one) == 4
    assert kept(first)
    assert kept(first) == kept(second)


def test_boosts_replies_and_warnings_come_back_as_they_were(tmp_path: Path) -> None:
    text = (DATA / "exporters" / NAME / "others-words" / "records.jsonl").read_text("utf-8")
    told = [json.loads(line) for line in text.splitlines()]
    wanted = [msgspec.convert(row["post"], Post) for row in told if "post" in row]
    (tmp_path / "in").mkdir()
    for path, data in write(NAME, [Site(id="https://quay.example", title="Quay"), *wanted]).items():
        (tmp_path / "in" / path.name).write_bytes(data)
    import_into(tmp_path / "archive", tmp_path / "in")
    found = {
        post.id: post
        for post in Archive.open(tmp_path / "archive").site("quay.example").snapshot(Selection(), gate=False).posts()
    }
    for post in wanted:
        if post.kind != "reply" or post.links:  # a reply that does not say to what is a note
            assert found[post.id] == post


@pytest.mark.parametrize("shape", ["deep", "circle", "itself", "fan"])
def test_a_thread_of_any_shape_comes_back_whole(shape: str) -> None:
    count = 500
    parents: dict[str, list[int | None]] = {
        "deep": [None, *range(count - 1)],
        "circle": [*range(1, count), 0],
        "itself": [*range(count)],
        "fan": [None, *[0] * (count - 1)],
    }
    said = [
        Comment(id=f"{POST}#c{n}", post=POST, parent=None if answered is None else f"{POST}#c{answered}")
        for n, answered in enumerate(parents[shape])
    ]
    files = write(NAME, [Post(id=POST, title="T"), *said])
    found = comments(read_back(files))
    assert found.keys() == {one.id for one in said}
    assert {post for post, _ in found.values()} == {POST}
    if shape in {"deep", "fan"}:
        assert found == {one.id: (POST, one.parent) for one in said}


def test_an_answer_to_what_is_missing_stays_in_its_thread() -> None:
    lone = Comment(id=f"{POST}#c2", post=POST, parent=f"{POST}#c1", content=Content(value="<p>So?</p>"))
    assert comments(read_back(write(NAME, [Post(id=POST, title="T"), lone])))[lone.id] == (POST, lone.parent)


def test_ids_that_are_no_addresses_are_known_again() -> None:
    post = Post(id="a post", title="T")
    said = Comment(id="first!", post=post.id)
    answer = Comment(id="second <b>", post=post.id, parent=said.id)
    found = [r for r in read_back(write(NAME, [post, said, answer])) if isinstance(r, (Post, Comment))]
    assert {r.aliases for r in found} == {("a post",), ("first!",), ("second <b>",)}
    names = {alias: r.id for r in found for alias in r.aliases}
    assert comments(list(found))[names["second <b>"]] == (names["a post"], names["first!"])


def pages(count: int, **settings: Any) -> dict[str, tuple[str | None, bytes]]:
    exporter = formats.exporter(NAME)
    options = exporter.options(per_page=10, **settings)  # type: ignore[call-arg]
    files = exporter.write(MemorySnapshot(posts(count)), options, Notes())
    return {str(file.path): (file.fingerprint, b"".join(file.chunks)) for file in files}


def test_a_new_post_changes_the_last_page_and_the_collection_alone() -> None:
    before, after = pages(25), pages(26)
    assert {path for path in after if before.get(path) != after[path]} == {"posts.json", "posts/0003.json"}
    for path, (print_, data) in after.items():
        assert (before[path][0] == print_) == (before[path][1] == data)
    assert {print_ for print_, _ in before.values()}.isdisjoint(
        {print_ for print_, _ in pages(25, base_url="https://x.example").values()}
    )


@pytest.mark.parametrize("base", [None, "https://x.example/blog/"])
def test_the_pages_lead_from_the_newest_post_to_the_oldest(base: str | None) -> None:
    files = {path: json.loads(data) for path, (_, data) in pages(25, base_url=base).items()}

    def path(at: str, link: str) -> str:
        return link.removeprefix(base) if base else posixpath.normpath(posixpath.join(posixpath.dirname(at), link))

    root = files["posts.json"]
    assert root["totalItems"] == 25
    at: str | None = path("posts.json", root["first"])
    seen = []
    while at is not None:
        page = files[at]
        assert path(at, page["partOf"]) == "posts.json"
        seen += [item["id"] for item in page["orderedItems"]]
        last, at = at, path(at, page["next"]) if "next" in page else None
    assert seen == [f"https://b.example/?p={n}" for n in range(24, -1, -1)]
    assert last == path("posts.json", root["last"])


def test_withdrawn_words_stay_withdrawn(tmp_path: Path) -> None:
    """Even where word of what is deleted is asked for, it is word, not what was said."""
    case = DATA / "exporters" / NAME / "deleted"
    said = b"".join(path.read_bytes() for path in (case / "expected").rglob("*.json"))
    assert b"Still here." in said
    assert b"withdrawn" not in said.lower()
    export_from(DATA.parents[1] / "archive", NAME, tmp_path / "out")
    assert b"Tombstone" not in b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*.json"))
