"""The archive on disk: a folder of sites, each a folder of plain files with an index beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from feedkeep.archive import following, layout
from feedkeep.archive.past import PastSite
from feedkeep.archive.site import SiteArchive
from feedkeep.archive.writing import Writing
from feedkeep.errors import ArchiveError, UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from feedkeep.archive.versions import Origin
    from feedkeep.models import Site
    from feedkeep.notes import Notes

FORMAT = 1  # of the files; a change that older programs could not read raises it and brings a migration
_NAME = re.compile(r"^[a-z0-9][a-z0-9._~@-]{0,99}$")


class Archive:
    """A folder of sites."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def open(cls, path: str | Path, *, create: bool = False) -> Archive:
        """Open the archive in a folder.

        With ``create``, a folder that is missing or empty becomes one at its first commit. Raises ArchiveError
        where there is none, or where it was written by a newer feedkeep.
        """
        path = Path(path)
        mark = path / layout.MARK
        try:
            version = json.loads(mark.read_text("utf-8"))["format"]
        except FileNotFoundError:
            if not create:
                raise ArchiveError(
                    f"no archive at {path}: import something first, or name another with --archive"
                ) from None
            if path.is_dir() and any(
                entry.name[0] != "." for entry in path.iterdir() if not (entry / ".lock").exists()
            ):
                raise ArchiveError(f"{path} is a folder of other things: name an empty one with --archive") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArchiveError(f"{mark}: not the mark of an archive: {error}") from error
        else:
            if not isinstance(version, int) or version > FORMAT:
                raise ArchiveError(
                    f"{path} has format {version}, and this feedkeep reads up to {FORMAT}: update feedkeep"
                )
        return cls(path)

    def sites(self) -> list[str]:
        """Name the sites, sorted."""
        if not self.path.is_dir():
            return []
        return sorted(entry.name for entry in self.path.iterdir() if (entry / layout.SITE).is_file())

    def site(self, name: str, *, as_of: dt.datetime | None = None) -> SiteArchive:
        """Open a site, as it is or as it was at a moment. Raises UsageError naming those there are."""
        if name not in self.sites():
            known = ", ".join(self.sites()) or "none yet"
            raise UsageError(f"no site {name!r} in {self.path}; there is {known}")
        return SiteArchive(self.path / name) if as_of is None else PastSite(self.path / name, as_of)

    def following(self) -> tuple[Site, ...]:
        """Give the feeds that are followed, by address. Raises ArchiveError where the list is damaged."""
        return following.read(self.path)

    def follow(self, feeds: Sequence[Site], *, dry_run: bool = False) -> list[str]:
        """Follow feeds; say what became of each: "added", "updated", "unchanged". Raises ArchiveError like a write."""
        united, became = following.united(self.following(), feeds)
        if not dry_run:
            self.check_writable()
            following.write(self.path, united)
            self.mark()
        return became

    def unfollow(self, feeds: Sequence[Site]) -> None:
        """Take feeds off the list. Raises ArchiveError like a write."""
        self.check_writable()
        gone = list(feeds)
        following.write(self.path, tuple(site for site in self.following() if site not in gone))

    def write(self, name: str, origin: Origin, notes: Notes) -> Writing:
        """Begin a transaction on a site, which need not exist. Raises ArchiveError where another process writes."""
        if not _NAME.match(name):
            raise UsageError(f"{name!r} cannot be the name of a site: use a-z, 0-9, '.', '-', '_', '~' and '@'")
        self.check_writable()
        return Writing(self, name, origin, notes)

    def check_writable(self) -> None:
        """Raise ArchiveError where the archive lies in a bag."""
        if layout.is_bagged(self.path):
            raise ArchiveError(f"{self.path} is in a bag, which a change would break: copy the folder and change that")

    def mark(self) -> None:
        """Make the folder an archive."""
        mark = self.path / layout.MARK
        if not mark.exists():
            draft = mark.with_suffix(".draft")
            draft.write_bytes(b'{\n "format": %d\n}\n' % FORMAT)
            draft.replace(mark)
