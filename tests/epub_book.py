"""A book as a reader opens it, and what has to be true of every book; epubcheck, in tests/real, knows more."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from feedkeep import formats
from feedkeep.notes import Notes
from golden import written
from snapshots import MemorySnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Record

X = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
DC = "{http://purl.org/dc/elements/1.1/}"
TYPE = "{http://www.idpf.org/2007/ops}type"
_LOADS = {"src", "poster", "srcset", "data", "background"}
_ALLOWED = {
    *(
        "alt",
        "class",
        "colspan",
        "controls",
        "dir",
        "href",
        "id",
        "lang",
        "poster",
        "rel",
        "reversed",
        "rowspan",
        "scope",
    ),
    *("src", "start", "title", "type", "value", TYPE, "{http://www.w3.org/XML/1998/namespace}lang"),
}
_LINE = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "span", "b", "i", "em", "strong", "th", "caption", "dt", "rt"}
_BLOCK = {"p", "div", "table", "ul", "ol", "dl", "figure", "blockquote", "section", "pre", "hr", "h1", "h2", "h3"}
_PARENTS = {
    "li": {"ul", "ol"},
    "tr": {"tbody", "thead"},
    "td": {"tr"},
    "th": {"tr"},
    "tbody": {"table"},
    "thead": {"table"},
    "caption": {"table"},
    "dt": {"dl"},
    "dd": {"dl"},
    "figcaption": {"figure"},
    "rt": {"ruby"},
    "rp": {"ruby"},
}
_ONLY = {"ul": {"li"}, "ol": {"li"}, "tr": {"td", "th"}, "dl": {"dt", "dd"}, "table": {"caption", "thead", "tbody"}}


class Book:
    """The files of a book, its pages parsed without mercy."""

    def __init__(self, files: dict[PurePosixPath, bytes]) -> None:
        self.files = files
        self.package: Any = etree.fromstring(files[PurePosixPath("EPUB/package.opf")])
        self.pages: dict[str, Any] = {
            str(path): etree.fromstring(data) for path, data in files.items() if path.suffix == ".xhtml"
        }

    def text(self, path: str) -> str:
        """All words of a page, white space folded."""
        return " ".join("".join(self.pages[path].itertext()).split())

    def everything(self) -> str:
        """All words and all attributes of all pages."""
        told = [self.text(path) for path in self.pages]
        told += [
            value for root in self.pages.values() for one in root.iter(etree.Element) for value in one.attrib.values()
        ]
        return "\n".join(told)

    def items(self) -> dict[str, Any]:
        """The manifest, by path."""
        return {f"EPUB/{one.get('href')}": one for one in self.package.iter(f"{OPF}item")}

    def spine(self) -> list[str]:
        """The paths of pages in their order."""
        by_id = {one.get("id"): path for path, one in self.items().items()}
        return [by_id[one.get("idref")] for one in self.package.iter(f"{OPF}itemref")]

    def listed(self) -> list[tuple[str, str]]:
        """The contents: what each page is called, and its path."""
        return [
            ("".join(one.itertext()), f"EPUB/{one.get('href')}") for one in self.pages["EPUB/nav.xhtml"].iter(f"{X}a")
        ]

    def goes_on(self, path: str) -> bool:
        """Tell whether a page goes on with the chapter of the page before it."""
        section = self.pages[path].find(f"{X}body/{X}section")
        return section is not None and section.get(TYPE) is None

    def chapters(self) -> list[str]:
        """The paths of chapters in their order."""
        return [path for path in self.spine() if _kinds(self.pages[path]) == ["chapter"]]

    def check(self) -> None:
        """Assert what holds for every book."""
        paths = [str(path) for path in self.files]
        assert paths[0] == "mimetype"
        assert self.files[PurePosixPath("mimetype")] == b"application/epub+zip"
        own = {"mimetype", "META-INF/container.xml", "EPUB/package.opf"}
        assert sorted(self.items()) == sorted(set(paths) - own)
        spine = self.spine()
        assert sorted([*spine, "EPUB/nav.xhtml"]) == sorted(self.pages)
        assert len(spine) == len(set(spine))
        further = [path for path in spine if self.goes_on(path)]
        assert [path for _, path in self.listed()] == [path for path in spine if path not in further]
        assert all(title.strip() for title, _ in self.listed())
        ids = {
            path: [one.get("id") for one in root.iter(etree.Element) if one.get("id")]
            for path, root in self.pages.items()
        }
        for path, root in self.pages.items():
            assert len(ids[path]) == len(set(ids[path])), f"an id twice in {path}"
            for one in root.iter(etree.Element):
                self._element(path, one, ids)

    def _element(self, path: str, one: Any, ids: dict[str, list[str]]) -> None:
        name, above = one.tag.removeprefix(X), [up.tag.removeprefix(X) for up in one.iterancestors()]
        where = f"{name} in {above} of {path}"
        assert name not in {"script", "style", "iframe", "object", "form", "font", "center", "main", "svg"}, where
        assert set(one.attrib) <= _ALLOWED or name in {"link", "html"}, f"{dict(one.attrib)} on {where}"
        assert not (name in {"a", "audio", "video"} and "a" in above), where
        if name in _PARENTS:
            assert above[0] in _PARENTS[name], where
        if name in _BLOCK and name != "section":
            assert not _LINE.intersection(above), where
        if name in _ONLY:
            assert {child.tag.removeprefix(X) for child in one} <= _ONLY[name], where
            assert not "".join([one.text or "", *(child.tail or "" for child in one)]).strip(), where
        for key in _LOADS & set(one.attrib):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(path), one.get(key))) in self.items(), where
        href = one.get("href")
        if href is None or name == "link":
            return
        parts = urlsplit(href)
        if parts.scheme:
            assert parts.scheme in {"http", "https", "mailto", "tel"}, href
            assert href.isascii(), href
            assert " " not in href, href
            return
        there = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path))) if parts.path else path
        assert there in self.pages, f"{href} in {path} leads nowhere"
        assert not parts.fragment or parts.fragment in ids[there], f"{href} in {path} leads to no place there"


def _kinds(root: Any) -> list[str]:
    return [one.get(TYPE) for one in root.iter(f"{X}section") if one.get(TYPE)]


def book(
    records: Iterable[Record], media: dict[str, bytes] | None = None, notes: Notes | None = None, **settings: Any
) -> Book:
    """Make a book of records, and check what holds for every book."""
    exporter = formats.exporter("epub")
    files = written(
        exporter.write(
            MemorySnapshot(records, media), exporter.options(**settings), notes if notes is not None else Notes()
        )
    )
    made = Book(files)
    made.check()
    return made
