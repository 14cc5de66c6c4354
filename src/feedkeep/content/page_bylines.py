"""What an item of a list of comments begins with, where no class says it: who said it, and when."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
from lxml import etree

from feedkeep.content.page_lines import date
from feedkeep.content.page_tree import cut, machine

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6", "legend", "summary")
_NAMES = frozenset({"cite", "b", "strong", "a", "address", "dfn", *HEADINGS})
_BLOCKS = frozenset({"p", "div", "br", "blockquote", "section", "footer", "header", "ol", "ul", "pre", "li", "article"})
_TALKS = frozenset({"ol", "ul", "article"})
_FAR = 200  # characters in which a byline is looked for
_TEXTS = 60  # and pieces of text
_LONGEST = 80  # characters of a name
_WORDS = 6  # of a name
_SAYS = re.compile(r"\s*(?P<name>[^\n:]{1,60}?)\s+(?:says|said|writes|wrote|replies|replied)(?:\s*(?::|\.\.\.|…)|\s*$)")
_COLON = re.compile(r"\s*(?P<name>[^\n:]{1,60}?)\s*:(?=\s|$)")
_BEFORE = re.compile(r"^(?:(?:posted|written|comment|submitted|left)\s+)?(?:by|from)\b:?\s+", re.IGNORECASE)
_AFTER = re.compile(
    r"(?:\s+(?:says|said|writes|wrote|replies|replied|commented|posted|on|at|am|um|le)|\s*[:,;|·•#(\[–—-]){1,9}\s*$",
    re.IGNORECASE,
)
_REST = re.compile(r"\s*(?:[)\]]|(?:says|said|writes|wrote)\b)?[\s:,;|·•#–—-]*", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[)\]]?\s*(?:[:|·•–—-]|says:|said:|wrote:)|[)\].,]?\s*$)", re.IGNORECASE)


class ItemByline(msgspec.Struct, frozen=True, kw_only=True):
    """Who said it and when, and where that ends: in which text of the item, at which character."""

    author: str | None
    published: str | None
    at: int
    after: int
    weak: bool = False  # a name alone, which may as well be the beginning of what is said


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What else a byline showed of the author."""

    url: str | None
    picture: str | None


class _Piece(msgspec.Struct, frozen=True):
    start: int  # in all that is said, where blocks begin new lines
    element: Any
    slot: str  # "text" or "tail"
    text: str


def byline(item: Any) -> ItemByline | None:  # noqa: ANN401 — lxml's element type is private
    """Read what an item begins with, or what its own header or footer says; None where that is no byline."""
    held = _holder(item)
    found = _read(held)
    if found is None and held is not item:
        return _read(item)
    return found


def take_off(item: Any, told: ItemByline) -> About:  # noqa: ANN401
    """Take a byline out of its item, and tell what else it showed."""
    held = _holder(item)
    if _read(held) != told:
        held = item
    pieces = list(_pieces(held))[: told.at + 1]
    links = (one for piece in pieces for one in (piece.element, *piece.element.iterancestors("a")) if one.tag == "a")
    url = next((one.get("href") for one in links if not (one.get("href") or "#").startswith("#")), None)
    picture = next(item.iter("img"), None)
    if picture is not None and _is_said_before(item, picture):
        picture = None
    for piece in pieces[:-1]:
        setattr(piece.element, piece.slot, None)
    last = pieces[-1]
    rest = last.text[told.after :]
    between = _REST.match(rest)
    setattr(last.element, last.slot, rest[between.end() if between is not None else 0 :] or None)
    source = None
    if picture is not None:
        source = picture.get("src")
        cut(picture)
    return About(url=url, picture=source)


def _holder(item: Any) -> Any:  # noqa: ANN401
    return next(item.iterchildren("header", "footer"), item)


def _is_said_before(item: Any, picture: Any) -> bool:  # noqa: ANN401
    for one in item.iter(etree.Element):
        if one is picture:
            return False
        if (one.text or "").strip():
            return True
    return False


