"""WordPress exports against themselves: what was written is read again, and the losses are those declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings

from arbitrary_blogs import blogs
from feedkeep.exporters.wxr import LOSSES
from feedkeep.models import Comment, Record, Term
from feedkeep.source import Source
from golden import DATA, read
from maximal import MAXIMAL, differences, every_field, fields_filled
from wxr_files import exported, imported

if TYPE_CHECKING:
    from collections.abc import Iterable


def not_to_its_post(record: Record) -> Record:
    """A reply to the post itself is a comment without a parent."""
    if isinstance(record, Comment) and record.parent == record.post:
        return msgspec.structs.replace(record, parent=None)
    return record


def by_key(records: Iterable[Record]) -> list[bytes]:
    return sorted(msgspec.json.encode([type(record).__name__, record]) for record in records)


# what a round trip changes on purpose, by case
MEANT = {
    "co-authors": {"Person.extra"},  # authors that the export did not list get a number
    "wxr-1.0": {"Person.extra"},
    "minimal": {"Post.status"},  # a post that does not say is public
    "says-utf-16": {"Post.status"},
    "terms-without-slug": {"Term.slug"},  # WordPress passes them over
}


def test_the_maximal_records_fill_every_field() -> None:
    assert every_field() - fields_filled(MAXIMAL) == set()


def test_the_losses_of_a_round_trip_are_those_declared_no_more_no_less() -> None:
    data, notes = exported(MAXIMAL)
    assert differences(MAXIMAL, imported(data)) == {*LOSSES.dropped, *LOSSES.altered}
    assert [note.what for note in notes.kept] == ["no menus are in the archive: WordPress needs new ones"]


@pytest.mark.parametrize("case", sorted((DATA / "importers" / "wxr").iterdir()), ids=lambda case: case.name)
def test_what_was_read_is_read_again_from_what_was_written(case: Any) -> None:
    records, _, error = read(Source.from_path(case / "input.xml"), "wxr")
    if error is not None:
        return
    again = imported(exported(records)[0])
    assert differences(records, again) <= MEANT.get(case.name, set())


@settings(max_examples=150, deadline=None)
@given(blogs())
def test_whatever_was_written_and_read_once_stays_as_it_is(records: list[Record]) -> None:
    first = imported(exported(records)[0])
    second = imported(exported(first)[0])
    assert by_key(second) == by_key(first)


@settings(max_examples=150, deadline=None)
@given(blogs())
def test_ids_dates_and_threads_of_any_records_survive(records: list[Record]) -> None:
    again = imported(exported(records)[0])
    found = differences([not_to_its_post(record) for record in records], again)
    kept = {"Post", "Comment", "Media", "Post.published", "Comment.published", "Comment.parent", "Media.published"}
    assert found & kept == set()


def test_an_export_is_the_same_bytes_every_time() -> None:
    terms = [record for record in MAXIMAL if isinstance(record, Term)]
    assert exported(MAXIMAL)[0] == exported([*terms, *(r for r in MAXIMAL[::-1] if r not in terms)])[0]
