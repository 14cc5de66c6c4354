"""Remark42's backup: JSON lines, a header and then a comment on each.

https://remark42.com/docs/backup/backup/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person
from feedkeep.wire import comment_json
from feedkeep.wire.intake import Intake
from feedkeep.wire.loose import Loose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.source.scratch import Scratch

_HEADER = re.compile(rb'\{\s*"version"\s*:\s*\d+\s*,\s*"(?:users|posts)"\s*:')
_ROW = re.compile(rb'\{"id"\s*:[^\n]*"pid"\s*:[^\n]*"locator"\s*:')
_GONE = "deleted"  # what takes the place of a user who had everything erased


def detect(source: Source) -> bool:
    """Tell by the header, or, where that was cut off, by the names in the first comment."""
    head = comment_json.start(source)
    return (_HEADER.match(head) or _ROW.match(head)) is not None


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the comments in the order of the file. Raises FormatError where there is neither header nor comment."""
    met = False
    with source.scratch() as seen:
        reading = _Reading(source, notes, seen)
        for line, held in comment_json.rows(source, notes):
            if "version" in held and ("users" in held or "posts" in held):
                reading.header(held, line)
                met = True
            elif "locator" in held or "pid" in held or "text" in held:
                met = True
                comment = reading.comment(held, line)
                if comment is not None:
                    yield comment
            else:
                notes.skipped("a row that is no comment", source=source.name, line=line)
    if not met:
        raise FormatError("no Remark42 backup: neither its header nor a comment", source=source.name)


class _Reading:
    """The notes of one backup, and which ids were given."""

    def __init__(self, source: Source, notes: Notes, seen: Scratch) -> None:
        self._intake = Intake(source, notes)
        self._notes = notes
        self._name = source.name
        self._seen = seen  # ids, each with what tells two comments apart

    def header(self, held: dict[str, Any], line: int) -> None:
        """Tell what of the header has no place: who is blocked or verified, which pages are closed."""
        for key, what in (("users", "users with settings"), ("posts", "pages with settings")):
            told = held.get(key)
            if isinstance(told, list) and told:
                self._notes.dropped(f"the header's {len(told)} {what}", source=self._name, line=line, field=key)

    def comment(self, held: dict[str, Any], line: int) -> Comment | None:
        """Read a comment; None for one that came before."""
        record = self._identified(held, line)
        if record is None:
            return None
        row = Loose(held, self._notes, source=self._name, record=record)
        number = row.text("id")
        parent = row.text("pid")
        locator = row.one("locator")
        page = locator.text("url") if locator else None
        text, original = row.text("text"), row.text("orig")
        edit = row.one("edit")
        edited = edit.text("time") if edit else None
        said = row.text("time")
        user = row.one("user")
        user_id = user.text("id") if user else None
        gone = row.raw("delete")
        own = {key: value for key, value in row.rest().items() if value not in (None, {}, [], False, 0)}
        if text is not None and original is not None:
            own["orig"] = original
        rests = {"edit": edit.rest() if edit else {}, "locator": locator.rest() if locator else {}}
        own |= {key: rest for key, rest in rests.items() if rest}
        disqus = number is not None and number.isdecimal() and (user_id or "").startswith("disqus_")
        return Comment(
            id=record,
            aliases=(f"disqus:{number}",) if disqus else (),
            post_url=page,
            url=f"{page}#remark42__comment-{number}" if page and number and "#" not in page else None,
            parent=None if parent is None else _prefixed(parent),
            author=_author(user),
            content=_content(text, original),
            published=comment_json.moment(self._intake, said, "time", record),
            updated=comment_json.moment(self._intake, edited, "edit.time", record),
            status="approved" if gone in (None, False) else "deleted",
            extra={"remark42": own} if own else {},
        )

    def _identified(self, held: dict[str, Any], line: int) -> str | None:
        stated = held.get("id")
        record = _prefixed(str(stated)) if isinstance(stated, (str, int)) and stated != "" else None
        words = [held.get(key) for key in ("time", "text", "orig")]
        locator = held.get("locator")
        words.append(locator.get("url") if isinstance(locator, dict) else None)
        made = made_id("comment", record, *(word if isinstance(word, str) else None for word in words))
        face = made[-16:].encode()
        before = face if record is None else self._seen.hold(record, face)
        if before is None:
            return record
        if (record is not None and before == face) or self._seen.hold(made) is not None:
            self._notes.skipped("the same comment twice", source=self._name, line=line)
            return None
        what = "a comment without id" if record is None else f"a second comment with the id {record[:80]!r}"
        self._notes.altered(f"{what}: an id was made", source=self._name, record=made)
        return made


def _prefixed(number: str) -> str:
    """Ids are the server's own UUIDs, which its feeds state; numbers are those of the server before it."""
    return f"remark42:{number}" if number.isdecimal() else number


def _content(text: str | None, original: str | None) -> Content | None:
    if text is not None:
        return Content(value=text)
    return None if original is None else Content(value=original, form="markdown")


def _author(user: Loose | None) -> Person | None:
    if user is None:
        return None
    user_id, name, picture, email = user.text("id"), user.text("name"), user.text("picture"), user.text("email")
    if user_id == _GONE:
        return None
    rest = {key: value for key, value in user.rest().items() if value not in (None, "", False)}
    person = Person(id=user_id, name=name, email=email, avatar=picture, extra={"remark42": rest} if rest else {})
    return None if person == Person() else person


IMPORTER = Importer(name="remark42", label="Remark42 backup (JSON lines)", kind="export", detect=detect, read=read)
