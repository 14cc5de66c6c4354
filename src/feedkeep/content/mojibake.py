"""Text that was decoded wrongly once: where it is, what it was, how sure that is.

``find`` only looks; nothing in the archive is ever changed by it. ``repair`` mends what is more likely damage than
not. Four kinds are known, each with a confidence that says how often such characters would be right as they are:

* Sequences that are UTF-8 read as a one-byte encoding, once or several times ("â€™", "Ã©", "ÃƒÂ©", "вЂ™"). What is
  one, ftfy's statistics decide. 0.99 for sequences of three and more bytes, which no language writes, 0.95 for two
  bytes; 0.7 where a plain space has to stand for a lost no-break space; 0.3 where what comes out is a letter that
  hardly anybody writes, and where a capital of an all-capital word before a quotation mark would make the
  same two characters ("MAÇÃ”").
* "â€" that lost the last of its three bytes, which Windows-1252 has no character for: a closing quotation mark. 0.8.
* Control characters U+0080–U+009F, which are printable in Windows-1252. 0.95; 0.5 for U+0085, a line end in some systems.
* A Cyrillic Er amid Latin text that was a dash once: :mod:`feedkeep.content.mac_dashes`.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import category, name

import msgspec

from feedkeep.content import mac_dashes
from feedkeep.content.tags import tokens, words
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from ftfy import TextFixerConfig

LIKELY = 0.5  # from this confidence on, damage is mended
# A glance that spares most texts the search: damage has two characters beyond ASCII in a row, or is one of these.
_SUSPECT = pattern("[^\x00-\x7f]{2}|Ã |[\x80-\x9f\u0420\u0460]")
_WORD = pattern(r"[^ \t\r\n\f\v\0]*[^\x00-\x7f][^ \t\r\n\f\v\0]*(?:(?<=Ã) [^ \t\r\n\f\v\0]+)?")
_RUN = pattern(r"([^\x00-\x7f]+(?: (?=[^\x00-\x7f]))?)+")
_QUOTE = pattern(r"â€(?![\x80-\xbf\u0152-\u0178\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122])")
_C1 = pattern(r"[\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]")
_ALL_C1 = pattern(r"[\x80-\x9f]*")
_SCRIPTS = words(
    "GREEK CYRILLIC ARMENIAN HEBREW ARABIC DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM "
    "SINHALA THAI LAO MYANMAR GEORGIAN ETHIOPIC KHMER CJK HIRAGANA KATAKANA HANGUL IDEOGRAPHIC FULLWIDTH FEMININE "
    "MASCULINE MICRO KATAKANA-HIRAGANA COMBINING VARIATION"
)
_COMMON_LATIN = pattern("[A-Za-z\u00aa-\u017f\u0218-\u021b\u1e00-\u1eff\ufb00-\ufb06]")


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of text that was decoded wrongly; ``text[start:end] == found``."""

    start: int
    end: int
    found: str
    repaired: str
    confidence: float  # from 0 to 1, see the module
    why: str  # what happened to it, in a line


def find(text: str, *, markup: bool = False) -> tuple[Damage, ...]:
    """Find damage, in its order, none overlapping; with ``markup``, only between the tags of HTML."""
    if text.isascii() or not _SUSPECT.search(text):
        return ()
    looked_at = _without_tags(text) if markup else text
    found = sorted(_decoded_wrongly(looked_at), key=lambda damage: damage.start)
    for finder in (_lost_quotes, _controls, _dashes):
        taken = [(damage.start, damage.end) for damage in found]
        found += [damage for damage in finder(looked_at) if not _overlaps(damage, taken)]
        found.sort(key=lambda damage: damage.start)
    return tuple(found)


def repair(text: str, *, markup: bool = False, least: float = LIKELY) -> str:
    """Mend the damage whose confidence is ``least`` or more; everything else stays as it is."""
    pieces: list[str] = []
    at = 0
    for damage in find(text, markup=markup):
        if damage.confidence >= least:
            pieces += (text[at : damage.start], damage.repaired)
            at = damage.end
    if not pieces:
        return text
    pieces.append(text[at:])
    return "".join(pieces)


