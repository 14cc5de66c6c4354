"""The pages of a book but for its chapters: one for the title, one for each part; and what all of them have the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from feedkeep.content.tags import VOID
from feedkeep.wire.book_look import STYLE_PATH
from feedkeep.wire.xhtml_elements import LANGUAGE, NAMESPACE, say, sub
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Site
    from feedkeep.wire.xhtml_files import Frame

    Element = Any  # lxml's element type is private

TYPES = "http://www.idpf.org/2007/ops"
_SPACES: Any = {None: NAMESPACE, "epub": TYPES}
UNKNOWN_LANGUAGE = "und"  # RFC 5646, section 4.1: undetermined
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Line(NamedTuple):
    """A page as lists of pages show it."""

    file: str  # its name in the folder of texts
    title: str
    further: tuple[str, ...] = ()  # the pages on which it goes on, which no list shows


class Page:
    """One page of the book, made element by element."""

    def __init__(self, title: str, language: str | None, style: str = f"../{STYLE_PATH}") -> None:
        self.root: Element = etree.Element(f"{{{NAMESPACE}}}html", nsmap=_SPACES)
        told = language_of(language)
        self.root.set("lang", told)
        self.root.set(_XML_LANG, told)
        head = sub(self.root, "head")
        sub(head, "title", title)
        sub(head, "link", rel="stylesheet", type="text/css", href=style)
        self.body = sub(self.root, "body")

    def written(self) -> bytes:
        """Write the page; what is empty and may have an end gets one, for readers that take it for HTML."""
        for element in self.root.iter(etree.Element):
            if element.text is None and not len(element) and etree.QName(element).localname not in VOID:
                element.text = ""
        return (
            bytes(etree.tostring(self.root, encoding="utf-8", xml_declaration=True, doctype="<!DOCTYPE html>")) + b"\n"
        )


def typed(element: Element, kind: str) -> Element:
    """Say what an element is in a book (EPUB 3 Structural Semantics Vocabulary)."""
    element.set(f"{{{TYPES}}}type", kind)
    return element


def language_of(told: str | None) -> str:
    """Give a language's tag; that of an unknown one where it makes no sense."""
    return told if told is not None and LANGUAGE.fullmatch(told) else UNKNOWN_LANGUAGE


def line(value: str | None) -> str:
    """Give a text on one line, as XML can hold it."""
    return " ".join(legal(value or "").split())


def part(title: str, lines: Iterable[Line], language: str | None) -> bytes:
    """Write the page that a part begins with: its name, and what is in it."""
    page = Page(title, language)
    section = typed(sub(page.body, "section", class_="part"), "part")
    sub(section, "h1", title)
    held = sub(section, "ul", class_="contents")
    for one in lines:
        sub(sub(held, "li"), "a", one.title, href=one.file)
    return page.written()


def title_page(title: str, site: Site, people: Iterable[str], told: str, cover: str | None, frame: Frame) -> bytes:
    """Write the page of the title; ``told`` says what the book holds."""
    page = Page(title, site.language)
    section = typed(sub(page.body, "section", class_="title"), "titlepage")
    sub(section, "h1", title)
    if line(site.description):
        sub(section, "p", line(site.description), class_="subtitle")
    names = ", ".join(people)
    if names:
        sub(section, "p", names)
    if cover is not None:
        sub(sub(section, "p"), "img", src=cover, alt="")
    sub(section, "p", told, class_="about")
    if site.url:
        linked(site.url, site.url, sub(section, "p", class_="about"), frame)
    if line(site.rights):
        sub(section, "p", line(site.rights), class_="about")
    return page.written()


def linked(url: str | None, label: str, into: Element, frame: Frame) -> None:
    """Name something, with a link where it has an address."""
    href = frame.link(url) if url else None
    if href is None:
        say(into, line(label))
    else:
        sub(into, "a", line(label), href=href)
