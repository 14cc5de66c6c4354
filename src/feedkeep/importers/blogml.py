"""BlogML 2.0 exports, of BlogEngine.NET, Subtext, dasBlog, Community Server and others.

https://archive.codeplex.com/?p=blogml
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Media, Person, Post, Site, Term
from feedkeep.wire.addresses import has_scheme, joined
from feedkeep.wire.decoding import decoded
from feedkeep.wire.detection import root
from feedkeep.wire.elements import inner, text_of
from feedkeep.wire.feed_texts import plain_title
from feedkeep.wire.intake import Intake
from feedkeep.wire.salvage import elements
from feedkeep.wire.wxr_write import slug_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_SPACE = "http://www.blogml.com/"
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-zA-Z/!]|&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_KINDS = {"": "post", "normal": "post", "article": "page"}
_NONE = frozenset({"", "0"})  # what numbers of parents say where there is none
_NEVER = "0001-01-01"  # what .NET writes for a date that was never set
_COMMENT_FIELDS = frozenset(
    {"id", "date-created", "date-modified", "approved", "user-name", "user-email", "user-url", "title", "content"}
)
_POST_FIELDS = frozenset({"id", "date-created", "date-modified", "approved", "post-url", "type", "hasexcerpt"})
_POST_PARTS = frozenset(
    {"title", "content", "post-name", "excerpt", "categories", "tags", "authors", "comments", "trackbacks"}
) | {"attachments"}


def detect(source: Source) -> bool:
    """Tell by the namespace of the root element."""
    found = root(source.head)
    return found is not None and found.name == "blog" and found.space.startswith(_SPACE)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its people and categories, then each post, its files, its comments and trackbacks."""
    reading = _Reading(source, notes)
    for element in elements(source, notes, ("{*}post", "{*}blog"), ("blog",)):
        if not reading.begun:
            yield from reading.header(element.getroottree().getroot())
        if _local(element) == "post":
            yield from reading.item(element)


