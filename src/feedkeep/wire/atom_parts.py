"""Atom 1.0 and 0.3: what entries and feeds say alike, their links, dates, people and categories (RFC 4287 section 4.2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from feedkeep.models import Person, Term
from feedkeep.wire import namespaces as ns
from feedkeep.wire import people
from feedkeep.wire.addresses import has_scheme, joined, read_link
from feedkeep.wire.elements import kept, text_of, within

if TYPE_CHECKING:
    from feedkeep.models import Link
    from feedkeep.wire.elements import Fields
    from feedkeep.wire.intake import Intake

_UNKNOWN = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_PUBLISHED = ("published", "issued", "created", "dc:date")
_UPDATED = ("updated", "modified")
_ALTERNATE = frozenset({None, "alternate"})
_PAGES = frozenset({None, "text/html", "application/xhtml+xml"})
_MADE = f"{{{ns.FEEDKEEP}}}made"  # our own feeds say so of an author that only the standard wanted


class Parts:
    """Reads the parts of one document's entries and of its feed."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self._source = intake.source.name

    def links(self, got: Fields) -> tuple[str | None, list[Link]]:
        """Give the entry's own address, and all links but that one."""
        links = []
        for child in got.all("link"):
            href = (child.get("href") or "").strip()
            if not href:
                if child.attrib:
                    got.put_back("link", child)
                continue
            links.append(read_link(child, self.absolute(child, href)))
        own = [link for link in links if link.rel in _ALTERNATE]
        if not own:
            return None, links
        main = next((link for link in own if link.type in _PAGES), own[0])
        return main.href, [link for link in links if link is not main]

    def absolute(self, element: Any, address: str) -> str:  # noqa: ANN401
        """Make an address that ``element`` gives absolute, by xml:base or the feed's own address."""
        if has_scheme(address):
            return address
        base, own = element.base, self.intake.source.url
        return joined(joined(own, base) if base else own, address)

    def dates(self, got: Fields, record_id: str) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Read when it was published, and when it was changed.

        Atom demands a date of the last change; where it is that of publication, there was no change, and where it
        is that of the first second of all, nobody knows.
        """
        published = self.intake.stated(got, _PUBLISHED, record_id)
        updated = self.intake.stated(got, _UPDATED, record_id)
        return published, None if updated in {published, _UNKNOWN} else updated

    def people(self, got: Fields, role: str) -> tuple[Person, ...]:
        """Read authors or contributors; where Atom names no author, Dublin Core may."""
        stated = [element for element in got.all(role) if element.get(_MADE) is None]
        found = [person for person in map(self.person, stated) if person != Person()]
        if not found and role == "author" and "dc:creator" in got:
            found = [Person(name=name) for name in got.texts("dc:creator")]
        return people.united(found)

    def person(self, element: Any) -> Person:  # noqa: ANN401
        """Read a person construct (RFC 4287 section 3.2), or what version 0.3 and others make of it."""
        said: dict[str, str] = {}
        others = []
        for name, part in within(element):
            text = text_of(part, self._source).strip()
            if name in {"name", "email", "uri", "url"} and name not in said:
                if text:
                    said[name] = self.absolute(part, text) if name[0] == "u" else text
            elif name == "image" and part.get("src") and "image" not in said:
                said["image"] = part.get("src").strip()
            elif text or part.attrib:
                others.append(part)
        if not said and not others:
            return Person(name=(element.text or "").strip() or None)
        return Person(
            name=said.get("name"),
            email=said.get("email"),
            url=said.get("uri") or said.get("url"),
            avatar=said.get("image"),
            extra={"atom": {"elements": kept(others, self._source)}} if others else {},
        )

    def terms(self, got: Fields) -> tuple[Term, ...]:
        """Read categories and subjects, each once."""
        found: dict[tuple[str | None, ...], Term] = {}
        for child in got.all("category"):
            term, label = (child.get("term") or "").strip(), (child.get("label") or "").strip()
            name = label or term or text_of(child, self._source).strip()
            if name:
                slug, scheme = (term or None) if label else None, child.get("scheme")
                found[name, slug, scheme] = Term(name=name, slug=slug, scheme=scheme)
        for name in got.texts("dc:subject") if "dc:subject" in got else ():
            found.setdefault((name, None, None), Term(name=name))
        return tuple(found.values())
