"""What every format promises, asked of all of them: names, detection, losses, and what damaged bytes give."""

from __future__ import annotations

import json
import pkgutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedkeep import exporters, formats, importers
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Media, Person, Post, Site, Term, Tombstone
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows import reading
from golden import DATA, case_id, cases
from maximal import MAXIMAL, every_field, fields_filled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

    from feedkeep.models import Record
    from feedkeep.notes import Note

MINIMUM = {"minimal", "maximal", "empty", "unicode", "dates", "not-the-format", "truncated"}
# Cases whose importer has to be named or tried last: what stands in front of them hides what they are.
ELSEWHERE = {"rss/before-the-document": ["loosefeed"], "pagetext/text-alone": []}
KEPT = (Site, Person, Term, Post, Comment, Media, Tombstone)


def readable() -> list[Path]:
    """The cases that are read without an error: those that detection has to know."""
    found = []
    for case in cases("importers"):
        rows = (case / "expected.jsonl").read_text("utf-8").splitlines()
        if case.name != "not-the-format" and not any("error" in json.loads(row) for row in rows):
            found.append(case)
    return found


def source_of(case: Path) -> Source:
    (found,) = case.glob("input*")
    return Source.from_path(found)


# --- the descriptors


@pytest.mark.parametrize(("folder", "names"), [(importers, formats.IMPORTERS), (exporters, formats.EXPORTERS)])
def test_every_module_of_the_folder_is_listed_once_and_nothing_else_is(
    folder: ModuleType, names: tuple[str, ...]
) -> None:
    assert sorted(names) == sorted(module.name for module in pkgutil.iter_modules(folder.__path__))


@pytest.mark.parametrize(
    ("find", "names"), [(formats.importer, formats.IMPORTERS), (formats.exporter, formats.EXPORTERS)]
)
def test_a_format_is_named_as_its_module_and_labelled_as_no_other(
    find: Callable[[str], formats.Importer | formats.Exporter], names: tuple[str, ...]
) -> None:
    found = [find(name) for name in names]
    assert [one.name for one in found] == list(names)
    assert all(one.label.strip() for one in found)
    assert len({one.label.casefold() for one in found}) == len(found)


@pytest.mark.parametrize("name", formats.IMPORTERS)
def test_a_fallback_is_another_importer_that_has_none_itself(name: str) -> None:
    fallback = formats.importer(name).fallback
    if fallback is not None:
        assert fallback != name
        assert formats.importer(fallback).fallback is None


@pytest.mark.parametrize("name", formats.EXPORTERS)
def test_losses_name_fields_that_there_are_and_say_why(name: str) -> None:
    losses = formats.exporter(name).losses
    known = every_field() | {model.__name__ for model in KEPT} | {"Snapshot.people", "Snapshot.terms"}
    assert {*losses.dropped, *losses.altered, *losses.sometimes, *losses.survives} <= known
    assert len({*losses.dropped, *losses.altered, *losses.sometimes}) == sum(
        map(len, (losses.dropped, losses.altered, losses.sometimes))
    )
    assert losses.survives.keys() <= losses.dropped.keys() | losses.altered.keys()
    assert all(
        reason.strip() for reason in [*losses.dropped.values(), *losses.altered.values(), *losses.sometimes.values()]
    )


def test_the_maximal_records_fill_every_field() -> None:
    assert every_field() - fields_filled(MAXIMAL) == set()


# --- detection and cases


@pytest.mark.parametrize("name", formats.IMPORTERS)
def test_every_importer_has_the_cases_that_all_of_them_need(name: str) -> None:
    folder = DATA / "importers" / name
    assert folder.is_dir(), f"no cases for {name}: add the folder {folder.relative_to(DATA.parent)}"
    missing = MINIMUM - {case.name for case in folder.iterdir()}
    assert not missing, f"{name} lacks the cases {', '.join(sorted(missing))}"


