"""Bytes of a document that may lie about their encoding → text, whatever they are."""

from __future__ import annotations

import codecs
import re

from feedkeep.wire.detection import marked

_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_UNDECODED = re.compile("[\udc80-\udcff]+")
# Encodings in which any bytes make some text, so that a declaration of them is no evidence.
_BLIND = re.compile(r"(?:iso-?8859-?\d+|latin-?\d+|(?:windows-?|cp)\d+|us-ascii|ascii|l\d)$", re.IGNORECASE)
# Encodings in which no declaration can be read byte by byte: one that was read is wrong.
_WIDE = re.compile(r"(?:utf|ucs|iso-?10646)[-_]?(?:16|32|2|4|ucs)", re.IGNORECASE)
_REFUSED = frozenset({"idna", "punycode", "utf-7", "raw-unicode-escape", "unicode-escape", "mbcs", "oem"})


def decoded(data: bytes, charset: str | None = None) -> tuple[str, str | None]:
    """Decode a document: (text, what had to be assumed against what it says, or None).

    A byte order mark is believed first, then ``charset`` (of the HTTP answer), then the declaration (RFC 7303,
    section 3); but UTF-8 that is declared as an encoding of single bytes, or of pairs of them, is UTF-8. What is not UTF-8 where UTF-8
    is said is taken for Windows-1252, byte by byte.
    """
    mark = marked(data)
    if mark is not None:
        length, name = mark
        return data[length:].decode(name, "replace"), None
    declared = _DECLARED.search(data, 0, 1024)
    stated = charset or (declared[1].decode("ascii") if declared else None)
    name = known(stated)
    if declared is not None and _WIDE.match(name):
        text, strays = without_strays(data.decode("utf-8", "surrogateescape"))
        return text, f"UTF-8, though {stated} is declared" + (", and stray bytes" if strays else "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if name == "utf-8" or (not text.isascii() and _BLIND.match(name)):
            return text, None if name == "utf-8" else f"UTF-8, though {stated} is declared"
    if name != "utf-8":
        try:
            return data.decode(name), None
        except UnicodeDecodeError:
            return data.decode(name, "replace"), f"not all of it is {stated}: what is not became U+FFFD"
    mended, _ = without_strays(data.decode("utf-8", "surrogateescape"))
    return mended, "not all of it is UTF-8: stray bytes were taken for Windows-1252"


def without_strays(text: str) -> tuple[str, bool]:
    """Take the bytes that UTF-8 could not decode (``surrogateescape``) for Windows-1252: (text, whether any were)."""
    if text.isascii():
        return text, False
    mended, count = _UNDECODED.subn(
        lambda stray: stray[0].encode("utf-8", "surrogateescape").decode("cp1252", "replace"), text
    )
    return mended, count > 0


def known(name: str | None) -> str:
    """Give Python's name of an encoding of text; UTF-8 where none is stated or it is unknown."""
    try:
        info = codecs.lookup((name or "utf-8").strip("\"' "))
    except (LookupError, ValueError):
        return "utf-8"
    text = info._is_text_encoding  # noqa: SLF001 — the only way to tell from compressions and the like
    return info.name if text and info.name not in _REFUSED else "utf-8"
