"""What static site generators have no word for, kept in front matter and data under a name of our own.

``feedkeep`` holds fields of a record by their names in :mod:`feedkeep.models`. What a generator has a word for stands
under that word alone, so that what a person changes there is what counts.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

KEY = "feedkeep"
FOLDER = "feedkeep_blog"  # of data: what is said of the blog (blog.json) and of its files (media.json)
# Never kept: "extra" was meant for the format that it came from, a password for nobody.
_APART = frozenset({"extra", "password"})

_NAME = 120  # bytes
_TAG = re.compile(r"<[^<>]*>")
_LETTER = re.compile(r"[^\W_]")
_FILE = re.compile(r".*\.x?html?|index", re.IGNORECASE)  # a folder of that name would be taken for a page

_R = TypeVar("_R", bound=msgspec.Struct)


def is_name(text: str) -> bool:
    """Tell whether a term can have a page of its own: generators make a folder of its name."""
    bare = _TAG.sub("", text)
    return len(text.encode("utf-8", "replace")) <= _NAME and bool(_LETTER.search(bare)) and not _FILE.fullmatch(text)


def kept(record: msgspec.Struct, native: Iterable[str] = ()) -> dict[str, Any]:
    """Give the fields of a record that say something, without those that stand under another word."""
    told: dict[str, Any] = msgspec.to_builtins(record)
    left = _APART.union(native)
    return {name: _bare(value) for name, value in told.items() if name not in left}


def restored(record: _R, told: object, failed: Callable[[str], None]) -> _R:
    """Give a record with the fields that :func:`kept` kept; ``failed`` hears of what is none."""
    if isinstance(told, str):
        try:
            told = json.loads(told)
        except (ValueError, RecursionError):
            told = None
    names = set(record.__struct_fields__) - _APART
    found = {name: value for name, value in told.items() if name in names} if isinstance(told, dict) else None
    if found is None:
        failed(f"{KEY} is no list of fields")
        return record
    known = {"id": getattr(record, "id", None)} | {name: value for name, value in found.items() if value is not None}
    try:
        made = msgspec.convert(known, type(record), strict=False)
    except (msgspec.ValidationError, RecursionError) as error:
        failed(f"{KEY}: {str(error)[:160]}")
        return record
    return msgspec.structs.replace(record, **{name: getattr(made, name) for name in found})


def made(told: object, model: type[_R]) -> _R | None:
    """Make a record of what :func:`kept` kept of it; None where it is none."""
    try:
        return msgspec.convert(_bare(told), model, strict=False)
    except (msgspec.ValidationError, RecursionError):
        return None


def _bare(value: Any) -> Any:  # noqa: ANN401 — as JSON has it
    if isinstance(value, dict):
        return {name: _bare(held) for name, held in value.items() if name not in _APART or not isinstance(held, dict)}
    return [_bare(held) for held in value] if isinstance(value, (list, tuple)) else value
