"""Where XHTML will stand: what addresses become there, which files there are, and what stands for the missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from feedkeep.content import html_shapes
from feedkeep.wire.xhtml_elements import sub

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.content.html_nodes import Node
    from feedkeep.wire.file_heads import Kind

    Element = Any  # lxml's element type is private

KINDS: dict[str, Kind] = {"img": "picture", "picture": "picture", "audio": "sound", "video": "film"}


class Frame(Protocol):
    """Where XHTML will stand."""

    def link(self, url: str) -> str | None:
        """Give the address that a link has to lead to; None where it leads nowhere."""
        ...

    def fragment(self, url: str) -> str | None:
        """Give the name of the place that a link leads to, if that is in the same document."""
        ...

    def file(self, url: str, kind: Kind) -> str | None:
        """Give the place of a file that can be shown or played; None where there is none."""
        ...

    def missed(self, url: str) -> None:
        """Take note that a file is not there, and a link stands for it."""
        ...


def found(frame: Frame, nodes: Iterable[Node], kind: Kind) -> tuple[str | None, str]:
    """Give the place of the first address that has one, and the address."""
    urls = [url for node in nodes for url in html_shapes.addresses(node)]
    for url in urls:
        place = frame.file(url, kind)
        if place is not None:
            return place, url
    return None, urls[0] if urls else ""


def missing(frame: Frame, url: str, alt: str, what: Kind, into: Element, *, linked: bool) -> None:
    """Let a link stand for a file, or words alone within a link; ``alt`` says what the file shows."""
    href = frame.link(url) if url and not url.startswith(("data:", "#")) else None
    told = alt.strip() or re.sub(r"[?#].*", "", url).rstrip("/").rpartition("/")[2][:80] if href else alt.strip()
    label = f"[{what}: {told}]" if told else f"[{what}]"
    if href is None or linked:
        sub(into, "span", label, class_="missing")
    else:
        sub(into, "a", label, href=href, class_="missing")
