"""The comments below a saved page's text, with who answers whom.

A browser writes a list of comments as a numbered or bulleted list and indents the answers; text that was copied has
no list, but begins each comment with a line that says who wrote it and when.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import re
from typing import NamedTuple

import msgspec

from feedkeep.content.page_lines import date, is_comment_furniture

_NUMBERED = re.compile(r"([ \t]*)(\d{1,6})[.)](?:[ \t]+|$)")
_BULLET = re.compile(r"([ \t]*)([*•◦▪‣+o@#-])[ \t]+(?=\S)")
_SAYS = re.compile(
    r"(?P<name>\S.{0,60}?)(?:\s+on\s+(?P<on>.{6,60}?))?,?\s+"
    r"(?:says|said|writes|wrote|commented|replied|responded)\s*:?\s*(?P<rest>.{0,60})",
)
_PING = re.compile(r"(?P<kind>pingback|trackback)(?: by|:)\s+(?P<name>\S.{0,200})", re.IGNORECASE)
_AFTER_DATE = re.compile(r"(?:[\s|·•#]|reply|permalink|edit|link|quote|\(edit\)|↓)*", re.IGNORECASE)
_WAITING = re.compile(r"your comment is awaiting moderation\.?", re.IGNORECASE)
_WORDS = 6  # of a name; more is a sentence


class Line(NamedTuple):
    """A line of the source."""

    number: int  # from 1
    text: str


class Found(msgspec.Struct, kw_only=True):
    """A comment as it stands on the page."""

    line: int
    text: str = ""
    parent: int | None = None  # index of the comment that it answers
    author: str | None = None
    published: dt.datetime | None = None  # naive
    kind: str = "comment"
    waiting: bool = False  # for a moderator
    furniture: tuple[Line, ...] = ()


class Thread(msgspec.Struct, kw_only=True):
    """The comments of a page in their order, and what of the page had to be guessed."""

    comments: list[Found]
    furniture: tuple[Line, ...] = ()  # before the first comment
    flat: bool = False  # the text does not show who answers whom
    unparted: bool = False  # the text does not show where one comment ends


class _Item:
    def __init__(self, marker: Line | None, parent: int | None, lines: list[Line]) -> None:
        self.marker = marker
        self.parent = parent
        self.lines = lines


def read(lines: list[Line], claimed: int | None) -> Thread:
    """Part the lines below the heading into comments; ``claimed`` decides where a list could be either."""
    first = next((line for line in lines if line.text.strip()), None)
    if first is None:
        return Thread(comments=[])
    before, items = _listed(lines, _NUMBERED)
    if not items:
        before, items = _listed(lines, _BULLET) if _BULLET.match(first.text) else (lines, [])
    if items:
        comments = _nested(items, claimed)
        return Thread(comments=comments, furniture=tuple(line for line in before if line.text.strip()))
    starts = [at for at in range(len(lines)) if _introduced(lines, at, sure=True) is not None]
    if starts:
        ends = [*starts[1:], len(lines)]
        comments = [_comment(lines[start:end], None) for start, end in zip(starts, ends, strict=True)]
        return Thread(
            comments=comments,
            furniture=tuple(line for line in lines[: starts[0]] if line.text.strip()),
            flat=len(comments) > 1,
        )
    blocks = _blocks(lines)
    if len(blocks) == claimed:
        return Thread(comments=[_comment(block, None) for block in blocks], flat=len(blocks) > 1)
    return Thread(comments=[_comment(lines, None)], unparted=claimed != 1)


def is_thread(lines: list[Line]) -> bool:
    """Tell whether lines look like comments: a list, or lines that say who wrote what and when."""
    first = next((line.text for line in lines if line.text.strip()), "")
    if _NUMBERED.match(first) or _BULLET.match(first):
        return True
    return any(_introduced(lines, at, sure=True) for at in range(min(len(lines), 200)))


def _blocks(lines: list[Line]) -> list[list[Line]]:
    blocks: list[list[Line]] = [[]]
    for line in lines:
        if line.text.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _listed(lines: list[Line], marker: re.Pattern[str]) -> tuple[list[Line], list[_Item]]:
    """Part a list into its items. A number out of sequence, "2014. What a year", is a line of somebody's words."""
    before: list[Line] = []
    items: list[_Item] = []
    levels: list[tuple[int, int, int, int]] = []  # indent, column of the text, number, index in items
    for line in lines:
        found = marker.match(line.text.expandtabs())
        place = _place(found, levels) if found is not None else None
        if found is None or place is None:
            (items[-1].lines if items else before).append(line)
            continue
        del levels[place:]
        number = int(found[2]) if found[2].isdecimal() else 0
        levels.append((len(found[1]), found.end(), number, len(items)))
        rest = Line(line.number, line.text.expandtabs()[found.end() :])
        items.append(_Item(line, levels[-2][3] if len(levels) > 1 else None, [rest]))
    return before, items


