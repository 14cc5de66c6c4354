"""How the numbers that WordPress gives its posts and comments become ids, and ids numbers.

A post's id is its guid; its number, which other items refer to it by, is an alias that holds in its own blog:
``wp:post:17@blog.example``. A comment's id is the one that WordPress's own comment feeds state, the guid of
the post with the comment's number, so that an export and a feed of one blog meet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ALIAS: Final = re.compile(r"wp:post:(\d{1,18})(?:@(.*))?", re.DOTALL)
_QUERY: Final = re.compile(r"[?&](?:p|page_id|attachment_id)=(\d{1,18})(?:&|$)")
_COMMENT: Final = re.compile(r"#comment-(\d{1,18})$")
_BLOCK: Final = 512  # numbers that share one integer of a bitmap


def place(url: str | None) -> str | None:
    """What tells one blog's numbers from another's: its address without the scheme."""
    return url.partition("://")[2].strip("/").lower() or None if url else None


def post_alias(number: str, where: str | None) -> str:
    """The alias of the post with this number on the blog at ``where`` (see :func:`place`)."""
    return f"wp:post:{number}@{where}" if where else f"wp:post:{number}"


def default_guid(base: str, number: str) -> str:
    """The guid that WordPress itself gives a post."""
    return f"{base.rstrip('/')}/?p={number}"


def post_number(guid: str, aliases: tuple[str, ...], where: str | None) -> int | None:
    """The number that the blog at ``where`` gave a post; None where nothing says it."""
    for alias in aliases:
        match = _ALIAS.fullmatch(alias)
        if match and (match[2] or None) == where:
            return int(match[1]) or None
    match = _QUERY.search(guid)
    if match and where and (place(guid.partition("?")[0]) == where):
        return int(match[1]) or None
    return None


def comment_id(post: str, number: str) -> str:
    """The id of the comment with this number, as WordPress's comment feeds state it."""
    return f"{post}#comment-{number}"


def comment_number(record_id: str) -> int | None:
    """The number that an id made by :func:`comment_id` holds."""
    match = _COMMENT.search(record_id)
    return int(match[1]) or None if match else None


def disqus_aliases(own: dict[str, Any]) -> Iterator[str]:
    """Yield the id that a comment has in Disqus's own export, where Disqus's plugin left its number in a field."""
    for key, value in own.get("meta", ()):
        if key == "dsq_post_id" and value.strip():
            yield f"disqus:{value.strip()}"


class Seen:
    """Which ids came by already, in little memory: most end in a number, and those numbers are dense."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[int, int]] = {}
        self._others: set[int] = set()

    def add(self, text: str) -> bool:
        """Remember ``text``; False where it was there before."""
        prefix, _, digits = text.rpartition("=")
        if digits.isdecimal() and digits.isascii() and digits[0] != "0" and len(digits) < 19:
            block, bit = divmod(int(digits), _BLOCK)
            blocks = self._numbers.setdefault(prefix, {})
            held = blocks.get(block, 0)
            blocks[block] = held | 1 << bit
            return not held >> bit & 1
        size = len(self._others)
        self._others.add(hash(text))
        return len(self._others) > size
