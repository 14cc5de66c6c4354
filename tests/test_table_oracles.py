"""The tables, and the archive itself, as programs of others read them: sqlite-utils (Datasette's), DuckDB, pyarrow."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet
import pytest
import sqlite_utils
from hypothesis import HealthCheck, given, settings
from typer.testing import CliRunner

from feedkeep import formats
from feedkeep.archive import Archive
from feedkeep.cli import app
from feedkeep.errors import UsageError
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Content, Item, Media, Person, Post, Record, Review, Site, Term
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.wire import tables
from golden import DATA, write
from maximal import MAXIMAL
from snapshots import MemorySnapshot
from test_docs import ROOT, blocks
from test_oracles import snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("csv", "sqlite", "parquet")
NAMES = ("posts", "comments", "terms", "post_terms", "reviews", "media")
SITE = Site(id="s", url="https://www.b.example/", title="S")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as an archive, and as each kind of tables beside it."""
    folder = tmp_path_factory.mktemp("tables")
    import_into(folder / "archive", DATA / "sample", site="blog")
    for kind in KINDS:
        export_from(folder / "archive", kind, folder / kind)
    return folder


@pytest.fixture
def duck(exports: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """DuckDB that fetches nothing, with the tables of both kinds of files as views."""
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as opened:
        for name in NAMES:
            opened.execute(f"CREATE VIEW csv_{name} AS FROM read_csv('{exports}/csv/{name}.csv', all_varchar = true)")
            files = f"'{exports}/parquet/{name}/**/*.parquet', hive_partitioning = true"
            opened.execute(f"CREATE VIEW {name} AS FROM read_parquet({files})")
        yield opened


@pytest.fixture
def records(exports: Path) -> Iterator[tuple[list[Post], list[Comment]]]:
    """The public posts and comments, as the archive has them."""
    site = Archive.open(exports / "archive").site("blog")
    snapshot = site.snapshot(Selection(), gate=True)
    held = list(snapshot.posts())
    shown = [c for post in held for c in snapshot.comments(post.id) if c.status in {None, "approved"}]
    yield held, shown
    site.close()


def asked(duck: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return duck.execute(query).fetchall()


# --- the same rows, whoever reads them


def test_all_of_them_hold_as_many_rows_as_the_archive_has_records(
    duck: duckdb.DuckDBPyConnection, exports: Path, records: tuple[list[Post], list[Comment]]
) -> None:
    held, shown = records
    wanted = {"posts": len(held), "comments": len(shown), "post_terms": sum(len(post.terms) for post in held)}
    wanted["reviews"] = sum(len(post.reviews) for post in held)
    lite = sqlite_utils.Database(exports / "sqlite" / "blog.sqlite")
    for name in NAMES:
        counts = {
            lite[name].count,
            *(count for (count,) in asked(duck, f"SELECT count(*) FROM {name} UNION SELECT count(*) FROM csv_{name}")),
        }
        assert len(counts) == 1, name
        assert counts == {wanted[name]} if name in wanted else counts != {0}
    lite.close()


def test_posts_and_comments_say_what_the_archive_says(
    duck: duckdb.DuckDBPyConnection, exports: Path, records: tuple[list[Post], list[Comment]]
) -> None:
    held, shown = records
    lite = sqlite_utils.Database(exports / "sqlite" / "blog.sqlite")
    posts = {(p.id, p.title, p.slug, p.url, p.kind) for p in held}
    said = {(c.id, c.post, c.parent, c.author.name if c.author else None) for c in shown}
    of_posts, of_comments = "id, title, slug, url, kind", "id, post, parent, author"
    assert set(asked(duck, f"SELECT {of_posts} FROM posts")) == posts
    assert set(asked(duck, f"SELECT {of_comments} FROM comments")) == said
    assert {tuple(row.values()) for row in lite.query(f"SELECT {of_posts} FROM posts")} == posts
    assert {tuple(row.values()) for row in lite.query(f"SELECT {of_comments} FROM comments")} == said
    empty = "nullif(parent, ''), nullif(author, '')"
    assert set(asked(duck, f"SELECT id, post, {empty} FROM csv_comments")) == said
    lite.close()


def test_every_row_finds_its_post_and_every_answer_what_it_answers(
    duck: duckdb.DuckDBPyConnection, exports: Path
) -> None:
    lite = sqlite_utils.Database(exports / "sqlite" / "blog.sqlite")
    for name in ("comments", "post_terms", "reviews"):
        lost = f"SELECT count(*) FROM {name} WHERE post NOT IN (SELECT id FROM posts)"
        assert asked(duck, lost) == [(0,)]
        assert next(iter(lite.query(lost.replace("count(*)", "count(*) AS n")))) == {"n": 0}
    lost = "SELECT count(*) FROM comments WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM comments)"
    assert asked(duck, lost) == [(0,)]
    told = "SELECT p.id, p.comments, count(c.id) FROM posts p LEFT JOIN comments c ON c.post = p.id GROUP BY ALL"
    counted = asked(duck, told)
    assert any(there for _, _, there in counted)
    assert [row for row in counted if row[1] != row[2]] == []
    lite.close()


def test_datasette_finds_types_keys_and_indexes(exports: Path) -> None:
    lite = sqlite_utils.Database(exports / "sqlite" / "blog.sqlite")
    assert set(lite.table_names()) == set(NAMES)
    assert lite.table("posts").pks == ["id"]
    types = lite.table("posts").columns_dict
    assert {name for name, kind in types.items() if kind is int} == {"words", "comments", "sticky"}
    assert {name for name, kind in types.items() if kind is float} == {"rating"}
    assert ["post"] in [index.columns for index in lite.table("comments").indexes]
    lite.close()


def test_columns_of_parquet_have_the_types_that_are_promised(duck: duckdb.DuckDBPyConnection) -> None:
    def types(table: str) -> dict[str, str]:
        return {name: kind for name, kind, *_ in asked(duck, f"DESCRIBE {table}")}

    posts = types("posts")
    assert posts["published"] == posts["updated"] == "TIMESTAMP WITH TIME ZONE"
    assert posts["published_offset"] == "SMALLINT"
    assert posts["tags"] == posts["categories"] == posts["authors"] == "VARCHAR[]"
    assert (posts["words"], posts["rating"], posts["sticky"]) == ("BIGINT", "DOUBLE", "BOOLEAN")
    assert (posts["site"], posts["year"]) == ("VARCHAR", "BIGINT")
    reviews = types("reviews")
    assert (reviews["watched"], reviews["item_year"], reviews["spoiler"]) == ("DATE", "BIGINT", "BOOLEAN")
    assert reviews["ids"] == "MAP(VARCHAR, VARCHAR)"


def test_moments_are_the_same_instant_and_the_offset_gives_the_blogs_own_clock(
    duck: duckdb.DuckDBPyConnection, records: tuple[list[Post], list[Comment]]
) -> None:
    held, _ = records
    found = {
        name: (instant, offset)
        for name, instant, offset in asked(duck, "SELECT id, epoch(published), published_offset FROM posts")
    }
    assert len({offset for _, offset in found.values()}) > 1
    for post in held:
        instant, offset = found[post.id]
        assert post.published is not None
        assert instant == post.published.timestamp()
        clock = dt.datetime.fromtimestamp(instant, dt.UTC).replace(tzinfo=None) + dt.timedelta(minutes=offset)
        assert clock == post.published.replace(tzinfo=None)


def test_a_folder_holds_the_posts_of_its_year_and_all_that_belongs_to_them(duck: duckdb.DuckDBPyConnection) -> None:
    elsewhere = "SELECT count(*) FROM posts WHERE year <> date_part('year', published AT TIME ZONE 'UTC')"
    assert asked(duck, elsewhere) == [(0,)]
    for name in ("comments", "post_terms", "reviews"):
        apart = f"SELECT count(*) FROM {name} t JOIN posts p ON t.post = p.id WHERE t.year <> p.year"
        assert asked(duck, apart) == [(0,)]
    assert len(asked(duck, "SELECT DISTINCT year FROM comments")) > 1


def test_duckdb_asks_the_archive_itself_as_its_page_says(
    duck: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    most, answers = blocks(ROOT / "docs" / "archive-format.md", "sql")
    files = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "archive").glob("*/posts/**/*.json"))]
    talked = sorted((-len(f.get("comments", ())), f["post"]["title"]) for f in files)[:3]
    assert asked(duck, most) == [(title, -count) for count, title in talked]
    said = {one["id"]: one for f in files for one in f.get("comments", ())}
    replies = [one for one in said.values() if one.get("parent") in said]
    found = asked(duck, answers)
    assert sum(times for _, _, times in found) == len(replies) > 0
    named = {(one.get("author", {}).get("name"), said[one["parent"]].get("author", {}).get("name")) for one in replies}
    assert {(who, whom) for who, whom, _ in found} == named


