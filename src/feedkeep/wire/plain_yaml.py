"""YAML that every version and reader of YAML takes for the same: texts in double quotes, keys bare, no line folded."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml
from yaml import events

_LONE = re.compile("[\ud800-\udfff]")
_BARE = re.compile(r"[A-Za-z_]+")
_TEXT = "tag:yaml.org,2002:str"
_WIDE = 1 << 30

if TYPE_CHECKING:
    from yaml import SafeDumper as _Fastest
else:  # libyaml's where PyYAML was built with it, as its wheels are: it writes the same, many times as fast
    _Fastest = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def dumped(value: Any) -> str:  # noqa: ANN401 — as JSON has it
    """Write a value; lone surrogates, which no encoding has, become U+FFFD.

    The events are made here: PyYAML's own way to them asks of every text whether it could be taken for a number.
    """
    told: list[events.Event] = [events.StreamStartEvent(), events.DocumentStartEvent(explicit=False)]
    _tell(value, told)
    told += (events.DocumentEndEvent(explicit=False), events.StreamEndEvent())
    return str(yaml.emit(told, Dumper=_Fastest, allow_unicode=True, width=_WIDE))


def _tell(value: Any, told: list[events.Event]) -> None:  # noqa: ANN401 — likewise
    if isinstance(value, str):
        told.append(_text(value))
    elif isinstance(value, dict):
        told.append(events.MappingStartEvent(None, None, implicit=True, flow_style=False))
        for key, held in value.items():
            told.append(_bare(key) if _BARE.fullmatch(key) else _text(key))
            _tell(held, told)
        told.append(events.MappingEndEvent())
    elif isinstance(value, (list, tuple)):
        told.append(events.SequenceStartEvent(None, None, implicit=True, flow_style=False))
        for held in value:
            _tell(held, told)
        told.append(events.SequenceEndEvent())
    else:
        told.append(events.ScalarEvent(None, None, (True, False), _number(value)))


def _text(value: str) -> events.ScalarEvent:
    if not value.isascii():
        value = _LONE.sub("\ufffd", value)
    return events.ScalarEvent(None, None, (False, True), value, style='"')


@lru_cache(maxsize=256)
def _bare(key: str) -> events.ScalarEvent:
    """Give a key without quotes, unless it would be taken for something else than a text: null, yes."""
    return events.ScalarEvent(None, None, (isinstance(yaml.safe_load(key), str), True), key)


def _number(value: Any) -> str:  # noqa: ANN401 — likewise
    """Give a number, a truth or nothing as YAML spells it."""
    if isinstance(value, float):
        return str(yaml.SafeDumper(io.StringIO()).represent_data(value).value)
    return "null" if value is None else str(value).lower()
