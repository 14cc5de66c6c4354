"""The files that a body shows, plays or links to, each by all the addresses that it names for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urldefrag, urlsplit

import msgspec

from feedkeep.content import links
from feedkeep.content.originals import is_ornament
from feedkeep.content.tags import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["picture", "file"]

PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?|heic)$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:mp3|m4a|ogg|oga|opus|wav|flac|mp4|m4v|webm|mov|ogv|pdf)$", re.IGNORECASE)
# Where themes and plugins put what is loaded later, and Jetpack the upload itself; the best comes first.
_LATER = ("data-orig-file", "data-original", "data-large-file", "data-src", "data-lazy-src")
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_PLAYED = frozenset({"audio", "video", "source", "track", "embed"})
_WIDTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)[wx]\s*$", re.ASCII)


class ShownFile(msgspec.Struct, frozen=True):
    """A file of a body."""

    kind: Kind
    urls: tuple[str, ...]  # all that lead to it, absolute, the one that promises most first


def shown_files(html: str, base: str | None, home: str | None) -> Iterator[ShownFile]:
    """Yield the files of a body in their order; ``home`` is the host whose sounds, films and papers are the blog's own.

    A link counts where it leads to a picture, or to another file on that host. What is within the address (data:), and
    what is of no post (avatars, counters), is left out.
    """
    for token in tokens(html):
        if not token.attributes or token.closes:
            continue
        said = {one.name: one.value for one in reversed(token.attributes)}
        if token.name == "img":
            yield from _made("picture", _of_image(said), base)
        elif token.name in _PLAYED:
            sets = [url for name in _SETS for url in _largest_first(said.get(name, ""))]
            kind: Kind = "picture" if sets else "file"
            urls = [*sets, *([said["src"]] if "src" in said else [])]
            if token.name != "embed" or any(_FILE.search(_path(url)) for url in urls):
                yield from _made(kind, urls, base)
            if "poster" in said:
                yield from _made("picture", [said["poster"]], base)
        elif token.name == "a" and "href" in said:
            path, host = _path(said["href"]), _host(said["href"], base)
            if PICTURE.search(path):
                yield from _made("picture", [said["href"]], base)
            elif _FILE.search(path) and home is not None and (host == home or host.endswith("." + home)):
                yield from _made("file", [said["href"]], base)


def _of_image(said: dict[str, str]) -> list[str]:
    urls = [said[name] for name in _LATER if name in said]
    urls += [url for name in _SETS for url in _largest_first(said.get(name, ""))]
    return [*urls, said["src"]] if "src" in said else urls


def _largest_first(srcset: str) -> list[str]:
    found = [(url, _WIDTH.search(rest.rstrip(", "))) for _, url, rest in links.candidates(srcset)]
    sized = [(float(size[1]) if size is not None else 1.0, url) for url, size in found]
    return [url for _, url in sorted(sized, key=lambda pair: -pair[0])]


def _made(kind: Kind, urls: list[str], base: str | None) -> Iterator[ShownFile]:
    found: dict[str, None] = {}
    for url in urls:
        whole = absolute(url, base)
        if whole is not None:
            found[whole] = None
    if found:
        yield ShownFile(kind, tuple(found))


def absolute(url: str, base: str | None) -> str | None:
    """Give the address as it can be asked for; None for what is not on the web, or an ornament."""
    try:
        whole = urldefrag(links.resolved(url.strip(), base or "")).url
        parts = urlsplit(whole)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or is_ornament(whole):
        return None
    return whole


def _path(url: str) -> str:
    return re.split(r"[?#]", url, maxsplit=1)[0]


def _host(url: str, base: str | None) -> str:
    try:
        return (urlsplit(links.resolved(url.strip(), base or "")).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
