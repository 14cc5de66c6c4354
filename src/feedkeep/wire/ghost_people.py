"""The authors, tags, members and comments of a Ghost export: rows that other rows refer to by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from feedkeep.models import Person, Term
from feedkeep.wire.ghost import is_true, take, text, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.notes import Notes
    from feedkeep.wire.ghost import Row


class Directory:
    """Who and what the rows of one document refer to."""

    def __init__(self, notes: Notes, source: str, home: str | None) -> None:
        self._notes, self._source, self._home = notes, source, home
        self._people: dict[str, Person] = {}  # by the id of the file
        self._terms: dict[str, Term] = {}
        self.secrets = 0  # how many were left out

    def person(self, row: Row) -> Person | None:
        """Read an author, and remember who it is."""
        held = dict(row)
        local, slug, name = (take(held, key) for key in ("id", "slug", "name"))
        email = take(held, "email")
        if not (slug or name or email):
            self._notes.skipped("an author without name, slug and e-mail address", source=self._source)
            return None
        avatar = take(held, "profile_image") or take(held, "image")
        website = take(held, "website") or None
        own = self.kept(held)
        if local:
            own["id"] = local
        person = Person(
            id=slug or (f"ghost:{local}" if local else None),
            name=name,
            email=email,
            url=website,
            avatar=self.address(avatar),
            extra={"ghost": own} if own else {},
        )
        for key in (local, slug):
            if key:
                self._people.setdefault(key, person)
        return person

    def term(self, row: Row) -> Term | None:
        """Read a tag; one with # before its name is the blog's own business, and shown nowhere."""
        held = dict(row)
        local, name, slug, about = (take(held, key) for key in ("id", "name", "slug", "description"))
        if not (name or slug):
            return None
        internal = held.get("visibility") == "internal" or (name or "").startswith("#") or is_true(held.get("hidden"))
        own = self.kept(held)
        term = Term(
            name=name,
            taxonomy="internal_tag" if internal else "post_tag",
            slug=slug,
            description=about,
            id=local,
            extra={"ghost": own} if own else {},
        )
        if local:
            self._terms.setdefault(local, term)
        return term

    def authors(self, held: Row, related: Iterable[str]) -> Iterator[Person]:
        """Take a post's authors out of it, else those that the tables relate to it, in their order."""
        given = held.pop("authors", None)
        one, number = held.pop("author", None), take(held, "author_id")
        rows = [row for row in (given if isinstance(given, list) else [one]) if isinstance(row, dict)]
        found = [self.person(row) for row in rows]
        if not rows:
            keys = [*related] or [key for key in (number, text(one)) if key]
            found = [self._people.get(key) for key in keys]
            if None in found:
                self._notes.dropped("an author who is not in the export", source=self._source)
        yield from (person for person in found if person is not None)

    def tags(self, held: Row, related: Iterable[str]) -> Iterator[Term]:
        """Take a post's tags out of it, else those that the tables relate to it, in their order."""
        given = held.pop("tags", None)
        found = [self._terms.get(key) for key in related]
        if isinstance(given, list):
            found += [
                self.term({"name": row} if isinstance(row, str) else row)
                for row in given
                if isinstance(row, (dict, str))
            ]
        if None in found:
            self._notes.dropped("a tag without a name, or that is not in the export", source=self._source)
        yield from (term for term in found if term is not None)

    def member(self, row: Row | None) -> Person | None:
        """Read who commented."""
        if row is None:
            return None
        name, email, avatar = (text(row.get(key)) for key in ("name", "email", "avatar_image"))
        local, about = text(row.get("id")), text(row.get("expertise"))
        own = {"expertise": about} if about else {}
        return Person(
            id=f"ghost:member:{local}" if local else None,
            name=name,
            email=email,
            avatar=self.address(avatar),
            extra={"ghost": own} if own else {},
        )

    def address(self, value: str | None) -> str | None:
        """Make an address whole, where it is known where the blog is."""
        try:
            return urljoin(self._home.rstrip("/") + "/", value) if value and self._home else value
        except ValueError:
            return value

    def kept(self, held: dict[str, Any]) -> dict[str, Any]:
        """Give what is to be kept of what has no field; passwords and keys are counted."""
        kept, secrets = without_secrets(held)
        self.secrets += secrets
        return kept
