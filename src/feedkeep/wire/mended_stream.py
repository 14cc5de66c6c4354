"""The units of a large XML export one by one, in flat memory, and as many of a broken one as there are."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, cast

from feedkeep.errors import FormatError
from feedkeep.wire.wxr_repair import Repaired
from feedkeep.wire.xml import iterate, release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source


class Shape(NamedTuple):
    """How a format arranges its units."""

    label: str  # of the format, for people
    unit: str  # what a unit is called
    tags: tuple[str, ...]  # of units and of what frames them
    part: Callable[[Any], Literal["unit", "frame"] | None]  # what an element of these is; None for neither


def elements(source: Source, notes: Notes, shape: Shape) -> Iterator[Any]:
    """Yield each unit, whole, and last what frames them, with what follows the units; each is freed afterwards.

    What came in the frame since the last unit is still there as elder siblings. A document that is not well
    formed is read again from where it broke, mended; where its tags do not match even then, as libxml2 thinks best.
    Raises FormatError where that gives neither a unit nor a frame.
    """
    if source.is_container:
        raise FormatError(f"a folder or zip is no {shape.label}; name the file in it", source=source.name)
    done = 0
    met = False
    broken: FormatError | None = None
    for mend, forgiving in ((False, False), (True, False), (True, True)):
        with closing(source.open()) as stream:
            mended = Repaired(stream, shape.unit) if mend else None
            readable = cast(BinaryIO, mended) if mended else stream
            try:
                for element, is_unit in _once(readable, source.name, shape, done, mended if forgiving else None):
                    done += is_unit
                    met = True
                    yield element
                    release(element)
            except FormatError as error:
                if not error.malformed:
                    raise
                broken = broken or error
                if mended and mended.truncated and done and not forgiving:
                    _note(notes, source, broken, mended)
                    _note_end(notes, source, error, mended, shape.unit)
                    return
                continue
            if broken and mended and met:
                _note(notes, source, broken, mended)
                if forgiving:
                    notes.repaired("tags that do not match were closed by guess", source=source.name, line=broken.line)
                if mended.truncated:
                    _note_end(notes, source, broken, mended, shape.unit)
            if met or not broken:
                return
    raise broken or FormatError("not well-formed XML", source=source.name)


def _once(
    stream: BinaryIO, name: str, shape: Shape, skip: int, forgiven: Repaired | None
) -> Iterator[tuple[Any, bool]]:
    position = 0
    held: Any = None
    for _, element in iterate(stream, name, tags=shape.tags, recover=forgiven is not None):
        part = shape.part(element)
        if part is None:
            continue
        is_unit = part == "unit"
        position += is_unit
        if position <= 1:
            _refuse_entities(element, name)
        if is_unit and position <= skip:
            release(element)
            continue
        if forgiven is None:
            yield element, is_unit
            continue
        # the end of the file closes a unit, too, and the frame: hold each unit back until there is more
        cut = forgiven.truncated
        if held is not None and (is_unit or not (cut and forgiven.open_item)):
            yield held, True
        held = element if is_unit else None
        if held is None and not cut:
            yield element, False


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


def _note_end(notes: Notes, source: Source, error: FormatError, mended: Repaired, unit: str) -> None:
    if mended.open_item:
        article = "an" if unit[0] in "aeiou" else "a"
        notes.skipped(f"the file ends early, within {article} {unit}", source=source.name, line=error.line)
    else:
        notes.noticed(f"the file ends early: there may have been more {unit}s", source=source.name, line=error.line)
