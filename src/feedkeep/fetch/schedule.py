"""When a feed is asked again: pure functions of what is remembered, what it answered, and the moment.

Chance comes from a ``seed`` that the caller gives, so that the same visit always plans the same next one.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch.hints import NONE, Hints
from feedkeep.fetch.state import FeedState, Moved, Validators

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer

_MINUTE, _HOUR, _DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
_HELD_TIMES, _HELD_FOR = 3, _DAY  # a move is believed when it was said so often, over so long


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How often a feed is asked, whatever it says."""

    least: dt.timedelta = _HOUR  # where it can answer that nothing changed
    least_blind: dt.timedelta = _DAY  # where it has no validators, and sends all of itself each time
    most: dt.timedelta = 7 * _DAY
    first_retry: dt.timedelta = _HOUR  # after a failure; each further one doubles it
    last_retry: dt.timedelta = 7 * _DAY
    longest_wait: dt.timedelta = 31 * _DAY  # of Retry-After
    jitter: float = 0.1  # of the interval, added so that feeds do not all come due at once


BOUNDS = Bounds()


def is_due(state: FeedState, now: dt.datetime, *, now_please: bool = False) -> bool:
    """Tell whether to ask. ``now_please`` asks though nothing is due, but never where the server said to wait."""
    if state.gone or (state.not_before is not None and now < state.not_before):
        return False
    return now_please or state.next_due is None or now >= state.next_due


def due_at(state: FeedState) -> dt.datetime | None:
    """Say when it will be due; None for at once, and for never (see ``gone``)."""
    times = [moment for moment in (state.next_due, state.not_before) if moment is not None]
    return max(times, default=None)


def answered(state: FeedState, answer: Answer, hints: Hints | None, seed: str, bounds: Bounds = BOUNDS) -> FeedState:
    """Remember an answer. ``hints`` are those of its body, or for a 304 those last read."""
    now = answer.received
    state = msgspec.structs.replace(state, tried=now, status=answer.status, not_before=None)
    if answer.is_gone:
        return msgspec.structs.replace(state, gone=True, next_due=None, error="410: gone for good")
    wait = answer.retry_after
    if wait is not None and not answer.is_whole:
        wait = min(wait, now + bounds.longest_wait)
        state = msgspec.structs.replace(state, not_before=wait)
    if not (answer.is_whole or answer.is_unchanged):
        return _failed(state, f"{answer.status}: {answer.reason}".strip(": "), now, seed, bounds)
    held = answer.validators
    if answer.is_unchanged and held is None:
        held = state.validators
    due = next_due(now, answer.fresh_until, hints or NONE, blind=held is None, seed=seed, bounds=bounds)
    return msgspec.structs.replace(
        state,
        validators=held,
        next_due=due,
        succeeded=now,
        changed=now if answer.is_whole else state.changed,
        failures=0,
        error=None,
        moved=_moved(state.moved, answer.permanent, now),
    )


def failed(state: FeedState, error: str, now: dt.datetime, seed: str, bounds: Bounds = BOUNDS) -> FeedState:
    """Remember that there was no answer."""
    state = msgspec.structs.replace(state, tried=now, status=None, not_before=None)
    return _failed(state, error, now, seed, bounds)


def adopted(state: FeedState) -> FeedState:
    """Take the address that the feed moved to for good, once it has said so often enough; else the same state."""
    moved = state.moved
    if moved is None or moved.times < _HELD_TIMES or (state.succeeded or moved.since) - moved.since < _HELD_FOR:
        return state
    return msgspec.structs.replace(state, url=moved.url, moved=None)


def next_due(
    now: dt.datetime,
    fresh_until: dt.datetime | None,
    hints: Hints,
    *,
    blind: bool,
    seed: str,
    bounds: Bounds = BOUNDS,
) -> dt.datetime:
    """Say when an answer's next version is worth asking for."""
    span = bounds.least_blind if blind else bounds.least
    if fresh_until is not None:
        span = max(span, fresh_until - now)
    if hints.ttl is not None:
        span = max(span, min(hints.ttl, 1 << 20) * _MINUTE)
    if hints.period is not None:
        span = max(span, _until_update(now, hints))
    span = min(span, bounds.most)
    return _allowed(now + span + _chance(seed, span * bounds.jitter), hints)


def _until_update(now: dt.datetime, hints: Hints) -> dt.timedelta:
    period = dt.timedelta(seconds=min(max(hints.period or 0, 60), 31_536_000))
    if hints.base is None:
        return period
    return period - (now - hints.base) % period  # to the next moment that the feed counts


def _allowed(when: dt.datetime, hints: Hints) -> dt.datetime:
    """Move a moment out of the hours and days at which a feed wants nobody; one that never wants anybody is not heard."""
    moment = when.astimezone(dt.UTC)
    for _ in range(24 * 8):
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
    return when.astimezone(dt.UTC)


def _failed(state: FeedState, error: str, now: dt.datetime, seed: str, bounds: Bounds) -> FeedState:
    failures = state.failures + 1
    span = min(bounds.first_retry * 2 ** min(failures - 1, 20), bounds.last_retry)
    due = now + span + _chance(f"{seed}#{failures}", span * bounds.jitter)
    if state.not_before is not None:
        due = state.not_before if failures == 1 else max(due, state.not_before)
    return msgspec.structs.replace(state, failures=failures, error=error, next_due=due)


def _moved(held: Moved | None, target: str | None, now: dt.datetime) -> Moved | None:
    if target is None:
        return None
    if held is None or held.url != target:
        return Moved(url=target, since=now)
    return Moved(url=target, since=held.since, times=held.times + 1)


def _chance(seed: str, most: dt.timedelta) -> dt.timedelta:
    """Give a part of ``most``, in whole seconds, that the seed decides."""
    part = int.from_bytes(sha256(seed.encode("utf-8", "surrogatepass")).digest()[:6], "big") / (1 << 48)
    return dt.timedelta(seconds=int(most.total_seconds() * part))


def carried(state: FeedState, url: str) -> FeedState:
    """Ask another address from now on; validators are of use to the one that gave them alone."""
    held: Validators | None = state.validators if state.validators is not None and state.validators.url == url else None
    return msgspec.structs.replace(state, url=url, validators=held, moved=None)
