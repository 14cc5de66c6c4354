"""What stands within a line of HTML, as Markdown: words, links, pictures, marks, code."""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.content.markdown_tree import Node, is_inline
from feedkeep.content.text import one_spaced

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPECIAL = re.compile(r"[\\`*_\[\]|{}$!]")
_NAMED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "~": "&#126;"})
_PLAIN_URL = re.compile(r"(?:https?://|mailto:|/|#)[A-Za-z0-9._~:/?#@!$&+,;=%()'*-]*", re.ASCII)
_MARKS = {"em": "*", "i": "*", "strong": "**", "b": "**", "del": "~~", "s": "~~", "strike": "~~"}
_PICTURE = frozenset({"src", "alt", "title", "class", "decoding", "loading"})


class NoWordError(Exception):
    """Markdown has no word for something in a block."""


class Manner(NamedTuple):
    """How inline elements are written."""

    marks: bool  # *so*; else <em>so</em>, which also works beside letters and punctuation


def inline(nodes: Sequence[Node], manner: Manner) -> str:
    """Write what stands in a line. Raises NoWordError."""
    return "".join(_word(node, manner) for node in nodes)


def _word(node: Node, manner: Manner) -> str:
    name, told = node.name, dict(node.attributes)
    if name is None:
        return _escaped(node.source)
    if name == "!":
        return ""
    if name == "br":
        return "\\\n"
    if name == "code" and not told:
        return _code(node)
    if name == "img" and told.keys() <= _PICTURE and _PLAIN_URL.fullmatch(told.get("src", "")) and "title" not in told:
        return f"![{_escaped(entities.escape(told.get('alt', '')))}]({_target(told['src'])})"
    if not is_inline(node):
        raise NoWordError
    inner = inline(node.children, manner)
    if (
        name == "a"
        and told.keys() <= {"href", "class", "rel"}
        and _PLAIN_URL.fullmatch(told.get("href", ""))
        and inner.strip()
    ):
        return f"[{inner}]({_target(told['href'])})"
    mark = _MARKS.get(name)
    if mark and manner.marks and not told.keys() - {"class"} and inner.strip() == inner and inner:
        return f"{mark}{inner}{mark}"
    opened = node.source[: node.inside[0]] if node.inside else node.source
    return f"{_on_one_line(opened)}{inner}</{name}>" if node.inside else _on_one_line(opened)


def _on_one_line(tag: str) -> str:
    return re.sub(r"\s*\n\s*", " ", tag)


def _target(url: str) -> str:
    return f"<{url}>" if re.search(r"[()]", url) else url


def _code(node: Node) -> str:
    if any(one.name is not None for one in node.children):
        raise NoWordError
    code = " ".join(entities.unescape("".join(one.source for one in node.children)).split())
    if not code:
        return ""
    if "{{" in code:
        raise NoWordError
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", code)), default=0))
    gap = " " if code[0] == "`" or code[-1] == "`" else ""
    return f"{fence}{gap}{code}{gap}{fence}"


def _escaped(source: str) -> str:
    text = one_spaced(entities.unescape(source))
    return _SPECIAL.sub(r"\\\g<0>", text).translate(_NAMED)
