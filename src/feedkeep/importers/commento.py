"""Commento's and Comentario's exports: comments, who wrote them, and in version 3 the pages.

https://docs.comentario.app/en/configuration/frontend/domain/export/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Comment, Content, Person
from feedkeep.wire import comment_json
from feedkeep.wire.addresses import has_scheme, joined
from feedkeep.wire.intake import Intake
from feedkeep.wire.loose import Loose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import CommentStatus, Post, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.intake import Face

_START = re.compile(rb'\{\s*"(?:version|comments|commenters|pages)"\s*:')
_MARK = re.compile(rb'"(?:commentHex|commenterHex|commenters|isApproved)"\s*:')
_NAMES = frozenset({"commentHex", "commenterHex", "parentHex", "pageId", "isApproved"})
_NOBODY = frozenset({"anonymous", "0" * 64, "00000000-0000-0000-0000-000000000000"})
_ERASED = frozenset({"[deleted]", "<p>[deleted]</p>", "(deleted)"})
_STATES: dict[str, CommentStatus] = {"approved": "approved", "unapproved": "pending", "flagged": "spam"}


def detect(source: Source) -> bool:
    """Tell by the names of its lists and of their members."""
    head = comment_json.start(source)
    if not _START.match(head) or b'"version"' not in head or b"jsonfeed.org" in head[:512]:
        return False
    return _MARK.search(head) is not None


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the comments. Raises FormatError for what is no such export."""
    found = comment_json.document(source, notes)
    if not isinstance(found, dict) or not isinstance(found.get("comments"), list):
        raise FormatError("no Commento export: it has no list of comments", source=source.name)
    rows = [held for held in found["comments"] if isinstance(held, dict)]
    if rows and not any(_NAMES & held.keys() for held in rows):
        raise FormatError("no Commento export: its comments have other members", source=source.name)
    reading = _Reading(source, notes, found)
    yield from reading.intake.records(reading.comments(), lambda: None, _face)


