"""Versions of one record → the record: field by field, the same whatever the order they came in."""

from __future__ import annotations

import html
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.archive.identity import canonical
from feedkeep.ids import is_local, is_made
from feedkeep.models import Comment, Content, Media, Post, Record
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    from feedkeep.archive.versions import Version

_TAG = pattern(r"<[^>]*>|\[/?caption[^\]]*\]")
_SPACE = pattern(r"\s+")
_CUT = pattern(r"[\s.…\[\]()]*(?:read more|continue reading|mehr lesen|weiterlesen)?[\s.…\[\]()»→]*$", re.IGNORECASE)
_LEAST_PREFIX = 40  # characters; a shorter body is not taken for the beginning of another


def merged(versions: Sequence[Version]) -> Record:
    """Merge the versions of one record; a single version is the record as it is."""
    if len(versions) == 1:
        return versions[0].record
    ranked = sorted(versions, key=lambda version: version.rank, reverse=True)
    model = type(ranked[0].record)
    values: dict[str, Any] = {}
    for name, default in _fields(model):
        stated = [value for version in ranked if (value := getattr(version.record, name)) != default]
        if stated:
            values[name] = _merger(name)(stated)
    if "id" in values:
        _identify(values, ranked)
    return model(**values)


@cache
def _fields(model: type[Record]) -> tuple[tuple[str, Any], ...]:
    def default(field: Any) -> Any:  # noqa: ANN401
        return {} if field.default_factory is dict else None if field.required else field.default

    return tuple((field.name, default(field)) for field in msgspec.structs.fields(model))


def _newest(stated: Sequence[Any]) -> Any:  # noqa: ANN401
    return stated[0]


def _moment(stated: Sequence[dt.datetime]) -> dt.datetime:
    """The newest statement, in the blog's own zone where another names the same moment in one: feeds speak UTC."""
    chosen = stated[0]
    return next((moment for moment in stated if moment == chosen and moment.utcoffset()), chosen)


def _largest(stated: Sequence[Any]) -> Any:  # noqa: ANN401
    return max(stated)


def _all_keys(stated: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Each key from the version that wins it: a format's own extras survive beside the others'."""
    united: dict[str, Any] = {}
    for extra in reversed(stated):
        united.update(extra)
    return united


def _body(stated: Sequence[Content]) -> Content:
    """The newest body that is not a cut one of another."""
    whole = [body for body in stated if not body.truncated] or list(stated)
    if len(whole) == 1:
        return whole[0]
    texts = [_words(body.value) for body in whole]
    for body, text in zip(whole, texts, strict=True):
        start = _CUT.sub("", text)
        cut = len(start) >= _LEAST_PREFIX and any(len(other) > len(text) and other.startswith(start) for other in texts)
        if not cut and (text or body.src):
            return body
    return whole[0]


def _words(markup: str) -> str:
    return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", markup))).strip()


_MERGERS: dict[str, Callable[[Any], Any]] = {
    "content": _body,
    "extra": _all_keys,
    "comment_count": _largest,
    "published": _moment,
    "updated": _moment,
    "ids": _all_keys,
}


def _merger(name: str) -> Callable[[Any], Any]:
    return _MERGERS.get(name, _newest)


def _identify(values: dict[str, Any], ranked: Sequence[Version]) -> None:
    """Choose the id that readers know, and keep every other id and address beside it."""
    leader = max(ranked, key=lambda version: (_standing(version.record), version.rank))
    ids = {getattr(version.record, "id", "") for version in ranked}
    chosen: str = getattr(leader.record, "id", "")
    values["id"] = chosen
    if hasattr(leader.record, "permalink"):
        values["permalink"] = leader.record.permalink
    if hasattr(leader.record, "aliases"):
        ids.update(alias for version in ranked for alias in getattr(version.record, "aliases", ()))
        values["aliases"] = tuple(sorted(ids - {chosen}))
    if isinstance(leader.record, Post):
        urls = {url for v in ranked if isinstance(v.record, Post) for url in (v.record.url, *v.record.urls) if url}
        values["urls"] = tuple(sorted(urls - {values.get("url")}))


def _standing(record: Record) -> int:
    """How good an id is: one of its own, one that is only its address, a platform's own number, a made one."""
    record_id: str = getattr(record, "id", None) or ""
    if is_made(record_id):
        return 0
    url = getattr(record, "url", None)
    if (
        isinstance(record, (Post, Media, Comment))
        and record_id.startswith("http")
        and canonical(record_id) == canonical(url)
    ):
        return 2
    return 1 if is_local(record_id) else 3
