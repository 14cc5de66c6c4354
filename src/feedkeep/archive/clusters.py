"""Which of the records that come in belong together: groups that share a key, directly or by a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.archive.identity import claims, hashed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from feedkeep.archive.versions import Version

Hits = dict[int, list[tuple[int, int]]]  # by hashed key: the conversations that claim it, and their ``exact`` there


class Group:
    """Records of one source that came together: mostly a post and its comments."""

    __slots__ = ("firsts", "keys", "versions")

    def __init__(self, versions: list[Version]) -> None:
        self.versions = versions
        self.firsts: list[int] = []  # of each version, the hashed key of its own id
        known: dict[str, int] = {}  # a post's key is claimed by each of its comments too
        for version in versions:
            claimed = claims(version.record)
            for key in claimed:
                if key not in known:
                    known[key] = hashed(key)
            self.firsts.append(known[claimed[0]])
        self.keys = list(known.values())  # of all versions


def clusters(
    groups: Sequence[Group], hits: Mapping[int, Sequence[tuple[int, int]]]
) -> Iterator[tuple[list[Group], list[int]]]:
    """Yield the groups that belong together, and the conversations that they belong to."""
    parent = list(range(len(groups)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    def join(one: int, other: int) -> None:
        one, other = find(one), find(other)
        parent[max(one, other)] = min(one, other)

    claimed: dict[int, int] = {}  # the first group that claims a key
    held: dict[int, int] = {}  # the first group that claims a key of a conversation
    touched: list[list[int]] = [[] for _ in groups]
    for position, group in enumerate(groups):
        for key in group.keys:
            other = claimed.setdefault(key, position)
            if other != position:
                join(other, position)
            if key in hits:
                for number, _ in hits[key]:
                    touched[position].append(number)
                    join(held.setdefault(number, position), position)
    found: dict[int, tuple[list[Group], set[int]]] = {}
    for position, group in enumerate(groups):
        members, numbers = found.setdefault(find(position), ([], set()))
        members.append(group)
        numbers.update(touched[position])
    for members, numbers in found.values():
        yield members, sorted(numbers)