# --- Parquet by itself


def parts(records: list[Record], **wanted: Any) -> dict[str, tuple[str | None, bytes]]:
    exporter = formats.exporter("parquet")
    files = exporter.write(MemorySnapshot(records), exporter.options(**wanted), Notes())
    return {str(file.path): (file.fingerprint, b"".join(file.chunks)) for file in files}


def table(data: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    return rows


def day(year: int, number: int = 1) -> Post:
    return Post(
        id=f"{year}-{number}",
        title=f"T{number}",
        published=dt.datetime(year, 3, number, tzinfo=dt.UTC),
        terms=(Term(name="x"),),
    )


def test_the_same_records_give_the_same_bytes() -> None:
    assert write("parquet", MAXIMAL) == write("parquet", MAXIMAL)


def test_rows_are_written_in_groups_as_they_come() -> None:
    exporter = formats.exporter("parquet")
    records: list[Record] = [SITE, *(day(2014, number) for number in range(1, 8))]
    options = exporter.options(row_group=2)  # type: ignore[call-arg]
    (posts,) = (
        file for file in exporter.write(MemorySnapshot(records), options, Notes()) if file.path.parts[0] == "posts"
    )
    chunks = list(posts.chunks)
    assert sum(1 for chunk in chunks if chunk) > 3
    held = pyarrow.parquet.ParquetFile(io.BytesIO(b"".join(chunks)))
    assert [held.metadata.row_group(n).num_rows for n in range(held.num_row_groups)] == [2, 2, 2, 1]


def test_a_new_post_leaves_the_files_of_other_years_as_they_are() -> None:
    old: list[Record] = [SITE, *(day(year) for year in (2012, 2013, 2014))]
    before, after = parts(old), parts([*old, day(2014, 2)])
    assert {path for path, file in after.items() if before.get(path) != file} == {
        "posts/site=b.example/year=2014/part-0.parquet",
        "post_terms/site=b.example/year=2014/part-0.parquet",
    }
    for path, (print_, data) in after.items():
        assert (before[path][0] == print_) == (before[path][1] == data)


def test_a_year_is_that_of_the_instant_and_posts_without_a_date_have_none() -> None:
    late = dt.datetime(2013, 12, 31, 23, 30, tzinfo=dt.timezone(-dt.timedelta(hours=2)))
    early = dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))  # no year has it in UTC
    files = parts([SITE, Post(id="a", published=late), Post(id="b"), Post(id="c", published=early)])
    years = {PurePosixPath(path).parts[2]: [row["id"] for row in table(data)] for path, (_, data) in files.items()}
    assert years["year=2014"] == ["a"]
    assert sorted(years["year=__HIVE_DEFAULT_PARTITION__"]) == ["b", "c"]


