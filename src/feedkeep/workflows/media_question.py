"""One file, asked for at one address: whole or not at all, and only where it is what it should be."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import threading
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from feedkeep.content.file_types import HEAD, ends_well, is_wrong, sniffed
from feedkeep.errors import FetchError
from feedkeep.fetch import patience
from feedkeep.fetch.partial import Partial
from feedkeep.fetch.problems import Broken, Refused, TooLarge

if TYPE_CHECKING:
    from pathlib import Path

    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.fetch.clock import Clock
    from feedkeep.fetch.partial import About
    from feedkeep.workflows.media_wants import Want

_SECONDS = 1800.0  # for one answer; what is not whole then goes on where it stopped
_PICTURES = "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8"
_TAIL = 4096


class Got(msgspec.Struct, kw_only=True):
    """The file is here."""

    url: str  # that gave it
    sha256: str
    size: int
    media_type: str | None
    as_of: dt.datetime | None = None
    file: Path | None = None  # None: the archive holds it already
    part: Partial | None = None


class Absent(msgspec.Struct, frozen=True, kw_only=True):
    """The server has no such file."""

    why: str
    gone: bool = False  # for good
    refused: bool = False  # nobody was asked


class Large(msgspec.Struct, frozen=True, kw_only=True):
    """It is larger than it may be."""

    why: str


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """There was no answer, or not now."""

    why: str
    not_before: dt.datetime | None = None


class Stopped(msgspec.Struct, frozen=True, kw_only=True):
    """The run is over; what came so far is kept for the next."""

    error: BaseException | None = None


Outcome = Got | Absent | Large | Failed | Stopped


class Stop:
    """Says when a run is over: all bytes that it may fetch have come, or somebody wants it to end."""

    def __init__(self, most: int) -> None:
        self.reason: str | None = None
        self._most = most
        self._left = most
        self._lock = threading.Lock()

    def took(self, number: int) -> None:
        """Count bytes. Raises OSError where the run is over, which ends the answer that they are of."""
        with self._lock:
            self._left -= number
            if self._left < 0 and self.reason is None:
                self.reason = f"all of {self._most:,} bytes that one run may fetch have come; the next goes on"
        if self.reason is not None:
            raise OSError(self.reason)

    def now(self, reason: str) -> None:
        """End the run."""
        self.reason = self.reason or reason


def part_name(want: Want) -> str:
    """Name what is under way of a file."""
    return sha256(want.key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def ask(client: Client, url: str, want: Want, folder: Path, clock: Clock, stop: Stop, limit: int) -> Outcome:
    """Ask for a file, going on where an earlier attempt stopped."""
    part = Partial(folder, part_name(want), stop.took)
    about = part.about
    if about is not None and about.sha256 is not None and about.url == url:  # whole, but not in the archive yet
        return _judged(part, about, want)

    def fetch() -> Answer:
        if stop.reason is not None:
            raise Refused(stop.reason)
        try:
            answer = _fetched(client, url, want, part, limit)
            if answer.status == 416:  # what is held is not of what is there
                part.forget()
                answer = _fetched(client, url, want, part, limit)
            return answer
        finally:
            part.close()

    answer = patience.again(fetch, clock)
    if stop.reason is not None and not (not isinstance(answer, (patience.Postponed, FetchError)) and answer.is_whole):
        return Stopped()
    if isinstance(answer, patience.Postponed):
        return Failed(why=answer.why, not_before=answer.not_before)
    if isinstance(answer, TooLarge):
        part.forget()
        return Large(why=_short(answer, url))
    if isinstance(answer, Refused):
        return Absent(why=_short(answer, url), refused=True)
    if not answer.is_whole:
        part.forget()
        return Absent(why=f"{answer.status} {answer.reason}".strip(), gone=answer.is_gone)
    return _judged(part, part.finish(answer.url), want)


def _fetched(client: Client, url: str, want: Want, part: Partial, limit: int) -> Answer:
    known, offset = part.known(url)
    part.ask_for(url)
    before = part.about
    accept = _PICTURES if want.kind == "picture" else "*/*"
    try:
        answer = client.fetch(url, known, accept=accept, into=part, offset=offset, limit=limit, total=_SECONDS)
    except Broken:
        if offset and part.about is before:  # the rest does not fit to what is held
            part.forget()
        raise
    return answer


def _judged(part: Partial, about: About, want: Want) -> Outcome:
    """Look whether the file is what it should be."""
    with part.path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, about.size - _TAIL))
        tail = file.read()
    wrong = is_wrong(head, picture=want.kind == "picture")
    if wrong is not None:
        part.forget()
        return Absent(why=wrong)
    known = sniffed(head)
    if not about.is_sized and not ends_well(tail, known):
        part.forget()
        return Failed(why="cut short: it does not end as such a file does")
    media_type = (
        known if known not in {None, "text/plain", "text/xml", "application/zip"} else about.media_type or known
    )
    return Got(
        url=about.answered or about.url,
        sha256=about.sha256 or "",
        size=about.size,
        media_type=media_type,
        as_of=about.as_of,
        file=part.path,
        part=part,
    )


def _short(error: FetchError, url: str) -> str:
    return str(error).removeprefix(f"{url}: ")