@pytest.mark.parametrize("case", readable(), ids=case_id)
def test_a_case_is_detected_by_its_own_importer_alone(case: Path) -> None:
    source = source_of(case)
    own = case.parent.name
    if source.is_container:
        said = [name for name in formats.IMPORTERS if next(formats.parts(formats.importer(name), source), None)]
    else:
        said = [name for name in formats.IMPORTERS if formats.importer(name).detect(source)]
    if own in {"medium", "tumblr"} and said[1:] == ["page"]:  # their pages are pages, to those who come later
        said = said[:1]
    if own == "loosefeed":  # what it reads is a feed that a strict importer gave up
        assert said in [
            ["loosefeed"],
            *([name] for name in formats.IMPORTERS if formats.importer(name).fallback == own),
        ]
        return
    assert said == ELSEWHERE.get(case_id(case), [own])
    if said:
        assert formats.detect(source).name == said[0]


@pytest.mark.parametrize("case", readable(), ids=case_id)
def test_no_format_is_spared_that_would_have_said_yes(case: Path) -> None:
    source = source_of(case)
    if not source.is_container:
        said = [name for name in formats.IMPORTERS if formats.importer(name).detect(source)]
        found = formats.detected(source)
        assert ([found.name] if found else []) == said[:1]


@pytest.mark.parametrize("case", [case for case in cases("importers") if case.name == "not-the-format"], ids=case_id)
def test_what_is_of_another_format_is_not_taken_for_this_one(case: Path) -> None:
    importer, source = formats.importer(case.parent.name), source_of(case)
    assert not importer.detect(source)
    assert next(formats.parts(importer, source), None) is None


# --- bytes of any kind


def gives_records_or_one_error(name: str, data: bytes) -> None:
    """Read as an import does, with the fallback; any other exception than FormatError fails the test."""
    importer = formats.importer(name)
    heard: list[Note] = []
    reason = ""
    records: list[Record] = []
    try:
        source = Source.from_bytes(data, "damaged")
        assert importer.detect(source) in {True, False}
        records = reading.read(source, importer, Notes(heard.append), lambda _, found: list(found))
    except FormatError as error:
        reason = str(error)
    assert "\n" not in reason
    assert all(isinstance(record, KEPT) for record in records)
    assert all(note.what.strip() and "\n" not in note.what for note in heard)


SMALL = sorted(
    (path for case in cases("importers") for path in case.glob("input.*") if 0 < path.stat().st_size < 20_000),
    key=lambda path: path.as_posix(),
)


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A case's input after a few accidents, with the name of its format."""
    path = draw(st.sampled_from(SMALL))
    data = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        length = draw(st.integers(1, 40))
        accident = draw(st.sampled_from(["flip", "delete", "insert", "double", "truncate"]))
        if accident == "flip":
            data[at] = draw(st.integers(0, 255))
        elif accident == "delete":
            del data[at : at + length]
        elif accident == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=12) | st.sampled_from(MARKS))
        elif accident == "double":
            data[at:at] = data[at : at + length]
        else:
            del data[at:]
    return path.parent.parent.name, bytes(data)


MARKS = [
    b"<",
    b">",
    b"]]>",
    b"<![CDATA[",
    b"&",
    b"&#0;",
    b"&#x110000;",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"}",
    b'"',
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_document_gives_records_or_one_error(made: tuple[str, bytes]) -> None:
    gives_records_or_one_error(*made)


@pytest.mark.parametrize("name", formats.IMPORTERS)
@settings(max_examples=80, deadline=None)
@given(data=st.binary(max_size=300) | st.text(max_size=120).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(data=b"")
@example(data=b"\x1f\x8b")
@example(data=b"PK\x03\x04")
@example(data=b"\xff\xfe")
@example(data=b"\xef\xbb\xbf")
@example(data=b"<rss")
@example(data=b"{")
@example(data=b'{"version": "https://jsonfeed.org/version/1.1", "items": {"a": NaN}}')
def test_bytes_of_any_kind_give_records_or_one_error(name: str, data: bytes) -> None:
    try:
        Source.from_bytes(data, "damaged")
    except FormatError:  # not even a source: a pack that cannot be unpacked
        return
    gives_records_or_one_error(name, data)
