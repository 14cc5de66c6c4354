"""People as RSS names them: an address with a name in brackets, a name with an address, or either alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.models import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

_ADDRESS = r"[^\s()<>@,;:\"]+@[^\s()<>@,;:\"]+"
_MAIL = re.compile(rf"(?:mailto:)?({_ADDRESS})\s*(?:\((.*)\)|<>)?", re.IGNORECASE | re.DOTALL)
_NAME_MAIL = re.compile(rf"([^<>]*?)\s*[(<]\s*(?:mailto:)?({_ADDRESS})\s*[)>]", re.IGNORECASE)


def person(text: str) -> Person:
    """Read "mail (Name)", "Name <mail>", "Name (mail)", a mail or a name."""
    text = text.strip()
    if "@" in text and len(text) < 1000:
        mail = _MAIL.fullmatch(text)
        if mail is not None:
            return Person(name=(mail[2] or "").strip() or None, email=mail[1])
        named = _NAME_MAIL.fullmatch(text)
        if named is not None:
            return Person(name=named[1].strip("\"' \t\n") or None, email=named[2])
    return Person(name=text or None)


def completed(person: Person, known: Mapping[str | None, Person]) -> Person:
    """Tell of one whom a post names what the blog says of its own people, who are ``known`` by id."""
    found = known.get(person.id) if person.id else None
    if found is None:
        return person
    fields = ("name", "email", "url", "avatar")
    told = {field: getattr(found, field) for field in fields if getattr(person, field) is None}
    return msgspec.structs.replace(person, **told)


def united(people: list[Person]) -> tuple[Person, ...]:
    """Leave out those who are named twice: the same person, or a name that another entry has with an address."""
    if len(people) < 2:
        return tuple(people)
    known = {name for one in people if one.email or one.url for name in (one.name, one.email)}
    found: dict[tuple[str | None, ...], Person] = {}
    for one in people:
        if one.email or one.url or one.extra or one.avatar or one.name not in known:
            found.setdefault((one.name, one.email, one.url), one)
    return tuple(found.values())
