"""What a file is by its first bytes: servers answer with a page where a picture was, and call it what they like."""

from __future__ import annotations

import re

HEAD = 1024  # bytes that are looked at
SVG = "image/svg+xml"

# What files of each type begin with, and the suffix that they get.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"RIFF....WEBP", "image/webp"),
    (rb"RIFF....WAVE", "audio/wav"),
    (rb"....ftypavi[fs]", "image/avif"),
    (rb"....ftyp(?:hei[cxms]|mif1)", "image/heic"),
    (rb"....ftyp(?:M4A|M4B)", "audio/mp4"),
    (rb"....ftypqt", "video/quicktime"),
    (rb"....ftyp", "video/mp4"),
    (rb"II\*\0|MM\0\*", "image/tiff"),
    (rb"BM....\0\0\0\0", "image/bmp"),
    (rb"\x00\x00\x01\x00[\x01-\xff]\x00", "image/x-icon"),
    (rb"\0\0\0\x0cJXL |\xff\x0a", "image/jxl"),
    (rb"ID3|\xff[\xe2\xe3\xf2-\xf7\xfa\xfb]", "audio/mpeg"),
    (rb"\xff[\xf0\xf1\xf8\xf9]", "audio/aac"),
    (rb"OggS", "audio/ogg"),
    (rb"fLaC", "audio/flac"),
    (rb"\x1a\x45\xdf\xa3", "video/webm"),
    (rb"%PDF-", "application/pdf"),
    (rb"PK\x03\x04", "application/zip"),
    (rb"(?:\xef\xbb\xbf)?WEBVTT", "text/vtt"),
)
_KNOWN = tuple((re.compile(beginning, re.DOTALL), name) for beginning, name in _BEGINNINGS)
_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "video/quicktime": ".mov",
    "image/tiff": ".tif",
    "image/x-icon": ".ico",
    "application/pdf": ".pdf",
}
_PAGE = re.compile(rb"<(?:!doctype html|html|head|body|title|script|meta|h1|p|div)\b", re.IGNORECASE)
_DRAWING = re.compile(rb"<(?:!DOCTYPE\s+)?(?:\w+:)?svg\b", re.IGNORECASE)
_BLANK = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<!--.*?-->\s*)*", re.DOTALL)
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}$")
# How files of some types end: what came without a length is whole only if it does.
_ENDINGS = {
    "image/jpeg": re.compile(rb"\xff\xd9"),
    "image/png": re.compile(rb"IEND\xaeB`\x82"),
    "image/gif": re.compile(rb";\0*$"),
    "application/pdf": re.compile(rb"%%EOF"),
}


def sniffed(head: bytes) -> str | None:
    """Name the media type of a file by its beginning; "text/html" for a page, "text/plain" for other text; None: unknown."""
    for pattern, name in _KNOWN:
        if pattern.match(head):
            return name
    blank = _BLANK.match(head)
    rest = head[blank.end() :] if blank is not None else head
    if _PAGE.match(rest):
        return "text/html"
    if rest.startswith(b"<"):
        return SVG if _DRAWING.search(rest) else "text/html" if _PAGE.search(rest) else "text/xml"
    return "text/plain" if _is_text(head) else None


def is_wrong(head: bytes, *, picture: bool) -> str | None:
    """Say why a file is not what was asked for: a page in its place, text where a picture was to be; None where it may be."""
    if not head:
        return "an empty file"
    kind = sniffed(head)
    if kind == "text/html":
        return "a page, not a file"
    if picture and kind is not None and not kind.startswith("image/"):
        return f"no picture: {kind}"
    return None


def ends_well(tail: bytes, media_type: str | None) -> bool:
    """Tell by its last bytes whether a file is whole, as far as its type says how it ends."""
    ending = _ENDINGS.get(media_type or "")
    return ending is None or ending.search(tail) is not None


def suffix(media_type: str | None, path: str) -> str:
    """Give the suffix for a file of that type; what the path says where the type says nothing."""
    known = _SUFFIXES.get(media_type or "")
    if known is None and media_type is not None and media_type.startswith(("image/", "audio/", "video/")):
        known = "." + media_type.partition("/")[2]
    said = _SUFFIX.search(path.lower())
    return known or (said[0] if said is not None else "")


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # a character that the cut went through
    return True
