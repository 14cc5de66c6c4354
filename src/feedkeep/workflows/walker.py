"""One blog's walk through its history: what is asked next, and what becomes of an answer."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FormatError
from feedkeep.fetch import patience
from feedkeep.fetch.history.blogger import BLOGGER
from feedkeep.fetch.history.doors import DOORS
from feedkeep.fetch.history.linked import LINKED
from feedkeep.fetch.history.replies import REPLY_FEEDS, REPLY_PAGES
from feedkeep.fetch.history.sitemaps import SITEMAPS
from feedkeep.fetch.history.walk import MOST, Event, Missed
from feedkeep.fetch.history.wordpress_feeds import WORDPRESS_FEEDS
from feedkeep.fetch.history.wordpress_rest import WORDPRESS_REST
from feedkeep.fetch.problems import Refused, TooLarge
from feedkeep.workflows import deletions, walk_answers, walk_held
from feedkeep.workflows.news import News  # noqa: TC001 — likewise
from feedkeep.workflows.site_names import chosen
from feedkeep.workflows.walk_file import WalkFile

if TYPE_CHECKING:
    from feedkeep.archive import Archive
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.clock import Clock
    from feedkeep.fetch.history.plan import Question, Step
    from feedkeep.fetch.history.walk import Walk
    from feedkeep.models import Site

# Best first; each is tried as far as those before it left something.
STRATEGIES = (DOORS, LINKED, WORDPRESS_REST, BLOGGER, WORDPRESS_FEEDS, REPLY_FEEDS, SITEMAPS, REPLY_PAGES)
_BY_NAME = {strategy.name: strategy for strategy in STRATEGIES}
_ALWAYS = (DOORS, REPLY_FEEDS, REPLY_PAGES)
_FORMATS = {WORDPRESS_REST.name: "wordpress_api"}  # what has a document beside it is looked at as a whole
_LOST = 3  # questions in a row without an answer, after which a server is left alone


class History(msgspec.Struct, kw_only=True):
    """What a run brought of one blog's history."""

    asked: int = 0  # questions, in this run
    added: int = 0
    updated: int = 0
    deleted: int = 0
    news: tuple[News, ...] = ()  # what is new, edited, deleted
    waiting: int = 0  # questions that are known of, for the next run
    is_whole: bool = False  # the walk came to its end
    error: str | None = None  # what stopped it before
    not_before: dt.datetime | None = None
    ways: dict[str, str] = {}  # strategy → how it ended
    missed: tuple[Missed, ...] = ()


def state_of(walk: Walk) -> History:
    """Say where a walk stands."""
    return History(
        waiting=len(walk.waiting),
        is_whole=walk.ended is not None,
        ways=dict(walk.outcomes),
        missed=tuple(walk.missed),
        not_before=walk.not_before,
    )


