"""Blogger's feeds of posts, pages and comments, a window at a time.

https://developers.google.com/blogger/docs/2.0/developers_guide_protocol#RetrievingWithQuery
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.wire.feed_pages import page_of

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory, Part

_AT_ONCE = 150  # Blogger gives no more, whatever is asked for
_FEEDS: tuple[Part, ...] = ("posts", "pages", "comments")


def begin(memory: Memory) -> tuple[Question, ...]:
    """Ask for the first window of each feed."""
    root = memory.get("blogger")
    return () if root is None else tuple(_window(root, what, 1) for what in _FEEDS)


def follow(question: Question, answer: Answer, memory: Memory) -> Step:
    """Go on behind the last entry, as many as there are."""
    what, _, number = question.about.partition(" ")
    page = page_of(answer.body, answer.url) if answer.is_whole else None
    if page is None:
        part = next(part for part in _FEEDS if part == what)
        return Step(missed=status(answer) if not answer.is_whole else "no feed", spoils=frozenset({part}))
    start, said = int(number), "\n".join(page.ids)
    claims = {what: page.total} if page.total is not None else {}
    if not page.ids or memory.get(f"last {what}") == said:
        return Step(claims=claims, remember={f"last {what}": ""})
    after = start + len(page.ids)
    more = page.total is None or after <= page.total
    return Step(
        next=(_window(memory["blogger"], what, after),) if more else (),
        reads=True,
        origin=f"{memory['blogger']}feeds/{what}/default",
        remember={f"last {what}": said if more else ""},
        claims=claims,
        news_only=True,
    )


def _window(root: str, what: str, start: int) -> Question:
    query = f"start-index={start}&max-results={_AT_ONCE}"
    return Question(url=f"{root}feeds/{what}/default?{query}", about=f"{what} {start}")


BLOGGER = Strategy(
    name="blogger",
    label="Blogger's feeds",
    covers=frozenset({"posts", "pages", "comments"}),
    begin=begin,
    follow=follow,
)
