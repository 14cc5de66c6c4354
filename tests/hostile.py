"""Sources that mean harm or are broken, made when a test asks for them: too large, or too binary, to lie in a folder."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

HUGE = 50_000_000  # bytes of one text
PACKED = 200_000_000  # bytes that a bomb unpacks to

_RSS = (
    '<rss version="2.0"><channel><title>Back Row</title><link>https://backrow.example/</link>'
    "<description>Films</description>%s</channel></rss>"
)
_ITEM = "<item><title>Rope</title><guid>https://backrow.example/rope</guid><description>%s</description></item>"
_ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Back Row</title><id>https://backrow.example/</id>'
    "<updated>2014-01-01T00:00:00Z</updated><entry><title>Rope</title><id>urn:rope</id>"
    '<updated>2014-01-01T00:00:00Z</updated><content type="html">%s</content></entry></feed>'
)
_RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    '<channel rdf:about="https://backrow.example/"><title>Back Row</title></channel>'
    '<item rdf:about="https://backrow.example/rope"><title>Rope</title><description>%s</description></item></rdf:RDF>'
)
_WXR = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Back Row</title><link>https://backrow.example</link>'
    "<wp:wxr_version>1.2</wp:wxr_version><item><title>Rope</title><guid>https://backrow.example/?p=1</guid>"
    "<content:encoded><![CDATA[%s]]></content:encoded><wp:post_id>1</wp:post_id><wp:post_type>post</wp:post_type>"
    "<wp:status>publish</wp:status></item></channel></rss>"
)
FEED = (_RSS % _ITEM % "One room.").encode()

_LOCAL_FLAGS, _LOCAL_METHOD = 6, 8  # where a zip's local header holds them
_CENTRAL = b"PK\x01\x02"
_CENTRAL_FLAGS, _CENTRAL_METHOD = 8, 10
_ENCRYPTED = 1
_UNKNOWN_METHOD = 99


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack members under exactly these names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, data in members:
            file.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return packed.getvalue()


def encrypted() -> bytes:
    packed = bytearray(zipped(("feed.xml", FEED), method=zipfile.ZIP_STORED))
    packed[_LOCAL_FLAGS] |= _ENCRYPTED
    packed[packed.index(_CENTRAL) + _CENTRAL_FLAGS] |= _ENCRYPTED
    return bytes(packed)


def of_an_unknown_method() -> bytes:
    packed = bytearray(zipped(("feed.xml", FEED), method=zipfile.ZIP_STORED))
    packed[_LOCAL_METHOD] = _UNKNOWN_METHOD
    packed[packed.index(_CENTRAL) + _CENTRAL_METHOD] = _UNKNOWN_METHOD
    return bytes(packed)


def of_another_sum() -> bytes:
    packed = bytearray(zipped(("feed.xml", FEED), method=zipfile.ZIP_STORED))
    packed[packed.index(b"One room")] ^= 0x20
    return bytes(packed)


def with_a_false_size() -> bytes:
    """Pack a bomb whose directory says that it is small."""
    body = (_RSS % _ITEM % ("A" * PACKED)).encode()
    packed = zipped(("feed.xml", body))
    return packed.replace(struct.pack("<I", len(body)), struct.pack("<I", 1000))


def nested(levels: int) -> bytes:
    packed = zipped(("feed.xml", FEED))
    for _ in range(levels - 1):
        packed = zipped(("inner.zip", packed))
    return packed


def huge(document: str) -> bytes:
    return (document % ("x" * HUGE)).encode()


def bomb_of_long_entities() -> bytes:
    """Twenty thousand times an entity of fifty thousand letters: no nesting that a parser could count."""
    declared = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
    return (declared + _RSS % _ITEM % ("&a;" * 20_000)).encode()


def of_many_attributes() -> bytes:
    attributes = " ".join(f'a{number}="1"' for number in range(100_000))
    return (_RSS % f'<x:y xmlns:x="https://x.example/" {attributes}/>{_ITEM % "One room."}').encode()


# what it is: (file name, how to make it, what the one line about it says)
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a zip that climbs out of its folder": ("a.zip", lambda: zipped(("../feed.xml", FEED)), "outside the zip"),
    "a zip that climbs out beside a good feed": (
        "a.zip",
        lambda: zipped(("feed.xml", FEED), ("pictures/../../evil.png", b"\x89PNG")),
        "outside the zip",
    ),
    "a zip that climbs out as Windows would": ("a.zip", lambda: zipped(("..\\..\\feed.xml", FEED)), "outside the zip"),
    "a zip with an absolute path": ("a.zip", lambda: zipped(("/tmp/feed.xml", FEED)), "outside the zip"),  # noqa: S108
    "a zip with a drive": ("a.zip", lambda: zipped(("C:\\feed.xml", FEED)), "outside the zip"),
    "a zip bomb": ("a.zip", lambda: zipped(("feed.xml", (_RSS % _ITEM % ("A" * PACKED)).encode())), "bomb"),
    "a zip bomb that lies about its size": ("a.zip", with_a_false_size, "damaged"),
    "zips in zips in zips": ("a.zip", lambda: nested(6), "nested"),
    "an encrypted zip": ("a.zip", encrypted, "encrypted"),
    "a zip of an unknown method": ("a.zip", of_an_unknown_method, "compression method"),
    "a zip of another sum": ("a.zip", of_another_sum, "CRC"),
    "a zip without its end": ("a.zip", lambda: zipped(("feed.xml", FEED))[:-30], "damaged zip"),
    "an empty zip": ("a.zip", zipped, "nothing in it that feedkeep reads"),
    "a zip of what nobody reads": ("a.zip", lambda: zipped(("a.doc", b"\xd0\xcf\x11\xe0")), "nothing in it"),
    "a gzip bomb": ("a.xml.gz", lambda: gzip.compress((_RSS % _ITEM % ("A" * PACKED)).encode(), 9), "bomb"),
    "gzip in gzip": ("a.xml.gz", lambda: gzip.compress(gzip.compress(FEED)), "gzip within gzip"),
    "a gzip without its end": ("a.xml.gz", lambda: gzip.compress(FEED * 50)[:-12], "damaged"),
    "an empty gzip": ("a.xml.gz", lambda: gzip.compress(b""), "empty"),
    "an entity bomb without nesting": ("a.xml", bomb_of_long_entities, "bomb"),
    "50 MB in one text of RSS": ("a.xml", lambda: huge(_RSS % _ITEM), "a text of more than"),
    "50 MB in one text of RSS 1.0": ("a.xml", lambda: huge(_RDF), "a text of more than"),
    "50 MB in one text of Atom": ("a.xml", lambda: huge(_ATOM), "a text of more than"),
    "50 MB in one text of a WordPress export": ("a.xml", lambda: huge(_WXR), "a text of more than"),
    "50 MB without a tag": ("a.xml", lambda: b"x" * HUGE, "no format"),
    "JSON nested a hundred thousand deep": (
        "a.json",
        lambda: b'{"version": "https://jsonfeed.org/version/1.1", "items": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        "nested",
    ),
    "nothing but zeros": ("a.bin", lambda: b"\0" * 5000, "no format"),
    "every byte there is": ("a.bin", lambda: bytes(range(256)) * 20, "no format"),
}


def folder(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    """Lay out a folder."""
    path.mkdir()
    for name, data in members:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(data)
    return path
