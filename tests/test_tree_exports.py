"""Trees for static site generators: our own importer reads them back, nothing collides, what a person changes counts."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep import formats, views
from feedkeep.content.clean import sanitise
from feedkeep.content.links import find
from feedkeep.content.markdown_writer import markdown
from feedkeep.content.render import html
from feedkeep.content.text import plain
from feedkeep.models import Comment, Content, Media, Person, Post, PostStatus, Record, Site, Term
from feedkeep.notes import Notes
from feedkeep.selection import PRIVATE
from feedkeep.source import Source
from feedkeep.wire import html_head, kept_fields
from golden import read, write, written
from maximal import MAXIMAL, differences
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path, PurePosixPath

NAMES = ("hugo", "jekyll", "pelican", "eleventy")
SITE = Site(id="https://quay.example", url="https://quay.example", title="Quay")
DAY = dt.datetime(2021, 3, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def put(files: dict[PurePosixPath, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def read_back(folder: Path) -> list[Record]:
    records, notes, error = read(Source.from_path(folder))
    assert error is None
    assert [note.what for note in notes.kept] == []
    assert not notes.guessed
    return records


def again(name: str, records: Iterable[Record], folder: Path, **settings: str) -> list[Record]:
    return read_back(put(write(name, records, **settings), folder))


def posts(records: Iterable[Record]) -> dict[str, Post]:
    return {one.id: one for one in records if isinstance(one, Post)}


def comments(records: Iterable[Record]) -> dict[str, Comment]:
    return {one.id: one for one in records if isinstance(one, Comment)}


@pytest.mark.parametrize("name", NAMES)
def test_a_round_trip_loses_what_is_declared_and_nothing_else(name: str, tmp_path: Path) -> None:
    losses = formats.exporter(name).losses
    lost = differences(MAXIMAL, again(name, MAXIMAL, tmp_path))
    # every body of these records is HTML, so their form survives
    assert sorted(lost) == sorted({*losses.dropped, *losses.altered} - {"Content.form"})


@pytest.mark.parametrize("body", ["html", "markdown"])
@pytest.mark.parametrize("name", NAMES)
def test_exporting_what_was_read_gives_the_same_records_again(name: str, body: str, tmp_path: Path) -> None:
    once = again(name, MAXIMAL, tmp_path / "one", body=body)
    twice = again(name, once, tmp_path / "two", body=body)
    assert differences(once, twice) <= ({"Content.value", "Content.form"} if body == "markdown" else set())


@pytest.mark.parametrize("name", NAMES)
def test_markdown_bodies_read_back_with_the_same_words_and_links(name: str, tmp_path: Path) -> None:
    body = '<p>A <em>slow</em> <a href="https://films.example/a_(b)">film_</a>.</p><ul><li>one</li></ul><table><tr><td>x</td></tr></table>'
    before = (SITE, Post(id="p", title="T", content=Content(value=body), published=DAY, status="published"))
    (after,) = posts(again(name, before, tmp_path, body="markdown")).values()
    assert after.content is not None
    assert after.content.form == "markdown"
    shown = html(after.content)
    assert plain(shown).split() == plain(body).split()
    assert [one.url for one in find(shown)] == ["https://films.example/a_(b)"]


@pytest.mark.parametrize("name", NAMES)
def test_a_blog_that_moves_keeps_its_paths_and_remembers_its_old_addresses(name: str, tmp_path: Path) -> None:
    before = (
        SITE,
        Post(id="a", url="https://quay.example/2021/03/a/", title="A", published=DAY, status="published",
             content=Content(value='<p><a href="https://quay.example/?p=2#x">b</a></p>')),
        Post(id="b", url="https://quay.example/?p=2", title="B", slug="b", published=DAY, status="published"),
    )  # fmt: skip
    after = posts(again(name, before, tmp_path, base_url="https://new.example/blog/"))
    assert after["a"].url == "https://new.example/blog/2021/03/a/"
    assert after["a"].urls == ("https://quay.example/2021/03/a/",)
    assert after["b"].url == "https://new.example/blog/posts/b/"
    assert after["b"].urls == ("https://quay.example/?p=2",)
    assert after["a"].content is not None
    assert 'href="https://new.example/blog/posts/b/#x"' in after["a"].content.value


@pytest.mark.parametrize("name", NAMES)
def test_an_old_address_leads_to_one_post_and_never_over_another(name: str) -> None:
    before = (
        SITE,
        Post(id="a", url="https://quay.example/a/", urls=("https://quay.example/b/", "https://quay.example/old"),
             title="A", published=DAY),
        Post(id="b", url="https://quay.example/b/", urls=("https://quay.example/old/", "https://quay.example/x/../y"),
             title="B", published=DAY),
    )  # fmt: skip
    files = write(name, before)
    documents = [data.decode() for path, data in files.items() if b"guid" in data and "index.njk" not in str(path)]
    redirects = [str(path) for path, data in files.items() if b'http-equiv="refresh"' in data]
    if name == "hugo":
        assert redirects == []
        assert sum('- "/old/"' in one for one in documents) == 1
        assert not any("/b/" in one.partition("aliases")[2].partition("\nfeedkeep:")[0] for one in documents)
    else:
        assert [path for path in redirects if path.endswith("old/index.html")] == redirects
        assert len(redirects) == 1


@pytest.mark.parametrize("name", NAMES)
def test_names_that_are_alike_stay_apart(name: str, tmp_path: Path) -> None:
    addresses = [
        "https://quay.example/a/Same/",
        "https://quay.example/a/same/",
        "https://quay.example/a/same",
        None,
        None,
    ]
    before: list[Record] = [SITE]
    before += [
        Post(id=f"p{n}", url=url, slug="same", title="Same", published=DAY, status="published", content=Content(value=f"<p>text {n}</p>"))
        for n, url in enumerate(addresses)
    ]  # fmt: skip
    files = write(name, before)
    assert len({str(path).casefold() for path in files}) == len(files)
    after = posts(read_back(put(files, tmp_path)))
    assert {one.content.value for one in after.values() if one.content} == {f"<p>text {n}</p>" for n in range(5)}
    assert len({(one.url or "").casefold().rstrip("/") for one in after.values()}) == 5
    assert {one.slug for one in after.values()} == {"same"}


@pytest.mark.parametrize("name", NAMES)
def test_files_are_told_apart_by_their_whole_address(name: str, tmp_path: Path) -> None:
    urls = [
        "https://quay.example/wp-content/a.jpg",
        "https://quay.example/other/a.jpg",
        "https://quay.example/other/a.jpg?size=2",
        "https://cdn.example/a.jpg",
        "https://quay.example/wp-content/A.jpg",
        "https://quay.example/../a.jpg",
        "https://quay.example/_posts/a.jpg",
        "https://quay.example/content/posts/a.md",
    ]
    media = [Media(id=f"m{n}", url=url, title=f"File {n}", status="published") for n, url in enumerate(urls)]
    body = "".join(f'<img src="{url.replace("&", "&amp;")}">' for url in urls)
    post = Post(id="p", title="T", content=Content(value=body), published=DAY, status="published")
    snapshot = MemorySnapshot([SITE, post, *media], {one.id: one.id.encode() for one in media})
    files = written(formats.exporter(name).write(snapshot, formats.exporter(name).options(), Notes()))
    static = {data.decode(): path for path, data in files.items() if re.fullmatch(rb"m\d", data)}
    assert len(static) == len(urls)
    assert len({str(path).casefold() for path in files}) == len(files)
    assert all(".." not in path.parts for path in files)
    records = read_back(put(files, tmp_path))
    found = {one.id: one for one in records if isinstance(one, Media)}
    assert {one.id: one.title for one in found.values()} == {one.id: one.title for one in media}
    assert all(one.path == str(static[one.id]) for one in found.values() if one.url and not one.url.endswith(".md"))
    assert found["m0"].url == urls[0]
    (after,) = posts(records).values()
    assert after.content is not None
    assert [one.url for one in find(after.content.value)] == [found[f"m{n}"].url for n in range(len(urls))]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_person_changes_in_front_matter_counts(name: str, tmp_path: Path) -> None:
    before = (
        SITE,
        Post(
            id="p", slug="p", title="Old title", published=DAY, status="published", content=Content(value="<p>x</p>"),
            authors=(Person(id="ann", name="Ann", url="https://ann.example/"),),
            terms=(Term(name="Film", slug="film"), Term(name="dam", taxonomy="post_tag", slug="dam")),
        ),
        Post(id="d", slug="d", title="Draft", published=DAY, status="private", content=Content(value="<p>y</p>")),
    )  # fmt: skip
    files = write(name, before)
    for path, data in files.items():
        if b"Old title" in data and path.suffix == ".html":
            changed = (
                data.replace(b"Old title", b"New title").replace(b'"dam"', b'"weir"', 1).replace(b'"Ann"', b'"Bea"', 1)
            )
            files[path] = changed
    after = posts(read_back(put(files, tmp_path)))
    assert after["p"].title == "New title"
    assert {one.name for one in after["p"].terms} == {"Film", "weir"}
    assert after["p"].authors == (Person(name="Bea"),)
    assert after["d"].status == "private"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_that_is_held_back_is_built_or_comes_back_published(name: str, tmp_path: Path) -> None:
    statuses: tuple[PostStatus, ...] = tuple(one for one in get_args(PostStatus) if one != "published")
    before: list[Record] = [
        SITE,
        *(
            Post(id=one, slug=one, title=one, published=DAY, status=one, url=f"https://quay.example/{one}/")
            for one in statuses
        ),
    ]
    after = posts(again(name, before, tmp_path))
    assert {one.id: one.status for one in after.values()} == {one: one for one in statuses}
    assert {one.url for one in after.values()} == {f"https://quay.example/{one}/" for one in statuses}


@pytest.mark.parametrize("name", NAMES)
def test_threads_of_any_depth_and_circles_come_back(name: str, tmp_path: Path) -> None:
    thread = [
        Comment(id=f"c{n}", post="p", parent=f"c{n - 1}" if n else None, status="approved", published=DAY + dt.timedelta(minutes=n),
                content=Content(value=f"<p>{n}</p>"), author=Person(name=f"R{n}"))
        for n in range(1500)
    ]  # fmt: skip
    circle = [
        Comment(id="x", post="p", parent="y", status="approved", content=Content(value="<p>x</p>")),
        Comment(id="y", post="p", parent="x", status="approved", content=Content(value="<p>y</p>")),
        Comment(id="7", post="p", parent="gone", status="approved", content=Content(value="<p>7</p>")),
        Comment(id="8", post="p", parent="7", status="approved", content=Content(value="<p>8</p>")),
    ]
    post = Post(id="p", title="T", published=DAY, status="published")
    before = {one.id: one for one in (*thread, *circle)}
    after = comments(again(name, [SITE, post, *before.values()], tmp_path))
    assert {one.id: one.parent for one in after.values()} == {one.id: one.parent for one in before.values()}
    assert {one.id: one.content for one in after.values()} == {one.id: one.content for one in before.values()}
    assert {one.post for one in after.values()} == {"p"}


def test_pelican_keeps_commas_and_semicolons_in_names(tmp_path: Path) -> None:
    names = ("Kings, Queens", "a; b", "plain")
    terms = tuple(Term(name=name, taxonomy="post_tag") for name in names)
    people = (Person(name="Ann, of Quay"),)
    before = (SITE, Post(id="p", title="T", published=DAY, status="published", terms=terms, authors=people))
    (after,) = posts(again("pelican", before, tmp_path)).values()
    assert after.terms == terms
    assert after.authors == people


@pytest.mark.parametrize("name", NAMES)
def test_a_new_comment_changes_the_files_of_its_post_alone(name: str) -> None:
    old: list[Record] = [SITE, *(Post(id=f"p{n}", title=f"P{n}", published=DAY, status="published") for n in range(4))]
    said: list[Record] = [
        Comment(id=f"c{n}", post=f"p{n}", content=Content(value="<p>x</p>"), status="approved") for n in range(4)
    ]
    more = Comment(id="c9", post="p2", content=Content(value="<p>y</p>"), status="approved")

    def run(records: list[Record]) -> dict[PurePosixPath, tuple[str | None, bytes]]:
        exporter = formats.exporter(name)
        found = exporter.write(MemorySnapshot(records), exporter.options(), Notes())
        return {file.path: (file.fingerprint, b"".join(file.chunks)) for file in found}

    one, other = run([*old, *said]), run([*old, *said, more])
    changed = {path for path in other if one.get(path, (None, b""))[1] != other[path][1]}
    assert len(changed) == 1
    assert all(one[path][0] != other[path][0] for path in changed)
    named = {path for path in other if other[path][0] is not None and other[path][0] != one[path][0]}
    assert len(named) == 2


def test_shortcodes_of_hugo_are_shown_as_they_are_written() -> None:
    post = Post(id="p", title="T", published=DAY, content=Content(value="<p>{{&lt; a &gt;}} {{% b %}} {{<i>c</i></p>"))
    (data,) = (data for path, data in write("hugo", [SITE, post]).items() if "content" in path.parts)
    assert not re.search(rb"\{\{[<%]", data)


def test_every_page_says_what_it_may_load() -> None:
    for name in NAMES:
        pages = [
            data for data in write(name, MAXIMAL).values() if b"<!doctype html>" in data and b"refresh" not in data
        ]
        assert pages
        assert all(b"default-src 'none'" in data for data in pages)


@pytest.mark.parametrize(
    "told", [[], "{", 5, {"published": "no date"}, {"authors": 3}, {"reviews": [{"item": {}}]}, "[" * 100_000]
)
def test_fields_that_are_none_are_noted_and_left(told: object) -> None:
    post, said = Post(id="p", title="T"), list[str]()
    assert kept_fields.restored(post, told, said.append) == post
    assert len(said) == 1


def test_a_post_of_pelican_in_html_is_read() -> None:
    fields, body = html_head.parted(
        '<!DOCTYPE html>\n<html><head><title>A &amp; B</title><meta name="tags" content="a, b"><meta name="keywords" '
        'contents="c"><meta charset="utf-8"></head>\n<body>\n<p>x</p>\n</body></html>'
    )
    assert fields == {"title": "A & B", "tags": ["a, b", "c"]}
    assert body == "<p>x</p>"


BLOCKS = st.recursive(
    st.text(alphabet="ab *_`[]()<>&#+-.!|~{}\\\n1é\"'=:$", max_size=12).map(lambda s: s.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["p", "em", "strong", "code", "ul", "ol", "li", "blockquote", "pre", "h2", "div", "del", "sub", 'a href="https://x.example/a_b"']),
        st.lists(inner, max_size=3),
    )
    | st.sampled_from(["<br>", "<hr>", '<img src="https://x.example/i.png" alt="a]*b">', "<pre>a\n\nb</pre>", "<!-- x -->"]),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(BLOCKS, max_size=4).map("".join))
def test_markdown_renders_back_to_the_same_words_and_links(source: str) -> None:
    clean = sanitise(source)
    shown = html(Content(value=markdown(clean), form="markdown"))
    assert plain(shown).split() == plain(clean).split()
    assert [one.url for one in find(shown)] == [one.url for one in find(clean)]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("<p>a <em>b</em> <strong>c</strong></p>", "a *b* **c**"),
        ("<p>1. no list</p><p># no heading</p>", "1\\. no list\n\n\\# no heading"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n* b"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ('<pre><code class="language-py">x = 1\n</code></pre>', "```py\nx = 1\n```"),
        ("<pre>{{ x }}</pre>", "<div>\n<pre>{{ x }}</pre>\n</div>"),
        ("<p>so<em>ft</em></p>", "so*ft*"),
        ('<p>so<strong>"ft"</strong>er</p>', 'so<strong>"ft"</strong>er'),
        ('<p id="x">kept</p>', '<p id="x">kept</p>'),
        ("<p>a<br>- b</p>", "a\\\n\\- b"),
        ('<p><img src="https://x.example/i.png" alt="a"></p>', "![a](https://x.example/i.png)"),
    ],
)
def test_markdown_is_what_a_person_would_write(source: str, wanted: str) -> None:
    assert markdown(source) == wanted


def test_the_front_matter_of_an_export_is_data_for_every_reader_of_yaml(tmp_path: Path) -> None:
    titles = ["1e3", "yes", "0o17", "null", "12:30", "- a", "a: b", "\u2028x", "---", "{{ x }}", "é", "  a  "]
    before: list[Record] = [
        SITE,
        *(Post(id=f"p{n}", title=title, published=DAY, status="published") for n, title in enumerate(titles)),
    ]
    for name in NAMES:
        after = posts(again(name, before, tmp_path / name))
        held: dict[str, Any] = {one.id: one.title for one in after.values()}
        assert held == {f"p{n}": title for n, title in enumerate(titles)}


def test_bytes_are_the_same_every_time() -> None:
    for name in NAMES:
        assert write(name, MAXIMAL) == write(name, list(MAXIMAL))
        assert msgspec.structs.asdict(formats.exporter(name).options())["body"] == "html"


@pytest.mark.parametrize("name", NAMES)
def test_terms_that_can_have_no_page_come_back_all_the_same(name: str, tmp_path: Path) -> None:
    names = ("x" * 300, "..", "<i>", "index.html", "a/b", "{{ t }}", "2020")
    terms = tuple(Term(name=one, taxonomy="post_tag") for one in names)
    (after,) = posts(again(name, [SITE, Post(id="p", title="T", terms=terms)], tmp_path)).values()
    assert after.terms == terms
    assert after.status is None
    assert after.published is None
    assert after.kind == "post"


@pytest.mark.parametrize("name", NAMES)
def test_real_exports_come_back_but_for_addresses_that_no_page_can_have(
    name: str, corpus: Path, tmp_path: Path
) -> None:
    counted = {}
    for path in sorted((corpus / "wxr").rglob("*.xml")):
        records, _, error = read(Source.from_path(path))
        if error is not None or not posts(records):
            continue
        snapshot = views.cleaned(views.redacted(MemorySnapshot(records), frozenset(PRIVATE)))
        seen: list[Record] = list(snapshot.posts())
        seen += [comment for post in snapshot.posts() for comment in snapshot.comments(post.id)]
        exporter = formats.exporter(name)
        folder = put(written(exporter.write(snapshot, exporter.options(), Notes())), tmp_path / path.stem)
        after = [record for record in read_back(folder) if isinstance(record, (Post, Comment))]
        declared = {*exporter.losses.dropped, *exporter.losses.altered}
        assert differences(seen, after) <= declared | {"Post.url", "Post.urls"}
        counted[path.name] = (len(posts(after)), len(comments(after)))
    assert counted["sitetitle.wordpress.2025-01-19.000.xml"] == (10, 0)
    assert counted["wordpress.xml"] == (3, 8)
    assert len(counted) > 5


def linked(name: str, body: str, *others: Record, **options: str) -> tuple[list[str], list[str]]:
    """The links of a post in the tree, and what the notes say of them."""
    post = Post(id="urn:from", url="https://quay.example/from/", title="F", published=DAY, content=Content(value=body))
    exporter, notes = formats.exporter(name), Notes()
    settings = msgspec.convert(options, exporter.options, strict=False)
    files = written(exporter.write(MemorySnapshot([SITE, post, *others]), settings, notes))
    (document,) = (data.decode() for data in files.values() if b"begin " in data and b"end." in data)
    text = document[document.index("begin ") : document.index("end.")]
    return [one.url for one in find(text)], [note.what for note in notes.kept if note.record == "urn:from"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "link",
    [
        "https://quay.example/2021/03/a/",
        "http://www.quay.example/2021/03/a",
        "/2021/03/a/",
        "../2021/03/a/",
        "https://quay.example/?p=7",
        "http://quay.example/?page_id=7",
        "https://quay.example/old.php?x=1&amp;y=2",
    ],
)
def test_a_link_to_a_post_leads_to_where_it_is_now_however_it_was_written(name: str, link: str) -> None:
    to = Post(
        id="urn:to", aliases=("wp:post:7@quay.example",), url="https://quay.example/2021/03/a/",
        urls=("https://quay.example/old.php?x=1&y=2",), title="A", published=DAY,
    )  # fmt: skip
    found, told = linked(name, f'<p>begin <a href="{link}#x">a</a> end.</p>', to, base_url="https://new.example")
    assert found == ["https://new.example/2021/03/a/#x"]
    assert told == []


@pytest.mark.parametrize("name", NAMES)
def test_links_within_the_blog_that_lead_nowhere_are_told_and_no_others(name: str) -> None:
    urls = [
        "https://quay.example/gone/",
        "http://quay.example/wp-content/a.jpg",
        "https://quay.example/?p=99",
        "https://quay.example/",
        "https://quay.example/from",
        "https://quay.example.evil/gone/",
        "https://other.example/gone/",
        "#x",
        "mailto:ann@quay.example",
    ]
    found, told = linked(name, "<p>begin " + " ".join(f'<a href="{url}">x</a>' for url in urls) + " end.</p>")
    assert found == urls
    assert told == [f"a link leads to nothing in the tree: {url}" for url in urls[:3]]


@pytest.mark.parametrize("name", NAMES)
def test_two_posts_whose_addresses_differ_by_a_slash_keep_their_links(name: str) -> None:
    one = Post(id="urn:1", url="https://quay.example/x", title="1", published=DAY)
    two = Post(id="urn:2", url="https://quay.example/x/", title="2", published=DAY)
    body = '<p>begin <a href="https://quay.example/x">1</a> <a href="https://quay.example/x/">2</a> end.</p>'
    found, _ = linked(name, body, one, two, base_url="https://new.example")
    assert len(set(found)) == 2


def test_real_posts_as_markdown_render_back_to_the_same_words_and_links(corpus: Path) -> None:
    tried = written_in_marks = 0
    for path in sorted([*corpus.rglob("*.xml"), *corpus.rglob("*.json")]):
        if path.stat().st_size > 2_000_000:
            continue
        records, _, _ = read(Source.from_path(path))
        for record in records:
            content = record.content if isinstance(record, (Post, Comment)) else None
            if content is None or len(content.value) > 30_000:
                continue
            clean = sanitise(html(content))
            text = markdown(clean)
            shown = html(Content(value=text, form="markdown"))
            assert plain(shown).split() == plain(clean).split(), (path, record.id)
            assert [one.url for one in find(shown)] == [one.url for one in find(clean)], (path, record.id)
            tried += 1
            written_in_marks += "<" not in text
    assert tried > 500
    assert written_in_marks > tried / 2
