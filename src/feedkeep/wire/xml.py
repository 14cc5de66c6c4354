"""Safe XML parsing, and text that XML can hold."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import quote

from lxml import etree

from feedkeep.errors import FormatError
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

DEPTH = 256  # elements within elements; libxml2's own limit for trees that are not "huge"
TEXT = 32 << 20  # bytes of one text node; libxml2 stops at 10 MB, but an 11 MB post with inline images is real
_ILLEGAL = pattern("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Every byte itself but those that an illegal character has in UTF-8: U+FFFE and U+FFFF begin with EF, surrogates with ED.
_HARMLESS = {*b"\t\n\r", *range(0x20, 0x100)} - {0xED, 0xEF}
_MARKED = bytes(byte if byte in _HARMLESS else ord("?") for byte in range(0x100))


@lru_cache(maxsize=4096)
def writable(name: str) -> str | None:
    """Give the name of an element or attribute as it can be written; None where there is no way.

    A namespace need not be an address, but the library writes no other: of such a one a URN is made that quotes it.
    """
    space, mark, local = name.rpartition("}")
    for found in (name, f"{{urn:feedkeep:1:namespace:{quote(space[1:], safe='')}}}{local}" if mark else name):
        try:
            etree.Element(found)
        except ValueError:
            continue
        return found
    return None


def legal(text: str) -> str:
    """Leave out the characters that XML 1.0 cannot hold (section 2.2, Char)."""
    return _ILLEGAL.sub("", text) if _is_suspicious(text) else text


def is_legal(text: str) -> bool:
    """Tell whether XML 1.0 can hold every character of ``text``."""
    return not _is_suspicious(text) or _ILLEGAL.search(text) is None


def _is_suspicious(text: str) -> bool:
    """Tell whether there may be such a character, in a twentieth of the time that looking at each one takes."""
    data = text.encode("utf-8", "surrogatepass")
    return data.translate(_MARKED) != data


class _Nameless:
    """A stream without a name: lxml makes a file's own path the base of every relative address in it."""

    def __init__(self, stream: BinaryIO) -> None:
        self.read = stream.read


def iterate(
    stream: BinaryIO,
    source: str,
    *,
    tags: Collection[str] | None = None,
    events: tuple[str, ...] = ("end",),
    recover: bool = False,
) -> Iterator[tuple[str, Any]]:
    """Parse ``stream`` piece by piece, yielding (event, element) for the elements named in ``tags``.

    No entity is resolved (an ``Entity`` node is left in the tree), no DTD loaded, no network touched.
    The caller clears the elements it is done with. Raises FormatError, ``malformed`` where the bytes
    are not well-formed XML, with the line.
    """
    try:
        yield from etree.iterparse(
            cast("BinaryIO", _Nameless(stream)),
            events=events,
            tag=tags,
            huge_tree=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            remove_comments=True,
            remove_pis=True,
            recover=recover,
        )
    except etree.XMLSyntaxError as error:
        line = error.position[0] or None
        reason = (error.msg or "not well-formed XML").split("\n", maxsplit=1)[0]
        if "amplification" in reason:
            raise FormatError(
                "entities that unfold to far more than they should: refused as a bomb", source=source, line=line
            ) from error
        if "Excessive depth" in reason:  # forgiving readers would only sink deeper
            raise FormatError(f"elements nested more than {DEPTH} deep", source=source, line=line) from error
        raise FormatError(f"not well-formed XML: {reason}", source=source, line=line, malformed=True) from error


def release(element: Any) -> None:  # noqa: ANN401 — lxml's element type is private
    """Free an element that has been read, and its elder siblings, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
