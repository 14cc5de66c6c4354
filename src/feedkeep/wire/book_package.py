"""What makes files a book: the package document, the list of its contents (EPUB 3.3, sections 5 and 7), the container."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree

from feedkeep.wire.book_files import STAND_IN
from feedkeep.wire.book_look import STYLE_PATH
from feedkeep.wire.book_pages import Line, Page, language_of, line, typed
from feedkeep.wire.xhtml_elements import sub

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Site
    from feedkeep.wire.book_files import File

MIMETYPE = b"application/epub+zip"
ROOT = "EPUB"  # the book's own folder
TEXTS = "text"  # the folder of all pages, within
TITLE_PAGE = "title.xhtml"
CONTENTS = "nav.xhtml"
PACKAGE = "package.opf"
CONTAINER = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    f'<rootfile full-path="{ROOT}/{PACKAGE}" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>\n"
).encode()
_OPF = "http://www.idpf.org/2007/opf"
_DC = "http://purl.org/dc/elements/1.1/"
_SPACES: Any = {None: _OPF, "dc": _DC}
_XHTML = "application/xhtml+xml"
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)  # of a book in which nothing has a date


class Part(NamedTuple):
    """A part of the book, and its chapters."""

    page: Line
    chapters: list[Line]


class About(NamedTuple):
    """What is said of the whole book."""

    identifier: str
    title: str
    site: Site
    people: Iterable[str]
    modified: dt.datetime | None  # when the newest of its records was written or changed


def contents(about: About, parts: Iterable[Part]) -> bytes:
    """Write the list of contents."""
    page = Page(about.title, about.site.language, style=STYLE_PATH)
    nav = typed(sub(page.body, "nav"), "toc")
    sub(nav, "h1", "Contents")
    held = sub(nav, "ol")
    sub(sub(held, "li"), "a", about.title, href=f"{TEXTS}/{TITLE_PAGE}")
    for part in parts:
        item = sub(held, "li")
        sub(item, "a", part.page.title, href=f"{TEXTS}/{part.page.file}")
        inner = sub(item, "ol")
        for one in part.chapters:
            sub(sub(inner, "li"), "a", one.title, href=f"{TEXTS}/{one.file}")
    return page.written()


def package(about: About, parts: Iterable[Part], files: Iterable[File], cover: str | None) -> bytes:
    """Write the package document."""
    root = etree.Element(f"{{{_OPF}}}package", nsmap=_SPACES)
    root.set("version", "3.0")
    root.set("unique-identifier", "book-id")
    _metadata(etree.SubElement(root, f"{{{_OPF}}}metadata"), about)
    manifest = etree.SubElement(root, f"{{{_OPF}}}manifest")

    def item(name: str, path: str, kind: str, **more: str) -> None:
        etree.SubElement(manifest, f"{{{_OPF}}}item", {"id": name, "href": path, "media-type": kind, **more})

    item("nav", CONTENTS, _XHTML, properties="nav")
    item("style", STYLE_PATH, "text/css")
    lines = (one for part in parts for one in (part.page, *part.chapters))
    pages = [TITLE_PAGE, *(file for one in lines for file in (one.file, *one.further))]
    for number, file in enumerate(pages):
        item(f"page-{number}", f"{TEXTS}/{file}", _XHTML)
    stands_in = False
    for number, held in enumerate(files):
        more = {} if held.is_core else {"fallback": "stand-in"}
        stands_in |= not held.is_core
        item(
            f"file-{number}",
            held.path,
            held.known.type,
            **more,
            **({"properties": "cover-image"} if held.path == cover else {}),
        )
    if stands_in:
        item("stand-in", STAND_IN, "image/svg+xml")
    spine = etree.SubElement(root, f"{{{_OPF}}}spine")
    for number in range(len(pages)):
        etree.SubElement(spine, f"{{{_OPF}}}itemref", {"idref": f"page-{number}"})
    etree.indent(root)
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def moment(told: dt.datetime | None) -> str:
    """Write a moment as books do: in UTC, whole seconds."""
    try:
        found = (told or _EPOCH).astimezone(dt.UTC)
    except OverflowError:
        found = _EPOCH
    return found.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _metadata(into: etree._Element, about: About) -> None:
    told = [
        ("identifier", about.identifier),
        ("title", about.title),
        ("language", language_of(about.site.language)),
        *(("creator", name) for name in about.people),
        ("description", line(about.site.description)),
        ("rights", line(about.site.rights)),
        ("source", line(about.site.url)),
    ]
    for name, value in told:
        if value:
            made = etree.SubElement(into, f"{{{_DC}}}{name}")
            made.text = value
            if name == "identifier":
                made.set("id", "book-id")
    changed = etree.SubElement(into, f"{{{_OPF}}}meta", {"property": "dcterms:modified"})
    changed.text = moment(about.modified)
