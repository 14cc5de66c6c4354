"""What a document's first element is, from its first bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ROOT = re.compile(r"<(?:([\w.-]+):)?([\w.-]+)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)")
_XMLNS = re.compile(r"xmlns(?::([\w.-]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DOCTYPE = re.compile(r"<!doctype(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+(?:\[|>)", re.IGNORECASE)
_SUBSET_END = re.compile(r"\]\s*>")
_SPACE = " \t\r\n"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"))
_MARKS_16 = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# How "<" and what may follow it look in encodings that do not hold ASCII (XML 1.0, appendix F).
_BARE = (
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0<", "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"Lo\xa7\x94", "cp037"),
)


class Root(NamedTuple):
    """The first element of a document."""

    space: str  # its namespace; "" for none
    name: str
    spaces: dict[str, str]  # the namespaces that it declares, by prefix


def marked(head: bytes) -> tuple[int, str] | None:
    """Give (length of the mark, encoding) where a byte order mark, or the place of the zeros, tells the encoding."""
    for mark, encoding in (*_MARKS, *_MARKS_16):
        if head.startswith(mark):
            return len(mark), encoding
    return next(((0, encoding) for start, encoding in _BARE if head.startswith(start)), None)


def decoded(head: bytes) -> str:
    """Decode the beginning of a document well enough to find its first element."""
    length, encoding = marked(head) or (0, "latin-1")
    return head[length:].decode(encoding, "replace")


@lru_cache(maxsize=8)  # each format that is asked asks this
def root(head: bytes) -> Root | None:
    """Find the first element, past declaration, comments, instructions and document type; None where there is none."""
    text = decoded(head)
    at = 0
    while True:
        at = _skipped(text, at, _SPACE)
        if text.startswith("<?", at):
            end = text.find("?>", at)
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 1
        else:
            doctype = _DOCTYPE.match(text, at)
            if doctype is None:
                break
            closing = doctype if doctype[0].endswith(">") else _SUBSET_END.search(text, doctype.end())
            end = -1 if closing is None else closing.end() - 2
        if end < 1:
            return None
        at = end + 2
    found = _ROOT.match(text, at)
    if found is None:
        return None
    spaces = {prefix or "": double or single for prefix, double, single in _XMLNS.findall(found[3])}
    return Root(spaces.get(found[1] or "", ""), found[2], spaces)


def _skipped(text: str, at: int, characters: str) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at
