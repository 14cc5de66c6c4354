"""Layouts of Tumblr's Neue Post Format: which blocks are a question, which share a row, where "read more" stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.content.cards import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

Block = dict[str, Any]


def named(blog: object, url: object = None) -> str:
    """Give the name of a blog as a link to it, where its address is known."""
    held = blog if isinstance(blog, dict) else {}
    name = escaped(held.get("name")) or "Anonymous"
    address = escaped(held.get("url")) or escaped(url)
    return f'<a href="{address}">{name}</a>' if address else name


def asked_in(layouts: list[Block], count: int) -> tuple[frozenset[int], str]:
    """Give the blocks that are a question, and who asked it."""
    for layout in layouts:
        if layout.get("type") == "ask":
            by = layout.get("attribution")
            by = by if isinstance(by, dict) else {}
            return frozenset(_indices(layout.get("blocks"), count)), named(by.get("blog"), by.get("url"))
    return frozenset(), ""


def rows_of(layouts: list[Block], blocks: list[Block]) -> Iterator[list[int]]:
    """Yield the blocks of each row; one that is in no row comes last, but a paywall that is not to be seen."""
    told = next((one for one in layouts if one.get("type") == "rows"), {})
    display = told.get("display")
    rows = (
        [row.get("blocks") if isinstance(row, dict) else None for row in display] if isinstance(display, list) else []
    )
    if not rows and isinstance(told.get("rows"), list):  # as it was before display modes
        rows = told["rows"]
    seen: set[int] = set()
    for row in rows:
        fresh = [index for index in dict.fromkeys(_indices(row, len(blocks))) if index not in seen]
        seen.update(fresh)
        yield fresh
    for index, block in enumerate(blocks):
        if index not in seen and not (seen and block.get("type") == "paywall"):
            yield [index]


def _indices(held: object, count: int) -> Iterator[int]:
    for index in held if isinstance(held, list) else ():
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < count:
            yield index


def truncation(layouts: list[Block]) -> int | None:
    """Give the last block that is shown before "read more"."""
    stated = (one.get("truncate_after") for one in layouts if one.get("type") in {"rows", "condensed"})
    return next((last for last in stated if isinstance(last, int) and not isinstance(last, bool)), None)
