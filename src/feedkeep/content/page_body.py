"""Where a page's article is, what around and within it is furniture, and where its comments live if not on it."""

from __future__ import annotations

import re
import warnings
from typing import Any

from lxml import etree

from feedkeep.content.page_comments import PageComment
from feedkeep.content.page_lines import ends_comments, heading
from feedkeep.content.page_tree import Found, classes, cut, inner, said

_KNOWN = (
    "@articleBody",
    *[
        "entry-content",
        "wp-block-post-content",
        "post-body",
        "post-content",
        "article-content",
        "article-body",
        "e-content",
    ],
    *["available-content", "gh-content", "post-entry", "entry-body", "entrytext"],
)
_FURNITURE = frozenset(
    [
        "sharedaddy",
        "jp-relatedposts",
        "post-navigation",
        "navigation",
        "wp-block-comments",
        "comments-area",
        "addtoany_share_save_container",
        "post-footer",
        "entry-footer",
        "subscription-widget-wrap",
        "share-buttons",
        "sd-sharing",
    ]
)
_TAGS = frozenset({"script", "nav", "form"})
_ELSEWHERE = {
    "Disqus": re.compile(r"disqus_thread|\.disqus\.com/embed\.js"),
    "Facebook": re.compile(r'class="fb-comments'),
    "giscus": re.compile(r"giscus\.app/client\.js"),
    "utterances": re.compile(r"utteranc\.es/client\.js"),
    "Isso": re.compile(r'id="isso-thread"'),
    "Remark42": re.compile(r'id="remark42"'),
    "Commento": re.compile(r'id="commento"'),
    "IntenseDebate": re.compile(r"intensedebate\.com/js"),
    "Hyvor Talk": re.compile(r"hyvor-talk"),
}
_ERROR = re.compile(
    r"\b(?:40[0134]|410|429|50[0234]|not found|forbidden|unauthorized|access denied|bad gateway|log ?in|sign in|"
    r"unavailable|internal server error|just a moment|attention required|nothing found|can.t be found)\b",
    re.IGNORECASE,
)
_HEADINGS = tuple(f"<h{level}" for level in range(1, 7))
_GUESSED = 4 << 20  # characters of a page in which the article is guessed
_FAILS = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError, etree.LxmlError)
_LEAST = 80  # characters of an article that was guessed


def known(found: Found) -> Any | None:  # noqa: ANN401 — lxml's element type is private
    """Find the element that a theme or the page's markup says to be the article's text."""
    return next((one for one in found.all(*_KNOWN) if said(one) or next(one.iter("img"), None) is not None), None)


def cleaned(element: Any) -> tuple[str, list[str]]:  # noqa: ANN401
    """Take buttons, forms and scripts out of the article: (its HTML, what was left out)."""
    out: list[str] = []
    for one in list(element.iterdescendants(etree.Element)):
        if one.tag in _TAGS or classes(one) & _FURNITURE:
            words = said(one)
            if one.tag != "script" and words and one.getparent() is not None:
                out.append(words if len(words) <= 80 else words[:79] + "…")
            cut(one)
    return inner(element), out


def guessed(text: str, found: Found) -> str | None:
    """Guess the main content of a page that does not mark it."""
    own = found.first("<article", "<main")
    if own is not None and len(said(own)) >= _LEAST:
        for one in list(own.iter("h1", "header", "footer", "aside")):
            if one is not own:
                cut(one)
        return cleaned(own)[0]
    if len(text) > _GUESSED:
        return None
    import trafilatura  # noqa: PLC0415 — slow to load, and few pages need it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            html = trafilatura.extract(
                text, output_format="html", include_comments=False, include_links=True, include_formatting=True
            )
        except _FAILS:
            return None
    if not html:
        return None
    body = re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)
    html = (body[1] if body is not None else html).strip()
    return html if len(re.sub(r"<[^>]*>", "", html)) >= _LEAST else None


def guessed_comments(text: str, claimed: int) -> list[PageComment]:
    """Guess the comments of a page that marks none: one for each paragraph where there are as many as it claims, else all in one."""
    if len(text) > _GUESSED:
        return []
    import trafilatura  # noqa: PLC0415 — likewise

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = trafilatura.bare_extraction(text, include_comments=True, with_metadata=False)
        except _FAILS:
            return []
    body = getattr(found, "commentsbody", None)
    parts = [one for one in body if said(one) and not ends_comments(said(one))] if body is not None else []
    if len(parts) == claimed:
        return [PageComment(html=f"<p>{inner(one)}</p>") for one in parts]
    whole = "".join(f"<p>{inner(one)}</p>" for one in parts)
    return [PageComment(html=whole)] if whole else []


def is_error(found: Found) -> str | None:
    """Give what the page says where it is an error or a request to log in."""
    for element in found.all("<title", "<h1"):
        words = said(element) or (element.text or "").strip()
        if _ERROR.search(words[:200]):
            return words[:100]
    body = found.first("<body")
    return "error404" if body is not None and "error404" in classes(body) else None


def claimed(found: Found) -> int | None:
    """Read how many comments the page says it has."""
    for element in found.all("comments-title", "comments-number", "wp-block-comments-title", *_HEADINGS):
        told = heading(said(element))
        if told is not None and told.claimed is not None:
            return told.claimed
    return None


def elsewhere(text: str) -> str | None:
    """Name the service that keeps the page's comments, where one is embedded."""
    return next((name for name, pattern in _ELSEWHERE.items() if pattern.search(text)), None)
