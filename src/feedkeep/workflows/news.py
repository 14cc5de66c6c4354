"""What a sync brought, by name: posts and comments that are new, edited, deleted."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING, Literal

import msgspec

from feedkeep.models import Comment, Post, Tombstone

if TYPE_CHECKING:
    from feedkeep.models import Record

_WHAT: dict[str, Literal["new", "edited"]] = {"added": "new", "updated": "edited"}


class News(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One post or comment."""

    what: Literal["new", "edited", "deleted"]
    kind: str  # "post", "page", "comment" …; "" where only the id of what was deleted is known
    id: str
    title: str | None = None  # of a comment: who said it
    url: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post that a feed showed."""

    id: str
    url: str | None = None
    date: dt.datetime | None = None


class Newsroom:
    """Hears what becomes of records."""

    def __init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self._news: list[News] = []

    @property
    def news(self) -> tuple[News, ...]:
        """What changed."""
        return tuple(self._news)

    def heard(self, how: str, record: Record) -> None:
        """Be told what became of a record."""
        if isinstance(record, Post):
            self.seen[record.id] = Seen(id=record.id, url=record.url, date=record.published or record.updated)
            if how in _WHAT:
                told = News(what=_WHAT[how], kind=record.kind, id=record.id, title=record.title, url=record.url)
                self._news.append(told)
        elif isinstance(record, Comment) and how in _WHAT:
            who = record.author.name if record.author is not None else None
            self._news.append(News(what=_WHAT[how], kind=record.kind, id=record.id, title=who, url=record.url))
        elif isinstance(record, Tombstone) and how == "added":
            self._news.append(News(what="deleted", kind="", id=record.id))
