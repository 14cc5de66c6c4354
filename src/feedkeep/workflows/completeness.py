"""What a blog claims to have, and what of it the archive holds."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from feedkeep.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.archive import Archive, SiteArchive
    from feedkeep.models import Post
    from feedkeep.selection import Summary

_PUBLIC = Selection(include=frozenset({"protected"}))  # a blog counts what is behind a password


class Lack(msgspec.Struct, frozen=True, kw_only=True):
    """A post of which fewer comments are held than it claims."""

    post: str  # id
    title: str | None
    url: str | None
    claimed: int
    held: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of thing: how many the blog claims, and how many public ones are held."""

    claimed: int | None  # None: it does not say
    held: int


class Completeness(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a blog is held."""

    posts: Part
    pages: Part
    comments: Part
    lacking: tuple[Lack, ...] = ()  # most first


def completeness(archive: Archive, name: str, claims: dict[str, int]) -> Completeness | None:
    """Count what a site holds beside what was claimed of it; None where there is no such site."""
    if name not in archive.sites():
        return None
    held = {"posts": 0, "pages": 0}
    comments = said = 0
    says_any = "comments" in claims
    lacks: list[Lack] = []
    with closing(archive.site(name)) as site:
        for summary in site.summaries():
            if not _PUBLIC.may_leave(summary):
                continue
            held["pages" if summary.kind == "page" else "posts"] += 1
            approved = summary.comments - summary.waiting
            comments += approved
            says_any = says_any or summary.claimed is not None
            said += max(summary.claimed or 0, approved)
            if summary.claimed is not None and summary.claimed > approved:
                lacks.append(_lack(summary, approved))
    lacks.sort(key=lambda lack: (lack.held - lack.claimed, lack.post))
    return Completeness(
        posts=Part(claimed=claims.get("posts"), held=held["posts"]),
        pages=Part(claimed=claims.get("pages"), held=held["pages"]),
        comments=Part(claimed=max(said, claims.get("comments", 0)) if says_any else None, held=comments),
        lacking=tuple(lacks),
    )


def lacking_posts(site: SiteArchive) -> Iterator[tuple[Summary, Post]]:
    """Yield the public posts that lack comments."""
    for summary in site.summaries():
        if summary.claimed is None or summary.claimed <= summary.comments - summary.waiting:
            continue
        if _PUBLIC.may_leave(summary):
            post = site.conversation(summary.path).post
            if post is not None:
                yield summary, post


def _lack(summary: Summary, held: int) -> Lack:
    return Lack(post=summary.id, title=summary.title, url=summary.url, claimed=summary.claimed or 0, held=held)
