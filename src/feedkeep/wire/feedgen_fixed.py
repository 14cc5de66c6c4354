"""feedgen with the corrections that valid, reproducible feeds need.

feedgen 1.0.0 loses the attributes of Atom entry links, refuses ``rel=replies``, always states ``isPermaLink``, writes
dates through the process's locale, takes the present moment where no date is given, and wants a title where the
formats want none, and signs what it did not write. Each correction is made on the element that feedgen built, so that a release which mends one of
these does no harm.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feedkeep.wire import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NSMAP = {
    "dc": ns.DC,
    "dcterms": ns.DCTERMS,
    "slash": ns.SLASH,
    "itunes": ns.ITUNES,
    "wfw": ns.WFW,
    "thr": ns.THR,
    "fh": ns.HISTORY,
    "media": ns.MEDIA,
    "at": ns.TOMBSTONES,
    "fk": ns.FEEDKEEP,
}
_NOTHING = "\u2060"  # what feedgen is told where there is nothing to tell, and what is taken out again


class Extra:
    """One more element for a feed or an entry: a Clark name, a text, attributes, children."""

    __slots__ = ("attributes", "children", "name", "tail", "text")

    def __init__(
        self,
        name: str,
        text: str | None = None,
        attributes: Mapping[str, str] | None = None,
        children: tuple[Extra, ...] = (),
    ) -> None:
        self.name = name
        self.text = text
        self.tail: str | None = None
        self.attributes = attributes or {}
        self.children = children

    def add_to(self, parent: Any) -> None:  # noqa: ANN401 — lxml's element type is private
        """Append it to an element."""
        element = etree.SubElement(parent, self.name)
        for name, value in self.attributes.items():
            element.set(name, value)
        if self.text is not None:
            element.text = self.text
        if self.tail is not None:
            element.tail = self.tail
        for child in self.children:
            child.add_to(element)


class Entry(FeedEntry):  # type: ignore[misc]
    """An entry; what feedgen cannot say is kept in ``extras``."""

    def __init__(self) -> None:
        super().__init__()
        self.extras: list[Extra] = []
        self.untitled = False
        self.title_html: str | None = None  # for Atom, which can say that a title is markup
        self.stated_permalink = True  # False: leave isPermaLink out, as the source did

    def name(self, title: str | None) -> None:
        """Set the title, which may be missing."""
        self.untitled = title is None
        self.title(_NOTHING if title is None else title)

    def rss_entry(self, extensions: bool = True) -> Any:  # noqa: ANN401, FBT002 — feedgen's signature
        """Build the RSS item."""
        item = super().rss_entry(extensions)
        if self.untitled:
            item.remove(item.find("title"))
        if not self.stated_permalink:
            guid = item.find("guid")
            if guid is not None:
                del guid.attrib["isPermaLink"]
        for extra in self.extras:
            extra.add_to(item)
        return item

    def atom_entry(self, extensions: bool = True) -> Any:  # noqa: ANN401, FBT002 — feedgen's signature
        """Build the Atom entry."""
        bodiless = not any(link.get("rel") == "alternate" for link in self.link() or [])
        if bodiless:  # feedgen refuses an entry without link and content; ours has its content among the extras
            self.content("-")
        entry = super().atom_entry(extensions)
        if bodiless:
            entry.remove(entry.find("content"))
        if self.title_html is not None:
            entry.find("title").text = self.title_html
            entry.find("title").set("type", "html")
        elif self.untitled:
            entry.find("title").text = None
        # feedgen's loop variable hides the link that it builds: the attributes are set on nothing
        links = [child for child in entry if child.tag == "link"]
        for element, link in zip(links, self.link() or [], strict=False):
            for key in ("rel", "type", "hreflang", "title", "length"):
                if link.get(key):
                    element.set(key, str(link[key]))
        for extra in self.extras:
            extra.add_to(entry)
        return entry


class _Channel(BaseExtension):  # type: ignore[misc]
    """Puts the extras into the channel."""

    def __init__(self, extras: list[Extra]) -> None:
        self._extras = extras

    def extend_ns(self) -> dict[str, str]:
        return NSMAP

    def extend_rss(self, rss: Any) -> Any:  # noqa: ANN401
        for extra in self._extras:
            extra.add_to(rss[0])
        return rss

    def extend_atom(self, root: Any) -> Any:  # noqa: ANN401
        for extra in self._extras:
            extra.add_to(root)
        return root


class Feed(FeedGenerator):  # type: ignore[misc]
    """A feed whose bytes depend on what it was told alone."""

    def __init__(self) -> None:
        super().__init__()
        self.extras: list[Extra] = []
        # told the extras, not the feed: a feed that holds itself would stay until the garbage is collected
        self.register_extension("feedkeep", partial(_Channel, self.extras), None)
        self._blank: list[str] = []
        self._FeedGenerator__rss_lastBuildDate = None  # the present moment otherwise
        self._FeedGenerator__rss_generator = None  # feedgen's own name otherwise: a blog's feed says what made the blog
        self._FeedGenerator__atom_generator = None
        self._FeedGenerator__rss_docs = None

    def channel(self, link: str | None, description: str | None) -> None:
        """Set what RSS demands of a channel besides its title; what is not known stays empty."""
        self.link(href=link or _NOTHING, rel="alternate")
        self.description(description or _NOTHING)
        self._blank = [name for name, value in (("link", link), ("description", description)) if not value]

    def append(self, entry: Entry) -> None:
        """Add an entry after the others; feedgen puts new ones first."""
        self.add_entry(entry, order="append")

    def rss_chunks(self) -> Iterator[bytes]:
        """Build the RSS document."""
        root, _ = self._create_rss()
        for name in self._blank:
            root[0].find(name).text = None
        yield from _bytes(root)

    def atom_chunks(self) -> Iterator[bytes]:
        """Build the Atom document."""
        root, _ = self._create_atom()
        yield from _bytes(root)


def _bytes(root: Any) -> Iterator[bytes]:  # noqa: ANN401
    etree.cleanup_namespaces(root, keep_ns_prefixes=["content", "atom"])
    yield etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
