"""When two records are one: the keys that a record is known by, and which of them bind.

Every version of a record claims keys. **Strong** keys (ids) always bind. **Weak** keys (addresses, then
slugs) bind only where that cannot glue two different posts together:

* an address binds unless one format gave the same address to posts with different ids of their own
  (a link blog, a feed whose items all link to the front page);
* a slug binds a record that has neither an id of its own nor an address to the only post of that slug.

Which versions belong together is a pure function of the whole set of versions (:func:`partition`), so the
order of imports cannot matter.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from feedkeep.ids import is_made
from feedkeep.models import Comment, Media, Post, Record, Tombstone
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from feedkeep.archive.versions import Version

_TRACKING = pattern(r"^(utm_.*|fbclid|gclid|mc_[ce]id|m|replytocom|amp|share)$", re.IGNORECASE)
# The addresses that nearly all posts have: a path without escapes, or WordPress's "?p=17".
_PLAIN = pattern(r"https?://(?:www\.)?([a-z0-9.-]+)(?:(/[^\s?#%]*[^\s?#%/])/?|/(\?p=\d+))", re.ASCII)
_NOT_WORD = pattern(r"[^\w]+")
_SLUG = pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)  # what is one already
_APOSTROPHE = pattern(r"['’‘`´]")


class Keys:
    """What a record claims. ``own`` says that its id is its own, neither made nor just its address."""

    __slots__ = ("day", "own", "placed", "slugs", "strong", "urls")

    def __init__(self) -> None:
        self.strong: list[str] = []
        self.urls: list[str] = []  # weak: canonical addresses
        self.slugs: list[str] = []  # weakest: kind and slug; where both sides know their day, it must agree
        self.day: dt.date | None = None
        self.own = False
        self.placed = False  # has an id of its own or an address

    def all(self) -> list[str]:
        """Every key, strongest first."""
        return [*self.strong, *self.urls, *self.slugs]


def canonical(url: str | None) -> str | None:
    """Reduce an address to what identifies it, or None where it identifies no post (a front page).

    Scheme, "www.", default ports, trailing slashes, fragments, tracking parameters and the order of the
    others are taken away.
    """
    if not url:
        return None
    plain = _PLAIN.fullmatch(url)
    if plain:
        return "u:" + plain[1] + (plain[2] or plain[3])
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").removeprefix("www.")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https", ""}:
        return None
    query = urlencode(
        sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(pair[0]))
    )
    path = unquote(parts.path, errors="surrogateescape").rstrip("/")
    if not host or not (path or query):
        return None
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"u:{where}{path}?{query}" if query else f"u:{where}{path}"


def slugify(text: str | None) -> str:
    """Make a slug of a title as platforms do: lower case, words joined with hyphens; "" for none."""
    if not text:
        return ""
    if text.isascii() and "%" not in text:  # nearly all; none of what follows for the others would change it
        if _SLUG.fullmatch(text):
            return text
        return _NOT_WORD.sub("-", text.lower().replace("'", "").replace("`", "")).strip("-_")
    folded = _APOSTROPHE.sub("", unicodedata.normalize("NFC", unquote(text, errors="replace")).casefold())
    return _NOT_WORD.sub("-", folded).strip("-_")


def hashed(key: str) -> int:
    """Give the signed 64-bit number under which the index files a key."""
    return int.from_bytes(sha256(key.encode("utf-8", "surrogatepass")).digest()[:8], "little", signed=True)


def claims(record: Record) -> list[str]:
    """Give every key that a record claims, its own id's first; for a comment without the detour of a :class:`Keys`."""
    if type(record) is not Comment:
        return keys(record).all()
    claimed = ["c:" + record.id]
    if record.aliases:
        claimed += ["c:" + alias for alias in record.aliases]
    if record.post is not None:
        claimed.append("p:" + record.post)
    if record.parent is not None:
        claimed.append("c:" + record.parent)
        if record.post is None:
            claimed.append("p:" + record.parent)
    if record.post_url is not None:
        url = canonical(record.post_url)
        if url is not None:
            claimed.append(url)
    return claimed


def keys(record: Record) -> Keys:
    """Say what a record is known by."""
    found = Keys()
    if isinstance(record, Comment):
        _comment_keys(record, found)
    elif isinstance(record, Tombstone):
        found.strong = ["p:" + record.id, "c:" + record.id]
    elif isinstance(record, (Post, Media)):
        _root_keys(record, found)
    return found


