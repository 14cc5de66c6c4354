"""HTML that is safe to show: what blogs need stays, what can run, submit or disguise itself goes.

Most bodies need nothing done, and one regular expression tells which: where every tag and attribute is one that may
stay, written plainly, with a harmless value, and all is properly nested, the text is given back byte by byte. All
else goes through nh3, which parses it as a browser does and writes it anew.
"""

from __future__ import annotations

import html as entities
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from feedkeep.content.tags import VOID, Token, shallow, tokens, words
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import nh3

_ANYWHERE = words("class dir id lang title")
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": words("href hreflang name rel type"),
    "audio": words("controls loop preload src"),
    "blockquote": words("cite"),
    "col": words("span"),
    "colgroup": words("span"),
    "data": words("value"),
    "del": words("cite datetime"),
    "details": words("open"),
    "iframe": words("allowfullscreen height loading src width"),
    "img": words("alt decoding height loading sizes src srcset width"),
    "ins": words("cite datetime"),
    "li": words("value"),
    "ol": words("reversed start type"),
    "q": words("cite"),
    "source": words("height media sizes src srcset type width"),
    "td": words("align colspan headers rowspan valign"),
    "th": words("abbr align colspan headers rowspan scope valign"),
    "time": words("datetime"),
    "track": words("default kind label src srclang"),
    "video": words("controls height loop muted playsinline poster preload src width"),
}
_TAGS = frozenset(_ATTRIBUTES) | words(
    "abbr acronym address article aside b bdi bdo big br caption center cite code dd dfn div dl dt em figcaption "
    "figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i kbd main mark nav p picture pre rp rt ruby s samp section small span "
    "strike strong sub summary sup table tbody tfoot thead tr tt u ul var wbr"
)
_SILENCED = words("script style template title head noembed noframes xmp plaintext")  # their text goes too
_SCHEMES = words("http https mailto tel")
_ADDRESSES = words("cite href poster src")
_HOSTS = (  # players that a post may embed
    "www.youtube.com",
    "youtube.com",
    "www.youtube-nocookie.com",
    "player.vimeo.com",
    "w.soundcloud.com",
    "open.spotify.com",
    "bandcamp.com",
)
_PLAYER = pattern(rf"(?:https?:)?//(?:{'|'.join(map(re.escape, _HOSTS))})/\S*")
_HARMLESS = pattern(r"\s*(?:https?://|mailto:|tel:|[/#?.]|$)", re.IGNORECASE)
_INLINE_IMAGE = pattern(r"data:image/(?:png|jpeg|gif|webp|avif|bmp|x-icon);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_SCHEME = pattern(r"[\s\x00-\x20]*([a-z][a-z0-9+.\s\x00-\x20-]*):", re.IGNORECASE)
_SURROGATE = pattern("[\ud800-\udfff]")
_SWALLOWED = pattern(r'(<pre(?: [a-z]+="[^"]*")*>)\n')
_FRAME = pattern(r'(<iframe(?: [a-z]+="[^"]*")*>)[^<]*(?:<(?!/iframe>)[^<]*)*</iframe>')
_REWRITTEN = pattern(r"<(?:iframe|noscript|math)", re.IGNORECASE)
# MathML is a way into other languages, and nh3 takes the words out with the tags: a formula is shown as its words.
_FORMULA = words(
    "math mfrac mi mn mo mover mpadded mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr "
    "munder munderover menclose mfenced semantics"
)
_LOOKED_AT = ("<iframe", "data:", "srcset", "cite", "poster")  # only then nh3 has to ask us about attributes
_NAME = pattern(r"<(/?)([a-z][a-z0-9]*)")
_DEPTH = 200
_PASSES = 6  # of nh3 until it changes nothing more; three are the most ever seen


def _plain_pattern() -> re.Pattern[str]:
    flags = words("allowfullscreen controls default loop muted open playsinline reversed")
    told = (_ANYWHERE.union(*_ATTRIBUTES.values()) - _ADDRESSES - flags - {"srcset", "name"}) | {"sizes"}
    address = r"(?:https?://|mailto:|tel:|[/#])[^\"<]*|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*"
    attributes = (
        rf' (?:{"|".join(sorted(told))})="[^"<]*"'
        rf'| (?:{"|".join(sorted(flags))})(?:="")?'
        rf'| (?:{"|".join(sorted(_ADDRESSES))})="(?:{address})"'
        r'| srcset="(?![^"]*(?:&(?!amp;)|(?<!http)(?<!https):))[^"<]*"'
    )
    frame = r' (?:width|height|loading)="[^"<]*"| allowfullscreen(?:="")?'
    players = "|".join(map(re.escape, _HOSTS))
    return pattern(
        rf"(?:[^<]++|</?(?:{'|'.join(sorted(_TAGS - {'iframe'}))})(?=[ >/])(?:{attributes})*+ ?/?>"
        rf'|<iframe(?:{frame})*+ src="https://(?:{players})/[^"<\s]*"(?:{frame})*+></iframe>)*+'
    )


_PLAIN = _plain_pattern()


def sanitise(html: str) -> str:
    """Give ``html`` without scripts, styles, forms, event handlers and addresses of any but harmless schemes.

    Frames stay where they show a player of a known host, else they become links. Done twice it changes nothing more.
    """
    if "<" not in html or _is_clean(html):
        return html
    cleaned = _SURROGATE.sub("\ufffd", html)
    for _ in range(_PASSES):
        before = cleaned
        if _REWRITTEN.search(cleaned):
            cleaned = _readable(cleaned)
        folded = cleaned.lower()
        cleaner = _asking() if any(mark in folded for mark in _LOOKED_AT) else _quick()
        # A parser drops the first line break in <pre>, so one that is meant is written twice.
        cleaned = _FRAME.sub(_emptied, _SWALLOWED.sub(r"\1\n\n", cleaner.clean(shallow(cleaned))))
        if cleaned == before or "<" not in cleaned or _is_clean(cleaned):
            return cleaned
    return entities.escape(before, quote=False)


def is_harmless(url: str) -> bool:
    """Tell whether an address may stand in a link: no scheme, or one that only leads somewhere."""
    if url.startswith(("https://", "http://")) or _HARMLESS.match(url):
        return True
    scheme = _SCHEME.match(url)
    return scheme is None or scheme[1].lower() in _SCHEMES


def _is_clean(html: str) -> bool:
    """Tell whether nothing needs to be done: known tags, plainly written and properly nested."""
    if not _PLAIN.fullmatch(html):
        return False
    open_: list[str] = []
    for closes, name in _NAME.findall(html):
        if closes:
            if not open_ or open_.pop() != name:
                return False
        elif name not in VOID:
            open_.append(name)
            if len(open_) > _DEPTH:
                return False
    return not open_


def _checked(tag: str, attribute: str, value: str) -> str | None:
    """Decide on one attribute: its value, or None to leave it out. nh3 asks this too."""
    if attribute == "srcset":
        parts = value.split(",")
        return value if all(is_harmless(part) for part in parts) else None
    if attribute not in _ADDRESSES:
        return value
    if tag == "iframe":
        return value if _PLAYER.fullmatch(value) else None
    if tag == "img" and _INLINE_IMAGE.fullmatch(value):
        return value
    return value if is_harmless(value) else None


@lru_cache(maxsize=1)
def _asking() -> nh3.Cleaner:
    return _cleaner(_checked, _SCHEMES | {"data"})  # data: is narrowed to pictures by the filter


@lru_cache(maxsize=1)
def _quick() -> nh3.Cleaner:
    return _cleaner(None, _SCHEMES)


def _cleaner(ask: Callable[[str, str, str], str | None] | None, schemes: frozenset[str]) -> nh3.Cleaner:
    import nh3  # noqa: PLC0415 — most bodies need nothing done

    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_SILENCED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()} | {"*": set(_ANYWHERE)},
        attribute_filter=ask,
        url_schemes=set(schemes),
        link_rel=None,
        strip_comments=True,
    )


def _readable(html: str) -> str:
    """Turn frames that may not stay into links, and show what stands in for a script: a reader can follow both."""
    pieces: list[str] = []
    within = False  # a frame, whose own text is for browsers that know none
    for token in tokens(html):
        if token.name == "iframe":
            within = not token.closes
            if not token.closes:
                pieces.append(_frame(token))
        elif token.name is None and within:
            within = False
        elif token.name != "noscript" and token.name not in _FORMULA:
            pieces.append(token.text)
    return "".join(pieces)


def _emptied(frame: re.Match[str]) -> str:
    """Take out what stands between the tags of a frame, which no browser shows, and a frame without an address."""
    return f"{frame[1]}</iframe>" if ' src="' in frame[1] else ""


def _frame(token: Token) -> str:
    source = next((one.value.strip() for one in token.attributes if one.name == "src"), "")
    if _PLAYER.fullmatch(source):
        return token.text.removesuffix("/>") + ("></iframe>" if token.text.endswith("/>") else "</iframe>")
    shown = entities.escape(source)
    return f'<a href="{shown}">{shown}</a>' if re.match(r"(?:https?:)?//", source) else ""
