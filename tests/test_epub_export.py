"""A book of a blog: whole, well-formed whatever the blog's HTML is, every link and file in place. See tests/real, too."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from epub_book import DC, OPF, Book, X, book
from feedkeep import formats, views
from feedkeep.content.tags import words
from feedkeep.errors import UsageError
from feedkeep.fidelity import filled
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Content, Enclosure, Item, Media, Person, Post, Rating, Record, Review, Site
from feedkeep.notes import Notes
from golden import cases, parse, written
from maximal import MAXIMAL
from snapshots import MemorySnapshot
from test_oracles import snapshots

SAMPLE = Path(__file__).parents[1] / "archive"
SITE = Site(id="https://quay.example", url="https://quay.example", title="Quay", language="en")
DAY = dt.datetime(2021, 3, 1, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABijPjAAAAAABJRU5ErkJggg=="
)
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"


def post(name: str, html: str = "", **more: Any) -> Post:
    told = {"url": f"https://quay.example/{name}/", "title": name.title(), "published": DAY, **more}
    return Post(id=name, content=Content(value=html), **told)


def chapter(made: Book, name: str) -> str:
    (found,) = [path for title, path in made.listed() if title == name.title()]
    return found


# --- the whole book


def test_the_sample_archive_becomes_a_book_with_every_post_and_comment_in_it(tmp_path: Path) -> None:
    export_from(SAMPLE, "epub", tmp_path / "blog.epub")
    with zipfile.ZipFile(tmp_path / "blog.epub") as packed:
        made = Book({PurePosixPath(name): packed.read(name) for name in packed.namelist()})
    made.check()
    assert [title for title, _ in made.listed() if title.isdecimal()] == ["2011", "2012", "2013", "2014"]
    assert made.listed()[-1][0] == "About"
    words = made.everything()
    for said in ("The second train. I was not ready.", "Nobody is.", "Stop, I am at work.", "★★★★★ (5/5)"):
        assert said in words
    assert words.count("in reply to") > 5
    assert len([path for path in made.items() if path.endswith(".png")]) == 3


@pytest.mark.parametrize(
    "case", [case for case in cases("exporters") if case.parent.name == "epub"], ids=lambda c: c.name
)
def test_every_case_is_a_book(case: Path) -> None:
    book(parse((case / "records.jsonl").read_text("utf-8")))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots())
def test_any_records_make_a_book_with_a_chapter_for_each_post(records: list[Record]) -> None:
    made = book(records)
    assert len(made.chapters()) == len([one for one in records if isinstance(one, Post)])


def test_the_book_is_the_same_bytes_again_and_dated_by_its_newest_record(tmp_path: Path) -> None:
    records: list[Record] = [
        SITE,
        post("one"),
        Comment(id="c", post="one", published=DAY + dt.timedelta(days=9, microseconds=7)),
    ]
    changed = [
        one.text for one in book(records).package.iter(f"{OPF}meta") if one.get("property") == "dcterms:modified"
    ]
    assert changed == ["2021-03-10T07:00:00Z"]
    export_from(SAMPLE, "epub", tmp_path / "one.epub")
    export_from(SAMPLE, "epub", tmp_path / "two.epub")
    assert (tmp_path / "one.epub").read_bytes() == (tmp_path / "two.epub").read_bytes()


def test_a_book_is_known_by_one_id_until_it_gets_another_title() -> None:
    def told(**options: Any) -> list[str]:
        package = book([SITE, post("one")], **options).package
        return [package.findtext(f".//{DC}{name}") for name in ("identifier", "title", "language")]

    assert told() == [book([SITE]).package.findtext(f".//{DC}identifier"), "Quay", "en"]
    assert told(title="Best of")[1] == "Best of"
    assert told(title="Best of")[0] != told()[0]


def test_who_wrote_is_a_creator_once() -> None:
    records: list[Record] = [
        msgspec.structs.replace(SITE, authors=(Person(name="Ann"),)),
        Person(id="ann", name="Ann"),
        post("one", authors=(Person(name="Ann"), Person(name="Ben"))),
        post("two", authors=(Person(name="Ben"),)),
    ]
    assert [one.text for one in book(records).package.iter(f"{DC}creator")] == ["Ann", "Ben"]


# --- parts and chapters


def test_years_come_in_order_then_what_has_no_date_then_pages() -> None:
    records: list[Record] = [
        SITE,
        post("late", published=DAY.replace(year=2022)),
        post("never", published=None),
        post("early", published=DAY.replace(year=1999)),
        post("about", kind="page"),
        post("recipe", kind="recipe"),
    ]
    assert [title for title, _ in book(records).listed()] == [
        *("Quay", "1999", "Early", "2021", "Recipe", "2022", "Late", "Undated", "Never", "Pages", "About")
    ]


def test_a_thread_of_any_depth_is_shown_flat_with_what_each_answers() -> None:
    deep = [
        Comment(id=f"c{n}", post="one", parent=f"c{n - 1}" if n else None, content=Content(value=f"at {n}."))
        for n in range(200)
    ]
    made = book([SITE, post("one"), *deep])
    root = made.pages[chapter(made, "one")]
    boxes = [one for one in root.iter(f"{X}div") if (one.get("class") or "").startswith("comment")]
    assert len(boxes) == 200
    assert all(len(list(box.iterancestors())) < 6 for box in boxes)
    assert boxes[0].get("class") == "comment"
    assert boxes[3].get("class") == "comment level-3"
    assert boxes[199].get("class") == "comment level-6"
    assert boxes[199].find(f"{X}p/{X}a").get("href").endswith(f"#{boxes[198].get('id')}")


def test_a_long_thread_goes_on_over_further_pages_and_is_found_there() -> None:
    said = [
        Comment(id=f"c{n}", post="one", parent="c0" if n else None, content=Content(value=f"at {n}."),
                url=f"https://quay.example/one/#comment-{n}", published=DAY + dt.timedelta(minutes=n))
        for n in range(600)
    ]  # fmt: skip
    far = '<a href="https://quay.example/one/#comment-599">far</a>'
    made = book([SITE, post("one", far), post("two", far), *said])
    first = chapter(made, "one")
    pages = [path for path in made.spine() if path.startswith(first.removesuffix(".xhtml"))]
    assert pages == [first, first.replace(".xhtml", "-2.xhtml"), first.replace(".xhtml", "-3.xhtml")]
    assert [made.text(path).count("at ") for path in pages] == [250, 250, 100]
    for name in ("one", "two"):
        (link,) = [one for one in made.pages[chapter(made, name)].iter(f"{X}a") if one.text == "far"]
        assert f"EPUB/text/{link.get('href')}" == f"{pages[2]}#comment-599"
    assert "600 comments, page 2 of 3" in made.text(pages[1])


def test_a_review_shows_its_item_its_rating_and_its_scale() -> None:
    told = Review(item=Item(name="Long Tide", year=2013), rating=Rating(value=7.5, best=10.0), summary="Worth it.")
    made = book([SITE, post("one", "<p>Body.</p>", reviews=(told,))])
    assert "Long Tide (2013) · ★★★★ (7.5/10) · Worth it." in made.text(chapter(made, "one"))


# --- links


def test_links_within_the_blog_lead_to_chapters_and_to_comments_in_them() -> None:
    links = {
        "https://quay.example/two/": "2021-two",
        "http://www.quay.example/two": "2021-two",
        "https://quay.example/old/": "2021-two",
        "https://quay.example/two/#comment-7": "#comment-7",
        "https://quay.example/two/#comment-8": "2021-two",
        "https://quay.example/gone/": "https://quay.example/gone/",
        "https://other.example/ä?b=1#c": "https://other.example/%C3%A4?b=1#c",
    }
    html = "".join(f'<a href="{url}">x</a>' for url in links)
    answer = Comment(id="c", post="two", url="https://quay.example/two/#comment-7", content=Content(value="yes"))
    made = book([SITE, post("one", html), post("two", urls=("https://quay.example/old/",)), answer])
    body = made.pages[chapter(made, "one")]
    found = [one.get("href") for one in body.iter(f"{X}a") if one.text == "x"]
    assert all(expected in told for expected, told in zip(links.values(), found, strict=True)), found
    assert found[4].endswith(".xhtml")


def test_a_footnote_leads_to_its_place_however_its_address_is_written() -> None:
    html = '<a href="#fn">1</a><a href="https://quay.example/one/#fn">2</a><a href="#gone">3</a><p id="fn">note</p>'
    made = book([SITE, post("one", html)])
    body = made.pages[chapter(made, "one")]
    assert [one.get("href") for one in body.iter(f"{X}a") if one.text in {"1", "2", "3"}] == ["#b.fn", "#b.fn", None]


# --- files


def shown(html: str, media: dict[str, bytes], **more: Any) -> tuple[Book, Notes]:
    notes = Notes()
    held = [Media(id=name, url=f"https://quay.example/{name}", type="text/html") for name in media]
    return book([SITE, post("one", html, **more), post("two", html, **more), *held], media, notes), notes


def test_a_file_is_in_the_book_once_by_its_content_with_the_type_that_it_is_of() -> None:
    made, notes = shown(
        '<img src="https://quay.example/a.gif"><img src="http://quay.example/b.jpg?w=2"><img src="https://quay.example/b-300x200.jpg">',
        {"a.gif": PNG, "b.jpg": PNG, "unused.png": PNG + b"x"},
    )
    path = f"EPUB/media/{hashlib.sha256(PNG).hexdigest()}.png"
    assert [one for one in made.items() if "media/" in one] == [path]
    assert made.items()[path].get("media-type") == "image/png"
    assert made.files[PurePosixPath(path)] == PNG
    assert len(list(made.pages[chapter(made, "two")].iter(f"{X}img"))) == 3
    assert notes.kept == []


def test_what_the_archive_does_not_hold_or_no_reader_knows_is_a_link_and_counted() -> None:
    made, notes = shown(
        '<img src="https://quay.example/gone.png" alt="A quay"><img src="https://quay.example/run.png">'
        '<audio src="https://quay.example/a.png"></audio>',
        {"run.png": b"<script>alert(1)</script>", "a.png": PNG},
    )
    links = [one for one in made.pages[chapter(made, "one")].iter(f"{X}a") if one.get("class") == "missing"]
    assert [(one.text, one.get("href")) for one in links] == [
        ("[picture: A quay]", "https://quay.example/gone.png"),
        ("[picture: run.png]", "https://quay.example/run.png"),
        ("[sound: a.png]", "https://quay.example/a.png"),
    ]
    assert [note.what.rpartition(": ")[2] for note in notes.kept] == ["6"]


def picture(kind: str, size: int = 1) -> bytes:
    """The beginning of a picture, so far as it says how large it is."""
    side = size.to_bytes(2, "big")
    if kind == "jpeg":  # a segment of some camera's comes first
        return b"\xff\xd8\xff\xe1\x00\x04ab\xff\xff\xc0\x00\x11\x08" + side + side + b"\x03" + bytes(12)
    return b"GIF89a" + side[::-1] * 2 + b"\x00\x00\x00;"


def test_a_damaged_picture_is_a_link_as_one_that_is_not_there() -> None:
    held = {"a.png": PNG[:20], "b.png": PNG[:8] + PNG[33:], "c.jpg": picture("jpeg")[:15], "d.gif": b"GIF89a"}
    held |= {"e.jpg": picture("jpeg", 0), "f.gif": picture("gif", 0), "g.jpg": b"\xff\xd8\xff" + bytes(40)}
    whole = {"h.jpg": picture("jpeg"), "i.gif": picture("gif"), "j.png": PNG}
    html = "".join(f'<img src="https://quay.example/{name}">' for name in (*held, *whole))
    made, _ = shown(html, held | whole)
    assert [path.rpartition(".")[2] for path in made.items() if "media/" in path] == ["jpg", "gif", "png"]
    assert len(list(made.pages[chapter(made, "one")].iter(f"{X}img"))) == 3


def test_a_posts_own_picture_stands_above_the_text_unless_that_shows_it() -> None:
    own = "https://quay.example/own.png"
    held = [Media(id=name, url=f"https://quay.example/{name}.png") for name in ("own", "other")]
    texts = ('<p>x</p><img src="https://quay.example/other.png">', f'<p>x</p><img src="{own}">')
    for html, before in zip(texts, (1, 0), strict=True):
        made = book([SITE, post("one", html, image=own), *held], {"own": PNG, "other": PNG + b"x"})
        section = made.pages[chapter(made, "one")].find(f"{X}body/{X}section")
        assert section is not None
        words = [one.text for one in section].index("x")
        assert len(section[words].xpath("preceding-sibling::*/descendant::*[local-name() = 'img']")) == before
        assert len(list(section.iter(f"{X}img"))) == 1 + before


def test_a_picture_that_not_every_reader_knows_has_one_that_stands_in() -> None:
    made, _ = shown('<img src="https://quay.example/w.png">', {"w.png": WEBP})
    (held,) = [one for one in made.items().values() if one.get("media-type") == "image/webp"]
    stand_in = next(one for one in made.items().values() if one.get("id") == held.get("fallback"))
    assert stand_in.get("media-type") == "image/svg+xml"


def test_sounds_and_films_are_played_and_linked() -> None:
    mp3 = Enclosure(url="https://quay.example/s.mp3", type="audio/mpeg", title="Read aloud")
    made, _ = shown(
        '<video poster="https://quay.example/p.png"><source src="https://quay.example/f.mp4"></video>',
        {"s.mp3": b"ID3\x03\x00", "f.mp4": b"\x00\x00\x00\x18ftypisom", "p.png": PNG},
        enclosures=(mp3,),
    )
    body = made.pages[chapter(made, "one")]
    assert [one.get("controls") for one in body.iter(f"{X}audio", f"{X}video")] == ["controls", "controls"]
    assert next(body.iter(f"{X}video")).get("poster").endswith(".png")
    assert "Read aloud" in made.text(chapter(made, "one"))


def test_a_picture_within_the_text_becomes_a_file_and_the_blogs_own_the_cover() -> None:
    inline = f"data:image/gif;base64,{base64.b64encode(PNG).decode()}"
    held = Media(id="logo", url="https://quay.example/logo.png")
    site = msgspec.structs.replace(SITE, image="https://quay.example/logo.png")
    made = book(
        [site, post("one", f'<img src="{inline}"><img src="data:image/png;base64,x">'), held], {"logo": PNG + b"logo"}
    )
    covers = [path for path, one in made.items().items() if one.get("properties") == "cover-image"]
    assert [made.files[PurePosixPath(path)] for path in covers] == [PNG + b"logo"]
    assert f"EPUB/media/{hashlib.sha256(PNG).hexdigest()}.png" in made.items()
    assert "[picture]" in made.text(chapter(made, "one"))


# --- hostile HTML

_names = st.sampled_from(
    sorted(
        words(
            "a abbr audio b bdo blockquote br caption center col data dd details div dl dt em figcaption figure font h1 h2 hr i iframe "
            "img ins li main ol p picture pre q rp rt ruby script source span summary table tbody td tfoot th thead time tr u ul video"
        )
    )
)
_attributes = st.tuples(
    st.sampled_from(
        sorted(words("align border id name class href src alt lang dir colspan value start type style onclick width"))
    ),
    st.sampled_from(
        [
            *("", "1", "x", "a b", "#x", "é", "ltr", "en", "https://[", "javascript:1", "//c.example/a.png"),
            *("https://quay.example/one/#x", "https://quay.example/a.png", "data:image/png;base64,iVBORw0KGgo="),
            *("mailto:a@b.example", "https://x.example/%z"),
        ]
    ),
)


@st.composite
def markup(draw: st.DrawFn, depth: int = 4) -> str:
    pieces = []
    for _ in range(draw(st.integers(0, 3))):
        name = draw(_names)
        told = "".join(f' {key}="{value}"' for key, value in draw(st.lists(_attributes, max_size=2)))
        inner = draw(markup(depth - 1)) if depth else draw(st.sampled_from(["t", " ", "&amp;", "\x0b"]))
        pieces.append(
            draw(
                st.sampled_from([f"<{name}{told}>{inner}</{name}>", f"<{name}{told}>{inner}", f"{inner}</{name}>", "t"])
            )
        )
    return "".join(pieces)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(markup(), markup(2))
def test_any_html_becomes_pages_that_keep_the_rules(html: str, said: str) -> None:
    held = Media(id="a", url="https://quay.example/a.png")
    book([SITE, post("one", html), Comment(id="c", post="one", content=Content(value=said)), held], {"a": PNG})


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://x.example/">one <b><a href="https://y.example/">two</a></b></a>',
        '<a href="https://x.example/"><audio src="https://quay.example/a.mp3"></audio>one two</a>',
        "<h2>one <div>two</div></h2>",
        "<span>one<p>two</p></span>",
        "<p>one<span><table><tr><td>two</td></tr></table></span></p>",
        "<table><tr><th>one<h3>two</h3></th></tr></table>",
        "<dl><dt>one<ul><li>two</li></ul></dt><dd></dd></dl>",
        "<ul>one<p>two</p></ul>",
        "<ruby>one<rt><p>two</p></rt></ruby>",
        "<pre>one<div>two</div></pre>",
        "<p id='x'>one</p><p id='x'>two</p>",
    ],
)
def test_what_may_not_stand_where_it_stands_becomes_what_may(html: str) -> None:
    made = book([SITE, post("one", html), Media(id="a", url="https://quay.example/a.mp3")], {"a": b"ID3"})
    words = made.text(chapter(made, "one"))
    assert "one" in words
    assert "two" in words


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul", "table", "span"])
def test_nesting_without_end_is_cut_and_keeps_its_words(tag: str) -> None:
    made = book([SITE, post("one", f"<{tag}>" * 5000 + "words" + f"</{tag}>" * 5000)])
    assert "words" in made.text(chapter(made, "one"))


# --- what is said to be lost


def leaves(record: msgspec.Struct) -> list[tuple[str, str]]:
    """Every text of a record, with the name of its field."""
    found = []
    for field, value in filled(record):
        key = f"{type(record).__name__}.{field}"
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, msgspec.Struct):
                found += leaves(one)
            elif isinstance(one, str):
                found.append((key, one))
    return found


def test_what_is_declared_lost_is_not_in_the_book_and_all_else_is() -> None:
    losses = formats.exporter("epub").losses
    snapshot = MemorySnapshot(MAXIMAL)
    seen = views.cleaned(snapshot)
    exporter = formats.exporter("epub")
    made = Book(written(exporter.write(seen, exporter.options(), Notes())))
    words = made.everything() + "".join(made.package.itertext())
    there: set[str] = set()
    gone: dict[str, str] = {}
    for record in (seen.site, *seen.people(), *seen.posts(), *(c for p in seen.posts() for c in seen.comments(p.id))):
        for key, value in leaves(record):
            if value.strip("/") in words:
                there.add(key)
            elif "<" not in value:
                gone.setdefault(key, value)
    declared = {*losses.dropped, *losses.altered, *losses.sometimes}
    # what a comment answers, and on which post, is told by its place
    assert set(gone) - declared - there == {"Comment.parent", "Comment.post"}
    # some of what is dropped is said elsewhere, too: a login is a name in small letters, a number is in a date
    assert {key for key in losses.dropped if key in there} == {
        *("Comment.post_url", "Link.hreflang", "Person.family_name", "Person.given_name", "Person.id"),
        *("Term.id", "Term.parent", "Term.slug"),
    }


# --- where it goes


def test_the_book_goes_where_it_is_told(tmp_path: Path) -> None:
    (report,) = export_from(SAMPLE, "epub", tmp_path / "mine.epub")
    assert report.destination == str(tmp_path / "mine.epub")
    export_from(SAMPLE, "epub", tmp_path / "folder")
    stream = io.BytesIO()
    export_from(SAMPLE, "epub", "-", stream=stream)
    data = (tmp_path / "mine.epub").read_bytes()
    assert data == (tmp_path / "folder" / "blog.epub").read_bytes() == stream.getvalue()
    # the magic of the container (EPUB 3.3, section 4.2.6): found by whoever looks at the first bytes alone
    assert data[26:58] == b"\x08\x00\x00\x00mimetypeapplication/epub+zip"
    (again,) = export_from(SAMPLE, "epub", tmp_path / "mine.epub")
    assert (again.written, again.unchanged) == (0, report.files)


def test_several_blogs_are_a_book_each(tmp_path: Path) -> None:
    for name in ("one", "two"):
        import_into(tmp_path / "archive", SAMPLE.parent / "tests" / "data" / "sample" / "feed.xml", site=name)
    export_from(tmp_path / "archive", "epub", tmp_path / "out" / "all.epub")
    export_from(tmp_path / "archive", "epub", tmp_path / "folder")
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.epub"))
    assert found == ["folder/one/blog.epub", "folder/two/blog.epub", "out/all-one.epub", "out/all-two.epub"]
    with pytest.raises(UsageError):
        export_from(tmp_path / "archive", "epub", "-")
