"""Front matter: what stands before the text of a post in YAML, TOML, JSON or ``Key: value`` lines."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

from feedkeep.wire import html_head
from feedkeep.wire.data_languages import Language, UnreadableError, json_start, read

Syntax = Literal["yaml", "toml", "json", "headers", "directives", "none"]

_SIZE = 256 << 10  # characters

_FENCE = re.compile(r"(---|\+\+\+)(yaml|yml|toml|json|js|javascript)?[ \t]*\n", re.IGNORECASE)
_HEADER = re.compile(r"([A-Za-z][\w.-]{0,60}(?: [A-Za-z][\w-]{0,30})?)[ \t]*:(?:[ \t]+(.*)|)")
_DIRECTIVE = re.compile(r":([A-Za-z][\w-]*):(?:[ \t]+(.*))?")
_UNDERLINE = re.compile(r"([=\-~^\"'#*+.`:])\1{2,}[ \t]*")
_HTML = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)


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


def _fenced(whole: str, inner: str, body: str, language: str) -> Parted:
    language = language.lower()
    syntax: Language = "toml" if language == "toml" else "json" if language == "json" else "yaml"
    try:
        if len(inner) > _SIZE:
            raise UnreadableError("too large")  # noqa: TRY301 — all that is wrong with it ends below
        if language in {"js", "javascript"}:
            raise UnreadableError("a program, not data")  # noqa: TRY301
        found = read(inner, syntax)
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
    found = json_start(text)
    if found is None:
        return None
    fields, end = found
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
