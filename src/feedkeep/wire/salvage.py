"""The records of an XML export one by one, in flat memory, and as many of a broken one as there are."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.wire.xml import iterate, release

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source


def elements(source: Source, notes: Notes, tags: Collection[str], root: Collection[str]) -> Iterator[Any]:
    """Yield each element named in ``tags`` when it is whole, and free it afterwards.

    ``root`` are the names that the document's first element may have, without namespace. What stands within another of
    ``tags`` is left to that one. A document that is not well
    formed is read again from where it broke, as libxml2 thinks best. Raises FormatError for another root, for
    declared entities, and where a broken document holds none of ``tags``.
    """
    outer = [tag for tag in tags if tag.rpartition("}")[2] not in root]
    done = 0
    broken: FormatError | None = None
    for forgiving in (False, True):
        met = 0
        try:
            with closing(source.open()) as stream:
                for _, element in iterate(stream, source.name, tags=tags, recover=forgiving):
                    if next(element.iterancestors(*outer), None) is not None:
                        continue
                    met += 1
                    if met == 1:
                        _check(element, source.name, root)
                    if met > done:
                        done = met
                        yield element
                    release(element)
        except FormatError as error:
            if not error.malformed or forgiving:
                if done and error.malformed:
                    break
                raise
            broken = error
            continue
        break
    if broken is None:
        return
    if not done:
        raise broken
    notes.repaired(f"{broken.reason}; read as far as it goes", source=source.name, line=broken.line)


def _check(element: Any, name: str, root: Collection[str]) -> None:  # noqa: ANN401 — lxml's element type is private
    tree = element.getroottree()
    declared = tree.docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise FormatError("declares entities of its own: refused", source=name)
    found = tree.getroot().tag
    local = found.rpartition("}")[2] if isinstance(found, str) else ""
    if local not in root:
        raise FormatError(f"an XML document of <{local}>, not of <{min(root)}>", source=name)
