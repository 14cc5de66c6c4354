"""Squarespace's exports: WXR of its own making.

https://support.squarespace.com/hc/en-us/articles/206566687-Exporting-your-site
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.formats import Importer
from feedkeep.models import Content, Media, Person, Post, Term
from feedkeep.wire.wxr import is_squarespace
from feedkeep.wire.wxr_blog import Blog
from feedkeep.wire.wxr_reading import records

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_GAPS = re.compile(r"[^\w]+")
_PAGE = re.compile(r"\.html?$", re.IGNORECASE)


def detect(source: Source) -> bool:
    """Tell by what its dialect of WXR lacks, the blog's address, and has: the classes and hosts of Squarespace."""
    return is_squarespace(source.head)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its authors and terms, then each post or file with its comments after it.

    A post without a featured image has that of the file that comes next, if it is a file of this post.
    """
    held: list[Record] = []  # a post and its comments
    for record in records(source, notes, _Blog(source, notes)):
        told = _told(record)
        post = held[0] if held else None
        if isinstance(told, Media) and isinstance(post, Post):
            if post.image is None and told.url and told.post in {post.id, *post.aliases}:
                held[0] = msgspec.structs.replace(post, image=told.url)
            yield from held
            held = []
        elif isinstance(told, Post):
            yield from held
            held = [told]
            continue
        if held:
            held.append(told)
        else:
            yield told
    yield from held


class _Blog(Blog):
    """What Squarespace does in another way: it has no guids, and names authors by whatever it has of them."""

    def __init__(self, source: Source, notes: Notes) -> None:
        super().__init__(source, notes)
        self._known: dict[str, Person] = {}  # by login, name and e-mail address
        self._told: set[str | None] = set()  # ids of authors
        self._addresses: set[str] = set()

    def introduce(self, login: str, name: str | None, number: str | None = None) -> bool:
        """Learn an author by name as well."""
        if login in self._told:
            return False
        person = _person(Person(id=login, name=name))
        self._told.add(person.id)
        for key in (login, name):
            if key:
                self._known.setdefault(key.casefold(), person)
        return super().introduce(login, name, number)

    def authors(self, creator: str | None, bylines: list[tuple[str, str]]) -> tuple[Person, ...]:
        """Give the author that a login, a name or an e-mail address stands for."""
        known = self._known.get(creator.casefold()) if creator and not bylines else None
        if known is None:
            return tuple(map(_person, super().authors(creator, bylines)))
        return (Person(id=known.id, name=known.name),)

    def record_id(self, found: Mapping[str, str], aliases: tuple[str, ...]) -> str:
        """The address of an item, which is what its blog's feed and its export both say of it."""
        address = self.address(found.get("link") or found.get("wp:attachment_url"))
        if not found.get("guid") and address and "://" in address and address not in self._addresses:
            self._addresses.add(address)
            return address
        return super().record_id(found, aliases)


def _told(record: Record) -> Record:
    if isinstance(record, Person):
        return _person(record)
    if isinstance(record, Term):
        return _term(record)
    if isinstance(record, Post):
        return _post(record)
    if isinstance(record, Media):
        author = _person(record.author) if record.author else None
        slug = None if record.slug == "null" else record.slug
        caption, description = _html(record.caption), _html(record.description)
        return msgspec.structs.replace(record, author=author, slug=slug, caption=caption, description=description)
    return record


def _person(person: Person) -> Person:
    """Take an e-mail address for what it is: as a login it would be shown to all."""
    if not person.id or "@" not in person.id:
        return person
    name = None if person.name == person.id else person.name
    login = _slug(name or person.id.partition("@")[0]) or None
    return msgspec.structs.replace(person, id=login, name=name, email=person.email or person.id)


def _term(term: Term) -> Term:
    """Give a term the slug that it has on posts; the list of all terms has the name in its place."""
    return msgspec.structs.replace(term, slug=_slug(term.slug)) if term.slug and term.slug == term.name else term


def _post(post: Post) -> Post:
    said = post.slug or ""
    slug = _PAGE.sub("", said.rstrip("/").rpartition("/")[2])
    fields: dict[str, Any] = {"slug": None if slug == "null" else slug or None}
    if fields["slug"] != post.slug:
        fields["extra"] = {**post.extra, "squarespace": {"post_name": said}}
    terms = tuple(map(_term, post.terms))
    summary, content = _html(post.summary), _html(post.content)
    return msgspec.structs.replace(post, terms=terms, summary=summary, content=content, **fields)


def _html(content: Content | None) -> Content | None:
    """Say that a body is HTML as it stands: its line breaks mean nothing."""
    return None if content is None else Content(value=content.value)


def _slug(name: str) -> str:
    return _GAPS.sub("-", name.casefold()).strip("-")


IMPORTER = Importer(
    name="squarespace",
    label="Squarespace export",
    kind="export",
    detect=detect,
    read=read,
)
