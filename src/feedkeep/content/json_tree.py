"""JSON that somebody else wrote → values that can be kept and walked without harm."""

from __future__ import annotations

import json
import math
import re
from typing import Any

DEPTH = 200  # levels of objects and lists; deeper documents are no exports, and walking them would recurse too deep
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


def parsed(text: str) -> Any:  # noqa: ANN401 — JSON
    """Decode JSON. Raises ValueError, in one line, for what is none or nested deeper than :data:`DEPTH`.

    Numbers that other programs would not read the same stay as they were written, as text; halves of
    surrogate pairs, which no encoding can write, become U+FFFD.
    """
    try:
        found = json.loads(text, parse_int=_whole, parse_float=_part, parse_constant=str)
    except json.JSONDecodeError as error:
        msg = f"not JSON: {error.msg.lower().removesuffix(' at')} (line {error.lineno})"
        raise ValueError(msg) from None
    except RecursionError:
        raise ValueError("nested too deep") from None
    if _is_deep(found):
        raise ValueError("nested too deep")
    return _whole_characters(found) if _ESCAPED.search(text) or _SURROGATE.search(text) else found


def _whole(text: str) -> int | str:
    return int(text) if len(text) < 19 else text


def _part(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _is_deep(value: object) -> bool:
    level: list[object] = [value]
    for _ in range(DEPTH):
        level = [
            inner
            for held in level
            for inner in (held.values() if isinstance(held, dict) else held if isinstance(held, list) else ())
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _whole_characters(value: Any) -> Any:  # noqa: ANN401 — JSON
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole_characters(inner) for inner in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _whole_characters(inner) for key, inner in value.items()}
    return value
