"""The numbers and dates that WordPress's importer needs: unique, stable, and parents before their replies.

The importer skips an item whose number came before without a word, takes two items with one title, date and type for
one, and knows a comment's parent only if its number is lower.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.wire.wxr_ids import Seen, comment_id, comment_number, post_alias, post_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Comment

_MOST = 2**31 - 1  # what fits WordPress's numbers on every PHP
_OURS = 10**9  # comments to whom WordPress has given no number get theirs above it
_SECOND = dt.timedelta(seconds=1)


class Numbers:
    """The number of every post and file: the one that WordPress gave it, else one made from its id."""

    def __init__(self, where: str | None) -> None:
        self._where = where
        self._numbers: dict[str, int] = {}  # by id and by alias
        self._taken: set[int] = set()
        self._waiting: dict[str, tuple[str, ...]] = {}

    def enter(self, record_id: str, aliases: tuple[str, ...] = ()) -> None:
        """Meet a post or file; all must be met before :meth:`settle`."""
        if record_id in self._numbers or record_id in self._waiting:
            return
        number = post_number(record_id, aliases, self._where)
        if number is None or number in self._taken or number > _MOST:
            self._waiting[record_id] = aliases
        else:
            self._take(number, record_id, aliases)

    def settle(self) -> None:
        """Give those a number that WordPress has not given one."""
        for record_id, aliases in sorted(self._waiting.items()):
            number = stable_number(record_id, _MOST) + 1
            while number in self._taken:
                number = number % _MOST + 1
            self._take(number, record_id, aliases)
        self._waiting.clear()

    def of(self, record_id: str) -> int:
        """The number of a record that was met."""
        return self._numbers[record_id]

    def referred(self, reference: str | None) -> int | None:
        """The number of the record that has this id or alias."""
        return self._numbers.get(reference) if reference else None

    def absent(self, reference: str) -> int | None:
        """The number that an alias of this blog states for an item that was not met."""
        number = post_number("", (reference,), self._where)
        return number if number and number not in self._taken and number <= _MOST else None

    def renumbered(self, number: str) -> int | None:
        """The number that the item has now which had this one; None where there is no such item."""
        return self._numbers.get(post_alias(number, self._where))

    def _take(self, number: int, record_id: str, aliases: tuple[str, ...]) -> None:
        self._taken.add(number)
        self._numbers[record_id] = number
        for alias in aliases:
            self._numbers.setdefault(alias, number)
        self._numbers[post_alias(str(number), self._where)] = number  # whoever else claims it


def stable_number(text: str, below: int) -> int:
    """Make a number from 0 to ``below`` of ``text``, the same one always."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]) % below


class Distinct:
    """Moves the second of two items that WordPress would take for one by a second."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._moved: dict[int, dt.datetime] = {}  # the last double of an item, so that many take no longer

    def moment(self, title: str, moment: dt.datetime, kind: str) -> dt.datetime:
        """The first moment from ``moment`` on at which the item is no other's double."""
        # compared as MySQL does: without case, accents and trailing spaces; an empty title matches any
        folded = unicodedata.normalize("NFKD", title.casefold()).rstrip()
        title = "".join(letter for letter in folded if not unicodedata.combining(letter))
        first = found = moment.replace(microsecond=0)
        double = hash((title, first.replace(tzinfo=None), kind))
        if double in self._seen:
            found = self._moved.get(double, first).replace(tzinfo=first.tzinfo)
            step = _SECOND if first.year < dt.MAXYEAR else -_SECOND  # the calendar ends
            while hash((title, found.replace(tzinfo=None), kind)) in self._seen:
                found += step
            self._moved[double] = found
        at = found.replace(tzinfo=None)
        self._seen.update((hash((title, at, kind)), hash(("", at, kind))))
        return found


class Placed(NamedTuple):
    """A comment and its place in the thread."""

    comment: Comment
    number: int
    parent: int  # 0: none
    faithful: bool  # whether the number says what its id is
    answered: bool  # whether it has replies


class Threads:
    """Numbers the comments of one export: each once, and higher than its parent's."""

    def __init__(self, last: int = _OURS) -> None:
        self._seen = Seen()
        self._last = last  # the number after which those follow to whom WordPress has given none

    def placed(self, comments: Iterable[Comment], post: str) -> list[Placed]:
        """Number the comments of a post.

        A comment keeps the number that WordPress gave it unless its parent's is higher or another has it.
        """
        held = {comment.id: comment for comment in comments}
        named = {alias: comment.id for comment in held.values() for alias in comment.aliases}
        named |= {key: key for key in held}
        children: dict[str | None, list[str]] = {}
        for comment in held.values():
            children.setdefault(named.get(comment.parent or ""), []).append(comment.id)
        numbers: dict[str, int] = {}
        placed: list[Placed] = []
        for key, parent in _descended(children, held):
            above = numbers[parent] if parent else 0
            number = numbers[key] = self._free(comment_number(key), above)
            placed.append(Placed(held[key], number, above, comment_id(post, str(number)) == key, key in children))
        return sorted(placed, key=lambda one: one.number)

    def _free(self, stated: int | None, above: int) -> int:
        if stated is not None and above < stated < _OURS and self._seen.add(f"={stated}"):
            return stated
        self._last += 1
        return self._last


def threaded(comments: Iterable[Comment], post: str) -> list[Placed]:
    """Number the comments of one post by themselves."""
    held = list(comments)
    stated = (comment_number(comment.id) or 0 for comment in held)
    return Threads(max((number for number in stated if number < _OURS), default=0)).placed(held, post)


def _descended(children: dict[str | None, list[str]], held: dict[str, Comment]) -> list[tuple[str, str | None]]:
    """Ids with those of their parents, parents first; a ring of replies is opened where it is met."""
    order: list[tuple[str, str | None]] = []
    reached: set[str] = set()
    for start in (*children.get(None, ()), *held):
        waiting: list[tuple[str, str | None]] = [(start, None)]
        while waiting:
            key, parent = waiting.pop()
            if key in reached:
                continue
            reached.add(key)
            order.append((key, parent))
            waiting += [(child, key) for child in reversed(children.get(key, ()))]
    return order
