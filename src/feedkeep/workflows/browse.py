"""Posts of an archive, listed, searched and looked up."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.archive import Archive
from feedkeep.errors import UsageError
from feedkeep.models import Comment, Media, Post  # noqa: TC001 — msgspec reads the annotations
from feedkeep.selection import Summary  # noqa: TC001 — likewise

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from feedkeep.archive import SiteArchive
    from feedkeep.archive.versions import Version
    from feedkeep.models import Record
    from feedkeep.selection import Selection


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A post in a list."""

    site: str
    post: Summary


class Orphan(msgspec.Struct, frozen=True, kw_only=True):
    """A comment whose post has not come yet."""

    site: str
    comment: Comment


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A post (or media) with its comments, and what its file says of where they came from."""

    site: str
    path: str  # of the file, within the site's folder
    post: Post | None
    media: Media | None
    comments: tuple[Comment, ...]  # oldest first
    origins: list[dict[str, Any]]  # as in the file: docs/archive-format.md
    history: list[dict[str, Any]]  # likewise
    sources: dict[str, dict[str, str]]  # record ("post", "comment:<id>") → field → the format it was taken from


def posts(
    archive_path: Path, selection: Selection, *, sites: tuple[str, ...] = (), search: str | None = None
) -> Iterator[Entry]:
    """Yield the posts asked for, site by site, newest first or, in a search, best first; the limit is each site's."""
    for site in _sites(archive_path, sites, selection.as_of):
        with closing(site):
            if search is None:
                found = site.summaries(selection)
            else:
                found = (summary for summary in site.search(search) if selection.admits(summary, gate=False))
            for summary in islice(found, selection.limit):
                yield Entry(site=site.name, post=summary)


def orphans(archive_path: Path, *, sites: tuple[str, ...] = ()) -> Iterator[Orphan]:
    """Yield the comments that wait for their post."""
    for site in _sites(archive_path, sites):
        with closing(site):
            for _, conversation in site.orphans():
                for comment in conversation.comments:
                    yield Orphan(site=site.name, comment=comment)


def find(archive_path: Path, wanted: str, *, sites: tuple[str, ...] = ()) -> Thread:
    """Give the post that ``wanted`` names (id, URL, slug, path or part of the title) and its thread.

    Raises UsageError where no post, or more than one, has that name.
    """
    site, path = located(archive_path, wanted, sites)
    held = site.load(path)
    shown = site.conversation(path)
    file = msgspec.json.decode((site.path / path).read_bytes())
    return Thread(
        site=site.name,
        path=path,
        post=shown.post,
        media=shown.media,
        comments=shown.comments,
        origins=file.get("origins", []),
        history=file.get("history", []),
        sources={name: _taken_from(record, held.slots[name]) for name, record in held.records.items()},
    )


def located(archive_path: Path, wanted: str, sites: tuple[str, ...] = ()) -> tuple[SiteArchive, str]:
    """Give the site and the file of what ``wanted`` names. Raises UsageError as :func:`find` does."""
    found: list[tuple[SiteArchive, str]] = []
    refused: UsageError | None = None
    for site in _sites(archive_path, sites):
        with closing(site):
            try:
                found.append((site, site.find(wanted).path))
            except UsageError as error:
                refused = error
    if not found:
        raise refused or UsageError(f"no post {wanted!r}: the archive is empty")
    if len(found) > 1:
        names = ", ".join(site.name for site, _ in found)
        raise UsageError(f"{wanted!r} is in several sites; choose one with --site: {names}")
    return found[0]


def _taken_from(record: Record, versions: Sequence[Version]) -> dict[str, str]:
    """Name, for each field that holds something, the format of the best version that says just this."""
    now = msgspec.to_builtins(record)
    ranked = sorted(versions, key=lambda version: version.rank, reverse=True)
    said = [(msgspec.to_builtins(version.record), version) for version in ranked]
    found: dict[str, str] = {}
    for field, value in now.items():
        voices = [version for plain, version in said if plain.get(field) == value] or ranked
        names = sorted(origin.format for origin in voices[0].origins)
        found[field] = (
            names[0]
            if voices is not ranked
            else " + ".join(sorted({origin.format for version in ranked for origin in version.origins}))
        )
    return found


def _sites(archive_path: Path, names: tuple[str, ...], as_of: dt.datetime | None = None) -> list[SiteArchive]:
    archive = Archive.open(archive_path)
    return [archive.site(name, as_of=as_of) for name in names or archive.sites()]
