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
    from collections.abc import Callable, Iterator

    from warcio.recordloader import ArcWarcRecord

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:/*", re.IGNORECASE)
_OK = "200"


class _Unseekable:
    """A stream that can only be read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        return self._stream.read(size)


def members(name: str, opened: Callable[[], BinaryIO], known: dict[str, object]) -> Iterator[Source]:
    """Yield the payloads of responses and resources, in the archive's order; a revisit repeats what is there already.

    Raises FormatError where the archive is damaged or holds too much.
    """
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415 — only who reads web archives pays for it
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    limits = known.get("limits", LIMITS)
    assert isinstance(limits, Limits)  # noqa: S101 — narrows the type
    taken: set[str] = set()
    with opened() as stream:
        try:
            # given a plain seekable stream of unpacked records, warcio failed after the last of them
            for record in ArchiveIterator(_Unseekable(stream)):
                if not _is_payload(record):
                    continue
                if len(taken) >= limits.members:
                    raise FormatError(f"more than {limits.members} records", source=name)
                yield _member(name, record, limits, known, taken)
        except (ArchiveLoadFailed, EOFError, ValueError, OSError) as error:
            raise FormatError(f"damaged web archive: {error}", source=name) from error


def _is_payload(record: ArcWarcRecord) -> bool:
    if record.rec_type == "resource":
        return True
    # a redirect or an error is no document of the blog
    return bool(record.rec_type == "response" and record.http_headers and record.http_headers.get_statuscode() == _OK)


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
    parts = [part for part in plain.split("/") if part not in {"", ".", ".."}]
    path = "/".join(parts) or "record"
    if path in taken:  # the same address at another time
        path = f"{path}#{len(taken) + 1}"
    taken.add(path)
    return PurePosixPath(path)


def _moment(text: str | None) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)  # WARC-Date is UTC
