"""RSS of every age: what items and channels say alike, their links, dates, people and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.models import Person, Term
from feedkeep.wire import people
from feedkeep.wire.addresses import has_scheme, joined, read_link
from feedkeep.wire.elements import text_of, within

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.models import Link
    from feedkeep.wire.elements import Fields
    from feedkeep.wire.intake import Intake

_PUBLISHED = ("pubdate", "dcterms:issued", "atom:published", "dc:date", "dcterms:created")
_UPDATED = ("dcterms:modified", "atom:updated")


class Parts:
    """Reads the parts of one document's items and of its channel."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self._source = intake.source.name

    def links(self, got: Fields, element: Any) -> tuple[str | None, list[Link]]:  # noqa: ANN401
        """Give the own address of an item or channel, and its other links."""
        url = None
        for child in got.all("link"):
            text = text_of(child, self._source).strip() or (child.get("href") or "").strip()
            if text and url is None:
                url = self.absolute(text, child, element)
            elif text and text != url:
                got.put_back("link", child)
        links = []
        for child in got.all("atom:link") if "atom:link" in got else ():
            link = read_link(child, self.absolute(child.get("href") or "", child, element))
            if link.href and link.rel in {None, "alternate"} and url is None:
                url = link.href
            elif link.href and not (link.rel in {None, "alternate", "self"} and link.href == url):
                links.append(link)
        return url, links

    def absolute(self, address: str, child: Any, element: Any) -> str:  # noqa: ANN401
        """Make an address absolute: by xml:base, the feed's own address, or the channel's link."""
        address = address.strip()
        if not address or has_scheme(address):
            return address
        base = self.base(child) or self.intake.source.url
        if base is None:
            channel = element.getparent()
            near = [] if channel is None else [child for name, child in within(channel) if name == "link"]
            base = next((text for link in near if (text := (link.text or "").strip())), None)
        return joined(base, address)

    def base(self, element: Any) -> str | None:  # noqa: ANN401
        """Say what the document itself declares relative addresses to be relative to."""
        base = element.base
        return joined(self.intake.source.url, base) if base else None

    def dates(self, got: Fields, record_id: str) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Read when it was published and when it was changed."""
        published = self.intake.stated(got, _PUBLISHED, record_id)
        changed = any(name in got for name in _UPDATED)
        return published, self.intake.stated(got, _UPDATED, record_id) if changed else None

    def authors(self, got: Fields) -> tuple[Person, ...]:
        """Read who wrote it: author, dc:creator; where neither is there, what other vocabularies say."""
        found = [people.person(text) for text in got.texts("author")] if "author" in got else []
        found += [people.person(text) for text in got.texts("dc:creator")]
        for child in got.all("atom:author") if "atom:author" in got else ():
            said = {name: text_of(part, self._source).strip() or None for name, part in within(child)}
            found.append(Person(name=said.get("name"), email=said.get("email"), url=said.get("uri")))
        if not found and "itunes:author" in got:
            found = [Person(name=name) for name in got.texts("itunes:author")]
        return people.united(found)

    def terms(self, got: Fields) -> tuple[Term, ...]:
        """Read categories and subjects, each once."""
        found: dict[tuple[str, str | None], Term] = {}
        for child in got.all("category"):
            name = text_of(child, self._source).strip()
            if name:
                scheme = child.get("domain")
                found[name, scheme] = Term(name=name, scheme=scheme)
        for name in got.texts("dc:subject") if "dc:subject" in got else ():
            found.setdefault((name, None), Term(name=name))
        return tuple(found.values())
