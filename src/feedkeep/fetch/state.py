"""What is remembered of an address from one visit to the next. Where it is kept is the business of who fetches."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations

import msgspec


class Validators(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an address said of its answer's version, verbatim; of use to that address alone."""

    url: str  # which gave the answer, after redirects
    etag: str | None = None  # with its quotes, and W/
    last_modified: str | None = None  # as written

    @property
    def strong(self) -> str | None:
        """What If-Range takes (RFC 9110, section 13.1.5): a strong tag, or a date where there is no tag at all."""
        if self.etag:
            return None if self.etag.startswith("W/") else self.etag
        return self.last_modified


class Moved(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a feed says that it lives for good (301, 308)."""

    url: str
    since: dt.datetime  # when it first said so
    times: int = 1  # in a row


class FeedState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of one feed."""

    url: str  # asked for
    validators: Validators | None = None
    next_due: dt.datetime | None = None  # None: now
    not_before: dt.datetime | None = None  # Retry-After: not even when told to
    tried: dt.datetime | None = None
    succeeded: dt.datetime | None = None  # a 200 or 304
    changed: dt.datetime | None = None  # a 200
    failures: int = 0  # since it last succeeded
    error: str | None = None  # the last one, since it last succeeded
    status: int | None = None  # of the last answer
    gone: bool = False  # 410: never again
    moved: Moved | None = None


def encode(state: FeedState) -> bytes:
    """Write it as JSON."""
    return msgspec.json.encode(state, order="sorted")


def decode(data: bytes) -> FeedState:
    """Read it from JSON. Raises msgspec.ValidationError, or its parent DecodeError, for anything else."""
    return msgspec.json.decode(data, type=FeedState)
