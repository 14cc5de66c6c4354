"""Elements of a feed of Blogger's, written one entry at a time, and which comments there are."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.wire import blogger
from feedkeep.wire import namespaces as ns
from feedkeep.wire.comment_server import is_gone
from feedkeep.wire.conformance import EMAIL, Conformance
from feedkeep.wire.dates import rfc3339
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Comment, Person
    from feedkeep.notes import Notes
    from feedkeep.wire.feedgen_fixed import Extra

# The namespaces of the two shapes, by their prefixes; Atom has none.
BACKUP = {"": ns.ATOM, "gd": blogger.GD, "thr": ns.THR, "app": blogger.APP}
TAKEOUT = {"": ns.ATOM, "blogger": blogger.SPACE}
END = b"</feed>\n"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NOBODY = "Anonymous"  # what Blogger calls who gave no name
_HOST = re.compile(r"[\w.:-]+")
_TYPE = f"{{{blogger.SPACE}}}type"
_PICTURE = {"rel": f"{blogger.GD}#thumbnail", "width": "35", "height": "35"}


class Sheet:
    """The feed or an entry being written; names are as ``thr:total``, and Atom's own bare."""

    def __init__(self, tag: str, spaces: dict[str, str], checks: Conformance, declared: bytes = b"") -> None:
        self._spaces = spaces
        self._checks = checks
        self._declared = declared
        self.element = _root(tag, spaces)

    def add(
        self, name: str, text: str | None = None, /, *, inside: etree._Element | None = None, **told: str | None
    ) -> etree._Element:
        """Add an element; attributes of which nothing is known are left out."""
        prefix, _, local = name.rpartition(":")
        parent = self.element if inside is None else inside
        child = etree.SubElement(parent, f"{{{self._spaces[prefix]}}}{local}")
        child.text = (legal(text) if text else None) or None
        for key, value in told.items():
            if value:
                child.set(key, legal(value))
        return child

    def dates(self, published: dt.datetime | None, updated: dt.datetime | None) -> None:
        """Say when it was published and, since Atom demands it, changed."""
        if published is not None:
            self.add("published", rfc3339(published))
        self.add("updated", rfc3339(updated or published or _EPOCH))

    def person(self, person: Person, kept: list[Extra], kind: str | None = None) -> None:
        """Add an author; ``kind`` is what Takeout calls one of whom it did not say otherwise in what was ``kept``."""
        author = self.add("author")
        self.add("name", line(person.name or person.id) or _NOBODY, inside=author)
        if person.url or kind is not None:
            self.add("uri", line(person.url), inside=author)
        if kind is None:
            email = self._checks.fitting(EMAIL, person.email, "Person.email")
            if email:
                self.add("email", line(email), inside=author)
            if person.avatar:
                self.add("gd:image", inside=author, **_PICTURE, src=person.avatar)
        elif not any(extra.name == _TYPE for extra in kept):
            self.add("blogger:type", kind, inside=author)
        for extra in kept:
            extra.add_to(author)

    def give(self, kept: list[Extra], name: str, text: str | None = None) -> None:
        """Add the first that was ``kept`` under a name of Takeout's, which is no longer among them then, else ``text``."""
        for place, extra in enumerate(kept):
            if extra.name == f"{{{blogger.SPACE}}}{name}":
                kept.pop(place).add_to(self.element)
                return
        self.add(f"blogger:{name}", text)

    def extend(self, kept: Iterable[Extra]) -> None:
        """Add what was kept."""
        for extra in kept:
            extra.add_to(self.element)

    def begun(self) -> bytes:
        """Give the document up to its first entry."""
        self.element.text = "\n"
        data: bytes = etree.tostring(self.element, encoding="utf-8", xml_declaration=True)
        return data.removesuffix(END.rstrip()) + b"\n"

    def packed(self) -> bytes:
        """Give the entry, without the namespaces that the feed declares."""
        data: bytes = etree.tostring(self.element, encoding="utf-8")
        return b"<entry" + data.removeprefix(self._declared) + b"\n"


class Sheets:
    """Makes the sheets of one document."""

    def __init__(self, spaces: dict[str, str], notes: Notes) -> None:
        self._spaces = spaces
        self.checks = Conformance(notes)
        bare: bytes = etree.tostring(_root("entry", spaces), encoding="utf-8")
        self._declared = bare.removesuffix(b"/>")  # how every entry would begin, if the feed did not say it

    def feed(self) -> Sheet:
        """Begin the feed."""
        return Sheet("feed", self._spaces, self.checks)

    def entry(self, record_id: str) -> Sheet:
        """Begin an entry."""
        sheet = Sheet("entry", self._spaces, self.checks, self._declared)
        sheet.add("id", record_id)
        return sheet


def placed(comments: list[Comment], notes: Notes) -> Iterator[tuple[Comment, bool]]:
    """Give the comments that Blogger may show, and (True) those of which only the place is kept."""
    held = {one.id: one for one in comments}
    kept = {one.id for one in comments if is_gone(one) or one.status in {None, "approved"}}
    answered: set[str] = set()
    for one in kept:
        parent = held[one].parent
        while parent is not None and parent in held and parent not in answered:
            answered.add(parent)
            parent = held[parent].parent
    for comment in comments:
        if comment.id in kept:
            yield comment, is_gone(comment)
        elif comment.id in answered:
            what = f"a comment that is {comment.status}: its place alone is kept, for the answers to it"
            notes.altered(what, record=comment.id, field="Comment.status")
            yield comment, True
        else:
            notes.skipped(f"a comment that is {comment.status}: Blogger would show it", record=comment.id)


def returned(kept: Iterable[Extra], *, takeout: bool) -> list[Extra]:
    """Give, of what Blogger said and no field holds, what its file of this shape would say again."""
    own, atom = f"{{{blogger.SPACE}}}", f"{{{ns.ATOM}}}"
    found = []
    for extra in kept:
        if takeout:
            fits = extra.name.startswith(own)
        else:
            fits = extra.name.startswith("{") and not extra.name.startswith((own, atom))
        if fits and extra.attributes.get("name") != blogger.REMOVED:
            found.append(extra)
    return found


def settings(blog: str, home: str | None) -> bytes:
    """Give the table beside Takeout's feed, for the sake of the blog's address; ``home`` is its host with a scheme."""
    name = (home or "").partition("://")[2]
    own = name.removesuffix(".blogspot.com")
    told = {"blog_id": blogger.number(blog)}
    if _HOST.fullmatch(name):
        told |= {"blog_subdomain": own if own != name else "", "blog_custom_domain": name if own == name else ""}
    table = io.StringIO()
    csv.writer(table).writerows([told.keys(), told.values()])
    return table.getvalue().encode()


def line(value: str | None) -> str:
    """Give a text on one line, as names and titles are read again."""
    return " ".join(legal(value).split()) if value else ""


def labels(names: Iterable[str | None]) -> list[str]:
    """Give each label once."""
    return [name for name in dict.fromkeys(map(line, names)) if name]


def _root(tag: str, spaces: dict[str, str]) -> etree._Element:
    declared: Any = {prefix or None: space for prefix, space in spaces.items()}  # lxml's None is Atom, unprefixed
    return etree.Element(f"{{{ns.ATOM}}}{tag}", nsmap=declared)
