"""A saved page's HTML as a tree, and what is looked for in it by class, id and property."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree, html

from feedkeep.content.tags import shallow
from feedkeep.content.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPTH = 900  # elements within elements, list items not counted; the tree builder drops what is deeper than 2048
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def tree(text: str) -> Any | None:  # noqa: ANN401 — lxml's element type is private
    """Build the tree; None where there is nothing to build one of."""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, recover=True
    )
    data = _UNHOLDABLE.sub("", shallow(text, DEPTH)).encode("utf-8", "replace")
    try:
        return html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, AssertionError, ValueError):
        return None


class Found:
    """The elements of a subtree by what names them, each in the order of the page, in one walk."""

    def __init__(self, root: Any) -> None:  # noqa: ANN401
        self.by_class: dict[str, list[Any]] = {}
        self.by_property: dict[str, list[Any]] = {}
        self.by_tag: dict[str, list[Any]] = {}
        for element in root.iter(etree.Element):
            self.by_tag.setdefault(element.tag, []).append(element)
            for name in dict.fromkeys((element.get("class") or "").split()):
                self.by_class.setdefault(name, []).append(element)
            for name in (element.get("itemprop") or "").split():
                self.by_property.setdefault(name, []).append(element)

    def first(self, *names: str) -> Any | None:  # noqa: ANN401
        """Give the first element of the first name that there is: a class, ``@property`` or ``<tag``."""
        return next(self.all(*names), None)

    def all(self, *names: str) -> Iterator[Any]:
        """Yield the elements of each name in turn."""
        for name in names:
            if name.startswith("@"):
                yield from self.by_property.get(name[1:], ())
            elif name.startswith("<"):
                yield from self.by_tag.get(name[1:], ())
            else:
                yield from self.by_class.get(name, ())


def classes(element: Any) -> frozenset[str]:  # noqa: ANN401
    """Give the classes of an element."""
    return frozenset((element.get("class") or "").split())


def inner(element: Any) -> str:  # noqa: ANN401
    """Write what is within an element as HTML."""
    text = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return text[text.find(">") + 1 : text.rfind("</")].strip() if "</" in text else ""


def said(element: Any | None) -> str:  # noqa: ANN401
    """Give the words within an element, on one line."""
    if element is None:
        return ""
    return " ".join(plain(etree.tostring(element, encoding="unicode", method="html", with_tail=False)).split())


def machine(element: Any) -> str:  # noqa: ANN401
    """Give what an element says to machines, else its words: ``datetime``, ``content``, an ``abbr``'s title."""
    for name in ("datetime", "content", "title" if element.tag == "abbr" else "content"):
        value = (element.get(name) or "").strip()
        if value:
            return str(value)
    return said(element)


def link(element: Any | None) -> str | None:  # noqa: ANN401
    """Give the first address that an element, or what is within or around it, links to."""
    if element is None:
        return None
    for one in element.iter("a"):
        if one.get("href"):
            return str(one.get("href")).strip() or None
    above = element.getparent()
    if above is not None and above.tag == "a" and above.get("href"):
        return str(above.get("href")).strip() or None
    return None


def cut(element: Any) -> None:  # noqa: ANN401
    """Take an element out of its tree; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
        element.tail = None
    parent.remove(element)
