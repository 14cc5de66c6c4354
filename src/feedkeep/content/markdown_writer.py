"""HTML → Markdown (https://spec.commonmark.org/) that renders back to the same words and links.

Each block is written as Markdown and rendered again; where words or links came out otherwise, or where Markdown has no
word for an element, the block stays HTML, which Markdown lets through. So the promise holds whatever the HTML is.
"""

from __future__ import annotations

import html as entities
import re
from functools import partial
from typing import TYPE_CHECKING

from feedkeep.content import links
from feedkeep.content.markdown_tree import Node, children_of, is_inline, raw, tree
from feedkeep.content.markdown_words import Manner, NoWordError, inline
from feedkeep.content.render import html as rendered
from feedkeep.content.text import in_one_line, one_spaced
from feedkeep.models import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    _Write = Callable[[Sequence[Node], Manner], str]

# Paragraphs of words and what stands between them. They are the same in Markdown: nothing in them is a mark there, and
# none of them begins as a list, a heading or a fence does.
_ONLY_WORDS = re.compile(
    r"""(?:[ \t\n\r\f]*<p>[ \t\n\r\f]*(?=[^\W\d_])[^\\`*_\[\]|{}$!&<>~\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u2028\u2029]*+</p>)++[ \t\n\r\f]*"""
)
# Markdown of such paragraphs, with what a backslash takes for itself.
_CLEAR = re.compile(
    r"""(?:(?=[^\W\d_])(?:[^\\`*_\[\]|{}$!&<>~\x00-\x1f\x7f-\x9f\u2028\u2029]++|\\[\\`*_\[\]|{}$!])++(?:\n\n(?=.)|\Z))++"""
)
_LINES = re.compile(r"[ \t]*\n[ \t]*")
_LAST = re.compile(r"\\\n\Z")
_START = re.compile(r"^([ \t]*)(?:([#+=:-])|(\d{1,9})([.)]))", re.MULTILINE)
_KEPT = frozenset({"id", "dir", "lang", "align", "style"})  # attributes that Markdown has no word for
_DEPTH = 40


def markdown(html: str) -> str:
    """Write HTML as Markdown; what Markdown cannot say stays as HTML."""
    if _ONLY_WORDS.fullmatch(html):
        return "\n\n".join(one_spaced(one).strip(" ") for one in html.replace("<p>", "").split("</p>")[:-1])
    nodes = tree(html)
    if nodes is None:
        return raw(html)
    blocks = list(_parted(nodes))
    quick = _joined(_tried, blocks)
    if _CLEAR.fullmatch(quick) and not links.find(html):
        return quick
    wanted = _said(html)
    for write in (_tried, _faithful):  # mostly there is nothing to look for block by block
        found = quick if write is _tried else _joined(write, blocks)
        if _said(_shown(found)) == wanted:
            return found
    return raw(html)


def _joined(write: Callable[[Sequence[Node], _Write], str], blocks: Sequence[tuple[Sequence[Node], _Write]]) -> str:
    return "\n\n".join(piece for piece in (write(*block) for block in blocks) if piece.strip())


def _parted(nodes: Sequence[Node]) -> Iterator[tuple[Sequence[Node], _Write]]:
    """Yield runs of what stands in a line, and blocks, each with what writes it."""
    run: list[Node] = []
    before, number = None, 0  # lists of one kind that stand right before
    for node in (*nodes, None):
        if node is not None and is_inline(node):
            run.append(node)
            continue
        if run:
            yield run, _paragraph
            before = before if all(not one.source.strip() for one in run) else None
            run = []
        if node is not None:
            before, number = node.name, (number + 1 if before == node.name else 0)
            yield [node], partial(_alone, number=number)


def _tried(nodes: Sequence[Node], write: _Write) -> str:
    try:
        return write(nodes, Manner(marks=True))
    except NoWordError:
        return raw("".join(one.source for one in nodes))


def _faithful(nodes: Sequence[Node], write: _Write) -> str:
    source = "".join(one.source for one in nodes)
    wanted = _said(source)
    for manner in (Manner(marks=True), Manner(marks=False)):
        try:
            found = write(nodes, manner)
        except NoWordError:
            break
        if _said(_shown(found)) == wanted:
            return found
    return raw(source)


