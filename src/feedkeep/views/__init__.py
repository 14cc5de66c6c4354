"""Snapshot to snapshot: what may leave, what is safe to show, what was decoded wrongly and is mended.

Views stack: ``cleaned(redacted(snapshot, include), repair=True)``. They read what they pass on, one record at a time,
and keep nothing. A view's digests say what the view does besides what the post is, so that a file made with other
settings is made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.views.privacy import Redacted
from feedkeep.views.safety import Cleaned
from feedkeep.views.unfolded import Unfolded

if TYPE_CHECKING:
    from feedkeep.models import Snapshot
    from feedkeep.notes import Notes
    from feedkeep.selection import Private

__all__ = ["cleaned", "redacted", "repaired", "unfolded"]


def redacted(snapshot: Snapshot, include: frozenset[Private] = frozenset()) -> Snapshot:
    """Leave out private matter that ``include`` does not name.

    E-mail addresses, IP addresses, passwords, what only an export knew (``extra``); comments that were not let
    through; media that are not public or hang on a post that is not in the snapshot. A comment that goes while
    answers to it stay leaves a tombstone: status "deleted", its id, place and date, nothing else.
    """
    return Redacted(snapshot, include)


def cleaned(snapshot: Snapshot, *, repair: bool = False, markdown: bool = False) -> Snapshot:
    """Turn every body into HTML that is safe to show, drop addresses that could run, mend text where asked to.

    With ``markdown``, posts that were written in it stay as they are: whoever shows them cleans what becomes of them.
    """
    return Cleaned(repaired(snapshot) if repair else snapshot, markdown=markdown)


def repaired(snapshot: Snapshot) -> Snapshot:
    """Mend what was decoded wrongly (:mod:`feedkeep.content.mojibake`) in titles, names and bodies of any form."""
    from feedkeep.views.repair import Repaired  # noqa: PLC0415 — few ask for it

    return Repaired(snapshot)


def unfolded(snapshot: Snapshot, notes: Notes | None = None) -> Snapshot:
    """Put the files into WordPress's galleries and playlists, which name them by number or not at all.

    ``notes`` is told, once for each post, what else in it only WordPress or a plugin could show.
    """
    return Unfolded(snapshot, notes)
