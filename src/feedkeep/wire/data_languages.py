"""YAML, TOML and JSON as plain values, for front matter and data files.

Values are texts, numbers, truth values, lists and objects. Dates stay texts as they are written, for a date without a
zone is not one in UTC. A number stays a text where no other way of writing it gives the same text.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from typing import Any, Literal

import yaml

Language = Literal["yaml", "toml", "json"]

LIST_SIZE = 64 << 20  # characters of a data file
_NODES = 20_000  # values of a post's front matter after its aliases are expanded
_LIST_NODES = 5_000_000
_DEPTH = 60

_LONE = re.compile("[\ud800-\udfff]")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_PART = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,15}")


class UnreadableError(ValueError):
    """Front matter or a data file that is not in the language it claims to be in."""


def data(text: str, suffix: str) -> Any:  # noqa: ANN401 — whatever it is
    """Read a data file by its suffix. Raises UnreadableError."""
    if len(text) > LIST_SIZE:
        raise UnreadableError("too large")
    text = text.lstrip("\ufeff")
    return read(text, "json" if suffix == ".json" else "toml" if suffix == ".toml" else "yaml", _LIST_NODES)


def read(text: str, language: Language, limit: int = _NODES) -> Any:  # noqa: ANN401
    """Read a text of up to so many values. Raises UnreadableError."""
    if language == "json":
        return _json(text, limit)
    return _toml(text, limit) if language == "toml" else _yaml(text, limit)


def json_start(text: str) -> tuple[Any, int] | None:
    """Read the JSON value that a text begins with, and say where it ends; None where there is none."""
    try:
        found, end = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=str).raw_decode(text)
        return _plain(found, _NODES), end
    except (ValueError, RecursionError):
        return None


def plain(value: Any) -> Any:  # noqa: ANN401
    """Copy a value as JSON could say it. Raises UnreadableError where it is too deep or too large."""
    return _plain(value, _NODES)


def _json(text: str, nodes: int) -> Any:  # noqa: ANN401
    try:
        found = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_line(error)) from error
    return _plain(found, nodes)


def _toml(text: str, nodes: int) -> Any:  # noqa: ANN401
    try:
        return _plain(tomllib.loads(text, parse_float=_number), nodes)
    except UnreadableError:
        raise
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_line(error)) from error


def _yaml(text: str, nodes: int) -> Any:  # noqa: ANN401
    depth = 0
    for mark in re.findall(r"[\[\]{}]", text):  # the parser is of another language, which has no limit of its own
        depth += 1 if mark in "[{" else -1
        if depth > _DEPTH * 4:
            raise UnreadableError("nested too deep")
    if re.search(rf"^[ \t]*(?:[-?][ \t]+){{{_DEPTH},}}", text, re.MULTILINE):
        raise UnreadableError("nested too deep")
    try:
        return _plain(yaml.load(text, _Loader), nodes)  # noqa: S506 — it is a safe loader
    except UnreadableError:
        raise
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise UnreadableError(_line(error)) from error


def _line(error: Exception) -> str:
    said = getattr(error, "problem", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:160]


def _number(text: str) -> Any:  # noqa: ANN401
    """Read a number that is written as everybody writes it; any other stays a text."""
    if _WHOLE.fullmatch(text) and text != "-0":
        return int(text)
    if _PART.fullmatch(text) and math.isfinite(value := float(text)) and repr(value) == text:
        return value
    return text


def _plain(value: Any, nodes: int) -> Any:  # noqa: ANN401
    """Copy what a parser gave, aliases expanded, up to so many values; dates and bytes become texts."""
    left = nodes

    def copied(one: Any, depth: int) -> Any:  # noqa: ANN401
        nonlocal left
        left -= 1
        if left < 0 or depth > _DEPTH:
            raise UnreadableError("nested too deep" if left >= 0 else "expands to too much")
        if isinstance(one, dict):
            return {_key(key): copied(held, depth + 1) for key, held in one.items()}
        if isinstance(one, (list, tuple, set)):
            return [copied(held, depth + 1) for held in one]
        if isinstance(one, dt.datetime):
            return one.isoformat(sep=" ")
        if isinstance(one, (dt.date, dt.time)):
            return one.isoformat()
        if isinstance(one, (bytes, bytearray)):
            return one.decode("utf-8", "replace")
        if isinstance(one, int) and not isinstance(one, bool) and abs(one) >= 1 << 63:
            return hex(one)
        if isinstance(one, str):
            return one if one.isascii() else _LONE.sub("\ufffd", one)
        return one if one is None or (isinstance(one, (int, float)) and math.isfinite(one)) else str(one)

    return copied(value, 0)


def _key(key: Any) -> str:  # noqa: ANN401
    return "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML 1.2's core, in which "no" is a word and a date is a text, without tags that make objects."""


def _scalar(loader: Any, node: Any) -> Any:  # noqa: ANN401
    return _number(loader.construct_scalar(node))


def _untagged(loader: Any, _tag: str, node: Any) -> Any:  # noqa: ANN401
    """Take a value of an unknown type for what it is written as."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("!number", re.compile(rf"(?:{_WHOLE.pattern}|{_PART.pattern})$"), list("-0123456789"))
_Loader.add_constructor("!number", _scalar)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))
_Loader.add_multi_constructor("!", _untagged)
_Loader.add_multi_constructor("tag:", _untagged)
