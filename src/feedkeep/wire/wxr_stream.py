"""The items of a WordPress export one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from feedkeep.errors import FormatError
from feedkeep.notes import Notes
from feedkeep.wire import mended_stream
from feedkeep.wire.wxr import NAMES, THUMBNAIL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.source import Source


def elements(source: Source, notes: Notes) -> Iterator[Any]:
    """Yield each item of the channel, whole, and last the channel itself with what follows the items.

    What came in the channel since the last item is still there as elder siblings. Raises FormatError where there is
    neither an item nor a channel in what is not well formed.
    """
    return mended_stream.elements(source, notes, _SHAPE)


def thumbnails(source: Source) -> dict[str, str]:
    """The addresses of the files that posts name by number as their featured images.

    An export states a post before the files that were added to it, so this reads the document once from its beginning.
    """
    wanted: set[str] = set()
    addresses: dict[str, str] = {}
    try:
        for element in elements(source, Notes(keep=0)):
            values: dict[str, str] = {}
            for child in element if element.tag == "item" else ():
                name = NAMES.get(child.tag)
                if name == "wp:postmeta":
                    pair = {NAMES.get(part.tag): part.text or "" for part in child}
                    if pair.get("wp:meta_key") == THUMBNAIL:
                        wanted.add(pair.get("wp:meta_value", "").strip())
                elif name in {"wp:post_id", "wp:attachment_url"}:
                    values[name] = (child.text or "").strip()
            if len(values) == 2 and values["wp:attachment_url"]:
                addresses[values["wp:post_id"]] = values["wp:attachment_url"]
    except FormatError:
        pass  # the reading proper meets it again, and says so
    return {number: addresses[number] for number in wanted if number in addresses}


def _part(element: Any) -> Literal["unit", "frame"] | None:  # noqa: ANN401 — lxml's element type is private
    parent = element.getparent()
    if element.tag == "item":
        return "unit" if parent is not None and parent.tag == "channel" else None
    return "frame" if parent is None or parent.getparent() is None else None


_SHAPE = mended_stream.Shape("WordPress export", "item", ("item", "channel"), _part)
