"""The comments of a post in a WordPress export."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from feedkeep.content.schema_org import from_json_ld
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person
from feedkeep.wire.wxr import NAMES, PLACEHOLDER
from feedkeep.wire.wxr_elements import pair, text, whole
from feedkeep.wire.wxr_ids import comment_id, disqus_aliases
from feedkeep.wire.wxr_meta import Carried, carried
from feedkeep.wire.xml import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Review
    from feedkeep.notes import Notes
    from feedkeep.wire.wxr_blog import Blog

_NOTHING = Carried()


class CommentReader:
    """Reads comments, and what it has in common with the reader of posts."""

    def __init__(self, name: str, notes: Notes, blog: Blog) -> None:
        self._name, self._notes, self._blog = name, notes, blog

    def comments(self, siblings: list[Any], post: str) -> Iterator[Comment]:
        """Yield the comments of the post whose id is ``post``."""
        rows = [self._row(sibling) for sibling in siblings]
        # ids by number, where they are not the usual ones
        numbers = {(row.get("wp:comment_id") or "").strip(): kept.id for row, _, kept in rows if kept.id}
        taken: set[str] = set()
        for row, own, kept in rows:
            number = (row.get("wp:comment_id") or "").strip()
            record = kept.id or (comment_id(post, number) if number else "")
            if not record or record in taken:
                parts = (row.get(name) for name in ("wp:comment_author", "wp:comment_date", "wp:comment_content"))
                record = made_id("comment", post, number, *parts)
                self._notes.altered("comment_id missing or repeated: the comment got an id of its own", record=record)
            taken.add(record)
            parent = (row.get("wp:comment_parent") or "0").strip()
            answered = kept.parent
            if parent not in {"0", "", number}:
                answered = numbers.get(parent) or comment_id(post, parent)
            yield self._comment(record, post, answered, row, own, kept)

    def _row(self, element: Any) -> tuple[dict[Any, str | None], dict[str, Any], Carried]:  # noqa: ANN401 — likewise
        children = list(element)  # held, since lxml makes each anew for whoever asks
        row: dict[Any, str | None] = {NAMES.get(child.tag): child.text for child in children}
        if None not in row and len(row) == len(children) and not any(map(len, children)):
            body = row.get("wp:comment_content")
            if body is None or len(body) <= TEXT:
                return row, {}, _NOTHING
        fields: list[list[str]] = []
        others: list[str] = []
        row = {}
        for child in children:
            name = NAMES.get(child.tag)
            if name == "wp:commentmeta":
                fields.append(pair(child))
            elif name is None or name in row:
                others += self.other(child)
            else:
                row[name] = text(child)
        kept = carried(fields, review)
        own: dict[str, Any] = {"elements": others} if others else {}
        if fields:
            own["meta"] = fields
        return row, own, kept

    def _comment(
        self,
        record: str,
        post: str,
        parent: str | None,
        row: dict[Any, str | None],
        own: dict[str, Any],
        kept: Carried,
    ) -> Comment:
        get, blog = row.get, self._blog
        user = (get("wp:comment_user_id") or "0").strip()
        login = blog.login(user) if user != "0" else None
        if user not in {"0", ""} and login is None:
            own["user_id"] = user
        name = (get("wp:comment_author") or "").strip() or None
        email = (get("wp:comment_author_email") or "").strip() or None
        url = (get("wp:comment_author_url") or "").strip() or None
        if name and "&" in name:
            name = html.unescape(name)  # WordPress keeps names escaped
        body = get("wp:comment_content")
        if kept.is_deleted and body == PLACEHOLDER:
            body = None
        kind = (get("wp:comment_type") or "").strip()
        status = blog.comment_status((get("wp:comment_approved") or "").strip(), record, own)
        return Comment(
            id=record,
            aliases=tuple(dict.fromkeys((*kept.aliases, *disqus_aliases(own)))) if own or kept is not _NOTHING else (),
            post=post,
            parent=parent,
            author=Person(id=login, name=name, email=email, url=url) if name or email or url or login else None,
            content=Content(value=body, form="wordpress") if body else None,
            published=kept.published or blog.when(row, "wp:comment_date", record, own),
            status="deleted" if kept.is_deleted else status,
            kind="comment" if kind in {"", "comment"} else kind,  # the literal, which is quicker told to be the default
            ip=(get("wp:comment_author_IP") or "").strip() or None,
            deleted=kept.deleted,
            extra={"wxr": own} if own else {},
        )

    def other(self, element: Any) -> Iterator[str]:  # noqa: ANN401 — likewise
        """Keep an element that has no field."""
        kept = whole(element)
        if kept is None:
            self._notes.dropped(f"{element.tag} is nested too deeply", source=self._name, line=element.sourceline)
        else:
            yield kept


def review(value: str) -> Review | None:
    """Read a review that feedkeep wrote down; None for anything else."""
    try:
        return from_json_ld(json.loads(value))
    except (ValueError, RecursionError):
        return None
