"""Addresses that no library takes for one: they are imported, shown and exported as they are, and stop nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.library import export_from, import_into
from feedkeep.notes import Notes
from feedkeep.source import Source
from feedkeep.workflows.inspect import inspect
from golden import DATA

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = {  # what becomes of each "://"
    "an open bracket": b"://[",
    "a port that is none": b"://a.example:x",
    "a host that cannot be": b"://\xe2\x84\x80",
}
# What names formats, and is no address; those of Media RSS and the like stay broken, as namespaces can be anything.
NAMES = [
    b"http://" + name
    for name in (b"www.w3.org", b"purl.org", b"schemas.google.com", b"wordpress.org", b"www.blogml.com", b"disqus.com")
] + [b"https://jsonfeed.org"]
TEXTS = {
    ".xml",
    ".json",
    ".jsonl",
    ".html",
    ".csv",
    ".atom",
    ".txt",
    ".md",
    ".yml",
    ".yaml",
    ".toml",
    ".opml",
    ".js",
    "",
}


def broken(name: str, target: Path, change: bytes) -> Path:
    """A copy of an importer's fullest case, with every address broken."""
    (path,) = (DATA / "importers" / name / "maximal").glob("input*")
    copy = target / path.name
    if path.is_dir():
        shutil.copytree(path, copy)
    else:
        shutil.copyfile(path, copy)
    for file in copy.rglob("*") if copy.is_dir() else [copy]:
        if file.is_file() and file.suffix in TEXTS:
            data = file.read_bytes()
            for kept in NAMES:
                data = data.replace(kept, kept.replace(b"://", b"\0"))
            file.write_bytes(data.replace(b"://", change).replace(b"\0", b"://"))
    return copy


@pytest.mark.parametrize("change", BROKEN)
@pytest.mark.parametrize("name", formats.IMPORTERS)
def test_what_cannot_be_an_address_stops_no_import_and_no_export(name: str, change: str, tmp_path: Path) -> None:
    path = broken(name, tmp_path, BROKEN[change])
    try:
        import_into(tmp_path / "archive", path, site="s", format=None if path.is_dir() else name)
    except FormatError:
        return
    inspect([Source.from_path(path)], notes=Notes())
    if not (tmp_path / "archive" / "s").exists():  # a list of what to follow
        return
    for target in formats.EXPORTERS:
        export_from(tmp_path / "archive", target, tmp_path / "out" / target)
