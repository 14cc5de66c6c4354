"""Blogger's API, version 3 (https://developers.google.com/blogger/docs/3.0/reference): its answers as records."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.models import Comment, Content, Person, Post, Site, Term
from feedkeep.wire import blogger
from feedkeep.wire.intake import Intake
from feedkeep.wire.json_text import parsed
from feedkeep.wire.loose import Loose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_LISTS = frozenset({"blogger#postList", "blogger#pageList", "blogger#commentList", "blogger#blogList"})


def records(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield what an answer holds: a resource, a list, or an array of them. Raises FormatError."""
    answers = _Answers(source, notes)
    found = answers.read(parsed(source, notes))
    first = next(found, None)
    if first is None and not answers.known:
        raise FormatError("a JSON document without anything of Blogger's", source=source.name)
    if first is not None:
        yield first
        yield from found


class _Answers:
    def __init__(self, source: Source, notes: Notes) -> None:
        self._intake = Intake(source, notes)
        self._notes = notes
        self._source = source.name
        self.known = False

    def read(self, answer: Any) -> Iterator[Record]:  # noqa: ANN401 — JSON
        for item in answer if isinstance(answer, list) else [answer]:
            if not isinstance(item, dict):
                self._notes.skipped("an item that is not an object", source=self._source)
                continue
            got = Loose(item, self._notes, source=self._source)
            kind = got.text("kind") or ""
            if kind in _LISTS:
                self.known = True
                yield from self.read(list(got.objects("items")))
            elif kind == "blogger#blog":
                yield self._blog(got)
            elif kind in {"blogger#post", "blogger#page"}:
                yield from self._post(got, "page" if kind == "blogger#page" else "post")
            elif kind == "blogger#comment":
                yield from self._comment(got)
            else:
                self._notes.skipped(f"an item of the kind {kind[:60]!r}", source=self._source)

    def _blog(self, got: Loose) -> Site:
        number, url = got.text("id"), got.text("url")
        record = f"tag:blogger.com,1999:blog-{number}" if number else url or "tag:blogger.com,1999:blog"
        locale = got.one("locale")
        return Site(
            id=record,
            url=url,
            title=_plain(got.text("name")),
            description=got.text("description"),
            language=locale.text("language") if locale is not None else None,
        )

    def _post(self, got: Loose, kind: str) -> Iterator[Post]:
        record = self._id(got, got.text("id"))
        if record is None:
            self._notes.skipped(f"a {kind} without an id", source=self._source)
            return
        author, replies = got.one("author"), got.one("replies")
        body, images = got.text("content"), list(got.many("images"))
        url, title = got.text("url"), _plain(got.text("title"))
        published, updated = self._moment(got, "published", record), self._moment(got, "updated", record)
        name = (url or "").rpartition("/")[2].removesuffix(".html")
        status, labels = got.text("status"), list(got.texts("labels"))
        comments = got.text("readerComments")
        _ = (got.text("kind"), got.text("selfLink"), got.text("etag"))
        rest = got.rest()
        yield Post(
            id=record,
            url=url,
            slug=name or None,
            kind=kind,
            title=title,
            content=Content(value=body) if body is not None else None,
            authors=(_person(author),) if author is not None else (),
            terms=tuple(Term(name=name) for name in dict.fromkeys(map(_plain, labels)) if name),
            published=published,
            updated=None if updated == published else updated,
            status=blogger.post_status(status),
            comments_open=None if comments is None else comments == "ALLOW",
            comment_count=replies.whole("totalItems") if replies is not None else None,
            image=images[0].text("url") if images else None,
            extra={"blogger": rest} if rest else {},
        )
        for item in replies.objects("items") if replies is not None else ():
            yield from self._replies(item)

    def _replies(self, item: dict[str, Any]) -> Iterator[Any]:
        yield from self._comment(Loose(item, self._notes, source=self._source))

    def _comment(self, got: Loose) -> Iterator[Comment]:
        record = self._id(got, got.text("id"))
        if record is None:
            self._notes.skipped("a comment without an id", source=self._source)
            return
        stem = record.rpartition("-")[0]
        post, answered, author = got.one("post"), got.one("inReplyTo"), got.one("author")
        body, status = got.text("content"), got.text("status")
        number, above = (part.text("id") if part is not None else None for part in (post, answered))
        published, updated = self._moment(got, "published", record), self._moment(got, "updated", record)
        _ = (got.text("kind"), got.text("selfLink"), got.text("etag"))
        rest = got.rest()
        yield Comment(
            id=record,
            post=f"{stem}-{number}" if number else None,
            parent=f"{stem}-{above}" if above else None,
            author=_person(author) if author is not None else None,
            content=Content(value=body) if body is not None else None,
            published=published,
            updated=None if updated == published else updated,
            status=blogger.comment_status(status),
            extra={"blogger": rest} if rest else {},
        )

    def _id(self, got: Loose, number: str | None) -> str | None:
        """Give the id that the blog's own feed shows; without the blog's number, Blogger's alone."""
        blog = got.one("blog")
        of = blog.text("id") if blog is not None else None
        if number is None:
            return None
        return f"tag:blogger.com,1999:blog-{of}.post-{number}" if of else f"blogger:{number}"

    def _moment(self, got: Loose, name: str, record: str) -> Any:  # noqa: ANN401
        said = got.text(name)
        return None if said is None else self._intake.moment(said, name, record)


def _person(author: Loose) -> Person:
    image = author.one("image")
    number = author.text("id")
    avatar = image.text("url") if image is not None else None
    return Person(
        id=f"blogger:{number}" if number else None,
        name=_plain(author.text("displayName")),
        url=author.text("url"),
        avatar=f"https:{avatar}" if avatar and avatar.startswith("//") else avatar,
    )


def _plain(text: str | None) -> str | None:
    """Undo the HTML in which the API gives titles, names and labels."""
    return html.unescape(text).strip() or None if text else None
