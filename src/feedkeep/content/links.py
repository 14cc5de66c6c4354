"""The addresses in a piece of HTML: finding them, and making relative ones absolute."""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from feedkeep.content.tags import tokens
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.content.tags import Attribute, Token

Role = Literal["link", "media", "page"]

# Which attributes of which elements hold addresses (HTML, index of attributes); "*" is any element.
_ROLES: dict[str, dict[str, Role]] = {
    "*": {"cite": "page", "longdesc": "page", "background": "media", "itemid": "page"},
    "a": {"href": "link"},
    "area": {"href": "link"},
    "audio": {"src": "media"},
    "embed": {"src": "media"},
    "form": {"action": "page"},
    "iframe": {"src": "page"},
    "img": {"src": "media", "srcset": "media"},
    "input": {"src": "media"},
    "link": {"href": "page"},
    "object": {"data": "media"},
    "script": {"src": "page"},
    "source": {"src": "media", "srcset": "media"},
    "track": {"src": "media"},
    "video": {"src": "media", "poster": "media"},
}
# A glance that spares most bodies the walk: an address that begins with neither a scheme nor "#". It goes from one
# "=" to the next, which is what makes it quick; a "=" after a space, and any srcset, is left to the walk.
_MAYBE_RELATIVE = pattern(
    r"=(?:"
    + "|".join(f"(?<={name}=)" for name in (r"\s", *sorted({n for names in _ROLES.values() for n in names})))
    + r""")\s*+["']?+\s*+(?:(?<=srcset=.)|(?<=srcset=)|(?![a-z][a-z0-9+.-]*+:|\#))\S""",
    re.IGNORECASE,
)
_SCHEME = pattern(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_CANDIDATE = pattern(r"([\s,]*+)(\S*+)")
_DESCRIPTOR = pattern(r"(?:[^,(]|\([^)]*+\)?)*+")


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """An address in HTML, and what it is there."""

    url: str  # references undone, as written otherwise
    tag: str  # "a", "img" …
    attribute: str  # "href", "src", "srcset" …
    role: Role  # "link": a person follows it; "media": it is shown or played; "page": a document, a frame, a citation


def absolute(html: str, base: str | None) -> str:
    """Resolve relative addresses against ``base`` (RFC 3986, section 5); all else stays as it is written.

    An address of the document itself ("#note-1") stays: what it points to is in the same body. An address that
    cannot be resolved stays too.
    """
    if not base or not _MAYBE_RELATIVE.search(html):
        return html
    return rewritten(html, lambda url: resolved(url, base))


def resolved(url: str, base: str) -> str:
    """Resolve one address; an absolute one, one within the document, and one that makes no sense stay as written."""
    trimmed = url.strip(" \t\n\r\f")
    if not trimmed or trimmed.startswith("#") or _SCHEME.match(trimmed):
        return url
    try:
        return urljoin(base, trimmed)
    except ValueError:
        return url


def parted(url: str) -> SplitResult:
    """Part an address; one that makes no sense is a path and nothing else."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def rewritten(html: str, change: Callable[[str], str]) -> str:
    """Give ``html`` with every address changed by ``change``; where it changes none, byte for byte the same."""
    pieces: list[str] = []
    at = 0
    for _, attribute, _ in _addresses(html):
        if attribute.name == "srcset":
            value = "".join(gap + change(url) + rest for gap, url, rest in candidates(attribute.value))
        else:
            value = change(attribute.value)
        if value != attribute.value:
            pieces += (html[at : attribute.start], '"', entities.escape(value), '"')
            at = attribute.end
    pieces.append(html[at:])
    return "".join(pieces)


def find(html: str) -> tuple[Reference, ...]:
    """List the addresses in ``html`` in their order, repeats and all; each candidate of a srcset is one."""
    found: list[Reference] = []
    for token, attribute, role in _addresses(html):
        urls = [url for _, url, _ in candidates(attribute.value)] if attribute.name == "srcset" else [attribute.value]
        found += [
            Reference(url=url.strip(), tag=token.name or "", attribute=attribute.name, role=role)
            for url in urls
            if url.strip()
        ]
    return tuple(found)


def _addresses(html: str) -> Iterator[tuple[Token, Attribute, Role]]:
    if "=" not in html:  # no attribute says anything
        return
    for token in tokens(html):
        if not token.attributes or token.closes or token.name in {None, "!"}:
            continue
        here = _ROLES.get(token.name or "", {})
        for attribute in token.attributes:
            role = here.get(attribute.name) or _ROLES["*"].get(attribute.name)
            if role is not None and attribute.end > attribute.start:
                yield token, attribute, role


def candidates(srcset: str) -> Iterator[tuple[str, str, str]]:
    """Cut a srcset into (gap, address, descriptor); joined, they are the srcset (HTML, section 4.8.4.2.1)."""
    at = 0
    while (found := _CANDIDATE.match(srcset, at)) is not None and found.end() > at:
        gap, url = found.groups()
        bare = url.rstrip(",")
        if len(bare) < len(url):  # a comma that ends an address ends the candidate
            at = found.end()
            yield gap, bare, url[len(bare) :]
            continue
        described = _DESCRIPTOR.match(srcset, found.end())
        at = described.end() if described is not None else found.end()
        yield gap, url, srcset[found.end() : at]
