"""Verify: every file parses and is where and as it should be, hashes match, threads close, the index agrees."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.archive import Archive, SiteArchive, layout
from feedkeep.archive.conversation import Conversation, decode
from feedkeep.archive.rows import digest_of, entry_of
from feedkeep.archive.sources import check
from feedkeep.errors import ArchiveError
from feedkeep.models import Comment, Media

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_MEDIA_NAME = re.compile(r"^([0-9a-f]{64})(\.[a-z0-9]{1,5})?$")
_CHUNK = 1 << 20
_HARMLESS = "which its sources never gave"  # a parent that a moderator deleted before the export
_HARMLESS_TOO = "as its sources say; it is shown at the top"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not as it should be."""

    path: str  # relative to the archive
    what: str
    damage: bool = True  # False: worth knowing, and nothing is lost by it


class VerifyReport(msgspec.Struct, kw_only=True):
    """What was looked at and what was found."""

    sites: int = 0
    files: int = 0  # conversations
    comments: int = 0
    media: int = 0
    sources: int = 0
    findings: tuple[Finding, ...] = ()


def verify(
    archive_path: str | Path,
    *,
    sites: tuple[str, ...] = (),
    progress: Callable[[str, int, int | None], None] | None = None,
) -> VerifyReport:
    """Read the whole archive and report all that is wrong; nothing is changed.

    Raises ArchiveError where there is no archive.
    """
    archive = Archive.open(archive_path)
    report = VerifyReport()
    findings: list[Finding] = []
    for name in sites or archive.sites():
        site = archive.site(name)
        report.sites += 1
        try:
            for path, what in _Check(site, report, progress).run():
                damage = not what.endswith((_HARMLESS, _HARMLESS_TOO))
                findings.append(Finding(path=f"{name}/{path}", what=what, damage=damage))
        finally:
            site.close()
    report.findings = tuple(findings)
    return report


class _Check:
    """The checks of one site."""

    def __init__(
        self, site: SiteArchive, report: VerifyReport, progress: Callable[[str, int, int | None], None] | None
    ) -> None:
        self._site = site
        self._report = report
        self._progress = progress
        self._hashes: set[str] = set()  # of media that records refer to

    def run(self) -> Iterator[tuple[str, str]]:
        index = self._site.index  # brings it up to date with changes that show in size or time
        yield from self._home()
        bases: dict[str, int] = {}
        for path, _ in self._site.files():
            row = index.row(path)
            if row is not None:
                bases[row[0]] = bases.get(row[0], 0) + 1
        total = sum(bases.values())
        for seen, (path, _) in enumerate(self._site.files(), 1):
            yield from self._conversation(path, index.row(path), bases)
            self._report.files += 1
            if self._progress is not None:
                self._progress(self._site.name, seen, total)
        yield from self._media()
        yield from self._sources()

    def _home(self) -> Iterator[tuple[str, str]]:
        try:
            conversation = self._site.read_site_file()
        except ArchiveError as error:
            yield layout.SITE, str(error)
            return
        if (self._site.path / layout.SITE).read_bytes() != conversation.encode():
            yield layout.SITE, "not in the archive's own form: edited by hand, or damaged"

    def _conversation(
        self, path: str, row: tuple[object, ...] | None, bases: dict[str, int]
    ) -> Iterator[tuple[str, str]]:
        try:
            data = (self._site.path / path).read_bytes()
            conversation = decode(data, path)
        except (ArchiveError, OSError) as error:
            yield path, str(error).removeprefix(f"{path}: ")
            return
        if conversation.encode() != data:
            yield path, "not in the archive's own form: edited by hand, or damaged"
        base = layout.base(conversation)
        name = conversation.root.id if conversation.root is not None else min(conversation.records, default="")
        wanted = (layout.distinguished(base, name) if bases.get(base, 0) > 1 else base) + ".json"
        if path != wanted:
            yield path, f"should be at {wanted}"
        if row is None:
            yield path, "missing from the index"
        elif row[5] != digest_of(data):
            yield path, "its bytes changed while size and time did not: damaged on disk"
        elif msgspec.structs.asdict(entry_of(conversation, 0, data, 0, 0))["base"] != row[0]:
            yield path, "the index disagrees with the file"
        yield from self._threads(path, conversation)
        root = conversation.root
        if isinstance(root, Media) and root.sha256 is not None:
            self._hashes.add(root.sha256)

    def _threads(self, path: str, conversation: Conversation) -> Iterator[tuple[str, str]]:
        comments = [record for record in conversation.records.values() if isinstance(record, Comment)]
        self._report.comments += len(comments)
        if conversation.root is None:
            return
        known = {i for comment in comments for i in (comment.id, *comment.aliases)}
        known |= {conversation.root.id, *conversation.root.aliases}
        parents = {comment.id: comment.parent for comment in comments}
        for comment in comments:
            if comment.parent is not None and comment.parent not in known:
                yield path, f"comment {comment.id} answers {comment.parent}, {_HARMLESS}"
            at, steps = comment.parent, 0
            while at is not None and steps <= len(parents):
                at = parents.get(at)
                steps += 1
            if at is not None:
                yield path, f"comment {comment.id} answers itself in the end, {_HARMLESS_TOO}"

    def _media(self) -> Iterator[tuple[str, str]]:
        held = set()
        for path in sorted((self._site.path / "media").glob("*/*")):
            inside = path.relative_to(self._site.path).as_posix()
            self._report.media += 1
            named = _MEDIA_NAME.match(path.name)
            if named is None or path.parent.name != path.name[:2]:
                yield inside, "not called by its own hash"
                continue
            digest = hashlib.sha256()
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
            held.add(named[1])
            if digest.hexdigest() != named[1]:
                yield inside, "its bytes do not match the hash that is its name: damaged"
        for missing in sorted(self._hashes - held):
            yield f"media/{missing[:2]}/{missing}", "a record says that the archive holds it, and it does not"

    def _sources(self) -> Iterator[tuple[str, str]]:
        for path in sorted((self._site.path / "sources").glob("*.warc.gz")):
            self._report.sources += 1
            for what in check(path):
                yield path.relative_to(self._site.path).as_posix(), what
