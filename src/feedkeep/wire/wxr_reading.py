"""A WordPress export, or one in a dialect of that format, from its first element to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.ids import made_id
from feedkeep.models import Person, Site
from feedkeep.wire.wxr import NAMES
from feedkeep.wire.wxr_blog import Blog
from feedkeep.wire.wxr_comments import CommentReader
from feedkeep.wire.wxr_elements import listed_term, pair, text, told_apart, values
from feedkeep.wire.wxr_items import Item, ItemReader
from feedkeep.wire.wxr_stream import elements
from feedkeep.wire.xml import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_LISTED = frozenset({"wp:category", "wp:tag", "wp:term"})
_STATED = {"true": True, "false": False}
# texts whose white space is their author's
_VERBATIM = frozenset({"content", "excerpt", "wp:post_password"})


def records(source: Source, notes: Notes, blog: Blog | None = None) -> Iterator[Record]:
    """Yield the site, its authors and terms, then each post or file with its comments after it.

    ``blog`` knows what a dialect of the format does in another way.
    """
    reading = Reading(source, notes, blog)
    for element in elements(source, notes):
        before = element.getprevious()
        if element.tag == "channel":
            yield from reading.header(list(element))
            continue
        if before is None or before.tag != "item" or before.getprevious() is not None:
            yield from reading.header(list(element.itersiblings(preceding=True))[::-1], element)
        yield from reading.item(element)
    if not reading.begun:
        raise FormatError("no channel in it: no WordPress export", source=source.name)


class Reading:
    """One export being read."""

    def __init__(self, source: Source, notes: Notes, blog: Blog | None = None) -> None:
        self._name = source.name
        self._notes = notes
        self._blog = blog or Blog(source, notes)
        self._reader = CommentReader(source.name, notes, self._blog)
        self._items = ItemReader(self._blog, source)
        self.begun = False

    def header(self, children: list[Any], item: Iterable[Any] = ()) -> Iterator[Record]:
        """Read elements of the channel before ``item``; the site comes first, if it has not come yet."""
        if not self.begun and not any(NAMES.get(child.tag, "").startswith("wp:") for child in (*children, *item)):
            raise FormatError("an RSS feed, not a WordPress export", source=self._name)
        found: dict[str, str] = {}
        others: list[str] = []
        records: list[Record] = []
        for child in children:
            if child.tag == "item":  # emptied
                continue
            name = NAMES.get(child.tag, "")
            if not name:
                others += self._reader.other(child)
            elif name == "wp:author":
                records += self._author(child)
            elif name in _LISTED:
                term = listed_term(child, name)
                records += [term] if term else []
            elif name == "image":
                found.setdefault(name, (child.findtext("url") or "").strip())
            elif name != "pubDate":  # the latter is when the export was made
                found.setdefault(name, text(child).strip())
        if not self.begun:
            self.begun = True
            yield self._site(found, others)
        elif found or others:
            self._notes.dropped("what the channel says of the site after its first item", source=self._name)
        yield from records

    def _site(self, found: dict[str, str], others: list[str]) -> Site:
        url = found.get("link") or found.get("wp:base_blog_url") or None
        base = found.get("wp:base_blog_url") or url
        self._blog.locate(base)
        own: dict[str, Any] = {"elements": others} if others else {}
        if found.get("wp:base_site_url") not in {None, "", base}:
            own["base_site_url"] = found["wp:base_site_url"]
        return Site(
            id=base or made_id("site", found.get("title") or None),
            url=url,
            title=found.get("title") or None,
            description=found.get("description") or None,
            language=found.get("language") or None,
            generator=found.get("generator") or None,
            image=found.get("image") or None,
            extra={"wxr": own} if own else {},
        )

    def _author(self, element: Any) -> Iterator[Person]:  # noqa: ANN401 — lxml's element type is private
        found = values(element)
        login, number = found.get("wp:author_login"), found.get("wp:author_id")
        name = found.get("wp:author_display_name") or None
        if not login or not self._blog.introduce(login, name, number):
            self._notes.skipped("an author without a login, or listed twice", source=self._name)
            return
        yield Person(
            id=login,
            name=name,
            email=found.get("wp:author_email") or None,
            given_name=found.get("wp:author_first_name") or None,
            family_name=found.get("wp:author_last_name") or None,
            extra={"wxr": {"author_id": number}} if number else {},
        )

    def item(self, element: Any) -> Iterator[Record]:  # noqa: ANN401 — likewise
        """Read one item: authors that the channel did not list, the post or file, its comments."""
        found: dict[str, str] = {}
        nested: dict[str, list[Any]] = {"category": [], "wp:postmeta": [], "wp:comment": []}
        others: list[str] = []
        permalink: bool | None = None
        for child in element:
            name = NAMES.get(child.tag)
            if name in nested:
                nested[name].append(child)
            elif name is None or name in found:
                others += self._reader.other(child)
            else:
                value = child.text or ""
                found[name] = value if name in _VERBATIM else value.strip()
                if len(child) or len(value) > TEXT:
                    found[name] = text(child)
                if name == "guid":
                    permalink = _STATED.get(child.get("isPermaLink", ""))
        terms, bylines = told_apart(nested["category"])
        authors = self._blog.authors(found.get("creator"), bylines)
        for person in authors:
            if person.id and self._blog.introduce(person.id, person.name):
                yield person
        aliases = self._blog.aliases(found.get("wp:post_id"))
        item = Item(
            found=found,
            fields=[pair(field) for field in nested["wp:postmeta"]],
            own={"elements": others} if others else {},
            id=self._blog.record_id(found, aliases),
            aliases=aliases,
            authors=authors,
            terms=terms,
            permalink=permalink,
        )
        yield self._items.media(item) if found.get("wp:post_type") == "attachment" else self._items.post(item)
        if nested["wp:comment"]:
            yield from self._reader.comments(nested["wp:comment"], item.id)
