"""Where the ways to a blog's history begin: asked of its feed and its home page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from feedkeep.fetch.discovery import discover
from feedkeep.fetch.history.plan import Question, Step, Strategy, status
from feedkeep.wire.feed_pages import page_of

if TYPE_CHECKING:
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.history.plan import Memory

_BLOGGER = re.compile(r"^(https?://[^/]+/)feeds/(?:posts|comments|pages)/", re.IGNORECASE)
_FEED = re.compile(r"(?:feed(?:/(?:rss2?|atom|rdf))?/?|\?feed=(?:rss2?|atom|rdf))$", re.IGNORECASE)


def begin(memory: Memory) -> tuple[Question, ...]:
    """Ask the feed, then the page that it is of."""
    questions = [Question(url=memory["feed"], about="feed")] if "feed" in memory else []
    home = memory.get("home") or origin_of(memory.get("feed", ""))
    return (*questions, Question(url=home, about="home")) if home else tuple(questions)


def follow(question: Question, answer: Answer, memory: Memory) -> Step:
    """Learn which doors there are."""
    if not answer.is_whole:
        return Step(missed=status(answer))
    if question.about == "feed":
        return _feed(answer, memory)
    found = discover(answer.body, answer.url, answer.headers)
    doors: Memory = {}
    if found.wordpress is not None:
        doors["wordpress"] = found.wordpress
    elif "wordpress" not in memory and b"/wp-content/" in answer.body:
        doors |= _wordpress(answer.url)
    if found.blogger is not None:
        doors["blogger"] = found.blogger
    comments = next((feed.url for feed in found.feeds if feed.about == "comments"), None)
    if comments is not None:
        doors["comments feed"] = comments
    return Step(remember=doors)


def _feed(answer: Answer, memory: Memory) -> Step:
    page = page_of(answer.body, answer.url)
    if page is None:
        return Step(missed="no feed")
    said = "\n".join(page.ids)
    doors: Memory = {
        "linked archive": page.links.get("prev-archive", ""),
        "linked next": page.links.get("next", ""),
        "last page": said,
        "last posts": said,
    }
    made_by = (page.generator or "").lower()
    blogger = _BLOGGER.match(answer.url)
    if "wordpress" in made_by:
        doors |= _wordpress(memory.get("home") or _FEED.sub("", answer.url))
    elif blogger is not None or "blogger" in made_by:
        doors["blogger"] = blogger[1] if blogger is not None else origin_of(memory.get("home") or answer.url)
    if page.is_complete:
        return Step(reads=True, remember=doors, claims={"posts": len(page.ids)}, covers=frozenset({"posts"}))
    return Step(reads=True, remember=doors)


def _wordpress(home: str) -> Memory:
    """Where the doors of a WordPress are that names none."""
    home = home.partition("#")[0].partition("?")[0].rstrip("/") + "/"
    return {"wordpress": f"{home}wp-json/", "wordpress home": home}


def origin_of(url: str) -> str:
    """Give the root of an address's host; nothing for what is none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/" if parts.netloc else ""


DOORS = Strategy(name="doors", label="the feed and the home page", covers=frozenset(), begin=begin, follow=follow)
