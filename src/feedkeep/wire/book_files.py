"""The files of a book: what a chapter shows is told by its first bytes, named by its content and embedded once.

Only what every reader can show or play goes in as it is (EPUB 3.3, section 3.2); other pictures with a picture that
stands in for them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.wire import file_heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Media, Snapshot
    from feedkeep.wire.book_plan import Plan
    from feedkeep.wire.file_heads import Kind, Known

FOLDER = "media"
STAND_IN = f"{FOLDER}/stand-in.svg"
# Shown by readers that know no such picture.
STAND_IN_PICTURE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 80" width="120" height="80">'
    b'<rect x="1" y="1" width="118" height="78" fill="none" stroke="#888" stroke-dasharray="4"/>'
    b'<path d="M20 64 L50 34 L70 52 L84 40 L100 64 Z" fill="#bbb"/></svg>\n'
)
_BLOCK = 1 << 16
_HASH = re.compile(r"[0-9a-f]{64}")
_INLINE = re.compile(r"data:image/[a-z0-9.+-]+;base64,([A-Za-z0-9+/=\s]*)", re.IGNORECASE)
_CORE = frozenset({"image/png", "image/jpeg", "image/gif", "audio/mpeg", "audio/mp4", "video/mp4", "video/webm"})


class File(NamedTuple):
    """A file in the book."""

    path: str  # below the book's own folder
    known: Known
    media: Media | None  # whose bytes it has; None: they were written in the chapter itself

    @property
    def is_core(self) -> bool:
        """Tell whether every reader has to show or play it; films are left to each reader."""
        return self.known.type in _CORE


class Files:
    """The files that chapters show; a hash and a record for each."""

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self._snapshot, self._plan = snapshot, plan
        self._by_path: dict[str, File] = {}
        self._known: dict[str, File | None] = {}  # by id of the media record
        self._inline: list[tuple[str, bytes]] = []

    def shown(self, url: str, kind: Kind) -> File | None:
        """Take in the file at an address, where the archive holds it and readers can show it as what it is to be."""
        inline = _INLINE.fullmatch(url)
        if inline is not None:
            return self._written(inline[1]) if kind == "picture" else None
        media = self._plan.file(url)
        if media is None:
            return None
        if media.id not in self._known:
            self._known[media.id] = self._held(media)
        file = self._known[media.id]
        if file is None or file.known.kind != kind:
            return None
        return self._by_path.setdefault(file.path, file)

    def inline(self) -> Iterator[tuple[str, bytes]]:
        """Give what was written in chapters since this was asked last: path and bytes."""
        waiting, self._inline = self._inline, []
        return iter(waiting)

    def all(self) -> Iterator[File]:
        """Give every file that is shown, in the order of first sight."""
        return iter(self._by_path.values())

    def bytes_of(self, media: Media) -> Iterator[bytes]:
        """Read a file piece by piece."""
        stream = self._snapshot.open_media(media)
        if stream is not None:
            with stream:
                while chunk := stream.read(_BLOCK):
                    yield chunk

    def _written(self, text: str) -> File | None:
        try:
            data = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            return None
        known = file_heads.known(data[: file_heads.HEAD])
        if known is None or known.kind != "picture":
            return None
        file = File(f"{FOLDER}/{hashlib.sha256(data).hexdigest()}{known.suffix}", known, None)
        if file.path not in self._by_path:
            self._inline.append((file.path, data))
        return self._by_path.setdefault(file.path, file)

    def _held(self, media: Media) -> File | None:
        stream = self._snapshot.open_media(media)
        if stream is None:
            return None
        with stream:
            known = file_heads.known(stream.read(file_heads.HEAD))
        if known is None:
            return None
        name = media.sha256 if media.sha256 and _HASH.fullmatch(media.sha256) else self._hashed(media)
        return File(f"{FOLDER}/{name}{known.suffix}", known, media)

    def _hashed(self, media: Media) -> str:
        digest = hashlib.sha256()
        for chunk in self.bytes_of(media):
            digest.update(chunk)
        return digest.hexdigest()
