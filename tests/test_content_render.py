"""A body of any form as HTML."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import render, text
from feedkeep.models import Content


def test_html_is_given_as_it_is() -> None:
    value = "<P>odd <b>but</P> mine"
    assert render.html(Content(value=value)) == value


def test_relative_addresses_are_resolved_in_every_form() -> None:
    base = "https://slow.example/a/"
    assert render.html(Content(value='<a href="b">', base=base)) == '<a href="https://slow.example/a/b">'
    assert 'href="https://slow.example/a/b"' in render.html(Content(value="[x](b)", form="markdown", base=base))
    assert 'href="https://slow.example/a/b"' in render.html(Content(value='<a href="b">x', form="wordpress", base=base))


def test_markdown_has_tables_and_strikethrough() -> None:
    html = render.html(Content(value="# T\n\n~~no~~ *yes*\n\n|a|\n|-|\n|b|\n", form="markdown"))
    assert "<h1>T</h1>" in html
    assert "<s>no</s> <em>yes</em>" in html
    assert "<td>b</td>" in html


def test_text_becomes_escaped_paragraphs() -> None:
    html = render.html(Content(value="a < b & c\r\nline\n \n\nnext\n", form="text"))
    assert html == "<p>a &lt; b &amp; c<br>\nline</p>\n<p>next</p>"


@given(st.text())
def test_text_shows_every_word(value: str) -> None:
    shown = text.plain(render.html(Content(value=value, form="text")))
    assert "".join(shown.split()) == "".join(re.sub("[\\x00\\x0e\\x0f\\x11-\\x14]", "", value).split())


@given(
    st.text(alphabet="#*_[]()`~|-\n> ab<&!", max_size=60), st.sampled_from(["markdown", "wordpress", "text", "html"])
)
def test_any_body_can_be_rendered(value: str, form: str) -> None:
    assert isinstance(render.html(Content(value=value, form=form, base="https://slow.example/")), str)  # type: ignore[arg-type]
