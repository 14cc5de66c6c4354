"""The feeds of a WordPress, page by page: ``?paged=N`` goes back to its first post.

The feed of all comments is asked too. WordPress itself gives its newest alone, whatever page is asked for; blogs with
a plug-in go further. What is left is in the comment feeds of the posts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.wire.feed_pages import page_of

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory

_ENDS = frozenset({400, 404, 410})


def begin(memory: Memory) -> tuple[Question, ...]:
    """Ask for the page after the feed itself, which was read already, and for the newest comments."""
    home = memory.get("wordpress home")
    if home is None:
        return ()
    feed = memory.get("feed", f"{home}feed/")
    comments = memory.get("comments feed", f"{home}comments/feed/")
    return (
        Question(url=paged(feed, 2), about="posts 2"),
        Question(url=paged(threaded(comments), 1), about="comments 1", otherwise=paged(comments, 1)),
    )


def follow(question: Question, answer: Answer, memory: Memory) -> Step:
    """Go on until a page is not there, is empty, or is the one before it again."""
    what, _, number = question.about.partition(" ")
    if answer.status in _ENDS:
        return Step()
    page = page_of(answer.body, answer.url) if answer.is_whole else None
    if page is None:
        why = status(answer) if not answer.is_whole else "no feed"
        return Step(missed=why, spoils=frozenset({"posts"} if what == "posts" else ()))
    said = "\n".join(page.ids)
    if not page.ids or memory.get(f"last {what}") == said:
        return Step(remember={f"last {what}": ""})
    later = int(number) + 1
    return Step(
        next=(Question(url=paged(question.url, later), about=f"{what} {later}"),),
        reads=True,
        origin=paged(question.url, 1),
        remember={f"last {what}": said},
        news_only=True,
    )


def paged(url: str, number: int) -> str:
    """Ask for a page of a feed; the first is the feed itself."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    if number > 1:
        query.append(("paged", str(number)))
    return parts._replace(query=urlencode(query), fragment="").geturl()


def threaded(url: str) -> str:
    """Give the Atom form of a WordPress comment feed: the one that says which comment answers which."""
    parts = urlsplit(url)
    if parts.path.endswith(("/feed/", "/feed")):
        return parts._replace(path=parts.path.rstrip("/") + "/atom/").geturl()
    query = [
        (name, "comments-atom" if value.startswith("comments-") else "atom") if name == "feed" else (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return parts._replace(query=urlencode(query)).geturl()


WORDPRESS_FEEDS = Strategy(
    name="wordpress-feeds",
    label="pages of WordPress's feeds",
    covers=frozenset({"posts"}),
    begin=begin,
    follow=follow,
)
