"""Activities and objects of ActivityStreams 2.0 → posts, and the threads among them as comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.ids import made_id
from feedkeep.models import Link, Post, Tombstone
from feedkeep.wire import activity_objects as objects
from feedkeep.wire import activity_people
from feedkeep.wire.activity_objects import COLLECTIONS, CONTENT, kind_of, many, reference, text
from feedkeep.wire.activity_people import ACTORS
from feedkeep.wire.activity_records import Maker, Place, Said, post_status
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Person, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_WRAPPERS = frozenset({"Create", "Update", "Add"})
_REPLIES = 200_000  # objects within objects that are looked at


class Activities:
    """The activities of one document."""

    def __init__(self, source: Source, notes: Notes, *, name: str, people: Iterable[Person] = ()) -> None:
        self._intake = Intake(source, notes)
        self._notes = notes
        self._source = source.name
        self._name = name
        self.people = {person.id: person for person in people if person.id is not None}
        self._make = Maker(self._intake, notes, source.name, name, self.people)
        self._said: dict[str, list[Said]] = {}  # by id, in the document's order
        self._places: dict[str, Place | None] = {}
        self._others: list[Record] = []
        self._boosts = 0
        self._unlisted = 0

    def take(self, items: Iterable[Any]) -> None:
        """Take the items of a collection: activities, objects, or collections of them."""
        stack: list[tuple[Any, str | None]] = []
        stack += [(item, None) for item in items]
        stack.reverse()
        left = _REPLIES + len(stack)
        while stack:
            item, within = stack.pop()
            left -= 1
            if left < 0:
                self._notes.skipped("more objects within objects than are looked at", source=self._source)
                return
            if isinstance(item, dict):
                stack += [(inner, found) for inner, found in self._one(item, within)][::-1]
            elif isinstance(item, str) and within is None:
                self._skip("an item is an address alone", item)
            elif not isinstance(item, str):
                self._skip("an item is no object", None)

    def records(self) -> Iterator[Record]:
        """Yield what was taken: posts, the replies in their threads as comments, their files."""
        for record_id, versions in self._said.items():
            for one in self._newest_last(versions):
                yield from self._record(one, record_id)
        yield from self._others
        if self._boosts:
            what = f"boosts of what others wrote: {self._boosts}, kept as posts of the kind “boost”, without a text"
            self._notes.noticed(what, source=self._source)
        if self._unlisted:
            what = f"unlisted posts: {self._unlisted}, taken for published, as their author's page and feed show them to all"
            self._notes.noticed(what, source=self._source)

    def _one(self, item: dict[str, Any], within: str | None) -> Iterator[tuple[Any, str | None]]:
        kind = kind_of(item)
        if kind in COLLECTIONS or (not kind and ("orderedItems" in item or "items" in item)):
            yield from ((inner, within) for inner in members(item))
        elif kind in _WRAPPERS and isinstance(item.get("object"), dict):
            if kind_of(item["object"]) in CONTENT:
                yield from self._take(item["object"], item, within)
            elif kind_of(item["object"]) == "Tombstone":
                self._gone(item["object"], item)
            elif kind_of(item["object"]) not in ACTORS:  # a profile that was edited says nothing
                self._skip(f"{kind} of {kind_of(item['object']) or 'an object'} without a type", reference(item))
        elif kind == "Announce":
            self._boost(item)
        elif kind == "Delete":
            self._gone(item.get("object"), item)
        elif kind == "Tombstone" and (within is not None or reference(item.get("inReplyTo")) is not None):
            yield from self._take(item, {}, within)
        elif kind == "Tombstone":
            self._gone(item, {})
            replies, stone = item.get("replies"), reference(item)
            if stone is not None and isinstance(replies, dict):
                yield from ((inner, stone) for inner in members(replies))
        elif kind in ACTORS:
            found = activity_people.actor(item)
            if found.id is not None:
                self.people[found.id] = found
        elif kind in CONTENT:
            yield from self._take(item, {}, within)
        else:
            self._skip(f"an activity of the type {kind[:40]!r} is no post", reference(item))

    def _take(
        self, held: dict[str, Any], activity: dict[str, Any], within: str | None
    ) -> Iterator[tuple[Any, str | None]]:
        found = reference({"id": held.get("id", held.get("@id"))})
        if found is None:
            page, _ = objects.address(held)
            found = page or self._intake.made("post", text(held, "name"), text(held, "content"), _date(held))
        versions = self._said.setdefault(found, [])
        said = Said(held=held, activity=activity, wrapped=bool(activity), within=within)
        if any(one.held == held for one in versions):
            self._skip("the same object again", found)
        else:
            versions.append(said)
        replies = held.get("replies")
        if isinstance(replies, dict):
            yield from ((inner, found) for inner in members(replies))

    def _newest_last(self, versions: list[Said]) -> list[Said]:
        if len(versions) == 1:
            return versions
        moments = [self._intake.silent(str(one.held.get("updated") or _date(one.held) or "")) for one in versions]
        order = sorted(range(len(versions)), key=lambda i: (moments[i] is not None, moments[i] and moments[i], i))
        return [versions[i] for i in order]

    def _record(self, one: Said, record_id: str) -> Iterator[Record]:
        seen = objects.visibility(one.held, one.activity)
        self._unlisted += seen == "unlisted"
        place = self._place(record_id)
        if place is None:
            yield self._make.post(one, record_id, seen)
        else:
            yield self._make.comment(one, record_id, seen, place)
        yield from objects.media(one.held, record_id, record_id if place is None else place.post, made_id)

    def _place(self, record_id: str) -> Place | None:
        """Find the thread that an object belongs to; None for a post, which may be a reply to what others wrote."""
        path: list[str] = []
        at: str | None = record_id
        while at is not None and at in self._said and at not in self._places:
            path.append(at)
            self._places[at] = None
            at = self._answered(self._said[at][0])
        circle = path[-1] if at in path else None  # they answer each other: one of them has to be the post
        for found in reversed(path):
            one = self._said[found][0]
            answered = self._answered(one)
            if answered is not None and found != circle:
                self._places[found] = self._below(one, answered)
            elif answered is not None and one.within is not None:
                self._places[found] = self._among(one.within, answered)
        return self._places[record_id]

    def _below(self, one: Said, answered: str) -> Place | None:
        if answered in self._said:
            above = self._places[answered]
            return Place(answered, None) if above is None else Place(above.post, answered)
        if one.within is not None:
            return self._among(one.within, answered)
        if one.wrapped and not self._own(answered):
            return None
        return Place(None, answered)

    def _among(self, within: str, answered: str) -> Place:
        """Place what was found in a thread, though what it answers be missing, or answer it in turn."""
        while within in self._said and (outer := self._said[within][0].within) is not None:
            within = outer
        above = self._place(within) if within in self._said else None
        post = within if above is None else above.post
        return Place(post, None if answered == post else answered)

    def _answered(self, one: Said) -> str | None:
        return reference(one.held.get("inReplyTo")) or one.within

    def _own(self, record_id: str) -> bool:
        return any(record_id.startswith(f"{who.rstrip('/')}/") for who in self.people)

    def _boost(self, item: dict[str, Any]) -> None:
        target = reference(item.get("object"))
        record_id = reference({"id": item.get("id")})
        if record_id is None:
            record_id = self._intake.made("post", target, _date(item))
        who = activity_people.person(item.get("actor"), self.people)
        seen = objects.visibility(item)
        self._boosts += 1
        self._others.append(
            Post(
                id=record_id,
                kind="boost",
                authors=() if who is None else (who,),
                published=self._make.date(item, {}, "published", record_id),
                status=post_status(seen),
                links=() if target is None else (Link(href=target, rel="repost-of"),),
                extra={} if seen in {None, "public"} else {self._name: {"visibility": seen}},
            )
        )

    def _gone(self, target: Any, activity: dict[str, Any]) -> None:  # noqa: ANN401
        record_id = reference(target)
        if record_id is None:
            self._skip("a deletion that does not say of what", reference(activity))
            return
        told = target if isinstance(target, dict) else {}
        when = told.get("deleted") or _date(activity)
        moment = self._intake.moment(when, "deleted", record_id) if isinstance(when, str) else None
        if moment is not None:
            self._others.append(Tombstone(id=record_id, when=moment))
        else:
            self._others.append(Post(id=record_id, status="deleted"))

    def _skip(self, what: str, record_id: str | None) -> None:
        self._notes.skipped(what, source=self._source, record=record_id)


def members(held: dict[str, Any]) -> list[Any]:
    """List the items of a collection, those of its first page and of the pages that follow within it."""
    found: list[Any] = []
    page: Any = held
    for _ in range(10_000):
        if not isinstance(page, dict):
            break
        found += [item for key in ("orderedItems", "items") for item in many(page.get(key))]
        page = page.get("first") if "first" in page else page.get("next")
    return found


def _date(held: dict[str, Any]) -> str | None:
    said = held.get("published")
    return said if isinstance(said, str) else None
