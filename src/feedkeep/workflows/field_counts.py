"""What came back of each field, counted."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from feedkeep.content import links
from feedkeep.fidelity import filled
from feedkeep.models import Content, Person
from feedkeep.wire.people import completed
from feedkeep.workflows.pairing import aligned

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFERENCES = frozenset({"Comment.post", "Comment.parent", "Post.parent"})
# Fields that may be left out where they only repeat another: formats that demand both cannot tell them apart.
_SAYS_NO_MORE = {
    "Post.updated": "published",
    "Comment.updated": "published",
    "Term.slug": "name",
    "Post.summary": "content",
}
_NO_BODY = Content(value="")
_ALIKE: Mapping[str | None, str | None] = MappingProxyType({})  # every id came back as itself


class Count(msgspec.Struct, kw_only=True):
    """What became of one field of all records that held it, or of the records themselves."""

    held: int = 0
    survived: int = 0  # came back equal
    changed: int = 0  # came back, but not as it was
    reason: str | None = None  # what the format declares of it
    incidental: bool = False  # nobody who reads the blog misses it; see feedkeep.fidelity.INCIDENTAL

    @property
    def lost(self) -> int:
        """How many did not come back at all."""
        return self.held - self.survived - self.changed


class FieldCounts:
    """The counts by ``Model`` and ``Model.field``; ``people`` are those that the target lists, by id."""

    def __init__(self, people: Mapping[str | None, Person]) -> None:
        self.found: dict[str, Count] = {}
        self._people = people

    def compare(
        self, old: msgspec.Struct, new: msgspec.Struct | None, ids: Mapping[str | None, str | None] = _ALIKE
    ) -> None:
        """Count a record, and each of its fields where it came back; ``ids`` says which id came back for which."""
        model = type(old).__name__
        self._count(model, equal=new is not None, there=new is not None)
        if new is not None:
            self._fields(old, new, ids)

    def lost(self, key: str) -> None:
        """Count what did not come back."""
        self._count(key, equal=False, there=False)

    def _fields(self, old: msgspec.Struct, new: msgspec.Struct, ids: Mapping[str | None, str | None] = _ALIKE) -> None:
        if isinstance(new, Person):  # a target that lists people says of them there what it knows
            new = completed(new, self._people)
        for field, value in filled(old):
            key = f"{type(old).__name__}.{field}"
            back = getattr(new, field)
            inside, came = _structs(value), _structs(back)
            if isinstance(value, Content) and not value.value and back is None:
                self._fields(value, _NO_BODY)  # nothing is lost but what else was said of it
            elif isinstance(old, Content) and field == "value" and old.base is not None and back:
                continue  # its links are absolute now: that is what became of the base
            elif inside:  # how many they are; what is in them is counted by their own fields
                self._count(key, equal=len(inside) == len(came), there=bool(came))
                for one, other in aligned(inside, came):
                    self._fields(one, other, ids)
            elif back is not None or value != getattr(old, _SAYS_NO_MORE.get(key, field + "?"), _ALIKE):
                wanted = ids.get(value, value) if key in _REFERENCES else value
                if isinstance(new, Content) and field == "value" and new.form == "html":
                    back = links.absolute(new.value, new.base)  # it leads where it led
                self._count(key, equal=_same(wanted, back), there=bool(back) or isinstance(back, bool))

    def _count(self, key: str, *, equal: bool, there: bool) -> None:
        count = self.found.setdefault(key, Count())
        count.held += 1
        if equal:
            count.survived += 1
        elif there:
            count.changed += 1


def _structs(value: object) -> tuple[msgspec.Struct, ...]:
    if isinstance(value, msgspec.Struct):
        return (value,)
    if isinstance(value, tuple):
        return tuple(one for one in value if isinstance(one, msgspec.Struct))
    return ()


def _same(wanted: object, back: object) -> bool:
    if isinstance(wanted, tuple) and wanted and isinstance(wanted[0], str):
        return isinstance(back, tuple) and set(wanted) <= set(back)
    # as bytes: a moment is the same only with its offset
    return msgspec.json.encode(wanted) == msgspec.json.encode(back)
