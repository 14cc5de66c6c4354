"""Addresses in feeds: what is absolute, what a relative one means, and Atom's link element."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from feedkeep.models import Link
from feedkeep.wire.feed_texts import whole

_RELATION = "http://www.iana.org/assignments/relation/"  # RFC 4287 section 4.2.7.2
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def has_scheme(address: str) -> bool:
    """Tell whether an address is absolute."""
    return _SCHEME.match(address) is not None


def joined(base: str | None, address: str) -> str:
    """Make an address absolute; where base or address is none, it stays as it is."""
    try:
        return urljoin(base, address) if base else address
    except ValueError:
        return address


def read_link(element: Any, href: str) -> Link:  # noqa: ANN401 — lxml's element type is private
    """Read an Atom link, whose address has been made absolute, with its relation by its short name."""
    rel = (element.get("rel") or "").strip()
    return Link(
        href=href,
        rel=rel.removeprefix(_RELATION) or None,
        type=element.get("type"),
        hreflang=element.get("hreflang"),
        title=element.get("title"),
        length=whole(element.get("length")),
    )
