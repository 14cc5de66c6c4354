"""What the readers of XML feeds share: names, texts, entities, markup within, elements that no field holds."""

from __future__ import annotations

import html
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from lxml import etree

from feedkeep.errors import FormatError
from feedkeep.wire import namespaces as ns
from feedkeep.wire.xml import DEPTH, TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Made = TypeVar("Made")

_XHTML = f"{{{ns.XHTML}}}"
_DOCUMENTS = frozenset({"feed", "entry", "rss", "RDF"})  # XML that is carried as XML keeps its names
_ENTITIES = 300  # declarations that are looked at; HTML's own are known without
_ENTITY_LENGTH = 1000  # characters; a longer one is no name for a character or a phrase


class Names(dict[Any, str]):
    """Short names of elements by their tags.

    ``own`` is the prefix of the namespaces that the document is written in: their elements are called by their
    bare names, and so are those without a namespace or in ``space``, that of the document's first element. Those of
    other known namespaces get our prefix. All these are in lower case; the unknown keep their Clark names. Nodes that
    are no elements have the name "".
    """

    def __init__(self, own: str, space: str = "") -> None:
        super().__init__()
        self._own = own
        self._spaces = {"", space}

    def __missing__(self, tag: Any) -> str:  # noqa: ANN401 — lxml gives functions for nodes that are no elements
        if not isinstance(tag, str):
            return ""
        space, _, bare = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
        prefix = self._own if space in self._spaces else ns.PREFIXES.get(ns.folded(space))
        short = tag if prefix is None else ("" if prefix == self._own else prefix) + bare.lower()
        self[tag] = short
        return short


class Fields(dict[str, list[Any]]):
    """The children of an element by their short names, each to be taken once; what nobody took is the rest."""

    __slots__ = ("_element", "_source")

    def __init__(self, element: Any, names: Names, source: str) -> None:  # noqa: ANN401 — lxml's is private
        held: dict[str, list[Any]] = {}
        for child in element:
            name = names[child.tag]
            if name in held:
                held[name].append(child)
            else:
                held[name] = [child]
        super().__init__(held)
        self._element = element
        self._source = source

    def all(self, name: str) -> list[Any]:
        """Take every element of that name."""
        return self.pop(name, [])

    def one(self, name: str) -> Any | None:  # noqa: ANN401
        """Take the first element of that name."""
        held = self.pop(name, None)
        if held is None:
            return None
        if len(held) > 1:
            self[name] = held[1:]
        return held[0]

    def first(self, name: str, make: Callable[[Any], Made | None]) -> Made | None:
        """Take the first element of that name of which ``make`` makes something, and those before it."""
        held = self.pop(name, [])
        for place, child in enumerate(held, 1):
            made = make(child)
            if made is not None:
                if place < len(held):
                    self[name] = held[place:]
                return made
        return None

    def peek(self, name: str) -> str | None:
        """Give the text of the first element of that name, and leave it where it is."""
        held = self.get(name)
        return text_of(held[0], self._source).strip() or None if held else None

    def text(self, name: str) -> str | None:
        """Take the first element of that name that has a text, and give the text without the space around it."""
        if name not in self:
            return None
        return self.first(name, lambda child: text_of(child, self._source).strip() or None)

    def texts(self, name: str) -> list[str]:
        """Take every element of that name, and give the texts that there are."""
        return [text for child in self.pop(name, ()) if (text := text_of(child, self._source).strip())]

    def put_back(self, name: str, *elements: Any) -> None:  # noqa: ANN401
        """Leave elements to the rest after all."""
        if elements:
            self.setdefault(name, []).extend(elements)

    def rest(self) -> list[Any]:
        """Give what was not taken, in the document's order."""
        if not self:
            return []
        left = {child for held in self.values() for child in held}
        return [child for child in self._element if child in left and isinstance(child.tag, str)]


def text_of(element: Any, source: str) -> str:  # noqa: ANN401
    """Give the text of an element, with the entities of documents that name a DTD put in. FormatError beyond limits."""
    if len(element):
        pieces: list[str] = []
        _collect(element, pieces, 0, source)
        text = "".join(pieces)
    else:
        text = element.text or ""
    if len(text) > TEXT:
        reason = f"a text of more than {TEXT >> 20} MiB in <{local(element)}>"
        raise FormatError(reason, source=source, line=element.sourceline)
    return text


