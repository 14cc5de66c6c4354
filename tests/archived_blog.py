"""A blog of numbered posts and comments, and archives of it: made from sources, read back as bytes."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from feedkeep.archive import Archive, Origin
from feedkeep.models import Comment, Content, Person, Post, Record
from feedkeep.notes import Notes
from feedkeep.workflows.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

WXR = Origin(format="wxr", kind="export")
RSS = Origin(format="rss", kind="feed")
ATOM = Origin(format="atom", kind="feed")
PAGE = Origin(format="pagetext", kind="page")
SITE = "blog.example"


def at(day: int, hour: int = 10) -> dt.datetime:
    return dt.datetime(2014, 1, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def post(number: int, **fields: Any) -> Post:
    defaults: dict[str, Any] = {
        "id": f"http://blog.example/?p={number}",
        "url": f"http://blog.example/2014/01/post-{number}/",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "published": at(number),
        "status": "published",
        "content": Content(value=f"<p>Body {number}</p>"),
    }
    return Post(**{**defaults, **fields})


def comment(number: int, of: int = 1, **fields: Any) -> Comment:
    guid = f"http://blog.example/?p={of}"
    defaults: dict[str, Any] = {
        "id": f"{guid}#comment-{number}",
        "post": guid,
        "published": at(min(28, number), 12),
        "status": "approved",
        "author": Person(name=f"Reader {number}"),
        "content": Content(value=f"Comment {number}"),
    }
    return Comment(**{**defaults, **fields})


def put(path: Path, origin: Origin, *records: Record) -> Counter[str]:
    """Import records as one source; give the counts over all kinds."""
    with Archive.open(path, create=True).write(SITE, origin, Notes()) as writing:
        for record in records:
            writing.put(record)
    return sum(writing.transaction.tally.counts.values(), Counter())


def tree(path: Path) -> dict[str, bytes]:
    """The plain files of an archive, without what is a cache, a lock or in passing."""
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    }


def read(path: Path, file: str) -> Any:
    return json.loads((path / SITE / file).read_text("utf-8"))


def in_every_order(folder: Path, sources: Sequence[tuple[Origin, Iterable[Record]]]) -> Path:
    """Import sources in every order and fail unless all archives are the same; gives the first."""
    held = [(origin, list(records)) for origin, records in sources]
    trees = []
    for number, order in enumerate(itertools.permutations(held)):
        path = folder / str(number)
        for origin, records in order:
            put(path, origin, *records)
        trees.append(tree(path))
        assert not verify(path).findings
    assert all(other == trees[0] for other in trees)
    return folder / "0"
