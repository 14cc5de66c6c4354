"""Time as fetching needs it, so that tests need not wait for it."""

from __future__ import annotations

import datetime as dt
import time
from typing import Protocol


class Clock(Protocol):
    """What a client asks for."""

    def now(self) -> dt.datetime:
        """Give the present moment, in UTC."""
        ...

    def monotonic(self) -> float:
        """Give seconds since some moment; they never go back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The clock of the machine, whatever ``SOURCE_DATE_EPOCH`` says of documents: servers live in real time."""

    def now(self) -> dt.datetime:
        """Give the present moment, in UTC, to the second."""
        return dt.datetime.fromtimestamp(int(time.time()), dt.UTC)

    def monotonic(self) -> float:
        """Give seconds since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
