"""What a way to a blog's history is: pure functions that say what is asked first and, given an answer, what next."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedkeep.fetch.answers import Answer

Part = Literal["posts", "pages", "comments"]
Memory = dict[str, str]  # what a walk remembers between answers, and for the next walk


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address that is to be asked."""

    url: str
    about: str = ""  # what the strategy asks it for
    otherwise: str | None = None  # asked where this one is not there
    since: str | None = None  # what is older is held: a later walk stops there
    unless_held: bool = False  # not asked where the archive holds a post of this address …
    changed: dt.datetime | None = None  # … unless the page has changed since the last walk


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from an answer."""

    next: tuple[Question, ...] = ()  # asked before all that waits
    reads: bool = False  # the answer holds records
    beside: tuple[tuple[str, bytes], ...] = ()  # documents (name, bytes) without which it cannot be understood
    origin: str | None = None  # the address that all answers of this kind are from; None: its own
    remember: Memory = {}
    claims: dict[str, int] = {}  # what the blog says it has: "posts", "comments" …
    news_only: bool = False  # in a later walk, ``next`` counts only where the answer brought something new
    covers: frozenset[Part] = frozenset()  # of this the answer alone is everything
    missed: str | None = None  # why the answer is not what was asked for …
    spoils: frozenset[Part] | None = None  # … and of what something lacks now; None: of all that the strategy covers
    gone: bool = False  # the page says that it will never come back
    closed: str | None = None  # why this way is none here; all that it has waiting is void


class Strategy(msgspec.Struct, frozen=True, kw_only=True):
    """One way to the history."""

    name: str
    label: str
    covers: frozenset[Part]  # what it brings all of, once it has come to its end
    begin: Callable[[Memory], tuple[Question, ...]]  # nothing, where it is no way
    follow: Callable[[Question, Answer, Memory], Step]


def status(answer: Answer) -> str:
    """Say in words what a server answered instead."""
    return f"{answer.status} {answer.reason}".strip()
