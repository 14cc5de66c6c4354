"""Text files that begin with their title: the smallest format that can be read and written."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.content.render import html
from feedkeep.content.text import plain
from feedkeep.errors import FormatError
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Importer, Options, OutputFile
from feedkeep.ids import made_id
from feedkeep.models import Content, Post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_START = b"title: "

LOSSES = Losses(
    dropped={
        "Comment": "a text file has no place for comments",
        "Post.authors": "a text file names nobody",
        "Post.terms": "a text file has no tags",
        "Post.published": "a text file has no date",
    },
    altered={"Content.form": "bodies become plain text"},
    advice={"Comment": "export them to a format for comments, such as isso"},
)


def detect(source: Source) -> bool:
    """Tell a text that begins with its title."""
    return source.head.startswith(_START)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the one post of a file."""
    first, _, body = source.read().decode("utf-8", "replace").partition("\n")
    if not first.startswith(_START.decode()):
        raise FormatError("does not begin with a title", source=source.name, line=1)
    title = first.removeprefix(_START.decode()).strip()
    if not body.strip():
        notes.noticed("a title without a text", source=source.name)
    yield Post(id=made_id("post", title, body), title=title, content=Content(value=body.strip(), form="text"))


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write a file for each post, named after its id."""
    for post in snapshot.posts(oldest_first=True):
        words = plain(html(post.content)) if post.content else ""
        title = " ".join((post.title or "").split())
        name = hashlib.sha256(post.id.encode("utf-8", "replace")).hexdigest()[:16]
        yield OutputFile(path=PurePosixPath(f"{name}.txt"), chunks=[f"title: {title}\n\n{words}\n".encode()])


IMPORTER = Importer(name="titled", label="Titled text", kind="page", detect=detect, read=read)
EXPORTER = Exporter(name="titled", label="Titled text", losses=LOSSES, audience="public", write=write)
