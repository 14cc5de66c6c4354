"""A WordPress export in parts of a size, each a whole document that WordPress imports by itself.

WordPress forgets between two imports which post was which: a parent or a featured image that is in another file is
none to it. So a page keeps its subpages and files beside it as long as one part holds them, and a file that posts of
several parts show is in each: WordPress takes it for the one that it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from feedkeep.notes import Notes


class Piece(NamedTuple):
    """An item that has not been written yet."""

    record: str  # id
    item: Callable[[], bytes]


if TYPE_CHECKING:
    # a post with its files, then each post below it with its own
    Family = Iterable[list[Piece]]


def whole(families: Iterable[Family]) -> Iterator[bytes]:
    """Yield every item once."""
    done: set[str] = set()
    for family in families:
        for group in family:
            for record, item in group:
                if record not in done:
                    done.add(record)
                    yield item()


def parts(families: Iterable[Family], room: int, notes: Notes) -> Iterator[list[bytes]]:
    """Yield the items of each part, at least one: ``room`` bytes at most, but where a post alone is larger."""
    held: dict[str, bytes] = {}
    filled = number = 0
    for unit in _units(families, room):
        size = sum(len(item) for record, item in unit.items() if record not in held)
        if held and filled + size > room:
            yield list(held.values())
            number += 1
            held, filled, size = {}, 0, sum(map(len, unit.values()))
        if size > room:
            notes.noticed("larger than a part was to be: it has one of its own", record=next(iter(unit)))
        held |= unit
        filled += size
    if held or not number:
        yield list(held.values())


def _units(families: Iterable[Family], room: int) -> Iterator[dict[str, bytes]]:
    """Yield items that stay together, by the ids of their records: families, or as much of one as a part holds."""
    for family in families:
        together: dict[str, bytes] = {}
        filled = 0
        for group in family:
            drawn = {record: item() for record, item in group}
            size = sum(map(len, drawn.values()))
            if together and filled + size > room:
                yield together
                together, filled = {}, 0
            together |= drawn
            filled += size
        yield together
