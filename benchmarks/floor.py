"""The least that an import of a WordPress export could do: parse it, write one JSON file for each item.

usage: floor.py EXPORT.xml OUT

Each item's elements go into one JSON file under a temporary name; all are synced once, renamed, synced once more. No
identity, no merge, no index, no history, no account of what was read: an import does all of those.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

_IN_A_FOLDER = 256


def fields(element: Any) -> Any:
    """Turn an element into its text, or into lists of what it holds by name."""
    if not len(element):
        return element.text or ""
    held: dict[str, list[Any]] = {}
    for child in element:
        held.setdefault(child.tag, []).append(fields(child))
    return held


def main(export: str, out: str) -> None:
    root = Path(out)
    root.mkdir(parents=True)
    moves: list[tuple[str, str]] = []
    folder = ""
    for _, item in etree.iterparse(export, tag="item", huge_tree=True, resolve_entities=False):
        number = len(moves)
        if number % _IN_A_FOLDER == 0:
            folder = f"{out}/{number // _IN_A_FOLDER:04}"
            os.mkdir(folder)  # noqa: PTH102 — the floor goes the cheapest way
        temporary, final = f"{folder}/{number}.new", f"{folder}/{number}.json"
        handle = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
        os.write(handle, msgspec.json.encode(fields(item)))
        os.close(handle)
        moves.append((temporary, final))
        parent = item.getparent()
        item.clear()
        while parent is not None and item.getprevious() is not None:
            del parent[0]
    os.sync()
    for temporary, final in moves:
        os.rename(temporary, final)  # noqa: PTH104 — likewise
    os.sync()
    print(len(moves), "items")


if __name__ == "__main__":
    main(*sys.argv[1:])
