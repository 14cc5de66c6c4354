"""Media files that come along with documents, found for the records that are about them."""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from feedkeep.content.links import parted

if TYPE_CHECKING:
    from feedkeep.models import Media
    from feedkeep.source import Source


def unpacked(media: Media) -> tuple[Media, bytes]:
    """Give a record without the bytes that its export embeds, and those; importers put them into ``base64``."""
    for name, extra in media.extra.items():
        if isinstance(extra, dict) and isinstance(extra.get("base64"), str):
            try:
                data = base64.b64decode(extra["base64"], validate=False)
            except (binascii.Error, ValueError):
                continue
            rest = {key: value for key, value in extra.items() if key != "base64"}
            left = {key: value for key, value in media.extra.items() if key != name}
            return msgspec.structs.replace(media, extra={**left, name: rest} if rest else left), data
    return media, b""


class MediaFiles:
    """The media files that came along with the documents, found by the end of their paths."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[Source]] = {}
        self._used: set[str] = set()

    def offer(self, file: Source) -> None:
        """A file lies beside the documents."""
        self._by_name.setdefault(file.path.name.casefold(), []).append(file)

    def take(self, media: Media) -> Source | None:
        """Give the file that a record is about: the one whose path agrees with its path or address the longest."""
        best: Source | None = None
        longest = 0
        for told in (media.path, unquote(parted(media.url).path) if media.url else None):
            if not told:
                continue
            parts = PurePosixPath(told.casefold()).parts[::-1]
            rivals = self._by_name.get(parts[0], []) if parts else []
            for file in rivals:
                other = PurePosixPath(str(file.path).casefold()).parts[::-1]
                same = next(
                    (i for i, (a, b) in enumerate(zip(parts, other, strict=False)) if a != b),
                    min(len(parts), len(other)),
                )
                if same > longest and (same > 1 or len(rivals) == 1):
                    best, longest = file, same
        if best is not None:
            self._used.add(best.name)
        return best

    def unused(self) -> list[str]:
        """Name the files that no record is about."""
        return sorted(f.name for files in self._by_name.values() for f in files if f.name not in self._used)
