"""What a web archive holds, as members (WARC 1.1: https://iipc.github.io/warc-specifications/)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from urllib.parse import unquote

from feedkeep.errors import FormatError
from feedkeep.source.document import Source
from feedkeep.source.limits import LIMITS, Limits
from feedkeep.source.streams import Guarded, Spool

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from warcio.recordloader import ArcWarcRecord

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_SCHEME = re.compile(r"^(?:urn:feedkeep:source:|[a-z][a-z0-9+.-]*:/*)", re.IGNORECASE)
_OK = "200"


class _Unseekable:
    """A stream that can only be read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        return self._stream.read(size)


def members(
    name: str, opened: Callable[[], BinaryIO], known: dict[str, object], passed_over: Counter[str]
) -> Iterator[Source]:
    """Yield the payloads of responses and resources, in the archive's order; count the others in ``passed_over``.

    Raises FormatError where the archive holds too much, or is damaged before its first payload.
    """
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 — only who reads web archives pays for it

    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    taken: set[str] = set()
    with opened() as stream:
        try:
            # given a plain seekable stream of unpacked records, warcio failed after the last of them
            for record in ArchiveIterator(_Unseekable(stream)):
                why = _why_not(record)
                if why is not None:
                    if why:
                        passed_over[why] += 1
                    continue
                if len(taken) >= limits.members:
                    raise FormatError(f"more than {limits.members} records", source=name)  # noqa: TRY301
                yield _member(name, record, limits, known, taken)
        except FormatError:
            raise
        except Exception as error:  # warcio raises many kinds on damage
            if not taken:
                raise FormatError(f"damaged web archive: {error}", source=name) from error
            passed_over["all after a damaged place"] += 1


def _why_not(record: ArcWarcRecord) -> str | None:
    """Say why a record is no document of the blog: "" where it never is one; None where it is one."""
    if record.rec_type == "resource":
        return None
    if record.rec_type == "response":
        status = record.http_headers.get_statuscode() if record.http_headers else "none"
        return None if status == _OK else f"answers with status {status}"
    if record.rec_type in {"revisit", "conversion", "continuation"}:
        return (
            f"{record.rec_type} records, whose bytes are elsewhere" if record.rec_type == "revisit" else record.rec_type
        )
    return ""


def _member(name: str, record: ArcWarcRecord, limits: Limits, known: dict[str, object], taken: set[str]) -> Source:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    path = _path(url, taken)
    shown = f"{name}!{path}"
    content = cast("IO[bytes]", record.content_stream())
    spool = Spool(cast("IO[bytes]", Guarded(content, shown, max(record.length or 0, 0), limits)))
    headers = record.http_headers or record.rec_headers
    media_type = headers.get_header("Content-Type") or ""
    charset = _CHARSET.search(media_type)
    about = {
        **known,
        "url": url if url.lower().startswith(("http://", "https://")) else None,
        "media_type": media_type.partition(";")[0].strip().lower() or None,
        "charset": charset[1] if charset else None,
        "as_of": _moment(record.rec_headers.get_header("WARC-Date")),
    }
    return Source(shown, spool.open, path=path, size=spool.size, **about)  # type: ignore[arg-type]


def _path(url: str, taken: set[str]) -> PurePosixPath:
    plain = unquote(_SCHEME.sub("", url)).replace("\\", "/")
    if url.startswith("urn:feedkeep:source:"):  # what we kept of a folder or zip is named "container!path"
        plain = plain.replace("!", "/")
    parts = [part for part in plain.split("/") if part not in {"", ".", ".."}]
    path = "/".join(parts) or "record"
    if path in taken:  # the same address at another time
        stem, dot, suffix = path.rpartition(".")
        path = f"{stem}#{len(taken) + 1}{dot}{suffix}" if dot and "/" not in suffix else f"{path}#{len(taken) + 1}"
    taken.add(path)
    return PurePosixPath(path)


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)  # WARC-Date is UTC
