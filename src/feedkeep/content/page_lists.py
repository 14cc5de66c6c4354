"""Comments in lists that nothing marks: each item begins with who said it or when, and holds the answers to it.

They are looked for below a heading that speaks of comments, and in what is named after them. An article within an
article is a comment on it, too (https://html.spec.whatwg.org/multipage/sections.html, the article element).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.content.page_bylines import HEADINGS, ItemByline, byline, take_off
from feedkeep.content.page_comments import PageComment
from feedkeep.content.page_lines import heading, is_comment_furniture
from feedkeep.content.page_tree import classes, cut, inner, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TALKS = frozenset({"ol", "ul", "article"})
_NAMED = frozenset(
    {prefix + name for prefix in ("", "post", "article", "entry") for name in ("comments", "responses", "replies")}
    | {"commentlist", "comment", "commentsection", "commentsarea", "commentswrapper", "discussion"}
)
_CLIMB = 3  # elements around a heading, of which what follows is looked at
_TRIED = 20  # headings
_EMPTY = frozenset(
    ["p", "div", "span", "header", "footer", "small", "em", "i", "time", "cite", "b", "strong", "a", "address", "dfn"]
)


def comments(root: Any) -> list[PageComment]:  # noqa: ANN401 — lxml's element type is private
    """Read the comments of such lists, in the order of the page, and take them out of the tree; whatever their depth."""
    items: list[Any] = []
    bylines: list[ItemByline | None] = []
    parents: list[int | None] = []
    starts, head = _starts(root)
    for start in starts:
        _collect(start, items, bylines, parents)
    found: list[PageComment] = []
    # the last first: whoever is read holds no answers any more
    for item, told, parent in zip(reversed(items), reversed(bylines), reversed(parents), strict=True):
        cut(item)
        found.append(_comment(item, told, parent))
    for one in starts:
        if not said(one):
            cut(one)
    if head is not None and found:
        cut(head)
    return found[::-1]


def _starts(root: Any) -> tuple[list[Any], Any | None]:  # noqa: ANN401
    """Find the lists and articles that begin a conversation, and the heading above them."""
    tried = 0
    for element in root.iter(*HEADINGS):
        if heading(said(element)) is None:
            continue
        found = _below(element)
        tried += 1
        if found or tried == _TRIED:
            return found, element
    return [one for named in _outermost(root, _is_named) for one in _outermost(named, _is_talk)], None


def _is_named(element: Any) -> bool:  # noqa: ANN401
    if element.tag not in {"div", "section", "aside", "ol", "ul"}:
        return False
    names = {element.get("id") or "", *classes(element)}
    return any(name.lower().replace("-", "").replace("_", "") in _NAMED for name in names)


def _below(element: Any) -> list[Any]:  # noqa: ANN401
    """Find the lists between a heading and the next one, there or around it."""
    for _ in range(_CLIMB):
        found: list[Any] = []
        for one in element.itersiblings():
            if one.tag in HEADINGS:
                break
            # of articles in a row, one that names nobody is a comment like the others
            found += [one] if found and found[-1].tag == one.tag == "article" else _outermost(one, _is_talk)
        if found:
            return found
        element = element.getparent()
        if element is None or element.tag in {"body", "main", "html"}:
            break
    return []


def _outermost(root: Any, wanted: Callable[[Any], bool]) -> Iterator[Any]:  # noqa: ANN401
    """Yield the elements that are wanted and not within another that is."""
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if isinstance(element.tag, str) and wanted(element):
            walk.skip_subtree()
            yield element


def _is_talk(element: Any, *, weak: bool = True) -> bool:  # noqa: ANN401
    """Tell a list of comments: most of its items begin with who said it; ``weak`` lets a mere name pass for that."""
    if element.tag not in _TALKS:
        return False
    items = [element] if element.tag == "article" else [one for one in element if one.tag == "li"]
    told = [found for found in map(byline, items) if found is not None and (weak or not found.weak)]
    return 2 * len(told) > len(items)


def _collect(start: Any, items: list[Any], bylines: list[ItemByline | None], parents: list[int | None]) -> None:  # noqa: ANN401
    """Add the items of a conversation, each before its answers. A list that is no talk is a part of what is said."""
    open_: list[int] = []
    walk = etree.iterwalk(start, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            if open_ and items[open_[-1]] is element:
                open_.pop()
            continue
        above = bylines[open_[-1]] if open_ else None
        if (
            element.tag in _TALKS
            and element is not start
            and not _is_talk(element, weak=not open_ or (above is not None and above.weak))
        ):
            walk.skip_subtree()
        elif element.tag in {"li", "article"}:
            parents.append(open_[-1] if open_ else None)
            open_.append(len(items))
            items.append(element)
            bylines.append(byline(element))


def _comment(item: Any, told: ItemByline | None, parent: int | None) -> PageComment:  # noqa: ANN401
    """Read an item whose answers are taken out of it."""
    about = take_off(item, told) if told is not None else None
    for one in list(item.iterdescendants("a", "button", "form", "script", "style")):
        if one.tag in {"form", "script", "style"} or is_comment_furniture(said(one)):
            cut(one)
    for one in reversed(list(item.iterdescendants(etree.Element))):
        if not len(one) and not (one.text or "").strip() and one.tag in {*_EMPTY, *_TALKS, *HEADINGS}:
            cut(one)
    while not (item.text or "").strip() and len(item) and item[0].tag == "br":
        cut(item[0])
    only = item[0] if len(item) == 1 and not (item.text or "").strip() and not (item[0].tail or "").strip() else None
    return PageComment(
        parent=parent,
        author=told.author if told is not None else None,
        author_url=about.url if about is not None else None,
        avatar=about.picture if about is not None else None,
        published=told.published if told is not None else None,
        html=inner(only if only is not None and only.tag in {"div", "section", "blockquote"} else item),
    )
