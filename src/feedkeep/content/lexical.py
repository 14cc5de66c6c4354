"""Lexical, the documents of Ghost's present editor, as HTML.

https://lexical.dev/docs/concepts/serialization, with the nodes of Ghost's own
(https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes).
"""

from __future__ import annotations

from typing import Any

from feedkeep.content.cards import card, escaped, text
from feedkeep.content.json_tree import parsed

# the bits of a text's format, inner tags first
_FORMATS = ((16, "code"), (32, "sub"), (64, "sup"), (128, "mark"), (8, "u"), (4, "s"), (2, "em"), (1, "strong"))
_BLOCKS = {"paragraph": "p", "quote": "blockquote", "aside": "aside"}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINKS = frozenset({"link", "autolink", "at-link"})
_PLACES = frozenset({"root", "tk", "zwnj", "at-link-search"})  # that show nothing of their own


def rendered(source: str) -> tuple[str, tuple[str, ...]]:
    """Give the document as HTML, and what was noticed. Raises ValueError for what is no Lexical document."""
    found = parsed(source)
    root = found.get("root") if isinstance(found, dict) else None
    if not isinstance(root, dict) or not isinstance(root.get("children"), list):
        raise ValueError("no Lexical document")  # noqa: TRY004 — the type of what somebody wrote
    noticed: list[str] = []
    parts = [_node(child, noticed) for child in root["children"]]
    return "\n".join(part for part in parts if part), tuple(noticed)


def _node(node: object, noticed: list[str]) -> str:
    if not isinstance(node, dict):
        noticed.append("a node that is no object was left out")
        return ""
    kind = text(node.get("type")).removeprefix("extended-")
    if kind == "text":
        return _text(node)
    if kind == "linebreak":
        return "<br>"
    if kind == "tab":
        return "\t"
    if kind == "list":
        return _list(node, noticed)
    if kind in _BLOCKS or kind == "heading":
        inner = _children(node, noticed)
        tag = _BLOCKS.get(kind) or (node["tag"] if text(node.get("tag")) in _HEADINGS else "h2")
        return f"<{tag}>{inner}</{tag}>" if inner else ""
    if kind in _LINKS:
        return _link(node, noticed)
    if kind in _PLACES:
        return _children(node, noticed)
    if isinstance(node.get("children"), list) and node["children"]:
        noticed.append(f"a node that is not known: {kind[:40]}; its text was kept")
        return _children(node, noticed)
    shown, said = card(kind or "without a name", node)
    if said:
        noticed.append(said)
    return shown


def _children(node: dict[str, Any], noticed: list[str]) -> str:
    children = node.get("children")
    return "".join([_node(child, noticed) for child in children]) if isinstance(children, list) else ""


def _text(node: dict[str, Any]) -> str:
    shown = escaped(node.get("text"))
    bits = node.get("format")
    if shown and isinstance(bits, int):
        for bit, tag in _FORMATS:
            if bits & bit:
                shown = f"<{tag}>{shown}</{tag}>"
    return shown


def _link(node: dict[str, Any], noticed: list[str]) -> str:
    inner = _children(node, noticed)
    url = text(node.get("url"))
    if not url:
        return inner
    rel = f' rel="{escaped(node["rel"])}"' if text(node.get("rel")) else ""
    title = f' title="{escaped(node["title"])}"' if text(node.get("title")) else ""
    return f'<a href="{escaped(url)}"{rel}{title}>{inner}</a>'


def _list(node: dict[str, Any], noticed: list[str]) -> str:
    """Write a list. One within another is the only child of an item of its own, which is part of the item before."""
    tag = "ol" if node.get("tag") == "ol" or node.get("listType") == "number" else "ul"
    start = node.get("start")
    first = f' start="{start}"' if tag == "ol" and isinstance(start, int) and start > 1 else ""
    items: list[str] = []
    children = node.get("children")
    for child in children if isinstance(children, list) else ():
        if not isinstance(child, dict) or child.get("type") != "listitem":
            items.append(_node(child, noticed))
            continue
        inner = _children(child, noticed)
        held = child.get("children")
        nested = isinstance(held, list) and held and all(isinstance(n, dict) and n.get("type") == "list" for n in held)
        if nested and items:
            items[-1] += inner
        else:
            checked = "☑ " if child.get("checked") is True else "☐ "
            items.append(checked + inner if node.get("listType") == "check" else inner)
    return f"<{tag}{first}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"
