"""What is held of a blog already, as far as its walk has to know: what it need not ask, and where comments are missing."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch.history.replies import Lacking
from feedkeep.workflows.completeness import lacking_posts

if TYPE_CHECKING:
    from feedkeep.archive import Archive
    from feedkeep.fetch.history.plan import Question
    from feedkeep.fetch.history.walk import Walk


def is_held(archive: Archive, walk: Walk, question: Question) -> bool:
    """Tell whether a page's post is held, as it was last changed."""
    if not question.unless_held or walk.site is None or walk.site not in archive.sites():
        return False
    with contextlib.closing(archive.site(walk.site)) as site:
        held = site.id_of_address(question.url, question.url) is not None
    walked = walk.memory.get("walked")
    is_newer = question.changed is not None and walked and question.changed > dt.datetime.fromisoformat(walked)
    return held and not is_newer


def lacking(archive: Archive, walk: Walk) -> str:
    """Name the posts that lack comments, but for those that had no more to give when they claimed the same."""
    found: list[Lacking] = []
    if walk.site in archive.sites():
        with contextlib.closing(archive.site(walk.site or "")) as site:
            for summary, post in lacking_posts(site):
                if walk.memory.get(f"tried {summary.id}") != _state(summary.claimed, summary.comments):
                    found.append(Lacking(url=post.url, feed=post.comments_feed))
    return msgspec.json.encode(found).decode()


def tried(archive: Archive, walk: Walk) -> dict[str, str]:
    """Say what to remember of the posts that still lack comments: what they claimed."""
    if walk.site not in archive.sites():
        return {}
    with contextlib.closing(archive.site(walk.site or "")) as site:
        told = {f"tried {s.id}": _state(s.claimed, s.comments) for s, _ in lacking_posts(site)}
    return {**told, "lacking": ""}


def _state(claimed: int | None, held: int) -> str:
    return f"{claimed}/{held}"
