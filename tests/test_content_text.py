"""Words out of HTML, tags out of HTML."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedkeep.content import tags, text

PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<b",
        "<",
        ">",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "a='",
        '"',
        "&amp;",
        "word ",
        "\n",
        "<br/>",
        "</",
        "<!",
        "=",
        "<pre>",
    ]
)
SOUP = st.lists(PIECES | st.text(max_size=3), max_size=40).map("".join)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("no markup  at\nall", "no markup at all"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<ul><li>one<li>two</ul>after", "one\ntwo\n\nafter"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<b>in</b><i>line</i>", "inline"),
        ("fish &amp; chips &lt;b&gt; &#8217;", "fish & chips <b> ’"),
        ("a<script>var b = '<p>';</script>c<style>d</style><!-- e -->f", "acf"),
        ("<pre>  if x:\n    y</pre>", "if x:\n    y"),
        ("x<pre>  if x:\n    y</pre>", "x\n\n  if x:\n    y"),
        ("<p>  folded \n white   space </p>", "folded white space"),
        ("<a title='a > b' href=x>link</a>", "link"),
        ("unclosed <a href='", "unclosed"),
        ("a &lt;script&gt; told", "a <script> told"),
    ],
)
def test_plain_gives_the_words(html: str, words: str) -> None:
    assert text.plain(html) == words


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain words", False),
        ("a <b>bold</b> word", True),
        ("<br/>", True),
        ("fish &amp; chips", True),
        ("fish & chips; AT&T", False),
        ("List<String> x = y < z > w", False),
        ("&nosuchreference;", False),
        ("1 <2> 3", False),
        ("<!-- note -->", True),
    ],
)
def test_markup_is_told_from_text(value: str, *, expected: bool) -> None:
    assert text.is_markup(value) is expected


def test_an_excerpt_is_cut_at_a_word() -> None:
    assert text.excerpt("<p>The keeper counts, and recounts.</p><p>Then waits</p>", 24) == "The keeper counts, and…"
    assert text.excerpt("<p>Short</p>", 24) == "Short"
    assert text.excerpt("x" * 50, 10) == "x" * 9 + "…"


@given(SOUP)
@example("<p>a &am<b>p; b</b></p>")
@example("<ul><li>one</li> <li>two</li></ul>\n\n<p>x<br> <br>y</p>")
def test_the_short_way_says_what_the_long_way_says(html: str) -> None:
    assert text.plain(html + "<i>") == text.plain(html + "<i><!---->")


@given(SOUP, st.integers(1, 60))
def test_an_excerpt_is_never_longer_than_asked(html: str, length: int) -> None:
    assert len(text.excerpt(html, length)) <= length


@given(SOUP)
@example("<script>a</scripty>b</script>c")
@example("<!--->a-->")
@example("<!-- a --!>b")
def test_tokens_joined_are_the_html(html: str) -> None:
    assert "".join(token.text for token in tags.tokens(html)) == html


@given(st.text(alphabet="<>/ =\"'abpx!-\n", max_size=40))
@example('<a b="c>')
@example("<a b= 'c'd=e/>")
@example("<a =b='>")
def test_tags_without_their_attributes_are_cut_at_the_same_places(html: str) -> None:
    def cut(*, attributes: bool) -> list[tuple[str | None, bool, str]]:
        return [(one.name, one.closes, one.text) for one in tags.tokens(html, attributes=attributes)]

    assert cut(attributes=False) == cut(attributes=True)


NAMED = tags.words("p pre div")
TAGS = st.sampled_from(
    """<p>|</P >|<pre a='b'>|</pre>|<em>|<a href="<p>">|<a href='~'>|<b~>|<x y=z>|<br/>|<pr>|<!-- <p> -->|<textarea>"""
    """|</textarea>|<title|<o:p>|<div|>|text|~| |<|"|<p/>|<b a>""".replace("~", "\n").split("|")
)


@given(st.lists(TAGS, max_size=12).map("".join))
def test_tags_that_are_passed_come_as_text_and_hide_no_other(html: str) -> None:
    every = list(tags.tokens(html))
    some = list(tags.tokens(html, attributes=False, passed=tags.tags_but(NAMED)))
    assert "".join(one.text for one in some) == html
    wanted = [(one.text, one.start) for one in every if one.name in NAMED or one.name in {"!", "textarea", "title"}]
    assert [
        (one.text, one.start) for one in some if one.name in NAMED or one.name in {"!", "textarea", "title"}
    ] == wanted
    assert {one.start for one in some if one.name is not None} <= {one.start for one in every if one.name is not None}


@given(SOUP)
def test_places_of_attributes_hold_their_values(html: str) -> None:
    for token in tags.tokens(html):
        for attribute in token.attributes:
            written = html[attribute.start : attribute.end]
            assert written.strip("\"'") == attribute.value or "&" in written


def test_a_reference_without_semicolon_in_an_address_is_none() -> None:
    (token,) = tags.tokens('<a href="?a=1&copy=2&amp;lt=3&eacute;&notit">')
    assert token.attributes[0].value == "?a=1&copy=2&lt=3é&notit"


def test_deep_nesting_is_made_shallow_and_loses_no_word() -> None:
    deep = "".join(f"<div>{number} " for number in range(2000)) + "</div>" * 2000 + "<p>end"
    flat = tags.shallow(deep)
    assert flat.count("<div>") == flat.count("</div>") == tags.DEPTH
    assert flat.endswith("<p>end")
    assert text.plain(flat).split() == text.plain(deep).split() == [*map(str, range(2000)), "end"]


def test_many_paragraphs_are_not_taken_for_nesting() -> None:
    long = "<p>one<ul><li>two<li>three</ul>" * 1000
    assert tags.shallow(long) == long
