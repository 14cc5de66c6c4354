"""HTML of any shape as XHTML that keeps the rules of HTML's content model (HTML, section 3.2.5): for books.

What may not stand where it stands becomes what may: a block within a heading a line of its own, an item without a list
a block. Whoever asks says what addresses become, and which files there are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.content import html_shapes
from feedkeep.content.clean import sanitise
from feedkeep.content.html_nodes import BLOCKS, Node, tree
from feedkeep.content.tags import words
from feedkeep.wire.xhtml_elements import direction, mark, mark_cell, mark_item, mark_list, say, sub
from feedkeep.wire.xhtml_files import KINDS, found, missing

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_INLINE = words("abbr b bdi cite code dfn em i kbd mark q s samp small span strong sub sup u var")
_NOW = {"acronym": "abbr", "big": "span", "strike": "s", "tt": "code", "time": "span", "data": "span", "dfn": "i"}
_MARKED = words("b strong i em s u small code mark")  # shown by a style where they hold blocks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.wire.xhtml_files import Frame

    Element = Any  # lxml's element type is private


def put(html: str, into: Element, frame: Frame, scope: str) -> dict[str, str]:
    """Add a body to an element that may hold blocks, sanitised; ids in it begin with ``scope``.

    Gives those ids, by what the body calls them.
    """
    writing = _Writing(frame, scope)
    writing.children(tree(sanitise(html)), into, flow=True)
    writing.resolve()
    return writing.ids


class _Writing:
    def __init__(self, frame: Frame, scope: str) -> None:
        self._frame, self._scope = frame, scope
        self.ids: dict[str, str] = {}
        self._within: list[tuple[Element, str]] = []  # links to places in the same body
        self._linked = False  # what is written stands in a link

    def resolve(self) -> None:
        """Let links within the body lead to where they did."""
        for element, name in self._within:
            if name in self.ids:
                element.set("href", f"#{self.ids[name]}")

    def children(self, node: Node, into: Element, *, flow: bool) -> None:
        self._all(node.children, into, flow=flow)

    def _all(self, children: Iterable[Node | str], into: Element, *, flow: bool) -> None:
        for child in children:
            if isinstance(child, str):
                say(into, child)
            else:
                self._element(child, into, flow=flow)

    def _element(self, node: Node, into: Element, *, flow: bool) -> None:
        name = _NOW.get(node.name, node.name)
        if name in {"img", "picture"}:
            self._picture(node, into)
        elif name in {"audio", "video"}:
            self._player(node, into)
        elif name == "iframe":
            self._framed(node, into)
        elif name == "a":
            self._link(node, into, flow=flow)
        elif name in {"br", "wbr"}:
            sub(into, name)
        elif name == "hr":
            sub(into, "hr" if flow else "br")
        elif name in {"ins", "del"}:
            self._made(node, into, name, flow=flow and node.holds_block)
        elif name == "bdo":
            self._made(node, into, "bdo" if direction(node) else "span", flow=False)
        elif name in _INLINE:
            self._inline(node, name, into, flow=flow)
        elif name == "ruby":
            self._ruby(node, into)
        elif name in {"source", "track", "col", "colgroup"}:
            return
        elif not flow:
            self._made(node, into, "span", flow=False, style="block" if name in BLOCKS else None)
        else:
            self._block(node, name, into)

    def _inline(self, node: Node, name: str, into: Element, *, flow: bool) -> None:
        if flow and node.holds_block:
            self._made(node, into, "div", flow=True, style=name if name in _MARKED else None)
        else:
            self._made(node, into, name, flow=False)

    def _block(self, node: Node, name: str, into: Element) -> None:
        if name == "table":
            self._table(node, into)
        elif name in {"ul", "ol"}:
            self._list(node, into)
        elif name == "dl":
            self._definitions(node, into)
        elif name == "figure":
            self._figure(node, into)
        elif name == "p":
            self._made(node, into, "div" if node.holds_block else "p", flow=node.holds_block)
        elif name == "pre":
            if node.children and isinstance(node.children[0], str):  # HTML leaves the first line break out
                node.children[0] = node.children[0].removeprefix("\n")
            self._made(node, into, "pre", flow=False)
        elif re.fullmatch("h[1-6]", name):
            self._made(node, into, "h2" if name == "h1" else name, flow=False)
        else:
            self._made(node, into, "blockquote" if name == "blockquote" else "div", flow=True)

    def _made(self, node: Node, into: Element, name: str, *, flow: bool, style: str | None = None) -> Element:
        made = sub(into, name, class_=style)
        self._marked(node, made)
        self.children(node, made, flow=flow)
        return made

    def _marked(self, node: Node, made: Element) -> None:
        """Carry over the attributes that any element may have, its id too."""
        own = node.attributes.get("id") or (node.attributes.get("name") if node.name == "a" else None)
        if own and own not in self.ids:
            self.ids[own] = self._scope + (own if _NAME.fullmatch(own) else f"x.{len(self.ids)}")
            made.set("id", self.ids[own])
        mark(node, made)

    def _link(self, node: Node, into: Element, *, flow: bool) -> None:
        within = flow and node.holds_block
        url = node.attributes.get("href", "").strip()
        local = self._frame.fragment(url)
        href = self._frame.link(url) if url else None
        if self._linked or (href is None and local is None) or any(node.within("audio", "video")):
            self._made(node, into, "div" if within else "span", flow=within)  # a place that others lead to, at most
            return
        made = sub(into, "a", href=href)
        if local is not None:
            self._within.append((made, local))
        self._marked(node, made)
        self._linked = href is not None or local is not None
        self.children(node, made, flow=within)
        self._linked = False

    def _picture(self, node: Node, into: Element) -> None:
        image = node if node.name == "img" else next(node.within("img"), node)
        place, url = found(self._frame, [image, *(node.named("source") if node is not image else ())], "picture")
        alt = image.attributes.get("alt", "")
        if place is None:
            self._frame.missed(url)
            missing(self._frame, url, alt, "picture", into, linked=self._linked)
            return
        made = sub(into, "img", src=place, alt=alt)
        self._marked(image, made)

    def _player(self, node: Node, into: Element) -> None:
        kind = KINDS[node.name]
        place, url = found(self._frame, [node, *node.named("source")], kind)
        if place is None:
            self._frame.missed(url)
            missing(self._frame, url, "", kind, into, linked=self._linked)
            return
        made = sub(into, node.name, src=place, controls="controls")
        poster = self._frame.file(node.attributes["poster"], "picture") if node.attributes.get("poster") else None
        if poster is not None:
            made.set("poster", poster)
        self._marked(node, made)
        missing(self._frame, url, "", kind, made, linked=self._linked)  # what a reader shows that plays nothing

    def _framed(self, node: Node, into: Element) -> None:
        url = node.attributes.get("src", "").strip()
        href = self._frame.link(url) if url else None
        if href is not None and not self._linked:
            sub(into, "a", url, href=href)

    def _list(self, node: Node, into: Element) -> None:
        made = sub(into, node.name)
        self._marked(node, made)
        ordered = node.name == "ol"
        if ordered:
            mark_list(node, made)
        item: Element = None
        for child in node.children:
            if isinstance(child, Node) and child.name == "li":
                item = self._made(child, made, "li", flow=True)
                if ordered:
                    mark_item(child, item)
            elif isinstance(child, Node) or child.strip():
                item = sub(made, "li") if item is None else item
                self._all([child], item, flow=True)
        if item is None:
            into.remove(made)

    def _definitions(self, node: Node, into: Element) -> None:
        """Write a list of terms where it is one: each term followed by what it means."""
        rows = html_shapes.terms(node)
        if rows is None:
            self._made(node, into, "div", flow=True)
            return
        made = sub(into, "dl")
        self._marked(node, made)
        for row in rows:
            self._made(row, made, row.name, flow=row.name == "dd")

    def _figure(self, node: Node, into: Element) -> None:
        made = sub(into, "figure")
        self._marked(node, made)
        caption = next(node.named("figcaption"), None)
        self._all([child for child in node.children if child is not caption], made, flow=True)
        if caption is not None:
            self._made(caption, made, "figcaption", flow=True)

    def _ruby(self, node: Node, into: Element) -> None:
        if not html_shapes.is_ruby(node):
            self._made(node, into, "span", flow=False)
            return
        made = sub(into, "ruby")
        self._marked(node, made)
        for child in node.children:
            if isinstance(child, Node) and child.name == "rp":  # brackets, and nothing else
                sub(made, "rp", "".join(one for one in child.children if isinstance(one, str)))
            elif isinstance(child, Node) and child.name == "rt":
                self._made(child, made, "rt", flow=False)
            else:
                self._all([child], made, flow=False)

    def _table(self, node: Node, into: Element) -> None:
        """Write caption, head and bodies in their order; what stands between the cells comes before the table."""
        caption, groups, strays = html_shapes.table(node)
        if any(isinstance(one, Node) or one.strip() for one in strays):
            self._all(strays, sub(into, "div"), flow=True)
        if not groups:
            return
        made = sub(into, "table")
        self._marked(node, made)
        if caption is not None:
            self._made(caption, made, "caption", flow=False)
        for number, (name, rows) in enumerate(groups):
            group = sub(made, "thead" if name == "thead" and number == 0 else "tbody")
            for row in rows:
                line = sub(group, "tr")
                for cell in row:
                    mark_cell(cell, self._made(cell, line, cell.name, flow=cell.name == "td"))