class _Reading:
    """One export: the people and pages that its comments refer to."""

    def __init__(self, source: Source, notes: Notes, found: dict[str, Any]) -> None:
        self.intake = Intake(source, notes)
        self._notes = notes
        self._name = source.name
        self._comments: list[Any] = found["comments"]
        document = Loose(found, notes, source=source.name)
        self._people = dict(self._listed(document, "commenters", ("commenterHex", "id")))
        self._pages = dict(self._listed(document, "pages", ("id",)))
        self._used: set[str] = set()
        stated = (held.get("url") for held in self._comments if isinstance(held, dict))
        whole = (url for url in stated if isinstance(url, str) and has_scheme(url))
        self._base = next(whole, source.url)  # an export is of one domain, which version 3 does not name

    def comments(self) -> Iterator[Comment]:
        """Read the comments, and tell of the pages that have none."""
        for number, held in enumerate(self._comments, 1):
            if not isinstance(held, dict):
                self._notes.skipped(f"comment {number} is not an object", source=self._name)
                continue
            yield self._comment(held)
        silent = len(self._pages.keys() - self._used)
        if silent:
            many = f"{silent} pages have no comments" if silent > 1 else "1 page has no comments"
            self._notes.noticed(many, source=self._name)

    def _comment(self, held: dict[str, Any]) -> Comment:
        stated = next((held[key] for key in ("commentHex", "id") if isinstance(held.get(key), str) and held[key]), None)
        words = [held.get(key) for key in ("url", "pageId", "creationDate", "createdTime", "markdown", "html")]
        record = stated or self.intake.made("comment", *(word if isinstance(word, str) else None for word in words))
        row = Loose(held, self._notes, source=self._name, record=record)
        for key in ("commentHex", "id"):
            row.raw(key)
        parent = row.text("parentHex") or row.text("parentId")
        who = row.text("commenterHex") or row.text("userCreated")
        named = row.text("authorName")
        said = row.text("creationDate") or row.text("createdTime")
        edited, deleted = row.text("editedTime"), row.text("deletedTime")
        markup, words_, ip = row.text("html"), row.text("markdown"), row.text("authorIp")
        status = _status(row)
        title = self._pages.get(row.text("pageId") or "", {}).get("title")
        page = self._address(row)
        own = {key: value for key, value in row.rest().items() if value not in (None, "", False, 0)}
        if isinstance(title, str) and title:
            own["title"] = title
        if status == "deleted" and (markup or words_ or "").strip() in _ERASED:
            markup = words_ = None
        if markup is not None and words_ is not None:
            own["markdown"] = words_
        return Comment(
            id=record,
            post_url=page,
            parent=None if parent in (None, "root") else parent,
            author=self._author(who, named, record),
            content=_content(markup, words_),
            published=comment_json.moment(self.intake, said, "creationDate", record),
            updated=comment_json.moment(self.intake, edited, "editedTime", record),
            deleted=comment_json.moment(self.intake, deleted, "deletedTime", record),
            status=status,
            ip=ip,
            extra={"commento": own} if own else {},
        )

    def _address(self, row: Loose) -> str | None:
        """Find the page: by its path on the domain, by its id, or by the comment's own address."""
        domain = row.text("domain") or row.text("host")
        url, path, page = row.text("url"), row.text("path"), row.text("pageId")
        if page is not None:
            self._used.add(page)
            told = self._pages.get(page)
            stated = told.get("path") if told else None
            path = stated if isinstance(stated, str) else path
        if url is not None and has_scheme(url):
            return url.partition("#")[0]
        path = path or url
        if path is None:
            return None
        path = path.partition("#")[0]
        if domain is not None and not has_scheme(path):
            return joined(
                domain if has_scheme(domain) else f"https://{domain}", path if path[:1] == "/" else f"/{path}"
            )
        return joined(self._base, path)

    def _author(self, who: str | None, named: str | None, record: str) -> Person | None:
        if who is None or who in _NOBODY:
            return None if named is None else Person(name=named)
        held = self._people.get(who)
        if held is None:
            return Person(id=who, name=named)
        told = Loose(held, self._notes, source=self._name, record=record)
        for key in ("commenterHex", "id"):
            told.raw(key)
        name, email = _said(told, "name"), _said(told, "email")
        url = _said(told, "link") or _said(told, "websiteUrl") or _said(told, "websiteURL")
        avatar = _said(told, "photo") or _said(told, "avatarUrl")
        rest = {key: value for key, value in told.rest().items() if value not in (None, "", False, 0, "undefined")}
        return Person(
            id=who, name=name or named, email=email, url=url, avatar=avatar, extra={"commento": rest} if rest else {}
        )

    def _listed(self, document: Loose, key: str, ids: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
        for held in document.objects(key):
            stated = next((held[name] for name in ids if isinstance(held.get(name), str) and held[name]), None)
            if stated is None:
                self._notes.dropped(f"one of the {key} without id", source=self._name, field=key)
            else:
                yield stated, held


def _status(row: Loose) -> CommentStatus:
    state = row.text("state")
    approved, pending = row.raw("isApproved"), row.raw("isPending")
    gone = (row.raw("deleted"), row.raw("isDeleted"))
    if any(said not in (None, False) for said in gone):
        return "deleted"
    if state is not None:
        return _STATES.get(state, "pending")
    if pending not in (None, False):
        return "pending"
    if approved not in (None, True):
        return "trashed"  # a moderator looked at it and said no
    return "approved"


def _said(told: Loose, key: str) -> str | None:
    """Read a text; Commento writes "undefined" where a browser sent nothing."""
    value = told.text(key)
    return None if value == "undefined" else value


def _content(markup: str | None, words: str | None) -> Content | None:
    if markup is not None:
        return Content(value=markup)
    return None if words is None else Content(value=words, form="markdown")


def _face(record: Post | Comment) -> Face:
    """What tells two comments apart that claim the same id."""
    when = None if record.published is None else record.published.isoformat()
    return record.url, when, None if record.content is None else record.content.value


IMPORTER = Importer(
    name="commento", label="Commento and Comentario exports (JSON)", kind="export", detect=detect, read=read
)
