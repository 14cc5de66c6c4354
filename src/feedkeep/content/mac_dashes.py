"""Dashes that became a Cyrillic letter, and how sure that is.

The bytes D0 A0, a Mac Roman en dash and a Latin-1 no-break space, read as UTF-8 are the letter Er (U+0420); D1 A0, an
em dash, is U+0460. An Er amid Latin text has confidence 0.9 where the letters after it cannot follow a P; 0.7 within a
word; 0.6 alone between spaces; 0.45 where a P in Cyrillic disguise would make a word ("Рaul"); 0.3 before a digit,
where it may be a rouble sign. One that is sure speaks for the others in the same text (0.35 more), one close by for
its neighbour (0.05 more). Half of it where there is other Cyrillic in the text, a tenth where that is near.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from feedkeep.patterns import pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_REPORTED = 0.2  # below this it is no finding
_NEAR = 200  # characters within which other Cyrillic speaks against damage
_SENTENCES = 600  # characters within which a second dash speaks for it
_DASH = pattern("[\u0420\u0460]")
_CYRILLIC = pattern("[\u0400-\u052f]")
_LATIN = pattern("[A-Za-z\u00c0-\u024f]")
# What begins a word after a P, in languages of Latin script.
_AFTER_P = frozenset("aeiouyhlrsntáàâäéèêëíìîïóòôöúùûü")


def find(text: str) -> Iterator[tuple[int, str, float]]:
    """Yield (place, the dash that was meant with the space after it, confidence), in order."""
    if not _DASH.search(text):
        return
    dashes: list[tuple[re.Match[str], float]] = []
    others: list[int] = []
    for letter in _CYRILLIC.finditer(text):
        confidence = _stands_for_dash(text, letter.start()) if _DASH.match(letter[0]) else 0.0
        if confidence:
            dashes.append((letter, confidence))
        else:
            others.append(letter.start())
    certain = any(confidence >= 0.9 for _, confidence in dashes)
    for number, (letter, confidence) in enumerate(dashes):
        at = letter.start()
        beside = [dashes[i][0].start() for i in (number - 1, number + 1) if 0 <= i < len(dashes)]
        sure = confidence + (0.05 if any(abs(at - other) <= _SENTENCES for other in beside) else 0)
        if certain and confidence < 0.9:
            sure += 0.35
        if others:
            next_ = bisect_left(others, at)
            near = any(abs(at - other) <= _NEAR for other in others[max(0, next_ - 1) : next_ + 1])
            sure *= 0.1 if near else 0.5
        if sure >= _REPORTED:
            dash = "–" if letter[0] == "\u0420" else "—"
            meant = dash if text.startswith(" ", letter.end()) else dash + " "
            yield at, meant, round(min(sure, 0.99), 2)


def _stands_for_dash(text: str, at: int) -> float:
    """Judge one letter by its neighbours alone; 0 where it is a letter."""
    before, after = text[at - 1] if at else "\n", text[at + 1 : at + 2]
    latin_before, latin_after = bool(_LATIN.match(before)), bool(_LATIN.match(after))
    if before in " \u00a0" and after == " ":
        if not _LATIN.match(text[at + 2 : at + 3]):
            return 0.0
        return 0.6 if _LATIN.match(text[max(0, at - 2) : at - 1]) else 0.3
    if latin_before:
        return 0.7 if latin_after and before.islower() and after.islower() else 0.0
    if not (before.isspace() or before in "”’\"').,!?…»\0"):
        return 0.0
    if after.isdigit():
        return 0.3
    if latin_after:
        if text[at + 1 : at + 3].isupper():
            return 0.1
        return 0.45 if after in _AFTER_P else 0.9
    return 0.9 if after and after in "“‘\"'«(\0" else 0.0