def _alone(nodes: Sequence[Node], manner: Manner, number: int) -> str:
    return _block(nodes[0], manner, 0, number)


def _shown(text: str) -> str:
    return rendered(Content(value=text, form="markdown"))


def _said(html: str) -> tuple[str, list[tuple[str, str, str]]]:
    """Give the words and links of a piece of HTML."""
    return in_one_line(html), [(one.tag, one.attribute, one.url) for one in links.find(html)]


def _paragraph(nodes: Sequence[Node], manner: Manner) -> str:
    text = inline(nodes, manner).strip(" \t\n")
    if "\n" in text:
        text = _LINES.sub("\n", _LAST.sub("", text))
    return _START.sub(_guarded, text)


def _guarded(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] else f"{found[1]}{found[3]}\\{found[4]}"


def _block(node: Node, manner: Manner, depth: int, number: int) -> str:
    told = {name for name, _ in node.attributes}
    if depth > _DEPTH or told & _KEPT:
        raise NoWordError
    name = node.name
    if name == "p":
        return _paragraph(node.children, manner)
    if name in {"h1", "h2", "h3", "h4", "h5", "h6"}:
        text = inline(node.children, manner).strip()
        if "\n" in text:
            raise NoWordError
        return f"{'#' * int(name[1])} {re.sub(r'(#+)$', _closing, text)}"
    if name == "hr":
        return "---"
    if name == "blockquote" and not told & {"cite"}:
        return "\n".join(f"> {line}".rstrip() for line in _blocks(node, manner, depth + 1).split("\n"))
    if name in {"ul", "ol"}:
        return _list(node, manner, depth, number)
    if name == "pre":
        return _code_block(node)
    raise NoWordError


def _closing(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def _blocks(node: Node, manner: Manner, depth: int) -> str:
    pieces: list[str] = []
    tight, number, before = True, 0, None
    for kind, group in children_of(node):
        if kind == "run":
            pieces.append(_paragraph(group, manner))
            before = before if not pieces[-1] else None
        else:
            tight = tight and group[0].name in {"ul", "ol"}
            number, before = (number + 1 if before == group[0].name else 0), group[0].name
            pieces.append(_block(group[0], manner, depth, number))
    pieces = [piece for piece in pieces if piece]
    return ("\n" if tight and node.name == "li" else "\n\n").join(pieces)


def _list(node: Node, manner: Manner, depth: int, number: int) -> str:
    told = dict(node.attributes)
    start = told.get("start", "1")
    if told.keys() - {"start", "class"} or not re.fullmatch(r"\d{1,8}", start):
        raise NoWordError
    items: list[str] = []
    for child in node.children:
        if child.name is None and not child.source.strip():
            continue
        if child.name != "li" or {name for name, _ in child.attributes} - {"class"}:
            raise NoWordError
        # lists that follow one another have different marks, or they would be one
        mark = "-*"[number % 2] if node.name == "ul" else f"{int(start) + len(items)}{'.)'[number % 2]}"
        lines = _blocks(child, manner, depth + 1).split("\n")
        gap = " " * (len(mark) + 1)
        items.append("\n".join((f"{mark} {lines[0]}".rstrip(), *(f"{gap}{line}".rstrip() for line in lines[1:]))))
    if not items:
        raise NoWordError
    return ("\n\n" if any("\n\n" in item for item in items) else "\n").join(items)


def _code_block(node: Node) -> str:
    inner = [one for one in node.children if one.name is not None or one.source.strip()]
    held, language = node, ""
    if len(inner) == 1 and inner[0].name == "code":
        held = inner[0]
        found = re.search(r"\blang(?:uage)?-([\w+#.-]{1,30})", dict(held.attributes).get("class", ""))
        language = found[1] if found else ""
    if any(one.name is not None for one in held.children):
        raise NoWordError
    code = entities.unescape("".join(one.source for one in held.children)).removeprefix("\n").removesuffix("\n")
    if "{{" in code:  # generators look for their own words even here
        raise NoWordError
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    return f"{fence}{language}\n{code}\n{fence}"
