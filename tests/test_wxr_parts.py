"""What WordPress's importer demands of an export, rule by rule, and exports in parts that it takes one by one."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from arbitrary_blogs import blogs
from feedkeep import formats
from feedkeep.errors import UsageError
from feedkeep.library import import_into
from feedkeep.models import Comment, Content, Media, Person, Post, Record, Site, Term
from feedkeep.notes import Notes
from golden import write
from maximal import MAXIMAL
from snapshots import MemorySnapshot
from test_fixed_points import SAMPLE, kept, out
from wordpress_importer import NEVER, WP, wordpress
from wxr_files import exported, imported

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DAY = dt.datetime(2020, 1, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
SITE = Site(id="https://quay.example", url="https://quay.example", title="Quay")


def split(records: Iterable[Record], size: str) -> list[bytes]:
    return [data for _, data in sorted(write("wxr", records, split=size).items())]


def items(data: bytes) -> list[Any]:
    return etree.fromstring(data).findall("channel/item")


def stated(item: Any, name: str) -> str:
    return item.findtext(f"{WP}{name}") or ""


def head(data: bytes) -> bytes:
    return data.partition(b"<item>")[0]


def noticed(records: Iterable[Record]) -> list[str]:
    return [note.what for note in exported(records)[1].kept]


# --- the rules


def test_the_version_is_stated_and_the_prefix_declared_on_the_root_and_there_is_no_document_type() -> None:
    data, _ = exported(MAXIMAL)
    root = data[: data.index(b"<channel>")]
    assert b'xmlns:wp="http://wordpress.org/export/1.2/"' in root
    assert b"<wp:wxr_version>1.2</wp:wxr_version>" in data
    assert b"<!DOCTYPE" not in data


def test_every_item_states_number_name_type_status_and_both_dates() -> None:
    for item in items(exported(MAXIMAL)[0]):
        names = {str(child.tag).removeprefix(WP) for child in item if str(child.tag).startswith(WP)}
        assert names >= {"post_id", "post_date", "post_date_gmt", "post_name", "status", "post_type", "post_parent"}


def test_two_posts_with_one_number_get_a_number_each() -> None:
    posts = [Post(id=f"urn:{n}", aliases=("wp:post:7@quay.example",), title=f"{n}") for n in range(3)]
    numbers = [stated(item, "post_id") for item in items(exported([SITE, *posts])[0])]
    assert numbers[0] == "7"
    assert len(set(numbers)) == 3


def test_every_creator_is_an_author_that_the_head_lists() -> None:
    people = [
        Person(id="ada", name="Ada"),
        Person(name="Bo"),
        Person(id="жук", name="Жук"),
        Person(email="c@quay.example"),
    ]
    data, _ = exported([SITE, *(Post(id=f"urn:{n}", title="T", authors=(one,)) for n, one in enumerate(people))])
    assert all(post.author is not None for post in wordpress(data).posts.values())


def test_a_post_never_published_states_no_date_rather_than_that_of_the_export() -> None:
    (item,) = items(exported([Post(id="urn:1", title="T", status="draft")])[0])
    assert (stated(item, "post_date"), stated(item, "post_date_gmt")) == (NEVER, NEVER)
    assert item.find("pubDate") is None or "-0001" in item.findtext("pubDate")


def test_the_time_zone_is_the_difference_of_two_dates() -> None:
    (item,) = items(exported([Post(id="urn:1", title="T", published=DAY)])[0])
    assert (stated(item, "post_date"), stated(item, "post_date_gmt")) == ("2020-01-01 09:00:00", "2020-01-01 07:00:00")


def test_parents_of_terms_are_slugs_and_parents_of_posts_numbers() -> None:
    records: list[Record] = [
        SITE,
        Term(name="Art & craft", slug="art"),
        Term(name="Film", slug="film", parent="art"),
        Post(id="urn:a", kind="page", title="A", published=DAY),
        Post(id="urn:b", kind="page", title="B", published=DAY, parent="urn:a"),
    ]
    data, _ = exported(records)
    assert b"<wp:category_parent><![CDATA[art]]></wp:category_parent>" in data
    above, below = items(data)
    assert stated(below, "post_parent") == stated(above, "post_id")


def test_a_term_without_a_slug_gets_one_or_it_would_be_passed_over() -> None:
    (item,) = items(exported([Post(id="urn:1", title="T", terms=(Term(name="Été & co"),))])[0])
    assert [one.get("nicename") for one in item.findall("category")] == ["ete-co"]


def test_single_fields_come_before_repeated_ones_and_the_description_is_empty() -> None:
    for item in items(exported(MAXIMAL)[0]):
        tags = [str(child.tag) for child in item]
        nested = [at for at, tag in enumerate(tags) if tag in {f"{WP}postmeta", f"{WP}comment"}]
        single = [at for at, tag in enumerate(tags) if tag.startswith(WP) and at not in nested]
        assert not nested or max(single) < min(nested)
        assert not item.findtext("description")


def test_characters_that_xml_cannot_hold_are_left_out_and_told() -> None:
    data, notes = exported([Post(id="urn:1", title="a\x0bb", content=Content(value="x]]>y\x00", form="wordpress"))])
    (post,) = (record for record in imported(data) if isinstance(record, Post))
    assert post.title == "ab"
    assert post.content is not None
    assert post.content.value == "x]]>y"
    assert sum("XML cannot hold" in note.what for note in notes.kept) == 2


def test_a_guid_is_kept_as_it_was_and_is_no_permalink() -> None:
    guid = "http://old.example/?p=3&amp;x"
    (item,) = items(exported([Post(id=guid, title="T", permalink=False)])[0])
    assert item.findtext("guid") == guid
    assert item.find("guid").get("isPermaLink") == "false"


def test_a_file_without_an_address_is_told_since_wordpress_cannot_fetch_it() -> None:
    assert any("cannot fetch" in what for what in noticed([SITE, Media(id="urn:m", title="M", published=DAY)]))


def test_the_folder_of_an_upload_is_stated() -> None:
    media = Media(id="urn:m", url="https://quay.example/wp-content/uploads/2014/06/a.jpg", path="2014/06/a.jpg")
    assert ("_wp_attached_file", "2014/06/a.jpg") in next(
        iter(wordpress(exported([SITE, media])[0]).posts.values())
    ).meta


def test_the_absence_of_files_and_menus_is_told_and_their_presence_is_not() -> None:
    post = Post(id="urn:1", title="T", published=DAY)
    told = noticed([SITE, post])
    assert [("no files" in what, "no menus" in what) for what in told] == [(True, False), (False, True)]
    media = Media(id="urn:m", url="https://quay.example/a.jpg", published=DAY)
    assert noticed([SITE, post, media, Post(id="urn:2", title="M", kind="nav_menu_item", published=DAY)]) == []
    assert noticed([SITE]) == []


def test_comments_are_numbered_once_in_the_whole_export_and_parents_lower() -> None:
    posts = [Post(id=f"urn:{n}", title=f"{n}", published=DAY) for n in range(3)]
    comments = [
        Comment(id=f"{name}#comment-5" if name == "n" else f"urn:c:{post.id}:{name}", post=post.id,
                parent=f"urn:c:{post.id}:z" if name == "a" else None)
        for post in posts for name in ("a", "n", "z")
    ]  # fmt: skip
    distinct = {(one.post, one.id): one for one in comments}.values()
    blog = wordpress(exported([SITE, *posts, *distinct])[0])
    numbers = [number for post in blog.posts.values() for number in post.comments]
    assert len(set(numbers)) == len(numbers) == 9
    assert all(parent < number for post in blog.posts.values() for number, (parent, *_) in post.comments.items())
    assert 5 in numbers, "the first keeps the number that WordPress gave it"


# --- parts

PAGES: list[Record] = [
    SITE,
    Person(id="ada", name="Ada"),
    Term(name="Film", slug="film"),
    *(
        Post(
            id=f"urn:p{n}", kind="page", title=f"P{n}", published=DAY - dt.timedelta(days=n), authors=(Person(id="ada"),),
            parent=f"urn:p{n - n % 3}" if n % 3 else None, content=Content(value="x" * 400, form="wordpress"),
            image="https://quay.example/shared.jpg" if n % 4 == 0 else None,
        )
        for n in range(12)
    ),
    Media(id="urn:shared", url="https://quay.example/shared.jpg", title="Shared", published=DAY, post="urn:p0"),
    Media(id="urn:own", url="https://quay.example/own.jpg", title="Own", published=DAY, post="urn:p5"),
    Media(id="urn:none", url="https://quay.example/none.jpg", title="None", published=DAY),
    *(Comment(id=f"urn:c{n}", post=f"urn:p{n % 12}", parent=f"urn:c{n - 12}" if n > 11 else None) for n in range(36)),
]  # fmt: skip


def test_every_part_is_a_document_of_its_own_with_all_authors_and_terms_and_no_larger_than_asked() -> None:
    parts = split(PAGES, "12kB")
    assert len(parts) > 3
    assert all(len(part) <= 12_000 for part in parts)
    assert {head(part) for part in parts} == {head(exported(PAGES)[0])}
    assert all(wordpress(part).refused == [] for part in parts)


def test_a_page_its_subpages_and_its_files_are_in_one_part() -> None:
    for part in split(PAGES, "12kB"):
        blog = wordpress(part)
        numbers = {stated(item, "post_id"): stated(item, "post_parent") for item in items(part)}
        shared = [number for number, post in blog.posts.items() if post.title == "Shared"]
        for number, post in blog.posts.items():
            wanted = 0 if number in shared else int(numbers[str(number)])
            assert number in shared or post.parent == wanted
            assert all(int(value) in shared for key, value in post.meta if key == "_thumbnail_id")


def test_parents_stand_before_children_though_they_are_younger() -> None:
    parts = split(PAGES, "3kB")
    pages = [item for part in parts for item in items(part) if stated(item, "post_type") == "page"]
    order = [stated(item, "post_id") for item in pages]
    parents = [stated(item, "post_parent") for item in pages]
    assert len(parts) > 8
    assert [parent == "0" or parent in order[:at] for at, parent in enumerate(parents)] == [True] * 12
    assert parents.count("0") == 4


def test_comments_are_numbered_once_across_parts() -> None:
    numbers = [
        number for part in split(PAGES, "12kB") for post in wordpress(part).posts.values() for number in post.comments
    ]
    assert len(numbers) == len(set(numbers)) == 36


def test_the_parts_hold_what_the_whole_holds() -> None:
    whole = {etree.tostring(item, with_tail=False) for item in items(exported(PAGES)[0])}
    parts = [etree.tostring(item, with_tail=False) for part in split(PAGES, "12kB") for item in items(part)]
    assert set(parts) == whole
    repeated = {item for item in parts if parts.count(item) > 1}
    assert all(b"<title>Shared</title>" in item for item in repeated)
    assert repeated


def test_a_post_larger_than_a_part_has_one_of_its_own_and_is_told() -> None:
    exporter = formats.exporter("wxr")
    notes = Notes()
    big = Post(id="urn:big", title="B", published=DAY, content=Content(value="y" * 20_000, form="wordpress"))
    small = Post(id="urn:small", title="S", published=DAY - dt.timedelta(days=1))
    assert exporter.options is not formats.Options
    files = [
        b"".join(file.chunks)
        for file in exporter.write(MemorySnapshot([SITE, big, small]), exporter.options(split="5 kB"), notes)  # type: ignore[call-arg]
    ]
    assert [len(items(part)) for part in files] == [1, 1]
    assert [note.record for note in notes.kept if "larger" in note.what] == ["urn:big"]


def test_an_empty_blog_is_one_part() -> None:
    assert [len(items(part)) for part in split([SITE], "1MB")] == [0]


@pytest.mark.parametrize("size", ["", "0", "ten", "-1MB", "10 XB", "1e3"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(UsageError, match="is no size"):
        split([SITE], size)


@settings(max_examples=100, deadline=None)
@given(blogs(), st.sampled_from(["1", "2kB", "4kB"]))
def test_wordpress_takes_every_part_of_any_blog(records: list[Record], size: str) -> None:
    parts = [wordpress(part) for part in split(records, size)]
    assert all(part.refused == [] for part in parts)
    whole = wordpress(exported(records)[0])
    assert {number for part in parts for number in part.posts} == set(whole.posts)
    for part in parts:
        for number, post in part.posts.items():
            assert post.comments == whole.posts[number].comments
            assert post.meta == whole.posts[number].meta
            featured = [int(value) for key, value in post.meta if key == "_thumbnail_id"]
            assert set(featured) <= set(part.posts)


def test_parts_read_back_as_the_whole_does() -> None:
    whole = imported(exported(PAGES)[0])
    parts = [imported(part) for part in split(PAGES, "12kB")]
    for record in whole:
        assert any(record in part for part in parts)
    assert all(record in whole for record in itertools.chain(*parts))


@pytest.mark.parametrize("order", ["together", "forwards", "backwards"])
def test_the_parts_of_an_archive_give_the_same_archive_in_any_order(order: str, tmp_path: Path) -> None:
    first, second, folder = tmp_path / "first", tmp_path / "second", tmp_path / "out"
    import_into(first, SAMPLE, site="blog")
    one = out(first, "wxr", tmp_path / "one")
    parts = out(first, "wxr", folder, options={"split": "9kB"})
    assert len(parts) > 2
    names = sorted(parts, reverse=order == "backwards")
    if order == "together":
        import_into(second, *(folder / name for name in names), site="blog")
    else:
        for name in names:
            import_into(second, folder / name, site="blog")
    assert kept(second) == kept(first)
    assert out(second, "wxr", tmp_path / "again") == one
    assert out(second, "wxr", tmp_path / "two", options={"split": "9kB"}) == parts
