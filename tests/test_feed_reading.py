"""What the readers of feeds share: finding the first element, decoding, ids of their own, threads, flat memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.library import import_into
from feedkeep.models import Comment, Content, Post, Record, Site
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.wire import detection, intake, rss_document
from feedkeep.wire.controls import hidden, shown
from feedkeep.wire.declarations import declared
from feedkeep.wire.decoding import decoded
from feedkeep.wire.feed_texts import is_cut
from feedkeep.wire.threads import Place, is_comment, is_made_title, place
from golden import DATA

if TYPE_CHECKING:
    from pathlib import Path


def channel(items: str, head: str = "<title>T</title><link>https://b.example/</link>", tail: str = "") -> bytes:
    return f'<rss version="2.0"><channel>{head}{items}{tail}</channel></rss>'.encode()


def read(name: str, data: bytes) -> tuple[list[Record], Notes]:
    notes = Notes()
    return list(formats.importer(name).read(Source.from_bytes(data, "feed.xml"), notes)), notes


# --- the first element

PROLOGUES: list[tuple[bytes, tuple[str, str] | None]] = [
    (b"<rss>", ("", "rss")),
    (b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- <feed> --><?pi ?><rss version='2.0'/>", ("", "rss")),
    (b"<!DOCTYPE rss [<!ENTITY a '>'> <!ENTITY b \"]\"> ] ><rss/>", ("", "rss")),
    (b'<!DOCTYPE rss PUBLIC "a>b" "c"><rss/>', ("", "rss")),
    (b"<a:feed xmlns:b='urn:b' xmlns:a = \"urn:a\">", ("urn:a", "feed")),
    (b"<feed title='a > b' xmlns='urn:f'>", ("urn:f", "feed")),
    ("\ufeff<?xml?><feed xmlns='urn:f'/>".encode("utf-16-le"), ("urn:f", "feed")),
    ("<feed xmlns='urn:f'/>".encode("utf-16-be"), ("urn:f", "feed")),
    ("<?xml?><feed/>".encode("cp037"), ("", "feed")),
    (b"<!-- never closed <rss>", None),
    (b"<!DOCTYPE " + b"[" * 20_000, None),
    (b"words <rss>", None),
    (b"", None),
]


@pytest.mark.parametrize(("head", "expected"), PROLOGUES)
def test_finds_the_first_element_past_whatever_comes_before(head: bytes, expected: tuple[str, str] | None) -> None:
    root = detection.root(head)

    assert (root and (root.space, root.name)) == expected


@given(st.binary(max_size=200))
def test_looks_for_the_first_element_of_anything(head: bytes) -> None:
    root = detection.root(head)

    assert root is None or root.name


# --- encodings

ENCODINGS: list[tuple[bytes, str | None, str, bool]] = [
    ("é".encode(), None, "é", False),
    (b"\xef\xbb\xbf\xc3\xa9", "latin-1", "é", False),
    ("é".encode("utf-16"), "utf-8", "é", False),
    (b"<?xml version='1.0' encoding='iso-8859-1'?>\xe9", None, "é", False),
    (b"<?xml version='1.0' encoding='iso-8859-1'?>\xc3\xa9", None, "é", True),
    (b"\xe9", "iso-8859-1", "é", False),
    (b"\xc3\xa9 \x93", None, "é “", True),
    (b"\x82\xa0", "shift_jis", "あ", False),
    (b"\x82", "shift_jis", "\ufffd", True),
    (b"\xc3\xa9", "no-such-encoding", "é", False),
    (b"a", "base64", "a", False),
]


@pytest.mark.parametrize(("data", "charset", "expected", "assumed"), ENCODINGS)
def test_decodes_what_the_bytes_are_rather_than_what_they_say(
    data: bytes, charset: str | None, expected: str, *, assumed: bool
) -> None:
    text, note = decoded(data, charset)

    assert text.endswith(expected)
    assert (note is not None) == assumed


@given(st.binary(max_size=100), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "idna", "gb2312", "\0"]))
def test_decodes_anything_to_text_that_can_be_written(data: bytes, charset: str | None) -> None:
    decoded(data, charset)[0].encode("utf-8")


@given(st.text(max_size=50))
def test_characters_that_xml_cannot_hold_come_through_in_disguise(text: str) -> None:
    disguised, found = hidden(text)
    post = Post(id="1", title=disguised)

    assert (shown(post) if found else post).title == text


def test_a_forgotten_prefix_means_what_it_means_elsewhere() -> None:
    text, missing = declared('<rss xmlns:a="urn:a"><a:b/><dc:creator/><odd:x odd:y="1"/></rss>')

    assert missing == ["dc", "odd"]
    assert 'xmlns:dc="http://purl.org/dc/elements/1.1/"' in text
    assert declared(text) == (text, [])


# --- ids


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.sampled_from("pq")), max_size=25))
def test_every_record_has_an_id_of_its_own(items: list[tuple[str, str, str]]) -> None:
    before = intake._HELD
    intake._HELD = 5  # the rest is told apart as it comes
    try:
        listed = "".join(
            f"<item><guid>{guid}</guid><link>https://b.example/{link}</link><title>{title}</title></item>"
            for guid, link, title in items
        )
        records, notes = read("rss", channel(listed))
    finally:
        intake._HELD = before
    ids = [record.id for record in records if isinstance(record, Post)]

    assert len(ids) == len(set(ids)) == len(items)
    assert notes.counts[Kind.ALTERED] == sum(post_id not in "abc" for post_id in ids)


@given(st.permutations(["1", "2", "3"]))
def test_an_id_that_several_claim_is_nobodys_whatever_their_order(order: list[str]) -> None:
    listed = "".join(f"<item><guid>same</guid><link>https://b.example/{n}</link></item>" for n in order)
    records, _ = read("rss", channel(listed))

    ids = {post.url: post.id for post in records if isinstance(post, Post)}
    assert ids == {f"https://b.example/{n}": f"same|https://b.example/{n}" for n in order}


# --- the document


def test_the_blog_comes_first_and_is_told_whole() -> None:
    items = "".join(f"<item><guid>{n}</guid></item>" for n in range(50))
    records, _ = read("rss", channel(items, head="", tail="<title>Late</title><link>https://b.example/</link>"))

    assert records[0] == Site(id="https://b.example/", url="https://b.example/", title="Late")
    assert len(records) == 51


def test_items_are_let_go_once_they_are_read() -> None:
    data = channel("".join(f"<item><guid>{n}</guid></item>" for n in range(3000)))
    source = Source.from_bytes(data)
    document = rss_document._Document(source, Notes(), "rss", source.open)

    assert sum(1 for _ in document.items()) == 3000
    assert len(document._channel) == 2


@pytest.mark.parametrize("depth", [300, 3000])
@pytest.mark.parametrize("name", ["rss", "atom", "rdf"])
def test_refuses_what_is_nested_too_deep_and_tries_no_other_reader(name: str, depth: int) -> None:
    deep = "<x>" * depth + "</x>" * depth
    documents = {
        "rss": channel(f"<item>{deep}</item>"),
        "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{deep}</entry></feed>'.encode(),
        "rdf": (
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            f"<channel/><item>{deep}</item></r:RDF>"
        ).encode(),
    }
    with pytest.raises(FormatError, match="nested more than 256 deep") as caught:
        read(name, documents[name])
    assert not caught.value.malformed


# --- threads

PLACES: list[tuple[str, str | None, list[tuple[str, str | None]], Place]] = [
    ("p#comment-1", "https://b.example/a/#comment-1", [], Place("p", "https://b.example/a/", None)),
    ("p#comment-2", None, [("p#comment-1", None)], Place("p", None, "p#comment-1")),
    ("p#comment-2", None, [("p", "https://b.example/a")], Place("p", "https://b.example/a", None)),
    ("https://b.example/a#c1234567", "https://b.example/a#c1234567", [], Place(None, "https://b.example/a", None)),
    ("1", "https://b.example/a/comment-page-3/#comment-9", [], Place(None, "https://b.example/a/", None)),
    ("1", "https://b.example/?p=2&cpage=1#comment-9", [], Place(None, "https://b.example/?p=2", None)),
    ("1", "https://b.example/a.html?showComment=12#c1234567", [], Place(None, "https://b.example/a.html", None)),
    ("1", None, [("x", "https://b.example/x")], Place(None, "https://b.example/x", "x")),
    ("1", "https://b.example/a#comment-1", [("x", "https://b.example/a")], Place("x", "https://b.example/a", None)),
    ("1", None, [("x", None), ("y", "https://b.example/y")], Place("y", "https://b.example/y", "x")),
]


@pytest.mark.parametrize(("record_id", "url", "references", "expected"), PLACES)
def test_a_comment_finds_its_place(
    record_id: str, url: str | None, references: list[tuple[str | None, str | None]], expected: Place
) -> None:
    assert place(record_id, url, references) == expected


@pytest.mark.parametrize(
    ("record_id", "url", "expected"),
    [
        ("p#comment-1", None, True),
        (None, "https://b.example/a#c1234567", True),
        ("p", "https://b.example/a#comments", False),
        ("p#comment-form", "https://b.example/a#c2", False),
        (None, None, False),
    ],
)
def test_a_comment_is_told_by_its_id_or_address(record_id: str | None, url: str | None, *, expected: bool) -> None:
    assert is_comment(record_id, url) == expected


@pytest.mark.parametrize(
    ("title", "author", "body", "expected"),
    [
        ("By: Dee", "Dee", "Hello", True),
        ("By: the sea", "Dee", "Hello", False),
        ("Comment on Salt by Dee", None, "Hello", True),
        ("Comment on life by the sea", "Dee", "Hello", False),
        ("Who wrote the score of …", None, "<p>Who wrote the <b>score</b> of this?</p>", True),
        ("Thanks", None, "Thanks", True),
        ("Thanks", None, "Thanks a lot", False),
        ("Re: Salt", "Dee", "Hello", False),
    ],
)
def test_a_title_that_the_platform_made_is_told_from_one_of_a_person(
    title: str, author: str | None, body: str, *, expected: bool
) -> None:
    assert is_made_title(title, author, Content(value=body)) == expected


def test_a_feed_of_comments_does_not_describe_the_blog() -> None:
    item = "<item><guid>p#comment-1</guid><link>https://b.example/a/#comment-1</link></item>"
    whole, _ = read("rss", channel(item, head="<title>Comments for B</title><link>https://b.example/</link>"))
    of_one, _ = read("rss", channel(item, head="<title>Comments on: A</title><link>https://b.example/a/</link>"))

    assert [record.url for record in whole if isinstance(record, Site)] == ["https://b.example/"]
    assert [record.title for record in whole if isinstance(record, Site)] == [None]
    assert [type(record) for record in of_one] == [Comment]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("It goes on […]", True),
        ("<p>It goes on [&#8230;]</p>\n", True),
        ("<p>It goes on [...] </p>", True),
        ('<p>It goes on… <a href="/a">Weiter</a></p>', True),
        ('<p>It goes on. <a class="more" href="/a">Read more</a></p>', True),
        ("<p>It ends…</p>", False),
        ("<p>He said […] and went.</p>", False),
        ('<p>See <a href="/a">this</a></p>', False),
        ("", False),
    ],
)
def test_a_body_that_was_cut_is_told_by_its_end(body: str, *, expected: bool) -> None:
    assert is_cut(body) == expected


@pytest.mark.parametrize("case", ["atom/duplicate-ids", "loosefeed/versions-of-an-entry"])
def test_versions_of_one_atom_entry_in_one_feed_are_one_post_with_its_history(case: str, tmp_path: Path) -> None:
    (report,) = import_into(tmp_path, DATA / "importers" / case / "input.xml", site="s")
    assert (report.counts["post"].added, report.counts["post"].updated) == (4 if case[0] == "a" else 3, 1)

    (path,) = (path for path in (tmp_path / "s").rglob("*.json") if '"Ida!"' in path.read_text("utf-8"))
    held = json.loads(path.read_bytes())
    assert (held["post"]["id"], held["post"]["content"]["value"]) == ("version", "Second.")
    assert "First." in [change.get("was", {}).get("content", {}).get("value") for change in held["history"]]
