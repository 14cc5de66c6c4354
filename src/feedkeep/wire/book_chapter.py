"""A chapter of a book: a post with its reviews, its files and its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content import render, review, text
from feedkeep.wire.book_pages import Page, line, linked, typed
from feedkeep.wire.book_plan import PER_PAGE, address
from feedkeep.wire.thread_data import LEVELS, anchored, in_order
from feedkeep.wire.xhtml import put
from feedkeep.wire.xhtml_elements import LANGUAGE, NAMESPACE, say, sub

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from feedkeep.models import Comment, Content, Enclosure, Person, Post, Review
    from feedkeep.wire.xhtml_files import Frame

    Element = Any  # lxml's element type is private


def title_of(post: Post) -> str:
    """Name a chapter: by its title, else by how it begins."""
    found = line(post.title)
    source = post.content or post.summary
    if not found and source is not None:
        found = line(text.excerpt(render.html(source), 60))
    return found or "Untitled"


def chapter(
    post: Post, comments: list[Comment], files: Sequence[str], frame: Frame, language: str | None
) -> Iterator[bytes]:
    """Write a post with its thread, page by page; ``files`` are what the pages are called."""
    own = post.language if post.language is not None and LANGUAGE.fullmatch(post.language) else language
    thread = list(enumerate(in_order(comments)))
    anchors = anchored(comments)
    for number, file in enumerate(files):
        page = Page(title_of(post), own)
        section = typed(sub(page.body, "section"), "chapter") if number == 0 else sub(page.body, "section")
        if number == 0:
            _post(post, section, frame)
        else:
            sub(sub(section, "p", class_="about"), "a", title_of(post), href=files[0])
        if comments:
            held = sub(section, "section", class_="comments")
            sub(held, "h2", _heading(len(comments), number, len(files)))
            for at, (one, depth, answered) in thread[number * PER_PAGE : (number + 1) * PER_PAGE]:
                box = _comment(one, depth, answered, anchors, held, frame)
                put(_html(one.content, post.url), box, frame, f"c.{at}.")
        if file != files[-1]:
            sub(sub(section, "p"), "a", "More comments", href=files[number + 1])
        yield page.written()


def _post(post: Post, section: Element, frame: Frame) -> None:
    sub(section, "h1", title_of(post))
    if line(post.subtitle):
        sub(section, "p", line(post.subtitle), class_="subtitle")
    _about(post, section, frame)
    above = len(section)
    html = _html(post.content if post.content is not None else post.summary, post.url)
    if post.reviews and not review.find(html):
        for one in post.reviews:
            _review(one, section, frame)
    put(html, section, frame, "b.")
    _featured(post.image, section, above, frame)
    if post.content is not None and post.content.src:
        linked(post.content.src, post.content.src, sub(section, "p"), frame)
    for enclosure in post.enclosures:
        _enclosure(enclosure, section, frame)
    _beside(post, section, frame)


def _html(content: Content | None, url: str | None) -> str:
    if content is None:
        return ""
    if content.base is None and url is not None:
        content = msgspec.structs.replace(content, base=url)
    return render.html(content)


def _about(post: Post, into: Element, frame: Frame) -> None:
    """Say who wrote it, when, and where it stood."""
    about = sub(into, "p", class_="about")
    _people("By ", post.authors, about, frame)
    _people("with ", post.contributors, about, frame)
    _day("", post.published, about)
    if post.updated is not None and (post.published is None or post.updated.date() != post.published.date()):
        _day("edited ", post.updated, about)
    if post.status not in (None, "published"):
        _apart(about, post.status)
    if post.deleted is not None:
        _day("deleted ", post.deleted, about)
    if post.url and address(post.url) is not None:
        _apart(about)
        sub(about, "a", "on the web", href=address(post.url))
    if post.source is not None and line(post.source.title or post.source.url):
        _apart(about, "from ")
        linked(post.source.url, post.source.title or post.source.url or "", about, frame)
    if about.text is None and not len(about):
        into.remove(about)


def _people(word: str, people: Iterable[Person], into: Element, frame: Frame) -> None:
    for number, person in enumerate(one for one in people if _name(one)):
        _apart(into, word) if number == 0 else say(into, ", ")
        linked(person.url, _name(person), into, frame)


def _name(person: Person | None) -> str:
    return line(person.name or person.id) if person is not None else ""


def _day(word: str, moment: dt.datetime | None, into: Element) -> None:
    if moment is not None:
        _apart(into, f"{word}{moment.date().isoformat()}")


def _apart(into: Element, told: str = "") -> None:
    """Begin the next thing that is said on a line."""
    say(into, f"{' · ' if into.text or len(into) else ''}{told}")


def _featured(url: str | None, section: Element, above: int, frame: Frame) -> None:
    """Put a post's picture above its text, unless that shows it."""
    place = frame.file(url, "picture") if url else None
    if place is None or all(one.get("src") != place for one in section.iter(f"{{{NAMESPACE}}}img")):
        before = len(section)
        _picture(url, "", section, frame)
        if len(section) > before:
            section.insert(above, section[-1])


