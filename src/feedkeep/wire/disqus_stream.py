"""The threads and posts of a Disqus export one by one, in flat memory, and as many of a broken one as there are."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from feedkeep.errors import FormatError
from feedkeep.wire.wxr_repair import Repaired
from feedkeep.wire.xml import iterate, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_TAGS = ("{*}thread", "{*}post", "{*}disqus")


def local(element: Any) -> str:  # noqa: ANN401 — lxml's element type is private
    """Give an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def elements(source: Source, notes: Notes) -> Iterator[Any]:
    """Yield each thread and post, whole, in the order of the file.

    A document that is not well formed is read again from where it broke, mended; where its tags do not match even
    then, as libxml2 thinks best. Raises FormatError where that gives nothing either.
    """
    if source.is_container:
        raise FormatError("a folder or zip is no Disqus export; name the file in it", source=source.name)
    done = 0
    met = False
    broken: FormatError | None = None
    for mend, forgiving in ((False, False), (True, False), (True, True)):
        with closing(source.open()) as stream:
            mended = Repaired(stream, "post") if mend else None
            readable = cast(BinaryIO, mended) if mended else stream
            try:
                for element in _once(readable, source.name, done, mended if forgiving else None):
                    met = True
                    if local(element) != "disqus":
                        done += 1
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
            if met:
                return
            if not broken:
                raise FormatError("no Disqus export: the root is not <disqus>", source=source.name)
    raise broken or FormatError("not well-formed XML", source=source.name)


def _once(stream: BinaryIO, name: str, skip: int, forgiven: Repaired | None) -> Iterator[Any]:
    position = 0
    held: Any = None
    for _, element in iterate(stream, name, tags=_TAGS, recover=forgiven is not None):
        parent = element.getparent()
        if local(element) == "disqus":
            if parent is not None:
                continue
        elif parent is None or parent.getparent() is not None or local(parent) != "disqus":
            continue  # a post names its thread by an element of the same name
        else:
            position += 1
        if position <= 1:
            _refuse_entities(element, name)
        if local(element) != "disqus" and position <= skip:
            release(element)
            continue
        if forgiven is None:
            yield element
            continue
        # the end of the file closes a post, too, and the root: hold each back until there is more
        cut = forgiven.truncated
        if held is not None and not (cut and forgiven.open_item and local(element) == "disqus"):
            yield held
        held = element if local(element) != "disqus" else None
        if held is None:
            yield element


def _refuse_entities(element: Any, name: str) -> None:  # noqa: ANN401 — likewise
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
        notes.skipped("the file ends early, within a post", source=source.name, line=error.line)
    else:
        notes.noticed("the file ends early: there may have been more posts", source=source.name, line=error.line)
