"""Which file each conversation gets at the commit: where several would like one name, all of them get another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.archive import layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.archive.index import Index


def contested(index: Index) -> dict[int, str]:
    """Give the paths, by number, of the conversations that share the one they would like."""
    rows = index.db.execute(
        "SELECT number, base, name FROM file WHERE base IN (SELECT base FROM file GROUP BY base HAVING count(*) > 1)"
    )
    return {number: layout.distinguished(base, name) + ".json" for number, base, name in rows}


def moves(index: Index, contested: dict[int, str]) -> list[tuple[int, str, str]]:
    """Find the files that were not touched but must be called otherwise now: (number, path, new path)."""
    rows = index.db.execute("SELECT number, base, path FROM file WHERE path NOT IN ('', base || '.json')")
    found = [
        (number, path, contested.get(number) or f"{base}.json")
        for number, base, path in rows
        if path != contested.get(number)
    ]
    for number, wanted in contested.items():
        path = index.path_of(number)
        if path and path == wanted.rpartition("--")[0] + ".json":
            found.append((number, path, wanted))
    return found


def left(index: Index, contested: dict[int, str], gone: Iterable[str]) -> Iterator[str]:
    """Yield the paths to delete: of files that are ``gone`` or elsewhere now, where nothing new is put at them."""
    paths = list(gone)
    for number, old, base in index.db.execute(
        "SELECT number, old, base FROM file WHERE path = '' AND old != '' ORDER BY number"
    ):
        if old != (contested.get(number) or f"{base}.json"):
            paths.append(old)
    distinguished = set(contested.values())
    for path in paths:
        base = path.removesuffix(".json")
        rows = index.db.execute("SELECT number FROM file WHERE base = ?", (base,))
        if path not in distinguished and not any(number not in contested for (number,) in rows.fetchall()):
            yield path
