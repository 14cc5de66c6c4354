"""Asking once more what did not answer, and waiting as long as a server says, where that is not long."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import FetchError
from feedkeep.fetch.problems import Refused, TooLarge

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.fetch.clock import Clock

TRIES = 3
_FIRST = 2.0  # seconds before the second try; doubled before the third
LONGEST = dt.timedelta(seconds=60)  # of Retry-After that is waited for within a run
_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class Postponed(msgspec.Struct, frozen=True, kw_only=True):
    """A server that cannot be asked now."""

    why: str
    not_before: dt.datetime | None = None  # where it says so


def ask(client: Client, url: str, clock: Clock) -> Answer | Postponed | Refused | TooLarge:
    """Ask, and ask again where that helps; the only errors are an address that must not be asked, and too much."""
    return again(lambda: client.fetch(url), clock)


def again(fetch: Callable[[], Answer], clock: Clock) -> Answer | Postponed | Refused | TooLarge:
    """Call ``fetch``, and again where that helps, as :func:`ask` does."""
    why, wait = "", _FIRST
    for number in range(TRIES):
        last = number == TRIES - 1
        try:
            answer = fetch()
        except (Refused, TooLarge) as error:
            return error
        except FetchError as error:
            why = str(error)
        else:
            if answer.status not in _LATER:
                return answer
            why = f"{answer.status} {answer.reason}".strip()
            said = answer.retry_after
            if said is not None:
                if last or said - answer.received > LONGEST:
                    return Postponed(why=why, not_before=said)
                wait = max(wait, (said - answer.received).total_seconds())
        if not last:
            clock.sleep(wait)
            wait *= 2
    return Postponed(why=why)
