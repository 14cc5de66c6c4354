"""Answers of WordPress's REST API (wp/v2): what kind of thing each object is, and what one says of another.

https://developer.wordpress.org/rest-api/reference/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from feedkeep.models import Person, Term
from feedkeep.wire import wxr_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["index", "user", "term", "media", "comment", "post", "name", "other"]
Answer = dict[str, Any]
_TAXONOMIES = {"categories": "category", "tags": "post_tag"}


def kind_of(item: Answer) -> Kind:
    """Tell what an object is by the members that only such an object has."""
    if "namespaces" in item and ("routes" in item or "url" in item):
        return "index"
    if "avatar_urls" in item:
        return "user"
    if "taxonomy" in item and "slug" in item and "content" not in item:
        return "term"
    if "media_type" in item or "media_details" in item:
        return "media"
    if "post" in item and ("author_name" in item or "parent" in item) and "title" not in item:
        return "comment"
    if "content" in item and ("title" in item or "type" in item):
        return "post"
    # what "_fields=id,guid" leaves of a post: it says which id a number has
    return "name" if "guid" in item and "content" not in item and "title" not in item else "other"


def text(item: Answer, name: str) -> str | None:
    """Give a text or a number as text; None where there is neither."""
    value = item.get(name)
    if isinstance(value, bool):
        return None
    if isinstance(value, (str, int)):
        return str(value).strip() or None
    return None


def number(item: Answer, name: str) -> str | None:
    """Give a number that refers to another object; None for 0, which refers to none."""
    value = text(item, name)
    return value if value is not None and value.isascii() and value.isdigit() and value.strip("0") else None


def rendered(item: Answer, name: str) -> str | None:
    """Give a member that is ``{"rendered": …}``, or a plain text."""
    value = item.get(name)
    if isinstance(value, dict):
        value = value.get("rendered")
    return value if isinstance(value, str) and value.strip() else None


def embedded(item: Answer, relation: str) -> Iterator[Answer]:
    """Yield the objects embedded under a relation, however deeply they are listed; errors are left out."""
    within = item.get("_embedded")
    waiting = [within.get(relation)] if isinstance(within, dict) else []
    while waiting:
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting[:0] = value
        elif isinstance(value, dict) and "code" not in value:
            yield value


def home_of(item: Answer) -> str | None:
    """Find the blog's address in an object's links to itself."""
    links = item.get("_links")
    for relation in ("self", "collection"):
        found = links.get(relation) if isinstance(links, dict) else None
        for link in found if isinstance(found, list) else ():
            href = link.get("href") if isinstance(link, dict) else None
            if isinstance(href, str) and "/wp-json/" in href:
                return href.partition("/wp-json/")[0]
    return None


def person(user: Answer) -> Person:
    """Read a user; its login is what WordPress shows of it, the slug."""
    avatars = user.get("avatar_urls")
    sizes = [url for url in avatars.values() if isinstance(url, str)] if isinstance(avatars, dict) else []
    return Person(
        id=text(user, "slug"),
        name=text(user, "name"),
        url=text(user, "url"),
        email=text(user, "email"),
        avatar=sizes[-1] if sizes else None,
        given_name=text(user, "first_name"),
        family_name=text(user, "last_name"),
    )


class Known:
    """What the answers say of things that others refer to by number."""

    def __init__(self) -> None:
        self.home: str | None = None
        self.index: Answer | None = None
        self.people: dict[str, Person] = {}
        self.terms: dict[str, Term] = {}
        self.parents: dict[str, str] = {}  # of terms, by number
        self.above: dict[str, str] = {}  # number of a term → slug, as its children tell it
        self.media: dict[str, str] = {}  # number → address
        self.posts: dict[str, str] = {}  # number → id

    def note(self, item: Answer) -> Kind:
        """Take in an object; give its kind."""
        kind, own = kind_of(item), number(item, "id")
        if self.home is None:
            self.home = home_of(item)
        if kind == "index":
            self.index = item
            self.home = (text(item, "home") or text(item, "url") or self.home or "").rstrip("/") or None
        elif own is not None:
            if kind == "user":
                self.people[own] = person(item)
            elif kind == "term":
                self.terms[own] = self._term(item, own)
            elif kind == "media" and text(item, "source_url"):
                self.media[own] = text(item, "source_url") or ""
            elif kind in {"post", "name"}:
                self.posts[own] = self.post_id(item)
        return kind

    def _term(self, item: Answer, own: str) -> Term:
        above = number(item, "parent")
        if above is not None:
            self.parents[own] = above
        for parent in embedded(item, "up"):  # it may be on another page
            if above is not None and text(parent, "slug"):
                self.above[above] = text(parent, "slug") or ""
        return Term(
            id=own,
            name=text(item, "name"),
            slug=text(item, "slug"),
            taxonomy=text(item, "taxonomy") or "category",
            description=text(item, "description"),
        )

    def parent(self, term: Term) -> str | None:
        """Give the slug of the term above one."""
        number = self.parents.get(term.id or "", "")
        above = self.terms.get(number)
        return above.slug if above is not None else self.above.get(number)

    def post_id(self, item: Answer) -> str:
        """Give a post's id: the guid, as the blog's feeds show it."""
        own = number(item, "id")
        guid = rendered(item, "guid")
        if guid is not None:
            return guid.strip()
        if own is None:
            return text(item, "link") or ""
        return self.id_of(own)

    def id_of(self, own: str) -> str:
        """Give the id of the post with a number, which need not be among the answers."""
        known = self.posts.get(own)
        if known is not None:
            return known
        return wxr_ids.default_guid(self.home, own) if self.home else wxr_ids.post_alias(own, None)

    def alias(self, own: str) -> str:
        """Give what an export of the same blog calls the post with a number."""
        return wxr_ids.post_alias(own, wxr_ids.place(self.home))

    def terms_of(self, item: Answer) -> tuple[Term, ...]:
        """Give the terms of a post: embedded, known, or by their number alone."""
        found: dict[tuple[str, str | None], Term] = {}
        for term in embedded(item, "wp:term"):
            made = self._term(term, number(term, "id") or "")
            found[made.taxonomy, made.slug or made.name] = Term(name=made.name, slug=made.slug, taxonomy=made.taxonomy)
        if not found:
            for member, taxonomy in _TAXONOMIES.items():
                listed = item.get(member)
                for value in listed if isinstance(listed, list) else ():
                    known = self.terms.get(str(value))
                    made = known if known is not None else Term(id=str(value), taxonomy=taxonomy)
                    short = Term(name=made.name, slug=made.slug, taxonomy=made.taxonomy, id=None if known else made.id)
                    found[made.taxonomy, made.slug or str(value)] = short
        return tuple(found.values())

    def authors_of(self, item: Answer) -> tuple[Person, ...]:
        """Give the authors of a post: embedded, known, or by their number alone."""
        found = [person(user) for user in embedded(item, "author")]
        own = number(item, "author")
        if not found and own is not None:
            known = self.people.get(own)
            found = [Person(id=known.id, name=known.name) if known is not None else Person(id=f"wp:user:{own}")]
        return tuple(Person(id=one.id, name=one.name) for one in found if one.id or one.name)
