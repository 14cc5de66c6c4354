"""The words of a piece of HTML: for titles made from bodies, for terminals, for looking."""

from __future__ import annotations

import html as entities
import re

from feedkeep.content.tags import NAMES, tokens, words
from feedkeep.patterns import pattern

# Elements that end a paragraph, and those that only end a line (HTML, section 15.3, "display: block").
_PARAGRAPHS = words(
    "address article aside blockquote body details dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr "
    "html main menu nav ol p pre section table ul"
)
_LINES = words("caption center dd div dt figcaption legend li option summary tbody tfoot thead tr")
_SILENT = words("script style template noscript iframe svg head title textarea select")
_MARKUP = pattern(r"</?([a-z][a-z0-9]*)(?=[\s/>])[^<>]*>|<!--|&(?:#\d+|#x[0-9a-f]+|[a-z][a-z0-9]*);", re.IGNORECASE)
_EDGE = "\x11"  # where a line ends or begins, however often that is said
_BREAKS = pattern(r"[\n\x11][ \n\x11]*")
_PRESERVED = str.maketrans({"\n": "\x0e", " ": "\x0f", "\t": "\x0f\x0f\x0f\x0f"})
_RESTORED = str.maketrans({"\x0e": "\n", "\x0f": " "})
_RESERVED = pattern(r"[\x00\x0e\x0f\x11-\x14]")
_APART = {0x11: " ", 0x12: " ", 0x13: " ", 0x14: None}
_MARKS = dict.fromkeys(_PARAGRAPHS, "\x12") | dict.fromkeys(_LINES, _EDGE) | {"br": "\x13", "td": " ", "th": " "}
# A tag as nearly everybody writes it; what holds others, or text that is not shown, takes the longer way.
_TAG = pattern(r"""</?([a-zA-Z][a-zA-Z0-9]*+)(?=[\s/>])(?:[^<>"']|"[^"<>]*"|'[^'<>]*')*+>""")
_HARD = pattern(r"<(?:!|\?|pre\b|" + "|".join(sorted(_SILENT)) + ")", re.IGNORECASE)


def plain(html: str) -> str:
    """Give the words of ``html``: entities decoded, blocks as paragraphs, no scripts, styles or comments.

    Paragraphs are a blank line apart, lines of lists, tables and ``<br>`` one line break; other white space is
    folded as a browser would, but within ``<pre>`` kept.
    """
    if "<" not in html and "&" not in html:
        return one_spaced(html).strip(" ")
    html = _RESERVED.sub("", html)
    marked = _marked(html)
    if marked is None:
        return _walked(html)
    said = one_spaced(entities.unescape(marked))
    return _folded(said.replace("\x12", "\n\n").replace("\x13", "\n").replace("\x14", ""))


def in_one_line(html: str) -> str:
    """Give the words of ``html`` as :func:`plain` does, with one space between them."""
    if "<" not in html and "&" not in html:
        return " ".join(html.split())
    html = _RESERVED.sub("", html)
    marked = _marked(html)
    said = _walked(html) if marked is None else entities.unescape(marked).translate(_APART)
    return " ".join(said.split())


def _marked(html: str) -> str | None:
    """Put marks in the place of tags; None where that takes a walk."""
    if _HARD.search(html):
        return None
    marked = _TAG.sub(lambda tag: _MARKS.get(tag[1].lower(), "\x14"), html)
    return marked if "<" not in marked else None


def _walked(html: str) -> str:
    pieces: list[str] = []
    silent: str | None = None
    within_pre = 0
    for token in tokens(html, attributes=False):
        if silent is not None:
            if token.closes and token.name == silent:
                silent = None
            continue
        if token.name is None:
            said = entities.unescape(token.text)
            pieces.append(said.translate(_PRESERVED) if within_pre else one_spaced(said))
            continue
        if token.name in _SILENT and not token.closes:
            silent = token.name
            continue
        if token.name == "pre":
            within_pre = max(0, within_pre + (-1 if token.closes else 1))
        if token.name in _PARAGRAPHS:
            pieces.append("\n\n")
        elif token.name == "br":
            pieces.append("\n")
        elif token.name in _LINES:
            pieces.append(_EDGE)
        elif token.name in {"td", "th"}:
            pieces.append(" ")
    return _folded("".join(pieces))


def _folded(text: str) -> str:
    text = _single(text).replace(" \n", "\n").replace(" \x11", "\x11")
    text = _BREAKS.sub(lambda found: "\n\n" if found[0].count("\n") > 1 else "\n", text)
    if "\x0f" in text or "\x0e" in text:
        text = text.translate(_RESTORED)
    return text.strip(" \n")


def one_spaced(text: str) -> str:
    """Fold white space as a browser does: each run of it becomes one space. No expression is as quick."""
    for mark in "\t\n\r\f":
        if mark in text:
            text = text.replace(mark, " ")
    return _single(text)


def _single(text: str) -> str:
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def is_markup(text: str) -> bool:
    """Tell whether ``text`` holds HTML: a tag that HTML knows, a comment, or a character reference."""
    for found in _MARKUP.finditer(text):
        name = found[1]
        if name is not None:
            if name.lower() in NAMES:
                return True
        elif found[0] == "<!--" or entities.unescape(found[0]) != found[0]:
            return True
    return False


def excerpt(html: str, length: int) -> str:
    """Give the beginning of the words of ``html`` on one line, at most ``length`` characters, cut at a word."""
    line = in_one_line(html)
    if len(line) <= length:
        return line
    cut = line[:length]
    at = cut.rfind(" ")
    return (cut[:at] if at > length // 2 else cut[:-1]).rstrip(" ,;:–—-") + "…"
