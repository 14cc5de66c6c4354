"""The comments of a saved page: WordPress's and Blogger's markup, and lists of comments in general."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree

from feedkeep.content.page_lines import is_comment_furniture
from feedkeep.content.page_tree import Found, classes, cut, inner, link, machine, said

_ID = re.compile(r"(?:(?:li|div|article|dsq)-)?(?:comment-(\d{1,18})|c(\d{6,25}))")
_MARKS = frozenset({"comment", "pingback", "trackback"})
_HOLDERS = frozenset({"li", "div", "article", "section", "dt"})
_DEPTH = re.compile(r"(?:^|\s)depth-(\d{1,3})(?=\s|$)")
_SAYS = re.compile(r"\s*(?:says|said|writes|wrote)\s*(?:\.\.\.|…|:)?\s*$", re.IGNORECASE)
_REMOVED = re.compile(r"(?:this )?(?:comment|post) (?:has been|was) (?:removed|deleted) by (?:the|a|an|its) .{1,40}")
_BUTTONS = frozenset(
    [
        "reply",
        "comment-reply",
        "comment-actions",
        "comment-footer",
        "comment-author",
        "comment-meta",
        "commentmetadata",
        "comment-metadata",
        "comment-header",
        "says",
        "avatar",
        "vcard",
        "comment-edit-link",
        "comment-awaiting-moderation",
        "icon",
        "comment-reply-link",
    ]
)
_TEXTS = ("comment-content", "wp-block-comment-content", "comment-text", "comment_text", "commenttext", "comment__text")
_TEXTS_MARKED = ("@text", "@commentText", "e-content", "comment-body-text")
_AUTHORS = ("fn", "wp-block-comment-author-name", "comment-author-name", "user", "p-author", "@author")
_AUTHORS_LOOSE = ("comment-author", "comment__author", "<cite", "author")
_DATES = ("@dateCreated", "@datePublished", "dt-published", "datetime", "comment-timestamp", "comment-date")
_DATES_LOOSE = ("comment-metadata", "commentmetadata", "comment-meta", "comment-time", "date")


class PageComment(msgspec.Struct, kw_only=True):
    """A comment as a page shows it."""

    anchor: str | None = None  # "comment-17", "c5678901234"
    parent: int | None = None  # its index
    url: str | None = None
    author: str | None = None
    author_url: str | None = None
    avatar: str | None = None
    published: str | None = None  # as written
    html: str = ""
    kind: str = "comment"
    waiting: bool = False
    removed: bool = False


def comments(root: Any) -> list[PageComment]:  # noqa: ANN401 — lxml's element type is private
    """Read the comments in the order of the page and take them out of the tree; walks, whatever their depth."""
    elements: list[Any] = []
    parents: list[int | None] = []
    open_: list[tuple[int, str | None]] = []
    depths: dict[int, int] = {}
    seen: set[str] = set()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            if open_ and elements[open_[-1][0]] is element:
                open_.pop()
            continue
        if not isinstance(element.tag, str) or element.tag not in _HOLDERS:
            continue
        anchor = _anchor(element)
        if not (anchor or (_MARKS & classes(element))) or "comment-respond" in classes(element):
            continue
        if (anchor is not None and anchor in seen) or (anchor is None and not _stands_alone(element, open_, elements)):
            continue
        if anchor is not None:
            seen.add(anchor)
        parent = open_[-1][0] if open_ else None
        deep = _DEPTH.search(element.get("class") or "")
        if deep is not None:
            depth = int(deep[1])
            parent = parent if parent is not None else depths.get(depth - 1)
            depths[depth] = len(elements)
        open_.append((len(elements), anchor))
        elements.append(element)
        parents.append(parent)
    found: list[PageComment] = []
    for element, parent in zip(reversed(elements), reversed(parents), strict=True):
        bodies = _following(element) if element.tag == "dt" else []
        author = said(element) if element.tag == "dt" else None
        cut(element)
        for body in bodies:
            cut(body)
            element.append(body)
        one = _comment(element, parent)
        found.append(one if author is None else msgspec.structs.replace(one, author=_SAYS.sub("", author) or None))
    return found[::-1]


def _anchor(element: Any) -> str | None:  # noqa: ANN401
    found = _ID.fullmatch(element.get("id") or "")
    if found is None:
        return None
    return f"comment-{found[1]}" if found[1] else f"c{found[2]}"


def _stands_alone(element: Any, open_: list[tuple[int, str | None]], elements: list[Any]) -> bool:  # noqa: ANN401
    """Tell a comment without a number from a part of the one around it: a list item, or of no comment."""
    return not open_ or (element.tag == "li" and elements[open_[-1][0]].tag == "li")


def _following(term: Any) -> list[Any]:  # noqa: ANN401
    found = []
    for one in term.itersiblings():
        if one.tag != "dd":
            break
        found.append(one)
    return found


def _comment(element: Any, parent: int | None) -> PageComment:  # noqa: ANN401
    parts = Found(element)
    named = parts.first(*_AUTHORS, *_AUTHORS_LOOSE)
    if element.tag == "dt":
        named = element
    kinds = classes(element)
    kind = next((one for one in ("pingback", "trackback") if one in kinds), "comment")
    dated = parts.first("<time", *_DATES, *_DATES_LOOSE)
    anchor = _anchor(element)
    addresses = [one.get("href") for one in parts.all("<a") if one.get("href")]
    url = next((one for one in addresses if anchor and one.endswith(f"#{anchor}")), None)
    picture = parts.first("avatar", "photo", "avatar-image-container")
    picture = next(picture.iter("img"), None) if picture is not None else None
    author_url = link(named)
    if author_url is not None and author_url == url:
        author_url = None
    body = parts.first(*_TEXTS, *_TEXTS_MARKED) if element.tag != "dt" else parts.first("comment-body")
    ping = kind != "comment"
    author = _SAYS.sub("", said(named)) or None
    if ping and (named is None or not author_url):
        address = next((one for one in parts.all("<a") if "url" in classes(one)), parts.first("<a"))
        author, author_url = said(address) or author, address.get("href") if address is not None else None
    waiting = parts.first("comment-awaiting-moderation") is not None
    date = machine(dated) if dated is not None else None
    if body is None and not ping:
        body = _remainder(element)
    html = inner(body) if body is not None else ""
    return PageComment(
        anchor=anchor,
        parent=parent,
        url=url,
        author=author,
        author_url=author_url,
        avatar=picture.get("src") if picture is not None else None,
        published=date,
        html=html,
        kind=kind,
        waiting=waiting,
        removed=len(html) < 300 and body is not None and _REMOVED.match(said(body).lower()) is not None,
    )


def _remainder(element: Any) -> Any:  # noqa: ANN401
    """Leave of a comment without a marked text what is neither byline nor button."""
    for one in list(element.iterdescendants(etree.Element)):
        furniture = classes(one) & _BUTTONS or one.tag in {"cite", "script", "style", "form", "time"}
        if furniture or (one.tag == "a" and is_comment_furniture(said(one))):
            cut(one)
    only = [one for one in element if isinstance(one.tag, str)]
    return only[0] if len(only) == 1 and "comment-body" in classes(only[0]) else element
