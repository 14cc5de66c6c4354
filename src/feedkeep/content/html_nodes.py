"""HTML as a tree of plain nodes, for what writes it anew; how deep the tree can be is bounded."""

from __future__ import annotations

import html as entities
from typing import TYPE_CHECKING

from feedkeep.content.tags import VOID, shallow, tokens, words

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = words(
    "address article aside blockquote caption center dd details div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header "
    "hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
_DEPTH = 64  # elements within elements: more than any reader can show, and trees are walked by recursion


class Node:
    """An element: its name, its attributes, what is in it."""

    __slots__ = ("attributes", "children", "holds_block", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.children: list[Node | str] = []
        self.holds_block = False  # something within it stands on lines of its own

    def named(self, *names: str) -> Iterator[Node]:
        """Yield the children of these names."""
        return (child for child in self.children if isinstance(child, Node) and child.name in names)

    def within(self, *names: str) -> Iterator[Node]:
        """Yield the elements of these names, however deep within."""
        for child in self.children:
            if isinstance(child, Node):
                if child.name in names:
                    yield child
                yield from child.within(*names)


def tree(html: str) -> Node:
    """Part HTML into nodes below one without a name. An end that nothing began is passed over."""
    root = Node("", {})
    stack = [root]
    for token in tokens(shallow(html, _DEPTH)):
        name = token.name
        if name == "!":
            continue
        if name is None:
            stack[-1].children.append(entities.unescape(token.text))
        elif token.closes:
            _close(stack, name)
        else:
            node = Node(name, {one.name: one.value for one in reversed(token.attributes)})
            stack[-1].children.append(node)
            if name not in VOID and len(stack) <= 2 * _DEPTH:
                stack.append(node)
            elif name in BLOCKS:
                stack[-1].holds_block = True
    while len(stack) > 1:
        _left(stack)
    return root


def _close(stack: list[Node], name: str) -> None:
    if any(node.name == name for node in stack[1:]):
        while _left(stack) != name:
            pass


def _left(stack: list[Node]) -> str:
    node = stack.pop()
    stack[-1].holds_block |= node.holds_block or node.name in BLOCKS
    return node.name
