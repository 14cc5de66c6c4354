"""A post's text as WordPress stores it, as the HTML that WordPress shows.

A post of the block editor is HTML between comments (``<!-- wp:paragraph -->``), which are taken out; a post of the
classic editor has blank lines for paragraphs. Blocks that WordPress makes anew for each visitor (newest posts, an
archive's calendar) have no HTML in the post: :func:`dynamic_blocks` names them.
"""

from __future__ import annotations

import re

from feedkeep.content.autop import autop
from feedkeep.content.shortcodes import embedded, expanded, foreign
from feedkeep.content.tags import tokens
from feedkeep.patterns import pattern

_BLOCK = pattern(r"<!--\s+(/)?wp:([a-z][a-z0-9_-]*(?:/[a-z][a-z0-9_-]*)?)\s+(?:\{.*\}\s+)?(/)?-->", re.DOTALL)
_FORM = pattern(r"""\s*(?:<p>\s*)?<form\b[^>]*\bclass=["']post-password-form\b""")
_PAGES = frozenset({"more", "nextpage"})  # marks of the editor that stand for no content


def html(value: str) -> str:
    """Give the HTML that WordPress shows for a post's stored text; not sanitised."""
    if has_blocks(value):
        return embedded(expanded(unwrapped(value)))
    return autop(embedded(expanded(value)))


def is_password_form(value: str) -> bool:
    """Tell what WordPress shows in place of a text behind a password."""
    return "post-password-form" in value and _FORM.match(value) is not None


def has_blocks(value: str) -> bool:
    """Tell whether the text is of the block editor, in which blank lines mean nothing."""
    return "<!-- wp:" in value


def unwrapped(value: str) -> str:
    """Take the comments of blocks out; their HTML stays."""
    kept: list[str] = []
    after = False  # a comment that was taken out, with the line that it stood on
    for token in tokens(value, attributes=False):
        comment = token.name == "!" and _BLOCK.fullmatch(token.text) is not None
        if comment:
            if kept and kept[-1].isspace():
                kept[-1] = "\n"
        elif after and token.name is None and token.text.isspace():
            kept.append("" if not kept or kept[-1].endswith("\n") else "\n")
        else:
            kept.append(token.text)
        after = comment
    return "".join(kept).strip("\n")


def dynamic_blocks(value: str) -> tuple[str, ...]:
    """Name the blocks that have no HTML in the text, in their order: nothing of them can be shown."""
    if not has_blocks(value):
        return ()
    found = (_BLOCK.fullmatch(token.text) for token in tokens(value, attributes=False) if token.name == "!")
    return tuple(block[2] for block in found if block is not None and block[3] and block[2] not in _PAGES)


def left_over(value: str) -> tuple[str, ...]:
    """Name what of a text only WordPress or a plugin can show: shortcodes of others, blocks made anew, each once."""
    blocks = dict.fromkeys(f"the block {name}" for name in dynamic_blocks(value))
    return (*(f"[{name}]" for name in foreign(value)), *blocks)
