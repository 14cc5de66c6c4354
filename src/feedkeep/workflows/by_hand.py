"""What a person says of an archive: a review that no source marks up, a comment's post that no source names.

It is kept like anything else that was read, as a version from the source "hand", so that importing again, in
whatever order, never undoes it.
"""

from __future__ import annotations

import csv
import io
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import Archive, Origin
from feedkeep.archive.clock import now
from feedkeep.errors import FormatError, UsageError
from feedkeep.models import Comment, Post, Record
from feedkeep.notes import Notes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.archive import SiteArchive
    from feedkeep.models import Review
    from feedkeep.source import Source


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A post that comments were placed on."""

    site: str
    post: str  # id
    title: str | None
    comments: int  # that came to it


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """A post and its reviews as they are now."""

    site: str
    post: str  # id
    title: str | None
    reviews: tuple[Review, ...]


def review(archive_path: str | Path, wanted: str, said: Review, *, sites: tuple[str, ...] = ()) -> Reviewed:
    """Say what a post reviews; a review of the same item is replaced. An item without a name is the post's title.

    Raises UsageError where ``wanted`` names no post or several, or nothing names the item.
    """
    archive = Archive.open(archive_path)
    site, post = _post(archive, wanted, sites)
    if not said.item.name:
        if not post.title:
            raise UsageError(f"{wanted!r} has no title: name what it reviews with --item")
        said = msgspec.structs.replace(said, item=msgspec.structs.replace(said.item, name=post.title))
    others = tuple(r for r in post.reviews if r.item.name.casefold() != said.item.name.casefold())
    reviews = (*others, said)
    _put(archive, site, [Post(id=post.id, permalink=post.permalink, kind=post.kind, reviews=reviews)])
    return Reviewed(site=site, post=post.id, title=post.title, reviews=reviews)


def adopt(
    archive_path: str | Path, orphan: str, wanted: str, *, alone: bool = False, sites: tuple[str, ...] = ()
) -> Placed:
    """Place a comment that waits for its post, and with it all that wait for the same; ``alone`` places only this one.

    ``orphan`` is the comment's id or address, ``wanted`` names the post. What is kept is that the post had the id
    or address that the comment refers to, so that later comments find it too. Raises UsageError where either is
    not there.
    """
    archive = Archive.open(archive_path)
    site, comment = _orphan(archive, orphan, sites)
    _, post = _post(archive, wanted, (site,))
    told = not alone and (comment.post or comment.post_url)
    if told:
        aliases = (comment.post,) if comment.post else ()
        urls = (comment.post_url,) if comment.post_url else ()
        known = Post(id=post.id, permalink=post.permalink, kind=post.kind, aliases=aliases, urls=urls)
        return _placed(archive, site, post, [known])
    placed = Comment(id=comment.id, permalink=comment.permalink, kind=comment.kind, post=post.id)
    return _placed(archive, site, post, [placed])


def adopt_redirected(archive_path: str | Path, moved: Source, *, sites: tuple[str, ...] = ()) -> list[Placed]:
    """Let posts be known by their old addresses too: each line of ``moved`` is an old and a new address.

    They stand in a CSV of two columns, or separated by blanks as in a ``_redirects`` file. Gives the posts that
    comments came to. Raises FormatError where no line names two addresses.
    """
    archive = Archive.open(archive_path)
    pairs = list(_pairs(moved))
    if not pairs:
        raise FormatError("no line of it has an old and a new address", source=moved.name)
    placed: list[Placed] = []
    for name in sites or archive.sites():
        with closing(archive.site(name)) as site:
            base = site.site().url or f"https://{name}/"
            old: dict[str, list[str]] = {}
            for before, after in pairs:
                found = site.id_of_address(after, base)
                if found is not None:
                    old.setdefault(found, []).append(before)
            posts = [post for record_id in old if (post := _root(site, record_id)) is not None]
        for post in posts:
            urls = tuple(_absolute(url, base) for url in old[post.id])
            known = Post(id=post.id, permalink=post.permalink, kind=post.kind, urls=urls)
            result = _placed(archive, name, post, [known])
            if result.comments:
                placed.append(result)
    return placed


def _pairs(moved: Source) -> Iterator[tuple[str, str]]:
    text = moved.read().decode("utf-8-sig", "replace")
    for line in text.splitlines():
        try:
            row = next(csv.reader(io.StringIO(line)), []) if "," in line else line.split()
        except csv.Error:
            continue
        words = [word.strip() for word in row]
        if len(words) >= 2 and all(word.startswith(("http://", "https://", "/")) for word in words[:2]):
            yield words[0], words[1]


def _absolute(url: str, base: str) -> str:
    from feedkeep.content.links import resolved  # noqa: PLC0415 — only redirects need it

    return resolved(url, base)


def _placed(archive: Archive, site: str, post: Post, said: list[Record]) -> Placed:
    before = _count(archive, site, post.id)
    _put(archive, site, said)
    return Placed(site=site, post=post.id, title=post.title, comments=_count(archive, site, post.id) - before)


def _put(archive: Archive, site: str, records: list[Record]) -> None:
    with archive.write(site, Origin(format="hand", kind="hand", as_of=now()), Notes()) as writing:
        for record in records:
            writing.put(record)


def _count(archive: Archive, name: str, post_id: str) -> int:
    with closing(archive.site(name)) as site:
        path = site.path_of_id(post_id)
        return len(site.conversation(path).comments) if path is not None else 0


def _post(archive: Archive, wanted: str, sites: tuple[str, ...]) -> tuple[str, Post]:
    found: list[tuple[str, Post]] = []
    refused: UsageError | None = None
    for name in sites or archive.sites():
        with closing(archive.site(name)) as site:
            try:
                post = site.conversation(site.find(wanted).path).post
            except UsageError as error:
                refused = error
                continue
            if post is not None:
                found.append((name, post))
    if len(found) == 1:
        return found[0]
    if not found:
        raise refused or UsageError(f"no post {wanted!r}: the archive is empty")
    raise UsageError(f"{wanted!r} is in several sites; choose one with --site: {', '.join(name for name, _ in found)}")


def _orphan(archive: Archive, wanted: str, sites: tuple[str, ...]) -> tuple[str, Comment]:
    found: list[tuple[str, Comment]] = []
    for name in sites or archive.sites():
        with closing(archive.site(name)) as site:
            for _, conversation in site.orphans():
                found += [(name, c) for c in conversation.comments if wanted in {c.id, c.url, *c.aliases}]
    if not found:
        raise UsageError(f"no comment {wanted!r} waits for its post; `feedkeep list --orphans` shows those that do")
    if len(found) > 1:
        names = ", ".join(sorted({name for name, _ in found}))
        raise UsageError(f"several comments are called {wanted!r}; choose a site with --site: {names}")
    return found[0]


def _root(site: SiteArchive, record_id: str) -> Post | None:
    path = site.path_of_id(record_id)
    return None if path is None else site.conversation(path).post
