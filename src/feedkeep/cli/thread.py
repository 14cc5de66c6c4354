"""A post and its thread of comments, as a person reads them."""

import datetime as dt
from typing import TYPE_CHECKING

from feedkeep.cli import console

if TYPE_CHECKING:
    from rich.tree import Tree

    from feedkeep.models import Comment, Content, Media, Person, Post, Review
    from feedkeep.workflows.browse import Thread

_DEEPEST = 10  # levels that are indented; deeper replies stay at the last of them
_BEGINNING = 60  # characters of a comment in a list


def show(thread: "Thread", *, history: bool, origins: bool) -> None:
    """Print the post, its comments as a tree and, if asked, what was replaced and where each field came from."""
    if thread.post is not None:
        _say_post(thread.post)
    elif thread.media is not None:
        _say_media(thread.media)
    if thread.comments:
        console.draw(_tree(thread.comments))
    if history:
        _say_history(thread)
    if origins:
        _say_origins(thread)


def day(moment: dt.datetime | None) -> str:
    """The day of a moment as its own zone has it."""
    return "" if moment is None else moment.date().isoformat()


def name(person: "Person | None") -> str:
    """What to call a person."""
    return "unknown" if person is None else console.one_line(person.name or person.id or person.url) or "unknown"


def beginning(content: "Content | None") -> str:
    """The first words of a body."""
    words = console.one_line(_plain(content))
    return words if len(words) <= _BEGINNING else words[: _BEGINNING - 1].rstrip() + "…"


def _say_post(post: "Post") -> None:
    console.say(console.one_line(post.title) or "(no title)")
    facts = [
        day(post.published),
        ", ".join(name(person) for person in post.authors),
        post.kind if post.kind != "post" else "",
        post.status if post.status and post.status != "published" else "",
        "behind a password" if post.password else "",
        ", ".join(console.one_line(term.name or term.slug) for term in post.terms),
    ]
    console.say(" · ".join(fact for fact in facts if fact))
    if post.url:
        console.say(console.one_line(post.url))
    for review in post.reviews:
        console.say(reviewed(review))
    _say_body(_plain(post.content or post.summary))


def _say_media(media: "Media") -> None:
    console.say(console.one_line(media.title or media.path) or "(no title)")
    console.say(" · ".join(fact for fact in (day(media.published), media.type or "", media.url or "") if fact))
    _say_body(_plain(media.description or media.caption))


def _say_body(text: str) -> None:
    from rich.text import Text

    if text.strip():
        console.say()
        console.draw(Text(text.strip()))
    console.say()


def reviewed(review: "Review") -> str:
    """What a review says, in one line."""
    item = review.item
    facts = [
        f"{item.name} ({item.year})" if item.year else item.name,
        ", ".join(item.creators),
        f"{review.rating.value:g} of {review.rating.best:g}" if review.rating else "",
        f"watched {review.watched.isoformat()}" if review.watched else "",
        "spoilers" if review.spoiler else "",
    ]
    return console.one_line("★ " + " · ".join(fact for fact in facts if fact))


def _tree(comments: "tuple[Comment, ...]") -> "Tree":
    from rich.tree import Tree

    by_id = {alias: comment.id for comment in comments for alias in (*comment.aliases, comment.id)}
    children: dict[str | None, list[Comment]] = {}
    for comment in comments:
        children.setdefault(by_id.get(comment.parent or ""), []).append(comment)
    top = Tree(console.plural(len(comments), "comment"))
    waiting = [(comment, top, 1) for comment in reversed(children.get(None, []))]
    while waiting:
        comment, above, depth = waiting.pop()
        branch = above.add(_label(comment, known=comment.parent is None or comment.parent in by_id))
        under = branch if depth < _DEEPEST else above
        waiting += [(reply, under, depth + 1) for reply in reversed(children.get(comment.id, []))]
    return top


def _label(comment: "Comment", *, known: bool) -> str:
    facts = [
        name(comment.author),
        day(comment.published),
        comment.kind if comment.kind != "comment" else "",
        comment.status if comment.status and comment.status != "approved" else "",
        "" if known else "in reply to a comment that is not here",
    ]
    heading = " · ".join(fact for fact in facts if fact)
    body = _plain(comment.content).strip()
    return f"{heading}\n{body}" if body else heading


def _say_history(thread: "Thread") -> None:
    console.say()
    console.say(console.plural(len(thread.history), "earlier version"))
    for change in thread.history:
        console.say(f"  {console.one_line(str(change.get('of')))}")
        console.table(((field, str(value)) for field, value in change.get("was", {}).items()), indent=4)


def _say_origins(thread: "Thread") -> None:
    for record, fields in thread.sources.items():
        by_format: dict[str, list[str]] = {}
        for field, format_ in fields.items():
            by_format.setdefault(format_, []).append(field)
        console.say(console.one_line(record))
        console.table(((format_, ", ".join(names)) for format_, names in by_format.items()), indent=2)


def _plain(content: "Content | None") -> str:
    from feedkeep.content import render, text

    return "" if content is None else console.clean(text.plain(render.html(content)))
