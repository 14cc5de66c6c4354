"""Addresses below a blog's own, and what about them does not tell two pages apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedkeep.models import Site


def site_base(site: Site) -> str | None:
    """Give the address that a blog's own pages begin with; None where it has none."""
    found = next((one for one in (site.url, site.id) if one and re.match(r"https?://[^/?#\s]", one)), None)
    return None if found is None else re.split(r"[?#]", found)[0].rstrip("/")


def host(url: str | None) -> str | None:
    """Give the host of an address, with its scheme."""
    found = re.match(r"https?://[^/?#\s]+", url or "")
    return None if found is None else found[0]


def bare(url: str) -> str:
    """Give an address without what a move to https or a bare host changes."""
    found = re.match(r"https?://(?:www\.)?([^/?#]*)", url, re.IGNORECASE)
    return url if found is None else found[1].lower() + url[found.end() :]


def below(url: str, base: str | None) -> str | None:
    """Give what follows a site's address in one; None where it is another site's."""
    if base is None or not bare(url).startswith(bare(base)):
        return None
    rest = bare(url).removeprefix(bare(base))
    return rest if not rest or rest[0] in "/?#" else None
