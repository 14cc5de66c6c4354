"""The comments of a Ghost export or of its API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.models import Comment, Content
from feedkeep.wire.ghost import COMMENT_STATUS, address, is_global, take, text, unwrapped, when

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.wire.ghost import Row
    from feedkeep.wire.ghost_people import Directory
    from feedkeep.wire.intake import Intake


class Comments:
    """Reads comments, and whose they are: ``posts`` gives our id of a post by the id of the file."""

    def __init__(self, intake: Intake, directory: Directory, posts: dict[str, str], home: str | None) -> None:
        self._intake, self._directory, self._posts, self._home = intake, directory, posts, home

    def read(self, row: Row, members: dict[str | None, Row]) -> Iterator[Comment]:
        """Read a comment and, in answers of the API, those beneath it."""
        waiting: list[tuple[Row, Comment | None]] = [(row, None)]
        while waiting:
            held, root = waiting.pop()
            held = dict(held)
            replies = held.pop("replies", None)
            comment = self._comment(held, root, members)
            yield comment
            beneath = replies if isinstance(replies, list) else []
            rows = [unwrapped(one) for one in reversed(beneath) if isinstance(one, dict)]
            for _ in range(len(beneath) - len(rows)):
                self._intake.notes.skipped("a reply that is not an object", source=self._intake.source.name)
            waiting += [(one, comment) for one in rows]

    def _comment(self, held: Row, root: Comment | None, members: dict[str | None, Row]) -> Comment:
        local = take(held, "id")
        html = take(held, "html")
        about = held.pop("post", None)
        about = about if isinstance(about, dict) else {}
        post = take(held, "post_id") or text(about.get("id"))
        number = take(held, "member_id")
        member = held.pop("member", None)
        record_id = _comment_id(local) or self._intake.made("comment", post, html, text(held.get("created_at")))
        parent, answered = (_comment_id(take(held, key)) for key in ("parent_id", "in_reply_to_id"))
        published = when(self._intake, held, "created_at", record_id)
        edited, updated = (when(self._intake, held, key, record_id) for key in ("edited_at", "updated_at"))
        said = held.pop("status", None)
        stated = "published" if said is None else text(said) or "unknown"
        own = self._directory.kept(held)
        if stated not in {"published", "deleted"}:
            own["status"] = stated
        return Comment(
            id=record_id,
            post=self._post(post) if post or root is None else root.post,
            post_url=address(about.get("url")) or (root.post_url if root else None),
            parent=answered or parent or (root.id if root else None),
            author=self._directory.member(member if isinstance(member, dict) else members.get(number)),
            content=Content(value=html, base=self._home) if html else None,
            published=published,
            updated=edited or updated,
            status=COMMENT_STATUS.get(stated, "pending"),
            extra={"ghost": own} if own else {},
        )

    def _post(self, local: str | None) -> str | None:
        return local if local is None else self._posts.get(local, local if is_global(local) else f"ghost:{local}")


def _comment_id(local: str | None) -> str | None:
    return local if local is None or is_global(local) else f"ghost:comment:{local}"
