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
    from collections.abc import Iterable, Iterator, Sequence

    from feedkeep.models import Media, Person, Post, Site, Snapshot, Term
    from feedkeep.notes import Notes

_NO_LOGIN = re.compile(r"[^A-Za-z0-9 _.@*-]")  # WordPress leaves these out before it compares logins
_MADE = 10**9  # numbers of authors to whom WordPress has given none begin here
_MENUS = frozenset({"nav_menu_item", "wp_navigation"})
_FILLED = ("name", "email", "given_name", "family_name")


class Plan:
    """Numbers of posts and files, logins of authors, which posts stand below others and which files belong to them."""

    def __init__(self, snapshot: Snapshot, notes: Notes) -> None:
        self.base = address(snapshot.site)
        self.where = place(self.base)
        self.numbers = Numbers(self.where)
        self.loose: dict[str, str] = {}  # id of the first post, by the address of an image that no file has
        self.files: dict[str, Media] = {}  # by id
        self.shared: set[str] = set()  # files and images that stand in the export beside more posts than one
        self.unclaimed: list[str] = []  # files that belong to no post of the export
        self.has_menus = False
        self._above: dict[int, int] = {}  # number of the parent
        self._below: dict[int, list[str]] = {}  # ids by the parent's number
        self._attached: dict[int, list[str]] = {}  # ids by the post's number
        self._notes = notes
        self._authors: dict[str, Person] = {}  # by login
        self._logins: dict[tuple[str, str], str] = {}  # by ("id", id) or ("name", name)
        self._folded: set[str] = set()
        self._images: dict[str, str] = {}  # id of the file, by its address
        for person in snapshot.people():
            self._introduce(person)
        for media in snapshot.media():
            self.numbers.enter(media.id, media.aliases)
            self.files[media.id] = media
            if media.author:
                self._introduce(media.author)
            if media.url:
                self._images.setdefault(media.url, media.id)
        parents: dict[str, str] = {}  # as stated
        beside: dict[str, list[str]] = {}  # the posts whose image a file is
        for post in snapshot.posts(oldest_first=True, bodiless=True):
            self.numbers.enter(post.id, post.aliases)
            for person in post.authors:
                self._introduce(person)
            if post.image and post.image not in self._images:
                self.loose.setdefault(post.image, post.id)
            if post.parent:
                parents[post.id] = post.parent
            if image := self.image_of(post):
                beside.setdefault(image, []).append(post.id)
            self.has_menus |= post.kind in _MENUS
        for url in self.loose:
            self.numbers.enter(url)
        self.numbers.settle()
        self._no_posts = {self.numbers.of(key) for key in (*self.files, *self.loose)}
        self._descend(parents)
        self._claim(beside)
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

    def image_of(self, post: Post) -> str | None:
        """What the post's image is in the export: the id of a file, or the address of an image that no file has."""
        return self._images.get(post.image, post.image) if post.image else None

    def image(self, post: Post) -> int | None:
        """The number of the file that is the post's image."""
        return self.numbers.referred(self.image_of(post))

    def is_below(self, post: Post) -> bool:
        """Tell whether the post follows another of the export, its parent."""
        return self.numbers.of(post.id) in self._above

    def below(self, post: Post) -> Sequence[str]:
        """The ids of the posts whose parent the post is, oldest first."""
        return self._below.get(self.numbers.of(post.id), ())

    def attached(self, post: Post) -> Sequence[str]:
        """The ids of the files that belong to the post, oldest first."""
        return self._attached.get(self.numbers.of(post.id), ())

    def _descend(self, parents: dict[str, str]) -> None:
        """Learn which posts follow their parents; a ring of parents is opened at its oldest."""
        above = self._above
        for post_id, parent in parents.items():
            number = self.numbers.of(post_id)
            found = self._post(parent)
            if found is not None and found != number:
                above[number] = found
        rooted: set[int] = set()
        for start in list(above):
            path: dict[int, None] = {}
            at = start
            while at in above and at not in rooted and at not in path:
                path[at] = None
                at = above[at]
            if at in path:
                del above[at]
            rooted.update(path)
        for post_id in parents:
            if (found := above.get(self.numbers.of(post_id))) is not None:
                self._below.setdefault(found, []).append(post_id)

    def _claim(self, beside: dict[str, list[str]]) -> None:
        """Learn which files belong to which post, and which stand beside several."""
        for key, media in self.files.items():
            owner = self._post(media.post)
            if owner is not None:
                self._attached.setdefault(owner, []).append(key)
                if any(self.numbers.of(post_id) != owner for post_id in beside.get(key, ())):
                    self.shared.add(key)
            elif key not in beside:
                self.unclaimed.append(key)
        self.shared.update(key for key, posts in beside.items() if len(posts) > 1)

    def _post(self, reference: str | None) -> int | None:
        """The number of the post of the export that a reference is to."""
        number = self.numbers.referred(reference)
        return None if number in self._no_posts else number

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
