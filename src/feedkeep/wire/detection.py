"""What a document's first element is, from its first bytes."""

from __future__ import annotations

import re

_DECLARATION = re.compile(r"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_SKIPPED = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]|\[.*?\]\s*)*>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:([\w.-]+):)?([\w.-]+)((?:\s[^<>]*)?)/?>?", re.DOTALL)
_XMLNS = re.compile(r"xmlns(?::([\w.-]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def decoded(head: bytes) -> str:
    """Decode the beginning of a document well enough to find its first element."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore")
    if head[:4] == b"\0<\0?" or head[:2] == b"\0<":
        return head.decode("utf-16-be", "ignore")
    if head[:4] == b"<\0?\0" or head[:2] == b"<\0":
        return head.decode("utf-16-le", "ignore")
    if head[:4] == b"Lo\xa7\x94":  # "<?xm" in EBCDIC
        return head.decode("cp037", "ignore")
    return head.decode("latin-1")


def root(head: bytes) -> tuple[str, str, dict[str, str]] | None:
    """Give (namespace, name, all namespaces by prefix) of the first element; None where there is none."""
    text = decoded(head)
    at = 0
    while (skipped := _SKIPPED.match(text, at)) is not None and skipped.end() > at:
        at = skipped.end()
    found = _ROOT.match(text, at)
    if found is None:
        return None
    prefix, name, attributes = found[1] or "", found[2], found[3] or ""
    spaces = {p or "": double or single for p, double, single in _XMLNS.findall(attributes)}
    return spaces.get(prefix, ""), name, spaces
