"""Tumblr's Neue Post Format as HTML: https://github.com/tumblr/docs/blob/master/npf-spec.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.content.cards import escaped, text
from feedkeep.content.npf_layout import asked_in, rows_of, truncation
from feedkeep.content.npf_text import formatted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Block = dict[str, Any]
_TAGS = {"heading1": "h1", "heading2": "h2"}
_NESTED = {"ordered-list-item": "ol", "unordered-list-item": "ul", "indented": "blockquote"}
_STYLED = frozenset({"quirky", "quote", "chat"})
_DEEPEST = 7  # "up to the maximum of 7"


def rendered(content: object, layout: object = None) -> tuple[str, tuple[str, ...]]:
    """Give blocks as HTML, laid out in rows, and what was noticed."""
    noticed: list[str] = []
    blocks: list[Block] = []
    for block in content if isinstance(content, list) else ():
        blocks.append(block if isinstance(block, dict) else {})
        if not isinstance(block, dict):
            noticed.append("a block that is no object was left out")
    layouts = [one for one in layout if isinstance(one, dict)] if isinstance(layout, list) else []
    asked, asking = asked_in(layouts, len(blocks))
    rows = [row for row in rows_of(layouts, blocks) if row]
    more = truncation(layouts)
    parts: list[str] = []
    if asked:
        within = [[index for index in row if index in asked] for row in rows]
        inner = _flow([row for row in within if row], blocks, None, noticed)
        parts.append(f'<blockquote class="ask"><p>{asking} asked:</p>\n{inner}</blockquote>')
        rows = [[index for index in row if index not in asked] for row in rows]
    parts.append(_flow([row for row in rows if row], blocks, more, noticed))
    return "\n".join(part for part in parts if part), tuple(dict.fromkeys(noticed))


def media(block: Block) -> Block:
    """Give the largest of a block's media objects, which comes first; an empty one where there is none."""
    return _first(block.get("media"))


def _first(held: object) -> Block:
    for one in held if isinstance(held, list) else (held,):
        if isinstance(one, dict) and text(one.get("url")):
            return one
    return {}


def _flow(rows: list[list[int]], blocks: list[Block], more: int | None, noticed: list[str]) -> str:
    flow = _Flow()
    if more == -1:
        flow.add("<!-- more -->")
    for row in rows:
        if len(row) > 1:
            shown = [_shown(blocks[index], noticed) for index in row]
            flow.add(f'<div class="npf_row">{"".join(shown)}</div>' if any(shown) else "")
        else:
            block = blocks[row[0]]
            tag = _NESTED.get(text(block.get("subtype"))) if block.get("type") == "text" else None
            if tag is not None:
                flow.nest(tag, block.get("indent_level"), formatted(block, noticed))
            else:
                flow.add(_shown(block, noticed))
        if more in row and row is not rows[-1]:
            flow.add("<!-- more -->")
    return flow.whole()


