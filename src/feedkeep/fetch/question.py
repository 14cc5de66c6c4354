"""One question as it is put: what its headers say, and whether what comes is the part that was asked for."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

import httpx

from feedkeep.fetch.bodies import ACCEPTED
from feedkeep.fetch.headers import Headers, span
from feedkeep.fetch.problems import Broken, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.state import Validators

FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, application/xml;q=0.9, "
    "text/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)


class Sink(Protocol):
    """Where the body of a document goes that is not to be held in memory."""

    def begin(self, about: Answer) -> None:
        """Be told of the document before its bytes come: they go to ``about.offset``, and what lies behind that is void."""
        ...

    def write(self, data: bytes) -> object:
        """Take some bytes."""
        ...


class Terms(NamedTuple):
    """How one address is asked for."""

    method: str
    accept: str
    into: Sink | None
    offset: int
    limit: int
    total: float


def requested(
    url: str, terms: Terms, sent: Validators | None, said: Mapping[str, str], timeout: Mapping[str, float | None]
) -> httpx.Request:
    """Put a question; ``sent`` is what is held already, ``said`` what else the client says. Raises Refused."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise Refused(f"{url[:200]!r} is no address: {error}") from error
    # parts of a file are parts of the file itself, not of what it is packed into
    packed = ACCEPTED if terms.into is None else "identity"
    said = {**said, "Accept": terms.accept, "Accept-Encoding": packed}
    if parsed.userinfo:
        said["Authorization"] = "Basic " + base64.b64encode(unquote(parsed.userinfo).encode()).decode()
        parsed = parsed.copy_with(userinfo=b"")
    if terms.offset and sent is not None and sent.strong is not None:
        said["Range"], said["If-Range"] = f"bytes={terms.offset}-", sent.strong
    elif terms.into is None and sent is not None:
        if sent.etag:
            said["If-None-Match"] = sent.etag
        if sent.last_modified:
            said["If-Modified-Since"] = sent.last_modified
    try:
        headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in said.items()]
        return httpx.Request(terms.method, parsed, headers=headers, extensions={"timeout": timeout})
    except (UnicodeError, ValueError) as error:
        raise Refused(f"{url[:200]!r} cannot be asked for: {error}") from error


def rest_from(fields: Headers, offset: int, sent: Validators | None) -> int:
    """Give where the rest begins that a 206 brings (RFC 9110, section 15.3.7). Raises Broken where it is not the rest."""
    if not offset:
        return 0  # nobody asked for a part: it is no document
    if (fields.first("content-type") or "").startswith("multipart/") or fields.first("content-encoding"):
        raise Broken("a part that was not asked for")
    etag = fields.first("etag")
    if etag is not None and sent is not None and sent.etag is not None and etag != sent.etag:
        raise Broken("a part of another version")
    found = span(fields)
    if found is None or found[0] != offset or found[2] not in {None, found[1] + 1}:
        raise Broken(f"not the rest from byte {offset:,} on: {(fields.first('content-range') or '')[:100]!r}")
    return offset