def _picture(url: str | None, alt: str, into: Element, frame: Frame) -> None:
    place = frame.file(url, "picture") if url else None
    if place is not None:
        sub(sub(into, "figure"), "img", src=place, alt=line(alt))
    elif url:
        frame.missed(url)
        linked(url, f"[picture: {alt}]" if alt else "[picture]", sub(into, "p", class_="missing"), frame)


def _review(one: Review, into: Element, frame: Frame) -> None:
    box = sub(into, "div", class_="review")
    put(review.as_html(one), box, frame, "r.")
    _picture(one.item.image, one.item.name, box, frame)


def _enclosure(one: Enclosure, into: Element, frame: Frame) -> None:
    """Play a file that belongs to a post, or link to it."""
    kind = (one.type or "").partition("/")[0]
    place = frame.file(one.url, "film" if kind == "video" else "sound")
    box = sub(into, "p")
    if place is not None:
        sub(box, "video" if kind == "video" else "audio", src=place, controls="controls")
        sub(box, "br")
    else:
        frame.missed(one.url)
    linked(one.url, one.title or one.url, box, frame)


def _beside(post: Post, into: Element, frame: Frame) -> None:
    """Say what else is known: where to read on, under what it was filed, whose it is."""
    links = [one for one in post.links if frame.link(one.href) is not None]
    if links:
        held = sub(into, "ul")
        for one in links:
            linked(one.href, one.title or one.href, sub(held, "li"), frame)
    terms = ", ".join(
        dict.fromkeys(line(term.name or term.slug) for term in post.terms if line(term.name or term.slug))
    )
    if terms:
        sub(into, "p", terms, class_="terms")
    if line(post.rights):
        sub(into, "p", line(post.rights), class_="about")


def _heading(number: int, page: int, pages: int) -> str:
    told = "1 comment" if number == 1 else f"{number:,} comments"
    return told if pages == 1 else f"{told}, page {page + 1} of {pages}"


def _comment(
    one: Comment, depth: int, answered: Comment | None, anchors: dict[str, str], into: Element, frame: Frame
) -> Element:
    """Begin a comment: who said it, when, to whom."""
    level = min(depth, LEVELS)
    box = sub(into, "div", class_=f"comment level-{level}" if level else "comment", id=anchors[one.id])
    about = sub(box, "p", class_="about")
    linked(one.author.url if one.author is not None else None, _commenter(one), about, frame)
    _day("", one.published, about)
    if one.status not in (None, "approved") and one.content is not None:
        _apart(about, one.status)
    if answered is not None:
        _apart(about, "in reply to ")
        linked(f"#{anchors[answered.id]}", _commenter(answered), about, frame)
    if line(one.title):
        sub(sub(box, "p"), "strong", line(one.title))
    return box


def _commenter(one: Comment) -> str:
    return _name(one.author) or ("Somebody" if one.content is not None else "A comment that is not shown")
