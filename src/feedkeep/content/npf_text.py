"""Text blocks of Tumblr's Neue Post Format: words with ranges of formatting, which may overlap."""

from __future__ import annotations

from typing import Any

from feedkeep.content.cards import escaped, text

Block = dict[str, Any]
_INLINE = {"bold": "b", "italic": "i", "strikethrough": "s", "small": "small"}
_ORDER = ("link", "mention", "color", "bold", "italic", "strikethrough", "small")  # outer tags first
_MOST = 5000  # formattings of one text; a person makes a few
_HEX = frozenset("#0123456789abcdefABCDEF")


def formatted(block: Block, noticed: list[str]) -> str:
    """Give the text of a block with its inline formatting; positions count characters."""
    words = text(block.get("text"))
    ranges = block.get("formatting")
    ranges = ranges if isinstance(ranges, list) else []
    if len(ranges) > _MOST:
        noticed.append(f"more than {_MOST} formattings of one text: the others were left out")
    events: list[tuple[int, int, int, Block]] = []
    for number, one in enumerate(ranges[:_MOST]):
        start, end = (one.get("start"), one.get("end")) if isinstance(one, dict) else (None, None)
        if not isinstance(start, int) or not isinstance(end, int):
            noticed.append("a formatting without its range was left out")
        elif text(one.get("type")) not in _ORDER:
            noticed.append(f"a formatting that is not known: {text(one.get('type'))[:40]}")
        elif 0 <= start < min(end, len(words)):
            events += ((start, 1, number, one), (min(end, len(words)), 0, number, one))
    active: dict[str, dict[int, Block]] = {name: {} for name in _ORDER}
    open_: list[tuple[str, str]] = []  # (start tag, name)
    parts: list[str] = []
    at = 0
    for place, begins, number, one in sorted(events, key=lambda event: event[:3]):
        if place > at:
            _switch(parts, open_, _tags(active))
            parts.append(_lines(words[at:place]))
            at = place
        if begins:
            active[one["type"]][number] = one
        else:
            active[one["type"]].pop(number, None)
    _switch(parts, open_, _tags(active))
    parts.append(_lines(words[at:]))
    _switch(parts, open_, [])
    return "".join(parts)


def _tags(active: dict[str, dict[int, Block]]) -> list[tuple[str, str]]:
    """Give the tags of what is active; of several of one type, the last to begin."""
    return [_tag(name, next(reversed(held.values()))) for name, held in active.items() if held]


def _tag(name: str, one: Block) -> tuple[str, str]:
    if name in _INLINE:
        return f"<{_INLINE[name]}>", _INLINE[name]
    if name == "color":
        colour = text(one.get("hex"))
        return f'<span style="color: {colour if _HEX.issuperset(colour) else "inherit"}">', "span"
    blog = one.get("blog") if name == "mention" else None
    url = text(blog.get("url")) if isinstance(blog, dict) else text(one.get("url"))
    return (f'<a href="{escaped(url)}">' if url else "<span>"), ("a" if url else "span")


def _switch(parts: list[str], open_: list[tuple[str, str]], wanted: list[tuple[str, str]]) -> None:
    same = 0
    while same < min(len(open_), len(wanted)) and open_[same] == wanted[same]:
        same += 1
    while len(open_) > same:
        parts.append(f"</{open_.pop()[1]}>")
    for tag in wanted[same:]:
        open_.append(tag)
        parts.append(tag[0])


def _lines(words: str) -> str:
    return escaped(words).replace("\n", "<br>")