def _comment_keys(comment: Comment, found: Keys) -> None:
    found.strong.append("c:" + comment.id)
    found.strong += ["c:" + alias for alias in comment.aliases]
    if comment.post is not None:
        found.strong.append("p:" + comment.post)
    if comment.parent is not None:
        found.strong.append("c:" + comment.parent)
        if comment.post is None:  # the source did not say whether it answers a comment or the post
            found.strong.append("p:" + comment.parent)
    url = canonical(comment.post_url)
    if url is not None:
        found.urls.append(url)


def _root_keys(root: Post | Media, found: Keys) -> None:
    found.strong = ["p:" + root.id, *["p:" + alias for alias in root.aliases]]
    made = is_made(root.id)
    address = canonical(root.url)
    by_id = canonical(root.id) if root.id.startswith("http") else None
    urls = {address, by_id}
    if isinstance(root, Post):
        if root.urls:
            urls.update(map(canonical, root.urls))
        found.urls = sorted([url for url in urls if url is not None])
        slugs = {slugify(root.slug), slugify(root.title)}
        found.slugs = sorted([f"s:{root.kind}|{slug}" for slug in slugs if slug])
        found.day = root.published.date() if root.published else None
    else:  # a post may link to nothing but a picture: it is not the picture
        found.urls = sorted([f"m{url}" for url in urls if url is not None])
    found.own = not made and (by_id is None or by_id != address)
    found.placed = not made or bool(found.urls)


class _Groups:
    """Union-find over the positions of a sequence."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        parent = self._parent
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        one, other = self.find(one), self.find(other)
        if one != other:
            self._parent[max(one, other)] = min(one, other)


def partition(versions: Sequence[Version]) -> list[list[Version]]:
    """Split versions into conversations: a pure function of the set, whatever its order."""
    if len(versions) == 1:
        return [list(versions)]
    ordered = sorted(versions, key=lambda version: version.sort_key)
    claims = [keys(version.record) for version in ordered]
    groups = _Groups(len(ordered))
    _bind_all(groups, (claim.strong for claim in claims))
    _bind_addresses(groups, ordered, claims)
    _bind_slugs(groups, claims)
    parts: dict[int, list[Version]] = {}
    for position, version in enumerate(ordered):
        parts.setdefault(groups.find(position), []).append(version)
    return list(parts.values())


def _bind_all(groups: _Groups, claims: Iterable[Iterable[Hashable]]) -> None:
    first: dict[Hashable, int] = {}
    for position, claimed in enumerate(claims):
        for key in claimed:
            groups.join(first.setdefault(key, position), position)


def _bind_addresses(groups: _Groups, ordered: Sequence[Version], claims: Sequence[Keys]) -> None:
    claimants: dict[str, list[int]] = {}
    for position, claim in enumerate(claims):
        for url in claim.urls:
            claimants.setdefault(url, []).append(position)
    rooted = {groups.find(i) for i, v in enumerate(ordered) if not isinstance(v.record, (Comment, Tombstone))}
    for _, claiming in sorted(claimants.items()):
        # A comment whose post is known by id needs no address, and must not glue posts together by one.
        positions = [i for i in claiming if not isinstance(ordered[i].record, Comment) or groups.find(i) not in rooted]
        owners = {groups.find(i) for i in positions if claims[i].own}
        formats: dict[int, set[str]] = {owner: set() for owner in owners}
        for i, claim in enumerate(claims):
            if claim.own and groups.find(i) in formats:
                formats[groups.find(i)].update(origin.format for origin in ordered[i].origins)
        named = [name for names in formats.values() for name in names]
        contested = len(named) != len(set(named))
        bound = [i for i in positions if not contested or groups.find(i) not in owners]
        for i in bound[1:]:
            groups.join(bound[0], i)


def _bind_slugs(groups: _Groups, claims: Sequence[Keys]) -> None:
    placed = {groups.find(i) for i, claim in enumerate(claims) if claim.placed}
    claimants: dict[str, list[int]] = {}
    for position, claim in enumerate(claims):
        for slug in claim.slugs:
            claimants.setdefault(slug, []).append(position)
    for _, positions in sorted(claimants.items()):
        homes = [i for i in positions if groups.find(i) in placed]
        strays: dict[dt.date | None, list[int]] = {}
        for i in positions:
            if groups.find(i) not in placed:
                strays.setdefault(claims[i].day, []).append(i)
        for day, same in sorted(strays.items(), key=lambda item: item[0] or dt.date.min):
            for i in same[1:]:
                groups.join(same[0], i)
            fitting = {groups.find(i) for i in homes if day is None or claims[i].day in {None, day}}
            if len(fitting) == 1:
                groups.join(fitting.pop(), same[0])
