"""A guest that behaves: one question at a time to each host, with a pause, said who asks, and nothing else told.

No cookies, no referer, nothing from the environment but whom to trust. Threads may share a client.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping  # noqa: TC003 — msgspec reads the annotations
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urldefrag

import httpx
import msgspec

from feedkeep.fetch.answers import Answer, Hop
from feedkeep.fetch.bodies import unpacked
from feedkeep.fetch.headers import Headers
from feedkeep.fetch.problems import Broken, Refused, TooLarge, Unreachable
from feedkeep.fetch.question import FEEDS, Terms, requested, rest_from
from feedkeep.fetch.transport import LEFT, GuardedTransport
from feedkeep.fetch.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.fetch.clock import Clock
    from feedkeep.fetch.guard import Guard
    from feedkeep.fetch.question import Sink
    from feedkeep.fetch.state import Validators

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
        self._timeout = {"connect": limits.connect, "read": limits.idle, "write": limits.idle, "pool": None}
        self._transport = GuardedTransport(guard, limits.connections)
        self._turns = Turns(clock, limits.gap)

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
        method: Literal["GET", "HEAD"] = "GET",
        accept: str = FEEDS,
        into: Sink | None = None,
        offset: int = 0,
        limit: int | None = None,
        total: float | None = None,
    ) -> Answer:
        """Ask for an address, following redirects. A body goes to ``into``, if given, and then is not held.

        What was written into it counts only where an Answer is returned that is whole. With ``offset``, so many bytes
        of what ``known`` describes are held, and only the rest is asked for. ``limit`` (bytes) and ``total`` (seconds)
        replace the client's own. Raises Refused, Unreachable and Broken; any status is an Answer.
        """
        terms = Terms(method, accept, into, offset, limit or self._limits.body, total or self._limits.total)
        asked = url = urldefrag(url).url
        hops: list[Hop] = []
        seen = {url}
        while True:
            self._guard.check_url(url)
            answer = self._ask(url, known, terms)
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

    def _ask(self, url: str, known: Validators | None, terms: Terms) -> Answer:
        sent = known if known is not None and known.url == url and (known.etag or known.last_modified) else None
        if terms.offset and (sent is None or sent.strong is None):
            terms = terms._replace(offset=0)
        request = requested(url, terms, sent, {**self._more, "User-Agent": self._agent}, self._timeout)
        with self._turns.wait_for(request.url.host):
            deadline = self._clock.monotonic() + terms.total
            token = LEFT.set(lambda: deadline - self._clock.monotonic())
            try:
                response = self._transport.handle_request(request)
                try:
                    return self._answer(url, response, sent, terms)
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

    def _answer(self, url: str, response: httpx.Response, sent: Validators | None, terms: Terms) -> Answer:
        fields = Headers((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.headers.raw)
        status = response.status_code
        answer = Answer(
            asked=url,
            url=url,
            status=status,
            reason=response.reason_phrase,
            version=response.extensions.get("http_version", b"HTTP/1.1").decode("ascii", "replace"),
            headers=fields,
            body=b"",
            size=0,
            received=self._clock.now(),
            sent=sent,
            offset=rest_from(fields, terms.offset, sent) if status == 206 else 0,
        )
        if terms.method == "HEAD" or status in _BODILESS or status in _REDIRECTS:
            return answer
        if answer.is_whole and terms.into is not None:
            return self._written(response, answer, terms.into, terms.limit)
        body = bytearray()
        for piece in self._body(response, fields, terms.limit if answer.is_whole else _ASIDE, strict=answer.is_whole):
            body += piece
        return msgspec.structs.replace(answer, body=bytes(body), size=len(body), received=self._clock.now())

    def _written(self, response: httpx.Response, answer: Answer, into: Sink, limit: int) -> Answer:
        """Let the body go where it belongs; what says that it is too large is not even begun."""
        size = answer.offset
        said = answer.headers.first("content-length") or ""
        if said.isascii() and said.isdigit() and size + int(said[:18]) > limit:
            raise TooLarge(f"larger than {limit:,} bytes")
        into.begin(answer)
        for piece in self._body(response, answer.headers, limit - size, strict=True):
            into.write(piece)
            size += len(piece)
        return msgspec.structs.replace(answer, size=size, received=self._clock.now())

    def _body(self, response: httpx.Response, fields: Headers, limit: int, *, strict: bool) -> Iterator[bytes]:
        try:
            yield from unpacked(response.iter_raw(), fields.get("content-encoding") or "", limit)
        except Broken:
            if strict:
                raise


def _joined(url: str, location: str) -> str:
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")  # what servers write that do not escape
    try:
        return urldefrag(str(httpx.URL(url).join(location))).url
    except (httpx.InvalidURL, ValueError, UnicodeError) as error:
        raise Broken(f"{url}: redirects to {location[:200]!r}, which is no address") from error


def _reason(error: BaseException) -> str:
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, ssl.SSLCertVerificationError):
            return f"its certificate cannot be trusted: {at.verify_message.rstrip('.')}"
        at = at.__cause__ or at.__context__
    return " ".join(str(error).split())[:200] or type(error).__name__
