"""Mobiledoc 0.3, the documents of Ghost's second editor, as HTML.

https://github.com/bustle/mobiledoc-kit/blob/master/MOBILEDOC.md
"""

from __future__ import annotations

from typing import Any

from feedkeep.content.cards import card, escaped, text
from feedkeep.content.json_tree import parsed

_SECTIONS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "aside", "pull-quote"})
_MARKUPS = frozenset({"a", "b", "code", "em", "i", "s", "strong", "sub", "sup", "u", "del", "mark"})
_MARKUP, _IMAGE, _LIST, _CARD = 1, 2, 3, 10
_TEXT, _ATOM = 0, 1


def rendered(source: str) -> tuple[str, tuple[str, ...]]:
    """Give the document as HTML, and what was noticed. Raises ValueError for what is no Mobiledoc."""
    found = parsed(source)
    if not isinstance(found, dict) or not isinstance(found.get("sections"), list):
        raise ValueError("no Mobiledoc document")  # noqa: TRY004 — the type of what somebody wrote
    document = _Document(found)
    parts = [part for section in found["sections"] if (part := document.section(section))]
    return "\n".join(parts), tuple(document.noticed)


class _Document:
    """What the sections of one document refer to by number."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._markups, self._atoms, self._cards = (_list(found.get(key)) for key in ("markups", "atoms", "cards"))
        self.noticed: list[str] = []

    def section(self, section: object) -> str:
        """Write a paragraph, heading, list, image or card."""
        kind, *rest = _list(section) or [None]
        if kind == _MARKUP and len(rest) > 1:
            tag = rest[0] if text(rest[0]) in _SECTIONS else "p"
            inner = self._inline(rest[1])
            tag = "blockquote" if tag == "pull-quote" else tag
            return f"<{tag}>{inner}</{tag}>" if inner else ""
        if kind == _IMAGE and rest:
            return f'<img src="{escaped(rest[0])}" alt="">'
        if kind == _LIST and len(rest) > 1:
            tag = "ol" if rest[0] == "ol" else "ul"
            return f"<{tag}>{''.join(f'<li>{self._inline(item)}</li>' for item in _list(rest[1]))}</{tag}>"
        if kind == _CARD and rest:
            return self._card(_at(self._cards, rest[0]))
        self.noticed.append("a section that is not known was left out")
        return ""

    def _card(self, found: object) -> str:
        name, payload = [*_list(found), None, None][:2]
        if not isinstance(name, str):
            self.noticed.append("a card that is not there")
            return ""
        shown, said = card(name, payload if isinstance(payload, dict) else {})
        if said:
            self.noticed.append(said)
        return shown

    def _inline(self, markers: object) -> str:
        """Write the markers of a line; each opens markups, and closes as many as it says of those that are open."""
        out: list[str] = []
        still_open: list[str] = []
        for marker in _list(markers):
            kind, opened, closed, value = [*_list(marker), None, None, None, None][:4]
            for number in _list(opened):
                tag, start = self._markup(_at(self._markups, number))
                out.append(start)
                still_open.append(tag)
            if kind == _ATOM:
                out.append(self._atom(_at(self._atoms, value)))
            elif kind == _TEXT:
                out.append(escaped(value))
            count = min(max(closed, 0), len(still_open)) if isinstance(closed, int) else 0
            out += [_end(still_open.pop()) for _ in range(count)]
        out += map(_end, reversed(still_open))
        return "".join(out)

    def _markup(self, found: object) -> tuple[str, str]:
        tag, attributes = [*_list(found), None, None][:2]
        tag = tag.lower() if isinstance(tag, str) else ""
        if tag not in _MARKUPS:
            self.noticed.append("a markup that is not known was left out")
            return "", ""
        pairs = _list(attributes)
        written = "".join(
            f' {name}="{escaped(value)}"'
            for name, value in zip(pairs[::2], pairs[1::2], strict=False)
            if text(name) in {"href", "rel", "title"}
        )
        return tag, f"<{tag}{written}>"

    def _atom(self, found: object) -> str:
        name, value = [*_list(found), None, None][:2]
        if name == "soft-return":
            return "<br>"
        self.noticed.append(f"an atom that is not known: {text(name)[:40]}")
        return escaped(value)


def _end(tag: str) -> str:
    return f"</{tag}>" if tag else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(held: list[Any], number: object) -> object:
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(held):
        found: object = held[number]
        return found
    return None
