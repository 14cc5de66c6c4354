"""The list of feeds to follow: one plain file beside the sites, ``following.json``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from feedkeep.errors import ArchiveError
from feedkeep.models import Site

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = "following.json"
ADDED, UPDATED, UNCHANGED = "added", "updated", "unchanged"


class Following(msgspec.Struct, kw_only=True):
    """What is followed; each feed is a Site record of which little may be known."""

    feeds: tuple[Site, ...] = ()


def read(archive: Path) -> tuple[Site, ...]:
    """Read the list; empty where there is none. Raises ArchiveError where it is damaged."""
    path = archive / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Following).feeds
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.MsgspecError) as error:
        raise ArchiveError(f"{path}: not a list of feeds: {error}") from error


def united(held: Iterable[Site], new: Iterable[Site]) -> tuple[tuple[Site, ...], list[str]]:
    """Add feeds to a list; give the list, sorted, and what became of each: added, updated or unchanged.

    A feed is known by its address, one without by its home page. What a later list says of it replaces what an
    earlier one said, field by field.
    """
    known = {_key(site): site for site in held}
    became: list[str] = []
    for site in new:
        before = known.get(_key(site))
        after = site if before is None else _merged(before, site)
        became.append(ADDED if before is None else UNCHANGED if after == before else UPDATED)
        known[_key(site)] = after
    return tuple(known[key] for key in sorted(known)), became


def write(archive: Path, feeds: tuple[Site, ...]) -> None:
    """Write the list, whole or not at all. Raises ArchiveError where the disk does not let it."""
    data = msgspec.json.format(msgspec.json.encode(Following(feeds=feeds), order="sorted"), indent=1) + b"\n"
    path, draft = archive / NAME, archive / f".{NAME}.draft"
    try:
        if path.exists() and path.read_bytes() == data:
            return
        archive.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error


def _key(site: Site) -> str:
    return site.feed_urls[0] if site.feed_urls else site.url or site.id


def _merged(before: Site, after: Site) -> Site:
    said = {
        field: value
        for field in Site.__struct_fields__
        if field != "id" and (value := getattr(after, field)) not in (None, (), {})
    }
    return msgspec.structs.replace(before, **said)
