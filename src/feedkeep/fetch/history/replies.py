"""The comments that single posts lack: by each post's own comment feed, then by its page.

What is lacking is told from outside, in ``memory["lacking"]``: a JSON list of :class:`Lacking`.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import msgspec

from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.fetch.history.wordpress_feeds import paged, threaded
from feedkeep.wire.feed_pages import page_of
from feedkeep.wire.threads import post_page

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory

_AT_ONCE = 150
_MOST = 500  # pages of comments of one post
_HEAD = re.compile(rb"<link\b[^>]{0,4000}>", re.IGNORECASE)  # says which page this is
_PAGED = re.compile(
    rb"""href=["']([^"'\s<>]{1,2000}?(?:/comment-page-\d{1,4}/?|[?&](?:amp;|#038;)?cpage=\d{1,4}))(?:\#[^"']*)?["']""",
    re.IGNORECASE,
)


class Lacking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post of which fewer comments are held than it claims."""

    url: str | None = None  # its page
    feed: str | None = None  # of its comments


def begin_feeds(memory: Memory) -> tuple[Question, ...]:
    """Ask the comment feed of each post that lacks comments."""
    return tuple(_asked(one.feed, memory) for one in _lacking(memory) if one.feed)


def follow_feed(question: Question, answer: Answer, memory: Memory) -> Step:
    """Go on while the feed goes on, by its links or by its numbers."""
    if not answer.is_whole:
        return Step(missed=status(answer)) if question.about == "1" else Step()
    page = page_of(answer.body, answer.url)
    if page is None:
        return Step(missed="no feed")
    said = "\n".join(page.ids)
    if not page.ids or (question.about != "1" and memory.get("last replies") == said):
        return Step()
    number = int(question.about)
    following = None
    if "blogger" in memory:
        after = (page.start or 1) + len(page.ids)
        if page.total is not None and after <= page.total:
            following = f"{question.url.partition('?')[0]}?start-index={after}&max-results={_AT_ONCE}"
    elif "next" in page.links:
        following = page.links["next"]
    elif "wordpress home" in memory:
        following = paged(question.url, number + 1)
    more = (Question(url=following, about=str(number + 1)),) if following else ()
    return Step(next=more, reads=True, origin=answer.url, remember={"last replies": said})


def begin_pages(memory: Memory) -> tuple[Question, ...]:
    """Ask for the page of each post that still lacks comments."""
    return tuple(Question(url=one.url, about="page") for one in _lacking(memory) if one.url)


def follow_page(question: Question, answer: Answer, memory: Memory) -> Step:  # noqa: ARG001 — as all are called
    """Take the page, and go on to the other pages of the comments."""
    if not answer.is_whole:
        return Step(missed=status(answer), gone=answer.is_gone)
    post = post_page(question.url)
    body = _HEAD.sub(b"", answer.body)
    found = (urljoin(answer.url, unescape(href.decode("utf-8", "replace"))) for href in _PAGED.findall(body))
    pages = [url for url in dict.fromkeys(found) if post_page(url).rstrip("/") == post.rstrip("/")]
    return Step(reads=True, next=tuple(Question(url=url, about="page") for url in pages[:_MOST]))


def _asked(feed: str, memory: Memory) -> Question:
    if "blogger" in memory:
        return Question(url=f"{feed.partition('?')[0]}?start-index=1&max-results={_AT_ONCE}", about="1")
    if "wordpress home" in memory:
        return Question(url=threaded(feed), about="1", otherwise=feed)
    return Question(url=feed, about="1")


def _lacking(memory: Memory) -> list[Lacking]:
    return msgspec.json.decode(memory.get("lacking") or "[]", type=list[Lacking])


REPLY_FEEDS = Strategy(
    name="reply-feeds",
    label="the comment feeds of posts",
    covers=frozenset(),
    begin=begin_feeds,
    follow=follow_feed,
)
REPLY_PAGES = Strategy(
    name="reply-pages",
    label="the pages of posts that lack comments",
    covers=frozenset(),
    begin=begin_pages,
    follow=follow_page,
)
