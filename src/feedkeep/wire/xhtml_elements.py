"""Elements of XHTML: how one is made, what is said in it, which attributes of HTML's come with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from feedkeep.content.html_nodes import Node

    Element = Any  # lxml's element type is private

NAMESPACE = "http://www.w3.org/1999/xhtml"
LANGUAGE = re.compile(
    r"[a-zA-Z]{2,3}(?:-[a-zA-Z]{4})?(?:-(?:[a-zA-Z]{2}|\d{3}))?"
)  # as in RFC 5646, what people use of it
_NUMBER = re.compile(r"[1-9]\d{0,3}")
_INTEGER = re.compile(r"-?\d{1,6}")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def sub(parent: Element, name: str, text: str | None = None, **attributes: str | None) -> Element:
    """Add an element; of ``class_`` and the like the line is left out, and what is None altogether."""
    made = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    for key, value in attributes.items():
        if value is not None:
            made.set(key.rstrip("_"), legal(value))
    if text:
        made.text = legal(text)
    return made


def say(into: Element, text: str) -> None:
    """Add text after all that is in an element."""
    text = legal(text)
    last = into[-1] if len(into) else None
    if last is None:
        into.text = (into.text or "") + text
    else:
        last.tail = (last.tail or "") + text


def mark(node: Node, made: Element) -> None:
    """Carry over what any element may have: its language, direction, title."""
    language = node.attributes.get("lang", "")
    if LANGUAGE.fullmatch(language):
        made.set("lang", language)
        made.set(_XML_LANG, language)
    towards = direction(node)
    if towards:
        made.set("dir", towards)
    if node.attributes.get("title"):
        made.set("title", legal(node.attributes["title"]))


def mark_list(node: Node, made: Element) -> None:
    """Carry over how an ordered list counts."""
    start, style = node.attributes.get("start", ""), node.attributes.get("type", "")
    if _INTEGER.fullmatch(start):
        made.set("start", start)
    if style in {"1", "a", "A", "i", "I"}:
        made.set("type", style)
    if "reversed" in node.attributes:
        made.set("reversed", "reversed")


def mark_item(node: Node, made: Element) -> None:
    """Carry over the number of an item of an ordered list."""
    value = node.attributes.get("value", "")
    if _INTEGER.fullmatch(value):
        made.set("value", value)


def mark_cell(node: Node, made: Element) -> None:
    """Carry over how far a cell of a table extends, and what it is the head of."""
    for name in ("colspan", "rowspan"):
        if _NUMBER.fullmatch(node.attributes.get(name, "")):
            made.set(name, str(min(int(node.attributes[name]), 1000)))
    if node.name == "th" and node.attributes.get("scope") in {"row", "col", "rowgroup", "colgroup"}:
        made.set("scope", node.attributes["scope"])


def direction(node: Node) -> str:
    """Give the direction of an element's text, where it says one."""
    said = node.attributes.get("dir", "").lower()
    return said if said in {"ltr", "rtl", "auto"} else ""
