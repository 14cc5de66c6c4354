"""The comments that single posts lack: by each post's own comment feed, then by its page.

What is lacking is told from outside, in ``memory["lacking"]``: a JSON list of :class:`Lacking`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.fetch.history.wordpress_feeds import paged, threaded
from feedkeep.wire.feed_pages import page_of

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory

_AT_ONCE = 150


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
    """Take the page."""
    return Step(reads=True) if answer.is_whole else Step(missed=status(answer), gone=answer.is_gone)


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
