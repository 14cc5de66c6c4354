"""What the readers of XML feeds share: texts, entities, markup within, elements that no field holds."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.errors import FormatError
from feedkeep.wire import namespaces as ns
from feedkeep.wire.xml import DEPTH, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable

_TAG = re.compile(r"<[^>]*>")
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_CUT = re.compile(
    r"(?:\[\s*(?:…|\.\.\.|&hellip;|&#8230;)\s*\]|(?:…|\.\.\.|&hellip;|&#8230;)\s*(?:<a\b[^>]*>[^<]*</a>|</?p>|\s)*"
    r"(?:<a\b[^>]*>\s*(?:read|continue|more|weiter|mehr)[^<]*</a>))\s*(?:</?\w+>\s*)*$",
    re.IGNORECASE,
)


def text_of(element: Any, source: str) -> str:  # noqa: ANN401 — lxml's element type is private
    """Give the text of an element, with the entities of documents that name a DTD put in. FormatError beyond limits."""
    if len(element) == 0:
        text = element.text or ""
    else:
        pieces: list[str] = []
        _collect(element, pieces, 0, source)
        text = "".join(pieces)
    if len(text) > TEXT:
        raise FormatError(
            f"a text of more than {TEXT >> 20} MiB in <{local(element)}>", source=source, line=element.sourceline
        )
    return text


def _collect(element: Any, pieces: list[str], depth: int, source: str) -> None:  # noqa: ANN401
    if depth > DEPTH:
        raise FormatError(f"elements nested more than {DEPTH} deep", source=source, line=element.sourceline)
    if element.text and element.tag is not etree.Entity:
        pieces.append(element.text)
    for child in element:
        if child.tag is etree.Entity:
            pieces.append(html.unescape(child.text))
        else:
            _collect(child, pieces, depth + 1, source)
        if child.tail:
            pieces.append(child.tail)


def inner(element: Any, source: str) -> str:  # noqa: ANN401
    """Write what is within an element as HTML: the content of an XHTML body."""
    if _depth(element) > DEPTH:
        raise FormatError(f"elements nested more than {DEPTH} deep", source=source, line=element.sourceline)
    pieces = [html.escape(element.text or "", quote=False)]
    for child in element:
        if child.tag is etree.Entity:
            pieces.append(html.unescape(child.text))
        else:
            pieces.append(_as_html(child))
        pieces.append(html.escape(child.tail or "", quote=False))
    return "".join(pieces)


def _as_html(element: Any) -> str:  # noqa: ANN401
    for node in element.iter(etree.Element):
        if isinstance(node.tag, str) and node.tag.startswith(f"{{{ns.XHTML}}}"):
            node.tag = node.tag[len(ns.XHTML) + 2 :]
    etree.cleanup_namespaces(element)
    written: bytes = etree.tostring(element, encoding="utf-8", method="html", with_tail=False)
    return written.decode("utf-8")


def _depth(element: Any) -> int:  # noqa: ANN401
    level, depth = [element], 0
    while level and depth <= DEPTH:
        level = [child for held in level for child in held]
        depth += 1
    return depth


def plain_title(text: str) -> tuple[str | None, str | None]:
    """Give a title as plain text, and the markup that it had, if any."""
    text = text.strip()
    if not text:
        return None, None
    if "<" not in text and "&" not in text:
        return text, None
    if not _MARKUP.search(text):
        return text, None
    bare = " ".join(html.unescape(_TAG.sub("", text)).split())
    return bare or None, text


def is_cut(markup: str) -> bool:
    """Tell whether a body ends as excerpts do: […], or an ellipsis and a link to read more."""
    return _CUT.search(markup[-400:].rstrip()) is not None


def local(element: Any) -> str:  # noqa: ANN401
    """Give an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def tree(element: Any, source: str, depth: int = 0) -> list[Any]:  # noqa: ANN401
    """Keep an element that no field holds: [name, attributes, text, children, text after it]."""
    if depth > DEPTH:
        raise FormatError(f"elements nested more than {DEPTH} deep", source=source, line=element.sourceline)
    if element.tag is etree.Entity:
        return ["&", {}, element.text, [], element.tail if depth else None]
    children = [tree(child, source, depth + 1) for child in element]
    text, tail = element.text, element.tail if depth else None
    if children and text is not None and not text.strip():
        text = None
    if tail is not None and not tail.strip():
        tail = None
    return [element.tag, dict(element.attrib), text, children, tail]


def whole(text: str | None) -> int | None:
    """Read a count; None for what is none."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def seconds(text: str) -> float | None:
    """Read a duration as itunes:duration has it: seconds, mm:ss or hh:mm:ss."""
    parts = text.strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"\d{1,9}(\.\d+)?", part) for part in parts):
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total


def first(values: list[Any], make: Callable[[Any], Any]) -> Any:  # noqa: ANN401
    """Give the first value that ``make`` makes something of."""
    return next((made for value in values if (made := make(value)) is not None), None)
