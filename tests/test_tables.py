"""Letterboxd, Goodreads and lists of feeds: what every real file holds, and that export and feed tell of one post."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.archive import Archive
from feedkeep.models import Comment, Post, Site
from feedkeep.notes import Kind, Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from feedkeep.wire import csv_rows, subscriptions
from feedkeep.wire.review_services import film_title
from feedkeep.workflows.import_ import import_sources
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

REVIEWS = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n"
# Of the real lists: feeds, pages whose feed is to be found, what was skipped.
REAL = {
    "feeds.opml": (2, 0, 0),
    "malformed/concatenated-documents.xml": (2, 0, 0),
    "malformed/end-element-missing.xml": (1, 0, 0),
    "malformed/end-element-unexpected-with-prefix.xml": (1, 0, 0),
    "malformed/end-element-unexpected.xml": (1, 0, 0),
    "malformed/html-entity-attribute.xml": (2, 0, 0),
    "malformed/undefined-entity-attribute.xml": (1, 0, 0),
    "opml/opportunities/opml-htmlUrl-miscapitalized.xml": (0, 1, 0),
    "opml/opportunities/opml-htmlUrl.xml": (0, 1, 0),
    "opml/opportunities/opml-htmlUrl_alone.xml": (0, 1, 0),
    "opml/opportunities/opml-htmlUrl-empty.xml": (0, 0, 1),
    "opml/opportunities/opml-htmlUrl-valid_feed.xml": (1, 0, 0),
    "opml/outline_xmlUrl-empty.xml": (0, 0, 1),
    "opml/outline_type-source.xml": (0, 0, 1),
    "rdf/foaf_agent-multiple_weblogs.xml": (3, 0, 0),
    "rdf/foaf_knows-foaf_membername.xml": (0, 0, 1),
    "rdf/foaf_knows-foaf_name.xml": (0, 0, 1),
    "rdf/opportunities/rdf-foaf_Document-empty.xml": (0, 0, 0),
    "rdf/opportunities/rdf-foaf_Document-missing.xml": (0, 0, 0),
    "rdf/opportunities/rdf-foaf_Document-woven-1.xml": (1, 2, 0),
    "rdf/opportunities/rdf-foaf_Document-woven-2.xml": (2, 1, 0),
    "rdf/opportunities/rdf-foaf_Document.xml": (0, 1, 0),
    "rdf/rss_channel-empty.xml": (0, 1, 0),
    "rdf/yandex/ya_blogActivity-ensure_name.xml": (1, 0, 1),
    "rdf/yandex/ya_feed-rdf_resource-empty.xml": (0, 0, 0),
}
NO_LIST = {"unknown-namespace.xml", "rdf/version.xml"}
HEADS_ALONE = re.compile(r"opml/head|opml/opml_version|malformed/(html|undefined)-entity-text|malformed/xmlns")
LINKS = re.compile(r"opml/(link|include)/")


def case(name: str) -> Source:
    (path,) = (DATA / "importers" / name).glob("input*")
    return Source.from_path(path)


def posts(source: Source, importer: str | None = None) -> list[Post]:
    records, _, error = read(source, importer)
    assert error is None, error
    return [record for record in records if isinstance(record, Post)]


# --- lists of feeds


def test_every_real_list_gives_the_feeds_that_are_in_it(corpus: Path) -> None:
    root = corpus / "opml" / "listparser"
    met = Counter[str]()
    for path in sorted(root.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        notes = Notes()
        if name in NO_LIST:
            assert not formats.importer("opml").detect(Source.from_path(path))
            continue
        found = list(subscriptions.subscriptions(Source.from_path(path), notes))
        counted = (
            sum(one.url is not None for one in found),
            sum(one.url is None for one in found),
            notes.counts[Kind.SKIPPED],
        )
        usual = (0, 0, counted[2]) if HEADS_ALONE.match(name) else (0, 0, 1) if LINKS.match(name) else (1, 0, 0)
        assert counted == REAL.get(name, usual), name
        met[name.partition("/")[0]] += 1
    assert met == {"opml": 74, "rdf": 24, "malformed": 10, "feeds.opml": 1}


def test_a_feed_in_several_folders_is_one_subscription() -> None:
    found = list(subscriptions.subscriptions(case("opml/maximal"), Notes()))
    (tram,) = (one for one in found if one.title == "Slow Tram")
    assert tram.folders == (("Films", "With water"), ("Again",))
    assert tram.categories == ("/film/sea", "trams", "again")
    assert tram.listed["ownerName"] == "Ada"


def test_deep_outlines_and_many_of_them_stay_cheap() -> None:
    outlines = "".join(f'<outline text="{n}" xmlUrl="https://{n}.example/"/>' for n in range(20_000))
    folders = "<outline text='f'>" * 100
    data = f"<opml>{folders}{outlines}{'</outline>' * 100}</opml>"
    found = list(subscriptions.subscriptions(Source.from_bytes(data.encode()), Notes()))
    assert len(found) == 20_000
    assert found[-1].folders == (("f",) * 100,)


# --- tables


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00\x85\u2028\u2029\x0b\x0c\x1c\x1d\x1e"), max_size=20
)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=5))
def test_what_a_writer_of_tables_wrote_is_what_is_read(table: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows([["a", "b", "c"], *table])
    notes = Notes()
    found = list(csv_rows.rows(Source.from_bytes(written.getvalue().encode(), "t.csv"), notes))
    assert [list(row.cells.values()) for row in found] == [
        [cell.strip() for cell in row] for row in table if any(cell.strip() for cell in row)
    ]
    assert not notes.kept


def test_a_quotation_mark_that_is_never_closed_costs_what_it_swallows_and_says_so() -> None:
    rows = ["2014-06-04,Salt,1998,https://boxd.it/a,3,,\"It's,,2014-06-03", *["2014-06-05,Fog,1999,,,,x,,"] * 20_000]
    records, notes, error = read(Source.from_bytes((REVIEWS + "\n".join(rows)).encode(), "reviews.csv"))
    assert error is None
    assert notes.counts[Kind.SKIPPED] == 1
    assert notes.kept[0].line == 2
    assert 10_000 < len(records) < 20_000


def test_half_stars_are_shown_as_the_feed_shows_them() -> None:
    assert film_title("Salt", "1998", "3.5") == "Salt, 1998 - ★★★½"
    assert film_title("Salt", "1998", "0.5") == "Salt, 1998 - ½"
    assert film_title("Salt", None, None) == "Salt"


# --- an export and its feed


def test_the_feed_and_the_export_of_letterboxd_give_the_same_review() -> None:
    row = "2014-06-04,The Long Tide,2013,https://boxd.it/9aaa1,3.5,Yes,The water wins.,,2014-06-03\n"
    (exported,) = posts(Source.from_bytes((REVIEWS + row).encode(), "reviews.csv"))
    fed = posts(case("rss/letterboxd"))[0]
    (one,), (other,) = exported.reviews, fed.reviews
    assert other.spoiler is True
    assert other.item.ids == {"tmdb": "990001"}
    item = msgspec.structs.replace(other.item, ids={})
    assert one == msgspec.structs.replace(other, spoiler=None, item=item)
    assert exported.aliases == fed.aliases != ()


def test_a_first_viewing_is_no_rewatch_in_the_export_either() -> None:
    row = "2014-06-03,Salt,1998,https://boxd.it/9aaa3,,,,,2014-06-02\n"
    (exported,) = posts(Source.from_bytes((REVIEWS + row).encode(), "reviews.csv"))
    (fed,) = posts(case("rss/letterboxd"))[1].reviews
    assert exported.reviews == (msgspec.structs.replace(fed, item=msgspec.structs.replace(fed.item, ids={})),)


def test_the_feed_and_the_export_of_goodreads_give_the_same_review() -> None:
    (exported,) = posts(case("goodreads/minimal"))
    fed = posts(case("rss/goodreads"))[0]
    (one,), (other,) = exported.reviews, fed.reviews
    item = msgspec.structs.replace(one.item, ids=other.item.ids, image=other.item.image)
    assert msgspec.structs.replace(one, item=item) == other
    assert fed.aliases == (exported.id,)


def test_the_export_and_the_feed_of_letterboxd_are_one_archive(tmp_path: Path) -> None:
    export = case("letterboxd/maximal")
    import_sources(tmp_path, [export, case("rss/letterboxd")], site="ada", notes=Notes())
    snapshot = Archive.open(tmp_path).site("ada").snapshot(Selection(), gate=False)
    held = list(snapshot.posts())
    (tide,) = (post for post in held if (post.title or "").startswith("The Long Tide"))
    assert {"letterboxd-review-990000001", "https://boxd.it/9aaa1"} <= {tide.id, *tide.aliases}
    assert [one.content.value for one in snapshot.comments(tide.id) if one.content] == ["Thank you all."]
    assert sum(post.title == "Films with trams" for post in held) == 1


def test_nothing_of_an_export_is_lost_without_a_word() -> None:
    records, notes, error = read(case("letterboxd/maximal"))
    assert error is None
    kinds = Counter(record.kind if isinstance(record, Post) else type(record).__name__ for record in records)
    assert kinds == {"post": 5, "rating": 2, "list": 1, "reply": 2, "Comment": 1, "Site": 1}
    (site,) = (record for record in records if isinstance(record, Site))
    kept = {name: len(rows) for name, rows in site.extra["letterboxd"].items() if name != "profile"}
    assert kept == {"watched": 2, "watchlist": 1, "likes/films": 1, "likes/reviews": 1}
    assert notes.counts[Kind.SKIPPED] == 0
    assert not [record for record in records if isinstance(record, Comment) and record.post is None]


def test_what_was_taken_back_or_hidden_is_never_published() -> None:
    hidden = {
        post.title or post.id: post.status for post in posts(case("letterboxd/maximal")) if post.status != "published"
    }
    assert hidden.pop("Fog, 1999 - ★") == "deleted"
    assert hidden.pop("A Film That Never Was - ★★★★") == "private"
    assert hidden.pop("Films with trams") == "private"
    assert set(hidden.values()) == {"deleted"}
