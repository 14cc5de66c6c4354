"""What files a body names, where their originals may be, what a file is, and drawings that cannot run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content.file_types import ends_well, is_wrong, sniffed, suffix
from feedkeep.content.originals import is_ornament, originals
from feedkeep.content.shown_files import shown_files
from feedkeep.content.svg import disarmed

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://b.example/wp-content/uploads/2014/01/a-300x200.jpg", ["https://b.example/wp-content/uploads/2014/01/a.jpg"]),
        ("https://b.example/wp-content/uploads/a-scaled.jpeg", ["https://b.example/wp-content/uploads/a.jpeg"]),
        ("https://b.example/posters/1920x1080.jpg", []),
        ("https://b.example/posters/tide-300x200.jpg", []),
        ("https://f.files.wordpress.com/2014/01/x.jpg?w=300&h=200", ["https://f.files.wordpress.com/2014/01/x.jpg"]),
        ("https://b.example/x.jpg?v=3&w=300", ["https://b.example/x.jpg?v=3"]),
        ("https://b.example/x.jpg?w=300&sig=abc", []),
        ("https://b.example/page?w=300", []),
        (
            "https://i2.wp.com/b.example/wp-content/uploads/a-300x200.jpg?resize=300%2C200&ssl=1",
            ["https://b.example/wp-content/uploads/a.jpg", "https://b.example/wp-content/uploads/a-300x200.jpg"],
        ),
        ("https://1.bp.blogspot.com/-x/A/B/s320/pic.jpg", ["https://1.bp.blogspot.com/-x/A/B/s0/pic.jpg"]),
        ("https://blogger.googleusercontent.com/img/x/w640-h480/p.jpg", ["https://blogger.googleusercontent.com/img/x/s0/p.jpg"]),
        ("https://lh3.googleusercontent.com/abc=s320-c", ["https://lh3.googleusercontent.com/abc=s0"]),
        ("https://64.media.tumblr.com/h/tumblr_a_500.jpg", ["https://64.media.tumblr.com/h/tumblr_a_1280.jpg"]),
        ("https://64.media.tumblr.com/h/s640x960/b.jpg", ["https://64.media.tumblr.com/h/s2048x3072/b.jpg"]),
        ("https://miro.medium.com/v2/resize:fit:700/1*x.jpeg", ["https://miro.medium.com/v2/1*x.jpeg"]),
        (
            "https://substackcdn.com/image/fetch/w_1456,c_limit/https%3A%2F%2Fs.example%2Fx.png",
            ["https://s.example/x.png"],
        ),
        ("ftp://b.example/wp-content/uploads/a-300x200.jpg", []),
        ("http://[", []),
    ],
)  # fmt: skip
def test_a_smaller_picture_tells_where_the_original_may_be(url: str, wanted: list[str]) -> None:
    assert list(originals(url)) == wanted


@given(st.text(max_size=60))
def test_addresses_of_any_kind_have_originals_that_are_other_addresses(text: str) -> None:
    url = f"https://i0.wp.com/{text}"
    assert url not in originals(url)


def test_faces_and_counters_are_no_files_of_a_post() -> None:
    assert is_ornament("https://secure.gravatar.com/avatar/0?s=80")
    assert is_ornament("https://pixel.wp.com/g.gif")
    assert not is_ornament("https://notgravatar.com/a.png")


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ('<img src="a.png">', [("picture", ["/a.png"])]),
        ('<img src="s.png" srcset="m.png 640w, l.png 1280w">', [("picture", ["/l.png", "/m.png", "/s.png"])]),
        ('<img src="data:x" data-src="a.png" data-orig-file="o.png">', [("picture", ["/o.png", "/a.png"])]),
        ('<img src="a.png?x=1&amp;y=2#top">', [("picture", ["/a.png?x=1&y=2"])]),
        ('<video poster="p.jpg" src="v.mp4"></video>', [("file", ["/v.mp4"]), ("picture", ["/p.jpg"])]),
        ('<audio><source src="a.ogg"><track src="t.vtt"></audio>', [("file", ["/a.ogg"]), ("file", ["/t.vtt"])]),
        ('<a href="big.JPG">x</a><a href="paper.pdf">x</a>', [("picture", ["/big.JPG"]), ("file", ["/paper.pdf"])]),
        ('<a href="https://other.example/paper.pdf">x</a><a href="page.html">x</a>', []),
        ('<a href="https://img.b.example/paper.pdf">x</a>', [("file", ["https://img.b.example/paper.pdf"])]),
        ('<embed src="player.swf"><iframe src="https://v.example/1"></iframe>', []),
        ('<img src="javascript:x"><img src="file:///etc/passwd">', []),
        ('<img src="">', []),
    ],
)
def test_a_body_names_files(html: str, wanted: list[tuple[str, list[str]]]) -> None:
    found = [
        (one.kind, [url.removeprefix("https://b.example") for url in one.urls])
        for one in shown_files(html, "https://b.example/1/", "b.example")
    ]
    assert found == [
        (kind, [url.replace("/", "/1/", 1) if url.startswith("/") else url for url in urls]) for kind, urls in wanted
    ]


@given(st.text(max_size=200).map(lambda text: f'<img srcset="{text}"><img src={text}>'))
def test_bodies_of_any_kind_are_read(html: str) -> None:
    assert all(one.urls for one in shown_files(html, "https://b.example/", None))


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x20ftypisom", "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"OggS\0", "audio/ogg"),
        (b"\0\0\1\0\1\0\x10", "image/x-icon"),
        (b"<!doctype HTML><svg>", "text/html"),
        (b"\xef\xbb\xbf <!-- x -->\n<html>", "text/html"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html/>', "text/html"),
        (b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg:svg xmlns:svg="x">', "image/svg+xml"),
        (b"<svg><title>", "image/svg+xml"),
        (b"<rss/>", "text/xml"),
        (b"not found", "text/plain"),
        (b"\x93\x01\x00", None),
        (b"", "text/plain"),
    ],
)
def test_a_file_is_what_it_begins_with(head: bytes, wanted: str | None) -> None:
    assert sniffed(head) == wanted


@given(st.binary(max_size=1100))
def test_bytes_of_any_kind_are_looked_at(head: bytes) -> None:
    kind = sniffed(head)
    assert suffix(kind, "/a.b").startswith(".")
    assert is_wrong(head, picture=False) is None or not head or kind == "text/html"
    assert ends_well(head, kind) in {True, False}


@pytest.mark.parametrize(
    ("inside", "left"),
    [
        ("<script>alert(1)</script><path d='M0'/>", '<path d="M0"/>'),
        ("<path onclick='x()' OnLoad='x()' d='M0'/>", '<path d="M0"/>'),
        ("<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>", ""),
        ("<a xlink:href='javascript:alert(1)'><text>x</text></a>", "<a><text>x</text></a>"),
        ("<a href=' java&#10;script:alert(1)'/>", "<a/>"),
        ("<a href='https://b.example/'/>", '<a href="https://b.example/"/>'),
        ("<use xlink:href='#a'/><use href='https://evil.example/x.svg#a'/>", '<use xlink:href="#a"/><use/>'),
        ("<image href='https://tracker.example/p.gif'/>", "<image/>"),
        ("<image href='data:image/svg+xml;base64,x'/>", "<image/>"),
        ("<image href='data:image/png;base64,x'/>", '<image href="data:image/png;base64,x"/>'),
        (
            "<set attributeName='href' to='javascript:x'/><set attributeName='x' to='1'/>",
            '<set attributeName="x" to="1"/>',
        ),
        ("<style>@import 'https://evil.example/x.css';</style>", ""),
        ("<style>.a { fill: url(#b) }</style>", "<style>.a { fill: url(#b) }</style>"),
        ("<rect style='fill:url(https://evil.example/#a)'/>", "<rect/>"),
        ("<style>.a { fill: u\\72l(https://evil.example/) }</style>", ""),
        ("<!-- x --><?php echo 1 ?><text>a<script/>b</text>", "<text>ab</text>"),
        ("<html:script xmlns:html='http://www.w3.org/1999/xhtml'/>", ""),
        ("<rect xml:base='https://evil.example/' width='1'/>", '<rect width="1"/>'),
    ],
)
def test_a_drawing_loses_what_could_run_or_call_home(inside: str, left: str) -> None:
    told = disarmed(f"{HEAD}{inside}</svg>".encode())
    assert told is not None
    assert (
        told.decode().partition("?>\n")[2].removeprefix(HEAD).removesuffix("</svg>").removesuffix(HEAD[:-1] + "/>")
        == left
    )


def test_entities_of_a_drawing_are_not_unfolded() -> None:
    doctype = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bbbb">]>'
    told = disarmed(f"{doctype}{HEAD}<text>&a;</text></svg>".encode())
    assert told is not None
    assert b"ENTITY" not in told
    assert b"root" not in told


@pytest.mark.parametrize(
    "data", [b"", b"<svg", b"<html/>", b"<svg/>", b"\xff\xd8", b"<svg xmlns='http://www.w3.org/1999/xhtml'/>"]
)
def test_what_is_no_drawing_is_none(data: bytes) -> None:
    assert disarmed(data) is None


@given(st.binary(max_size=300).map(lambda data: HEAD.encode() + data + b"</svg>"))
def test_drawings_of_any_kind_are_disarmed_or_withheld(data: bytes) -> None:
    told = disarmed(data)
    assert told is None or disarmed(told) == told
