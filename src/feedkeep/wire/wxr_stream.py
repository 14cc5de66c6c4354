"""The items of a WordPress export one by one, in flat memory, and as many of a broken one as there are."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from feedkeep.errors import FormatError
from feedkeep.notes import Notes
from feedkeep.wire.wxr import NAMES, THUMBNAIL
from feedkeep.wire.wxr_repair import Repaired
from feedkeep.wire.xml import iterate, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.source import Source


def elements(source: Source, notes: Notes) -> Iterator[Any]:
    """Yield each item of the channel, whole, and last the channel itself with what follows the items.

    What came in the channel since the last item is still there as elder siblings. A document that is not well
    formed is read again from where it broke, mended; where its tags do not match even then, as libxml2 thinks best.
    Raises FormatError where that gives no item and no channel either.
    """
    if source.is_container:
        raise FormatError("a folder or zip is no WordPress export; name the file in it", source=source.name)
    done = 0
    met = False
    broken: FormatError | None = None
    for mend, forgiving in ((False, False), (True, False), (True, True)):
        with closing(source.open()) as stream:
            mended = Repaired(stream) if mend else None
            readable = cast(BinaryIO, mended) if mended else stream
            try:
                for element in _once(readable, source.name, done, mended if forgiving else None):
                    done += element.tag == "item"
                    met = True
                    yield element
                    release(element)
            except FormatError as error:
                if not error.malformed:
                    raise
                broken = broken or error
                if mended and mended.truncated and done and not forgiving:
                    _note(notes, source, broken, mended)
                    _note_end(notes, source, error, mended)
                    return
                continue
            if broken and mended and met:
                _note(notes, source, broken, mended)
                if forgiving:
                    notes.repaired("tags that do not match were closed by guess", source=source.name, line=broken.line)
                if mended.truncated:
                    _note_end(notes, source, broken, mended)
            if met or not broken:
                return
    raise broken or FormatError("not well-formed XML", source=source.name)


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


def _once(stream: BinaryIO, name: str, skip: int, forgiven: Repaired | None) -> Iterator[Any]:
    position = 0
    held: Any = None
    for _, element in iterate(stream, name, tags=("item", "channel"), recover=forgiven is not None):
        parent = element.getparent()
        if element.tag == "item":
            if parent is None or parent.tag != "channel":
                continue
            position += 1
            if position == 1:
                _refuse_entities(element, name)
            if position <= skip:
                release(element)
                continue
        elif parent is not None and parent.getparent() is not None:
            continue
        if forgiven is None:
            yield element
            continue
        # the end of the file closes an item, too, and the channel: hold each item back until there is more
        cut = forgiven.truncated
        if held is not None and not (cut and forgiven.open_item and element.tag == "channel"):
            yield held
        held = element if element.tag == "item" else None
        if held is None and not cut:
            yield element


def _refuse_entities(element: Any, name: str) -> None:  # noqa: ANN401 — lxml's element type is private
    declared = element.getroottree().docinfo.internalDTD
    if declared is None:
        return
    if any(True for _ in declared.iterentities()):
        raise FormatError("declares entities of its own: refused", source=name)
    # with a document type, undefined entities are no error to libxml2, and text would end at them
    raise FormatError("has a document type", source=name, line=1, malformed=True)


def _note(notes: Notes, source: Source, broken: FormatError, mended: Repaired) -> None:
    if mended.repairs:
        what = ", ".join(f"{count} {name}" for name, count in sorted(mended.repairs.items()))
        notes.repaired(f"{broken.reason}; mended: {what}", source=source.name, line=broken.line)


def _note_end(notes: Notes, source: Source, error: FormatError, mended: Repaired) -> None:
    if mended.open_item:
        notes.skipped("the file ends early, within an item", source=source.name, line=error.line)
    else:
        notes.noticed("the file ends early: there may have been more items", source=source.name, line=error.line)
