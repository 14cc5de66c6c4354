"""The address at which a platform keeps the whole of what it shows small: guessed from the smaller one's address.

A guess is a question to ask first, never an answer: whoever asks falls back to the address that was named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from feedkeep.content.tags import words

if TYPE_CHECKING:
    from collections.abc import Callable

_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|bmp|tiff?|heic)$", re.IGNORECASE)
# Parameters by which image servers cut and squeeze; with a signature beside them, they cannot be left out.
_SIZES = words("w h width height resize fit crop quality q zoom strip ssl lb ulb dpr auto format fm size s")
_SIGNED = words("sig sign signature token expires hash x-amz-signature key-pair-id policy oh")
_WORDPRESS = re.compile(r"/wp-content/|/uploads/|^/files/\d{4}/")
_WORDPRESS_SIZE = re.compile(r"(?:-\d{2,5}x\d{2,5}|-scaled|-rotated)(?=\.[a-z0-9]{2,5}$)", re.IGNORECASE)
_PHOTON = re.compile(r"i\d\.wp\.com")
_GOOGLE = re.compile(r"(?:\d+\.bp\.blogspot\.com|(?:blogger|lh\d)\.(?:googleusercontent|ggpht)\.com|lh\d\.ggpht\.com)")
_GOOGLE_SIZE = re.compile(r"/(?:[swh]\d+(?:-[a-z0-9]+)*)/(?=[^/]+$)|=(?:[swh]\d+(?:-[a-z0-9]+)*)$", re.IGNORECASE)
_TUMBLR_SIZE = re.compile(r"_(?:75sq|100|250|400|500|540|640)(?=\.[a-z0-9]{2,5}$)", re.IGNORECASE)
_TUMBLR_NEW_SIZE = re.compile(r"/s\d+x\d+(?:_c1)?/(?=[^/]+$)")
_MEDIUM = re.compile(r"(?:miro|cdn-images-\d)\.medium\.com")
_MEDIUM_SIZE = re.compile(r"/(?:max|fit/[tc]|freeze/max)/\d+(?:/\d+)?(?=/)|/resize:[\w:]+(?=/)|/format:\w+(?=/)")
_FETCHED = re.compile(r"/image/fetch/(?:[^/]*/)*?(https?(?::|%3a).+)$", re.IGNORECASE)
# Faces of commenters, smileys, and pictures whose only use is to be asked for.
_ORNAMENTS = re.compile(
    r"(?:^|\.)(?:gravatar\.com|s\.w\.org|(?:stats|pixel)\.wp\.com|stats\.wordpress\.com|feeds\.(?:feedburner|wordpress)\.com"
    r"|feedproxy\.google\.com|doubleclick\.net|google-analytics\.com)$"
)


def is_ornament(url: str) -> bool:
    """Tell whether an address is of something that no post is about: an avatar, a smiley, a counter."""
    return _ORNAMENTS.search((_split(url) or urlsplit("")).hostname or "") is not None


def originals(url: str) -> tuple[str, ...]:
    """Give the addresses at which more of a picture may be, the best guess first; none where the address tells of none."""
    found: list[str] = []
    at = url
    for _ in range(4):  # a proxy's picture of a platform's smaller one
        better = _better(at)
        if better is None or better in found or better == url:
            break
        found.append(better)
        at = better
    return tuple(reversed(found))


def _better(url: str) -> str | None:
    parts = _split(url)
    if parts is None:
        return None
    host = (parts.hostname or "").lower()
    ways: list[Callable[[SplitResult, str], str | None]] = [_of_proxy, _of_platform, _without_sizes]
    return next((found for way in ways if (found := way(parts, host)) is not None and found != url), None)


def _of_proxy(parts: SplitResult, host: str) -> str | None:
    """Photon and Cloudinary have the address of what they show in their own."""
    if _PHOTON.fullmatch(host):
        inner = parts.path.lstrip("/")
        scheme = "https" if dict(parse_qsl(parts.query)).get("ssl") == "1" else "http"
        return f"{scheme}://{inner}" if "." in inner.partition("/")[0] else None
    fetched = _FETCHED.search(parts.path)
    return None if fetched is None else unquote(fetched[1])


def _of_platform(parts: SplitResult, host: str) -> str | None:
    path = parts.path
    if _GOOGLE.fullmatch(host):
        path = _GOOGLE_SIZE.sub(lambda found: "=s0" if found[0].startswith("=") else "/s0/", path)
    elif host.endswith("media.tumblr.com"):
        path = _TUMBLR_NEW_SIZE.sub("/s2048x3072/", _TUMBLR_SIZE.sub("_1280", path))
    elif _MEDIUM.fullmatch(host):
        path = _MEDIUM_SIZE.sub("", path)
    elif _WORDPRESS.search(path) or host.endswith("files.wordpress.com"):
        path = _WORDPRESS_SIZE.sub("", path)
    return parts._replace(path=path).geturl() if path != parts.path else None


def _without_sizes(parts: SplitResult, _: str) -> str | None:
    if not parts.query or not _PICTURE.search(parts.path):
        return None
    said = parse_qsl(parts.query, keep_blank_values=True)
    names = {name.lower() for name, _ in said}
    if names & _SIGNED or not names & _SIZES:
        return None
    left = [(name, value) for name, value in said if name.lower() not in _SIZES]
    return parts._replace(query=urlencode(left)).geturl()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in {"http", "https"} else None
