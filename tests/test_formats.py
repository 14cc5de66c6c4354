"""What every format promises, asked of all of them: names, detection, losses."""

from __future__ import annotations

import json
import pkgutil
from typing import TYPE_CHECKING

import pytest

from feedkeep import exporters, formats, importers
from feedkeep.models import Comment, Media, Person, Post, Site, Term, Tombstone
from feedkeep.source import Source
from golden import DATA, case_id, cases
from maximal import MAXIMAL, every_field, fields_filled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

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
