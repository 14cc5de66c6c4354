"""WordPress's stored text as HTML: ``data/content/autop/<case>.in`` and ``.out``."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import autop, shortcodes, text, wordpress

CASES = sorted((Path(__file__).parent / "data" / "content" / "autop").glob("*.in"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_text_becomes_the_html_that_wordpress_shows(case: Path, *, accept: bool) -> None:
    actual = wordpress.html(case.read_bytes().decode())
    expected = case.with_suffix(".out")
    if accept:
        expected.write_bytes(actual.encode())
    assert actual == expected.read_bytes().decode()


def test_there_are_cases() -> None:
    assert len(CASES) > 20


BLOCKS = st.sampled_from(["div", "ul", "li", "blockquote", "table", "td", "h2", "p", "pre", "section", "dl", "dd"])
PIECES = st.one_of(
    BLOCKS.map(lambda name: f"<{name}>"),
    BLOCKS.map(lambda name: f"</{name}>"),
    st.sampled_from(["\n", "\n\n", " ", "<em>", "</em>", "<br>", "<!--more-->", "[poll]", "<hr>", "<img src='a.jpg'>"]),
    st.text(alphabet="abcdé—”", min_size=1, max_size=4),
)
WRITING = st.lists(PIECES, max_size=40).map("".join)


@given(WRITING)
def test_no_word_is_lost_or_moved(source: str) -> None:
    before, after = (text.plain(html).split() for html in (source, autop.autop(source)))
    assert "".join(after) == "".join(before)


@given(st.text(max_size=80))
def test_any_text_at_all_keeps_its_letters(source: str) -> None:
    before = [letter for letter in source if letter.isalnum()]
    after = [letter for letter in autop.autop(source).replace("<p>", "").replace("</p>", "") if letter.isalnum()]
    assert [letter for letter in after if letter not in "br"] == [letter for letter in before if letter not in "br"]


class _Nesting(HTMLParser):
    """Checks that paragraphs are neither nested nor closed before they are open."""

    def __init__(self) -> None:
        super().__init__()
        self.open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "p":
            self.open += 1
        assert self.open <= 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self.open -= 1
        assert self.open >= 0


@given(WRITING)
def test_each_paragraph_is_opened_and_closed_once(source: str) -> None:
    checker = _Nesting()
    checker.feed(autop.autop(source.replace("<pre>", "")))
    checker.close()
    assert checker.open == 0


@given(
    st.lists(
        st.sampled_from(["<p>", '<p class="a">', "</p>", "<b>", "</b>", "<br>", "\n", "\n\n", " ", "a", "<hr>"])
    ).map("".join)
)
def test_paragraphs_alone_are_written_as_beside_a_block(source: str) -> None:
    assert autop.autop(f"<hr>{source}").removeprefix("<hr>").strip("\n") == autop.autop(source)


@given(st.lists(st.text(alphabet="abc -’", min_size=1, max_size=9).filter(str.strip), min_size=1, max_size=5))
def test_plain_paragraphs_come_back_as_they_were(paragraphs: list[str]) -> None:
    html = autop.autop("\n\n".join(paragraphs))
    assert html.count("<p>") == len(paragraphs)
    assert text.plain(html) == "\n\n".join(" ".join(one.split(" ")).strip() for one in paragraphs).replace(
        "  ", " "
    ) or (text.plain(html).split() == " ".join(paragraphs).split())


@pytest.mark.parametrize(
    "kept",
    [
        "[poll]",
        "[sic]",
        "[gallery_of_mine]",
        "[embed]not an address[/embed]",
        "[caption][/caption]",
        "[audio]",
        "a [ b ] c",
    ],
)
def test_what_is_no_shortcode_of_wordpress_stays(kept: str) -> None:
    assert shortcodes.expanded(kept) == kept


@pytest.mark.parametrize("kept", ["[caption]", "[caption id=3]x[/caption]", "[gallery]"])
def test_doubled_brackets_escape_a_shortcode(kept: str) -> None:
    assert shortcodes.expanded(f"[{kept}]") == kept


def test_a_hostile_attribute_cannot_leave_its_place() -> None:
    made = shortcodes.expanded("[video src='\"><script>alert(1)</script>' poster='\" onload=\"x']")
    assert "<script" not in made
    assert ' onload="' not in made


def test_dynamic_blocks_are_named() -> None:
    source = '<!-- wp:latest-posts {"n":3} /--><!-- wp:more /--><!-- wp:paragraph --><p>x</p><!-- /wp:paragraph -->'
    assert wordpress.dynamic_blocks(source) == ("latest-posts",)
    assert wordpress.dynamic_blocks("<p>x</p>") == ()