class _Flow:
    """Blocks below each other; lists and quotations go into each other by their level."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._open: list[str] = []

    def add(self, shown: str) -> None:
        """Add a block that stands by itself."""
        if shown:
            self._close(0)
            self._parts.append(shown + "\n")

    def nest(self, tag: str, level: object, inner: str) -> None:
        """Add an item of a list, or a paragraph of a quotation."""
        deep = min(max(level, 0), _DEEPEST) if isinstance(level, int) and not isinstance(level, bool) else 0
        self._close(deep + 1)
        if len(self._open) > deep and self._open[deep] != tag:
            self._close(deep)
        elif len(self._open) > deep and tag != "blockquote":
            self._parts.append("</li><li>")
        while len(self._open) <= deep:
            self._open.append(tag)
            self._parts.append(f"<{tag}>" if tag == "blockquote" else f"<{tag}><li>")
        self._parts.append(f"<p>{inner}</p>" if tag == "blockquote" else inner)

    def whole(self) -> str:
        """Give all of it."""
        self._close(0)
        return "".join(self._parts).rstrip("\n")

    def _close(self, depth: int) -> None:
        while len(self._open) > depth:
            tag = self._open.pop()
            self._parts.append(f"</{tag}>" if tag == "blockquote" else f"</li></{tag}>")
            if not self._open:
                self._parts.append("\n")


def _shown(block: Block, noticed: list[str]) -> str:
    kind = text(block.get("type"))
    known = _BLOCKS.get(kind)
    if known is not None:
        return known(block, noticed)
    if block:
        noticed.append(f"a block that is not known: {kind[:40] or 'without a type'}")
    url = text(block.get("url"))
    said = formatted(block, noticed) or escaped(block.get("title")) or escaped(url)
    return f"<p>{_linked(url, said)}</p>" if said else ""


def _text(block: Block, noticed: list[str]) -> str:
    inner = formatted(block, noticed)
    subtype = text(block.get("subtype"))
    if subtype in _NESTED:
        tag = _NESTED[subtype]
        return f"<{tag}><p>{inner}</p></{tag}>" if tag == "blockquote" else f"<{tag}><li>{inner}</li></{tag}>"
    if not inner:
        return ""
    if subtype in _STYLED:
        return f'<p class="npf_{subtype}">{inner}</p>'
    if subtype and subtype not in _TAGS:
        noticed.append(f"a kind of text that is not known: {subtype[:40]}")
    tag = _TAGS.get(subtype, "p")
    return f"<{tag}>{inner}</{tag}>"


def _image(block: Block, _: list[str]) -> str:
    largest = media(block)
    if not largest:
        return ""
    by = block.get("attribution")
    by = by if isinstance(by, dict) else {}
    shown = _linked(by.get("url") if by.get("type") == "link" else None, _img(largest, block.get("alt_text")))
    blog = by.get("blog")
    credit = _linked(by.get("url"), escaped(blog.get("name"))) if isinstance(blog, dict) else ""
    said = [escaped(block.get("caption")), credit]
    return _figure(shown, said)


def _link(block: Block, _: list[str]) -> str:
    url = text(block.get("url"))
    title = escaped(block.get("title")) or escaped(block.get("display_url")) or escaped(url)
    said = [escaped(block.get(name)) for name in ("description", "author", "site_name")]
    poster = _first(block.get("poster"))
    lines = [_linked(url, f"<strong>{title}</strong>"), *said]
    words = "<br>".join(line for line in lines if line)
    return (
        f'<div class="npf_link">{_linked(url, _img(poster, None)) if poster else ""}<p>{words}</p></div>' if url else ""
    )


def _audio(block: Block, _: list[str]) -> str:
    said = " – ".join(escaped(block.get(name)) for name in ("title", "artist", "album") if text(block.get(name)))
    held = media(block)
    player = f'<audio src="{escaped(held["url"])}" controls></audio>' if held else _embedded(block)
    return _figure(player or _linked(block.get("url"), escaped(block.get("url"))), [said])


def _video(block: Block, _: list[str]) -> str:
    held, poster = media(block), _first(block.get("poster"))
    still = f' poster="{escaped(poster["url"])}"' if poster else ""
    player = f'<video src="{escaped(held["url"])}"{still} controls></video>' if held else _embedded(block)
    return _figure(player or _linked(block.get("url"), escaped(block.get("url"))), [escaped(block.get("caption"))])


def _embedded(block: Block) -> str:
    frame = block.get("embed_iframe")
    url = text(frame.get("url")) if isinstance(frame, dict) else text(block.get("embed_url"))
    return text(block.get("embed_html")) or (f'<iframe src="{escaped(url)}" allowfullscreen></iframe>' if url else "")


def _poll(block: Block, _: list[str]) -> str:
    answers = block.get("answers")
    told = [
        escaped(one.get("answer_text") or one.get("answerText"))
        for one in (answers if isinstance(answers, list) else ())
        if isinstance(one, dict)
    ]
    question = escaped(block.get("question"))
    items = "".join(f"<li>{answer}</li>" for answer in told if answer)
    return f'<div class="poll"><p>{question}</p><ul>{items}</ul></div>' if question or items else ""


def _paywall(_: Block, __: list[str]) -> str:
    return "<!-- paywall -->"


def _img(held: Block, alt: object) -> str:
    size = "".join(
        f' {name}="{held[name]}"' for name in ("width", "height") if isinstance(held.get(name), int) and held[name] > 0
    )
    return f'<img src="{escaped(held.get("url"))}" alt="{escaped(alt)}"{size}>'


def _linked(url: object, inner: str) -> str:
    return f'<a href="{escaped(url)}">{inner}</a>' if text(url) and inner else inner


def _figure(inner: str, captions: Iterable[str]) -> str:
    words = "<br>".join(caption for caption in captions if caption)
    return f"<figure>{inner}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>" if inner or words else ""


_BLOCKS: dict[str, Callable[[Block, list[str]], str]] = {
    "text": _text,
    "image": _image,
    "link": _link,
    "audio": _audio,
    "video": _video,
    "poll": _poll,
    "paywall": _paywall,
}
