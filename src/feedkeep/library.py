"""feedkeep as a library: open an archive, import sources, walk posts and threads, export a selection."""

from __future__ import annotations

import datetime as dt
from typing import IO, TYPE_CHECKING, Any

import msgspec

from feedkeep.archive import Archive
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from feedkeep.workflows import by_hand
from feedkeep.workflows import export as exporting
from feedkeep.workflows import import_ as importing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from feedkeep.models import Comment, Post, Review
    from feedkeep.workflows.measured import ExportReport
    from feedkeep.workflows.open_import import ImportReport


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A comment and the answers to it, oldest first."""

    comment: Comment
    replies: tuple[Thread, ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Comment]]:
        """Yield the comment and all answers below it, each with its depth from 0."""
        yield depth, self.comment
        for reply in self.replies:
            yield from reply.walk(depth + 1)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A post with its conversation."""

    site: str
    post: Post
    comments: tuple[Comment, ...]  # oldest first

    def threads(self) -> tuple[Thread, ...]:
        """Give the comments as trees; an answer to what is not there stands at the top."""
        known = {comment.id for comment in self.comments}
        below: dict[str | None, list[Comment]] = {}
        for comment in self.comments:
            below.setdefault(comment.parent if comment.parent in known else None, []).append(comment)
        built: dict[str, Thread] = {}
        waiting = list(below.get(None, []))
        order: list[Comment] = []
        while waiting:  # without recursion: a thread may be a thousand deep
            comment = waiting.pop()
            order.append(comment)
            waiting.extend(below.get(comment.id, ()))
        for comment in reversed(order):
            replies = tuple(built[reply.id] for reply in below.get(comment.id, ()))
            built[comment.id] = Thread(comment=comment, replies=replies)
        return tuple(built[comment.id] for comment in below.get(None, []))


def open_archive(path: str | Path = "archive") -> Archive:
    """Open an archive to read. Raises ArchiveError where there is none."""
    return Archive.open(path)


def import_into(
    archive: str | Path,
    *sources: str | Path | bytes | Source,
    site: str | None = None,
    format: str | None = None,  # noqa: A002 — what users call it
    keep_source: bool = True,
    notes: Notes | None = None,
) -> list[ImportReport]:
    """Import files, folders, zips or bytes into an archive, which is made where there is none; all or nothing.

    Raises FormatError for what cannot be read, UsageError for what is not there, ArchiveError where the archive
    cannot be written.
    """
    return importing.import_sources(
        archive,
        [_source(source) for source in sources],
        site=site,
        format=format,
        keep_source=keep_source,
        notes=notes if notes is not None else Notes(),
    )


def review(archive: str | Path, post: str, said: Review, *, sites: Sequence[str] = ()) -> tuple[Review, ...]:
    """Say what a post reviews (its id, address, slug or part of its title); give all its reviews as they are then.

    Raises UsageError where no post, or more than one, is called so.
    """
    return by_hand.review(archive, post, said, sites=tuple(sites)).reviews


def adopt(archive: str | Path, orphan: str, post: str, *, alone: bool = False, sites: Sequence[str] = ()) -> int:
    """Place a comment that waits for its post, and all that wait for the same; give how many came to the post.

    Raises UsageError where either is not there.
    """
    return by_hand.adopt(archive, orphan, post, alone=alone, sites=tuple(sites)).comments


def entries(archive: str | Path | Archive, *, sites: Sequence[str] = (), **wanted: Any) -> Iterator[Entry]:  # noqa: ANN401
    """Yield posts with their conversations, newest first, one site after the other.

    ``wanted`` are the fields of :class:`feedkeep.selection.Selection`, such as ``tags=("film",)``. Private posts and
    comments are among them: this is the owner's view; filter by ``status`` before showing them to others.
    """
    opened = archive if isinstance(archive, Archive) else Archive.open(archive)
    selection = Selection(**wanted)
    for name in sites or opened.sites():
        site = opened.site(name, as_of=selection.as_of)
        try:
            for summary in site.summaries(selection):
                found = site.conversation(summary.path)
                if found.post is not None:
                    yield Entry(site=name, post=found.post, comments=found.comments)
        finally:
            site.close()


def export_from(
    archive: str | Path,
    format: str,  # noqa: A002 — what users call it
    destination: str | Path | None = None,
    *,
    sites: Sequence[str] = (),
    options: dict[str, str] | None = None,
    each: bool = False,
    repair_text: bool = False,
    strict: bool = False,
    stream: IO[bytes] | None = None,
    notes: Notes | None = None,
    **wanted: Any,  # noqa: ANN401 — the fields of Selection
) -> list[ExportReport]:
    """Export a selection into a folder, a ".zip", or, with "-", onto ``stream``.

    Several sites become one feed, and in other formats, or with ``each``, a folder each.
    ``wanted`` are the fields of :class:`feedkeep.selection.Selection`; dates may be given without a time.
    Private matter stays inside unless ``include`` names it. Raises UsageError, LossError with ``strict``.
    """
    for name in ("since", "until", "as_of"):
        if isinstance(wanted.get(name), dt.date) and not isinstance(wanted[name], dt.datetime):
            wanted[name] = dt.datetime.combine(wanted[name], dt.time.min, dt.UTC)
    return exporting.export(
        archive,
        format,
        destination,
        sites=tuple(sites),
        selection=Selection(**wanted),
        options=options,
        each=each,
        repair_text=repair_text,
        strict=strict,
        notes=notes if notes is not None else Notes(),
        stream=stream,
    )


def _source(source: str | Path | bytes | Source) -> Source:
    if isinstance(source, Source):
        return source
    return Source.from_bytes(source) if isinstance(source, bytes) else Source.from_path(source)
