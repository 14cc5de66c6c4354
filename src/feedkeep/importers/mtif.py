"""Movable Type Import Format, of Movable Type, TypePad, Hatena Blog and others.

https://movabletype.org/documentation/appendices/import-export-format.html

Nothing is escaped and no record has an id. A line of hyphens ends a section or an entry only where what follows could
begin one; else it is a line of the text.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Form, Person, Post, PostStatus, Term
from feedkeep.wire.decoding import decoded
from feedkeep.wire.intake import Intake
from feedkeep.wire.mtif import END_OF_SECTION, FIELD, FIELDS, RESPONSES, TEXTS, Entry, Section, entries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?")
_STATUS: dict[str, PostStatus] = {
    "publish": "published",
    "draft": "draft",
    "future": "scheduled",
    "review": "pending",
    "pending": "pending",
    "unpublish": "draft",
    "private": "private",
}
_HTML = frozenset({"0", "none", "richtext", "html", "wysiwyg", "blockeditor"})
_TAG = re.compile(r'"([^"]*)"|([^,]+)')
_PIVOT = 70  # two digits: no weblog is older


def detect(source: Source) -> bool:
    """A field of an entry on the first line, then a line of five hyphens."""
    if source.head[:64].lstrip()[:1] == b"<":  # no field begins so; most documents are told at once
        return False
    text, _ = decoded(source.head)
    found = [line.rstrip() for line in text.splitlines()]
    first = next((line for line in found if line.strip()), "")
    field = FIELD.fullmatch(first.lstrip("\ufeff"))
    return field is not None and field[1] in FIELDS and END_OF_SECTION in found


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield each post, then its comments and trackbacks. Raises FormatError where there is no entry."""
    reading = _Reading(source, notes)
    yield from reading.records(entries(source, notes))
    if not reading.begun:
        raise FormatError("no entry in it: nothing in the Movable Type format", source=source.name)


