"""Elements of a WordPress export, written so that its importer takes them."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.wire.wxr import PREFIXES
from feedkeep.wire.wxr_meta import own_data, own_fields
from feedkeep.wire.xml import is_legal, legal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedkeep.models import Term
    from feedkeep.notes import Notes

# The importer's streaming reader takes an item for done when its first nested element begins: these come first.
_SINGLE = (
    "title",
    "link",
    "pubDate",
    "dc:creator",
    "guid",
    "description",
    "content:encoded",
    "excerpt:encoded",
    "wp:post_id",
    "wp:post_date",
    "wp:post_date_gmt",
    "wp:post_modified",
    "wp:post_modified_gmt",
    "wp:comment_status",
    "wp:ping_status",
    "wp:post_name",
    "wp:status",
    "wp:post_parent",
    "wp:menu_order",
    "wp:post_type",
    "wp:post_password",
    "wp:is_sticky",
    "wp:attachment_url",
)
_LITERAL = frozenset({"title", "dc:creator", "content:encoded", "excerpt:encoded"})
END = b"</channel>\n</rss>\n"
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
_KEPT = re.compile(r"<(pre|textarea|script|style)\b", re.IGNORECASE | re.ASCII)
_KEPT_END = {name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII) for name in ("pre", "textarea", "script", "style")}
_SPACE = re.compile(r"\s+")
_NO_SLUG = re.compile(r"[^\w]+")
_NAMES: dict[str, str] = {}


class Sheet:
    """The channel or an item being written, and the notes of what XML cannot hold of it."""

    def __init__(self, notes: Notes, record: str, tag: str = "item") -> None:
        self._notes = notes
        self._record = record
        self.element: Any = etree.Element(tag, nsmap=PREFIXES)
        self.element.text = "\n"

    def add(self, name: str, text: str | None = None, *, inside: Any = None, literal: bool = False) -> Any:  # noqa: ANN401
        """Add an element (``wp:post_id``) with its text, as CDATA where that holds it and ``literal`` asks for it."""
        child = etree.SubElement(self.element if inside is None else inside, _qualified(name))
        child.tail = "\n"
        if text:
            if not is_legal(text):
                text = legal(text)
                self._notes.altered("characters that XML cannot hold were left out", record=self._record, field=name)
            # a parser turns CR to LF where it is not written as a reference, which CDATA cannot hold
            child.text = etree.CDATA(text) if literal and text and "]]>" not in text and "\r" not in text else text
        return child

    def singles(self, values: Mapping[str, str | None], guid: str, *, permalink: bool | None) -> None:
        """Add the elements that an item has once, in WordPress's order; an empty text is written, None is not."""
        for name in _SINGLE:
            value = guid if name == "guid" else values.get(name)
            if value is not None:
                element = self.add(name, value, literal=name in _LITERAL)
                if name == "guid" and permalink is not None:
                    element.set("isPermaLink", "true" if permalink else "false")

    def field(self, kind: str, key: str, value: str, *, inside: Any = None) -> None:  # noqa: ANN401
        """Add a field: ``wp:postmeta`` and its like."""
        field = self.add(kind, inside=inside)
        field.text = "\n"
        self.add("wp:meta_key", key, inside=field)
        self.add("wp:meta_value", value, inside=field, literal=True)

    def category(self, taxonomy: str, slug: str | None, name: str | None) -> None:
        """Add a term of the item; without a slug WordPress would pass it over."""
        element = self.add("category", html.escape(name or slug or "", quote=False), literal=True)
        element.set("domain", legal(taxonomy))
        element.set("nicename", legal(slug or slug_of(name or "")))

    def term(self, term: Term) -> None:
        """Add a term of the blog."""
        name, slug = html.escape(term.name or term.slug or "", quote=False), term.slug or slug_of(term.name or "")
        if term.taxonomy == "category":
            element = self.add("wp:category")
            rows = {"category_nicename": slug, "category_parent": term.parent, "cat_name": name}
            rows["category_description"] = term.description
        elif term.taxonomy == "post_tag" and not term.parent:
            element = self.add("wp:tag")
            rows = {"tag_slug": slug, "tag_name": name, "tag_description": term.description}
        else:
            element = self.add("wp:term")
            rows = {"term_taxonomy": term.taxonomy, "term_slug": slug, "term_parent": term.parent, "term_name": name}
            rows["term_description"] = term.description
        for key, value in (({"term_id": term.id} if term.id else {}) | rows).items():
            self.add(f"wp:{key}", value, inside=element, literal=key != "term_id")
        for key, value in own_fields(own_data(term.extra)):
            self.field("wp:termmeta", key, value, inside=element)

    def embed(self, markup: str, *, inside: Any = None) -> None:  # noqa: ANN401
        """Add an element that was kept as XML."""
        try:
            child = etree.fromstring(markup.encode(), _PARSER)
        except (etree.XMLSyntaxError, ValueError):
            self._notes.dropped("an element kept as XML that is none", record=self._record)
            return
        child.tail = "\n"
        (self.element if inside is None else inside).append(child)

    def serialised(self) -> bytes:
        """The element, without the namespaces that the root declares."""
        data: bytes = etree.tostring(self.element, encoding="utf-8", with_tail=False)
        declared = _declared(self.element.tag)
        start = b"<" + self.element.tag.encode() + b">"
        return start + data.removeprefix(declared) + b"\n" if data.startswith(declared) else data + b"\n"


def slug_of(text: str) -> str:
    """A slug such as WordPress makes of a name; empty where no letter or digit is in it."""
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _NO_SLUG.sub("-", folded).strip("-_")


def last_part(url: str | None) -> str:
    """The last part of an address's path."""
    return (url or "").split("?", 1)[0].split("#", 1)[0].rstrip("/").rpartition("/")[2]


def unbroken(markup: str) -> str:
    """HTML without the line breaks that mean nothing in it: in WordPress they would be paragraphs and <br>."""
    if "\n" not in markup and "\r" not in markup:
        return markup
    done: list[str] = []
    at = 0
    while opened := _KEPT.search(markup, at):
        closed = _KEPT_END[opened[1].lower()].search(markup, opened.end())
        end = closed.start() if closed else len(markup)
        done += (_folded(markup[at : opened.start()]), markup[opened.start() : end])
        at = end
    return "".join([*done, _folded(markup[at:])])


def _folded(text: str) -> str:
    return _SPACE.sub(lambda space: " " if "\n" in space[0] or "\r" in space[0] else space[0], text)


def document_head(channel: Sheet) -> bytes:
    """The document up to its first item."""
    root = etree.Element("rss", version="2.0", nsmap=PREFIXES)
    root.text = channel.element.tail = "\n"
    root.append(channel.element)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    return data.removesuffix(END)


def _qualified(name: str) -> str:
    found = _NAMES.get(name)
    if found is None:
        prefix, _, local = name.rpartition(":")
        found = _NAMES[name] = f"{{{PREFIXES[prefix]}}}{local}" if prefix else local
    return found


def _declared(tag: str) -> bytes:
    data: bytes = etree.tostring(etree.Element(tag, nsmap=PREFIXES), encoding="utf-8")
    return data.removesuffix(b"/>") + b">"
