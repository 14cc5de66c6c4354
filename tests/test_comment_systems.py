"""Disqus, Isso, Remark42 and Commento: what every real file holds, and that one conversation stays one."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.models import Comment
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.wire.isso_database import Database
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

HEAD = b'<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">'

# For each file: importer, comments, those that are replies, by status, those whose page is known, skipped.
REAL = {
    "isso/disqus.xml": ("disqus", 6, 2, {"approved": 5, "deleted": 1}, 5, 0),
    "isso/generic.json": ("isso", 2, 0, {"approved": 2}, 2, 0),
    "remark42/disqus.xml": ("disqus", 6, 0, {"approved": 5, "spam": 1}, 5, 0),
    "remark42/disqus-deleted-post.xml": ("disqus", 6, 0, {"approved": 4, "spam": 1, "deleted": 1}, 5, 0),
    "remark42/disqus-deleted-thread.xml": ("disqus", 6, 0, {"approved": 3, "trashed": 3}, 5, 0),
    "remark42/commento.json": ("commento", 3, 1, {"approved": 3}, 3, 0),
    "remark42/commento-api.json": ("commento", 7, 2, {"approved": 7}, 7, 0),
}


def comments(source: Source, importer: str | None = None) -> tuple[list[Comment], Notes]:
    records, notes, error = read(source, importer)
    assert error is None, error
    found = [record for record in records if isinstance(record, Comment)]
    assert len(found) == len(records)
    return found, notes


def case(name: str) -> Source:
    (path,) = (DATA / "importers" / name).glob("input.*")
    return Source.from_path(path)


def test_every_real_file_is_one_of_those_counted_here(corpus: Path) -> None:
    found = {
        path.relative_to(corpus / "disqus").as_posix() for path in (corpus / "disqus").rglob("*") if path.is_file()
    }
    assert found == set(REAL)


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_gives_all_its_comments(name: str, corpus: Path) -> None:
    importer, many, replies, statuses, placed, skipped = REAL[name]
    source = Source.from_path(corpus / "disqus" / name)
    assert formats.detect(source).name == importer
    found, notes = comments(source)
    assert len(found) == many
    assert len({comment.id for comment in found}) == many
    assert sum(comment.parent is not None for comment in found) == replies
    assert Counter(comment.status for comment in found) == statuses
    assert sum(comment.post_url is not None for comment in found) == placed
    assert notes.counts[Kind.SKIPPED] == skipped


@pytest.mark.parametrize("name", ["disqus/maximal", "isso/maximal", "remark42/maximal", "commento/maximal"])
def test_a_reply_to_a_reply_stays_one(name: str) -> None:
    found, _ = comments(case(name))
    first, second, third = found[:3]
    assert (first.parent, second.parent, third.parent) == (None, first.id, second.id)


def test_a_wordpress_export_and_disqus_name_a_comment_alike() -> None:
    records, _, error = read(case("wxr/disqus-numbers"))
    assert error is None
    known = {alias for record in records if isinstance(record, Comment) for alias in record.aliases}
    disqus = HEAD + b'<post dsq:id="4400000102"><parent dsq:id="4400000101"/></post></disqus>'
    (comment,), _ = comments(Source.from_bytes(disqus))
    assert {comment.id, comment.parent} <= known


def test_the_place_that_an_isso_database_came_from_completes_its_paths() -> None:
    source = case("isso/minimal")
    source.url = "https://dusk.example/comments.db"
    found, _ = comments(source)
    assert [comment.post_url for comment in found] == ["https://dusk.example/vertigo/"]


def test_what_is_secret_in_an_isso_database_stays_there() -> None:
    source = case("isso/maximal")
    assert b"not a secret" in source.read()
    found, _ = comments(source)
    assert b"not a secret" not in msgspec.json.encode(found)
    assert b"voters" not in msgspec.json.encode(found)


def test_columns_that_a_hostile_schema_computes_are_not_asked_for() -> None:
    found, _ = comments(case("isso/function-in-the-schema"))
    assert [comment.id for comment in found] == ["isso:1"]
    assert "big" not in found[0].extra["isso"]


def test_a_table_that_takes_too_long_is_given_up() -> None:
    database = Database(case("isso/minimal").read(), "long")
    database._left = 0
    database._connection.set_progress_handler(database._spent, 1)
    with pytest.raises(FormatError, match="interrupted"):
        list(database.rows("comments"))
    database.close()


def test_a_folder_is_no_isso_database(tmp_path: Path) -> None:
    (tmp_path / "comments.db").write_bytes(case("isso/minimal").read())
    folder = Source.from_path(tmp_path)
    for name in ("isso", "disqus", "remark42", "commento"):
        with pytest.raises(FormatError):
            list(formats.importer(name).read(folder, Notes()))


@given(st.lists(st.tuples(st.text(max_size=3), st.binary(max_size=3)), max_size=40))
def test_what_is_held_first_stays(pairs: list[tuple[str, bytes]]) -> None:
    truth: dict[str, bytes] = {}
    with Source.from_bytes(b"", "any").scratch() as kept:
        for key, value in pairs:
            assert kept.get(key) == truth.get(key)
            assert kept.hold(key, value) == truth.get(key)
            truth.setdefault(key, value)
        assert dict(kept.items()) == truth


def test_a_full_disk_is_one_error() -> None:
    with Source.from_bytes(b"", "comments.xml").scratch() as kept:
        kept._db.execute("PRAGMA max_page_count = 20")  # a disk cannot be filled in a test
        with pytest.raises(FormatError, match=r"comments\.xml: too little room"):
            for number in range(100_000):
                kept.hold(str(number), b"x" * 100)


@given(st.lists(st.tuples(st.integers(1, 6), st.none() | st.integers(1, 6)), max_size=12))
def test_every_post_of_disqus_becomes_a_comment_or_a_note(posts: list[tuple[int, int | None]]) -> None:
    rows = [
        f'<post dsq:id="{number}"><message>{place}</message><thread dsq:id="1"/>'
        + (f'<parent dsq:id="{parent}"/>' if parent else "")
        + "</post>"
        for place, (number, parent) in enumerate(posts)
    ]
    data = HEAD + b'<thread dsq:id="1"><link>https://dusk.example/a/</link></thread>'
    found, notes = comments(Source.from_bytes(data + "".join(rows).encode() + b"</disqus>"))
    assert len(found) + notes.counts[Kind.SKIPPED] == len(posts)
    assert len({comment.id for comment in found}) == len(found)
    assert all(comment.post_url == "https://dusk.example/a/" for comment in found)


@given(
    st.lists(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()), min_size=9, max_size=9)
)
def test_rows_of_any_types_give_comments_or_notes(values: list[object]) -> None:
    keys = ("id", "pid", "text", "orig", "user", "time", "edit", "delete", "pin")
    row = json.dumps({"locator": {"url": "https://dusk.example/a/"}, **dict(zip(keys, values, strict=True))})
    notes = Notes()
    found = list(formats.importer("remark42").read(Source.from_bytes(row.encode(), "any"), notes))
    assert len(found) + notes.counts[Kind.SKIPPED] == 1


@given(
    st.lists(
        st.none() | st.integers(-(1 << 63), (1 << 63) - 1) | st.text() | st.binary() | st.floats(),
        min_size=7,
        max_size=7,
    )
)
def test_an_isso_database_of_any_types_gives_its_comments(values: list[object]) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE threads (id, uri, title)")
    connection.execute("CREATE TABLE comments (tid, parent, created, mode, text, author, remote_addr)")
    held = [value.encode("utf-8", "replace").decode() if isinstance(value, str) else value for value in values]
    connection.execute("INSERT INTO threads VALUES (?, ?, ?)", held[:3])
    connection.execute("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?)", held)
    connection.commit()
    data = connection.serialize()
    connection.close()
    found, _ = comments(Source.from_bytes(data, "any.db"), "isso")
    assert len(found) == 1
    msgspec.json.encode(found)