def _without_tags(text: str) -> str:
    """Blank tags and comments out, so that places stay places and addresses stay out of it."""
    return "".join(
        token.text if token.name is None else "\0" * len(token.text)
        for token in tokens(text.replace("\0", " "), attributes=False)
    )


def _overlaps(damage: Damage, taken: list[tuple[int, int]]) -> bool:
    at = bisect_left(taken, (damage.end, 0))
    return at > 0 and taken[at - 1][1] > damage.start


def _decoded_wrongly(text: str) -> Iterator[Damage]:
    from ftfy.badness import is_bad  # noqa: PLC0415 — loads tables that most runs never need

    if not is_bad(text):
        return
    for word in _WORD.finditer(text):
        written = word[0]
        if not is_bad(written):
            continue
        whole = _encoded_again(written)
        if whole == written or "\ufffd" in whole:
            continue
        runs = [(run.start(), run[0], _encoded_again(run[0])) for run in _RUN.finditer(written)]
        if _RUN.sub(lambda run: _encoded_again(run[0]), written) != whole:
            runs = [(0, written, whole)]
        for at, damaged, mended in runs:
            start, before, after = _trimmed(damaged, mended, at)
            if before != after and not (len(before) == len(after) and _ALL_C1.fullmatch(before)):
                yield Damage(
                    start=word.start() + start,
                    end=word.start() + start + len(before),
                    found=before,
                    repaired=after,
                    confidence=_certainty(written, start, before, after),
                    why="UTF-8 read as a one-byte encoding",
                )


def _certainty(word: str, start: int, found: str, repaired: str) -> float:
    if not all(map(_is_written, repaired)):
        return 0.3
    if " " in found or len(found) == 1:
        return 0.7
    if len(found) > 2:
        return 0.99
    return 0.3 if start and word[:start].isupper() and not found[-1].isalpha() else 0.95


def _is_written(letter: str) -> bool:
    """Tell whether people write it, and not only phoneticians and the scholars of small scripts."""
    if category(letter)[0] not in "LM":
        return True
    if name(letter, "").startswith("LATIN"):
        return bool(_COMMON_LATIN.match(letter))
    return name(letter, "").split(" ")[0] in _SCRIPTS


def _trimmed(before: str, after: str, at: int) -> tuple[int, str, str]:
    """Leave out what two texts begin and end with alike."""
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    return at + head, before[head : len(before) - tail], after[head : len(after) - tail]


def _encoded_again(text: str) -> str:
    # The same few words are damaged all over a text, and what is in the cache must not be large.
    return _decoded(text) if len(text) <= 32 else _decoded.__wrapped__(text)


@lru_cache(maxsize=1024)
def _decoded(text: str) -> str:
    import ftfy  # noqa: PLC0415

    return ftfy.fix_encoding(text, _only_encoding())


@lru_cache(maxsize=1)
def _only_encoding() -> TextFixerConfig:
    """Of all that ftfy can do, only this: quotation marks, ligatures and widths are the author's."""
    from ftfy import TextFixerConfig  # noqa: PLC0415

    return TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=True,
        restore_byte_a0=True,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )


def _lost_quotes(text: str) -> Iterator[Damage]:
    for found in _QUOTE.finditer(text):
        yield _damage(found, "”", 0.8, "UTF-8 read as Windows-1252, which lost its last byte")


def _controls(text: str) -> Iterator[Damage]:
    for found in _C1.finditer(text):
        meant = found[0].encode("latin-1").decode("cp1252")
        confidence = 0.5 if found[0] == "\x85" else 0.95
        yield _damage(found, meant, confidence, "Windows-1252 read as ISO 8859-1")


def _dashes(text: str) -> Iterator[Damage]:
    for at, dash, confidence in mac_dashes.find(text):
        why = "a Mac Roman dash and a Latin-1 no-break space read as UTF-8"
        yield Damage(start=at, end=at + 1, found=text[at], repaired=dash, confidence=confidence, why=why)


def _damage(found: re.Match[str], repaired: str, confidence: float, why: str) -> Damage:
    return Damage(
        start=found.start(), end=found.end(), found=found[0], repaired=repaired, confidence=confidence, why=why
    )