def test_a_year_that_comes_twice_has_two_files() -> None:
    exporter = formats.exporter("parquet")
    snapshot = MemorySnapshot([SITE, day(2013), day(2014)])
    snapshot._posts = [day(2013), day(2014), day(2013, 2)]
    files = [file for file in exporter.write(snapshot, exporter.options(), Notes()) if file.path.parts[0] == "posts"]
    assert {"/".join(file.path.parts[2:]): [row["id"] for row in table(b"".join(file.chunks))] for file in files} == {
        "year=2013/part-0.parquet": ["2013-1"],
        "year=2014/part-0.parquet": ["2014-1"],
        "year=2013/part-1.parquet": ["2013-2"],
    }


def test_a_blog_without_posts_is_a_table_without_rows() -> None:
    ((path, (_, data)),) = parts([SITE]).items()
    assert path.startswith("posts/site=b.example/")
    assert table(data) == []


@pytest.mark.parametrize(
    "address", ["https://b.example/../../etc", "no address at all/..", "https://[bad", "….", "https://b.example:x"]
)
def test_no_address_of_a_blog_leads_out_of_the_folder(address: str) -> None:
    for path in parts([Site(id=address, title="S"), day(2014)]):
        name = PurePosixPath(path).parts[1]
        assert name.startswith("site=")
        assert set(name.removeprefix("site=")) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
        assert name.removeprefix("site=").strip(".")


