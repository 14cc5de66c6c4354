"""Tumblr's legacy types of posts (text, photo, quote, link, chat, audio, video, answer) as HTML.

https://www.tumblr.com/docs/en/api/v2#posts, "legacy post types". Captions, bodies and players are HTML already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from feedkeep.content.cards import escaped, text
from feedkeep.content.npf_layout import named
from feedkeep.models import Enclosure, Link

if TYPE_CHECKING:
    from collections.abc import Callable

Row = dict[str, Any]


class Shown(NamedTuple):
    """A post as a browser shows it."""

    html: str
    title: str | None = None
    links: tuple[Link, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None


def rendered(kind: str, row: Row) -> Shown | None:
    """Show a post by the fields of its type; None for a type that is not known."""
    show = _TYPES.get(kind)
    return None if show is None else show(row)


def fields(kind: str) -> frozenset[str]:
    """Name the fields that :func:`rendered` shows whole, which need not be kept beside it."""
    return _SHOWN.get(kind, frozenset())


def _text(row: Row) -> Shown:
    return Shown(text(row.get("body")), text(row.get("title")) or None)


def _photo(row: Row) -> Shown:
    held = row.get("photos")
    photos = [photo for photo in held if isinstance(photo, dict)] if isinstance(held, list) else []
    shown = [_figure(photo, row.get("link_url")) for photo in photos]
    address = next((url for photo in photos if (url := _address(photo))), None)
    return Shown(_joined(*shown, text(row.get("caption"))), image=address)


def _figure(photo: Row, link: object) -> str:
    url = _address(photo)
    if not url:
        return ""
    caption = text(photo.get("caption"))
    image = f'<img src="{escaped(url)}" alt="{escaped(photo.get("alt_text"))}">'
    return f"<figure>{_linked(link, image)}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"


def _address(photo: Row) -> str:
    sizes = photo.get("alt_sizes")
    for size in (photo.get("original_size"), *(sizes if isinstance(sizes, list) else ())):
        if isinstance(size, dict) and text(size.get("url")):
            return text(size["url"])
    return ""


def _quote(row: Row) -> Shown:
    words, source = text(row.get("text")), text(row.get("source"))
    return Shown(_joined(f"<blockquote>{words}</blockquote>" if words else "", f"<p>— {source}</p>" if source else ""))


def _link(row: Row) -> Shown:
    url, title = text(row.get("url")), text(row.get("title"))
    said = [f"<p>{_linked(url, title or escaped(url))}</p>" if url or title else ""]
    excerpt = text(row.get("excerpt"))
    said += [f"<blockquote>{excerpt}</blockquote>" if excerpt else "", text(row.get("description"))]
    return Shown(_joined(*said), title or None, (Link(href=url, rel="related", title=title or None),) if url else ())


def _chat(row: Row) -> Shown:
    lines = row.get("dialogue")
    said = [
        f"<p><strong>{escaped(line.get('label')) or escaped(line.get('name'))}</strong> {escaped(line.get('phrase'))}</p>"
        for line in (lines if isinstance(lines, list) else ())
        if isinstance(line, dict)
    ]
    html = _joined(*said) if said else f"<pre>{escaped(row.get('body'))}</pre>" if text(row.get("body")) else ""
    return Shown(html, text(row.get("title")) or None)


def _audio(row: Row) -> Shown:
    url = text(row.get("audio_url"))
    said = " – ".join(escaped(row.get(name)) for name in ("track_name", "artist", "album") if text(row.get(name)))
    player = _player(row) or (f'<audio src="{escaped(url)}" controls></audio>' if url else "")
    words = f"<p>{said}</p>" if said else ""
    title = text(row.get("track_name")) or None
    files = (Enclosure(url=url, type="audio/mpeg", title=title),) if row.get("audio_type") == "tumblr" and url else ()
    return Shown(_joined(player, words, text(row.get("caption"))), enclosures=files)


def _video(row: Row) -> Shown:
    url, page = text(row.get("video_url")), text(row.get("permalink_url"))
    player = _player(row) or (f'<video src="{escaped(url)}" controls></video>' if url else "")
    player = player or (f"<p>{_linked(page, escaped(page))}</p>" if page else "")
    seconds = row.get("duration")
    length = float(seconds) if isinstance(seconds, (int, float)) and 0 < seconds < 1e6 else None
    files = (
        (Enclosure(url=url, type="video/mp4", duration=length),) if row.get("video_type") == "tumblr" and url else ()
    )
    return Shown(
        _joined(player, text(row.get("caption"))), enclosures=files, image=text(row.get("thumbnail_url")) or None
    )


def _answer(row: Row) -> Shown:
    who = named({"name": row.get("asking_name"), "url": row.get("asking_url")})
    question, answer = text(row.get("question")), text(row.get("answer"))
    asked = f'<blockquote class="ask"><p>{who} asked:</p>\n{question}</blockquote>' if question else ""
    return Shown(_joined(asked, answer))


def _player(row: Row) -> str:
    """Give the player: the largest of several."""
    held = row.get("player")
    if isinstance(held, list):
        sized = [one for one in held if isinstance(one, dict) and text(one.get("embed_code"))]
        return text(max(sized, key=_width)["embed_code"]) if sized else ""
    return text(held)


def _width(player: Row) -> int:
    width = player.get("width")
    return width if isinstance(width, int) else 0


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _linked(url: object, inner: str) -> str:
    return f'<a href="{escaped(url)}">{inner}</a>' if text(url) and inner else inner


_TYPES: dict[str, Callable[[Row], Shown]] = {
    "text": _text,
    "photo": _photo,
    "quote": _quote,
    "link": _link,
    "chat": _chat,
    "audio": _audio,
    "video": _video,
    "answer": _answer,
}
_SHOWN: dict[str, frozenset[str]] = {
    "text": frozenset({"body", "title"}),
    "photo": frozenset({"caption"}),
    "quote": frozenset({"text", "source"}),
    "link": frozenset({"url", "title", "excerpt", "description"}),
    "chat": frozenset({"title"}),
    "audio": frozenset({"caption"}),
    "video": frozenset({"caption"}),
    "answer": frozenset({"question", "answer"}),
}
