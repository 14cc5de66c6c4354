"""Lines of a text whose encoding nobody states, one by one, however long the text is."""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING

from feedkeep.wire.decoding import known, without_strays
from feedkeep.wire.detection import marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_CHUNK = 1 << 16


def lines(source: Source, notes: Notes) -> Iterator[tuple[int, str]]:
    r"""Yield (number from 1, line without its end) of a text that ends its lines with \n, \r\n or \r.

    A byte order mark is believed, then the charset of the HTTP answer; else it is UTF-8, and bytes that are not are
    Windows-1252.
    """
    length, encoding = marked(source.head) or (0, known(source.charset))
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(errors), translate=True)
    number, mended = 0, False
    parts: list[str] = []
    with source.open() as stream:
        stream.read(length)
        more = True
        while more:
            chunk = stream.read(_CHUNK)
            more = bool(chunk)
            *whole, rest = decoder.decode(chunk, final=not more).split("\n")
            if not more and (rest or parts):
                whole, rest = [*whole, rest], ""
            for line in whole:
                number += 1
                told, strays = without_strays("".join((*parts, line)))
                parts, mended = [], mended or strays
                yield number, told
            if rest:
                parts.append(rest)
    if mended:
        what = "not all of it is UTF-8: stray bytes were taken for Windows-1252"
        notes.repaired(what, source=source.name)
