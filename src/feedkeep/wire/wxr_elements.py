"""The pieces of a WordPress export that are read alike wherever they stand: text, fields, terms, the unknown."""

from __future__ import annotations

import copy
import html
from typing import Any

from lxml import etree

from feedkeep.errors import FormatError
from feedkeep.models import Term
from feedkeep.wire.wxr import NAMES
from feedkeep.wire.wxr_meta import restored
from feedkeep.wire.xml import DEPTH, TEXT

# what holds slug, parent, name and description of a term, by the element's name
_TERMS = {
    "wp:category": ("wp:category_nicename", "wp:category_parent", "wp:cat_name", "wp:category_description"),
    "wp:tag": ("wp:tag_slug", "", "wp:tag_name", "wp:tag_description"),
    "wp:term": ("wp:term_slug", "wp:term_parent", "wp:term_name", "wp:term_description"),
}
_TAXONOMIES = {"wp:category": "category", "wp:tag": "post_tag"}


def text(element: Any) -> str:  # noqa: ANN401 — lxml's element type is private
    """The text of an element; with the markup, where somebody forgot to escape it.

    Raises FormatError where there is more of it than a post can be.
    """
    value = element.text or ""
    if len(element):
        value += "".join(_markup(child) for child in element)
    if len(value) > TEXT:
        msg = f"a text of more than {TEXT >> 20} MiB: refused"
        raise FormatError(msg, line=element.sourceline)
    return value


def pair(element: Any) -> list[str]:  # noqa: ANN401 — likewise
    """Key and value of a field: postmeta, commentmeta, termmeta."""
    key = value = ""
    for child in element:
        name = NAMES.get(child.tag)
        if name == "wp:meta_key":
            key = text(child)
        elif name == "wp:meta_value":
            value = text(child)
    return [key, restored(value)]


def values(element: Any) -> dict[str, str]:  # noqa: ANN401 — likewise
    """The texts of the children that have a name, without the white space around them."""
    return {NAMES[child.tag]: (child.text or "").strip() for child in element if child.tag in NAMES}


def whole(element: Any) -> str | None:  # noqa: ANN401 — likewise
    """An element that has no field, as XML; None where it is nested too deeply to be read again."""
    level = [element]
    for _ in range(DEPTH):
        level = [child for parent in level for child in parent]
        if not level:
            return _markup(element, tail=False)
    return None


def listed_term(element: Any, name: str) -> Term | None:  # noqa: ANN401 — likewise
    """A term that the channel lists; None where it has neither slug nor name."""
    found = values(element)
    slug, parent, called, description = _TERMS[name]
    if not found.get(slug) and not found.get(called):
        return None
    fields = [pair(child) for child in element if NAMES.get(child.tag) == "wp:termmeta"]
    return Term(
        name=html.unescape(found.get(called) or "") or None,
        taxonomy=_TAXONOMIES.get(name) or found.get("wp:term_taxonomy") or "category",
        slug=found.get(slug) or None,
        parent=found.get(parent) or None,
        description=found.get(description) or None,
        id=found.get("wp:term_id") or None,
        extra={"wxr": {"meta": fields}} if fields else {},
    )


def _markup(element: Any, *, tail: bool = True) -> str:  # noqa: ANN401 — likewise
    # a copy declares the namespaces that it uses, the element itself all that are in scope
    return etree.tostring(copy.deepcopy(element), encoding="unicode", with_tail=tail)
