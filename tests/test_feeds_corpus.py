"""Real feeds: every file of the corpus is read or refused, and where feedparser reads it too, both say the same."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreement import differences
from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Post, Record, Site
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.workflows import reading
from golden import DATA, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STRICT = ("rss", "atom", "rdf")
# How many files each importer reads; those after ">" were tried by a strict reader first. A change is to be explained.
READ = {
    "atom": 1210,
    "rss": 587,
    "rss>loosefeed": 269,
    "rdf": 20,
    "rdf>loosefeed": 1,
    "loosefeed": 16,
    "atom>loosefeed": 7,
    "jsonfeed": 4,
    "refused": 125,
}


def files(corpus: Path) -> list[Path]:
    found = sorted(path for path in (corpus / "feeds").rglob("*") if path.is_file())
    assert len(found) == 2239
    return found


def taken(source: Source, notes: Notes) -> tuple[str, list[Record]]:
    """The names of the importers that had a try, and the records of the last."""
    tried: list[str] = []

    def collect(importer: formats.Importer, records: Iterator[Record]) -> list[Record]:
        tried.append(importer.name)
        return list(records)

    records = reading.read(source, formats.detect(source), notes, collect)
    return ">".join(tried), records


def test_every_file_gives_records_or_one_error(corpus: Path) -> None:
    counts: Counter[str] = Counter()
    for path in files(corpus):
        notes, reason = Notes(), None
        try:
            tried, records = taken(Source.from_path(path), notes)
        except FormatError as error:
            tried, records, reason = "refused", [], error
        counts[tried] += 1
        assert reason is None or (reason.source == path.name and str(reason).isprintable()), path
        entries = [record for record in records if isinstance(record, (Post, Comment))]
        assert sum(isinstance(record, Site) for record in records) <= 1, path
        assert all(entry.id for entry in entries), path
        assert len({entry.id for entry in entries}) == len(entries), path
        said = msgspec.json.encode(records).decode()
        assert str(corpus) not in said, f"{path}: the place of the file on this disk is no part of it"
        if ">" in tried:
            assert notes.counts[Kind.REPAIRED] >= 1, f"{path}: nothing says that a second reader was needed"
    assert dict(counts) == READ


def found_differences(corpus: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in files(corpus):
        source = Source.from_path(path)
        try:
            importer = formats.detect(source)
            if importer.name not in STRICT:
                continue
            records = list(importer.read(source, Notes()))
        except FormatError:
            continue
        unlike = {field for field, _, _ in differences(source.read(), records)}
        if unlike:
            found[path.relative_to(corpus / "feeds").as_posix()] = unlike
    return found


def test_the_strict_readers_say_what_feedparser_says(corpus: Path) -> None:
    listed: dict[str, set[str]] = {}
    reasons = json.loads((DATA / "feed-differences.json").read_text("utf-8"))
    for held in reasons.values():
        for name, fields in held.items():
            assert not listed.get(name, set()) & set(fields), f"{name} is listed twice"
            listed.setdefault(name, set()).update(fields)

    found = found_differences(corpus)

    unexpected = {name: fields - listed.get(name, set()) for name, fields in found.items()}
    stale = {name: fields - found.get(name, set()) for name, fields in listed.items()}
    assert {name: fields for name, fields in unexpected.items() if fields} == {}
    assert {name: fields for name, fields in stale.items() if fields} == {}


INPUTS = {
    f"{case.parent.name}/{case.name}": next(case.glob("input*"))
    for case in cases("importers")
    if case.parent.name in {*STRICT, "loosefeed"}
}


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A feed of the data cases with something cut out, put in, said twice or turned over."""
    data = draw(st.sampled_from(sorted(INPUTS.items())))[1].read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, max(len(data) - 1, 0)))
        end = min(start + draw(st.integers(0, 60)), len(data))
        change = draw(st.sampled_from(["cut", "twice", "noise", "markup", "end"]))
        if change == "cut":
            data = data[:start] + data[end:]
        elif change == "twice":
            data = data[:end] + data[start:]
        elif change == "noise":
            data = data[:start] + draw(st.binary(min_size=1, max_size=8)) + data[end:]
        elif change == "markup":
            data = data[:start] + draw(st.sampled_from(MARKUP)) + data[start:]
        else:
            data = data[:start]
    return data


MARKUP = [
    *(b"<item>", b"</item>", b"<entry/>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&eacute;", b"&", b"&#0;", b"<a:b>"),
    *(b"<channel>", b"</channel>", b"<rss>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<!DOCTYPE x [", b"]>"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\xed\xa0\x80", b"<?xml version='1.0' encoding='utf-7'?>", b"<title/>"),
]


@given(damaged())
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_no_damage_makes_a_reader_fail_otherwise_than_it_should(data: bytes) -> None:
    source = Source.from_bytes(data, "damaged.xml")
    try:
        _, records = taken(source, Notes())
    except FormatError:
        return
    for record in records:
        assert msgspec.json.decode(msgspec.json.encode(record), type=type(record)) == record


@pytest.mark.parametrize("name", [*STRICT, "loosefeed"])
@given(data=damaged() | st.binary(max_size=300))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_a_reader_that_is_named_refuses_what_is_not_its_own(name: str, data: bytes) -> None:
    try:
        list(formats.importer(name).read(Source.from_bytes(data, "any"), Notes()))
    except FormatError:
        return
