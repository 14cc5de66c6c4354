"""Mastodon's archive of one account: https://docs.joinmastodon.org/user/moving/#export.

Its zip holds ``outbox.json`` (what was posted, an ActivityStreams collection), ``actor.json``, ``likes.json``,
``bookmarks.json`` and the files under ``media_attachments``. Only one's own side of every thread is in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Media, Record, Site
from feedkeep.wire import activity_objects as objects
from feedkeep.wire import activity_people
from feedkeep.wire.activities import Activities, members
from feedkeep.wire.json_text import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

OUTBOX = re.compile(rb'"id"\s*:\s*"outbox\.json"')
_FILES = frozenset({"outbox.json", "actor.json", "likes.json", "bookmarks.json"})
_OF_OTHERS = ("likes", "bookmarks")
_STATUS = re.compile(r"(https?://[^/]+/@[^/]+)/\d+")


def detect(source: Source) -> bool:
    """Know a collection that calls itself outbox.json."""
    return source.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and OUTBOX.search(source.head[:8192]) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find the folders with an outbox, which hold one account each."""
    for member in list(container.members()):
        if not member.is_container and member.path.name == "outbox.json" and detect(member):
            yield container.part(member.path.parent, lambda path: path.parent.name == "" and path.name in _FILES)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the account as the site, then its posts and threads. Raises FormatError where there is no outbox."""
    found = {member.path.name: member for member in source.members() if member.path.parent.name == ""}
    outbox = _opened(found.get("outbox.json", source), notes)
    account = _beside(found, "actor.json", notes)
    items = members(outbox)
    if "orderedItems" not in outbox and "items" not in outbox:
        raise FormatError("an outbox without items", source=source.name)
    people = [] if account is None else [activity_people.actor(account)]
    if account is None:
        who = next((one.get("actor") for one in items if isinstance(one, dict) and one.get("actor")), None)
        known = activity_people.person(who, {})
        people = [] if known is None else [known]
    aside: dict[str, Any] = {}
    for name in _OF_OTHERS:
        beside = _beside(found, f"{name}.json", notes)
        told = [one for one in members(beside) if one] if beside is not None else []
        if told:
            aside[name] = told
            what = f"{name}: {len(told)} posts of others, whose addresses are kept with the site"
            notes.noticed(what, source=found[f"{name}.json"].name)
    activities = Activities(source, notes, name="mastodon", people=people)
    if account is not None:
        yield _site(account, aside)
        yield from _pictures(account)
    elif people:
        page = _page(items)
        yield Site(
            id=people[0].id or made_id("site", page),
            url=page or people[0].url,
            authors=tuple(people),
            extra={"mastodon": aside} if aside else {},
        )
    activities.take(items)
    yield from activities.records()


def _opened(source: Source, notes: Notes) -> dict[str, Any]:
    if source.is_container:
        raise FormatError("no outbox.json in it", source=source.name)
    found = parsed(source, notes)
    if not isinstance(found, dict):
        raise FormatError("a JSON document that is not an object", source=source.name)
    return found


def _beside(found: dict[str, Source], name: str, notes: Notes) -> dict[str, Any] | None:
    if name not in found:
        return None
    try:
        return _opened(found[name], notes)
    except FormatError as error:
        notes.skipped(f"{name}: {error.reason}", source=found[name].name)
        return None


def _site(account: dict[str, Any], aside: dict[str, Any]) -> Site:
    person = activity_people.actor(account)
    read_here = {"@context", "id", "type", "name", "url", "summary", "icon", "image", "likes", "bookmarks", "publicKey"}
    rest = {key: value for key, value in account.items() if key not in read_here and value} | aside
    return Site(
        id=person.id or made_id("site", person.url, person.name),
        url=person.url,
        title=person.name,
        description=activity_people.description(account),
        authors=(person,),
        image=person.avatar,
        extra={"mastodon": rest} if rest else {},
    )


def _pictures(account: dict[str, Any]) -> Iterator[Media]:
    """Yield the pictures of the account that lie beside it."""
    for key in ("icon", "image"):
        told = {"attachment": account.get(key)}
        yield from objects.media(told, objects.reference(account) or "", None, made_id)


def _page(items: list[Any]) -> str | None:
    """Find the account's page by the addresses of its posts."""
    for item in items:
        held = item.get("object") if isinstance(item, dict) else None
        url, _ = objects.address(held) if isinstance(held, dict) else (None, ())
        status = _STATUS.fullmatch(url or "")
        if status is not None:
            return status[1]
    return None


IMPORTER = Importer(
    name="mastodon", label="Mastodon archive (outbox.json)", kind="export", detect=detect, read=read, parts=parts
)
