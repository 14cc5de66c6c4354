"""The article that a page states as linked data: JSON-LD, else microdata (https://schema.org/BlogPosting, …/Comment)."""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, Any

from feedkeep.content.page_comments import PageComment
from feedkeep.content.page_entry import Entry
from feedkeep.content.page_tree import link, machine, said
from feedkeep.content.schema_org import many

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.content.page_tree import Found

_ARTICLES = frozenset(
    [
        *["article", "blogposting", "newsarticle", "posting", "techarticle", "report", "socialmediaposting"],
        *["review", "criticreview", "discussionforumposting", "liveblogposting"],
    ]
)
_COMMENTS = frozenset({"comment", "usercomments", "answer", "correctioncomment"})
_MOST = 100_000  # things in a document, and comments of an article
_MARKUP = re.compile(r"<(?:p|br|div|a|em|i|b|strong|blockquote|ul|ol|img|h[1-6])\b[^>]*>", re.IGNORECASE)


def article(found: Found, url: str | None) -> tuple[Entry | None, bool]:
    """Read the page's article, the one at its address, else the first; and tell whether any data was too deep for it."""
    entries: list[Entry] = []
    too_deep = False
    for script in found.all("<script"):
        if (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json":
            try:
                entries += _articles(script.text or "")
            except RecursionError:
                too_deep = True
    if entries:
        return next((one for one in entries if url is not None and one.url == url), entries[0]), too_deep
    for name in ("headline", "articleBody"):
        if found.first(f"@{name}") is not None:
            author, published, updated = (found.first(f"@{one}") for one in ("author", "datePublished", "dateModified"))
            entry = Entry(
                title=said(found.first("@headline", "@name")) or None,
                authors=[(said(author), link(author))] if author is not None and said(author) else [],
                published=machine(published) if published is not None else None,
                updated=machine(updated) if updated is not None else None,
            )
            return entry, too_deep
    return None, too_deep


def _articles(text: str) -> list[Entry]:
    try:
        told = json.loads(text.encode("utf-8", "replace"))
    except ValueError:
        return []
    nodes = list(_nodes(told))
    named = {one["@id"]: one for one in nodes if isinstance(one.get("@id"), str) and len(one) > 1}
    of = {kind: [one for one in nodes if _kinds(one) & names] for kind, names in (("a", _ARTICLES), ("c", _COMMENTS))}
    answers: dict[str, list[Any]] = {}  # comments that stand apart, and name what they are on
    for one in of["c"]:
        for name in ("parentItem", "about"):
            about = one.get(name)
            if isinstance(about, dict) and isinstance(about.get("@id"), str):
                answers.setdefault(about["@id"], []).append(one)
                break
    return [_entry(one, named, answers) for one in of["a"]]


def _nodes(told: object) -> Iterator[dict[str, Any]]:
    """Yield the things of a document in its order: at its top, in a graph, as what a page is about."""
    waiting: list[Any] = [told]
    seen = 0
    while waiting and seen < _MOST:
        one = waiting.pop()
        seen += 1
        if isinstance(one, list):
            waiting.extend(reversed(one))
        elif isinstance(one, dict):
            yield one
            waiting += [one[name] for name in ("mainEntity", "@graph") if name in one]


def _kinds(one: dict[str, Any]) -> set[str]:
    return {str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for kind in many(one.get("@type"))}


def _entry(one: dict[str, Any], named: dict[str, Any], answers: dict[str, list[Any]]) -> Entry:
    count = one.get("commentCount")
    image = next(iter(many(one.get("image"))), None)
    return Entry(
        title=_text(one.get("headline")) or _text(one.get("name")),
        url=_text(one.get("url")) or _text(one.get("mainEntityOfPage")),
        html=_html(one.get("articleBody")) or _html(one.get("reviewBody")) or _html(one.get("text")),
        authors=_people(one, named),
        published=_text(one.get("datePublished")) or _text(one.get("dateCreated")),
        updated=_text(one.get("dateModified")),
        summary=_text(one.get("description")),
        categories=[name for held in many(one.get("keywords")) for name in _names(held)],
        image=_text(image.get("url")) if isinstance(image, dict) else _text(image),
        claimed=count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None,
        comments=list(_comments(one, named, answers)),
    )


def _comments(article_: dict[str, Any], named: dict[str, Any], answers: dict[str, list[Any]]) -> Iterator[PageComment]:
    """Yield the comments of an article and the answers to them, each after what it answers, to any depth."""
    waiting: list[tuple[Any, int | None]] = [(one, None) for one in reversed(_said_on(article_, answers))]
    seen: set[str] = set()
    count = 0
    while waiting and count < _MOST:
        one, parent = waiting.pop()
        if not isinstance(one, dict):
            continue
        name = one.get("@id")
        one = named.get(name, one) if isinstance(name, str) and len(one) == 1 else one
        if isinstance(name, str):
            if name in seen:  # within what it answers and beside it, or in a circle
                continue
            seen.add(name)
        (author, url) = next(iter(_people(one, named)), (None, None))
        picture = next(iter(many(one.get("author"))), None)
        address = _text(one.get("url")) or (name if isinstance(name, str) and name.startswith("http") else None)
        yield PageComment(
            parent=parent,
            url=address,
            author=author,
            author_url=url,
            avatar=_text(picture.get("image")) if isinstance(picture, dict) else None,
            published=_text(one.get("dateCreated")) or _text(one.get("datePublished")) or _text(one.get("commentTime")),
            html=_html(one.get("text")) or _html(one.get("commentText")) or _html(one.get("description")) or "",
        )
        waiting += [(answer, count) for answer in reversed(_said_on(one, answers))]
        count += 1


def _said_on(one: dict[str, Any], answers: dict[str, list[Any]]) -> list[Any]:
    name = one.get("@id")
    own = [*many(one.get("comment")), *many(one.get("suggestedAnswer"))]
    return own + (answers.get(name, []) if isinstance(name, str) else [])


def _people(one: dict[str, Any], named: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    found: list[tuple[str | None, str | None]] = []
    for held in many(one.get("author") or one.get("creator")):
        person = named.get(str(held.get("@id")), held) if isinstance(held, dict) and "name" not in held else held
        if _text(person):
            found.append((_text(person), _text(person.get("url")) if isinstance(person, dict) else None))
    return found


def _names(keywords: object) -> list[str]:
    text = _text(keywords) or ""
    return [name.strip() for name in text.split(",") if 0 < len(name.strip()) <= 100]


def _html(value: object) -> str | None:
    """Give a text as HTML: most write words alone, some markup."""
    if not isinstance(value, str) or not value.strip():
        return None
    if _MARKUP.search(value):
        return value.strip()
    parts = (part.strip() for part in re.split(r"\n\s*\n", value.replace("\r\n", "\n").strip()))
    return "".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts if part)


def _text(value: object) -> str | None:
    if isinstance(value, dict):
        value = value.get("name", value.get("@id"))
    return value.strip() or None if isinstance(value, str) else None