class _Reading:
    """One export being read."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source = source
        self._notes = notes
        self._intake = Intake(source, notes)
        self._base: str | None = None
        self._people: dict[str, Person] = {}
        self._terms: dict[str, Term] = {}
        self._tags: dict[str, str] = {}
        self.begun = False

    def header(self, blog: Any) -> Iterator[Record]:  # noqa: ANN401 — lxml's element type is private
        """Read what stands before the posts."""
        if not str(blog.tag).startswith("{" + _SPACE):
            raise FormatError("an XML document of another kind, not BlogML", source=self._source.name)
        self.begun = True
        address = (blog.get("root-url") or "").strip()
        self._base = address if has_scheme(address) else None
        title = self._words(blog, "title")
        own: dict[str, Any] = {}
        if address and self._base is None:
            own["root-url"] = address
        if blog.get("date-created"):
            own["date-created"] = blog.get("date-created")
        properties = [[item.get("name"), item.get("value")] for item in _each(blog, "extended-properties")]
        if properties:
            own["extended-properties"] = properties
        for item in _each(blog, "authors"):
            person = self._author(item)
            self._people[item.get("id") or ""] = person
        rows = list(_each(blog, "categories"))
        slugs = {item.get("id"): slug_of(self._words(item, "title") or "") or item.get("id") for item in rows}
        for item in rows:
            parent = (item.get("parentref") or "").strip()
            self._terms[item.get("id") or ""] = Term(
                id=item.get("id") or None,
                name=self._words(item, "title"),
                slug=slugs[item.get("id")] or None,
                parent=slugs.get(parent) if parent not in _NONE else None,
                description=item.get("description") or None,
                extra=_extra({"approved": "false"} if item.get("approved") == "false" else {}),
            )
        yield Site(
            id=self._base or made_id("site", title),
            url=self._base,
            title=title,
            description=self._words(blog, "sub-title"),
            extra=_extra(own),
        )
        yield from self._people.values()
        yield from self._terms.values()

    def _author(self, item: Any) -> Person:  # noqa: ANN401 — likewise
        name = self._words(item, "title")
        return Person(id=item.get("id") or None, name=name or item.get("id") or None, email=item.get("email") or None)

    def item(self, element: Any) -> Iterator[Record]:  # noqa: ANN401 — likewise
        """Read a post and what hangs on it."""
        post = self._post(element)
        yield post
        for number, item in enumerate(_each(element, "attachments")):
            yield self._media(item, post, number)
        for kind, name in (("comment", "comments"), ("trackback", "trackbacks")):
            for item in _each(element, name):
                yield self._response(item, post.id, kind)

    def _post(self, element: Any) -> Post:  # noqa: ANN401 — likewise
        get = element.get
        address = (get("post-url") or "").strip()
        url = self._address(address)
        title = self._words(element, "title")
        number = (get("id") or "").strip()
        if number:
            record = number if _is_global(number) else f"blogml:{number}"
        else:
            record = url or self._intake.made("post", title, get("date-created"), address)
        own: dict[str, Any] = {name: value for name, value in element.attrib.items() if name not in _POST_FIELDS}
        if address and url is None:
            own["post-url"] = address
        kind = get("type") or ""
        others = [item for item in element if _local(item) not in _POST_PARTS]
        if others:
            own["elements"] = [[_local(item), text_of(item, self._source.name)] for item in others]
        authors = []
        for item in _each(element, "authors"):
            ref = item.get("ref") or ""
            authors.append(self._people.get(ref) or Person(id=ref or None, name=self._words(item, "title") or ref))
        return Post(
            id=record,
            url=url,
            kind=_KINDS.get(kind.lower(), kind),
            slug=self._words(element, "post-name"),
            title=title,
            title_html=self._marked(element),
            summary=self._content(element, "excerpt", record, url),
            content=self._content(element, "content", record, url),
            authors=tuple(authors),
            terms=tuple(self._of(element)),
            published=self._moment(element, "date-created", record),
            updated=self._moment(element, "date-modified", record),
            status="draft" if _no(get("approved")) else "published",
            extra=_extra(own),
        )

    def _of(self, element: Any) -> Iterator[Term]:  # noqa: ANN401 — likewise
        for item in _each(element, "categories"):
            ref = item.get("ref") or ""
            yield self._terms.get(ref) or Term(id=ref or None, name=ref or self._words(item, "title"))
        for item in _each(element, "tags"):
            name = item.get("ref") or text_of(item, self._source.name).strip()
            if name:
                yield Term(name=name, taxonomy="post_tag")

    def _response(self, item: Any, post: str, kind: str) -> Comment:  # noqa: ANN401 — likewise
        get = item.get
        number = (get("id") or "").strip()
        name, email = get("user-name") or None, get("user-email") or None
        url = (get("user-url") if kind == "comment" else get("url")) or None
        title = self._words(item, "title")
        body = self._content(item, "content", post, None)
        if number:
            record = number if _is_global(number) else f"blogml:{kind}:{number}"
        else:
            value = None if body is None else body.value
            record = self._intake.made(kind, post, name, url, get("date-created"), title, value)
        own: dict[str, Any] = {
            name: value for name, value in item.attrib.items() if name not in _COMMENT_FIELDS and name != "url"
        }
        others = [child for child in item if _local(child) not in _COMMENT_FIELDS]
        if others:
            own["elements"] = [[_local(child), text_of(child, self._source.name)] for child in others]
        return Comment(
            id=record,
            post=post,
            author=Person(name=name, email=email, url=url) if name or email or url else None,
            title=title,
            content=body,
            published=self._moment(item, "date-created", record),
            updated=self._moment(item, "date-modified", record),
            status="pending" if _no(get("approved")) else "approved",
            kind=kind,
            extra=_extra(own),
        )

    def _media(self, item: Any, post: Post, number: int) -> Media:  # noqa: ANN401 — likewise
        """Read a file: embedded, its bytes stay as they came, in ``extra``, under the name ``base64``."""
        address = (item.get("url") or item.get("external-uri") or item.get("path") or "").strip()
        url = self._address(address)
        own: dict[str, Any] = {name: value for name, value in item.attrib.items() if name not in {"mime-type", "size"}}
        data = "".join("".join(item.itertext()).split())
        size = item.get("size") or ""
        if data:
            own["base64"] = data
            if _bytes(data) is None:
                what = "an embedded file that is not base64: kept as it came"
                self._notes.noticed(what, source=self._source.name, line=item.sourceline, record=post.id)
        return Media(
            id=url or made_id("media", post.id, address or str(number), None if address else data),
            url=url,
            post=post.id,
            type=item.get("mime-type") or None,
            size=int(size) if size.isdecimal() and len(size) < 16 else None,
            status=post.status,
            extra=_extra(own),
        )

    def _address(self, address: str) -> str | None:
        """Give an address as what it means at the blog's own; None where that is not known."""
        if not address:
            return None
        if not has_scheme(address) and self._base is not None:
            base = self._base if self._base.endswith("/") else f"{self._base}/"
            address = joined(base, address.removeprefix("~/"))
        return address if has_scheme(address) else None

    def _moment(self, element: Any, name: str, record: str) -> dt.datetime | None:  # noqa: ANN401 — likewise
        text = (element.get(name) or "").strip()
        return None if not text or text.startswith(_NEVER) else self._intake.moment(text, name, record)

    def _content(self, parent: Any, name: str, record: str, base: str | None) -> Content | None:  # noqa: ANN401
        element = _child(parent, name)
        if element is None:
            return None
        value = self._value(element, record)
        if not value.strip():
            return None
        plain = (element.get("type") or "text").lower() == "text" and not _MARKUP.search(value)
        return Content(value=value, form="text" if plain else "html", base=base)

    def _value(self, element: Any, record: str | None = None) -> str:  # noqa: ANN401 — likewise
        """Undo what the type of a text says was done to it."""
        kind = (element.get("type") or "text").lower()
        if kind == "xhtml" and len(element):
            return inner(element, self._source.name)
        text = text_of(element, self._source.name)
        if kind == "base64":
            data = _bytes(text)
            if data is None:
                what = f"{_local(element)} is said to be base64 and is not: kept as it came"
                self._notes.altered(what, source=self._source.name, line=element.sourceline, record=record)
                return text
            return decoded(data)[0]
        if kind in {"html", "xhtml"} and "<" not in text and "&lt;" in text:
            return html.unescape(text)  # escaped once for its type and once for XML
        return text

    def _words(self, parent: Any, name: str) -> str | None:  # noqa: ANN401 — likewise
        element = _child(parent, name)
        if element is None:
            return None
        value = self._value(element)
        if (element.get("type") or "text").lower() != "text":
            return plain_title(value)[0]
        return " ".join(value.split()) or None

    def _marked(self, parent: Any) -> str | None:  # noqa: ANN401 — likewise
        element = _child(parent, "title")
        if element is None or (element.get("type") or "text").lower() == "text":
            return None
        return plain_title(self._value(element))[1]


def _local(element: Any) -> str:  # noqa: ANN401 — likewise
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(parent: Any, name: str) -> Any:  # noqa: ANN401 — likewise
    return next((child for child in parent if _local(child) == name), None)


def _each(parent: Any, name: str) -> Iterable[Any]:  # noqa: ANN401 — likewise
    """Give the elements of a list."""
    held = _child(parent, name)
    return () if held is None else (child for child in held if _local(child))


def _no(text: str | None) -> bool:
    return (text or "").strip().lower() in {"false", "0"}


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _extra(own: dict[str, Any]) -> dict[str, Any]:
    return {"blogml": own} if own else {}


def _is_global(identifier: str) -> bool:
    """Tell an id that is one beyond its own blog: a GUID, an address or URN, or one that we gave ourselves."""
    return _GUID.fullmatch(identifier) is not None or has_scheme(identifier)


IMPORTER = Importer(
    name="blogml",
    label="BlogML 2.0 export",
    kind="export",
    detect=detect,
    read=read,
)
