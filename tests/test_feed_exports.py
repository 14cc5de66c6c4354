"""The feed exporters: losses exact in both directions, links that lead somewhere, reproducible bytes."""

from __future__ import annotations

import gc
import json
import os
import posixpath
import subprocess
import sys
import weakref
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lxml import etree

from feedkeep import formats
from feedkeep.models import Comment, Person, Post, Record, Site, Term, Tombstone
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.wire.feedgen_fixed import Extra, Feed
from golden import write
from maximal import MAXIMAL, differences

if TYPE_CHECKING:
    from collections.abc import Iterable

FEEDS = {"rss": "rss.xml", "atom": "atom.xml", "jsonfeed": "feed.json"}
ATOM = "{http://www.w3.org/2005/Atom}"


def read_back(name: str, files: dict[PurePosixPath, bytes]) -> list[Record]:
    """What the importer makes of the window, of every archive document and of every thread."""
    records: dict[tuple[str, str], Record] = {}
    importer = formats.importer(name)
    for path, data in files.items():
        for record in importer.read(Source.from_bytes(data, str(path)), Notes()):
            if isinstance(record, Site) and str(path) != FEEDS[name]:
                continue
            if isinstance(record, Comment) and path.parts[0] != "comments":
                continue
            records.setdefault((type(record).__name__, str(getattr(record, "id", record))), record)
    return list(records.values())


def exported(records: Iterable[Record]) -> list[Record]:
    """The records that a public feed is about: people and terms of their own are no part of it.

    Each comment knows where its post is, as the feed that it is written into says so.
    """
    held = [record for record in records if not isinstance(record, (Person, Term, Tombstone))]
    addresses = {record.id: record.url for record in held if isinstance(record, Post)}
    return [
        msgspec.structs.replace(record, post_url=record.post_url or addresses.get(record.post or ""))
        if isinstance(record, Comment)
        else record
        for record in held
    ]


@pytest.mark.parametrize("name", FEEDS)
def test_a_round_trip_loses_what_is_declared_and_nothing_else(name: str) -> None:
    losses = formats.exporter(name).losses
    before = exported(MAXIMAL)
    after = read_back(name, write(name, before, base_url="https://new.example/feeds"))
    if name == "atom":  # a deleted post comes back as word of its deletion
        gone = {post.id: post.deleted for post in before if isinstance(post, Post) and post.deleted}
        assert {stone.id: stone.when for stone in after if isinstance(stone, Tombstone)} == gone
        assert gone
        before = [record for record in before if not (isinstance(record, Post) and record.deleted)]
        after = [record for record in after if not isinstance(record, Tombstone)]

    lost = differences(before, after)

    assert sorted(lost) == sorted({*losses.dropped, *losses.altered})


@pytest.mark.parametrize("name", FEEDS)
def test_exporting_what_was_read_gives_the_same_records_again(name: str) -> None:
    once = exported(read_back(name, write(name, exported(MAXIMAL), base_url="https://new.example/feeds")))
    twice = exported(read_back(name, write(name, once, base_url="https://new.example/feeds")))

    assert differences(once, twice) == set()


def test_ids_permalink_bits_and_dates_come_out_as_they_came_in() -> None:
    files = write("rss", exported(MAXIMAL))
    channel = etree.fromstring(files[PurePosixPath("rss.xml")])[0]
    stated = {
        item.findtext("guid"): guid.get("isPermaLink")
        for item in channel.findall("item")
        for guid in item.findall("guid")
    }
    posts = {post.id: post for post in MAXIMAL if isinstance(post, Post)}

    said = {True: "true", False: "false", None: None}
    assert stated == {post_id: said[post.permalink] for post_id, post in posts.items()}
    assert set(said.values()) == set(stated.values())
    assert "Tue, 03 Jun 2014 09:30:15 +0200" in {item.findtext("pubDate") for item in channel.findall("item")}


def posts(count: int) -> list[Record]:
    import datetime as dt  # noqa: PLC0415

    day = dt.datetime(2014, 1, 1, tzinfo=dt.UTC)
    made: list[Record] = [Site(id="https://b.example/", url="https://b.example/", title="B")]
    for n in range(count):
        made.append(Post(id=f"https://b.example/?p={n}", title=f"Post {n}", published=day + dt.timedelta(days=n)))
        made.append(
            Comment(id=f"https://b.example/?p={n}#comment-{n}", post=f"https://b.example/?p={n}", published=day)
        )
    return made


@pytest.mark.parametrize("name", FEEDS)
def test_archive_documents_hold_every_post_and_lead_back_to_the_first(name: str) -> None:
    files = write(name, posts(25), limit=5, per_archive=10)
    suffix = PurePosixPath(FEEDS[name]).suffix
    assert {str(path) for path in files if path.parts[0] == "archive"} == {f"archive/000{n}{suffix}" for n in (1, 2, 3)}

    at: str | None = FEEDS[name]
    found: list[str] = []
    steps = []
    while at is not None:
        data = files[PurePosixPath(at)]
        steps.append(at)
        found += [r.id for r in formats.importer(name).read(Source.from_bytes(data), Notes()) if isinstance(r, Post)]
        following = earlier(name, data)
        at = None if following is None else posixpath.normpath(posixpath.join(posixpath.dirname(at), following))

    assert steps == [FEEDS[name], f"archive/0003{suffix}", f"archive/0002{suffix}", f"archive/0001{suffix}"]
    assert set(found) == {f"https://b.example/?p={n}" for n in range(25)}
    assert found[:5] == [f"https://b.example/?p={n}" for n in (24, 23, 22, 21, 20)]


