"""Elements of a page as they are written: what they hold, byte for byte, found without building a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from feedkeep.content.tags import VOID, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedkeep.content.tags import Token


class Element(NamedTuple):
    """An element: its name, attributes, and where it and what it holds stand in the page."""

    name: str
    attributes: dict[str, str]
    start: int
    inner_start: int
    inner_end: int
    end: int

    @property
    def classes(self) -> frozenset[str]:
        """Its class names."""
        return frozenset(self.attributes.get("class", "").split())

    def inner(self, page: str) -> str:
        """What it holds, as it is written."""
        return page[self.inner_start : self.inner_end]


def elements(page: str, wanted: Callable[[Token], bool]) -> list[Element]:
    """List the elements whose start tag is ``wanted``, in their order.

    An end tag closes the last open element of its name; what is never closed goes to the end of the page.
    """
    found: list[Element] = []
    open_: dict[str, list[tuple[Token, bool]]] = {}
    for token in tokens(page):
        name = token.name
        if name is None or name == "!":
            continue
        if token.closes:
            if open_.get(name):
                begun, chosen = open_[name].pop()
                if chosen:
                    found.append(_element(begun, token.start, token.end))
        elif name in VOID:
            if wanted(token):
                found.append(_element(token, token.end, token.end))
        else:
            open_.setdefault(name, []).append((token, wanted(token)))
    found += [_element(token, len(page), len(page)) for held in open_.values() for token, chosen in held if chosen]
    return sorted(found, key=lambda element: element.start)


def _element(token: Token, inner_end: int, end: int) -> Element:
    # of an attribute that stands twice, the first counts (HTML, section 13.2.5.33)
    attributes = {attribute.name: attribute.value for attribute in reversed(token.attributes)}
    return Element(token.name or "", attributes, token.start, token.end, inner_end, end)
