"""A stream that mends what WordPress exports, and feeds, are often broken by, so that a strict parser takes them.

WordPress copies its database without looking: control characters that XML 1.0 forbids, bare ampersands and
``<`` in titles, HTML's named entities, bytes in the wrong encoding, and whatever PHP printed before the document.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from html.entities import html5
from typing import BinaryIO

from feedkeep.wire.xml import legal

_CHUNK = 1 << 18
_HEAD = 4096  # bytes; in them are the encoding and whatever precedes the document
_LONGEST = 64  # characters; no token that is looked for is longer
_TOKEN = re.compile(
    r"<!\[CDATA\[|\]\]>|<!--|-->|&#[0-9]{1,9};|&#[xX][0-9a-fA-F]{1,8};|&[A-Za-z][A-Za-z0-9]{1,32};|&|<(?![A-Za-z_/!?])"
)
_WIDE = re.compile(rb"(?i)(?:utf|ucs|iso-10646)[-_]?(?:16|32|2|4|ucs)")  # what says so in single bytes is not
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_PROLOG = re.compile(r"<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>")
_ROOT = re.compile(r"<\?xml|<!--|<!DOCTYPE|<(?:\w+:)?(?:rss|feed|rdf|disqus)\b", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:rss|feed|rdf|disqus)\s*>", re.IGNORECASE)
_XML = frozenset({"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"})
# What is not UTF-8 in a document that says it is, mostly came from Windows.
_STRAY = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
_UNDECODED = re.compile("[\udc80-\udcff]")


class Repaired:
    """Reads ``stream`` mended, as UTF-8. ``repairs`` counts what was done, by what it was done to."""

    def __init__(self, stream: BinaryIO, item: str = "item") -> None:
        self._item = item  # the element that holds a record
        self._stream = stream
        self._decoder: codecs.IncrementalDecoder | None = None
        self._text = ""  # decoded, not yet looked at
        self._ready = b""
        self._until = ""  # the token that ends what is copied as it is: a CDATA section, a comment
        self._tail = ""
        self._done = False
        self.repairs: Counter[str] = Counter()
        self.open_item = False  # whether an item has begun that has not ended

    @property
    def truncated(self) -> bool:
        """Whether the document, once read, lacks its last end tag."""
        return self._done and _END.search(self._tail) is None

    def read(self, size: int = -1, /) -> bytes:
        """Read at most ``size`` bytes, all of them where it is negative."""
        while not self._done and (size < 0 or len(self._ready) < size):
            self._fill()
        part = self._ready if size < 0 else self._ready[:size]
        self._ready = self._ready[len(part) :]
        return part

    def close(self) -> None:
        """Close the stream beneath."""
        self._stream.close()

    def _fill(self) -> None:
        data = self._stream.read(_CHUNK)
        last = not data
        if self._decoder is None:
            while len(data) < _HEAD and (more := self._stream.read(_CHUNK)):
                data += more
            self._decoder = _decoder(data)
            self._text = self._begun(self._decoder.decode(data, final=last))
        else:
            self._text += self._decoder.decode(data, final=last)
        limit = len(self._text) if last else max(0, len(self._text) - _LONGEST)
        mended, consumed = self._mended(self._text, limit)
        self._text = self._text[consumed:]
        self._watch(mended)
        self._done = last
        self._ready += mended.encode("utf-8", "replace")

    def _begun(self, text: str) -> str:
        """Leave out what precedes the document, its encoding (it is UTF-8 now) and its document type."""
        root = _ROOT.search(text)
        start = root.start() if root else 0
        if text[:start]:
            self.repairs["characters before the document"] += start
        lines = "\n" * text.count("\n", 0, start)  # so that errors name the line that they are on
        prolog = _PROLOG.match(text, start)
        text = lines + text[prolog.end() if prolog else start :]
        declared = _DOCTYPE.match(text, text.find("<!DOCTYPE"))
        return text[: declared.start()] + text[declared.end() :] if declared else text

    def _mended(self, text: str, limit: int) -> tuple[str, int]:
        """Mend ``text`` up to ``limit`` or the end of the token that reaches beyond it."""
        out: list[str] = []
        done = 0
        for token in _TOKEN.finditer(text):
            if token.start() >= limit:
                break
            found = token[0]
            out.append(text[done : token.start()])
            done = token.end()
            out.append(self._token(found))
        if done < limit:
            out.append(text[done:limit])
            done = limit
        return self._characters("".join(out)), done

    def _token(self, found: str) -> str:
        if self._until:
            if found == self._until:
                self._until = ""
            return found
        if found == "<![CDATA[":
            self._until = "]]>"
        elif found == "<!--":
            self._until = "-->"
        elif found == "]]>":
            self.repairs["stray ]]>"] += 1
            return "]]&gt;"
        elif found == "<":
            self.repairs["bare <"] += 1
            return "&lt;"
        elif found[0] == "&":
            return self._reference(found)
        return found

    def _reference(self, found: str) -> str:
        if found in _XML:
            return found
        if found[1:2] == "#":
            number = int(found[3:-1], 16) if found[2] in "xX" else int(found[2:-1])
            if number < 0x110000 and legal(chr(number)):
                return found
            self.repairs["illegal characters"] += 1
            return ""
        character = html5.get(found[1:])
        if character is None:
            self.repairs["bare &"] += 1
            return "&amp;" + found[1:]
        self.repairs["entities of HTML"] += 1
        return character.replace("&", "&amp;").replace("<", "&lt;")

    def _characters(self, text: str) -> str:
        if text.isascii() and text.isprintable():
            return text
        if _UNDECODED.search(text):
            mended, count = _UNDECODED.subn(lambda match: _STRAY[ord(match[0])], text)
            self.repairs["bytes that are not UTF-8"] += count
            text = mended
        clean = legal(text)
        if len(clean) != len(text):
            self.repairs["illegal characters"] += len(text) - len(clean)
        return clean

    def _watch(self, text: str) -> None:
        seen = self._tail + text
        begun, ended = seen.rfind(f"<{self._item}"), seen.rfind(f"</{self._item}>")
        if max(begun, ended) >= 0:
            self.open_item = begun > ended
        self._tail = seen.rstrip()[-_LONGEST:]


def _decoder(head: bytes) -> codecs.IncrementalDecoder:
    name = "utf-8"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    elif (declared := _DECLARED.search(head[:1024])) and not _WIDE.match(declared[1]):
        name = declared[1].decode("ascii")
    try:
        info = codecs.lookup(name)
        text = info._is_text_encoding  # noqa: SLF001 — the only way to tell
    except LookupError:
        text = False
    if not text or info.name in {"idna", "punycode", "utf-7"}:
        info = codecs.lookup("utf-8")
    if info.name == "utf-8":
        return codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    return codecs.getincrementaldecoder(info.name)("replace")
