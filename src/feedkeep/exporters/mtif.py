"""Movable Type Import Format: https://movabletype.org/documentation/appendices/import-export-format.html.

Movable Type, TypePad, WordPress and Hatena Blog import it. Nothing in it can be escaped, so a line of a text that a
reader would take for the format's own begins with a character reference instead.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from feedkeep.content import render
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire.mtif import FIELDS, RESPONSES, TEXTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from feedkeep.models import Comment, Content, Post, Snapshot, Term
    from feedkeep.notes import Notes

_ENTRY = "an entry has no place for it"
_NO_SITE = "the format knows entries alone"
_TAGS = "categories and tags are names"
_PEOPLE = "an author is a name and an e-mail address"
_LOCAL = "days and hours as the blog's clock showed them, without a zone"
_PLAIN = "comments have no ids, threads or states"
LOSSES = Losses(
    dropped={
        "Site": _NO_SITE,
        "Media": "the format has no files, only links to them",
        "Tombstone": "what is gone is not in it",
        "Person.id": _PEOPLE,
        "Person.avatar": _PEOPLE,
        "Person.given_name": _PEOPLE,
        "Person.family_name": _PEOPLE,
        "Person.url": _PEOPLE,
        "Person.extra": _PEOPLE,
        "Term.slug": _TAGS,
        "Term.scheme": _TAGS,
        "Term.parent": _TAGS,
        "Term.description": _TAGS,
        "Term.id": _TAGS,
        "Term.extra": _TAGS,
        "Content.base": "links are relative to the new blog",
        "Content.truncated": "a text is taken for whole",
        "Content.src": "a text is in its entry",
        "Content.media_type": "texts have the filters of Movable Type",
        "Post.updated": _ENTRY,
        "Post.aliases": _ENTRY,
        "Post.permalink": _ENTRY,
        "Post.urls": _ENTRY,
        "Post.title_html": "titles are plain text",
        "Post.subtitle": _ENTRY,
        "Post.contributors": _ENTRY,
        "Post.password": "the post becomes a draft, that nobody read it without",
        "Post.sticky": _ENTRY,
        "Post.comment_count": _ENTRY,
        "Post.comments_url": _ENTRY,
        "Post.comments_feed": _ENTRY,
        "Post.language": _ENTRY,
        "Post.rights": _ENTRY,
        "Post.enclosures": _ENTRY,
        "Post.links": _ENTRY,
        "Post.source": _ENTRY,
        "Post.parent": _ENTRY,
        "Post.order": _ENTRY,
        "Post.reviews": _ENTRY,
        "Post.deleted": "what is gone is not in it",
        "Comment.aliases": _PLAIN,
        "Comment.permalink": _PLAIN,
        "Comment.parent": _PLAIN,
        "Comment.url": _PLAIN,
        "Comment.updated": _PLAIN,
        "Comment.order": _PLAIN,
        "Comment.extra": _PLAIN,
        "Comment.deleted": "what is gone is not in it",
    },
    altered={
        "Post.kind": "pages become entries",
        "Post.authors": "an entry has one author",
        "Post.extra": "only what Movable Type itself said is kept",
        "Content.form": "texts are HTML, with or without line breaks that count, or Markdown",
    },
    sometimes={
        "Post.terms": "tags of one name are one",
        "Snapshot.people": _PEOPLE,
        "Snapshot.terms": _TAGS,
        "Post": "what is in the bin or deleted stays there",
        "Post.id": "an entry is known by its address",
        "Post.published": _LOCAL,
        "Post.status": "what only some may read becomes a draft",
        "Person": "an entry has one author",
        "Person.email": "an entry has one author",
        "Term.taxonomy": "all but tags become categories",
        "Content.value": "lines that look like the format's own begin with a character reference",
        "Comment": "those that nobody approved are left out, since an import would publish them",
        "Comment.id": _PLAIN,
        "Comment.post": _PLAIN,
        "Comment.post_url": _PLAIN,
        "Comment.published": _LOCAL,
        "Comment.status": _PLAIN,
        "Comment.kind": "pingbacks become trackbacks",
        "Comment.title": "trackbacks alone have titles",
    },
    survives={"Post.kind": ("post",), "Content.form": ("html", "wordpress", "markdown")},
    advice={
        "Comment.parent": "a comment server keeps threads: see isso, remark42, disqus",
        "Media": "upload the files to the same addresses before you import",
    },
)
_STATUS = {
    None: "Publish",
    "published": "Publish",
    "scheduled": "Future",
    "pending": "Review",
    "draft": "Draft",
    "private": "Draft",
}
_FILTER = {"html": "0", "wordpress": "__default__", "markdown": "markdown", "text": "__default__"}
_MORE = re.compile(r"\n*<!--more-->\n*")
_WORDS = TEXTS.union(RESPONSES, FIELDS, *RESPONSES.values())
_OWN_LINE = re.compile(rf"\s*(?:-{{5}}|-{{8}}|(?:{'|'.join(sorted(_WORDS))}):.*)\s*")


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``blog.txt``."""
    yield OutputFile(path=PurePosixPath("blog.txt"), chunks=_chunks(snapshot, notes))


