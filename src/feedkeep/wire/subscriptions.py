"""Lists of feeds: OPML 1.0, 1.1 and 2.0 (http://opml.org/spec2.opml), and FOAF's (http://xmlns.com/foaf/spec/).

What is not well formed is read again after its entities were mended, and as libxml2 thinks best.
"""

from __future__ import annotations

import html
import io
import re
from contextlib import closing
from html.entities import html5
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.errors import FormatError
from feedkeep.wire import detection
from feedkeep.wire.decoding import decoded
from feedkeep.wire.foaf import Foaf
from feedkeep.wire.xml import iterate, legal, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)(\w{1,40};)?")
_PROLOG = re.compile(r"<\?xml\b[^>]*\?>|<!DOCTYPE\b[^>\[]*>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:opml|(?:[\w.-]+:)?RDF)\b", re.IGNORECASE)
_DOCUMENTS = 100  # in one file
_FEEDS = frozenset({"rss", "rss1", "atom", "pie", "feed", "jsonfeed"})  # types of outlines
_LISTS = "source"  # what a reader calls an account elsewhere, whose list has its address in xmlUrl
_READ = ("text", "title", "xmlurl", "htmlurl", "type", "category", "description", "language")


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A blog that somebody follows. Its feed has an address, or its home page has, which may name the feed."""

    url: str | None = None  # of the feed: xmlUrl
    home: str | None = None  # htmlUrl
    title: str | None = None
    kind: str | None = None  # as the list says, in lower case: "rss", "atom" …
    description: str | None = None
    language: str | None = None
    folders: tuple[tuple[str, ...], ...] = ()  # each from the outermost folder to the innermost
    categories: tuple[str, ...] = ()  # "tag", "/a/path" (OPML 2.0)
    attributes: dict[str, str] = {}  # what else the list says
    listed: dict[str, str] = {}  # what the list says of itself: its head


def is_opml(head: bytes) -> bool:
    """Tell OPML by its first element."""
    root = detection.root(head)
    return root is not None and root.name.lower() == "opml"


def subscriptions(source: Source, notes: Notes) -> Iterator[Subscription]:
    """Yield what a list names, each feed once, with all the folders that it is in. Raises FormatError."""
    reading = _List(source, notes)
    try:
        with closing(source.open()) as stream:
            reading.take(iterate(stream, source.name, events=("start", "end")))
    except FormatError as error:
        if not error.malformed:
            raise
        reading = _List(source, notes)
        text, _ = decoded(source.read(), source.charset)
        for document in _mended(text, source.name):
            stream = io.BytesIO(document.encode("utf-8", "replace"))
            reading.take(iterate(stream, source.name, events=("start", "end"), recover=True))
        if not reading.rooted:
            raise
        notes.repaired(f"{error.reason}; read as far as it goes", source=source.name, line=error.line)
    yield from reading.result()


def _mended(text: str, name: str) -> Iterator[str]:
    """Split documents that follow each other, with the characters that XML has no names for."""
    if "<!ENTITY" in text:
        raise FormatError("declares entities of its own: refused", source=name)
    text = legal(_PROLOG.sub("", text))
    text = _REFERENCE.sub(lambda found: html.escape(html5.get(found[1] or "", "&" + (found[1] or ""))), text)
    starts = [found.start() for found in _ROOT.finditer(text)][:_DOCUMENTS]
    for start, end in pairwise([*starts, len(text)]):
        yield text[start:end]


class _List:
    """One list, as it is read."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self.rooted = False
        self._notes = notes
        self._name = source.name
        self._found: dict[str, Subscription] = {}
        self._head: dict[str, str] = {}

    def take(self, events: Iterator[tuple[str, Any]]) -> None:
        """Read a document. Raises FormatError for one that is neither OPML nor FOAF."""
        depth = 0
        folders: list[str] = []
        leaves: list[bool] = []  # of each open outline, whether nothing stands within
        foaf = Foaf()
        kind = ""
        for event, element in events:
            tag = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
            if event == "start":
                if not depth:
                    kind = self._root(element, tag)
                depth += 1
                if tag == "outline" and kind == "opml":
                    if leaves:
                        leaves[-1] = False
                    leaves.append(True)
                    folders.append(self._outline(element, folders))
                continue
            depth -= 1
            if kind == "rdf":
                if depth == 1:
                    self._foaf(foaf, element)
                    release(element)
                continue
            if tag == "outline" and folders:
                name = folders.pop()
                if leaves.pop():
                    self._leaf(element, name)
                release(element)
            else:
                text = (element.text or "").strip()
                parent = element.getparent()
                if text and parent is not None and str(parent.tag).rpartition("}")[2].lower() == "head":
                    self._head.setdefault(element.tag.rpartition("}")[2], text)

    def result(self) -> Iterator[Subscription]:
        """Yield what was read."""
        for one in self._found.values():
            yield msgspec.structs.replace(one, listed=self._head) if self._head else one

    def _root(self, element: Any, tag: str) -> str:  # noqa: ANN401 — lxml's element type is private
        declared = element.getroottree().docinfo.internalDTD
        if declared is not None and any(True for _ in declared.iterentities()):
            raise FormatError("declares entities of its own: refused", source=self._name)
        if tag not in {"opml", "rdf"}:
            raise FormatError(f"an XML document of <{tag}>, not a list of feeds", source=self._name)
        self.rooted = True
        return tag

    def _outline(self, element: Any, folders: list[str]) -> str:  # noqa: ANN401
        """Take an outline that names a feed or a page; give its own name."""
        said, rest = _attributes(element)
        name = said.get("text") or said.get("title") or ""
        kind = said.get("type", "").lower()
        url = said.get("xmlurl")
        if url is None and kind in _FEEDS and rest.get("url"):
            url = rest.pop("url")
        if kind != _LISTS and (url is not None or said.get("htmlurl")):
            path = tuple(folder for folder in folders if folder)
            title = said.get("title")
            if title is not None and title != name:
                rest["title"] = title
            self._put(
                Subscription(
                    url=self._plain(url),
                    home=said.get("htmlurl"),
                    title=name or None,
                    kind=kind or None,
                    description=said.get("description"),
                    language=said.get("language"),
                    folders=(path,) if path else (),
                    categories=tuple(_categories(said.get("category", ""))),
                    attributes=rest,
                )
            )
        return name

    def _leaf(self, element: Any, name: str) -> None:  # noqa: ANN401
        """Say of an outline without any within that it was no subscription."""
        said, rest = _attributes(element)
        kind, url = said.get("type", "").lower(), rest.get("url")
        if kind == _LISTS:
            url = said.get("xmlurl") or url
        elif said.get("xmlurl") or said.get("htmlurl") or not (said or rest) or (url and kind in _FEEDS):
            return
        shown = f"{name or 'an outline'!s:.80}"
        what = f"{shown} leads to {url:.200}, another list or page" if url else f"{shown} has no address"
        self._notes.skipped(what, source=self._name, line=element.sourceline)

    def _foaf(self, foaf: Foaf, element: Any) -> None:  # noqa: ANN401
        for found in foaf.feeds(element):
            self._put(
                Subscription(
                    url=found.url,
                    home=found.home,
                    title=found.person,
                    folders=(found.groups,) if found.groups else (),
                )
            )
        for url in foaf.others(element):
            self._notes.skipped(f"it leads to {url:.200}, another list", source=self._name)

    def _plain(self, url: str | None) -> str | None:
        """Give an address that browsers know: "feed:" says what is behind it, not how to get there."""
        if url is None or not url.lower().startswith("feed:"):
            return url
        rest = url[5:]
        return f"http:{rest}" if rest.startswith("//") else rest

    def _put(self, one: Subscription) -> None:
        key = one.url or one.home or ""
        held = self._found.get(key)
        if held is None:
            self._found[key] = one
            return
        self._found[key] = msgspec.structs.replace(
            held,
            home=held.home or one.home,
            title=held.title or one.title,
            description=held.description or one.description,
            folders=tuple(dict.fromkeys((*held.folders, *one.folders))),
            categories=tuple(dict.fromkeys((*held.categories, *one.categories))),
            attributes={**one.attributes, **held.attributes},
        )


def _attributes(element: Any) -> tuple[dict[str, str], dict[str, str]]:  # noqa: ANN401
    """Give (those that are read, by their names in lower case; the others), without the space around them."""
    said: dict[str, str] = {}
    rest: dict[str, str] = {}
    for key, value in element.attrib.items():
        value = " ".join(value.split())  # noqa: PLW2901 — without the line breaks that people put in
        if value and key.lower() in _READ:
            said.setdefault(key.lower(), value)
        elif value:
            rest["url" if key.lower() == "url" else key] = value
    return said, rest


def _categories(text: str) -> Iterator[str]:
    """Yield categories: plain words, and paths that begin with a slash where they have several steps."""
    seen = set()
    for one in text.split(","):
        steps = [" ".join(step.split()) for step in one.split("/") if step.strip()]
        path = "/" + "/".join(steps) if len(steps) > 1 or one.strip().startswith("/") else "".join(steps)
        if steps and path not in seen:
            seen.add(path)
            yield path
