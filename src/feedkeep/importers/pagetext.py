"""The text of a saved blog page: what a text browser, "save as text" or select-and-copy leaves of it.

There is no specification. A page's text is its title, often twice, then buttons, a byline, paragraphs, a heading that
counts the comments ("3 thoughts on “…”"), and the comments as a list in which answers are indented. What the text
does not say stays unknown; what is taken for furniture of the page is noted line by line.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

from feedkeep.content import mojibake, page_layout, page_thread
from feedkeep.content.page_lines import ends_comments
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person, Post, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.content.page_layout import Page
    from feedkeep.content.page_thread import Found, Thread
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def detect(source: Source) -> bool:
    """Text with a heading of comments, or a title that stands twice, and prose: neither markup nor data nor code."""
    try:
        text, _ = _decoded(source.head, source, partial=True)
    except FormatError:
        return False
    start = text.lstrip()[:2]
    return not start.startswith(("<", "{")) and start not in {"[{", '["', "[["} and page_layout.is_page(text)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the post, then its comments. Raises FormatError for what is empty, binary or markup."""
    text, encoding = _decoded(source.read(), source, partial=False)
    if not text.strip():
        raise FormatError("the file is empty", source=source.name)
    if re.match(r"\s*<(?:[!?]|html\b|rss\b|feed\b)", text, re.IGNORECASE):
        raise FormatError("markup, not the text of a page", source=source.name)
    if encoding == "windows-1252":
        notes.altered("the text is not UTF-8: read as Windows-1252", source=source.name)
    page = page_layout.parted(page_layout.lines_of(text))
    post, thread = _post(page, source, notes)
    for line, why in page.furniture:
        notes.noticed(f"{why}: {line.text.strip()!r}", source=source.name, line=line.number, record=post.id)
    filled = [line for line in page.tail if line.text.strip()]
    if filled:
        what = (
            f"{len(filled)} lines from {filled[0].text.strip()!r} on"
            if len(filled) > 1
            else repr(filled[0].text.strip())
        )
        notes.noticed(
            f"taken for page furniture and left out: {what}",
            source=source.name,
            line=filled[0].number,
            record=post.id,
        )
    yield post
    yield from _comments(post, page, thread, source, notes)


