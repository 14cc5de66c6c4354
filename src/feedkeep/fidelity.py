"""What a target cannot hold, declared as data and reported for the records at hand."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import compress
from operator import attrgetter, is_not
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


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


_NOTHING: tuple[Any, ...] = ((), {}, "")


class _Fate(NamedTuple):
    """What becomes of one field of a model."""

    key: str
    name: str
    default: Any
    is_extra: bool
    survives: tuple[Any, ...]
    dropped: str | None
    altered: str | None


class _Plan(NamedTuple):
    """The fields of a model that lose something or hold other records, and how to ask a record for them all."""

    fates: tuple[_Fate, ...]
    values: Callable[[msgspec.Struct], tuple[Any, ...]]
    defaults: tuple[Any, ...]


class Losses(msgspec.Struct, frozen=True, kw_only=True, dict=True):
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
        model = type(record)
        if model.__name__ in self.dropped:
            yield model.__name__, self.dropped[model.__name__], True
            return
        plan = self._plans.get(model) or self._plans.setdefault(model, self._plan_of(model))
        # most fields hold their default itself, and are passed over at once
        fates = compress(
            zip(values := plan.values(record), plan.fates, strict=True), map(is_not, values, plan.defaults)
        )
        for value, fate in fates:
            if not value and (value is None or value is False or value in _NOTHING):
                continue
            if (fate.default is not None and value == fate.default) or (fate.survives and value in fate.survives):
                continue
            if fate.is_extra and set(value) <= {own}:
                continue
            if fate.dropped is not None:
                yield fate.key, fate.dropped, True
                continue
            if fate.altered is not None:
                yield fate.key, fate.altered, False
            if isinstance(value, msgspec.Struct):
                yield from self.of(value, own)
            elif isinstance(value, tuple):
                for item in value:
                    if isinstance(item, msgspec.Struct):
                        yield from self.of(item, own)

    @cached_property
    def _plans(self) -> dict[type[msgspec.Struct], _Plan]:
        return {}  # worked out once for each model, since an export asks of every record

    def _plan_of(self, model: type[msgspec.Struct]) -> _Plan:
        fates = []
        for field in _fields(model):
            key = f"{model.__name__}.{field.name}"
            survives, dropped, altered = self.survives.get(key, ()), self.dropped.get(key), self.altered.get(key)
            if dropped or altered or _holds_records(field.type):
                fates.append(_Fate(key, field.name, field.default, field.name == "extra", survives, dropped, altered))
        names = [fate.name for fate in fates]
        if len(names) > 1:
            values: Callable[[msgspec.Struct], tuple[Any, ...]] = attrgetter(*names)
        else:
            values = lambda record: tuple(getattr(record, name) for name in names)  # noqa: E731
        return _Plan(tuple(fates), values, tuple(fate.default for fate in fates))


def filled(record: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    """Give the name and value of each field that holds something other than its default."""
    for field in _fields(type(record)):  # msgspec resolves the annotations anew at every call
        value = getattr(record, field.name)
        if value is not None and value not in _NOTHING and value is not False and value != field.default:
            yield field.name, value


@cache
def _fields(model: type[msgspec.Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(model)


def _holds_records(annotation: Any) -> bool:  # noqa: ANN401
    """Tell whether a field of that type may hold structs, in a tuple or not."""
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return True
    return any(map(_holds_records, get_args(annotation)))