class Walker:
    """One blog's walk in this run."""

    def __init__(self, archive: Archive, site: Site, max_requests: int, clock: Clock) -> None:
        self.feed = site.feed_urls[0]
        self.result = History()
        self._archive = archive
        self._file = WalkFile(archive.path, self.feed)
        self._left = max_requests
        self._clock = clock
        self._lost = 0  # questions in a row that had no answer
        self._answers = False  # to any of them yet
        walk = self._file.walk
        if walk.rounds == 0 or walk.ended is not None:
            memory = {"feed": self.feed} | ({"home": site.url} if site.url else {})
            self._file.happened(Event(begins=True, remember=memory))
        name = chosen(site)
        if name is not None and self._walk.site is None:
            self._file.happened(Event(site=name))

    @property
    def _walk(self) -> Walk:
        return self._file.walk

    def question(self) -> Question | None:
        """Give what is to be asked next; None where this run is over."""
        walk = self._walk
        if self.result.error is not None or self._left <= 0:
            return None
        if walk.not_before is not None and self._clock.now() < walk.not_before:
            self.result.error = "asked to wait"
            return None
        while walk.ended is None:
            if walk.count >= MOST:
                if walk.strategy is not None:
                    self._ended(f"given up: {MOST:,} questions were asked")
                self._end()
            elif walk.strategy is None:
                self._enter()
            elif not walk.waiting:
                self._ended()
            elif walk.was_asked(walk.waiting[0]) or walk_held.is_held(self._archive, walk, walk.waiting[0]):
                self._file.happened(Event(skips=True))
            else:
                return walk.waiting[0]
        self._file.fold()
        return None

    def take(self, answer: Answer | patience.Postponed | Refused | TooLarge) -> None:
        """Import an answer, then write down that it came."""
        walk = self._walk
        question = walk.waiting[0]
        self.result.asked += 1
        self._left -= 1
        if isinstance(answer, patience.Postponed):
            self._postponed(question, answer)
            return
        if isinstance(answer, (Refused, TooLarge)):
            self._miss(question, str(answer))
            return
        self._lost, self._answers = 0, True
        if not answer.is_whole and question.otherwise is not None:
            other = msgspec.structs.replace(question, url=question.otherwise, otherwise=None)
            self._file.happened(Event(done=True, waits=(other,)))
            return
        strategy = _BY_NAME[walk.strategy or ""]
        step = strategy.follow(question, answer, walk.memory)
        if step.closed is not None:
            self._file.happened(Event(done=True, outcome=step.closed))
            return
        if step.gone:
            self._bury(answer)
        news = 0
        if step.reads:
            try:
                news = self._import(answer, step)
            except FormatError as error:
                self._miss(question, str(error))
                return
        goes_on = news > 0 or not step.news_only or walk.rounds < 2
        missed = None
        if step.missed is not None:
            missed = Missed(strategy=strategy.name, question=question, why=step.missed)
        self._file.happened(
            Event(
                done=True,
                waits=step.next if goes_on else (),
                remember=step.remember,
                claims=step.claims,
                missed=missed,
                spoils=() if missed is None else tuple(strategy.covers if step.spoils is None else step.spoils),
                covers=tuple(step.covers),
            )
        )

    def told(self) -> History:
        """Say what the run brought."""
        run = self.result
        return msgspec.structs.replace(
            state_of(self._walk),
            asked=run.asked,
            added=run.added,
            updated=run.updated,
            deleted=run.deleted,
            news=run.news,
            error=run.error,
        )

    # -- strategies --------------------------------------------------------------------------------------

    def _enter(self) -> None:
        """Try the best way that is left, or end the walk."""
        walk = self._walk
        for strategy in STRATEGIES:
            if strategy.name in walk.outcomes or not (strategy in _ALWAYS or strategy.covers - walk.covered):
                continue
            memory: dict[str, str] = {"covered posts": "yes" if "posts" in walk.covered else ""}
            if strategy in {REPLY_FEEDS, REPLY_PAGES}:
                memory["lacking"] = walk_held.lacking(self._archive, walk)
            again = tuple(missed.question for missed in walk.before if missed.strategy == strategy.name)
            waits = (*strategy.begin({**walk.memory, **memory}), *again)
            self._file.happened(Event(enters=strategy.name, waits=waits, remember=memory))
            if not waits:
                self._ended("nothing to ask")
            return
        self._end()

    def _end(self) -> None:
        """Come to the walk's end."""
        now = self._clock.now()
        tried = walk_held.tried(self._archive, self._walk)
        self._file.happened(Event(ended=now, remember={**tried, "walked": now.isoformat()}))

    def _ended(self, outcome: str | None = None) -> None:
        """Leave the strategy in hand."""
        walk = self._walk
        strategy = _BY_NAME[walk.strategy or ""]
        covers: tuple[str, ...] = ()
        if outcome is None:
            covers = tuple(sorted(strategy.covers - walk.spoiled))
            missed = any(one.strategy == strategy.name for one in walk.missed)
            outcome = "with gaps" if missed else "whole"
        self._file.happened(Event(outcome=outcome, covers=covers))  # type: ignore[arg-type]

    # -- answers -----------------------------------------------------------------------------------------

    def _import(self, answer: Answer, step: Step) -> int:
        """Read an answer into the archive; give how much of it is new."""
        walk, result = self._walk, self.result
        brought = walk_answers.keep(self._archive, answer, step, walk.site, _FORMATS.get(walk.strategy or ""))
        if walk.site is None and brought.site is not None:
            self._file.happened(Event(site=brought.site))
        result.added += brought.added
        result.updated += brought.updated
        result.deleted += brought.deleted
        result.news += brought.news
        return brought.added + brought.updated + brought.deleted

    def _bury(self, answer: Answer) -> None:
        """Mark the post as deleted whose page is gone for good."""
        name = self._walk.site
        buried = None if name is None else deletions.bury(self._archive, name, answer)
        if buried is not None:
            self.result.deleted += 1
            self.result.news += (buried,)

    def _miss(self, question: Question, why: str) -> None:
        name = self._walk.strategy or ""
        missed = Missed(strategy=name, question=question, why=why)
        self._file.happened(Event(done=True, missed=missed, spoils=tuple(_BY_NAME[name].covers)))

    def _postponed(self, question: Question, answer: patience.Postponed) -> None:
        """Leave a server alone that says when to come again, that is not there, or that is no longer."""
        self._lost += 1
        if answer.not_before is not None:
            self._file.happened(Event(not_before=answer.not_before))
        if answer.not_before is not None or self._lost >= _LOST or not self._answers:
            self.result.error = answer.why
        else:
            self._miss(question, answer.why)