def _chunks(snapshot: Snapshot, notes: Notes) -> Iterator[bytes]:
    for post in snapshot.posts(oldest_first=True):
        if post.status in {"trashed", "deleted"} or post.deleted is not None:
            notes.skipped(f"a {post.status or 'deleted'} post: the format would bring it back", record=post.id)
            continue
        lines = [*_fields(post, notes), "-----", *_texts(post, notes)]
        for comment in snapshot.comments(post.id):
            lines += _response(comment, notes)
        yield "\n".join([*lines, "--------", ""]).encode("utf-8", "replace")


def _fields(post: Post, notes: Notes) -> Iterator[str]:
    own: dict[str, Any] = post.extra.get("mtif") or {}
    if post.password is not None or post.status == "private":
        notes.altered("nobody but its author may see it: it became a draft", record=post.id, field="Post.status")
    status = "Draft" if post.password is not None else _STATUS[post.status]
    author = post.authors[0] if post.authors else None
    form = post.content.form if post.content is not None else "wordpress"
    said = {
        "AUTHOR": author.name or author.id if author is not None else None,
        "AUTHOR EMAIL": author.email if author is not None else None,
        "TITLE": post.title,
        "BASENAME": post.slug,
        "UNIQUE URL": post.url,
        "STATUS": status,
        "ALLOW COMMENTS": _switch(post.comments_open),
        "ALLOW PINGS": _switch(post.pings_open),
        "CONVERT BREAKS": own.get("CONVERT BREAKS") or _FILTER[form],
        "IMAGE": post.image,
    }
    yield from (f"{name}: {_line(value)}" for name, value in said.items() if value)
    categories = [_line(term.name) for term in post.terms if term.name and term.taxonomy != "post_tag"]
    if categories:
        yield f"PRIMARY CATEGORY: {categories[0]}"
    yield from (f"CATEGORY: {name}" for name in categories)
    if post.published is not None:
        yield f"DATE: {_date(post.published)}"
    tags = _tags(post)
    if tags:
        yield f"TAGS: {tags}"
    for name, value in own.get("fields", ()):
        yield f"{name}: {_line(value)}"


def _texts(post: Post, notes: Notes) -> Iterator[str]:
    body = _text(post.content, post.id, notes)
    first, *more = _MORE.split(body, maxsplit=1)
    yield from ("BODY:", first, "-----")
    if more:
        yield from ("EXTENDED BODY:", more[0], "-----")
    if post.summary is not None and post.summary.value:
        yield from ("EXCERPT:", _text(post.summary, post.id, notes), "-----")
    own: dict[str, Any] = post.extra.get("mtif") or {}
    keywords = own.get("KEYWORDS") or _tags(post)
    if keywords:  # what older readers know of tags
        yield from ("KEYWORDS:", _guarded(keywords, post.id, notes), "-----")
    for name, text in own.get("sections", ()):
        yield from (f"{name}:", _guarded(text, post.id, notes), "-----")


def _response(comment: Comment, notes: Notes) -> Iterator[str]:
    if comment.status not in {None, "approved"} or comment.deleted is not None:
        notes.skipped(
            f"a comment that is {comment.status or 'deleted'}: the format would publish it", record=comment.id
        )
        return
    person = comment.author
    name = person.name or person.id if person is not None else None
    email, url = (person.email, person.url) if person is not None else (None, None)
    date = _date(comment.published) if comment.published is not None else None
    if comment.kind in {"trackback", "pingback"}:
        heading = "PING"
        said = {"TITLE": comment.title, "URL": url, "IP": comment.ip, "BLOG NAME": name, "DATE": date}
    else:
        heading = "COMMENT"
        said = {"AUTHOR": name, "EMAIL": email, "IP": comment.ip, "URL": url, "DATE": date}
    yield f"{heading}:"
    yield from (f"{key}: {_line(value)}" for key, value in said.items() if value)
    yield _text(comment.content, comment.id, notes)
    yield "-----"


def _text(content: Content | None, record: str, notes: Notes) -> str:
    if content is None:
        return ""
    value = render.from_text(content.value) if content.form == "text" else content.value
    return _guarded(value, record, notes)


def _guarded(text: str, record: str, notes: Notes) -> str:
    """Let no line be one of the format's own: its first character becomes a reference to it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = [number for number, line in enumerate(lines) if _OWN_LINE.fullmatch(line)]
    for number in found:
        bare = lines[number].lstrip()
        lines[number] = f"&#{ord(bare[0])};{bare[1:]}"
    if found:
        what = f"{len(found)} lines that the format would take for its own begin with a character reference"
        notes.altered(what, record=record, field="Content.value")
    return "\n".join(lines)


def _tags(post: Post) -> str:
    return ",".join(dict.fromkeys(map(_tag, (t for t in post.terms if t.taxonomy == "post_tag" and t.name))))


def _tag(term: Term) -> str:
    name = _line(term.name or "").replace('"', "'")
    return f'"{name}"' if "," in name or " " in name else name


def _switch(value: bool | None) -> str | None:
    return None if value is None else str(int(value))


def _date(moment: dt.datetime) -> str:
    return f"{moment:%m/%d/}{moment.year:04}{moment: %I:%M:%S %p}"


def _line(value: object) -> str:
    return " ".join(str(value).split())


EXPORTER = Exporter(name="mtif", label="Movable Type import (MTIF)", losses=LOSSES, audience="migration", write=write)
