"""What a WordPress export has said of its blog so far, and what can only be read knowing it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from feedkeep.ids import made_id
from feedkeep.models import Person
from feedkeep.wire import wxr_dates as dates
from feedkeep.wire import wxr_ids as ids
from feedkeep.wire.wxr import COMMENT_STATUS, POST_STATUS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feedkeep.models import CommentStatus, PostStatus
    from feedkeep.notes import Notes
    from feedkeep.source import Source


class Blog:
    """Where its numbers hold, who its authors are, which ids are taken and what its clock last showed."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._name = source.name
        self._notes = notes
        self._base = source.url
        self._where = ids.place(source.url)
        self._zone: dt.tzinfo | None = None
        self._stated_zone = source.timezone
        self._people: dict[str, Person] = {}  # as posts name them, by login
        self._logins: dict[str, str] = {}  # by author's number
        self._by_name: dict[str, str] = {}  # login, by display name
        self._seen = ids.Seen()

    def locate(self, base: str | None) -> None:
        """Learn the blog's address."""
        self._base = base or self._base
        self._where = ids.place(self._base)

    def introduce(self, login: str, name: str | None, number: str | None = None) -> bool:
        """Learn an author; False where the login is known already."""
        if login in self._people:
            return False
        self._people[login] = Person(id=login, name=name or login)
        if name:
            self._by_name.setdefault(name, login)
        if number:
            self._logins[number] = login
        return True

    def login(self, number: str) -> str | None:
        """The author with this number."""
        return self._logins.get(number)

    def authors(self, creator: str | None, bylines: list[tuple[str, str]]) -> tuple[Person, ...]:
        """The creator, then those whom Co-Authors Plus adds as (slug, name)."""
        if not bylines:
            return (self._people.get(creator) or Person(id=creator, name=creator),) if creator else ()
        logins = {creator: creator} if creator else {}
        for slug, name in bylines:
            login = slug if slug in self._people else slug.removeprefix("cap-")
            if login not in self._people:
                login = self._by_name.get(name, login)
            logins.setdefault(login or name, name)
        return tuple(
            self._people.get(login) or Person(id=login, name=name or login) for login, name in logins.items() if login
        )

    def aliases(self, number: str | None) -> tuple[str, ...]:
        """The alias of the item with this number; none for a number that another item has."""
        if not number or not number.isdecimal() or len(number) > 18 or number == "0":
            return ()
        if not self._seen.add(f"={number}"):
            self._notes.noticed(f"post_id {number} repeated: links by this number go to the first", source=self._name)
            return ()
        return (ids.post_alias(number, self._where),)

    def record_id(self, found: Mapping[str, str], aliases: tuple[str, ...]) -> str:
        """The guid of an item; what WordPress would have made it, where there is none or another item has it."""
        guid = found.get("guid")
        if guid:
            if self._seen.add(guid):
                return guid
            self._notes.altered(
                "guid of another item in the file: given an id of its own", source=self._name, record=guid
            )
        if aliases and self._base:
            made = ids.default_guid(self._base, found["wp:post_id"])
            if made != guid and self._seen.add(made):
                return made
        return made_id("post", guid, *(found.get(name) for name in ("link", "title", "wp:post_date", "wp:post_id")))

    def parent(self, number: str | None) -> str | None:
        """The alias that ``wp:post_parent`` stands for."""
        if not number or not number.isdecimal() or len(number) > 18 or not number.strip("0"):
            return None
        return ids.post_alias(number, self._where)

    def address(self, link: str | None) -> str | None:
        """An address, made whole where a dialect leaves the blog's own part out."""
        if not link or "://" in link or not self._base:
            return link or None
        try:
            return urljoin(self._base, link)
        except ValueError:
            return link

    def when(self, found: Mapping[Any, str | None], name: str, record: str, own: dict[str, Any]) -> dt.datetime | None:
        """The moment that a local date and its twin in GMT state; of the first of an item, pubDate is a third."""
        local_text, gmt_text = found.get(name), found.get(f"{name}_gmt")
        if local_text == gmt_text and local_text is not None:
            moment = dates.in_gmt(local_text)
            if moment is not None:
                self._zone = dt.UTC
                return moment
        local, gmt = dates.naive(local_text), dates.naive(gmt_text)
        if gmt is None and name == "wp:post_date":
            gmt = dates.rfc822(found.get("pubDate"))
            if local is not None and gmt_text == dates.NEVER:
                own["post_date_gmt"] = gmt_text
        if local is not None and gmt is not None:
            moment = dates.paired(local, gmt)
            if moment is not None:
                self._zone = moment.tzinfo
                return moment
            self._notes.altered(
                f"{local_text} and {gmt_text} GMT are no time zone apart: took the latter",
                source=self._name,
                record=record,
            )
        if gmt is not None:
            return gmt.replace(tzinfo=dt.UTC)
        if local is None:
            if {local_text, gmt_text} - {None, "", dates.NEVER}:
                self._notes.dropped(f"{local_text!r} is no date", source=self._name, record=record, field=name)
            return None
        if name != "wp:post_modified":
            self._notes.noticed("no date in GMT: its time zone is a guess", source=self._name, record=record)
        return dates.placed(local, self._stated_zone or self._zone or dt.UTC)

    def status(self, stated: str | None, record: str, own: dict[str, Any], *, inherits: bool) -> PostStatus | None:
        """The status of a post, or of a file, which ``inherits`` that of its post.

        One that only a plugin understands is kept private, and so is a revision: it was not published as it is.
        """
        if not stated:
            return None
        known = POST_STATUS.get(stated)
        if known is not None and (inherits or stated != "inherit"):
            return known
        own["status"] = stated
        self._notes.altered(f"status {stated!r} is not known: kept private", source=self._name, record=record)
        return "private"

    def comment_status(self, stated: str | None, record: str, own: dict[str, Any]) -> CommentStatus | None:
        """The status of a comment; one that only a plugin understands awaits approval."""
        if not stated:
            return None
        known = COMMENT_STATUS.get(stated)
        if known is not None:
            return known
        own["approved"] = stated
        self._notes.altered(f"status {stated!r} is unknown: kept as pending", source=self._name, record=record)
        return "pending"
