"""What tables, lists of terms and the like are, whatever HTML they are written in: rows of cells, terms with meanings."""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.content.html_nodes import Node
from feedkeep.content.links import find

if TYPE_CHECKING:
    from collections.abc import Iterable

_TERMS = re.compile(r"(?:t+d+)+")
_RUBY = re.compile(r"(?:x+(?:r|prp))+")


class Table(NamedTuple):
    """A table: its caption, groups of rows by their names, and what stands between the cells."""

    caption: Node | None
    groups: list[tuple[str, list[list[Node]]]]  # "thead", "tbody", "tfoot", or "" where none was written
    strays: list[Node | str]


def table(node: Node) -> Table:
    """Find the cells of a table. One that has none is all strays, its caption first."""
    caption = next(node.named("caption"), None)
    groups: list[tuple[str, list[list[Node]]]] = []
    strays: list[Node | str] = []
    for child in node.children:
        if child is caption:
            continue
        if isinstance(child, Node) and child.name in {"thead", "tbody", "tfoot"}:
            groups.append((child.name, _rows(child.children, strays)))
        elif not groups or groups[-1][0] != "":
            groups.append(("", _rows([child], strays)))
        else:
            groups[-1][1].extend(_rows([child], strays))
    groups = [(name, rows) for name, rows in groups if rows]
    if caption is not None and not groups:
        strays.insert(0, caption)
    return Table(caption, groups, strays)


def terms(node: Node) -> list[Node] | None:
    """Give the rows of a list of terms; None where it is none: a term without a meaning, or anything else in it."""
    rows = [row for child in node.children for row in (_children(child) if _is(child, "div") else [child])]
    rows = [row for row in rows if not isinstance(row, str) or row.strip()]
    order = "".join(row.name[1] if isinstance(row, Node) and row.name in {"dt", "dd"} else "?" for row in rows)
    return [row for row in rows if isinstance(row, Node)] if _TERMS.fullmatch(order) else None


def is_ruby(node: Node) -> bool:
    """Tell whether what explains the characters stands behind them, in brackets or not."""
    marks = {"rt": "r", "rp": "p"}
    order = "".join(marks.get(one.name, "x") if isinstance(one, Node) else "x" for one in node.children)
    return _RUBY.fullmatch(order) is not None


def addresses(node: Node) -> list[str]:
    """Give the addresses of a picture or player, the one that every browser understands first."""
    found = [node.attributes["src"].strip()] if node.attributes.get("src", "").strip() else []
    if "srcset" in node.attributes:
        found += [one.url for one in find(f'<img srcset="{entities.escape(node.attributes["srcset"])}">')]
    return found


def _rows(children: Iterable[Node | str], strays: list[Node | str]) -> list[list[Node]]:
    """Find the rows among children, each its cells; cells without a row are one together."""
    rows: list[list[Node]] = []
    loose: list[Node] | None = None
    for child in children:
        if isinstance(child, Node) and child.name in {"td", "th"}:
            if loose is None:
                rows.append(loose := [])
            loose.append(child)
        elif isinstance(child, Node) and child.name == "tr":
            loose = None
            rows.append(list(child.named("td", "th")))
            strays += [one for one in child.children if not _is(one, "td", "th")]
        elif not _is(child, "col", "colgroup"):
            strays.append(child)
    return [row for row in rows if row]


def _children(node: Node | str) -> list[Node | str]:
    return node.children if isinstance(node, Node) else []


def _is(child: Node | str, *names: str) -> bool:
    return isinstance(child, Node) and child.name in names