def _pieces(item: Any) -> Iterator[_Piece]:  # noqa: ANN401
    """Yield the texts of an item down to the first list or article in it."""
    start = 0
    for event, one in etree.iterwalk(item, events=("start", "end")):
        if one is not item and event == "start" and one.tag in _TALKS:
            return
        text = one.text if event == "start" else one.tail if one is not item else None
        if text and isinstance(one.tag, str):
            start += one.tag in _BLOCKS
            yield _Piece(start, one, "text" if event == "start" else "tail", text)
            start += len(text)


def _read(item: Any) -> ItemByline | None:  # noqa: ANN401
    whole = ""
    pieces: list[_Piece] = []
    first: _Piece | None = None
    for place, piece in enumerate(_pieces(item)):
        if piece.slot == "text" and piece.element.tag == "time":
            return _timed(whole, place, piece, first)
        pieces.append(piece)
        whole = whole.ljust(piece.start, "\n") + piece.text
        if first is None and piece.text.strip():
            first = piece
        if place == _TEXTS or len(whole) > 4 * _FAR or (first is not None and len(whole) > first.start + _FAR):
            break
    if first is None:
        return None
    return _dated(whole, pieces, first) or _named(whole, pieces, first)


def _timed(whole: str, place: int, piece: _Piece, first: _Piece | None) -> ItemByline | None:
    if len(whole) > 4 * _FAR or not _is_name(whole):
        return None
    if first is not None and not _is_marked(first) and not _ENDS.match(piece.element.tail or ""):
        return None  # a day that somebody speaks of
    return ItemByline(author=_name(whole) or None, published=machine(piece.element), at=place, after=len(piece.text))


def _dated(whole: str, pieces: list[_Piece], first: _Piece) -> ItemByline | None:
    told = date(whole)
    if told is None or told[1] > _FAR or not _is_name(whole[: told[1]]):
        return None
    at, after = _place(pieces, told[2])
    if not _is_marked(first) and not _ENDS.match(pieces[at].text[after:]):
        return None
    return ItemByline(author=_name(whole[: told[1]]) or None, published=whole[told[1] : told[2]], at=at, after=after)


def _named(whole: str, pieces: list[_Piece], first: _Piece) -> ItemByline | None:
    """Read a byline without a date: a name that is said to say something, or is marked and stands by itself."""
    told, weak = _SAYS.match(whole), False
    if told is None and _is_marked(first):
        told, weak = _COLON.match(whole), True
    if told is not None:
        at, after = _place(pieces, told.end())
        return ItemByline(author=_name(told["name"]) or None, published=None, at=at, after=after, weak=weak)
    if not _is_marked(first) or not _is_name(first.text) or not _stands_alone(first.element, whole, first):
        return None
    at, after = _place(pieces, first.start + len(first.text))
    return ItemByline(author=_name(first.text) or None, published=None, at=at, after=after, weak=True)


def _stands_alone(element: Any, whole: str, first: _Piece) -> bool:  # noqa: ANN401
    """Tell a name on a line of its own, with something said below it."""
    if (element.tail or "").strip() or not whole[first.start + len(first.text) :].strip():
        return False
    after, above = element.getnext(), element.getparent()
    if after is None:
        return above is not None and above.tag in _BLOCKS
    return after.tag in _BLOCKS


def _place(pieces: list[_Piece], end: int) -> tuple[int, int]:
    """Find in which text a character is, and where in it: the last that begins before it."""
    at = max(place for place, piece in enumerate(pieces) if piece.start < end)
    return at, end - pieces[at].start


def _is_marked(piece: _Piece) -> bool:
    above = piece.element.getparent()
    return piece.slot == "text" and (piece.element.tag in _NAMES or (above is not None and above.tag in _NAMES))


def _is_name(text: str) -> bool:
    name = _name(text)
    return len(name) <= _LONGEST and len(name.split()) <= _WORDS


def _name(text: str) -> str:
    return _AFTER.sub("", _BEFORE.sub("", " ".join(text.split())))
