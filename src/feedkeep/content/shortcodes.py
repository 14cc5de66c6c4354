"""WordPress's own shortcodes as HTML: caption, embed, audio, video, gallery, playlist.

A gallery and a playlist name the ids of attachments that a post's text says nothing more about: what is left of
them is a line that says what was there. Shortcodes of plugins and themes are kept as they are.
"""

from __future__ import annotations

import html as entities
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from feedkeep.content.tags import tokens, words
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable

_OPEN = pattern(r"\[(\[?)(caption|wp_caption|gallery|embed|audio|video|playlist)(?![\w-])([^\[\]]*)\](\]?)")
_ATTRIBUTE = pattern(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|"([^"]*)"|'([^']*)'|(\S+)""")
_PICTURE = pattern(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)", re.IGNORECASE)
_ENDS_A_LINE = pattern(r"https?://[^\s<>\"'\[\]]++[ \t]*+(?![^\n])")  # a glance that spares most texts the search
_ALONE = pattern(r"(?<![^\n])[ \t]*(https?://[^\s<>\"'\[\]]+)[ \t]*+(?![^\n])")
_AUDIO = ("src", "mp3", "m4a", "ogg", "oga", "opus", "wav", "flac", "wma")
_VIDEO = ("src", "mp4", "m4v", "webm", "ogv", "mov", "flv", "wmv")
_QUOTED = words("a code pre script style textarea")  # where an address is shown as it is
_YOUTUBE = pattern(r"[\w-]{6,20}")
_LISTS = frozenset({"gallery", "playlist"})
_ANY = pattern(
    r"""(?<!\w)\[(\[?)([a-zA-Z][\w-]{1,40})(\s+[\w-]+\s*=\s*(?:"[^"\]]*"|'[^'\]]*'|[^\s\]]+)[^\]]*)?\s*/?\](?!\()"""
)
_CLOSE = pattern(r"\[/([a-zA-Z][\w-]{1,40})\]")
_MARKUP = pattern(r"</?p\b[^>]*>|<!--[^>]*-->")
_ENCLOSING = frozenset({"caption", "wp_caption", "embed", "audio", "video", "playlist"})


def expanded(text: str) -> str:
    """Give ``text`` with the shortcodes of WordPress itself as HTML; ``[[caption]]`` is an escaped ``[caption]``."""
    if "[" not in text:
        return text
    pieces: list[str] = []
    unclosed: set[str] = set()  # names with no end tag from here on: not looked for again
    at = 0
    while (found := _OPEN.search(text, at)) is not None:
        pieces.append(text[at : found.start()])
        escaped, name, rest, bracket = found.groups()
        end, inner = found.end(4) - len(bracket), ""
        if escaped and bracket:
            pieces.append(text[found.start() + 1 : end])
            at = end + 1
            continue
        if name in _ENCLOSING and name not in unclosed and not rest.rstrip().endswith("/"):
            closing = text.find(f"[/{name}]", end)
            if closing >= 0:
                inner = text[end:closing]
                end = closing + len(name) + 3
            else:
                unclosed.add(name)
        if escaped and text.startswith("]", end):
            pieces.append(text[found.start() + 1 : end])
            at = end + 1
            continue
        pieces.append(escaped + _MAKERS[name](_attributes(rest), inner, text[found.start(2) - 1 : end]))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)


def unfolded(text: str, shown: Callable[[str, dict[str, str]], str | None]) -> str:
    """Give ``text`` with its galleries and playlists as ``shown`` writes them, which None leaves as they are."""

    def replaced(found: re.Match[str]) -> str:
        escaped, name, rest, bracket = found.groups()
        if name not in _LISTS or (escaped and bracket):
            return found[0]
        html = shown(name, _attributes(rest))
        return found[0] if html is None else escaped + html + bracket

    return _OPEN.sub(replaced, text)


def numbers(values: dict[str, str]) -> list[str]:
    """Give the numbers of the files that a gallery or playlist names."""
    return [str(int(one)) for one in re.findall(r"[0-9]{1,18}", values.get("ids", "") or values.get("include", ""))]


def foreign(text: str) -> tuple[str, ...]:
    """Name the shortcodes that are not WordPress's own, each once, in their order.

    Brackets are also punctuation: a shortcode has attributes, an end tag, or a line of its own.
    """
    if "[" not in text:
        return ()
    ended = set(_CLOSE.findall(text))
    found: dict[str, None] = {}
    for one in _ANY.finditer(text):
        name = one[2]
        if name not in _MAKERS and not one[1] and (one[3] or name in ended or _is_alone(text, one)):
            found[name] = None
    return tuple(found)


def _is_alone(text: str, found: re.Match[str]) -> bool:
    before, after = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.end())
    line = text[before : found.start()] + text[found.end() : len(text) if after < 0 else after]
    return not _MARKUP.sub("", line).strip()


