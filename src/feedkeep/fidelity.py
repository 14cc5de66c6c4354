"""What a target cannot hold, declared as data and reported for the records at hand."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


# Fields by which sources and archives find their way, and that a target makes anew where it needs them: whoever
# reads the blog misses none of them, so their loss is told to machines and stops nothing.
INCIDENTAL = frozenset(
    {
        "Comment.aliases",
        "Comment.order",
        "Comment.permalink",
        "Comment.post_url",
        "Comment.url",
        "Content.base",
        "Content.truncated",
        "Media.aliases",
        "Media.page_url",
        "Media.path",
        "Media.sha256",
        "Media.size",
        "Person.id",
        "Post.aliases",
        "Post.comment_count",
        "Post.comments_feed",
        "Post.comments_url",
        "Post.permalink",
        "Site.feed_urls",
        "Site.generator",
        "Site.hubs",
        "Term.id",
    }
)


class Losses(msgspec.Struct, frozen=True, kw_only=True):
    """The fields that a format loses; whatever is not listed survives.

    Keys are ``Model`` or ``Model.field`` at the finest level that is true (``Person.email``, not
    ``Post.authors``); values say why, in a user's words. ``Snapshot.people`` and ``Snapshot.terms`` are
    the people and terms of a blog that none of its posts names.
    """

    dropped: Mapping[str, str] = {}  # gone from the output
    altered: Mapping[str, str] = {}  # there, in a form that does not read back as it was
    sometimes: Mapping[str, str] = {}  # comes back as it was, but for the values that the reason names
    survives: Mapping[str, tuple[Any, ...]] = {}  # values of a field named above that are not lost after all
    advice: Mapping[str, str] = {}  # what to do about the loss of a key above, where something can be done

    def reason(self, key: str) -> str | None:
        """Why ``key`` is lost, or None if it survives."""
        return self.dropped.get(key) or self.altered.get(key) or self.sometimes.get(key)

    def of(self, record: msgspec.Struct, own: str = "") -> Iterator[tuple[str, str, bool]]:
        """What ``record`` would really lose: (key, reason, whether it is dropped altogether).

        Only fields that hold something other than their default are reported; nested structs are walked.
        What ``own``, the target itself, has put into ``extra`` is not lost on it.
        """
        model = type(record).__name__
        if model in self.dropped:
            yield model, self.dropped[model], True
            return
        for field, value in filled(record):
            key = f"{model}.{field}"
            if value in self.survives.get(key, ()) or (field == "extra" and set(value) <= {own}):
                continue
            if key in self.dropped:
                yield key, self.dropped[key], True
                continue
            if key in self.altered:
                yield key, self.altered[key], False
            yield from self._nested(value, own)

    def _nested(self, value: Any, own: str) -> Iterator[tuple[str, str, bool]]:  # noqa: ANN401
        if isinstance(value, msgspec.Struct):
            yield from self.of(value, own)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, msgspec.Struct):
                    yield from self.of(item, own)


def filled(record: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """Give the name and value of each field that holds something other than its default."""
    for field in _fields(type(record)):  # msgspec resolves the annotations anew at every call
        value = getattr(record, field.name)
        if value is not None and value not in ((), {}, "") and value is not False and value != field.default:
            yield field.name, value


@cache
def _fields(model: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(model)
