"""Feeds that link to their own history: RFC 5005's archive documents and pages, JSON Feed's ``next_url``.

https://www.rfc-editor.org/rfc/rfc5005
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.wire.feed_pages import page_of

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory


def begin(memory: Memory) -> tuple[Question, ...]:
    """Ask for what the feed links to: the archive document before it, else its next page."""
    archive, page = memory.get("linked archive"), memory.get("linked next")
    if archive:
        # an archive document does not change: where the newest is the one that is held, so are all before it
        return () if memory.get("newest archive") == archive else (Question(url=archive, about="archive"),)
    return (Question(url=page, about="page"),) if page else ()


def follow(question: Question, answer: Answer, memory: Memory) -> Step:
    """Go from each document to the one before it."""
    page = page_of(answer.body, answer.url) if answer.is_whole else None
    if page is None:
        return Step(missed=status(answer) if not answer.is_whole else "no feed")
    if question.about == "archive":
        target = page.links.get("prev-archive")
        if target is None or target == memory.get("newest archive"):
            return Step(reads=True, remember={"newest archive": memory["linked archive"]})
        return Step(reads=True, next=(Question(url=target, about="archive"),))
    said = "\n".join(page.ids)
    if not page.ids or memory.get("last page") == said:  # a server that does not know paging
        return Step()
    target = page.links.get("next")
    return Step(
        next=(Question(url=target, about="page"),) if target is not None else (),
        reads=True,
        origin=memory.get("feed"),
        remember={"last page": said},
        news_only=True,
    )


LINKED = Strategy(
    name="linked",
    label="earlier documents that the feed links to",
    covers=frozenset({"posts"}),
    begin=begin,
    follow=follow,
)
