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

    name: str
    default: Any
    is_extra: bool
    survives: tuple[Any, ...]
    loss: tuple[str, str, bool] | None  # as Losses.of gives it
    is_nested: bool  # holds records, too


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

    def of(self, record: msgspec.Struct, own: str = "") -> list[tuple[str, str, bool]]:
        """What ``record`` would really lose: (key, reason, whether it is dropped altogether).

        Only fields that hold something other than their default are reported; nested structs are walked.
        What ``own``, the target itself, has put into ``extra`` is not lost on it.
        """
        found: list[tuple[str, str, bool]] = []
        self._walk(record, own, found)
        return found

    def _walk(self, record: msgspec.Struct, own: str, found: list[tuple[str, str, bool]]) -> None:
        model = type(record)
        if model.__name__ in self.dropped:
            found.append((model.__name__, self.dropped[model.__name__], True))
            return
        plan = self._plans.get(model) or self._plans.setdefault(model, self._plan_of(model))
        values = plan.values(record)
        # most fields hold their default itself, and are passed over at once
        for value, fate in compress(zip(values, plan.fates, strict=True), map(is_not, values, plan.defaults)):
            _, default, is_extra, survives, loss, is_nested = fate
            if not value and (value is None or value is False or value in _NOTHING):
                continue
            if (default is not None and value == default) or (survives and value in survives):
                continue
            if is_extra and set(value) <= {own}:
                continue
            if loss is not None:
                found.append(loss)
                if loss[2]:
                    continue
            if is_nested:
                for item in value if isinstance(value, tuple) else (value,):
                    if isinstance(item, msgspec.Struct):
                        self._walk(item, own, found)

    @cached_property
    def _plans(self) -> dict[type[msgspec.Struct], _Plan]:
        return {}  # worked out once for each model, since an export asks of every record

    def _plan_of(self, model: type[msgspec.Struct]) -> _Plan:
        fates = []
        for field in _fields(model):
            key = f"{model.__name__}.{field.name}"
            survives, dropped, altered = self.survives.get(key, ()), self.dropped.get(key), self.altered.get(key)
            nested = _holds_records(field.type)
            if dropped or altered or nested:
                loss = (key, dropped, True) if dropped else (key, altered, False) if altered else None
                fates.append(_Fate(field.name, field.default, field.name == "extra", survives, loss, nested))
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
