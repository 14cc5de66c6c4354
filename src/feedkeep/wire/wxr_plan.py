"""What must be known of a whole blog before the first item of its export is written: numbers, logins, images."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import msgspec

from feedkeep.wire.wxr_ids import place, post_alias
from feedkeep.wire.wxr_meta import own_data
from feedkeep.wire.wxr_numbers import Numbers, stable_number
from feedkeep.wire.wxr_write import slug_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Person, Post, Site, Snapshot, Term
    from feedkeep.notes import Notes

_NO_LOGIN = re.compile(r"[^A-Za-z0-9 _.@*-]")  # WordPress leaves these out before it compares logins
_MADE = 10**9  # numbers of authors to whom WordPress has given none begin here
_FILLED = ("name", "email", "given_name", "family_name")


class Plan:
    """Numbers of posts and files, logins of authors, files that posts show."""

    def __init__(self, snapshot: Snapshot, notes: Notes) -> None:
        self.base = address(snapshot.site)
        self.where = place(self.base)
        self.numbers = Numbers(self.where)
        self.loose: dict[str, str] = {}  # id of the first post, by the address of an image that no file has
        self._notes = notes
        self._authors: dict[str, Person] = {}  # by login
        self._logins: dict[tuple[str, str], str] = {}  # by ("id", id) or ("name", name)
        self._folded: set[str] = set()
        self._images: dict[str, str] = {}  # id of the file, by its address
        for person in snapshot.people():
            self._introduce(person)
        for media in snapshot.media():
            self.numbers.enter(media.id, media.aliases)
            if media.author:
                self._introduce(media.author)
            if media.url:
                self._images.setdefault(media.url, media.id)
        for post in snapshot.posts(oldest_first=True, bodiless=True):
            self.numbers.enter(post.id, post.aliases)
            for person in post.authors:
                self._introduce(person)
            if post.image and post.image not in self._images:
                self.loose.setdefault(post.image, post.id)
        for url in self.loose:
            self.numbers.enter(url)
        self.numbers.settle()
        self._author_numbers = {login: number for login, number, _ in self.authors()}

    def login(self, person: Person | None) -> str | None:
        """The login of an author that was met."""
        if person is None:
            return None
        return self._logins.get(("id", person.id)) if person.id else self._logins.get(("name", _called(person)))

    def authors(self) -> Iterator[tuple[str, int, Person]]:
        """Login, number and what is known of each author, by login."""
        taken: set[int] = set()
        for login, person in sorted(self._authors.items()):
            number = author_number(person)
            if number is None or number in taken:
                # far from the numbers of real users, which comments may state without an author's being listed
                number = _MADE + stable_number(login, _MADE)
                while number in taken:
                    number += 1
            taken.add(number)
            yield login, number, person

    def user(self, person: Person | None) -> int | None:
        """The number of the author that a commenter is; a name alone proves nothing."""
        login = self._logins.get(("id", person.id)) if person and person.id else None
        return self._author_numbers[login] if login else None

    def native(self, record_id: str) -> str:
        """The alias that the number of a post or file gives it."""
        return post_alias(str(self.numbers.of(record_id)), self.where)

    def image(self, post: Post) -> int | None:
        """The number of the file that is the post's image."""
        if not post.image:
            return None
        return self.numbers.referred(self._images.get(post.image) or (post.image if post.image in self.loose else None))

    def _introduce(self, person: Person) -> None:
        if not person.id and not _called(person):
            return
        key = ("id", person.id) if person.id else ("name", _called(person))
        login = self._logins.get(key)
        if login is not None:
            known = self._authors[login]
            more = {
                name: value
                for name in _FILLED
                if (value := getattr(person, name)) and not getattr(known, name) and value != person.id
            }
            if more:
                self._authors[login] = msgspec.structs.replace(known, **more)
            return
        login = self._free_login(person)
        if person.id and login != person.id:
            self._notes.altered(f"WordPress has no login {person.id!r}: {login!r} instead", field="Person.id")
        self._logins[key] = login
        if person.name:
            self._logins.setdefault(("name", person.name), login)
        self._authors[login] = person

    def _free_login(self, person: Person) -> str:
        stated = person.id or slug_of(_called(person))
        folded = _NO_LOGIN.sub("", stated).strip().casefold()
        if not folded or folded in self._folded:
            digest = hashlib.sha256((person.id or _called(person)).encode("utf-8", "surrogatepass")).hexdigest()
            stated = folded = f"author-{digest[:10]}"
        self._folded.add(folded)
        return stated


def address(site: Site) -> str | None:
    """The blog's address: its id, if that is one."""
    return site.id if site.id.startswith(("http://", "https://")) else site.url


def author_number(person: Person) -> int | None:
    """The number that WordPress gave an author."""
    stated = own_data(person.extra).get("author_id")
    return int(stated) if isinstance(stated, str) and re.fullmatch(r"-?[0-9]{1,18}", stated) else None


def parents_first(terms: Iterable[Term]) -> list[Term]:
    """Terms in their order, but each after its parent; rings are left as they are."""
    listed = list(terms)
    children: dict[tuple[str, str], list[Term]] = {}
    named = {(term.taxonomy, term.slug) for term in listed if term.slug}
    roots: list[Term] = []
    for term in listed:
        above = (term.taxonomy, term.parent or "")
        if above in named and term.parent != term.slug:
            children.setdefault(above, []).append(term)
        else:
            roots.append(term)
    ordered: dict[int, Term] = {}
    for start in (*roots, *listed):
        waiting = [start]
        while waiting:
            term = waiting.pop()
            if id(term) not in ordered:
                ordered[id(term)] = term
                waiting += reversed(children.get((term.taxonomy, term.slug or ""), ()))
    return list(ordered.values())


def _called(person: Person) -> str:
    return person.name or person.email or person.url or ""
