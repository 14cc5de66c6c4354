"""Comments for Disqus, in the form that its importer takes: https://help.disqus.com/en/articles/1717222-custom-xml-import-format."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import comment_server
from feedkeep.wire.comment_wxr import Dialect, files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Snapshot
    from feedkeep.notes import Notes

_SHORTEST = 3  # characters of a text, without which Disqus refuses it

LOSSES = Losses(
    dropped={
        **comment_server.DROPPED,
        "Comment.updated": "comments have one date",
        "Person.avatar": "users of Disqus have their own",
    },
    altered=comment_server.ALTERED,
    sometimes={
        **comment_server.SOMETIMES,
        "Person.email": "who has none gets an address that is none, or Disqus would take all of them for one person",
    },
    advice={"Site": "the blog itself goes elsewhere: feedkeep formats lists where"},
)


class DisqusOptions(Options, frozen=True, kw_only=True):
    """What the exporter for Disqus may be told."""

    megabytes: float = 45.0  # size of a file: Disqus takes up to 50


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write ``disqus.xml``, or several of them."""
    assert isinstance(options, DisqusOptions)  # noqa: S101 — the descriptor says so
    dialect = Dialect("http://wordpress.org/export/1.0/", "http://www.disqus.com/", _text, _email)
    for name, chunks in files("disqus", snapshot, dialect, int(options.megabytes * 1e6), notes):
        yield OutputFile(path=PurePosixPath(name), chunks=chunks)


def _text(comment: Comment) -> str:
    text = comment_server.text(comment)
    return text if len(text) >= _SHORTEST else f"<p>{text}</p>"


def _email(comment: Comment) -> str:
    return comment_server.email(None if comment_server.is_gone(comment) else comment.author)


EXPORTER = Exporter(
    name="disqus",
    label="Disqus import (comments)",
    losses=LOSSES,
    audience="migration",
    write=write,
    options=DisqusOptions,
)
