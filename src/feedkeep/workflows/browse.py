"""Posts of an archive, listed, searched and looked up."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import Archive
from feedkeep.errors import UsageError
from feedkeep.models import Comment  # noqa: TC001 — msgspec reads the annotations
from feedkeep.selection import Summary  # noqa: TC001 — likewise

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from feedkeep.archive import Conversation, SiteArchive
    from feedkeep.selection import Selection


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a list."""

    site: str
    post: Summary


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """A comment whose post has not come yet."""

    site: str
    comment: Comment


def posts(
    archive_path: Path, selection: Selection, *, sites: tuple[str, ...] = (), search: str | None = None
) -> Iterator[Entry]:
    """Yield the posts asked for, site by site, newest first; the limit holds for each site."""
    for site in _sites(archive_path, sites):
        if search is None:
            found = site.summaries(selection)
        else:
            found = (summary for summary in site.search(search) if selection.admits(summary, gate=False))
        for summary in islice(found, selection.limit):
            yield Entry(site=site.name, post=summary)


def orphans(archive_path: Path, *, sites: tuple[str, ...] = ()) -> Iterator[Orphan]:
    """Yield the comments that wait for their post."""
    for site in _sites(archive_path, sites):
        for conversation in site.orphans():
            for comment in conversation.comments:
                yield Orphan(site=site.name, comment=comment)


def find(archive_path: Path, wanted: str, *, sites: tuple[str, ...] = ()) -> tuple[str, Conversation]:
    """Give the site and conversation of the post that ``wanted`` names: id, URL, slug, path or part of the title.

    Raises UsageError where no post, or more than one, has that name.
    """
    found: list[tuple[SiteArchive, Summary]] = []
    refused: UsageError | None = None
    for site in _sites(archive_path, sites):
        try:
            found.append((site, site.find(wanted)))
        except UsageError as error:
            refused = error
    if not found:
        raise refused or UsageError("the archive is empty")
    if len(found) > 1:
        msg = f"{wanted!r} is in several sites; choose one with --site: {', '.join(site.name for site, _ in found)}"
        raise UsageError(msg)
    site, summary = found[0]
    return site.name, site.conversation(summary.path)


def _sites(archive_path: Path, names: tuple[str, ...]) -> list[SiteArchive]:
    archive = Archive.open(archive_path)
    return [archive.site(name) for name in names or archive.sites()]