def _place(found: re.Match[str], levels: list[tuple[int, int, int, int]]) -> int | None:
    """Say at which level an item stands; None where it fits at none."""
    indent, column = len(found[1]), found.end()
    number = int(found[2]) if found[2].isdecimal() else 0
    if not levels:
        return 0
    for level in range(len(levels) - 1, -1, -1):
        beside = levels[level]
        if (beside[0] == indent or (number and beside[1] == column)) and (not number or number == beside[2] + 1):
            return level
    deeper = [level for level, above in enumerate(levels) if above[0] < indent]
    return deeper[-1] + 1 if deeper and number <= 1 else None


def _nested(items: list[_Item], claimed: int | None) -> list[Found]:
    """Tell comments from lists within comments: where some items name their authors, all comments do."""
    signed = [_introduced(item.lines, 0, sure=False) is not None for item in items]
    tops = sum(item.parent is None for item in items)
    if any(signed):
        real = [mark or item.parent is None for mark, item in zip(signed, items, strict=True)]
    elif claimed is not None and len(items) != claimed == tops:
        real = [item.parent is None for item in items]
    else:
        real = [True] * len(items)
    index: dict[int, int] = {}
    kept: list[_Item] = []
    for at, item in enumerate(items):
        if real[at]:
            index[at] = len(kept)
            kept.append(item)
        else:
            index[at] = len(kept) - 1
            kept[-1].lines += [item.marker, *item.lines[1:]] if item.marker is not None else item.lines
    return [_comment(item.lines, None if item.parent is None else index[item.parent]) for item in kept]


def _comment(lines: list[Line], parent: int | None) -> Found:
    lines = _trimmed(lines)
    found = Found(line=lines[0].number if lines else 0, parent=parent)
    introduced = _introduced(lines, 0, sure=False)
    if introduced is not None:
        found.author, found.published, found.kind, used = introduced
        lines = _trimmed(lines[used:])
    furniture: list[Line] = []
    while lines and is_comment_furniture(lines[-1].text):
        furniture.append(lines[-1])
        lines = _trimmed(lines[:-1])
    if lines and _WAITING.fullmatch(lines[0].text.strip()):
        found.waiting = True
        lines = _trimmed(lines[1:])
    found.furniture = tuple(reversed(furniture))
    text = "\n".join(line.text.strip() for line in lines)
    found.text = re.sub(r"\n{3,}", "\n\n", text)
    return found


def _trimmed(lines: list[Line]) -> list[Line]:
    start, end = 0, len(lines)
    while start < end and not lines[start].text.strip():
        start += 1
    while end > start and not lines[end - 1].text.strip():
        end -= 1
    return lines[start:end]


def _introduced(lines: list[Line], at: int, *, sure: bool) -> tuple[str, dt.datetime | None, str, int] | None:
    """Read who wrote a comment and when: (name, date, kind, lines used). ``sure`` wants a date as proof."""
    text = lines[at].text.strip() if at < len(lines) else ""
    if not text or len(text) > 250:
        return None
    ping = _PING.fullmatch(text)
    if ping is not None:
        return ping["name"].strip(), None, ping["kind"].lower(), 1
    below = next((i for i in range(at + 1, min(at + 3, len(lines))) if lines[i].text.strip()), None)
    dated = _dated(lines[below].text) if below is not None else None
    says = _SAYS.fullmatch(text)
    if says is not None and len(says["name"].split()) <= _WORDS:
        here = _dated(says["on"]) if says["on"] else _dated(says["rest"])
        if here is not None and (says["on"] is None or not says["rest"]):
            return says["name"], here, "comment", 1
        if not says["rest"] and text.endswith(":") and not says["on"]:
            if dated is not None and below is not None:
                return says["name"], dated, "comment", below - at + 1
            return None if sure else (says["name"], None, "comment", 1)
        return None
    if dated is not None and below == at + 1 and len(text.split()) <= _WORDS and text[-1] not in ".!?…:;,":
        return text, dated, "comment", 2
    return None


def _dated(text: str) -> dt.datetime | None:
    """Read a line that is a date and nothing else but buttons."""
    text = text.strip()
    found = date(text) if len(text) <= 120 else None
    if found is None or found[1] > 0 or not _AFTER_DATE.fullmatch(text[found[2] :]):
        return None
    return found[0]
