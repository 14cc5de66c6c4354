"""A body of any form as HTML."""

from __future__ import annotations

import html as entities
from functools import lru_cache
from typing import TYPE_CHECKING

from feedkeep.content import links, wordpress
from feedkeep.patterns import pattern

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

    from feedkeep.models import Content

_PARAGRAPH = pattern(r"\n[ \t]*(?:\n[ \t]*)+")
_LINE_ENDS = pattern(r"\r\n?|\x85|\u2028")


def html(content: Content) -> str:
    """Give the body as HTML, its relative addresses resolved against ``content.base``; not sanitised."""
    value = content.value
    if content.form == "wordpress":
        value = wordpress.html(value)
    elif content.form == "markdown":
        value = _markdown().render(value)
    elif content.form == "text":
        value = from_text(value)
    return links.absolute(value, content.base)


def from_text(text: str) -> str:
    """Give plain text as paragraphs; a line break within one is kept, the rest of the white space folds."""
    paragraphs = _PARAGRAPH.split(_LINE_ENDS.sub("\n", text.replace("\u2029", "\n\n")).strip("\n"))
    return "\n".join(
        "<p>" + "<br>\n".join(entities.escape(line, quote=False) for line in paragraph.split("\n")) + "</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 — few sources are Markdown; all exports load this module

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
