"""Tables, read back by programs that are not ours: the csv module, SQLite itself."""

from __future__ import annotations

import csv
import io
import sqlite3
from typing import TYPE_CHECKING

import pytest

from archived_blog import comment, post
from feedkeep.models import Comment, Content, Person, Post, Site, Term
from feedkeep.wire import tables
from golden import write
from maximal import MAXIMAL

if TYPE_CHECKING:
    from pathlib import Path, PurePosixPath

SITE = Site(id="s", title="S")


def cells(files: dict[PurePosixPath, bytes], name: str) -> list[dict[str, str]]:
    (data,) = (data for path, data in files.items() if path.name == f"{name}.csv")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def database(tmp_path: Path) -> sqlite3.Connection:
    (data,) = write("sqlite", MAXIMAL).values()
    (tmp_path / "blog.sqlite").write_bytes(data)
    opened = sqlite3.connect(tmp_path / "blog.sqlite")
    opened.row_factory = sqlite3.Row
    return opened


def test_both_hold_the_same_rows(database: sqlite3.Connection) -> None:
    files = write("csv", MAXIMAL)
    for table in tables.TABLES:
        rows = [dict(row) for row in database.execute(f'SELECT * FROM "{table.name}" ORDER BY rowid')]
        plain = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
        assert plain == [{k: v.removeprefix("'") for k, v in row.items()} for row in cells(files, table.name)]
        assert plain
    database.close()


def test_the_database_is_whole_and_its_tables_join(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    for table in ("comments", "post_terms", "reviews"):
        lost = f"SELECT count(*) FROM {table} WHERE post NOT IN (SELECT id FROM posts)"
        assert database.execute(lost).fetchone()[0] == 0
    database.close()


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_begins_as_a_formula_does(start: str) -> None:
    hostile = Post(id="p", title=start, content=Content(value=start, form="text"), authors=(Person(name=start),))
    said = Comment(id=start, post="p", author=Person(name=start), content=Content(value="x"))
    files = write("csv", [SITE, hostile, said, Term(name=start)])
    for name in ("posts", "comments", "terms"):
        for row in cells(files, name):
            assert not [value for value in row.values() if value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert cells(files, "posts")[0]["title"] == "'" + start


def test_numbers_of_comments_and_ratings_are_numbers() -> None:
    (row,) = cells(write("csv", [SITE, post(1), comment(1), comment(2)]), "posts")
    assert (row["comments"], row["words"], row["text"]) == ("2", "2", "Body 1")
    assert row["published"] == "2014-01-01T10:00:00+01:00"
    assert row["published_utc"] == "2014-01-01T09:00:00Z"


def test_the_same_records_give_the_same_bytes() -> None:
    assert write("sqlite", MAXIMAL) == write("sqlite", MAXIMAL)
