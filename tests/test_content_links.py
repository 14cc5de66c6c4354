"""Addresses in HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import links

BASE = "https://slow.example/2014/tower/"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="fog.html">', '<a href="https://slow.example/2014/tower/fog.html">'),
        ("<a href=../fog>", '<a href="https://slow.example/2014/fog">'),
        ("<img src='/a.jpg' alt=x>", '<img src="https://slow.example/a.jpg" alt=x>'),
        ('<img src="//cdn.example/a.jpg">', '<img src="https://cdn.example/a.jpg">'),
        ('<a href="?p=3&amp;q=4">', '<a href="https://slow.example/2014/tower/?p=3&amp;q=4">'),
        (
            '<img srcset="a.jpg 1x, /b,c.jpg 2x,d.jpg">',
            (
                '<img srcset="https://slow.example/2014/tower/a.jpg 1x, https://slow.example/b,c.jpg 2x,'
                'https://slow.example/2014/tower/d.jpg">'
            ),
        ),
        ('<video poster="p.jpg"></video>', '<video poster="https://slow.example/2014/tower/p.jpg"></video>'),
        ('<object data="x.swf"></object>', '<object data="https://slow.example/2014/tower/x.swf"></object>'),
    ],
)
def test_relative_addresses_become_absolute(html: str, expected: str) -> None:
    assert links.absolute(html, BASE) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<a href="#note-1">',
        '<a href="https://other.example/x">',
        "<a HREF=mailto:ada@slow.example >",
        '<a title="href=fog.html">text href="fog.html"</a>',
        '<!-- <a href="fog.html"> -->',
        "<script>x = '<a href=\"fog.html\">'</script>",
        '<img src="data:image/gif;base64,R0lGOD">',
        '<a href="http://[broken">',
        '<a href="//[broken">',
        "<a href>",
        '<p data="fog">',
        "no markup",
    ],
)
def test_everything_else_stays_byte_by_byte(html: str) -> None:
    assert links.absolute(html, BASE) == html


def test_without_a_base_nothing_changes() -> None:
    assert links.absolute('<a href="x">', None) == '<a href="x">'


def test_references_are_found_with_their_roles() -> None:
    html = (
        '<a href="/a?b=1&amp;c=2">x</a><img src="i.jpg" srcset="i2.jpg 2x, i3.jpg 3x">'
        '<iframe src="https://p.example/"></iframe><blockquote cite="c"></blockquote><a href="">'
    )
    assert [(one.url, one.tag, one.attribute, one.role) for one in links.find(html)] == [
        ("/a?b=1&c=2", "a", "href", "link"),
        ("i.jpg", "img", "src", "media"),
        ("i2.jpg", "img", "srcset", "media"),
        ("i3.jpg", "img", "srcset", "media"),
        ("https://p.example/", "iframe", "src", "page"),
        ("c", "blockquote", "cite", "page"),
    ]


@given(st.text(alphabet="<a =\"'hrefscti/>,# \n.x", max_size=60))
def test_rewriting_to_the_same_changes_nothing(html: str) -> None:
    assert links.rewritten(html, lambda url: url) == html


@given(st.text(max_size=30))
def test_making_absolute_twice_changes_nothing_more(url: str) -> None:
    escaped = url.replace("&", "&amp;").replace('"', "&quot;")
    once = links.absolute(f'<a href="{escaped}">x</a>', BASE)
    assert links.absolute(once, BASE) == once