def _decoded(data: bytes, source: Source, *, partial: bool) -> tuple[str, str]:
    """Decode by the mark at the beginning, by what is known from outside, as UTF-8, else as Windows-1252."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            text = rest[: len(rest) // 2 * 2].decode(name, "replace") if "16" in name else rest.decode(name, "replace")
            return _printable(text, source), name
    if b"\0" in data:
        raise FormatError("binary data, not text", source=source.name)
    for charset in (source.charset or "utf-8", "utf-8"):
        try:
            decoder = codecs.getincrementaldecoder(charset)()
            return _printable(decoder.decode(data, not partial), source), charset
        except (LookupError, ValueError, AssertionError):
            continue
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return _printable(text, source), "windows-1252"


def _printable(text: object, source: Source) -> str:
    if not isinstance(text, str) or len(_CONTROLS.findall(text)) > len(text) // 100:
        raise FormatError("binary data, not text", source=source.name)
    return text


def _post(page: Page, source: Source, notes: Notes) -> tuple[Post, Thread]:
    paragraphs = page_layout.paragraphs(page.body)
    post_id = made_id("post", page.title, paragraphs[0][1] if paragraphs else None)
    where = {"source": source.name, "record": post_id}
    for line, _, parted in paragraphs:
        if parted:
            notes.noticed(
                "a paragraph begins here without a blank line before it", line=line, field="Post.content", **where
            )
    claimed = page.heading.claimed if page.heading is not None else None
    thread = page_thread.read(page.comments, claimed)
    if claimed is not None and claimed != len(thread.comments):
        notes.noticed(
            f"the page claims {claimed} comments, {len(thread.comments)} were found",
            field="Post.comment_count",
            **where,
        )
    elif page.heading is None:
        notes.noticed("no heading of comments was found", **where)
    dates = [one.published for one in page.bylines] + [one.published for one in thread.comments]
    shown = sum(date is not None for date in dates)
    if shown and source.timezone is None:
        notes.altered(f"a page shows no time zone: dates are taken as UTC ({shown} of them)", **where)
    author = next((one.author for one in page.bylines if one.author), None)
    published = next((one.published for one in page.bylines if one.published), None)
    closed = any("closed" in line.text.lower() for line in page.tail[:1])
    text = "\n\n".join(paragraph for _, paragraph, _ in paragraphs)
    post = Post(
        id=post_id,
        url=source.url,
        title=page.title,
        content=Content(value=text, form="text") if text else None,
        authors=(Person(name=author),) if author else (),
        terms=tuple(Term(name=name, taxonomy=taxonomy) for taxonomy, name in page.terms),
        published=_aware(published, source),
        status="published",
        comment_count=claimed,
        comments_open=(not closed) if page.tail and ends_comments(page.tail[0].text) else None,
    )
    _look_for_damage(page.title or "", "Post.title", post_id, source, notes)
    _look_for_damage(text, "Post.content", post_id, source, notes)
    return post, thread


def _comments(post: Post, page: Page, thread: Thread, source: Source, notes: Notes) -> Iterator[Comment]:
    ids: list[str] = []
    seen: Counter[str] = Counter()
    for line in thread.furniture:
        what = f"taken for page furniture and left out: {line.text.strip()!r}"
        notes.noticed(what, source=source.name, line=line.number, record=post.id)
    if thread.flat:
        notes.noticed("the text does not show which comments are answers", source=source.name, record=post.id)
    if thread.unparted and page.comments:
        notes.altered("the text does not show where a comment ends: kept as one", source=source.name, record=post.id)
    for order, found in enumerate(thread.comments):
        made = made_id(
            "comment", post.id, found.author, found.published.isoformat() if found.published else None, found.text
        )
        seen[made] += 1
        if seen[made] > 1:  # said twice, word for word
            made = made_id("comment", made, str(seen[made]))
        ids.append(made)
        yield _comment(post, found, made, ids, order, source, notes)


def _comment(post: Post, found: Found, made: str, ids: list[str], order: int, source: Source, notes: Notes) -> Comment:
    buttons = ", ".join(repr(line.text.strip()) for line in found.furniture)
    if buttons:
        what = f"taken for page furniture and left out: {buttons}"
        notes.noticed(what, source=source.name, line=found.furniture[0].number, record=made)
    if not found.text and found.kind == "comment":
        notes.noticed("a comment without text", source=source.name, line=found.line or None, record=made)
    _look_for_damage(found.text, "Comment.content", made, source, notes)
    published = _aware(found.published, source)
    return Comment(
        id=made,
        post=post.id,
        parent=ids[found.parent] if found.parent is not None else None,
        author=Person(name=found.author) if found.author else None,
        content=Content(value=found.text, form="text") if found.text else None,
        published=published,
        status="pending" if found.waiting else "approved",
        kind=found.kind,
        order=order if published is None else None,
    )


def _aware(moment: dt.datetime | None, source: Source) -> dt.datetime | None:
    return None if moment is None else moment.replace(tzinfo=source.timezone or dt.UTC)


def _look_for_damage(text: str, field: str, record: str, source: Source, notes: Notes) -> None:
    for damage in mojibake.find(text):
        shown = text[max(0, damage.start - 12) : damage.end + 12].replace("\n", " ")
        what = (
            f"{shown!r} looks damaged: {damage.found!r} for {damage.repaired!r}, {damage.why}"
            f" (confidence {damage.confidence:.2f}); kept as it is"
        )
        notes.noticed(what, source=source.name, record=record, field=field)


IMPORTER = Importer(name="pagetext", label="Text of a saved blog page", kind="page", detect=detect, read=read)