def test_what_no_column_holds_is_left_out_and_told() -> None:
    review = Review(item=Item(name="\ud800", year=1 << 70, ids={"b": "2", "a": "1"}))
    huge = Post(
        id="p", title="half \ud83c of a pair", reviews=(review,), published=dt.datetime(2014, 1, 1, tzinfo=dt.UTC)
    )
    media = Media(id="m", size=1 << 64)
    exporter = formats.exporter("parquet")
    notes = Notes()
    snapshot = MemorySnapshot([SITE, huge, media])
    files = {
        file.path.parts[0]: table(b"".join(file.chunks)) for file in exporter.write(snapshot, exporter.options(), notes)
    }
    assert files["posts"][0]["title"] == "half ? of a pair"
    assert files["reviews"][0]["item_year"] is None
    assert files["reviews"][0]["ids"] == [("a", "1"), ("b", "2")]
    assert files["media"][0]["size"] is None
    assert {note.field for note in notes.kept} == {"reviews.item_year", "media.size"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=snapshots())
def test_any_records_make_tables_of_as_many_rows(records: list[Record]) -> None:
    counts: dict[str, int] = {}
    for path, (_, data) in parts(records).items():
        name = PurePosixPath(path).parts[0]
        counts[name] = counts.get(name, 0) + len(table(data))
    assert counts["posts"] == sum(isinstance(record, Post) for record in records)
    assert counts.get("comments", 0) == sum(isinstance(record, Comment) for record in records)


def test_without_pyarrow_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert not formats.is_ready(formats.exporter("parquet"))
    assert formats.is_ready(formats.exporter("csv"))
    archive = str(ROOT / "archive")
    said = CliRunner().invoke(app, ["plan", "parquet", "--archive", archive])
    assert said.exit_code == 0  # to tell what would be lost needs nothing
    with pytest.raises(UsageError, match=r"pip install 'feedkeep\[parquet\]'") as raised:
        export_from(archive, "parquet", tmp_path / "out")
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 2
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


# --- CSV in a spreadsheet

START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # as OWASP lists them
HOSTILE = [*(f"{start}1+1" for start in START), "\0=1", 'x","=1', '"=1', "'=1", "x,=1", "x\n=1,=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_of_any_column_is_a_formula(text: str) -> None:
    person = Person(name=text, url=text, email=text)
    body = Content(value=text, form="text")
    term = Term(name=text, slug=text, taxonomy=text, parent=text, description=text)
    item = Item(name=text, kind=text, creators=(text,), url=text, ids={text: text})
    anything: Any = text
    records: list[Record] = [
        Site(id=text, title=text),
        term,
        Post(
            **dict.fromkeys(
                ("id", "url", "kind", "slug", "title", "subtitle", "language", "image", "parent"), anything
            ),
            summary=body,
            content=body,
            authors=(person,),
            terms=(term, Term(name=text)),
            reviews=(Review(item=item, summary=text),),
        ),
        Comment(id=text, post=text, parent=text, url=text, author=person, kind=text, title=text, content=body),
        Media(**dict.fromkeys(("id", "url", "post", "title", "alt", "type", "sha256", "path"), anything)),
    ]
    files = write("csv", records)
    assert {path.stem for path in files} == set(NAMES)
    for data in files.values():
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True):
            assert [cell for cell in row if cell.startswith(START)] == []
            assert len(row) in {len(one.columns) for one in tables.TABLES}


def test_every_text_stands_in_quotation_marks() -> None:
    for data in write("csv", MAXIMAL).values():
        rows = re.sub(r'"(?:[^"]|"")*"', "", data.decode("utf-8-sig"))
        assert re.fullmatch(r"[\d.,\r\n]*", rows)
