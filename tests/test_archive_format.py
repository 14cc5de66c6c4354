"""The archive's format is a document, and the document is true."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from archived_blog import PAGE, SITE, WXR, at, comment, post, put, tree
from feedkeep.archive.conversation_file import File
from feedkeep.models import Media, Site, Tombstone

DOCS = Path(__file__).parents[1] / "docs"


def schema() -> str:
    return json.dumps(msgspec.json.schema(File), indent=1, sort_keys=True) + "\n"


def test_the_schema_in_the_docs_is_the_programs_own(*, accept: bool) -> None:
    path = DOCS / "archive.schema.json"
    if accept:
        path.write_text(schema(), "utf-8")
    assert path.read_text("utf-8") == schema()


def test_every_key_of_a_file_is_in_the_document() -> None:
    text = (DOCS / "archive-format.md").read_text("utf-8")
    for field in msgspec.structs.fields(File):
        assert f"`{field.name}`" in text


def test_files_are_sorted_indented_json_with_a_line_feed(tmp_path: Path) -> None:
    put(
        tmp_path,
        WXR,
        Site(id="s"),
        post(1, updated=None),
        comment(1),
        Media(id="m"),
        Tombstone(id="x", when=at(9)),
    )
    put(tmp_path, PAGE, post(1, title="Ünlike"))
    files = {name: data for name, data in tree(tmp_path).items() if name.startswith(SITE)}
    assert len(files) == 4
    for data in files.values():
        text = data.decode("utf-8")
        assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        assert "\r" not in text


def test_migrations_are_not_needed_while_there_is_one_version(tmp_path: Path) -> None:
    from feedkeep.archive import store  # noqa: PLC0415

    put(tmp_path, WXR, post(1))
    assert json.loads((tmp_path / "feedkeep.json").read_text("utf-8")) == {"format": store.FORMAT}
    assert f"version {store.FORMAT}" in (DOCS / "archive-format.md").read_text("utf-8").splitlines()[0]
