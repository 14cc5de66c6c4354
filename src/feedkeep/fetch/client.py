"""A guest that behaves: one question at a time to each host, with a pause, said who asks, and nothing else told.

No cookies, no referer, nothing from the environment. Threads may share a client.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping  # noqa: TC003 — msgspec reads the annotations
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Self
from urllib.parse import unquote, urldefrag

import httpx
import msgspec

from feedkeep.fetch.answers import Answer, Hop
from feedkeep.fetch.bodies import ACCEPTED, unpacked
from feedkeep.fetch.headers import Headers
from feedkeep.fetch.problems import Broken, Refused, Unreachable
from feedkeep.fetch.transport import LEFT, GuardedTransport

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.fetch.clock import Clock
    from feedkeep.fetch.guard import Guard
    from feedkeep.fetch.state import Validators

FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, application/xml;q=0.9, "
    "text/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ASIDE = 1 << 16  # bytes of the body of an answer that is not the document
_BODILESS = frozenset({204, 304})


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one question may cost."""

    body: int = 64 << 20  # bytes, unpacked
    redirects: int = 5
    connect: float = 15.0  # seconds
    idle: float = 30.0  # seconds without a byte
    total: float = 120.0  # seconds for the answer of one address
    gap: float = 1.0  # seconds between two questions to one host
    connections: int = 50


LIMITS = Limits()


def user_agent(version: str, contact: str) -> str:
    """Say who asks, and where whoever runs the server can complain."""
    return f"feedkeep/{version} (+{contact})"


class Client:
    """See the module. ``headers`` are sent beside its own, which they cannot replace."""

    def __init__(
        self,
        agent: str,
        guard: Guard,
        clock: Clock,
        *,
        limits: Limits = LIMITS,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._agent = agent
        self._guard = guard
        self._clock = clock
        self._limits = limits
        self._more = dict(headers or {})
        self._transport = GuardedTransport(guard, limits.connections)
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def fetch(
        self,
        url: str,
        known: Validators | None = None,
        *,
        accept: str = FEEDS,
        into: BinaryIO | None = None,
        limit: int | None = None,
    ) -> Answer:
        """Ask for an address, following redirects. A body goes to ``into``, if given, and then is not held.

        What was written into it counts only where an Answer of status 200 is returned. Raises Refused, Unreachable
        and Broken; any status is an Answer.
        """
        asked = url = urldefrag(url).url
        hops: list[Hop] = []
        seen = {url}
        while True:
            self._guard.check_url(url)
            answer = self._ask(url, known, accept, into, limit or self._limits.body)
            location = answer.headers.first("location")
            if answer.status not in _REDIRECTS or not location:
                return msgspec.structs.replace(answer, asked=asked, hops=tuple(hops))
            target = _joined(url, location)
            hops.append(Hop(status=answer.status, url=url, location=target))
            if target in seen:
                raise Broken(f"{asked}: redirects in a circle, by way of {target[:200]}")
            if len(hops) > self._limits.redirects:
                raise Broken(f"{asked}: more than {self._limits.redirects} redirects")
            seen.add(target)
            url = target

    def _ask(self, url: str, known: Validators | None, accept: str, into: BinaryIO | None, limit: int) -> Answer:
        sent = known if known is not None and known.url == url and (known.etag or known.last_modified) else None
        request = self._request(url, accept, sent)
        with self._turn(request.url.host):
            deadline = self._clock.monotonic() + self._limits.total
            token = LEFT.set(lambda: deadline - self._clock.monotonic())
            try:
                response = self._transport.handle_request(request)
                try:
                    return self._answer(url, response, sent, into, limit)
                finally:
                    response.close()
            except httpx.TimeoutException as error:
                raise Unreachable(f"{url}: no answer in time") from error
            except httpx.RemoteProtocolError as error:
                raise Broken(f"{url}: {_reason(error)}") from error
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
                raise Unreachable(f"{url}: {_reason(error)}") from error
            except (Broken, Refused, Unreachable) as error:
                raise type(error)(f"{url}: {error}") from error
            finally:
                LEFT.reset(token)

    def _request(self, url: str, accept: str, sent: Validators | None) -> httpx.Request:
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, TypeError) as error:
            raise Refused(f"{url[:200]!r} is no address: {error}") from error
        said = {**self._more, "User-Agent": self._agent, "Accept": accept, "Accept-Encoding": ACCEPTED}
        if parsed.userinfo:
            said["Authorization"] = "Basic " + base64.b64encode(unquote(parsed.userinfo).encode()).decode()
            parsed = parsed.copy_with(userinfo=b"")
        if sent is not None and sent.etag:
            said["If-None-Match"] = sent.etag
        if sent is not None and sent.last_modified:
            said["If-Modified-Since"] = sent.last_modified
        limits = self._limits
        timeout = {"connect": limits.connect, "read": limits.idle, "write": limits.idle, "pool": None}
        try:
            headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in said.items()]
            return httpx.Request("GET", parsed, headers=headers, extensions={"timeout": timeout})
        except (UnicodeError, ValueError) as error:
            raise Refused(f"{url[:200]!r} cannot be asked for: {error}") from error

    def _answer(
        self, url: str, response: httpx.Response, sent: Validators | None, into: BinaryIO | None, limit: int
    ) -> Answer:
        fields = Headers((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw)
        status = response.status_code
        whole = status == 200
        body = bytearray()
        size = 0
        if status not in _BODILESS and status not in _REDIRECTS:
            for piece in self._body(response, fields, limit if whole else _ASIDE, strict=whole):
                size += len(piece)
                if whole and into is not None:
                    into.write(piece)
                else:
                    body += piece
        version = response.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace")
        return Answer(
            asked=url,
            url=url,
            status=status,
            reason=response.reason_phrase,
            version=version,
            headers=fields,
            body=bytes(body),
            size=size,
            received=self._clock.now(),
            sent=sent,
        )

    def _body(self, response: httpx.Response, fields: Headers, limit: int, *, strict: bool) -> Iterator[bytes]:
        try:
            yield from unpacked(response.iter_raw(), fields.get("content-encoding") or "", limit)
        except Broken:
            if strict:
                raise

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
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
                host.free = self._clock.monotonic() + self._limits.gap


class _Host:
    """One host: who is its guest, and from when on it may be asked again."""

    __slots__ = ("free", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.free: float | None = None


def _joined(url: str, location: str) -> str:
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")  # what servers write that do not escape
    try:
        return urldefrag(str(httpx.URL(url).join(location))).url
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Broken(f"{url}: redirects to {location[:200]!r}, which is no address") from error


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
