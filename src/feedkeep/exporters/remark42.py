"""Comments for Remark42, as its backup: https://remark42.com/docs/backup/backup/. Restoring one replaces what a site has."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import comment_server
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.comment_server import Thread
    from feedkeep.wire.wxr_numbers import Placed

LOSSES = Losses(
    dropped={
        **comment_server.DROPPED,
        "Person.email": "Remark42 knows users by a number",
        "Person.url": "users have none",
        "Comment.ip": "Remark42 keeps a hash of it at most",
    },
    altered=comment_server.ALTERED,
    sometimes={**comment_server.SOMETIMES, "Comment.updated": "whole seconds, in UTC"},
    advice={"Site": "the blog itself goes elsewhere: feedkeep formats lists where"},
)


class Remark42Options(Options, frozen=True, kw_only=True):
    """What the exporter for Remark42 may be told."""

    site: str = "remark"  # the name of the site in Remark42's own settings (SITE)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write ``remark42.jsonl``."""
    assert isinstance(options, Remark42Options)  # noqa: S101 — the descriptor says so
    yield OutputFile(path=PurePosixPath("remark42.jsonl"), chunks=_chunks(snapshot, options, notes))


def _chunks(snapshot: Snapshot, options: Remark42Options, notes: Notes) -> Iterator[bytes]:
    yield _line({"version": 1, "users": [], "posts": []})
    for thread in comment_server.threads(snapshot, notes):
        yield b"".join(_line(_comment(placed, thread, options)) for placed in thread.comments)


def _comment(placed: Placed, thread: Thread, options: Remark42Options) -> dict[str, Any]:
    comment = placed.comment
    text = comment_server.text(comment)
    told: dict[str, Any] = {
        "id": str(placed.number),
        "pid": str(placed.parent) if placed.parent else "",
        "text": text,
        "orig": "",
        "user": _user(comment, options),
        "locator": {"site": options.site, "url": thread.url},
        "score": 0,
        "votes": {},
        "time": f"{comment_server.moment(comment, thread.post):%Y-%m-%dT%H:%M:%SZ}",
        "imported": True,
        "title": thread.title,
    }
    if comment.updated is not None and comment.published is not None and comment.updated > comment.published:
        told["edit"] = {"time": f"{comment.updated.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}", "summary": ""}
    if comment_server.is_gone(comment):
        told["delete"] = True
        told["text"] = ""
    return told


def _user(comment: Comment, options: Remark42Options) -> dict[str, Any]:
    person = None if comment_server.is_gone(comment) else comment.author
    known = f"{person.email or person.url or ''} {comment_server.name(person)}" if person is not None else "deleted"
    return {
        "name": comment_server.name(person) or ("deleted" if person is None else "anonymous"),
        "id": f"imported_{hashlib.sha1(known.encode('utf-8', 'replace'), usedforsecurity=False).hexdigest()}",
        "picture": (person.avatar or "") if person is not None else "",
        "ip": "",  # Remark42 itself keeps no more than a hash of it
        "admin": False,
        "site_id": options.site,
    }


def _line(value: Any) -> bytes:  # noqa: ANN401 — JSON of any shape
    return msgspec.json.encode(_told(value)) + b"\n"


def _told(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return legal(value)
    return {key: _told(one) for key, one in value.items()} if isinstance(value, dict) else value


EXPORTER = Exporter(
    name="remark42",
    label="Remark42 backup (comments)",
    losses=LOSSES,
    audience="migration",
    write=write,
    options=Remark42Options,
)
