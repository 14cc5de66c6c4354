"""JSON documents of any kind, read whole: encodings, depth, and numbers that no other program reads the same.

And written, line by line.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.errors import FormatError

if TYPE_CHECKING:
    from feedkeep.notes import Notes
    from feedkeep.source import Source

DEPTH = 200  # the decoder recurses; deeper documents are of no format


def parsed(source: Source, notes: Notes) -> Any:  # noqa: ANN401 — whatever it is
    """Read a document whole. Raises FormatError for what is not JSON, or deeper than any format is."""
    data = source.read()
    strange: list[str] = []

    def number(text: str) -> float | str:
        """Read a number; one that no other program reads the same stays as it was written."""
        if text.lstrip("-").isdigit():
            if len(text) < 20 and abs(whole := int(text)) < 1 << 63:
                return whole
        elif math.isfinite(part := float(text)):
            return part
        strange.append(text)
        return text

    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
        if text.count("[", 0, 1 << 20) > 1 << 19:
            raise FormatError("nested too deep", source=source.name)
        found = json.loads(text, parse_int=number, parse_float=number, parse_constant=number)
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 at byte {error.start}", source=source.name) from error
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg.lower().removesuffix(' at')}"
        raise FormatError(reason, source=source.name, line=error.lineno) from error
    except RecursionError as error:
        raise FormatError("nested too deep", source=source.name) from error
    if deeper(found, DEPTH):
        raise FormatError("nested too deep", source=source.name)
    if strange:
        shown = ", ".join(text[:40] for text in strange[:3])
        notes.altered(f"numbers that JSON cannot carry are kept as text: {shown}", source=source.name)
    return found


def written(value: Any) -> bytes:  # noqa: ANN401 — as JSON has it
    """Write a value with a line for each member, as Python's json does with ``indent=1``, and some times as fast.

    Half a surrogate pair, which no encoding has, becomes a question mark.
    """
    try:
        return msgspec.json.format(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), indent=1)
    except (msgspec.DecodeError, RecursionError):  # a number that is none, or deeper than msgspec goes
        return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def deeper(value: object, limit: int) -> bool:
    """Tell whether lists and objects lie within each other more than ``limit`` deep."""
    level: list[object] = [value]
    while level and limit:
        level = [
            inner
            for held in level
            for inner in (held.values() if isinstance(held, dict) else held if isinstance(held, list) else ())
            if isinstance(inner, (dict, list))
        ]
        limit -= 1
    return bool(level)
