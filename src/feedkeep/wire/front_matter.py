"""Front matter: what stands before the text of a post in YAML, TOML, JSON or ``Key: value`` lines, and data files.

Values are plain: texts, numbers, truth values, lists and objects. Dates stay texts as they are written, for a date
without a zone is not one in UTC. A number stays a text where no other way of writing it gives the same text.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import tomllib
from typing import Any, Literal, NamedTuple

import yaml

from feedkeep.wire import html_head

Syntax = Literal["yaml", "toml", "json", "headers", "directives", "none"]

_SIZE = 256 << 10  # characters of front matter; of a data file, see LIST_SIZE
LIST_SIZE = 64 << 20  # characters of a data file
_NODES = 20_000  # values of a post's front matter after its aliases are expanded
_LIST_NODES = 5_000_000
_DEPTH = 60

_FENCE = re.compile(r"(---|\+\+\+)(yaml|yml|toml|json|js|javascript)?[ \t]*\n", re.IGNORECASE)
_HEADER = re.compile(r"([A-Za-z][\w.-]{0,60}(?: [A-Za-z][\w-]{0,30})?)[ \t]*:(?:[ \t]+(.*)|)")
_DIRECTIVE = re.compile(r":([A-Za-z][\w-]*):(?:[ \t]+(.*))?")
_UNDERLINE = re.compile(r"([=\-~^\"'#*+.`:])\1{2,}[ \t]*")
_HTML = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_LONE = re.compile("[\ud800-\udfff]")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_PART = re.compile(r"-?(?:0|[1-9][0-9]{0,15})\.[0-9]{1,15}")


class UnreadableError(ValueError):
    """Front matter or a data file that is not in the language it claims to be in."""


class Parted(NamedTuple):
    """A document in its two parts."""

    fields: dict[str, Any]
    body: str
    syntax: Syntax
    damage: str | None = None  # why there are no fields though something stands there; it is part of the body then


def parted(text: str, *, headers: bool = False, directives: bool = False) -> Parted:
    """Part a document. ``headers``: Pelican's lines are looked for; ``directives``: those of reStructuredText."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    start = text.lstrip("\n \t")
    fence = _FENCE.match(start)
    if fence is not None:
        closing = re.compile(r"^(?:---|\.\.\.)[ \t]*$" if fence[1] == "---" else r"^\+\+\+[ \t]*$", re.MULTILINE)
        end = closing.search(start, fence.end())
        if end is not None:
            syntax: Syntax = "toml" if fence[1] == "+++" or fence[2] == "toml" else "yaml"
            return _fenced(start, start[fence.end() : end.start()], _after(start, end.end()), fence[2] or syntax)
        if fence[1] == "+++" or _HEADER.match(start, fence.end()):
            return Parted({}, text, "none", "front matter that does not end")
    if start.startswith("{"):
        found = _json_start(start)
        if found is not None:
            return found
    if directives:
        return _directed(text)
    if headers and fence is None and _HEADER.match(start):
        return _headed(start)
    if headers and _HTML.match(start):
        return Parted(*html_head.parted(start), "headers")
    return Parted({}, text, "none")


def data(text: str, suffix: str) -> Any:  # noqa: ANN401 — whatever it is
    """Read a data file by its suffix. Raises UnreadableError."""
    if len(text) > LIST_SIZE:
        raise UnreadableError("too large")
    text = text.lstrip("\ufeff")
    if suffix == ".json":
        return _plain(_json(text), _LIST_NODES)
    return _toml(text, _LIST_NODES) if suffix == ".toml" else _yaml(text, _LIST_NODES)


