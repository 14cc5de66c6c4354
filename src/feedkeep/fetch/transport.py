"""Connections that go where the guard looked, and that end when the time for the whole answer is over."""

from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from feedkeep.errors import UsageError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from feedkeep.fetch.guard import Guard

_NAMES = ("SSL_CERT_FILE", "SSL_CERT_DIR")
_IDLE = 8  # connections that wait for another question: few are asked one, and the pool's work grows with their square
# Seconds that are left for the answer that this thread waits for.
LEFT: ContextVar[Callable[[], float] | None] = ContextVar("LEFT", default=None)


class GuardedTransport(httpx.HTTPTransport):
    """HTTP/1.1 over connections to addresses that the guard let through; no proxy.

    Of the environment only ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` are read: whoever has an authority of their own says so there.
    """

    def __init__(self, guard: Guard, connections: int) -> None:
        context = _trust()
        super().__init__(verify=context, trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            max_keepalive_connections=_IDLE,
            keepalive_expiry=5.0,
            network_backend=_Backend(guard),
        )


def _trust() -> ssl.SSLContext:
    """Say which authorities are believed. Raises UsageError where the environment names some that cannot be read."""
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # as ssl.SSLError is
        named = next((f"{name} is {os.environ[name]!r}" for name in _NAMES if os.environ.get(name)), "the certificates")
        raise UsageError(f"{named}, which cannot be read: {error.strerror or error}") from error


class _Backend(httpcore.NetworkBackend):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the name that answers; all of them were looked at."""
        failed: Exception | None = None
        for address in self._guard.addresses(host, port, _least(timeout)):
            try:
                stream = self._inner.connect_tcp(address, port, _least(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
            else:
                return _Stream(stream)
        raise failed or httpcore.ConnectError("no address")


class _Stream(httpcore.NetworkStream):
    """A connection, each wait on which is as long as the whole answer has left at most."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _least(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _least(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _least(timeout)))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 — as httpcore has it
        return self._inner.get_extra_info(info)


def _least(timeout: float | None) -> float | None:
    left = LEFT.get()
    if left is None:
        return timeout
    seconds = left()
    if seconds <= 0:
        raise httpcore.ReadTimeout("the time for the whole answer is over")
    return seconds if timeout is None else min(timeout, seconds)
