"""What a source said about one record: a version. The archive is the set of all of them."""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# At equal dates the richer kind of source wins; a body that its source cut counts as a summary.
_RICHNESS = {"hand": 6, "export": 5, "api": 4, "feed": 3, "summary": 2, "page": 1}
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)

MODELS: dict[str, type[Record]] = {
    "site": Site,
    "person": Person,
    "term": Term,
    "post": Post,
    "comment": Comment,
    "media": Media,
    "tombstone": Tombstone,
}
NAMES: dict[type, str] = {model: name for name, model in MODELS.items()}
_PREFIX: dict[type, bytes] = {model: name.encode() + b":" for name, model in MODELS.items()}

_encoder = msgspec.json.Encoder(order="sorted")
encode = _encoder.encode


class Origin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, order=True):
    """Where a version comes from: never a file name or our own clock, so that reading again changes nothing."""

    format: str  # the importer's name
    kind: str  # "export", "api", "feed" or "page"; "hand" for what a person said with a command
    url: str | None = None  # the address it was fetched from
    as_of: dt.datetime | None = None  # the moment that the answer describes, as its server said; in UTC

    def __post_init__(self) -> None:
        """Put the moment in UTC, so that equal origins have equal bytes."""
        if self.as_of is not None and self.as_of.tzinfo is not dt.UTC:
            msgspec.structs.force_setattr(self, "as_of", self.as_of.astimezone(dt.UTC))

    @property
    def place(self) -> tuple[str, str, str]:
        """What makes two origins the same place, whenever they were read."""
        return self.format, self.kind, self.url or ""


class Version:
    """One record as one or several sources state it.

    What is derived is derived once and by hand: functools.cached_property takes a lock before Python 3.12.
    """

    __slots__ = ("_exact", "_hash", "_rank", "encoded", "origins", "record")

    def __init__(self, record: Record, origins: Iterable[Origin]) -> None:
        self.record = record
        self.origins: frozenset[Origin] = origins if type(origins) is frozenset else frozenset(origins)
        self.encoded: bytes = encode(record)  # canonical JSON on one line
        self._exact: bytes | None = None
        self._hash: bytes | None = None
        self._rank: tuple[bool, dt.datetime, int, dt.datetime, bytes] | None = None

    @property
    def model(self) -> str:
        """The record's name, such as "post"."""
        return NAMES[type(self.record)]

    @property
    def exact(self) -> bytes:
        """Its identity to the letter."""
        if self._exact is None:
            self._exact = sha256(_PREFIX[type(self.record)] + self.encoded).digest()[:16]
        return self._exact

    @property
    def hash(self) -> bytes:
        """What makes it a version of its own: all but the count of comments, which changes by itself."""
        if self._hash is None:
            record = self.record
            self._hash = self.exact
            if isinstance(record, Post) and record.comment_count is not None:
                rest = encode(msgspec.structs.replace(record, comment_count=None))
                self._hash = sha256(_PREFIX[Post] + rest).digest()[:16]
        return self._hash

    @property
    def rank(self) -> tuple[bool, dt.datetime, int, dt.datetime, bytes]:
        """Which version wins: said by hand, then newer, then richer, then read later, then by content."""
        if self._rank is None:
            record = self.record
            when = getattr(record, "updated", None) or getattr(record, "published", None) or _NEVER
            kinds = [origin.kind for origin in self.origins]
            content = getattr(record, "content", None)
            if content is not None and content.truncated:
                kinds = ["summary" if kind == "feed" else kind for kind in kinds]
            richness = max((_RICHNESS[kind] for kind in kinds), default=0)
            seen = max((origin.as_of for origin in self.origins if origin.as_of), default=_NEVER)
            self._rank = "hand" in kinds, when, richness, seen, self.hash
        return self._rank

    @property
    def sort_key(self) -> tuple[str, str, bytes]:
        """A total order that depends on the content alone."""
        return self.model, getattr(self.record, "id", None) or "", self.hash

    def known_from(self, place: tuple[str, str, str]) -> bool:
        """Tell whether it was read from that place."""
        return any(origin.place == place for origin in self.origins)

    def also(self, other: Version) -> Version:
        """Unite two statements of the same content; of one place the earliest reading is kept."""
        first: dict[tuple[str, str, str], Origin] = {}
        for origin in sorted(self.origins | other.origins, key=_earliest):
            first.setdefault(origin.place, origin)
        united = frozenset(first.values())
        mine, theirs = self.record, other.record
        if isinstance(mine, Post) and isinstance(theirs, Post):  # alike but for the count: the larger one stays
            mine = max(mine, theirs, key=lambda post: post.comment_count or 0)
        if united == self.origins and mine is self.record:
            return self
        return Version(mine, united)


def _earliest(origin: Origin) -> tuple[str, str, str, dt.datetime]:
    return *origin.place, origin.as_of or _NEVER


class VersionSet:
    """Versions without repetition: the same content from several places is one version."""

    def __init__(self, versions: Iterable[Version] = ()) -> None:
        self._held: dict[bytes, Version] = {}
        for version in versions:
            self.add(version)

    def add(self, version: Version) -> bool:
        """Add a version; False where that changed nothing."""
        key = version.hash
        held = self._held.get(key)
        if held is None:
            self._held[key] = version
            return True
        united = self._held[key] = held.also(version)
        return united is not held

    def all(self) -> list[Version]:
        """Every version."""
        return list(self._held.values())

    def origins(self) -> list[Origin]:
        """Every origin of any version, in a fixed order."""
        found = {version.origins for version in self._held.values()}
        if len(found) == 1 and len(only := next(iter(found))) == 1:
            return list(only)
        return sorted({origin for origins in found for origin in origins}, key=encode)

    def __contains__(self, version: Version) -> bool:
        return version.hash in self._held

    def __iter__(self) -> Iterator[Version]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)
