"""RSS of every age: the items of a document one by one, in flat memory, and its channel."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.wire import detection, rss_channel
from feedkeep.wire.intake import Intake
from feedkeep.wire.rss import ItemReader, face
from feedkeep.wire.xml import iterate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from feedkeep.models import Record, Site
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_TAGS = ("{*}item", "{*}channel", "{*}image", "{*}Item", "{*}Channel", "{*}ITEM", "{*}CHANNEL")


def records(source: Source, notes: Notes, format_name: str, opened: Callable[[], BinaryIO]) -> Iterator[Record]:
    """Yield the site, then the items of what ``opened`` gives. Raises FormatError."""
    document = _Document(source, notes, format_name, opened)
    return document.intake.records(document.items(), document.site, face)


class _Document:
    def __init__(self, source: Source, notes: Notes, format_name: str, opened: Callable[[], BinaryIO]) -> None:
        self.intake = Intake(source, notes)
        self._opened = opened
        root = detection.root(source.head)
        self._reader = ItemReader(self.intake, format_name, root.space if root is not None else "")
        self._channel: Any = None
        self._images: list[Any] = []  # beside the channel, as RSS 1.0 has them

    def items(self) -> Iterator[Record]:
        names = self._reader.names
        with closing(self._opened()) as stream:
            for _, element in iterate(stream, self.intake.source.name, tags=_TAGS):
                name, parent = names[element.tag], element.getparent()
                if parent is None:
                    continue
                above = parent.getparent()
                if above is None:
                    if name == "channel":
                        self._channel = element
                    elif name == "image":
                        self._images.append(element)
                if name == "item" and (above is None or (names[parent.tag] == "channel" and above.getparent() is None)):
                    if above is not None or self._channel is None:
                        self._channel = parent
                    yield self._reader.read(element)
                    element.clear()
                    parent.remove(element)
        if self._channel is None:
            raise FormatError("no channel: not RSS", source=self.intake.source.name, malformed=True)

    def site(self) -> Site | None:
        return None if self._channel is None else rss_channel.site(self._reader, self._channel, self._images)
