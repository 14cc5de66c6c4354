"""Comments of a WordPress export, as its importer takes them, and the texts of items and comments alike."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from feedkeep.content import render
from feedkeep.wire import wxr_dates as dates
from feedkeep.wire.wxr import ORIGINAL_ID, ORIGINAL_PARENT, PLACEHOLDER, STATUS_OF_COMMENT
from feedkeep.wire.wxr_meta import carrying, own_data, own_fields
from feedkeep.wire.wxr_numbers import Threads
from feedkeep.wire.wxr_write import unbroken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Comment, Content
    from feedkeep.notes import Notes
    from feedkeep.wire.wxr_numbers import Placed
    from feedkeep.wire.wxr_plan import Plan
    from feedkeep.wire.wxr_write import Sheet


class Replies:
    """Writes the comments of one export."""

    def __init__(self, plan: Plan, notes: Notes) -> None:
        self._plan = plan
        self._notes = notes
        self._threads = Threads()

    def add(self, sheet: Sheet, comments: Iterable[Comment], post: str) -> None:
        """Add the comments of an item, each after what it answers."""
        for placed in self._threads.placed(comments, post):
            self._comment(sheet, placed, post)

    def _comment(self, sheet: Sheet, placed: Placed, post: str) -> None:
        comment, author = placed.comment, placed.comment.author
        own = own_data(comment.extra)
        status = STATUS_OF_COMMENT[comment.status or "approved"]
        text = text_of(comment.content, comment.id, self._notes) or ""
        if comment.status == "pending":
            status = own.get("approved", status)
        if comment.status == "deleted" and placed.answered:
            # WordPress shows no reply to a comment in the bin
            if text or author:
                self._notes.dropped("a deleted comment has replies: its text stays here", record=comment.id)
            status, text, author = "1", PLACEHOLDER, None
        user = self._plan.user(author)
        if author and author.id and user is None:
            self._notes.dropped("only authors have ids in WordPress", record=comment.id, field="Person.id")
        element = sheet.add("wp:comment")
        element.text = "\n"
        when = comment.published
        for name, value in (
            ("id", str(placed.number)),
            ("author", html.escape(author.name, quote=False) if author and author.name else ""),
            ("author_email", author.email if author else ""),
            ("author_url", author.url if author else ""),
            ("author_IP", comment.ip),
            ("date", dates.written(when) if when else dates.NEVER),
            ("date_gmt", dates.written_gmt(when) if when else dates.NEVER),
            ("content", text),
            ("approved", status),
            ("type", comment.kind),
            ("parent", str(placed.parent)),
            ("user_id", str(user) if user is not None else own.get("user_id", "0")),
        ):
            sheet.add(f"wp:comment_{name}", value, inside=element, literal=name in {"author", "content"})
        fields = own_fields(own)
        if not placed.faithful:
            fields.append((ORIGINAL_ID, comment.id))
        if comment.parent and not placed.parent and comment.parent != post:
            self._notes.noticed("what it replies to is not in the export", record=comment.id, field="Comment.parent")
            fields.append((ORIGINAL_PARENT, comment.parent))
        for markup in own.get("elements", ()):
            sheet.embed(markup, inside=element)
        for key, value in fields + carrying(comment, when and when.replace(microsecond=0), None):
            sheet.field("wp:commentmeta", key, value, inside=element)


def text_of(content: Content | None, record: str, notes: Notes) -> str:
    """Give a body as WordPress stores it."""
    if content is None:
        return ""
    if content.form == "wordpress":
        return content.value
    rendered = unbroken(render.html(content))
    if rendered != content.value:
        notes.altered(f"{content.form} became WordPress's HTML", record=record, field="Content.value")
    return rendered
