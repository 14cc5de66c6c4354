"""What a server answered."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations

import msgspec

from feedkeep.fetch import headers as reading
from feedkeep.fetch.headers import Headers  # noqa: TC001 — msgspec reads the annotations
from feedkeep.fetch.state import Validators
from feedkeep.source import Source


class Hop(msgspec.Struct, frozen=True, kw_only=True):
    """A redirect that was followed."""

    status: int
    url: str  # that redirected
    location: str  # to where, absolute


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole answer, whatever its status."""

    asked: str
    url: str  # that answered, after redirects
    status: int
    reason: str
    version: str  # "HTTP/1.1"
    headers: Headers
    body: bytes  # unpacked; empty where it was written elsewhere
    size: int  # of the body, unpacked
    received: dt.datetime
    hops: tuple[Hop, ...] = ()
    sent: Validators | None = None  # what the request carried
    offset: int = 0  # where the body belongs, of a document of which so much was held

    @property
    def is_whole(self) -> bool:
        """Whether it is the document itself, or the rest of it."""
        return self.status == 200 or (self.status == 206 and self.offset > 0)

    @property
    def is_unchanged(self) -> bool:
        """Whether what is held still holds: a 304 to a question that could be answered so."""
        return self.status == 304 and self.sent is not None

    @property
    def is_gone(self) -> bool:
        """Whether it will never come back: 410."""
        return self.status == 410

    @property
    def permanent(self) -> str | None:
        """Where the address says to have moved for good: as far as the redirects are 301 and 308 from the first on.

        Only an answer that was a document, or unchanged, proves that somebody is there.
        """
        if not (self.is_whole or self.is_unchanged):
            return None
        target = None
        for hop in self.hops:
            if hop.status not in {301, 308} or (hop.url.startswith("https:") and hop.location.startswith("http:")):
                break  # nobody gives up encryption for good
            target = hop.location
        return target

    @property
    def validators(self) -> Validators | None:
        """What to remember for the next question: of this answer, or what was sent and still holds."""
        etag, modified = self.headers.first("etag"), self.headers.first("last-modified")
        if self.is_unchanged and self.sent is not None:
            return Validators(
                url=self.url, etag=etag or self.sent.etag, last_modified=modified or self.sent.last_modified
            )
        if not self.is_whole or not (etag or modified):
            return None
        return Validators(url=self.url, etag=etag, last_modified=modified)

    @property
    def retry_after(self) -> dt.datetime | None:
        """When the server wants to be asked again."""
        return reading.retry_after(self.headers, self.received)

    @property
    def fresh_until(self) -> dt.datetime | None:
        """Until when the answer holds, as far as it says so."""
        return reading.fresh_until(self.headers, self.received)

    def source(self) -> Source:
        """Give the body as something to read."""
        return Source.from_bytes(
            self.body,
            self.url,
            url=self.url,
            media_type=reading.media_type(self.headers),
            charset=reading.charset(self.headers),
            as_of=reading.date(self.headers.first("date")) or self.received,
        )
