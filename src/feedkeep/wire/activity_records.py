"""Objects of ActivityStreams 2.0 as records: what is a post of its own, and what answers one in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from feedkeep.models import Comment, Content, Link, Post
from feedkeep.wire import activity_objects as objects
from feedkeep.wire.activity_objects import kind_of, many, reference, text
from feedkeep.wire.activity_people import person
from feedkeep.wire.reviews import without_block

if TYPE_CHECKING:
    from feedkeep.models import CommentStatus, Person, PostStatus
    from feedkeep.notes import Notes
    from feedkeep.wire.activity_objects import Visibility
    from feedkeep.wire.intake import Intake


class Said(msgspec.Struct):
    """An object of one's own, and the activity that it came in."""

    held: dict[str, Any]
    activity: dict[str, Any]
    wrapped: bool
    within: str | None = None  # id of the object in whose replies it was found


class Place(NamedTuple):
    """Where a comment stands."""

    post: str | None
    parent: str | None  # of what it answers, where that is not the post or nobody knows whether it is


class Maker:
    """Makes records of objects, for the format that is named in ``extra``; ``people`` are those the document describes."""

    def __init__(self, intake: Intake, notes: Notes, source: str, name: str, people: dict[str, Person]) -> None:
        self._intake = intake
        self._notes = notes
        self._source = source
        self._name = name
        self._people = people

    def post(self, one: Said, record_id: str, seen: Visibility | None) -> Post:
        """Make a post of an object; ``seen`` is who may see it."""
        held = one.held
        url, links = objects.address(held)
        answered = reference(held.get("inReplyTo"))
        if answered is not None:
            links = (Link(href=answered, rel="in-reply-to"), *links)
        kind = kind_of(held)
        if kind == "Question":
            what = "a poll: what was asked for and its votes are kept aside"
            self._notes.noticed(what, source=self._source, record=record_id)
        summary = text(held, "summary")
        image, reviews, content = objects.picture(held, "image"), objects.reviews(held), objects.body(held)
        rest = objects.kept(held, seen)
        if image is not None:
            rest.pop("image", None)
        if reviews:
            rest.pop("schema:review")
            content = without_block(content)
        if rest.get("sensitive") is True and ((kind == "Note" and summary) or any(one.spoiler for one in reviews)):
            del rest["sensitive"]  # the warning says so
        authors = [person(who, self._people) for who in many(held.get("attributedTo"))]
        if not any(authors):
            authors = [person(one.activity.get("actor"), self._people)]
        return Post(
            id=record_id,
            aliases=_other_ids(held, record_id, url),
            url=url,
            kind="reply" if answered is not None else "page" if kind == "Page" else "post",
            title=text(held, "name"),
            summary=None if summary is None else Content(value=summary, form="text" if kind == "Note" else "html"),
            content=content,
            authors=tuple(who for who in authors if who is not None),
            terms=objects.terms(held),
            published=self.date(held, one.activity, "published", record_id),
            updated=self.date(held, {}, "updated", record_id),
            status=post_status(seen),
            comment_count=_count(held.get("replies")),
            language=objects.language(held),
            enclosures=tuple(objects.enclosures(held)),
            links=(*links, *objects.links(held)),
            image=image,
            reviews=reviews,
            extra={self._name: rest} if rest else {},
        )

    def comment(self, one: Said, record_id: str, seen: Visibility | None, place: Place) -> Comment:
        """Make a comment of an object that stands in a thread."""
        held = one.held
        url, links = objects.address(held)
        rest = objects.kept(held, seen)
        links = (*links, *objects.links(held))
        others: dict[str, Any] = {
            "summary": text(held, "summary"),
            "hashtags": [term.name for term in objects.terms(held)],
            "links": [msgspec.to_builtins(link) for link in links],
            "language": objects.language(held),
        }
        rest |= {key: value for key, value in others.items() if value}
        gone = kind_of(held) == "Tombstone"
        when = rest.pop("deleted", None) if gone else None
        if gone:
            rest.pop("formerType", None)
        status = "deleted" if gone else _comment_status(seen)
        if status == "pending":
            what = "a reply that not everybody may see is a comment that waits for approval"
            self._notes.altered(what, source=self._source, record=record_id)
        who = next(iter(many(held.get("attributedTo"))), None) or one.activity.get("actor")
        return Comment(
            id=record_id,
            aliases=_other_ids(held, record_id, url),
            post=place.post,
            parent=place.parent,
            url=url,
            author=person(who, self._people),
            title=text(held, "name"),
            content=objects.body(held),
            published=self.date(held, one.activity, "published", record_id),
            updated=self.date(held, {}, "updated", record_id),
            status=status,
            deleted=self._intake.moment(when, "deleted", record_id) if isinstance(when, str) else None,
            extra={self._name: rest} if rest else {},
        )

    def date(self, held: dict[str, Any], activity: dict[str, Any], key: str, record_id: str) -> Any:  # noqa: ANN401 — a moment or None
        """Read a date of an object, else of the activity that it came in."""
        said = held.get(key) or activity.get(key)
        if isinstance(said, str):
            return self._intake.moment(said, key, record_id)
        if said is not None:
            self._notes.dropped(f"{key} is not a text", source=self._source, record=record_id)
        return None


def post_status(seen: Visibility | None) -> PostStatus | None:
    """Give the status of a post by who may see it."""
    if seen is None:
        return None
    return "published" if seen in {"public", "unlisted"} else "private"


def _comment_status(seen: Visibility | None) -> CommentStatus | None:
    if seen is None:
        return None
    return "approved" if seen in {"public", "unlisted"} else "pending"


def _count(replies: Any) -> int | None:  # noqa: ANN401
    said = replies.get("totalItems") if isinstance(replies, dict) else None
    return said if isinstance(said, int) and not isinstance(said, bool) and said >= 0 else None


def _other_ids(held: dict[str, Any], record_id: str, url: str | None) -> tuple[str, ...]:
    """Give the ids that feeds use: a profile's RSS names a post by its address, an old server by its atomUri."""
    others = [other for other in (url, text(held, "atomUri")) if other is not None and other != record_id]
    return tuple(dict.fromkeys(others))
