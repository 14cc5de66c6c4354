"""Who may see a post of a static site: as its front matter, its folder and the day say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.wire import post_fields

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.models import PostStatus
    from feedkeep.wire.intake import Intake
    from feedkeep.wire.permalinks import Place
    from feedkeep.wire.post_fields import Fields

_STATUSES: dict[str, PostStatus] = {
    **dict.fromkeys(("published", "publish", "public"), "published"),
    **dict.fromkeys(("draft", "skip"), "draft"),
    **dict.fromkeys(("hidden", "private", "unlisted"), "private"),
    "trashed": "trashed",
    "deleted": "deleted",
    "pending": "pending",
    "scheduled": "scheduled",
    "future": "scheduled",
}


def status(
    fields: Fields,
    place: Place,
    *,
    damaged: bool,
    published: dt.datetime | None,
    now: dt.datetime | None,
    intake: Intake,
    record_id: str,
) -> PostStatus:
    """Tell who may see a post. Nothing that its author held back becomes published.

    ``damaged``: the front matter cannot be read; ``now``: the moment that the source describes, where it is known.
    """
    draft, shown = fields.flag("draft"), fields.flag("published")
    word = fields.text("status")
    found: PostStatus = "published"
    if word is not None:
        found = _STATUSES.get(word.lower(), "draft")
    if post_fields.is_hidden(fields):
        found = "private" if found == "published" else found
    if draft is True or shown is False or place.draft or damaged:
        found = "draft"
    elif (fields.raw("draft") not in (None, "") and draft is None) or fields.raw("password"):
        found = "private" if fields.raw("password") else "draft"
    for name in ("publishdate", "expirydate", "unpublishdate"):
        other = intake.silent(str(fields.raw(name))) if name in fields else None
        if other is None:
            continue
        if now is None or (name == "publishdate") == (other > now):
            what = f"{name} is {str(fields.raw(name))[:40]}: whether a reader sees the post depends on the day"
            intake.notes.noticed(what, source=intake.source.name, record=record_id)
        if now is not None and name != "publishdate" and other <= now and found == "published":
            found = "private"
        if now is not None and name == "publishdate" and other > now and found == "published":
            found = "scheduled"
    if now is not None and published is not None and published > now and found == "published":
        found = "scheduled"
    return found
