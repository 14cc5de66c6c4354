"""Well-formed HTML as a small tree that remembers how it was written; for writing it as Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from feedkeep.content.tags import VOID, tokens, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_INLINE = words(
    "a abbr acronym b bdi bdo big br cite code data del dfn em i img ins kbd mark q s samp small span strike strong "
    "sub sup time tt u var wbr"
)
_BLANK = re.compile(r"\n[ \t]*(?=\n)")
_DEPTH = 100


class Node(NamedTuple):
    """An element, a text (``name`` is None) or a comment ("!"), with its source."""

    name: str | None
    source: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()
    inside: tuple[int, int] | None = None  # where in the source that lies between the tags


class _Open(NamedTuple):
    name: str
    attributes: tuple[tuple[str, str], ...]
    start: int
    inner: int
    children: list[Node]


def tree(html: str) -> tuple[Node, ...] | None:
    """Part HTML into nodes; None where tags are not properly nested or nest too deep."""
    stack = [_Open("", (), 0, 0, [])]
    for token in tokens(html):
        told = tuple((one.name, one.value) for one in token.attributes)
        if token.name is None or token.name == "!":
            stack[-1].children.append(Node(token.name, token.text))
        elif token.closes:
            opened = stack.pop()
            if opened.name != token.name:
                return None
            source = html[opened.start : token.end]
            inside = (opened.inner - opened.start, token.start - opened.start)
            stack[-1].children.append(Node(token.name, source, opened.attributes, tuple(opened.children), inside))
        elif token.name in VOID:
            stack[-1].children.append(Node(token.name, token.text, told))
        else:
            stack.append(_Open(token.name, told, token.start, token.end, []))
            if len(stack) > _DEPTH:
                return None
    return tuple(stack[0].children) if len(stack) == 1 else None


def is_inline(node: Node) -> bool:
    """Tell what stands in a line, with nothing in it that does not."""
    return node.name in {None, "!"} or (node.name in _INLINE and all(map(is_inline, node.children)))


def children_of(node: Node) -> Iterator[tuple[Literal["run", "block"], list[Node]]]:
    """Group what is in a node: runs of what stands in a line, and blocks, each alone."""
    run: list[Node] = []
    for child in node.children:
        if is_inline(child):
            run.append(child)
            continue
        if run:
            yield "run", run
            run = []
        yield "block", [child]
    if run:
        yield "run", run


def raw(html: str) -> str:
    """Write HTML so that Markdown lets it through as one block: no blank line ends it."""
    if not html.strip():
        return ""
    # a line break that stands for itself counts within <pre>, and is white space elsewhere
    held = _BLANK.sub("\n&#10;", html.strip("\n").replace("\r\n", "\n").replace("\r", "\n")).replace("&#10;\n", "&#10;")
    return (
        f"<div>\n{held}\n</div>"
        if not re.match(r"</?(?:div|p|figure|table|ul|ol|dl|h[1-6]|blockquote|section)\b", held)
        else held
    )