def earlier(name: str, data: bytes) -> str | None:
    """Where the document before is, as a reader of RFC 5005 or JSON Feed follows it."""
    if name == "jsonfeed":
        following: str | None = json.loads(data).get("next_url")
        return following
    links = [
        link.get("href") for link in etree.fromstring(data).iter(f"{ATOM}link") if link.get("rel") == "prev-archive"
    ]
    return links[0] if links else None


@pytest.mark.parametrize("name", FEEDS)
def test_a_new_post_changes_the_window_one_archive_document_and_its_own_comments(name: str) -> None:
    before, after = (write(name, posts(count), limit=5, per_archive=10) for count in (25, 26))
    suffix = PurePosixPath(FEEDS[name]).suffix
    changed = {str(path) for path, data in after.items() if before.get(path) != data}
    own = {path for path in changed if path.startswith("comments/")}

    assert changed - own == {FEEDS[name], f"archive/0003{suffix}", f"comments{suffix}"}
    assert len(own) == 1


@pytest.mark.parametrize("name", FEEDS)
def test_fingerprints_change_exactly_when_the_bytes_do(name: str) -> None:
    from snapshots import MemorySnapshot  # noqa: PLC0415

    exporter = formats.exporter(name)

    def run(count: int, **settings: object) -> dict[PurePosixPath, tuple[str | None, bytes]]:
        options = exporter.options(limit=5, per_archive=10, **settings)  # type: ignore[arg-type, call-arg]
        files = exporter.write(MemorySnapshot(posts(count)), options, Notes())
        return {file.path: (file.fingerprint, b"".join(file.chunks)) for file in files}

    one, other = run(25), run(26)
    for path, (print_, data) in other.items():
        if path in one:
            assert (one[path][0] == print_) == (one[path][1] == data)
    assert {print_ for print_, _ in one.values()}.isdisjoint(
        {print_ for print_, _ in run(25, base_url="https://x.example").values()}
    )


@pytest.mark.parametrize("name", FEEDS)
def test_with_a_base_url_every_link_of_our_own_is_absolute(name: str) -> None:
    files = write(name, posts(25), limit=5, per_archive=10, base_url="https://new.example/feeds/")
    names = {f"https://new.example/feeds/{path}".encode() for path in files}
    for path, data in files.items():
        assert f"https://new.example/feeds/{path}".encode() in data
        for piece in data.split(b"https://new.example/feeds/")[1:]:
            end = min(piece.index(mark) for mark in (b'"', b"<") if mark in piece)
            assert b"https://new.example/feeds/" + piece[:end] in names


_AGAIN = """
import sys, hashlib
from golden import write
from maximal import MAXIMAL
from test_feed_exports import exported
for name in ("rss", "atom", "jsonfeed"):
    for path, data in sorted(write(name, exported(MAXIMAL)).items()):
        print(name, path, hashlib.sha256(data).hexdigest())
"""


@pytest.mark.parametrize(
    "value", [1e-05, 0.00001234, 8.5e16, 1e22, -2.5e-7, 1 << 70, 0.5, 12, "2e3", "\x7f\x01é", [], {}]
)
def test_json_is_spelt_as_pythons_own_module_spells_it(value: Any) -> None:
    posts: list[Record] = [
        Site(id="http://blog.example/"),
        Post(id="p", extra={"jsonfeed": {"_kept": {"value": value, "all": [value]}}}),
    ]
    data = write("jsonfeed", posts)[PurePosixPath("feed.json")]

    assert json.loads(data)["items"][0]["_kept"] == {"value": value, "all": [value]}
    assert data == json.dumps(json.loads(data), ensure_ascii=False, indent=1).encode() + b"\n"


def test_a_feed_is_gone_when_it_is_written() -> None:
    """An export makes thousands: none may wait for the collector of garbage."""
    feed = Feed()
    feed.title("A blog")
    feed.channel("http://blog.example/", None)
    feed.extras.append(Extra("lastBuildDate", "Sun, 05 Jan 2014 10:00:00 +0100"))
    assert b"<lastBuildDate>" in b"".join(feed.rss_chunks())

    gone = weakref.ref(feed)
    gc.disable()
    try:
        del feed
        assert gone() is None
    finally:
        gc.enable()


def test_every_run_gives_the_same_bytes() -> None:
    outputs = set()
    for seed, zone, locale in (("0", "UTC", "C"), ("1", "Asia/Kolkata", "C.UTF-8"), ("2", "America/New_York", "C")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        environment["PYTHONPATH"] = str(Path(__file__).parent)
        run = subprocess.run([sys.executable, "-c", _AGAIN], capture_output=True, check=True, env=environment)
        outputs.add(run.stdout)
    assert len(outputs) == 1
    assert b"atom.xml" in outputs.pop()
