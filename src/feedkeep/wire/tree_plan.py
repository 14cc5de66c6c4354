"""Where every post and file of a blog lies in the tree of a static site generator, and at which address it is built.

An address that a static page can have is kept, whole; any other post is given one of its own. Old addresses lead to
the new ones. No two things share a name: files are told apart by their whole address, never by its last part.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

import msgspec

from feedkeep.content import links
from feedkeep.wire.site_addresses import bare, below, host, site_base
from feedkeep.wire.wxr_ids import place, post_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Media, Post, Snapshot
    from feedkeep.notes import Notes

# Characters that generators, file systems and addresses all take for themselves.
_SEGMENT = re.compile(r"(?![._-])[\w.~+@,;=!-]{1,120}(?<!\.)")
_PAGE = re.compile(r".+\.x?html?", re.IGNORECASE)
_FILE = re.compile(r".+\.[a-z0-9]{1,8}", re.IGNORECASE)
# Folders that generators or readers of their trees leave out, and pages that the tree makes itself.
_LEFT_OUT = frozenset({"node_modules", "vendor", "themes", "layouts", "archetypes", "resources", "public", "output"})
_LEFT_OUT_TOO = frozenset({"content", "data", "src", "static", "dist", "bower_components", "examplesite", "comments"})
_LEFT_OUT_TOO |= {"posts", "pages"}
_OWN = ("/", "/posts/", "/pages/", "/tags/", "/categories/", "/404.html", "/index.html", "/index.htm", "/feedkeep.css")
_NO_SLUG = re.compile(r"[^a-z0-9]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d|index)", re.IGNORECASE)


class Laid(NamedTuple):
    """Where a post lies."""

    stem: str  # of its file, unique in the tree
    path: str  # of its page, from the root of the site: "/2014/06/tide/", "/tide.html"
    address: str | None  # of its page; None where nobody knows where the site is
    aliases: tuple[str, ...]  # paths that lead to it
    post: Post  # with the address that it has now, and those that it had


class Plan:
    """What must be known of a whole blog before its first file is written; some texts for each post and file."""

    def __init__(self, snapshot: Snapshot, base_url: str | None, notes: Notes) -> None:
        site = snapshot.site
        self._old = site_base(site) or host(
            next((post.url for post in snapshot.posts(bodiless=True) if host(post.url)), None)
        )
        self.base = base_url.rstrip("/") if base_url is not None else self._old
        self.taxonomies: set[str] = set()
        self.moved: dict[str, str] = {}  # address → the one that it is now
        self._nearly: dict[str, str] = {}  # the same, without what a move to https, a bare host or a slash changes
        self._notes = notes
        self._stems: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._taken = {path.casefold() for path in _OWN}
        self._aliases: dict[str, str] = {}  # path → id of the post that it leads to
        self._files: dict[str, str] = {}  # key of a media record → path below the root of the site
        names: set[str] = set()
        for post in snapshot.posts(oldest_first=True, bodiless=True):
            self._enter(post, names)
        for media in snapshot.media():
            self._enter_file(media, snapshot)
        self.mark = hashlib.sha256(repr((self.base, sorted(self.moved.items()))).encode()).hexdigest()[:16]

    def laid(self, post: Post) -> Laid:
        """Tell where a post lies."""
        path = self._paths[post.id]
        address = self._address(path)
        if post.status not in (None, "published"):  # nobody sees it yet: it has the address that it had
            return Laid(self._stems[post.id], path, address, (), post)
        stays = address is None or (post.url is not None and self._kept(post.url) == path and self.base == self._old)
        url = post.url if stays else address
        old = dict.fromkeys(one for one in (post.url, *post.urls) if one is not None and one != url)
        aliases = []
        for one in old:
            alias = self._kept(one)
            if alias is None or alias.casefold() in self._taken or alias in aliases:
                continue
            if self._aliases.setdefault(alias.casefold(), post.id) == post.id:
                aliases.append(alias)
        urls = tuple(old) if url != post.url else post.urls
        return Laid(
            self._stems[post.id], path, address, tuple(aliases), msgspec.structs.replace(post, url=url, urls=urls)
        )

    def file(self, media: Media) -> str | None:
        """Give the path of a file below the root of the site; None where the archive does not hold it."""
        return self._files.get(media.url or media.id)

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether the tree will live at another address than the blog did."""
        return self.base != self._old

    def address_of(self, path: str) -> str | None:
        """Give the address of a path below the root of the site, which begins with a slash."""
        return self._address(path)

    def now(self, url: str) -> str:
        """Give the address that a link has to lead to now."""
        if not self.moved:
            return url
        before, mark, fragment = url.partition("#")
        found = self.moved.get(before) or self._nearly.get(bare(before).rstrip("/"), before)
        return found + mark + fragment

    def leads(self, url: str) -> bool:
        """Tell whether a link leads somewhere: out of the site, or to a page or file of the tree."""
        path = next((one for base in (self.base, self._old) if (one := below(url, base)) is not None), None)
        if path is None:
            return True
        page, query, _ = re.split(r"([?#]|$)", path, maxsplit=1)
        path = unquote(page).casefold() or "/"
        if path == "/" and query == "?":  # a static site has one page there, whatever is asked of it
            return False
        forms = {path, f"{path}/"}
        return not self._taken.isdisjoint(forms) or not self._aliases.keys().isdisjoint(forms)

    def _enter(self, post: Post, names: set[str]) -> None:
        stem = slug(post.slug or "") or slug(_last(post.url)) or slug(post.title or "") or short(post.id)
        if stem in names or _RESERVED.fullmatch(stem):
            stem = f"{stem}-{short(post.id)}"
        names.add(stem)
        self._stems[post.id] = stem
        path = self._kept(post.url) if post.url is not None else None
        if path is None or path.casefold() in self._taken:
            path = f"/{'posts' if post.kind == 'post' else 'pages'}/{stem}/"
            while path.casefold() in self._taken:
                path = f"{path[:-1]}-{short(post.id + path)}/"
            if post.url is not None and post.status in (None, "published"):
                self._notes.altered(f"its page is now {path}", record=post.id, field="Post.url")
        self._taken.add(path.casefold())
        self._paths[post.id] = path
        self.taxonomies.update(term.taxonomy for term in post.terms)
        address = self._address(path) if post.status in (None, "published") else None
        for url in (post.url, *post.urls, *self._short(post)):
            if url is not None and address is not None and (self._kept(url) != path or self.base != self._old):
                self._move(url, address)

    def _short(self, post: Post) -> Iterator[str]:
        """Yield the addresses by number at which WordPress has a post, whatever its permalink is."""
        number = post_number(post.id, post.aliases, place(self._old))
        if number is not None and self._old is not None:
            yield from (f"{self._old}/?{name}={number}" for name in ("p", "page_id"))

    def _move(self, url: str, address: str) -> None:
        self.moved.setdefault(url, address)
        self._nearly.setdefault(bare(url).rstrip("/"), address)

    def _enter_file(self, media: Media, snapshot: Snapshot) -> None:
        key = media.url or media.id
        if key in self._files:
            return
        opened = snapshot.open_media(media)
        if opened is None:
            return
        opened.close()
        path = self._kept(media.url, of_file=True) if media.url is not None else None
        if path is None or path.casefold() in self._taken:
            told = PurePosixPath(unquote(links.parted(media.url or "").path) or media.path or "")
            suffix = told.suffix.lower() if re.fullmatch(r"\.[a-z0-9]{1,8}", told.suffix.lower()) else _suffix(media)
            stem = slug(told.stem)[:60]
            path = f"/media/{short(key)}{f'-{stem}' if stem else ''}{suffix}"
        self._taken.add(path.casefold())
        self._files[key] = path
        address = self._address(path)
        if media.url is not None and address is not None and address != media.url:
            self._move(media.url, address)

    def _address(self, path: str) -> str | None:
        return None if self.base is None else self.base + quote(path, safe="/%:@!$&'()*+,;=~?#")

    def _kept(self, url: str | None, *, of_file: bool = False) -> str | None:
        """Give the path of an address below the site's own; None where a static page or file cannot have it."""
        if url is None or self._old is None or "?" in url or "#" in url:
            return None
        rest = bare(url).removeprefix(bare(self._old))
        if not bare(url).startswith(bare(self._old)) or (rest and not rest.startswith("/")):
            return None
        segments = unquote(rest).strip("/").split("/")
        if not all(_SEGMENT.fullmatch(one) and unicodedata.is_normalized("NFC", one) for one in segments):
            return None
        if not {one.casefold() for one in segments}.isdisjoint(_LEFT_OUT | (_LEFT_OUT_TOO if of_file else set())):
            return None
        last = segments[-1]
        if of_file:
            return f"/{'/'.join(segments)}" if _FILE.fullmatch(last) and not _PAGE.fullmatch(last) else None
        if _PAGE.fullmatch(last) and not rest.endswith("/"):
            return f"/{'/'.join(segments)}"
        return None if _FILE.fullmatch(last) and not re.search(r"\.\d+$", last) else f"/{'/'.join(segments)}/"


def short(text: str) -> str:
    """Give a short name that belongs to a text alone."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def slug(text: str) -> str:
    """Make a name for a file: plain letters, digits and hyphens; empty where none is left."""
    plain = unicodedata.normalize("NFKD", unquote(text)).casefold().encode("ascii", "ignore").decode()
    return _NO_SLUG.sub("-", plain).strip("-")[:80].strip("-")


def file_of(path: str) -> str:
    """Give the file that is built for a path."""
    return path.lstrip("/") + ("index.html" if path.endswith("/") else "")


def parted(base: str) -> Iterator[str]:
    """Part an address into its host and the path below it."""
    told = links.parted(base)
    yield f"{told.scheme}://{told.netloc}"
    yield told.path.rstrip("/")


def _last(url: str | None) -> str:
    return re.split(r"[?#]", url or "")[0].rstrip("/").rpartition("/")[2].removesuffix(".html")


def _suffix(media: Media) -> str:
    known = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
    return known.get(media.type or "", ".bin")
