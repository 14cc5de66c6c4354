"""What was read, byte for byte, in the web archives' own format (WARC 1.1, one record a file)."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import threading
import uuid
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from isal import isal_zlib
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from feedkeep.errors import FeedkeepError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.source import Source

_CHUNK = 1 << 18
_GZIP = 31  # window bits that mean a gzip header and trailer
# ISA-L packs as well as zlib's quickest level in a quarter of its time (66 MB of export: 0.11 s, 10.1 MB).
_LEVEL = 2
_UNSAFE = re.compile(r"[^a-z0-9]+")


class Member:
    """A gzip stream to which warcio writes one record: WARC wants a member of its own for each."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP)

    def write(self, data: bytes) -> int:
        """Pack and pass on."""
        self._file.write(self._packer.compress(data))
        return len(data)

    def flush(self) -> None:
        """Nothing: the member ends with :meth:`finish`."""

    def finish(self) -> None:
        """End the member."""
        self._file.write(self._packer.flush())


class SourceKeeper:
    """Copies a source into a WARC beside the import, in a thread of its own."""

    def __init__(self, source: Source, format_name: str, target: Path, folder: Path, when: dt.datetime) -> None:
        self._source = source
        self._format = format_name
        self._target = target
        self.staged = target.name
        self._folder = folder
        self._when = when
        self._error: BaseException | None = None
        self.name: str | None = None  # of the finished file; None where the same bytes are kept already
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feedkeep-source", daemon=True)
        self._thread.start()

    def finish(self) -> str | None:
        """Wait; give the name under ``sources/`` that the staged file is to have, or None."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self.name

    def stop(self) -> None:
        """Give up."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._keep()
        except (FeedkeepError, OSError, ValueError) as error:
            self._error = error

    def _keep(self) -> None:
        parts = list(self._source.members()) if self._source.is_container else [self._source]
        sums: list[tuple[Source, bytes, int]] = []
        for part in parts:
            found = self._sum(part)
            if found is None:
                return
            sums.append((part, *found))
        if self._source.is_container:  # what it is made of is what it is
            told = "".join(f"{part.path} {digest.hex()}\n" for part, digest, _ in sums)
            whole = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
        else:
            whole = sums[0][1].hex()
        name = f"{_UNSAFE.sub('-', self._format)}-{whole[:16]}.warc.gz"
        if (self._folder / name).exists():
            return
        date = self._when.strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._target.open("wb") as file:
            self._record(file, "warcinfo", None, b"software: feedkeep\r\nformat: WARC File Format 1.1\r\n", date, whole)
            for part, digest, length in sums:
                if self._stop.is_set():
                    return
                uri = part.url or "urn:feedkeep:source:" + quote(part.name, errors="replace")
                number = digest.hex() if part is self._source else f"{whole} {part.path} {digest.hex()}"
                with part.open() as stream:
                    self._resource(file, uri, part.media_type, stream, length, date, number, _labelled(digest))
        self.name = name

    def _sum(self, part: Source) -> tuple[bytes, int] | None:
        sha256, length = hashlib.sha256(), 0
        with part.open() as stream:
            while chunk := stream.read(_CHUNK):
                if self._stop.is_set():
                    return None
                sha256.update(chunk)
                length += len(chunk)
        return sha256.digest(), length

    def _record(self, file: IO[bytes], kind: str, uri: str | None, body: bytes, date: str, digest: str) -> None:
        headers = _headers(
            kind, uri, len(body), date, digest, "application/warc-fields", _labelled(hashlib.sha256(body).digest())
        )
        self._write(file, kind, uri, io.BytesIO(body), len(body), headers)

    def _resource(
        self,
        file: IO[bytes],
        uri: str,
        media: str | None,
        stream: IO[bytes],
        length: int,
        date: str,
        digest: str,
        payload: str,
    ) -> None:
        headers = _headers("resource", uri, length, date, digest, media or "application/octet-stream", payload)
        self._write(file, "resource", uri, stream, length, headers)

    def _write(
        self, file: IO[bytes], kind: str, uri: str | None, stream: IO[bytes], length: int, headers: StatusAndHeaders
    ) -> None:
        member = Member(file)
        writer = WARCWriter(member, gzip=False, warc_version="1.1")
        record = writer.create_warc_record(uri, kind, payload=stream, length=length, warc_headers=headers)
        writer.write_record(record)
        member.finish()


def _headers(
    kind: str, uri: str | None, length: int, date: str, digest: str, media: str, payload: str
) -> StatusAndHeaders:
    number = uuid.uuid5(uuid.NAMESPACE_URL, f"{kind} {digest}")
    fields = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:{number}>"),
        ("WARC-Date", date),
        ("WARC-Payload-Digest", payload),
        ("WARC-Block-Digest", payload),
        ("Content-Type", media),
        ("Content-Length", str(length)),
    ]
    if uri is not None:
        fields.insert(2, ("WARC-Target-URI", uri))
    return StatusAndHeaders("", fields, protocol="WARC/1.1")


def _labelled(digest: bytes) -> str:
    """Write a SHA-256 as WARC does (ISO 28500 section 5.8)."""
    return "sha256:" + base64.b32encode(digest).decode("ascii")


def check(path: Path) -> Iterator[str]:
    """Yield what is wrong with a kept source; nothing where every digest matches."""
    found = 0
    try:
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests=True):
                while record.content_stream().read(_CHUNK):
                    pass
                checker = record.digest_checker
                if checker is not None and checker.problems:
                    yield "; ".join(checker.problems)
                found += record.rec_type == "resource"
    except Exception as error:  # noqa: BLE001 — warcio raises many kinds on damage; each is a finding
        yield f"cannot be read: {error}"
        return
    if not found:
        yield "holds no source"
