"""Notes of a Tumblr post: likes, reblogs and replies, of which those with words are comments."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from feedkeep.content.cards import text
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person

if TYPE_CHECKING:
    from feedkeep.wire.intake import Intake

Row = dict[str, Any]


def comments(row: Row, post_id: str, intake: Intake) -> tuple[list[Comment], Counter[str]]:
    """Read notes: replies, and reblogs that say something, are comments; the others are counted."""
    held = row.get("notes")
    tally: Counter[str] = Counter()
    found: list[Comment] = []
    said_by: dict[str, str] = {}
    notes = [note for note in held if isinstance(note, dict)] if isinstance(held, list) else []
    if isinstance(held, list) and len(notes) < len(held):
        intake.notes.dropped("notes that are no objects", source=intake.source.name, record=post_id, field="notes")
    for note in sorted(notes, key=_when):
        kind = text(note.get("type"))
        said = text(note.get("reply_text")) or text(note.get("added_text"))
        if not said.strip():
            tally[f"{kind}s" if kind in {"like", "reblog"} else "other_notes"] += kind != "posted"
            continue
        comment = _comment(note, kind, said, post_id, said_by, intake)
        if kind == "reblog":
            said_by[text(note.get("blog_name"))] = comment.id
        found.append(comment)
    return found, tally


def _comment(note: Row, kind: str, said: str, post_id: str, said_by: dict[str, str], intake: Intake) -> Comment:
    name, blog = text(note.get("blog_name")), text(note.get("blog_url"))
    number, when = text(note.get("post_id")), text(note.get("timestamp"))
    own = number if kind == "reblog" and number else None
    url = f"{blog.rstrip('/')}/post/{own}" if own and blog else None
    record_id = f"{post_id}#reblog-{own}" if own else made_id("comment", post_id, name, when, said)
    read = {"type", "timestamp", "blog_name", "blog_url", "reply_text", "added_text", "post_id", "avatar_url"}
    avatar = note.get("avatar_url")
    avatar = avatar.get("64") if isinstance(avatar, dict) else avatar
    person = Person(id=name or None, name=name or None, url=blog or None, avatar=text(avatar) or None)
    rest = {key: value for key, value in note.items() if key not in read and value not in (None, "", [], {}, False)}
    return Comment(
        id=record_id,
        post=post_id,
        parent=said_by.get(text(note.get("reblog_parent_blog_name"))) if kind == "reblog" else None,
        url=url,
        author=person if person != Person() else None,
        content=Content(value=said, form="text"),
        published=intake.moment(when, "timestamp", record_id) if when else None,
        status="approved",
        kind="reblog" if kind == "reblog" else "comment",
        extra={"tumblr": rest} if rest else {},
    )


def _when(note: Row) -> int:
    stamp = text(note.get("timestamp"))
    return int(stamp) if stamp.isdigit() and len(stamp) < 12 else 0
