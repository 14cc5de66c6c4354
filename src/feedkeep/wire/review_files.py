"""CSV files (RFC 4180) that film and book sites import: a row for each review of their kind, in files of a bounded size."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import nh3

from feedkeep.content import render
from feedkeep.fidelity import Losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from feedkeep.models import Content, Post, Review, Snapshot
    from feedkeep.notes import Notes

_ROW = "a row holds a review, its text and its tags"
_FIELDS = (
    *(
        "id",
        "aliases",
        "permalink",
        "url",
        "urls",
        "kind",
        "slug",
        "title",
        "title_html",
        "subtitle",
        "summary",
        "authors",
    ),
    *("contributors", "updated", "password", "sticky", "comments_open", "pings_open", "comment_count", "comments_url"),
    *(
        "comments_feed",
        "language",
        "rights",
        "enclosures",
        "links",
        "image",
        "source",
        "parent",
        "order",
        "deleted",
        "extra",
    ),
)
LOSSES = Losses(
    dropped={
        "Site": "it is the library of a member who is logged in",
        "Person": "it is the library of a member who is logged in",
        "Comment": "no site of reviews takes comments from elsewhere",
        "Media": "the sites have pictures of their own",
        "Term.slug": "tags are names",
        "Term.scheme": "tags are names",
        "Term.parent": "tags are names",
        "Term.description": "tags are names",
        "Term.id": "tags are names",
        "Term.extra": "tags are names",
        "Content.base": "relative links are made absolute instead",
        "Content.truncated": "a text is taken for whole",
        "Content.src": "a text is in its row",
        "Content.media_type": "texts have one form",
        "Review.summary": "a row has no verdict beside the text",
        "Review.extra": _ROW,
        "Item.image": "the sites have pictures of their own",
        **{f"Post.{name}": _ROW for name in _FIELDS},
    },
    altered={
        "Term.taxonomy": "tags and categories become tags",
        "Content.form": "texts have one form",
        "Content.value": "a text keeps its paragraphs, links and emphasis",
        "Rating.best": "ratings are out of five",
        "Rating.worst": "ratings are out of five",
        "Item.kind": "the sites have one kind of item each",
        "Item.url": "an item is known by its own site's address",
        "Item.ids": "of ids, those are kept that the site knows",
    },
    sometimes={
        "Post": "what reviews nothing of their kind stays behind, and a row is another's post",
        "Term": "those that a review has",
        "Snapshot.people": "it is the library of a member who is logged in",
        "Snapshot.terms": "those that a review has",
        "Post.reviews": "reviews of other things than the site is about are left out",
        "Post.published": "a day without a time, or none",
        "Rating.value": "rounded to the site's stars",
        "Item.creators": "names are parted by commas",
        "Term.name": "names are parted by commas",
    },
    advice={"Comment": "write them as pages with hugo, or to a comment server with isso"},
)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?(?:p|div|h[1-6]|ul|ol|li|figure|table|tr|pre|hr)\b[^>]*>", re.IGNORECASE)
_GAPS = re.compile(r"\s*\n\s*\n\s*")
_SPACE = re.compile(r"[ \t\r\f\v\u00a0]*\n[ \t\r\f\v]*")


def reviews(
    snapshot: Snapshot, fits: Callable[[Review], bool], what: str, notes: Notes
) -> Iterator[tuple[Post, Review]]:
    """Yield each review that ``fits`` with its post, oldest post first; how many posts hold none is a note."""
    without = 0
    for post in snapshot.posts(oldest_first=True):
        found = [one for one in post.reviews if fits(one)]
        without += not found
        for one in found:
            yield post, one
    if without:
        notes.noticed(f"left out: {without:,} {'post' if without == 1 else 'posts'} without a review of {what}")


def document(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[bytes]:
    """Yield all rows as one file."""
    yield _row(columns)
    yield from map(_row, rows)


def files(
    name: str, columns: Sequence[str], rows: Iterator[Sequence[str]], size: int
) -> Iterator[tuple[str, list[bytes]]]:
    """Yield ``name.csv``, or ``name-1.csv`` and so on where the rows take more than ``size`` bytes; one row stays whole."""
    head = _row(columns)
    held, length, number = [head], len(head), 1
    for cells in rows:
        row = _row(cells)
        if length + len(row) > size and len(held) > 1:
            yield f"{name}-{number}.csv", held
            held, length, number = [head], len(head), number + 1
        held.append(row)
        length += len(row)
    last = name if number == 1 else f"{name}-{number}"
    yield f"{last}.csv", held


def tag(name: str) -> str:
    """Give a name as one of several that commas part."""
    return " ".join(name.replace(",", " ").split())


def words(content: Content | None, tags: frozenset[str]) -> str:
    """Give a body as these sites take it: blank lines between paragraphs, and of HTML the few ``tags`` that they know."""
    if content is None:
        return ""
    html = _SPACE.sub(" ", render.html(content).replace("\x00", ""))
    html = nh3.clean(html, tags=set(tags) | {"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"},
                     attributes={"a": {"href"}}, link_rel=None)  # fmt: skip
    html = _PARAGRAPH.sub("\n\n", _BREAK.sub("\n", html))
    return _GAPS.sub("\n\n", _SPACE.sub("\n", html)).strip()


def _row(cells: Sequence[str]) -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held).writerow([cell.replace("\x00", "") for cell in cells])
    return held.getvalue().encode("utf-8", "replace")
