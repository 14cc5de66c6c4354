"""Feeds in FOAF, as planets and blog hosts list them: groups of people, their weblogs, and the feeds of these."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from feedkeep.wire import detection
from feedkeep.wire import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterator

_ABOUT, _RESOURCE = f"{{{ns.RDF}}}about", f"{{{ns.RDF}}}resource"
_PEOPLE = frozenset({"Agent", "Person", "Organization"})
_FIRST = re.compile(r"<(?:[\w.-]+:)?(Agent|Group|Person|PersonalProfileDocument|channel|item)\b")
_NAMES = ("name", "member_name", "nick")


class Feed(NamedTuple):
    """A feed, or the page of a blog whose feed is not told."""

    url: str | None
    home: str | None
    person: str | None
    groups: tuple[str, ...]


def is_foaf(head: bytes) -> bool:
    """Tell a list of people and their feeds from RSS 1.0, which shares its first element."""
    root = detection.root(head)
    if root is None or root.space != ns.RDF or ns.FOAF not in root.spaces.values():
        return False
    first = _FIRST.search(detection.decoded(head))
    return first is not None and first[1] not in {"channel", "item"}


class Foaf:
    """Reads the trees below <rdf:RDF>, one by one."""

    def __init__(self) -> None:
        self._known: dict[Any, str | None] = {}

    def feeds(self, tree: Any) -> Iterator[Feed]:  # noqa: ANN401 — lxml's element type is private
        """Yield the feeds in a tree, and the pages that are without one."""
        self._known = {}
        told: set[Any] = set()
        pages: list[Any] = []
        for element in tree.iter():
            name = _local(element)
            if name == "Document":
                pages.append(element)
            url = _address(element, _ABOUT if name == "channel" else _RESOURCE) if name in {"channel", "feed"} else None
            if url is None:
                continue
            page = next((one for one in element.iterancestors() if _local(one) == "Document"), None)
            told.add(page)
            yield self._feed(element, url, None if page is None else _address(page, _ABOUT))
        for page in pages:
            home = _address(page, _ABOUT)
            if page not in told and home is not None:
                yield self._feed(page, None, home)

    def others(self, tree: Any) -> Iterator[str]:  # noqa: ANN401
        """Yield the addresses of the lists of those whom somebody knows."""
        for element in tree.iter():
            parent = element.getparent()
            if _local(element) == "seeAlso" and parent is not None and _local(parent) in _PEOPLE:
                url = _address(element, _RESOURCE)
                if url is not None:
                    yield url

    def _feed(self, element: Any, url: str | None, home: str | None) -> Feed:  # noqa: ANN401
        person: str | None = None
        groups: list[str] = []
        for one in element.iterancestors():
            name = _local(one)
            if name in _PEOPLE and person is None:
                person = self._name(one)
            elif name == "Group":
                groups.append(self._name(one) or "")
        return Feed(url, home, person, tuple(name for name in reversed(groups) if name))

    def _name(self, element: Any) -> str | None:  # noqa: ANN401
        if element not in self._known:
            found = {_local(child): " ".join((child.text or "").split()) for child in element}
            self._known[element] = next((found[name] for name in _NAMES if found.get(name)), None)
        return self._known[element]


def _local(element: Any) -> str:  # noqa: ANN401
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _address(element: Any, attribute: str) -> str | None:  # noqa: ANN401
    return (element.get(attribute) or "").strip() or None
