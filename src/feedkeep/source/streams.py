"""Streams that know more than their bytes: kept in a file, watched, or guarded against what a pack may hide."""

from __future__ import annotations

import contextlib
import io
import lzma
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from feedkeep.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedkeep.source.limits import Limits

_CHUNK = 1 << 20


class Spool:
    """A temporary file that goes with the last source that reads from it.

    It has a name, so that each reading has a descriptor, and a place in the file, of its own: an import is read
    and copied into the archive at the same time.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        with tempfile.NamedTemporaryFile(prefix="feedkeep-", delete=False) as file:
            self.path = Path(file.name)
            shutil.copyfileobj(stream, file, _CHUNK)
            self.size = file.tell()

    def open(self) -> BinaryIO:
        """Open it from its beginning."""
        return self.path.open("rb")

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            self.path.unlink()


class Watched(io.BufferedIOBase):
    """A stream that tells how far it was read."""

    def __init__(self, stream: IO[bytes], seen: Callable[[int], None]) -> None:
        self._stream = stream
        self._seen = seen
        self._count = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on, and tell."""
        data = self._stream.read(-1 if size is None else size)
        self._count += len(data)
        self._seen(self._count)
        return data

    def close(self) -> None:
        """Close what is read from."""
        self._stream.close()
        super().close()


class Guarded(io.BufferedIOBase):
    """A stream that turns damage of its pack into FormatError and stops unpacking bombs."""

    def __init__(
        self, stream: IO[bytes], name: str, packed: int, limits: Limits, *, owns: IO[bytes] | None = None
    ) -> None:
        self._stream = stream
        self._name = name
        self._left = limits.ratio_free + packed * limits.ratio
        self._owns = owns

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read on. Raises FormatError for damage and for what unpacks to too much."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK), b""))
        try:
            data = self._stream.read(size)
        except (
            OSError,
            EOFError,
            zlib.error,
            lzma.LZMAError,
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            raise FormatError(f"damaged archive: {error}", source=self._name) from error
        self._left -= len(data)
        if self._left < 0:
            raise FormatError("unpacks to far more than it should: refused as a bomb", source=self._name)
        return data

    def close(self) -> None:
        """Close what is read from."""
        self._stream.close()
        if self._owns is not None:
            self._owns.close()
        super().close()
