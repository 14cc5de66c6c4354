"""Exports for sites of films and of books: what a review says comes back through our importer of the site's files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.content.review import on_scale
from feedkeep.models import Content, Item, Post, Rating, Record, Review, Site, Term
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from golden import write
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from pathlib import PurePosixPath

SITE = Site(id="https://quay.example/", url="https://quay.example/")
KINDS = {"letterboxd": "movie", "goodreads": "book"}
WORDS = st.text(st.sampled_from("abc é海,\"'\n<&"), min_size=1, max_size=12).map(str.strip).filter(bool)
ISBN = "9780140449334"


def back(name: str, files: dict[PurePosixPath, bytes]) -> list[Post]:
    return [
        record
        for path, data in files.items()
        for record in formats.importer(name).read(Source.from_bytes(data, str(path)), Notes())
        if isinstance(record, Post)
    ]


def rows(files: dict[PurePosixPath, bytes]) -> list[dict[str, str]]:
    return [row for data in files.values() for row in csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))]


def review(kind: str, name: str = "Salt", **fields: object) -> Review:
    return Review(item=Item(name=name, kind=kind, year=1998, creators=("Ida Holm",)), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", KINDS)
def test_a_review_comes_back_with_its_rating_day_tags_and_text(name: str) -> None:
    told = review(KINDS[name], rating=Rating(value=4), watched=dt.date(2019, 2, 2), spoiler=True)
    post = Post(
        id="p",
        content=Content(value="<p>One <em>slow</em> line.</p><p>And one more.</p>"),
        terms=(Term(name="fog", taxonomy="post_tag"), Term(name="sea", taxonomy="post_tag")),
        reviews=(told,),
    )
    (came,) = back(name, write(name, [SITE, post]))
    (found,) = came.reviews
    assert (found.item.name, found.item.year, found.item.creators) == ("Salt", 1998, ("Ida Holm",))
    assert found.rating is not None
    assert on_scale(found.rating) == 4
    assert (found.watched, found.spoiler) == (dt.date(2019, 2, 2), True)
    assert {term.name for term in came.terms} - {"read"} == {"fog", "sea"}
    assert came.content is not None
    assert "One <em>slow</em> line." in came.content.value
    assert "And one more." in came.content.value


@pytest.mark.parametrize("name", KINDS)
@given(st.lists(st.tuples(WORDS, st.floats(0, 10, allow_nan=False) | st.none(), st.booleans() | st.none())))
def test_every_review_of_the_kind_is_a_row_and_no_other(
    name: str, said: list[tuple[str, float | None, bool | None]]
) -> None:
    posts: list[Record] = [
        Post(
            id=f"p{number:03}",
            reviews=(
                review(
                    KINDS[name], title, rating=None if stars is None else Rating(value=stars, best=10), spoiler=spoils
                ),
                review("game", title),
            ),
        )
        for number, (title, stars, spoils) in enumerate(said)
    ]
    files = write(name, [SITE, *posts])
    assert [row["Title"].split() for row in rows(files)] == [title.split() for title, _, _ in said]
    came = back(name, files)
    assert len(came) == len(said)
    for post, (_, stars, spoils) in zip(came, said, strict=True):
        (found,) = post.reviews
        assert (found.rating is None) is (stars is None)
        if found.rating is not None and stars is not None:
            assert abs(on_scale(found.rating) - stars / 2) <= 1
        assert found.spoiler is spoils


@pytest.mark.parametrize("name", KINDS)
def test_posts_without_such_a_review_are_counted(name: str) -> None:
    notes = Notes()
    snapshot = MemorySnapshot([SITE, Post(id="a"), Post(id="b", reviews=(review("game"),))])
    exporter = formats.exporter(name)
    for file in exporter.write(snapshot, exporter.options(), notes):
        b"".join(file.chunks)
    assert [note.what for note in notes.kept if note.kind is Kind.NOTICED] == [
        f"left out: 2 posts without a review of a {'film' if name == 'letterboxd' else 'book'}"
    ]


def test_a_large_letterboxd_file_is_several_of_which_each_has_its_columns() -> None:
    posts: list[Record] = [
        Post(id=f"p{n}", content=Content(value="x" * 400), reviews=(review("movie"),)) for n in range(9)
    ]
    files = write("letterboxd", [SITE, *posts], megabytes=0.001)
    assert [str(path) for path in files] == [f"letterboxd-{number}.csv" for number in range(1, 6)]
    assert max(map(len, files.values())) <= 1000
    assert len(rows(files)) == 9
    assert all(row["Title"] == "Salt" for row in rows(files))


def test_days_that_a_review_does_not_name_are_the_posts_on_request() -> None:
    post = Post(id="p", published=dt.datetime(2019, 2, 3, 23, 30, tzinfo=dt.UTC), reviews=(review("movie"),))
    assert rows(write("letterboxd", [SITE, post]))[0]["WatchedDate"] == ""
    assert rows(write("letterboxd", [SITE, post], dates="published"))[0]["WatchedDate"] == "2019-02-03"


@pytest.mark.parametrize(
    ("name", "value", "best", "shown"),
    [
        ("letterboxd", 7.3, 10, "3.5"),
        ("letterboxd", 0, 5, "0.5"),
        ("letterboxd", 4.5, 5, "4.5"),
        ("goodreads", 4.5, 5, "5"),
        ("goodreads", 0, 5, "1"),
        ("goodreads", 60, 100, "3"),
    ],
)
def test_a_rating_between_the_sites_stars_is_rounded_and_told(name: str, value: float, best: float, shown: str) -> None:
    notes = Notes()
    exporter = formats.exporter(name)
    told = review(KINDS[name], rating=Rating(value=value, best=best))
    (file,) = exporter.write(MemorySnapshot([SITE, Post(id="p", reviews=(told,))]), exporter.options(), notes)
    (row,) = rows({file.path: b"".join(file.chunks)})
    assert row["Rating" if name == "letterboxd" else "My Rating"] == shown
    assert len(notes.kept) == (float(shown) != value / best * 5)


def test_goodreads_finds_a_book_by_its_numbers() -> None:
    told = Review(item=Item(name="Tides", kind="book", ids={"isbn": "0-14-044933-7", "isbn13": ISBN}))
    post = Post(id="p", reviews=(told,))
    (row,) = rows(write("goodreads", [SITE, post]))
    assert (row["ISBN"], row["ISBN13"]) == ('="0140449337"', f'="{ISBN}"')
    (came,) = back("goodreads", write("goodreads", [SITE, post]))
    assert came.reviews[0].item.ids == {"isbn": "0140449337", "isbn13": ISBN}
