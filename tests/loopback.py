"""A web server on loopback that does as a test tells it, however wrong, and remembers what it was asked."""

from __future__ import annotations

import datetime as dt
import socket
import struct
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import pytest

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

NOW = dt.datetime(2014, 6, 4, 12, 0, 0, tzinfo=dt.UTC)


class Asked(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    method: str = "GET"


class Visit:
    """One request that is being answered."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler
        self.path = handler.path
        self.method = handler.command
        self.headers = dict(handler.headers.items())

    def send(self, status: int = 200, body: bytes = b"", /, **headers: str | int) -> None:
        """Answer whole and properly; underscores in the names of headers are hyphens."""
        self.head(status, **{"Content_Length": len(body), **headers})
        if self.method != "HEAD":
            self.write(body)

    def head(self, status: int = 200, /, **headers: str | int) -> None:
        self._handler.send_response_only(status)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), str(value))
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def hang_up(self) -> None:
        """End the connection in the middle of whatever it is in."""
        with suppress(OSError):
            self._handler.connection.shutdown(socket.SHUT_RDWR)

    def reset(self) -> None:
        """End the connection as a crash does: what was sent and not yet read may be lost."""
        with suppress(OSError):
            self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._handler.connection.close()
            self._handler.close_connection = True

    def wait_until_left(self) -> None:
        """Say nothing (more) until the guest gives up."""
        with suppress(OSError):
            self._handler.connection.settimeout(60)
            self._handler.connection.recv(1)
        self._handler.close_connection = True


class Loopback:
    """The server: ``routes`` map paths to what answers them; ``asked`` lists what was asked.

    With ``tls`` it speaks https with the certificate that is in there.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Callable[[Visit], None]] = {}
        self.otherwise: Callable[[Visit], None] | None = None  # answers what no route does
        self.asked: list[Asked] = []
        self.inside = 0
        self.most_inside = 0  # requests at once
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._scheme = "http" if tls is None else "https"
        if tls is not None:  # each handshake is the business of the thread that answers
            inner = self._server.socket
            self._server.socket = tls.wrap_socket(inner, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def route(self, path: str, *answer: Any, **headers: str | int) -> str:
        """Answer a path with a status, a body and headers; give its address."""
        self.routes[path] = lambda visit: visit.send(*answer, **headers)
        return self.url(path)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def visited(self, visit: Visit) -> None:
        with self._lock:
            self.asked.append(Asked(visit.path, visit.headers, visit.method))
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
        try:
            answer = self.routes.get(visit.path, self.otherwise)
            if answer is None:
                visit.send(404, b"nothing here")
            else:
                answer(visit)
        except OSError:  # the guest has left
            pass
        finally:
            with self._lock:
                self.inside -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Say nothing of guests who leave early."""


def _handler(loopback: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            loopback.visited(Visit(self))

        def do_HEAD(self) -> None:
            loopback.visited(Visit(self))

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    return Handler


class FakeClock:
    """A clock that a test moves; ``tick`` seconds pass each time somebody looks."""

    def __init__(self, tick: float = 0.0) -> None:
        self.tick = tick
        self.slept: list[float] = []
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> dt.datetime:
        return NOW + dt.timedelta(seconds=int(self._passed))

    def monotonic(self) -> float:
        with self._lock:
            self._passed += self.tick
            return self._passed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._passed += seconds


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def in_parts(data: bytes, etag: str, modified: str = "") -> Callable[[Visit], None]:
    """Serve a file as RFC 9110 has it: a part only where the file is still the one that is meant."""

    def answer(visit: Visit) -> None:
        asked = visit.headers.get("Range", "")
        if asked and visit.headers.get("If-Range") in {etag, modified}:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            visit.send(206, data[start:], Content_Range=span, ETag=etag, Last_Modified=modified)
        else:
            visit.send(200, data, ETag=etag, Last_Modified=modified)

    return answer
