"""Posts of Pelican in HTML: metadata in the head, the text in the body.

https://docs.getpelican.com/en/latest/content.html#file-metadata
"""

from __future__ import annotations

import html
from typing import Any

from feedkeep.content.tags import tokens


def parted(document: str) -> tuple[dict[str, Any], str]:
    """Part a document into its metadata, by names in lower case, and the inside of its body."""
    fields: dict[str, Any] = {}
    within_title = False
    start, end = None, len(document)
    for token in tokens(document):
        if token.name == "body" and not token.closes and start is None:
            start = token.end
        elif token.name == "body" and token.closes:
            end = token.start
        elif start is not None:
            continue
        elif token.name == "title":
            within_title = not token.closes
        elif token.name is None and within_title:
            fields.setdefault("title", " ".join(html.unescape(token.text).split()))
        elif token.name == "meta":
            told = {one.name: one.value for one in token.attributes}
            name = told.get("name", "").lower()
            if name:
                _enter(fields, "tags" if name == "keywords" else name, told.get("content", told.get("contents", "")))
    body = document if start is None else document[start:end]
    return fields, body.removeprefix("\n").removesuffix("\n")


def _enter(fields: dict[str, Any], name: str, value: str) -> None:
    """Enter a value; a name that stands twice has a list."""
    if name == "title" or name not in fields:
        fields[name] = value
    elif isinstance(fields[name], list):
        fields[name].append(value)
    else:
        fields[name] = [fields[name], value]
