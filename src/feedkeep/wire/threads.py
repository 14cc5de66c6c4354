"""How feeds tell a comment from a post, and what it answers (RFC 4685, and the habits of the platforms).

WordPress calls a comment by its post's guid and ``#comment-5``, and links to it the same way; Blogger and others
link to ``…#c5``. Where only ``in-reply-to`` is there, it may mean a post or a comment: see models.Comment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from feedkeep.content.text import plain
from feedkeep.ids import made_id
from feedkeep.models import Comment, Post, Site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedkeep.models import Content, Record

_COMMENT = re.compile(r"(.*)#(?:comment-?\d[0-9a-z]*|c\d{6,})", re.IGNORECASE | re.DOTALL)
_PAGED = re.compile(r"/comment-page-\d+/?|[?&]cpage=\d+|[?&]showcomment=\d+", re.IGNORECASE)
_BY = re.compile(r"(?:By|Von|Par|Por|Di|Door|Av|Af|Autor|Przez|Od)\s?: (.+)", re.DOTALL)
_ON = re.compile(
    r"(?:Comment on|Kommentar zu|Commentaires? sur|Comentarios? (?:en|sobre|em)|Commenti? su|Reactie op|Kommentar på)"
    r"\s.+\s(?:by|von|par|por|di|da|door|av|af)\s(.+)",
    re.DOTALL,
)
_OF_COMMENTS = re.compile(
    r"(?:Comments|Kommentare|Commentaires|Comentarios|Commenti|Reacties)\s(\w+)[\s:]", re.IGNORECASE
)
_DOTS = re.compile(r"\s*(?:…|\.\.\.)$")
_LEAST = 20  # characters that a title must share with its comment's beginning to be taken from it


class Place(NamedTuple):
    """Where a comment belongs, as far as its source says so."""

    post: str | None  # id
    post_url: str | None
    parent: str | None  # id of what it answers: of a comment, or of who knows what where ``post`` is None


def is_comment(record_id: str | None, url: str | None) -> bool:
    """Tell a comment by its id or, where that says nothing, by its address."""
    if record_id is not None and "#" in record_id and _COMMENT.fullmatch(record_id):
        return True
    return url is not None and "#" in url and _COMMENT.fullmatch(url) is not None


def place(record_id: str, url: str | None, references: Sequence[tuple[str | None, str | None]]) -> Place:
    """Find what a comment belongs to; ``references`` are the (ref, href) of its ``in-reply-to`` elements."""
    post_url = _post_address(url)
    post = _prefix(record_id) if record_id != url else None
    if post is not None and _PAGED.search(post):
        post, post_url = None, post_url or _post_address(record_id)
    parent = None
    unclear: list[tuple[str, str | None]] = []
    for ref, href in references:
        if not ref:  # RFC 4685 section 3 demands one; the address says at least on which page it was
            post_url = post_url or _post_address(href) or href
        elif ref == post:
            post_url = post_url or href
        elif _COMMENT.fullmatch(ref):
            parent = parent or ref
        elif post is None and href is not None and "#" not in href and _same(href, post_url):
            post = ref
        else:
            unclear.append((ref, href))
    if unclear and post is None and len(references) > 1:  # both are named, the post last
        post, href = unclear.pop()
        post_url = post_url or href
    if unclear and parent is None:
        parent, href = unclear[0]
        if post is None and href is not None:
            post_url = post_url or _post_address(href) or href
    return Place(post, post_url, parent)


def is_made_title(title: str, author: str | None, content: Content | None) -> bool:
    """Tell a title that the platform made, of the author's name or the comment's beginning, from one of a person."""
    found = _BY.fullmatch(title) or _ON.fullmatch(title)
    if found is not None and (author is None or found[1].strip() == author):
        return True
    start = _DOTS.sub("", title)
    if content is None:
        return False
    said = " ".join(plain(content.value).split())
    return said == start or (len(start) >= _LEAST and said.startswith(start))


def blog_of(site: Site, records: Sequence[Record]) -> Site | None:
    """Give the blog that a document describes, of which a feed of comments says nothing but its own affairs.

    Such a feed's title and description are about the comments. What is left is the blog's address, and an id that
    yields to the blog's own; of a feed that is about one post, nothing.
    """
    comments = [record for record in records if isinstance(record, Comment)]
    titled = _OF_COMMENTS.match(site.title or "") if not comments else None
    if any(isinstance(record, Post) for record in records) or not (comments or titled):
        return site
    pages = {comment.post_url for comment in comments}
    of_post = any(_same(page, site.url) for page in pages if page) or (titled is not None and titled[1] != "for")
    return None if of_post or site.url is None else Site(id=made_id("site", site.url), url=site.url)


def _prefix(record_id: str) -> str | None:
    found = _COMMENT.fullmatch(record_id)
    return found[1] or None if found is not None else None


def _post_address(url: str | None) -> str | None:
    """Take a comment's part off its address, down to the post's."""
    before = _prefix(url) if url is not None else None
    return None if before is None else post_page(before)


def post_page(url: str) -> str:
    """Give the address of a post by that of one page of its comments: WordPress's comment-page, Blogger's showComment."""
    cut = _PAGED.sub("", url)
    if cut != url:
        cut = cut.replace("&", "?", 1) if "?" not in cut else cut
        cut += "/" if url.endswith("/") and not cut.endswith("/") else ""
    return cut


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.rstrip("/") == other.rstrip("/")
