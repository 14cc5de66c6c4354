"""Bodies as they are unpacked: never more in memory than asked for, and whole or an error."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

import brotli  # type: ignore[import-untyped]

from feedkeep.fetch.problems import Broken, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PIECE = 1 << 16
# Without it, a few bytes unfold to gigabytes at one call: then br is not asked for.
_BOUNDED_BROTLI = hasattr(brotli.Decompressor, "can_accept_more_data")
ACCEPTED = "gzip, br" if _BOUNDED_BROTLI else "gzip"


class _Unpacker(Protocol):
    def pieces(self, data: bytes) -> Iterator[bytes]: ...

    def is_whole(self) -> bool: ...


def unpacked(chunks: Iterable[bytes], encodings: str, limit: int) -> Iterator[bytes]:
    """Yield the body without its Content-Encoding. Raises Broken beyond ``limit`` bytes, and where it is cut short."""
    names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
    unpackers = [_unpacker(name) for name in reversed(names) if name != "identity"]
    if len(unpackers) > 2:
        raise Broken(f"packed {len(unpackers)} times over")
    total, met = 0, False
    for chunk in chunks:
        met = met or bool(chunk)
        for piece in _through(chunk, unpackers):
            total += len(piece)
            if total > limit:
                raise TooLarge(f"larger than {limit:,} bytes")
            yield piece
    if met and not all(unpacker.is_whole() for unpacker in unpackers):
        raise Broken(f"cut short: the {names[0]} stream does not end")


def _through(data: bytes, unpackers: list[_Unpacker]) -> Iterator[bytes]:
    if not unpackers:
        yield data
        return
    first, *rest = unpackers
    for piece in first.pieces(data):
        yield from _through(piece, rest)


def _unpacker(name: str) -> _Unpacker:
    if name in {"gzip", "x-gzip", "deflate"}:
        return _Zlib(name)
    if name == "br" and _BOUNDED_BROTLI:
        return _Brotli()
    raise Broken(f"packed as {name[:40]!r}, which was not asked for")


class _Zlib:
    """gzip of one or several members; deflate with zlib's header, as it should be, or raw, as some write it."""

    def __init__(self, name: str) -> None:
        self._gzip = name != "deflate"
        self._bits = 31 if self._gzip else 15
        self._inner = zlib.decompressobj(self._bits)
        self._begun = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inner.eof:
                if not self._gzip or data[:1] != b"\x1f":
                    return  # padding
                self._inner = zlib.decompressobj(self._bits)
            try:
                piece = self._inner.decompress(data, _PIECE)
            except zlib.error as error:
                if self._begun or self._gzip:
                    raise Broken(f"damaged: {error}") from error
                self._begun, self._inner = True, zlib.decompressobj(-15)
                continue
            self._begun = True
            data = self._inner.unused_data if self._inner.eof else self._inner.unconsumed_tail
            if piece:
                yield piece

    def is_whole(self) -> bool:
        return self._inner.eof


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            yield self._inner.process(data, output_buffer_limit=_PIECE)
            while not self._inner.can_accept_more_data():
                yield self._inner.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as error:
            raise Broken(f"damaged: {error}") from error

    def is_whole(self) -> bool:
        return bool(self._inner.is_finished())
