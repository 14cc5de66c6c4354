"""A walk through a blog's history: where it stands, as the sum of small events, so that it goes on after a kill.

Each event is one line of a file. What is asked is written down only once its answer is safe: whatever moment the
program ends at, at most the last question is asked again.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from collections import deque
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch.history.plan import Memory, Part, Question  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 200_000  # questions of one walk: no blog has more, and a trap has no end


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A question that had no answer."""

    strategy: str
    question: Question
    why: str


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What happened."""

    begins: bool = False  # a new walk; what is remembered stays
    site: str | None = None  # the folder that it is kept in
    enters: str | None = None  # the strategy that is tried now
    done: bool = False  # the first question that waits has its answer …
    skips: bool = False  # … or needs none
    waits: tuple[Question, ...] = ()  # questions that come before all others
    remember: Memory = {}
    claims: dict[str, int] = {}
    missed: Missed | None = None
    spoils: tuple[Part, ...] = ()
    covers: tuple[Part, ...] = ()
    outcome: str | None = None  # how the strategy in hand ended
    outcomes: dict[str, str] = {}
    misses: tuple[Missed, ...] = ()
    rounds: int = 0
    not_before: dt.datetime | None = None  # Retry-After
    ended: dt.datetime | None = None  # the walk came to its end


class Walk:
    """See the module."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.site: str | None = None
        self.strategy: str | None = None
        self.waiting: deque[Question] = deque()
        self.memory: Memory = {}
        self.claims: dict[str, int] = {}
        self.missed: list[Missed] = []
        self.before: list[Missed] = []  # missed by the walk before, to be asked again
        self.outcomes: dict[str, str] = {}
        self.covered: set[Part] = set()
        self.spoiled: set[Part] = set()  # by the strategy in hand
        self.rounds = 0
        self.not_before: dt.datetime | None = None
        self.ended: dt.datetime | None = None
        self.count = 0  # questions of this walk
        self._asked: set[bytes] = set()
        for event in events:
            self.apply(event)

    def apply(self, event: Event) -> None:
        """Let an event have happened."""
        if event.begins:
            self._begin()
        self.site = event.site or self.site
        self.rounds = event.rounds or self.rounds
        if event.enters is not None:
            self.strategy = event.enters
            self.spoiled = set()
        if event.done and self.waiting:
            self._asked.add(_digest(self.waiting.popleft().url))
            self.count += 1
            self.not_before = None
        if event.skips and self.waiting:
            self.waiting.popleft()
        self.waiting.extendleft(reversed(event.waits))
        self.memory.update(event.remember)
        self.claims.update(event.claims)
        if event.missed is not None:
            self.missed.append(event.missed)
        self.missed.extend(event.misses)
        self.spoiled.update(event.spoils)
        self.covered.update(event.covers)
        if event.outcome is not None and self.strategy is not None:
            self.outcomes[self.strategy] = event.outcome
            self.waiting.clear()
            self.strategy = None
        self.outcomes.update(event.outcomes)
        self.not_before = event.not_before or self.not_before
        self.ended = event.ended or self.ended

    def was_asked(self, question: Question) -> bool:
        """Tell whether this walk had an answer to it already: links that lead in a circle."""
        return _digest(question.url) in self._asked

    def kept(self) -> Event:
        """Give all that a walk which has ended leaves to the next."""
        return Event(
            site=self.site,
            rounds=self.rounds,
            remember=self.memory,
            claims=self.claims,
            misses=tuple(self.missed),
            outcomes=self.outcomes,
            covers=tuple(sorted(self.covered)),
            ended=self.ended,
        )

    def _begin(self) -> None:
        self.before, self.missed = self.missed, []
        self.outcomes = {}
        self.covered, self.spoiled = set(), set()
        self.waiting.clear()
        self._asked.clear()
        self.strategy = self.ended = None
        self.rounds += 1
        self.count = 0


def encode(event: Event) -> bytes:
    """Write an event as a line."""
    return msgspec.json.encode(event, order="sorted") + b"\n"


def decode(data: bytes) -> list[Event]:
    """Read the lines of a file, up to the first that a kill cut short."""
    events: list[Event] = []
    for line in data.splitlines(keepends=True):
        try:
            if not line.endswith(b"\n"):
                break
            events.append(msgspec.json.decode(line, type=Event))
        except msgspec.MsgspecError:
            break
    return events


def _digest(url: str) -> bytes:
    return sha256(url.encode("utf-8", "surrogatepass")).digest()[:10]
