"""Comments for Isso, in the form of WordPress's that ``isso import -t wordpress`` reads.

https://isso-comments.de/docs/guides/tips-and-tricks/#importing-comments. Isso's own generic JSON knows no answers. Its
importer reads times as those of the machine's zone: run it with ``TZ=UTC``.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.content.markdown_writer import markdown
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import comment_server
from feedkeep.wire.comment_wxr import Dialect, document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Snapshot
    from feedkeep.notes import Notes

LOSSES = Losses(
    dropped={
        **comment_server.DROPPED,
        "Comment.updated": "comments have one date",
        "Person.avatar": "Isso draws one for everybody",
    },
    altered=comment_server.ALTERED,
    sometimes=comment_server.SOMETIMES,
    advice={"Site": "the blog itself goes elsewhere: feedkeep formats lists where"},
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``isso.xml``."""
    dialect = Dialect("http://wordpress.org/export/1.2/", None, _text, _email)
    yield OutputFile(path=PurePosixPath("isso.xml"), chunks=document(snapshot, dialect, notes))


def _text(comment: Comment) -> str:
    return markdown(comment_server.text(comment)).strip()


def _email(comment: Comment) -> str:
    return (comment.author.email or "") if comment.author is not None and not comment_server.is_gone(comment) else ""


EXPORTER = Exporter(name="isso", label="Isso import (comments)", losses=LOSSES, audience="migration", write=write)
