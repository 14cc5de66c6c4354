"""The pieces of a WordPress export that are read alike wherever they stand: text, fields, terms, the unknown."""

from __future__ import annotations

import copy
import html
from functools import lru_cache
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


def told_apart(categories: list[Any]) -> tuple[tuple[Term, ...], list[tuple[str, str]]]:
    """Split the categories of an item into its terms and, as (slug, name), its further authors."""
    terms: dict[tuple[str, str], Term] = {}
    bylines: list[tuple[str, str]] = []
    nameless: list[str] = []
    for element in categories:
        name, slug, domain = element.text or "", element.get("nicename"), element.get("domain")
        if domain == "author":
            bylines.append((slug or "", name))
        elif slug:
            terms.setdefault((domain or "category", slug), _term(domain or "category", slug, name))
        else:
            nameless.append(name)
    if not nameless:
        return tuple(terms.values()), bylines
    # WXR 1.0 states each term twice, once without its slug
    known = {term.name for term in terms.values()}
    unknown = (_term("category", None, name) for name in nameless)
    return (*terms.values(), *(term for term in unknown if term.name and term.name not in known)), bylines


@lru_cache(maxsize=4096)
def _term(domain: str, slug: str | None, name: str) -> Term:
    taxonomy = "post_tag" if domain == "tag" else domain
    return Term(name=html.unescape(name).strip() or None, taxonomy=taxonomy, slug=slug)


def _markup(element: Any, *, tail: bool = True) -> str:  # noqa: ANN401 — likewise
    # a copy declares the namespaces that it uses, the element itself all that are in scope
    return etree.tostring(copy.deepcopy(element), encoding="unicode", with_tail=tail)
