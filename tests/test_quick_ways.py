"""Where there is a quick way, it leads to where the long one does: Markdown, words, YAML and JSON of any text."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedkeep.content import markdown_writer
from feedkeep.content.clean import sanitise
from feedkeep.content.links import find
from feedkeep.content.markdown_writer import markdown
from feedkeep.content.render import html
from feedkeep.content.text import in_one_line, one_spaced, plain
from feedkeep.models import Content
from feedkeep.wire.json_text import written
from feedkeep.wire.plain_yaml import dumped

PIECES = [
    *(
        "word",
        "It's",
        "two  spaces",
        " ",
        "\n",
        "\t",
        "\x0c",
        "\xa0",
        "é",
        "日",
        "😀",
        "\u2028",
        "\x85",
        "1. ",
        "- ",
        "# ",
    ),
    *(
        "=",
        "---",
        "a_b_c",
        "*",
        "`",
        "\\",
        "!",
        "[a](b)",
        "|",
        "~~",
        "http://x.example/",
        "&amp;",
        "&lt;",
        "<",
        ">",
        "{{< x >}}",
    ),
    *(
        "<p>",
        "</p>",
        "</p>\n<p>",
        "<br>",
        "<em>",
        "</em>",
        "<a href='/x'>",
        "</a>",
        "<p class='y'>",
        "<p cite='/z'>",
        "<!-- c -->",
    ),
    *(
        "<ul>",
        "<li>",
        "</ul>",
        "<td>",
        "<pre>",
        "</pre>",
        "<script>",
        "</script>",
        "\x00",
        "\x11",
        "\x14",
        "&#17;",
        "&am",
        "p;",
    ),
]
HTML = st.lists(st.sampled_from(PIECES), max_size=10).map("".join)
PARAGRAPHS = st.lists(HTML, min_size=1, max_size=4).map(lambda texts: "".join(f"<p>{text}</p>\n" for text in texts))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False)
    | st.sampled_from(["yes", "null", "2014-01-01", "1:30", "é\n", "~", "\u2028", "a: b"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "yes", "null", "On", "i j", "0", "é"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(HTML | PARAGRAPHS)
@example("<p>It's\xa0 </p>")
@example("<p>a\n  b</p> <p>c</p>")
def test_markdown_renders_back_to_the_same_words_and_links(text: str) -> None:
    clean = sanitise(re.sub("[\x00\x11\x14]", "", text))  # Markdown holds no NUL, and words no such marks
    shown = html(Content(value=markdown(clean), form="markdown"))
    assert in_one_line(shown) == in_one_line(clean)
    assert [(one.tag, one.url) for one in find(shown)] == [(one.tag, one.url) for one in find(clean)]


def test_paragraphs_of_words_take_the_quick_way_and_others_do_not() -> None:
    for text in ("<p>Only words, it's true: “quoted” (so) = fine #1.</p>\n<p>And\nmore</p>", "<p>é</p>"):
        assert markdown_writer._ONLY_WORDS.fullmatch(text)
    for text in (
        "<p>- a</p>",
        "<p>1. a</p>",
        "<p># a</p>",
        "<p>a_b</p>",
        "<p>a &amp; b</p>",
        "<p id='x'>a</p>",
        "a",
        "<p></p>",
    ):
        assert not markdown_writer._ONLY_WORDS.fullmatch(text)


@settings(max_examples=300, deadline=None)
@given(HTML)
def test_words_in_one_line_are_the_plain_words(text: str) -> None:
    assert in_one_line(text) == " ".join(plain(text).split())


@given(st.text(st.sampled_from(" \t\n\r\f\xa0a"), max_size=12))
def test_a_run_of_white_space_is_one_space(text: str) -> None:
    assert one_spaced(text) == re.sub(r"[ \t\n\r\f]+", " ", text)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_yaml_reads_back_as_what_was_written(value: Any) -> None:
    assert yaml.safe_load(dumped(value)) == value


def test_what_could_be_taken_for_something_else_stands_in_quotation_marks() -> None:
    assert dumped({"null": "yes", "title": "1"}) == '\'null\': "yes"\ntitle: "1"\n'
    assert dumped({"a": "half \ud83c of a pair"}) == 'a: "half \ufffd of a pair"\n'


@settings(max_examples=300, deadline=None)
@given(VALUES)
@example(float("nan"))
@example({"half": "\ud800"})
def test_json_is_written_as_pythons_own_writes_it(value: Any) -> None:
    assert written(value) == json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def test_an_address_that_markdown_has_no_word_for_keeps_its_element() -> None:
    quoted = '<p cite="https://x.example/">Words!</p>'
    assert markdown(quoted) == quoted
