"""Which site of the archive a document belongs to, and where that site lives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from feedkeep.archive import Writing
    from feedkeep.models import Site
    from feedkeep.source import Source

_NOT_NAME = re.compile(r"[^a-z0-9._~@-]+")
_OURS = "feedkeep"  # the key of what we note ourselves of a feed that is followed


def kept_in(feed: Site, name: str) -> Site:
    """Give a feed that is to be kept in the folder of that name, whatever it says. Raises UsageError for no name."""
    if _named(name) != name:
        raise UsageError(f"{name!r} cannot be the name of a site; {_named(name)!r} can")
    return msgspec.structs.replace(feed, extra={**feed.extra, _OURS: {"site": name}})


def chosen(feed: Site) -> str | None:
    """Give the folder that a person chose for a feed; None where the feed itself says it."""
    said = feed.extra.get(_OURS)
    name = said.get("site") if isinstance(said, dict) else None
    return name if isinstance(name, str) and _named(name) == name else None


def site_name(known: Collection[str], site: Site | None, document: Source, posts: Iterable[str | None] = ()) -> str:
    """Choose the folder of a document's site.

    The blog's host, without "www."; with the first part of the path where the blog lives below it. An address
    within a site that is there already belongs to that site: a feed of one post's comments does not say where the
    blog is, but its comments name the addresses of their ``posts``.
    A document that does not say where it is from goes to the only site there is, else to one called like the file.
    """
    stated = (site and site.url, site and site.id, document.url, *posts)
    address = next((url for url in stated if url and "://" in url), None)
    if address is None:
        return next(iter(known)) if len(known) == 1 else _named(document.path.stem)
    host, path = _place(address)
    if not host:
        return _named(document.path.stem)
    parts = [part for part in path.split("/") if part]
    options = [_named("-".join([host, *parts[:depth]])) for depth in range(len(parts), -1, -1)]
    for option in options:
        if option in known:
            return option
    if parts and (len(parts) == 1 or parts[0][0] in "~@") and "." not in parts[0]:
        return options[-2]
    return options[-1]


def home(name: str, described: Site | None, writing: Writing) -> str:
    """Give the address of a site: as the document says, as the archive knows, else as its folder is called."""
    for stated in (described, writing.site.site()):
        if stated is not None and stated.url and "://" in stated.url:
            return stated.url
    return f"https://{name}/" if "." in name else ""


def _place(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
        return host if parts.port in {None, 80, 443} else f"{host}-{parts.port}", parts.path
    except ValueError:
        return "", ""


def _named(text: str) -> str:
    name = _NOT_NAME.sub("-", text.casefold()).strip("-.")[:100]
    if not name:
        raise UsageError(f"{text!r} gives no name for a site: name one with --site")
    return name if name[0].isalnum() else f"site-{name}"[:100]