def embedded(html: str) -> str:
    """Turn an address that is alone on its line into what it shows, or a link."""
    if "http" not in html or not _ENDS_A_LINE.search(html) or not _ALONE.search(html):
        return html
    pieces: list[str] = []
    within = 0
    for token in tokens(html, attributes=False):
        if token.name in _QUOTED:
            within = max(0, within + (-1 if token.closes else 1))
        if token.name is not None or within:
            pieces.append(token.text)
            continue
        at = token.start
        for found in _ALONE.finditer(html, token.start, token.end):
            pieces += (html[at : found.start()], player(found[1]))
            at = found.end()
        pieces.append(html[at : token.end])
    return "".join(pieces)


def player(url: str) -> str:
    """Show a video where the address tells how, else link to it."""
    address = entities.unescape(url.strip())
    frame = _frame(address)
    shown = entities.escape(address)
    if frame is None:
        return f'<p><a href="{shown}">{shown}</a></p>'
    return f'<figure class="wp-embed"><iframe src="{entities.escape(frame)}" allowfullscreen></iframe></figure>'


def _frame(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.lower().removeprefix("www.").removeprefix("m.")
    path = parts.path.strip("/").split("/")
    if host == "youtu.be":
        video = path[0]
    elif host == "youtube.com" and path[0] in {"embed", "shorts", "live", "v"} and len(path) > 1:
        video = path[1]
    elif host == "youtube.com" and path == ["watch"]:
        video = parse_qs(parts.query).get("v", [""])[0]
    elif host == "vimeo.com" and path[0].isdecimal():
        return f"https://player.vimeo.com/video/{path[0]}"
    else:
        return None
    return f"https://www.youtube.com/embed/{video}" if _YOUTUBE.fullmatch(video) else None


def _attributes(rest: str) -> dict[str, str]:
    """Read ``a="b"``, ``a='b'``, ``a=b``; values without a name are numbered from "0"."""
    values: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(rest.replace("\u00a0", " ")):
        name, double, single, bare, *alone = found.groups()
        if name is not None:
            values[name.lower()] = double or single or bare or ""
        else:
            values[str(len(values))] = next((value for value in alone if value is not None), "")
    return values


def _caption(values: dict[str, str], inner: str, written: str) -> str:
    picture = _PICTURE.match(inner)
    said = values.get("caption", "")
    shown = inner
    if picture is not None and not said:
        shown, said = picture[1], inner[picture.end() :].strip()
    if not shown.strip():
        return written
    if not said:
        return shown
    classes = " ".join(["wp-caption", *values.get("align", "").split(), *values.get("class", "").split()])
    anchor = f' id="{entities.escape(values["id"])}"' if values.get("id") else ""
    return (
        f'<figure{anchor} class="{entities.escape(classes)}">{shown.strip()}'
        f'<figcaption class="wp-caption-text">{said}</figcaption></figure>'
    )


def _embed(values: dict[str, str], inner: str, written: str) -> str:
    url = inner.strip() or values.get("src", "") or values.get("0", "")
    return player(url) if re.match(r"https?://\S+$", url) else written


def _audio(values: dict[str, str], inner: str, written: str) -> str:
    return _media("audio", _AUDIO, values, inner, written)


def _video(values: dict[str, str], inner: str, written: str) -> str:
    return _media("video", _VIDEO, values, inner, written)


def _media(tag: str, kinds: tuple[str, ...], values: dict[str, str], inner: str, written: str) -> str:
    urls = [values[kind] for kind in kinds if values.get(kind)]
    urls += [value for name, value in values.items() if name.isdecimal() and "://" in value]
    if not urls:
        return written
    told = "".join(
        f' {name}="{entities.escape(values[name])}"' for name in _TOLD if tag == "video" and values.get(name)
    )
    told += " loop" if values.get("loop") in {"on", "1", "true"} else ""
    sources = "".join(f'<source src="{entities.escape(url)}">' for url in urls)
    fallback = inner.strip() or f'<a href="{entities.escape(urls[0])}">{entities.escape(urls[0])}</a>'
    return f'<figure class="wp-{tag}"><{tag} controls{told}>{sources}{fallback}</{tag}></figure>'


_TOLD = ("poster", "width", "height")


def _gallery(values: dict[str, str], _inner: str, _written: str) -> str:
    return _listed("gallery", "image", values)


def _playlist(values: dict[str, str], _inner: str, _written: str) -> str:
    return _listed("playlist", "video" if values.get("type") == "video" else "track", values)


def _listed(name: str, kind: str, values: dict[str, str]) -> str:
    ids = numbers(values)
    what = f"{len(ids)} {kind}{'s' if len(ids) > 1 else ''}" if ids else f"the post’s {kind}s"
    return f'<p class="wp-{name}">[{name} of {what}]</p>'


_MAKERS: dict[str, Callable[[dict[str, str], str, str], str]] = {
    "caption": _caption,
    "wp_caption": _caption,
    "gallery": _gallery,
    "embed": _embed,
    "audio": _audio,
    "video": _video,
    "playlist": _playlist,
}
