"""The threads and posts of a Disqus export one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from feedkeep.errors import FormatError
from feedkeep.wire import mended_stream
from feedkeep.wire.elements import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source


def elements(source: Source, notes: Notes) -> Iterator[Any]:
    """Yield each thread and post, whole, in the order of the file. Raises FormatError where there is no export."""
    met = False
    for element in mended_stream.elements(source, notes, _SHAPE):
        met = True
        if local(element) != "disqus":
            yield element
    if not met:
        raise FormatError("no Disqus export: the root is not <disqus>", source=source.name)


def _part(element: Any) -> Literal["unit", "frame"] | None:  # noqa: ANN401 — lxml's element type is private
    parent = element.getparent()
    if local(element) == "disqus":
        return "frame" if parent is None else None
    # a post names its thread by an element of the same name
    at_the_top = parent is not None and parent.getparent() is None and local(parent) == "disqus"
    return "unit" if at_the_top else None


_SHAPE = mended_stream.Shape("Disqus export", "post", ("{*}thread", "{*}post", "{*}disqus"), _part)
