"""One question at a time to each host, with a pause behind it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.fetch.clock import Clock


class Turns:
    """Whose turn it is; ``gap`` is in seconds. Threads may share it."""

    def __init__(self, clock: Clock, gap: float) -> None:
        self._clock = clock
        self._gap = gap
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    @contextmanager
    def wait_for(self, name: str) -> Iterator[None]:
        """Wait until nobody else asks the host, and until it had its pause."""
        with self._lock:
            host = self._hosts.setdefault(name.lower(), _Host())
        with host.lock:
            if host.free is not None:
                wait = host.free - self._clock.monotonic()
                if wait > 0:
                    self._clock.sleep(wait)
            try:
                yield
            finally:
                host.free = self._clock.monotonic() + self._gap


class _Host:
    """One host: who is its guest, and from when on it may be asked again."""

    __slots__ = ("free", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free: float | None = None
