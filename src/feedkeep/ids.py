"""The only place where a missing id is made: stable, from content, versioned.

An id that feedkeep makes is a contract: made again from the same content it must come out the
same, in every later release. Hence the version in the prefix; a better recipe gets a new number
and the old one stays.
"""

from __future__ import annotations

import hashlib

from feedkeep.patterns import pattern

_PREFIX = "urn:feedkeep:1:"
_GLOBAL = frozenset({"urn", "tag", "http", "https", "mailto", "doi", "at", "acct", "info", "ni"})
_SPACE = pattern(r"\s+")


def made_id(kind: str, *parts: str | None) -> str:
    """Make the id of a record whose source gives none, from what distinguishes it.

    ``kind`` is the record's kind ("post", "comment" …); ``parts`` are strings such as URL, title,
    date, text. White space is folded, so that a re-wrapped page keeps its ids. Missing parts count.
    """
    digest = hashlib.sha256()
    for part in (kind, *parts):
        text = "" if part is None else _SPACE.sub(" ", part).strip()
        digest.update(text.encode("utf-8", "surrogatepass"))
        digest.update(b"\x00" if part is not None else b"\x01")
    return f"{_PREFIX}{kind}:{digest.hexdigest()[:32]}"


def is_local(record_id: str) -> bool:
    """Tell whether ``record_id`` is a number of one platform's own, such as ``disqus:17``, that no feed shows."""
    scheme, sign, rest = record_id.partition(":")
    return bool(sign) and scheme.isalnum() and scheme not in _GLOBAL and not rest.startswith("//")


def is_made(record_id: str) -> bool:
    """Tell whether ``record_id`` was made by :func:`made_id` rather than stated by a source."""
    return record_id.startswith(_PREFIX)