def _fenced(whole: str, inner: str, body: str, language: str) -> Parted:
    language = language.lower()
    syntax: Syntax = "toml" if language == "toml" else "json" if language == "json" else "yaml"
    try:
        if len(inner) > _SIZE:
            raise UnreadableError("too large")  # noqa: TRY301 — all that is wrong with it ends below
        if language in {"js", "javascript"}:
            raise UnreadableError("a program, not data")  # noqa: TRY301
        if syntax == "json":
            found = _plain(_json(inner), _NODES)
        else:
            found = _toml(inner, _NODES) if syntax == "toml" else _yaml(inner, _NODES)
    except UnreadableError as error:
        damage = f"front matter that is no {language}: {error}"
        fields = _salvaged(inner) if syntax == "yaml" and len(inner) <= _SIZE else {}
        return Parted(fields, body, syntax, damage) if fields else Parted({}, whole, "none", damage)
    if found is not None and not isinstance(found, dict):  # a line between two rules is a line between two rules
        return Parted({}, whole, "none")
    return Parted(found or {}, body, syntax)


def _salvaged(inner: str) -> dict[str, Any]:
    """Take the lines of broken YAML that say something by themselves."""
    fields: dict[str, Any] = {}
    for line in inner.splitlines():
        found = _HEADER.fullmatch(line.rstrip())
        if found is not None and found[2]:
            value = found[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            fields[found[1]] = value[1:-1] if quoted else {"true": True, "false": False}.get(value.lower(), value)
    return fields


def _json_start(text: str) -> Parted | None:
    try:
        found, end = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=str).raw_decode(text)
        fields = _plain(found, _NODES)
    except (ValueError, RecursionError):
        return None
    after = text[end:]
    return (
        Parted(fields, after.lstrip(" \t").removeprefix("\n").lstrip("\n"), "json")
        if not after or after.startswith("\n")
        else None
    )


def _headed(text: str) -> Parted:
    """Read the lines that Python-Markdown calls meta-data: indented lines go on, an empty line ends them."""
    fields: dict[str, list[str]] = {}
    at, key = 0, ""
    for line in text.splitlines(keepends=True):
        said = line.rstrip("\n")
        found = _HEADER.fullmatch(said)
        if not said.strip():
            at += len(line)
            break
        if found is not None and not line.startswith((" ", "\t")):
            key = found[1].strip().lower()
            value = (found[2] or "").strip()
            fields.setdefault(key, []).extend((", ", value) if fields.get(key) else (value,))
        elif line.startswith(("    ", "\t")) and key:
            fields[key] += ("\n", said.strip())
        else:
            break
        at += len(line)
    return Parted(_joined(fields), text[at:].lstrip("\n"), "headers")


def _directed(text: str) -> Parted:
    """Read the title and the ``:key: value`` lines at the top of reStructuredText and AsciiDoc."""
    fields: dict[str, list[str]] = {}
    lines = text.splitlines(keepends=True)
    at, title = 0, None
    key = ""
    for number, line in enumerate(lines):
        said = line.rstrip()
        found = _DIRECTIVE.fullmatch(said)
        after = lines[number + 1].rstrip() if number + 1 < len(lines) else ""
        if found is not None:
            key = found[1].lower()
            fields[key] = [(found[2] or "").strip()]
        elif key and line[:1] in {" ", "\t"} and said:
            fields[key] += ("\n", said.strip())
        elif title is None and said.startswith("= "):
            title = said[2:].strip()
        elif title is None and said and not _UNDERLINE.fullmatch(said) and _UNDERLINE.fullmatch(after):
            title = said.strip()
        elif said and not _UNDERLINE.fullmatch(said) and not said.startswith((".. ", "// ")):
            break
        at += len(line)
    if title is not None:
        fields.setdefault("title", [title])
    return Parted(_joined(fields), text[at:].lstrip("\n"), "directives" if fields else "none")


def _joined(fields: dict[str, list[str]]) -> dict[str, Any]:
    return {key: "".join(pieces).strip() for key, pieces in fields.items()}


def _after(text: str, end: int) -> str:
    return text[end:].removeprefix("\n").lstrip("\n")


def _json(text: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(text, parse_int=_number, parse_float=_number, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(_line(error)) from error


def plain(value: Any) -> Any:  # noqa: ANN401
    """Copy a value as JSON could say it. Raises UnreadableError where it is too deep or too large."""
    return _plain(value, _NODES)


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
