"""What texts in feeds say: a title with markup or without, a body that is cut, a count, a duration."""

from __future__ import annotations

import html
import re

from feedkeep.patterns import pattern

_TAG = pattern(r"<[^>]*>")
_MARKUP = pattern(r"<[a-zA-Z/!][^>]*>")
_REFERENCE = pattern(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_DOTS = r"(?:…|\.\.\.|&hellip;|&\#8230;|&\#x2026;)"
_ENDED = r"\s*+(?:</?\w+>\s*+)*+$"
_CUT_BRACKET = pattern(rf"\[\s*{_DOTS}\s*\]{_ENDED}", re.IGNORECASE)
_CUT_LINK = pattern(
    rf"(?:{_DOTS}\s*+(?:</?p>\s*+|&nbsp;|\xa0)*+<a\b[^>]*>[^<]*</a>"
    rf"|<a\b[^>]*>\s*(?:read|continue|more|weiter|mehr|lire)\b[^<]*</a>){_ENDED}",
    re.IGNORECASE,
)


def plain_title(text: str, *, html_is_certain: bool = False) -> tuple[str | None, str | None]:
    """Give a title as plain text, and the markup that it had, if any.

    Where it is not certain that the title is HTML, one with references alone is kept as it was written, too.
    """
    text = " ".join(text.split()) if "\n" in text else text.strip()
    if "<" not in text and "&" not in text:
        return text or None, None
    tagged = _MARKUP.search(text) is not None
    if not tagged and not _REFERENCE.search(text):
        return text, None
    bare = " ".join(html.unescape(_TAG.sub("", text) if tagged else text).split())
    return bare or None, text if tagged or not html_is_certain else None


def is_cut(markup: str) -> bool:
    """Tell whether a body ends as excerpts do: […], or an ellipsis and a link, or a link to read more."""
    end = markup[-400:]
    bracket = end.rfind("[", -60)
    if bracket >= 0 and _CUT_BRACKET.match(end, bracket):
        return True
    link = end.rfind("<a")
    return link >= 0 and _CUT_LINK.search(end, max(0, link - 30)) is not None


def whole(text: str | None) -> int | None:
    """Read a count; None for what is none."""
    if text is None:
        return None
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def seconds(text: str | None) -> float | None:
    """Read a duration as itunes:duration has it: seconds, mm:ss or hh:mm:ss."""
    parts = (text or "").strip().split(":")
    if not 1 <= len(parts) <= 3 or not all(re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", part) for part in parts):
        return None
    total = 0.0
    for part in parts:
        total = total * 60 + float(part)
    return total
