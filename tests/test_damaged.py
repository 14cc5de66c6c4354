"""Damaged documents: whatever happened to the bytes of an export, they give records or one FormatError, and soon."""

from __future__ import annotations

import contextlib
import io
import signal
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Media, Person, Post, Site, Term, Tombstone
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows import reading
from golden import DATA, cases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.models import Record
    from feedkeep.notes import Note

KEPT = (Site, Person, Term, Post, Comment, Media, Tombstone)
LARGEST = 20_000  # bytes of a case's file; larger ones are about size
HANG = 30  # seconds of our own processor time; a document of this size takes hundredths

MARKS = [
    *[b"<", b">", b"]]>", b"<![CDATA[", b"&", b"&#0;", b"&#x110000;", b"\x00", b"\xff\xfe", b"\xed\xa0\x80"],
    *[b"}", b'"', b"\n-----\n", b"\n---\n", b"1e999", b"-1", b"null", b"\\ud800", b"\r", b"  - ", b"*" * 40],
]
ENCODINGS = ["utf-16", "utf-16-be", "utf-8-sig", "cp1252", "utf-7", "utf-32"]


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    """Fail what does not come to an end, where the system can interrupt it."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"no end after {HANG} seconds")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANG)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def gives_records_or_one_error(name: str, data: bytes) -> None:
    """Read as an import does, with the fallback; any other exception than FormatError fails the test."""
    importer = formats.importer(name)
    heard: list[Note] = []
    reason = ""
    records: list[Record] = []
    try:
        with in_time():
            source = Source.from_bytes(data, "damaged")
            if source.is_container:
                for document, chosen in reading.documents(source):
                    if chosen is not None:
                        records += reading.read(document, chosen, Notes(heard.append), lambda _, found: list(found))
            else:
                assert importer.detect(source) in {True, False}
            # named by its user, whatever detection says; a folder's importer is given a part it did not ask for
            records += reading.read(source, importer, Notes(heard.append), lambda _, found: list(found))
    except FormatError as error:
        reason = str(error)
    assert "\n" not in reason
    assert all(isinstance(record, KEPT) for record in records)
    assert all(note.what.strip() and "\n" not in note.what for note in heard)


def inputs(name: str) -> list[Path]:
    """The inputs of an importer's cases, files and folders."""
    found = [path for case in cases("importers") if case.parent.name == name for path in case.glob("input*")]
    return [path for path in found if path.is_dir() or 0 < path.stat().st_size < LARGEST]


@st.composite
def accidents(draw: st.DrawFn, whole: bytes, others: list[Path]) -> bytes:
    """What became of bytes: cut, flipped, doubled, spliced with another document, written in another encoding."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        length = draw(st.integers(1, 40))
        accident = draw(st.sampled_from(["bit", "byte", "delete", "insert", "double", "cut", "splice", "recode"]))
        if accident == "bit":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif accident == "byte":
            data[at] = draw(st.integers(0, 255))
        elif accident == "delete":
            del data[at : at + length]
        elif accident == "insert":
            data[at:at] = draw(st.binary(min_size=1, max_size=12) | st.sampled_from(MARKS))
        elif accident == "double":
            data[at:at] = data[at : at + length]
        elif accident == "cut":
            del data[at:]
        elif accident == "splice" and others:
            other = draw(st.sampled_from(others)).read_bytes()
            data[at:] = other[draw(st.integers(0, len(other))) :]
        elif accident == "recode":
            text = data.decode(draw(st.sampled_from(["utf-8", "cp1252"])), "replace")
            data = bytearray(text.encode(draw(st.sampled_from(ENCODINGS)), "replace"))
    return bytes(data)


def zipped(folder: Path, changed: Path | None, data: bytes, *, without: Path | None = None) -> bytes:
    """A folder as a zip, with other bytes for one file of it and without another."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path != without:
                name = path.relative_to(folder).as_posix()
                archive.writestr(zipfile.ZipInfo(name), data if path == changed else path.read_bytes())
    return packed.getvalue()


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """The input of one of an importer's cases after a few accidents: a file, or one or two of a folder's."""
    own = inputs(name)
    chosen = draw(st.sampled_from(own))
    if chosen.is_file():
        return draw(accidents(chosen.read_bytes(), [path for path in own if path.is_file()]))
    files = sorted(path for path in chosen.rglob("*") if path.is_file())
    hit = draw(st.sampled_from(files))
    lost = draw(st.none() | st.sampled_from(files))
    return zipped(chosen, hit, draw(accidents(hit.read_bytes(), files)), without=lost)


@pytest.mark.parametrize("name", formats.IMPORTERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_document_gives_records_or_one_error(name: str, data: st.DataObject) -> None:
    gives_records_or_one_error(name, data.draw(damaged(name)))


@pytest.mark.parametrize("name", formats.IMPORTERS)
def test_every_form_of_an_export_is_among_what_is_damaged(name: str) -> None:
    held = {path.suffix if path.is_file() else "folder" for path in inputs(name)}
    there = {path.suffix if path.is_file() else "folder" for path in (DATA / "importers" / name).glob("*/input*")}
    assert held == there


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
    gives_records_or_one_error(name, data)