def _collect(element: Any, pieces: list[str], depth: int, source: str) -> None:  # noqa: ANN401
    if depth > DEPTH:
        raise FormatError(f"elements nested more than {DEPTH} deep", source=source, line=element.sourceline)
    pieces.append(element.text or "")
    for child in element:
        if child.tag is etree.Entity:
            pieces.append(_entity(child))
        else:
            _collect(child, pieces, depth + 1, source)
        pieces.append(child.tail or "")


def _entity(node: Any) -> str:  # noqa: ANN401
    """Say what an entity stands for: by HTML's list, else by the document's own declaration; unknown ones stay."""
    told: str = node.text
    known = html.unescape(told)
    if known != told:
        return known
    dtd = node.getroottree().docinfo.internalDTD
    for entity in islice(dtd.iterentities(), _ENTITIES) if dtd is not None else ():
        if entity.name == node.name:
            content = entity.content or ""
            return content if len(content) <= _ENTITY_LENGTH and not set("<&") & set(content) else told
    return told


def inner(element: Any, source: str) -> str:  # noqa: ANN401
    """Write what is within an element as HTML: the content of an XHTML body."""
    refuse_depth(element, source)
    pieces = [html.escape(element.text or "", quote=False)]
    alone = etree.Element("div")  # within its own document, an element is written with its ancestors' namespaces
    spaces = [_XHTML, str(element.tag).rpartition("}")[0] + "}"]  # the second is of HTML that nobody escaped
    if any(isinstance(child.tag, str) and local(child) in _DOCUMENTS for child in element):
        del spaces[1]
    for child in list(element):
        tail = html.escape(child.tail or "", quote=False)
        pieces.append(
            html.escape(_entity(child), quote=False) if child.tag is etree.Entity else _as_html(child, alone, spaces)
        )
        pieces.append(tail)
    text = "".join(pieces)
    if len(text) > TEXT:
        reason = f"a text of more than {TEXT >> 20} MiB in <{local(element)}>"
        raise FormatError(reason, source=source, line=element.sourceline)
    return text


def _as_html(element: Any, alone: Any, spaces: list[str]) -> str:  # noqa: ANN401
    alone[:] = [element]
    for node in element.iter(etree.Element):
        for space in spaces:
            node.tag = node.tag.removeprefix(space)
    etree.cleanup_namespaces(alone)
    written: bytes = etree.tostring(element, encoding="utf-8", method="html", with_tail=False)
    return written.decode("utf-8")


def refuse_depth(element: Any, source: str) -> None:  # noqa: ANN401
    """Raise FormatError where elements are nested deeper than anything that is meant to be read."""
    level = [element]
    for _ in range(DEPTH + 1):
        level = [child for held in level for child in held]
        if not level:
            return
    raise FormatError(f"elements nested more than {DEPTH} deep", source=source, line=element.sourceline)


def has_markup(element: Any) -> bool:  # noqa: ANN401
    """Tell whether there are elements within, and not text and entities alone."""
    return len(element) > 0 and any(isinstance(child.tag, str) for child in element)


def local(element: Any) -> str:  # noqa: ANN401
    """Give an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def within(element: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield the local names, in lower case, and the elements that are children of ``element``."""
    for child in element:
        if isinstance(child.tag, str):
            yield local(child).lower(), child


def kept(elements: list[Any], source: str) -> list[list[Any]]:
    """Keep elements that no field holds, each as [name, attributes, text, children, text after it].

    Names are Clark names; an entity that nobody declared is ["&", {}, "&name;", [], text after it].
    """
    for element in elements:
        refuse_depth(element, source)
    return [_tree(element, None) for element in elements]


def _tree(element: Any, tail: str | None) -> list[Any]:  # noqa: ANN401
    if element.tag is etree.Entity:
        return ["&", {}, element.text, [], tail]
    children = [_tree(child, child.tail) for child in element]
    told = any(not _is_space(child[4]) for child in children) or not _is_space(element.text)
    if children and not told:  # indentation between elements says nothing; within mixed text every space counts
        for child in children:
            child[4] = None
        return [element.tag, dict(element.items()), None, children, tail]
    return [element.tag, dict(element.items()), element.text, children, tail]


def _is_space(text: str | None) -> bool:
    return text is None or not text.strip()
