"""What a round trip counts as come back: each record once, by the strongest that is known of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from feedkeep.archive import Archive, Origin
from feedkeep.models import Comment, Content, Person, Post, Record, Site, Term
from feedkeep.notes import Notes
from feedkeep.workflows.fidelity import measure
from feedkeep.workflows.pairing import Pool, comment_keys, post_keys

if TYPE_CHECKING:
    from pathlib import Path

WHEN = dt.datetime(2020, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def said(text: str, record_id: str = "", name: str | None = None) -> Comment:
    author = None if name is None else Person(name=name)
    return Comment(id=record_id or text, author=author, content=Content(value=text), published=WHEN)


def test_nobody_is_paired_twice() -> None:
    back = said("one", "x", "Ann")
    assert Pool([back], comment_keys).paired([said("one", "a", "Ann"), said("one", "b", "Ann")]) == [back, None]


def test_a_strong_key_of_one_goes_before_a_weak_key_of_another() -> None:
    weak, strong = said("other", "a"), said("words", "b")
    came = said("words", "y")
    assert Pool([came], comment_keys).paired([weak, strong]) == [None, came]


def test_what_has_no_key_in_common_is_known_by_its_place_where_none_is_missing() -> None:
    before = [Comment(id="a", content=Content(value="one")), Comment(id="b", content=Content(value="two"))]
    after = [Comment(id="y"), Comment(id="z")]
    assert Pool(after, comment_keys).paired(before) == after
    assert Pool(after, comment_keys).paired(before, by_place=False) == [None, None]
    assert Pool(after[:1], comment_keys).paired(before) == [None, None]


def test_a_text_is_the_same_in_any_form() -> None:
    post = Post(id="a", content=Content(value="*Ten* shots & a rope", form="markdown"))
    came = Post(id="b", content=Content(value="<p><em>Ten</em> shots &amp; a “rope”</p>"))
    assert Pool([Post(id="c", content=Content(value="Else")), came], post_keys).paired([post]) == [came]


def test_posts_without_titles_addresses_and_dates_are_known_by_their_words(tmp_path: Path) -> None:
    records: list[Record] = [Site(id="https://quay.example", url="https://quay.example")]
    records += [Post(id=f"urn:x:{number}", content=Content(value=f"<p>Text {number}</p>")) for number in range(5)]
    with Archive.open(tmp_path, create=True).write("b", Origin(format="atom", kind="feed"), Notes()) as writing:
        for record in records:
            writing.put(record)
    for name in ("ghost", "mtif", "blogger"):
        (result,) = measure(tmp_path, name)
        assert (result.counts["Post"].held, result.counts["Post"].survived) == (5, 5)
        assert result.counts["Content.value"].survived == 5, name


def test_terms_in_another_order_and_people_told_elsewhere_are_the_same(tmp_path: Path) -> None:
    ann = Person(id="ann", name="Ann", email="ann@a.example")
    terms = (Term(name="b", taxonomy="post_tag"), Term(name="a"), Term(name="c", taxonomy="post_tag"))
    post = Post(id="https://q.example/?p=1", title="T", authors=(ann,), terms=terms, published=WHEN)
    with Archive.open(tmp_path, create=True).write("b", Origin(format="atom", kind="feed"), Notes()) as writing:
        writing.put(Site(id="https://q.example", url="https://q.example"))
        writing.put(post)
    (blogml,) = measure(tmp_path, "blogml")  # writes categories before tags
    assert blogml.counts["Term.name"].survived == blogml.counts["Term.name"].held == 3
    (wxr,) = measure(tmp_path, "wxr")  # says the address of an author once, before all posts
    assert wxr.counts["Person.email"].survived == wxr.counts["Person.email"].held > 0


def test_a_comment_that_was_left_out_does_not_hide_behind_another_of_the_same_second(tmp_path: Path) -> None:
    records: list[Record] = [Site(id="s"), Post(id="p", title="T", published=WHEN)]
    for number, status in enumerate(("approved", "spam", "approved")):
        records.append(
            Comment(id=f"c{number}", post="p", published=WHEN, status=status, content=Content(value=f"Said {number}"))  # type: ignore[arg-type]
        )
    with Archive.open(tmp_path, create=True).write("b", Origin(format="wxr", kind="export"), Notes()) as writing:
        for record in records:
            writing.put(record)
    (result,) = measure(tmp_path, "blogger")
    assert (result.counts["Comment"].held, result.counts["Comment"].survived) == (3, 2)