class _Reading:
    """One export being read."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source = source
        self._notes = notes
        self._intake = Intake(source, notes)
        self._posts: dict[str, str] = {}  # id by date as written: what NO ENTRY goes by
        self._repeats: Counter[str] = Counter()
        self.begun = False

    def records(self, found: Iterable[Entry]) -> Iterator[Record]:
        """Read the entries, each with its comments and trackbacks."""
        for entry in found:
            first = dict(reversed(entry.fields))
            if not first:
                self._notes.skipped("an entry without fields", source=self._source.name, line=entry.line)
                continue
            if not entry.ended and not entry.sections:
                what = "the file ends within the fields of an entry"
                self._notes.skipped(what, source=self._source.name, line=entry.line)
                continue
            self.begun = True
            date = " ".join(first.get("DATE", "").split())
            if first.get("NO ENTRY", "0") not in {"", "0"}:
                # more comments on an entry that was already there
                post = self._posts.get(date) or f"mtif:{date}"
                if date not in self._posts:
                    what = "comments on an entry that is not in this file"
                    self._notes.noticed(what, source=self._source.name, line=entry.line, record=post)
            else:
                if not entry.ended:
                    what = "the file ends within an entry: there may have been more of it"
                    self._notes.noticed(what, source=self._source.name, line=entry.line)
                record = self._post(entry, first)
                post = record.id
                self._posts.setdefault(date, post)
                yield record
            for section in entry.sections:
                if section.name in RESPONSES:
                    yield self._response(section, post)

    def _post(self, entry: Entry, first: dict[str, str]) -> Post:
        url = first.get("UNIQUE URL") or None
        told = first.get("TITLE"), first.get("DATE"), first.get("BASENAME"), first.get("AUTHOR")
        record = self._own(url or made_id("post", *told))
        own: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for section in entry.sections:
            text = _text(section)
            if section.name in TEXTS and section.name not in texts:
                texts[section.name] = text
            elif section.name and section.name not in RESPONSES:
                own.setdefault("sections", []).append([section.name, text])
        breaks = first.get("CONVERT BREAKS")
        others = [[name, value] for name, value in entry.fields if name not in FIELDS]
        seen: set[str] = set()
        for name, value in entry.fields:
            if name in FIELDS and name not in {"CATEGORY", "PRIMARY CATEGORY", "TAGS"} and name in seen:
                others.append([name, value])
            seen.add(name)
        if others:
            own["fields"] = others
        if breaks is not None:
            own["CONVERT BREAKS"] = breaks
        for name in ("ALLOW COMMENTS", "ALLOW PINGS"):
            if first.get(name, "0") not in {"", "0", "1"}:
                own[name] = first[name]
        if texts.get("KEYWORDS"):
            own["KEYWORDS"] = texts["KEYWORDS"]
        image = first.get("IMAGE") or None
        return Post(
            id=record,
            url=url,
            slug=first.get("BASENAME") or None,
            title=first.get("TITLE") or None,
            summary=Content(value=texts["EXCERPT"]) if texts.get("EXCERPT") else None,
            content=_content(texts, _form(breaks)),
            authors=_author(first),
            terms=tuple(_terms(entry.fields, texts.get("KEYWORDS", ""))),
            published=self._moment(first.get("DATE"), record),
            status=self._status(first.get("STATUS"), record, own),
            comments_open=_open(first.get("ALLOW COMMENTS")),
            pings_open=_open(first.get("ALLOW PINGS")),
            image=image,
            extra={"mtif": own} if own else {},
        )

    def _response(self, section: Section, post: str) -> Comment:
        get, text = section.fields.get, _text(section)
        ping = section.name == "PING"
        name = get("BLOG NAME" if ping else "AUTHOR") or None
        email, url = get("EMAIL") or None, get("URL") or None
        told = name, email, url, get("DATE"), get("TITLE"), text
        record = self._own(made_id("trackback" if ping else "comment", post, *told))
        return Comment(
            id=record,
            post=post,
            title=get("TITLE") or None,
            author=Person(name=name, email=email, url=url) if name or email or url else None,
            content=Content(value=text, form="html" if ping else "wordpress") if text else None,
            published=self._moment(get("DATE"), record),
            status="approved",
            kind="trackback" if ping else "comment",
            ip=get("IP") or None,
        )

    def _own(self, record: str) -> str:
        """Give the id, and another one to each who says the same again."""
        self._repeats[record] += 1
        again = self._repeats[record]
        if again == 1:
            return record
        what = "the same post or comment stands here again: it was given an id of its own"
        made = made_id("again", record, str(again))
        self._notes.altered(what, source=self._source.name, record=made)
        return made

    def _moment(self, text: str | None, record: str) -> dt.datetime | None:
        if not text:
            return None
        found = _DATE.fullmatch(text)
        if found is None:
            return self._intake.moment(text, "DATE", record)
        month, day, year, hour, minute, second, half = found.groups()
        if len(year) == 2:
            year = f"{'19' if int(year) >= _PIVOT else '20'}{year}"
        if half is not None and 1 <= int(hour) <= 12:
            hour = str(int(hour) % 12 + (12 if half.lower() == "pm" else 0))
        iso = f"{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}:{second or '00'}"
        return self._intake.moment(iso, "DATE", record)

    def _status(self, text: str | None, record: str, own: dict[str, Any]) -> PostStatus | None:
        if not text:
            return None
        found = _STATUS.get(text.lower())
        if found is None:
            own["STATUS"] = text
            self._notes.altered(f"STATUS {text[:40]!r} is unknown: kept as a draft", record=record, field="Post.status")
            return "draft"
        return found


def _text(section: Section) -> str:
    """Give a section's text, without the blank lines around it."""
    return "\n".join(section.text).strip("\n")


def _content(texts: dict[str, str], form: Form) -> Content | None:
    body, extended = texts.get("BODY", ""), texts.get("EXTENDED BODY", "")
    if extended:
        body = f"{body}\n\n<!--more-->\n\n{extended}"
    return Content(value=body, form=form) if body else None


def _form(breaks: str | None) -> Form:
    """Tell what a text filter of Movable Type reads: by default, HTML whose line breaks count."""
    name = (breaks or "").lower()
    if name in _HTML:
        return "html"
    return "markdown" if name.startswith("markdown") else "wordpress"


def _author(first: dict[str, str]) -> tuple[Person, ...]:
    name, email = first.get("AUTHOR") or None, first.get("AUTHOR EMAIL") or None
    return (Person(name=name, email=email),) if name or email else ()


def _terms(fields: list[tuple[str, str]], keywords: str) -> Iterator[Term]:
    primary = [value for name, value in fields if name == "PRIMARY CATEGORY" and value]
    others = [value for name, value in fields if name == "CATEGORY" and value]
    for name in dict.fromkeys([*primary, *others]):
        yield Term(name=name)
    tags = [tag for name, value in fields if name == "TAGS" for tag in _tags(value)]
    for name in dict.fromkeys([*tags, *_tags(" ".join(keywords.split()))]):
        yield Term(name=name, taxonomy="post_tag")


def _tags(text: str) -> Iterator[str]:
    for quoted, plain in _TAG.findall(text):
        name = (quoted or plain).strip()
        if name:
            yield name


def _open(text: str | None) -> bool | None:
    return None if not text else text == "1"


IMPORTER = Importer(
    name="mtif",
    label="Movable Type and TypePad export (MTIF)",
    kind="export",
    detect=detect,
    read=read,
)
