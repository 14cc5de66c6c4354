"""YAML that every version and reader of YAML takes for the same: texts in double quotes, keys bare, no line folded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

_LONE = re.compile("[\ud800-\udfff]")
_WIDE = 1 << 30

if TYPE_CHECKING:
    from yaml import SafeDumper as _Fastest
else:  # libyaml's where PyYAML was built with it, as its wheels are: it writes the same, many times as fast
    _Fastest = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def dumped(value: Any) -> str:  # noqa: ANN401 — as JSON has it
    """Write a value; lone surrogates, which no encoding has, become U+FFFD."""
    return str(yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDE))


class _Dumper(_Fastest):
    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:  # noqa: ANN401
        node = super().represent_mapping(tag, mapping, flow_style)
        for key, _ in node.value:
            if re.fullmatch(r"[A-Za-z_]+", key.value):
                key.style = None
        return node

    def ignore_aliases(self, _data: Any) -> bool:  # noqa: ANN401 — a value that stands twice is written twice
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if not value.isascii():
        value = _LONE.sub("\ufffd", value)
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"')


_Dumper.add_representer(str, _text)
