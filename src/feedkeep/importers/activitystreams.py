"""ActivityStreams 2.0 collections, pages of them, and objects alone: https://www.w3.org/TR/activitystreams-core/."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Record, Site
from feedkeep.wire import activity_objects as objects
from feedkeep.wire import activity_people
from feedkeep.wire.activities import Activities, members
from feedkeep.wire.activity_people import ACTORS
from feedkeep.wire.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_CONTEXT = re.compile(rb'"https?:\\?/\\?/www\.w3\.org\\?/ns\\?/activitystreams"')
_TYPE = re.compile(
    rb'"type"\s*:\s*\[?\s*"(?:(?:Ordered)?Collection(?:Page)?|Note|Article|Page|Question|Create|Update|Announce)"'
)
_OBJECT = re.compile(rb'"(?:attributedTo|inReplyTo|contentMap)"\s*:')
_OUTBOX = re.compile(rb'"id"\s*:\s*"outbox\.json"')


def detect(source: Source) -> bool:
    """Know a collection or an object of the vocabulary, by its context or, in a bare list, by its properties."""
    head = source.head.removeprefix(b"\xef\xbb\xbf")
    if head.lstrip()[:1] not in {b"{", b"["} or not _TYPE.search(head) or _OUTBOX.search(head[:8192]):
        return False
    return _CONTEXT.search(head) is not None or _OBJECT.search(head) is not None


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield posts, and their replies as comments. Raises FormatError for a document without objects."""
    document = parsed(source, notes)
    items = _items(document)
    if items is None:
        raise FormatError("a JSON document without activities", source=source.name)
    activities = Activities(source, notes, name="activitystreams")
    for one in _actors(items):
        found = activity_people.actor(one)
        if found.id is not None:
            activities.people[found.id] = found
    site = _site(document, items)
    if site is not None:
        yield site
    activities.take(items)
    yield from activities.records()


def _items(document: Any) -> list[Any] | None:  # noqa: ANN401
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return None
    kind = objects.kind_of(document)
    if kind in objects.COLLECTIONS or "orderedItems" in document or "items" in document:
        return members(document)
    return [document] if kind in objects.CONTENT or "object" in document else None


def _actors(items: list[Any]) -> Iterator[dict[str, Any]]:
    for item in items:
        if isinstance(item, dict):
            inner = item.get("object")
            for held in (item, inner if isinstance(inner, dict) else {}):
                told = (held, *objects.many(held.get("actor")), *objects.many(held.get("attributedTo")))
                yield from (one for one in told if isinstance(one, dict) and objects.kind_of(one) in ACTORS)


def _site(document: Any, items: list[Any]) -> Site | None:  # noqa: ANN401
    """Tell whose collection it is: as it says itself, else of the one actor whose activities they all are."""
    held = document if isinstance(document, dict) and objects.kind_of(document) in objects.COLLECTIONS else {}
    blog = held.get("attributedTo")
    if isinstance(blog, dict) and objects.kind_of(blog) in ACTORS and objects.reference(blog) is not None:
        return _blog(blog, held.get("@context"))
    owners = {objects.reference(item.get("actor")) for item in items if isinstance(item, dict)} - {None}
    people = {found.id: found for found in map(activity_people.actor, _actors(items))}
    owner = owners.pop() if len(owners) == 1 else None
    title = objects.text(held, "name") or objects.text(held, "summary")
    if owner is not None:
        person = people.get(owner) or activity_people.person(owner, {})
        assert person is not None  # noqa: S101 — an id gives a person
        return Site(id=owner, url=person.url or owner, title=title or person.name, authors=(person,))
    where = objects.reference({"id": held.get("id")})
    return Site(id=where, title=title) if title is not None and where is not None else None


def _blog(held: dict[str, Any], context: Any) -> Site:  # noqa: ANN401
    """Read the actor whose collection it is: a person, or a blog behind which its authors stand."""
    who = activity_people.actor(held)
    page, _ = objects.address(held)
    behind = (activity_people.person(one, {}) for one in objects.many(held.get("attributedTo")))
    authors = (who,) if objects.kind_of(held) == "Person" else tuple(one for one in behind if one is not None)
    spoken = next(
        (one["@language"] for one in objects.many(context) if isinstance(one, dict) and "@language" in one), None
    )
    return Site(
        id=objects.text(held, "atomUri") or who.id or "",
        url=page,
        title=who.name,
        description=activity_people.description(held),
        language=spoken if isinstance(spoken, str) and spoken else None,
        authors=authors,
        image=objects.picture(held, "image"),
        icon=objects.picture(held, "icon"),
        links=tuple(objects.links(held)),
    )


IMPORTER = Importer(
    name="activitystreams", label="ActivityStreams 2.0 collection", kind="export", detect=detect, read=read
)
