"""Actors of ActivityStreams 2.0: who wrote an object, and what is said of them."""

from __future__ import annotations

import re
from typing import Any

from feedkeep.content.text import plain
from feedkeep.models import Person
from feedkeep.wire.activity_objects import address, kind_of, picture, reference, text

ACTORS = frozenset({"Person", "Service", "Application", "Group", "Organization"})
_ACTOR_NAME = re.compile(r"https?://[^/]+/(?:(?:users|author|u|profile)/|@)([^/@?#]+)/?")


def person(value: Any, known: dict[str, Person]) -> Person | None:  # noqa: ANN401
    """Give whom an object names as its author, by id or told in full; ``known`` are those the document describes."""
    found = reference(value)
    if isinstance(value, dict) and kind_of(value) in ACTORS:
        return actor(value)
    if found is None:
        return None
    if found in known:
        return known[found]
    name = _ACTOR_NAME.fullmatch(found)
    return Person(id=found, name=name[1] if name else None, url=found)


def actor(held: dict[str, Any]) -> Person:
    """Read an actor; one without an id of its own is known by its name on the server."""
    page, _ = address(held)
    found, login = reference(held), text(held, "preferredUsername")
    return Person(
        id=found or login,
        name=text(held, "name") or login,
        url=page or found,
        avatar=picture(held, "icon"),
    )


def description(held: dict[str, Any]) -> str | None:
    """Give an actor's summary as plain text."""
    said = text(held, "summary")
    return plain(said).strip() or None if said is not None else None
