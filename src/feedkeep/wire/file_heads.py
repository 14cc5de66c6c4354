"""What kind of picture, sound or film a file is, told by its first bytes alone, and whether they make sense."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["picture", "sound", "film"]
HEAD = 1 << 18  # bytes that are enough: what cameras write before a picture's size fills some segments of 64 KiB


class Known(NamedTuple):
    """What a file is."""

    type: str  # media type
    suffix: str
    kind: Kind


def known(head: bytes) -> Known | None:
    """Tell what a file that begins so is; None where it is nothing that browsers show or play, or is damaged."""
    for start, found, makes_sense in _STARTS:
        if start.match(head):
            return found if makes_sense is None or makes_sense(head) else None
    return None


def _is_png(head: bytes) -> bool:
    """Walk the chunks from the size of the picture to its first data (PNG, section 5.3)."""
    at = 8
    if head[12:16] != b"IHDR" or not int.from_bytes(head[16:20], "big") or not int.from_bytes(head[20:24], "big"):
        return False
    while at + 8 <= len(head):
        if head[at + 4 : at + 8] == b"IDAT":
            return True
        at += 12 + int.from_bytes(head[at : at + 4], "big")
    return False


def _is_gif(head: bytes) -> bool:
    return len(head) > 13 and head[6:8] != b"\0\0" and head[8:10] != b"\0\0"


def _is_jpeg(head: bytes) -> bool:
    """Walk the segments to the one that says the size (ITU T.81, section B.1)."""
    at = 2
    while at + 9 <= len(head):
        if head[at] != 0xFF:
            return False
        mark = head[at + 1]
        if mark == 0xFF:  # fill
            at += 1
        elif 0xC0 <= mark <= 0xCF and mark not in {0xC4, 0xC8, 0xCC}:
            return head[at + 5 : at + 7] != b"\0\0" and head[at + 7 : at + 9] != b"\0\0"
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return False


_STARTS: tuple[tuple[re.Pattern[bytes], Known, Callable[[bytes], bool] | None], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), Known("image/png", ".png", "picture"), _is_png),
    (re.compile(rb"\xff\xd8\xff"), Known("image/jpeg", ".jpg", "picture"), _is_jpeg),
    (re.compile(rb"GIF8[79]a"), Known("image/gif", ".gif", "picture"), _is_gif),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), Known("image/webp", ".webp", "picture"), None),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), Known("image/avif", ".avif", "picture"), None),
    (re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xfe]"), Known("audio/mpeg", ".mp3", "sound"), None),
    (re.compile(rb".{4}ftypM4[AB]", re.DOTALL), Known("audio/mp4", ".m4a", "sound"), None),
    (re.compile(rb".{4}ftyp(?!hei|mif|qt)", re.DOTALL), Known("video/mp4", ".mp4", "film"), None),
    (re.compile(rb"\x1aE\xdf\xa3"), Known("video/webm", ".webm", "film"), None),
)
