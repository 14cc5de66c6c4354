"""The saved page beyond its data cases: any text, what is not a page, how much it may cost."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.content import page_lines, page_thread
from feedkeep.importers.pagetext import IMPORTER
from feedkeep.models import Comment, Post
from feedkeep.source import Source
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

CASES = DATA / "importers" / "pagetext"
NO_PAGE = {"binary", "empty", "not-the-format", "text-alone"}
PROSE = "Nobody speaks, and by the time somebody does you have learned to listen to the fog."


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_pages_are_told_from_what_is_none(case: Path) -> None:
    assert IMPORTER.detect(Source.from_path(case / "input.txt")) is (case.name not in NO_PAGE)


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE}\n" * 5,
        f"Dear Dora,\n\n{PROSE}\n\nNo comment.\n\nYours, Theo\n",
        "title,body,comments\nFog,Slow,3 comments\nFog,Slow,3 comments\n" * 20,
        '"""3 thoughts on code."""\n\nimport os\n\n\ndef run() -> None:\n    return None\n',
        f"# Changes\n\n# Changes\n\n* {PROSE}\n\n1. one\n2. two\n",
        f"From: theo@a.example\nTo: dora@a.example\nSubject: Fog\n\n{PROSE}\n\n3 comments\n\nwhich I do not have.\n",
        '{"title": "3 thoughts on “Fog”"}\n',
        f"<p>{PROSE}</p>\n\n3 thoughts on “Fog”\n\n1. x\n",
        f"Copyright\n\nCopyright\n\n{PROSE}\n",
        f".. _`fog keep`:\n\n========\nfog keep\n========\n\n{PROSE}\n",
        "\n".join(f"{n} comments" for n in range(50)),
    ],
)
def test_other_texts_are_not_claimed(text: str) -> None:
    assert not IMPORTER.detect(Source.from_bytes(text.encode()))


@pytest.mark.parametrize("shift", ["", "x"])
def test_the_head_of_a_long_page_is_enough_even_where_it_cuts_a_letter(shift: str) -> None:
    page = f"Fog\n\n{PROSE}{shift}\n\n9 thoughts on “Fog”\n\n" + "".join(
        f"  {n}. {PROSE} {'é' * 300}\n" for n in range(1, 3000)
    )
    source = Source.from_bytes(page.encode())
    assert len(page) > 2 * len(source.head)
    assert IMPORTER.detect(source)
    records, notes, _ = read(source, "pagetext")
    assert sum(isinstance(record, Comment) for record in records) == 2999
    assert any("claims 9 comments, 2999 were found" in note.what for note in notes.kept)


LINE = st.sampled_from(
    [
        "Fog", "“Fog”", "Fog | Slow Reels", "Share", "3 Comments", "2 thoughts on “Fog”", "No comments", "Leave a Reply", "Comments are closed.",
        "Posted on March 4, 2015 by Dora", "March 4, 2015 at 9:05 pm", "February 31, 2015", "Dora says:", "Theo on March 5, 2015 said:",
        "Reply", "  1. One", "  2. Two", "    1. Inner", "      * Dot", " 2014. A year", "Pingback: Elsewhere", "Tagged a, b", "", "  ",
        PROSE, PROSE * 4, "\t1. Tab", "Post navigation", "1.", "\x85", "Your comment is awaiting moderation.",
    ]
)  # fmt: skip
PAGES = st.lists(LINE | st.text(max_size=12), max_size=25).map("\n".join)


@given(PAGES)
def test_any_lines_give_one_post_and_a_closed_thread(text: str) -> None:
    records, _, error = read(Source.from_bytes(text.encode("utf-8", "surrogatepass")), "pagetext")
    if error is not None:
        assert records == []
        return
    post, *comments = records
    assert isinstance(post, Post)
    seen: set[str] = set()
    for one in comments:
        assert isinstance(one, Comment)
        assert one.post == post.id
        assert one.parent is None or one.parent in seen
        assert one.id not in seen
        seen.add(one.id)


@given(PAGES)
def test_every_word_is_in_a_record_or_in_a_note(text: str) -> None:
    records, notes, error = read(Source.from_bytes(text.encode("utf-8", "surrogatepass")), "pagetext")
    if error is not None:
        return
    told = repr(records) + " ".join(note.what for note in notes.kept)
    for word in ("One", "Two", "Inner", "Dot", "A year", "Nobody speaks", "Elsewhere"):
        if word in text and "lines from" not in told:
            assert word in told


@given(st.binary(max_size=200))
def test_any_bytes_give_records_or_one_error(data: bytes) -> None:
    source = Source("page.txt", lambda: io.BytesIO(data))  # as it is, without a look at whether it is packed
    IMPORTER.detect(source)
    records, _, error = read(source, "pagetext")
    assert records or error is not None


@pytest.mark.parametrize("charset", ["latin-1", "no-such-charset", "base64", "idna"])
def test_a_charset_that_helps_nobody_is_passed_over(charset: str) -> None:
    data = f"Fog\n\n{PROSE}\n\n1 thought on “Fog”\n\n  1. é\n".encode()
    records, _, error = read(Source.from_bytes(data, charset=charset), "pagetext")
    assert error is None
    assert len(records) == 2


def test_a_source_that_knows_more_is_believed() -> None:
    data = f"Fog\n\nBy Dora on March 4, 2015 at 9:05 pm\n\n{PROSE}\n\nNo comments\n".encode("utf-16")
    zone = dt.timezone(dt.timedelta(hours=-5))
    records, notes, _ = read(Source.from_bytes(data, url="https://slow.example/fog/", timezone=zone), "pagetext")
    (post,) = records
    assert isinstance(post, Post)
    assert post.url == "https://slow.example/fog/"
    assert post.published == dt.datetime(2015, 3, 4, 21, 5, tzinfo=zone)
    assert [person.name for person in post.authors] == ["Dora"]
    assert not notes.kept


def test_ids_stay_when_the_page_is_wrapped_anew() -> None:
    page = f"Fog\n\n{PROSE}\n\n1 thought on “Fog”\n\n  1. Well said, and slowly.\n"
    wrapped = page.replace("by the", "by\nthe").replace("said, and", "said,\n     and")
    first, second = (read(Source.from_bytes(text.encode()), "pagetext")[0] for text in (page, wrapped))
    ids = [[record.id for record in records if isinstance(record, Post | Comment)] for records in (first, second)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 2


@pytest.mark.parametrize(
    ("line", "claimed", "title"),
    [
        ("3 thoughts on “Fog”", 3, "Fog"),
        ("One thought on “Fog, and “Rain””", 1, "Fog, and “Rain”"),
        ('12 Responses to "Fog"', 12, "Fog"),
        ("1,204 Comments on Fog", 1204, "Fog"),
        ("## 3 Comments", 3, None),
        ("Comments (7)", 7, None),
        ("No comments yet", 0, None),
        ("Two replies", 2, None),
        ("Comments:", None, None),
    ],
)
def test_headings_are_read(line: str, claimed: int | None, title: str | None) -> None:
    found = page_lines.heading(line)
    assert found is not None
    assert (found.claimed, found.title) == (claimed, title)


@pytest.mark.parametrize("line", ["3 comments later, she left", "Commentary", "thoughts on “Fog”", "", "x" * 400])
def test_other_lines_are_no_headings(line: str) -> None:
    assert page_lines.heading(line) is None


@pytest.mark.parametrize(
    ("line", "author", "published"),
    [
        ("Posted on March 4, 2015 by Dora Quill", "Dora Quill", dt.datetime(2015, 3, 4)),  # noqa: DTZ001
        ("by Dora Quill | 4th March 2015 at 9.05 p.m. | 3 Comments", "Dora Quill", dt.datetime(2015, 3, 4, 21, 5)),  # noqa: DTZ001
        ("By Dora Quill", "Dora Quill", None),
        ("2015-03-04", None, dt.datetime(2015, 3, 4)),  # noqa: DTZ001
        ("Wednesday, 4 March 2015 12:00 am", None, dt.datetime(2015, 3, 4)),  # noqa: DTZ001
    ],
)
def test_bylines_are_read(line: str, author: str | None, published: dt.datetime | None) -> None:
    assert page_lines.byline(line) == page_lines.Byline(author=author, published=published)


@pytest.mark.parametrize(
    "line",
    ["On March 4, 2015 the fog lifted", "By the sea, nobody speaks for long.", "directed by Ola Brandt", "Fog", ""],
)
def test_sentences_are_no_bylines(line: str) -> None:
    assert page_lines.byline(line) is None


def test_terms_are_read() -> None:
    assert page_lines.terms(
        "This entry was posted in Film, Reviews and tagged fog, sea by Dora. Bookmark the permalink."
    ) == (
        ("category", "Film"),
        ("category", "Reviews"),
        ("post_tag", "fog"),
        ("post_tag", "sea"),
    )
    assert page_lines.terms("Tags: a") == (("post_tag", "a"),)
    assert page_lines.terms("Nothing of the kind") == ()


def test_many_stray_numbers_cost_no_more_than_their_lines() -> None:
    lines = [page_thread.Line(n, " " * (n % 90) + f"{n}. x") for n in range(1, 20_000)]
    assert page_thread.read(lines, None).comments
