"""Tumblr's blocks (the Neue Post Format, https://www.tumblr.com/docs/npf) as HTML."""

from __future__ import annotations

import html
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SUBTYPES = {
    "heading1": "h1",
    "heading2": "h2",
    "quote": "blockquote",
    "quirky": "p",
    "chat": "p",
    "indented": "blockquote",
}
_LISTS = {"ordered-list-item": "ol", "unordered-list-item": "ul"}
_MARKS = {"bold": "strong", "italic": "em", "strikethrough": "s", "small": "small"}
_MOST = 20_000  # blocks of a post

Block = dict[str, Any]


def render(blocks: Iterable[Any], unknown: list[str]) -> str:
    """Give blocks as HTML; names of types that are not known go to ``unknown``, their words stay."""
    pieces: list[str] = []
    listed: str | None = None
    for number, block in enumerate(blocks):
        if not isinstance(block, dict) or number >= _MOST:
            unknown.append("more than can be" if number >= _MOST else "no block")
            break
        tag = _LISTS.get(str(block.get("subtype"))) if block.get("type") == "text" else None
        if tag != listed:
            if listed:
                pieces.append(f"</{listed}>")
            if tag:
                pieces.append(f"<{tag}>")
            listed = tag
        pieces.append(f"<li>{_text(block)}</li>" if tag else _block(block, unknown))
    if listed:
        pieces.append(f"</{listed}>")
    return "\n".join(piece for piece in pieces if piece)


def link(url: Any, shown: str) -> str:  # noqa: ANN401 — JSON
    """Give a link, or its words alone where there is no address."""
    words = html.escape(shown, quote=False)
    return f'<a href="{html.escape(url)}">{words}</a>' if isinstance(url, str) and url else words


def image(url: str, alt: str = "", caption: str = "") -> str:
    """Give a picture, with its caption if it has one."""
    shown = f'<img src="{html.escape(url)}" alt="{html.escape(alt)}">'
    return f"<figure>{shown}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _block(block: Block, unknown: list[str]) -> str:
    match block.get("type"):
        case "text":
            tag = _SUBTYPES.get(str(block.get("subtype")), "p")
            return f"<{tag}>{_text(block)}</{tag}>"
        case "image":
            url = media_url(block)
            return (
                image(url, _said(block, "alt_text"), html.escape(_said(block, "caption"), quote=False)) if url else ""
            )
        case "link":
            said = _said(block, "title") or _said(block, "url")
            more = _said(block, "description")
            return f"<p>{link(block.get('url'), said)}{f'<br>{html.escape(more, quote=False)}' if more else ''}</p>"
        case "audio" | "video" as kind:
            return _player(kind, block)
        case "poll":
            answers = block.get("answers")
            listed = (
                [_said(one, "answer_text") for one in answers if isinstance(one, dict)]
                if isinstance(answers, list)
                else []
            )
            items = "".join(f"<li>{html.escape(one, quote=False)}</li>" for one in listed)
            return f"<p>{html.escape(_said(block, 'question'), quote=False)}</p><ul>{items}</ul>"
        case "paywall":
            return f"<p>{html.escape(_said(block, 'text') or _said(block, 'title'), quote=False)}</p>"
        case other:
            unknown.append(str(other)[:60])
            words = _said(block, "text") or _said(block, "title")
            return f"<p>{html.escape(words, quote=False)}</p>" if words else ""


def media_url(block: Block) -> str | None:
    """Find the largest file of a block."""
    media = block.get("media")
    found = [one for one in (media if isinstance(media, list) else [media]) if isinstance(one, dict)]
    urls = [(int(one.get("width") or 0), one["url"]) for one in found if _is_sized(one)]
    return max(urls, key=lambda pair: pair[0])[1] if urls else None


def _is_sized(one: Block) -> bool:
    return isinstance(one.get("url"), str) and one["url"] != "" and isinstance(one.get("width") or 0, int)


def _player(kind: str, block: Block) -> str:
    url = media_url(block) or _said(block, "url")
    title = " – ".join(part for part in (_said(block, "artist"), _said(block, "title")) if part)
    if media_url(block):
        return f'<figure><{kind} controls src="{html.escape(url)}"></{kind}>{_captioned(title)}</figure>'
    return f"<p>{link(url, title or url)}</p>"


def _captioned(title: str) -> str:
    return f"<figcaption>{html.escape(title, quote=False)}</figcaption>" if title else ""


def _text(block: Block) -> str:
    """Give a text with its formatting; ranges count characters, and may overlap."""
    said = _said(block, "text", keep=True)
    found = block.get("formatting")
    ranges = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    edges = {0, len(said)}
    marks: list[tuple[int, int, str, str]] = []
    for one in ranges[:1000]:
        start, end = one.get("start"), one.get("end")
        opened, closed = _mark(one)
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end and opened:
            marks.append((start, min(end, len(said)), opened, closed))
            edges |= {start, min(end, len(said))}
    pieces = []
    places = sorted(edge for edge in edges if edge <= len(said))
    for start, end in pairwise(places):
        around = [(opened, closed) for first, last, opened, closed in marks if first <= start and end <= last]
        words = html.escape(said[start:end], quote=False).replace("\n", "<br>")
        pieces.append("".join(o for o, _ in around) + words + "".join(c for _, c in reversed(around)))
    return "".join(pieces)


def _mark(one: Block) -> tuple[str, str]:
    kind = one.get("type")
    if kind in _MARKS:
        return f"<{_MARKS[kind]}>", f"</{_MARKS[kind]}>"
    blog = one.get("blog")
    url = (
        one.get("url") if kind == "link" else blog.get("url") if kind == "mention" and isinstance(blog, dict) else None
    )
    return (f'<a href="{html.escape(url)}">', "</a>") if isinstance(url, str) and url else ("", "")


def _said(block: Block, name: str, *, keep: bool = False) -> str:
    value = block.get(name)
    return (value if keep else value.strip()) if isinstance(value, str) else ""


def asks(layout: Any) -> Iterator[tuple[set[int], str | None]]:  # noqa: ANN401 — JSON
    """Yield the asks of a layout: the positions of their blocks, and who asks."""
    for part in layout if isinstance(layout, list) else ():
        if isinstance(part, dict) and part.get("type") == "ask" and isinstance(part.get("blocks"), list):
            who = part.get("attribution")
            blog = who.get("blog") if isinstance(who, dict) else None
            name = blog.get("name") if isinstance(blog, dict) else None
            yield {one for one in part["blocks"] if isinstance(one, int)}, name if isinstance(name, str) else None
