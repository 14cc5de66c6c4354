"""What files a site's posts refer to, which of them the archive holds, and at which addresses the others may be."""

from __future__ import annotations

import re
from collections.abc import Iterator  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING

import msgspec

from feedkeep.content import render
from feedkeep.content.links import parted
from feedkeep.content.originals import originals
from feedkeep.content.shown_files import PICTURE, Kind, ShownFile, absolute, shown_files
from feedkeep.models import Media, Post
from feedkeep.selection import Selection

if TYPE_CHECKING:
    from feedkeep.archive import SiteArchive
    from feedkeep.archive.conversation import Conversation
    from feedkeep.models import Content

ORIGIN = "media"  # the format of what was fetched from an address for the bytes alone
_PUBLIC = Selection()


class Want(msgspec.Struct, kw_only=True):
    """A file that is to be fetched, or known to be held."""

    tries: list[str]  # addresses to ask, best first
    names: list[str]  # addresses that the archive knows it by
    kind: Kind
    post: str | None  # the one post that names it; None where several do
    is_private: bool  # no public post names it
    records: dict[str, str] = {}  # address → id of the media record that has it

    @property
    def key(self) -> str:
        """What it is called by: the best address."""
        return self.tries[0]


class Held(msgspec.Struct, kw_only=True):
    """What the archive holds."""

    by_address: dict[str, str] = {}  # address of a record → hash of its bytes
    by_origin: dict[str, str] = {}  # address that gave the bytes → their hash
    types: dict[str, str | None] = {}  # hash → media type
    sizes: dict[str, int | None] = {}


class Wants(msgspec.Struct, kw_only=True):
    """All that a site refers to."""

    wants: dict[str, Want] = {}
    held: Held
    named: int = 0  # addresses


def wants_of(site: SiteArchive) -> Wants:
    """Read a site through, and say what files it refers to: by its media records first, then post by post."""
    found = Wants(held=Held())
    there = {path.name[:64] for path in (site.path / "media").glob("*/*")}
    records: dict[str, str] = {}
    for path in site.media_paths():
        conversation = site.load(path)
        media = conversation.root
        if not isinstance(media, Media) or media.url is None:
            continue
        url = absolute(media.url, None)
        if url is None:
            continue
        records.setdefault(url, media.id)
        if media.sha256 in there:
            _hold(found.held, url, media, _givers(conversation))
        kind: Kind = "picture" if _is_picture(media) else "file"
        _want(found, ShownFile(kind, (url,)), media.post, is_private=not _is_public(site, media))
    home = site.site().url
    for summary in site.summaries(oldest_first=True):
        post = site.conversation(summary.path).post
        if post is not None:
            for file in _files_of(post, home):
                _want(found, file, post.id, is_private=not _PUBLIC.may_leave(summary))
    for want in found.wants.values():
        want.records = {name: records[name] for name in want.names if name in records}
        found.named += len(want.names)
    return found


def _hold(held: Held, url: str, media: Media, givers: list[str]) -> None:
    sha256 = media.sha256 or ""
    held.by_address[url] = sha256
    held.types[sha256], held.sizes[sha256] = media.type, media.size
    for giver in givers or [url]:
        held.by_origin.setdefault(giver, sha256)


def _givers(conversation: Conversation) -> list[str]:
    """Give the addresses that the bytes of a media record were fetched from; none where they came with an export."""
    return [
        origin.url
        for version in conversation.versions
        if isinstance(version.record, Media) and version.record.sha256 is not None
        for origin in version.origins
        if origin.format == ORIGIN and origin.url is not None
    ]


def _want(found: Wants, file: ShownFile, post: str | None, *, is_private: bool) -> None:
    """Add a file; what has the same original is the same file."""
    better = [one for url in file.urls for one in originals(url)]
    tries = list(dict.fromkeys([*better, *file.urls]))
    want = found.wants.get(tries[0])
    if want is None:
        found.wants[tries[0]] = Want(
            tries=tries, names=list(file.urls), kind=file.kind, post=post, is_private=is_private
        )
        return
    want.tries += [url for url in tries if url not in want.tries]
    want.names += [url for url in file.urls if url not in want.names]
    if want.is_private and not is_private:
        want.post, want.is_private = post, False
    elif not is_private and post != want.post:
        want.post = None


def _files_of(post: Post, home: str | None) -> Iterator[ShownFile]:
    """Yield the files of a post: enclosures, its image, what its body shows and links to."""
    host = (parted(home).hostname or "").removeprefix("www.") if home else None
    base = post.url or home
    for enclosure in post.enclosures:
        yield from _one("picture" if (enclosure.type or "").startswith("image/") else "file", enclosure.url, base)
    if post.image is not None:
        yield from _one("picture", post.image, base)
    for content in (post.content, post.summary):
        if content is not None:
            yield from shown_files(_html(content, base), base, host)


def _html(content: Content, base: str | None) -> str:
    return render.html(content if content.base is not None else msgspec.structs.replace(content, base=base))


def _one(kind: Kind, url: str, base: str | None) -> Iterator[ShownFile]:
    whole = absolute(url, base)
    if whole is not None:
        yield ShownFile(kind, (whole,))


def _is_picture(media: Media) -> bool:
    if media.type is not None:
        return media.type.startswith("image/")
    return PICTURE.search(re.split(r"[?#]", media.url or "")[0]) is not None


def _is_public(site: SiteArchive, media: Media) -> bool:
    if media.status not in {None, "published"}:
        return False
    path = site.path_of_id(media.post) if media.post is not None else None
    summary = site.summary(path) if path is not None else None
    return summary is None or _PUBLIC.may_leave(summary)
