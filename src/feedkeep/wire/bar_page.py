"""The page of a Micro.blog archive: its posts as microformats (https://microformats.org/wiki/h-feed), with comments."""

from __future__ import annotations

import hashlib
from html import escape
from typing import TYPE_CHECKING

from feedkeep.content.clean import is_harmless
from feedkeep.wire.comment_server import is_gone
from feedkeep.wire.dates import rfc3339
from feedkeep.wire.tree_look import POLICY
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from feedkeep.models import Comment, Person, Post, Site

END = b"</main>\n</body>\n</html>\n"


def head(site: Site, title: str) -> bytes:
    """Give the page up to its first entry."""
    language = f' lang="{_text(site.language)}"' if site.language else ""
    name = _link(title, site.url, "p-name u-url") if site.url else f'<span class="p-name">{_text(title)}</span>'
    about = f'<p class="p-summary">{_text(site.description)}</p>\n' if site.description else ""
    return _encoded(
        f"<!DOCTYPE html>\n<html{language}>\n<head>\n"
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_text(POLICY)}">\n'
        f"<title>{_text(title)}</title>\n</head>\n<body>\n"
        f'<main class="h-feed">\n<h1>{name}</h1>\n{about}'
    )


def entry(post: Post, markup: str, comments: Sequence[tuple[Comment, str]]) -> bytes:
    """Give a post, its body as harmless ``markup``, with its comments, each with its own."""
    title = f'<h2 class="p-name">{_text(post.title)}</h2>\n' if post.title else ""
    by = "".join(_card(person, "p-author") for person in post.authors)
    tags = "".join(
        f'<span class="p-category">{_text(name)}</span>\n' for name in (t.name or t.slug for t in post.terms) if name
    )
    said = "".join(_comments(comments))
    return _encoded(
        f'<article class="h-entry">\n{title}{_when(post.published, post.url, "u-url")}{by}'
        f'<div class="e-content">{markup}</div>\n{tags}{said}</article>\n'
    )


def _comments(comments: Sequence[tuple[Comment, str]]) -> Iterator[str]:
    for comment, markup in comments:
        card = _card(comment.author, "p-author") if comment.author is not None and not is_gone(comment) else ""
        answered = ""
        if comment.parent:
            answered = f'<a class="u-in-reply-to" href="#{_anchor(comment.parent)}">in reply to</a>\n'
        yield (
            f'<div class="u-comment h-cite" id="{_anchor(comment.id)}">\n{card}{answered}'
            f'{_when(comment.published, comment.url, "u-url")}<div class="e-content">{markup}</div>\n</div>\n'
        )


def _when(moment: dt.datetime | None, url: str | None, kind: str) -> str:
    shown = (
        f'<time class="dt-published" datetime="{rfc3339(moment)}">{moment:%Y-%m-%d %H:%M}</time>'
        if moment is not None
        else ""
    )
    if url and is_harmless(url):
        return f'<a class="{kind}" href="{_text(url)}">{shown or _text(url)}</a>\n'
    return f"{shown}\n" if shown else ""


def _card(person: Person, kind: str) -> str:
    return f'<span class="{kind} h-card">{_link(person.name or person.id or "", person.url, "p-name u-url")}</span>\n'


def _link(text: str, url: str | None, kind: str) -> str:
    if url and is_harmless(url):
        return f'<a class="{kind}" href="{_text(url)}">{_text(text)}</a>'
    return f'<span class="p-name">{_text(text)}</span>'


def _anchor(record_id: str) -> str:
    return f"c-{hashlib.sha256(record_id.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _text(value: str) -> str:
    return escape(legal(value))


def _encoded(value: str) -> bytes:
    return value.encode("utf-8", "replace")
