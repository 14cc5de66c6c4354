"""LiveJournal exports: entries by the month, comments by ``export_comments.bml``, and files that join the two.

https://www.livejournal.com/doc/server/ljp.csp.export_comments.html

A journal numbers its entries (``jitemid``) and puts another number into addresses: ``jitemid * 256 + anum``. The export of
entries states the latter, comments the former; what has ``anum`` beside it is the former.
"""

from __future__ import annotations

import datetime as dt
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Comment, CommentStatus, Content, Person, Post, PostStatus, Site, Term
from feedkeep.wire import dates
from feedkeep.wire.detection import root
from feedkeep.wire.elements import text_of
from feedkeep.wire.feed_texts import plain_title
from feedkeep.wire.intake import Intake
from feedkeep.wire.salvage import elements
from feedkeep.wire.xml import iterate, release

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_ROOTS = ("livejournal",)
_NAMES = ("username", "user", "journal", "journalname")
_STATUS: dict[str, CommentStatus] = {"": "approved", "A": "approved", "F": "approved"}
_STATUS |= {"S": "pending", "D": "deleted", "B": "spam"}
_SECURITY: dict[str, PostStatus] = {"": "published", "public": "published"}
_POST_FIELDS = frozenset({"subject", "event", "eventtime", "taglist", "comment", "comments", "props", "url"})
_COMMENT_FIELDS = frozenset({"subject", "body", "event", "date", "eventtime", "user", "author", "property"}) | {
    "poster_ip",
    "itemid",
    "parent_itemid",
    "id",
    "jitemid",
    "posterid",
    "state",
    "parentid",
    "talkid",
    "dtalkid",
}
_QUARTER = 15 * 60  # seconds: no zone is finer
_SLACK = 120  # seconds between the time that a writer is shown and the one at which he sends
_FARTHEST = 14 * 3600


def detect(source: Source) -> bool:
    """Tell by the root element."""
    found = root(source.head)
    return found is not None and found.name in _ROOTS and not found.space


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site where the file names the journal, each entry with its comments, and comments that stand alone."""
    reading = _Reading(source, notes, _users(source))
    for element in elements(source, notes, ("entry", "comment", "livejournal"), _ROOTS):
        yield from reading.header(element.getroottree().getroot())
        if element.tag == "entry":
            yield from reading.entry(element)
        elif element.tag == "comment":
            yield from reading.comment(element, None)


def _users(source: Source) -> dict[str, str]:
    """Give the names of commenters by number: they may stand after the comments."""
    users: dict[str, str] = {}
    with suppress(FormatError), closing(source.open()) as stream:  # what is broken is told by the reading itself
        for _, element in iterate(stream, source.name, tags=("usermap", "entry", "comment"), recover=True):
            if element.tag == "usermap" and element.get("id") and element.get("user"):
                users.setdefault(element.get("id"), element.get("user"))
            release(element)
    return users


class _Reading:
    """One export being read."""

    def __init__(self, source: Source, notes: Notes, users: dict[str, str]) -> None:
        self._source = source
        self._notes = notes
        self._intake = Intake(source, notes)
        self._users = users
        self._journal: str | None = None
        self._begun = False

    def header(self, top: Any) -> Iterator[Record]:  # noqa: ANN401 — lxml's element type is private
        """Tell the site, once, where the file says which journal it is of."""
        if self._begun:
            return
        self._begun = True
        names = [top.get(name) for name in _NAMES] + [top.findtext(name) for name in _NAMES]
        self._journal = next((name.strip() for name in names if name and name.strip()), None)
        if self._journal is not None:
            url = self._home()
            yield Site(id=url or self._journal, url=url, title=self._journal, generator="LiveJournal")

    def entry(self, element: Any) -> Iterator[Record]:  # noqa: ANN401 — likewise
        """Read an entry and the comments within it."""
        fields = {child.tag: self._text(child) for child in element if isinstance(child.tag, str) and not len(child)}
        props = element.find("props")
        told: dict[str, str] = {}
        for child in () if props is None else props:
            if isinstance(child.tag, str):
                # as an element of the property's name, or of that name in an attribute
                name = child.get("name") if child.tag in {"prop", "property"} else child.tag
                told[str(name)] = child.get("value") or self._text(child)
        post = self._post(fields, told, element.sourceline)
        yield post
        for comment in element.iter("comment"):
            yield from self.comment(comment, post)

    def _post(self, fields: dict[str, str], props: dict[str, str], line: int | None) -> Post:
        get = fields.get
        number, place = _numbers(get("itemid", ""), get("anum", ""), get("ditemid", ""))
        url = get("url", "").strip() or None
        if url is None and self._home() and place:
            url = f"{self._home()}{place}.html"
        subject = get("subject", "").strip()
        if number:
            record = f"livejournal:{number}"
        else:
            record = url or self._intake.made("post", get("eventtime"), subject, get("event"))
        title, title_html = plain_title(subject) if subject else (None, None)
        tags = get("taglist") or props.get("taglist") or ""
        security = get("security", "").strip().lower()
        own: dict[str, Any] = {
            name: value for name, value in fields.items() if value.strip() and name not in _POST_FIELDS | {"itemid"}
        }
        if props:
            own["props"] = props
        if get("itemid"):
            own["itemid"] = get("itemid")
        moment = self._moment(fields, record)
        formatted = (props.get("opt_preformatted") or get("opt_preformatted") or "").strip() not in {"", "0"}
        body = get("event", "")
        closed = (props.get("opt_nocomments") or "").strip() not in {"", "0"}
        if not number:
            self._notes.noticed("an entry without a number", source=self._source.name, line=line, record=record)
        return Post(
            id=record,
            aliases=tuple(self._aliases(place, url, record)),
            url=url,
            title=title,
            title_html=title_html,
            content=Content(value=body, form="html" if formatted else "wordpress", base=url) if body.strip() else None,
            authors=(Person(id=self._journal, name=self._journal),) if self._journal else (),
            terms=tuple(Term(name=tag.strip(), taxonomy="post_tag") for tag in tags.split(",") if tag.strip()),
            published=moment,
            status=_SECURITY.get(security, "private"),
            comments_open=False if closed else None,
            extra={"livejournal": own} if own else {},
        )

    def _aliases(self, place: int | None, url: str | None, record: str) -> Iterator[str]:
        """Give the ids under which the journal's own feeds show an entry: an address (RSS), a name (Atom)."""
        if url is not None and url != record:
            yield url
        if place and self._journal:
            yield f"urn:lj:livejournal.com:atom1:{self._journal}:{place}"

    def comment(self, element: Any, post: Post | None) -> Iterator[Record]:  # noqa: ANN401 — likewise
        """Read a comment, of the entry that it stands in or of the one whose number it states."""
        fields = {
            str(child.tag): self._text(child) for child in element if isinstance(child.tag, str) and not len(child)
        }
        fields |= {str(name): str(value) for name, value in element.attrib.items()}
        get = fields.get
        props = {child.get("name") or "": self._text(child) for child in element.iter("property")}
        number = (get("id") or get("itemid") or get("talkid") or "").strip()
        if not number:
            self._notes.skipped("a comment without a number", source=self._source.name, line=element.sourceline)
            return
        record = f"livejournal:comment:{number}"
        item = get("jitemid", "").strip()
        owner = post.id if post else f"livejournal:{item}" if item else None
        if owner is None:
            what = "a comment that does not say on what"
            self._notes.noticed(what, source=self._source.name, line=element.sourceline, record=record)
        state = get("state", "").strip().upper()
        if state not in _STATUS:
            what = f"state {state[:20]!r} is unknown: kept as pending"
            self._notes.altered(what, source=self._source.name, record=record)
        own: dict[str, Any] = {name: value for name, value in fields.items() if name not in _COMMENT_FIELDS and value}
        if state not in {"", "A", "D"}:
            own["state"] = state
        if get("posterid", "0").strip() not in {"", "0"}:
            own["posterid"] = get("posterid")
        kept = {name: value for name, value in props.items() if name != "poster_ip"}
        if kept:
            own["props"] = kept
        parent = (get("parentid") or get("parent_itemid") or "").strip()
        body = get("body") or get("event") or ""
        date = (get("date") or get("eventtime") or "").strip()
        subject = get("subject", "").strip()
        yield Comment(
            id=record,
            post=owner,
            parent=f"livejournal:comment:{parent}" if parent not in {"", "0", number} else None,
            author=self._author(element, get("posterid", "").strip(), get("user", "").strip()),
            title=subject or None,
            content=Content(value=body, form="wordpress") if body.strip() else None,
            published=self._intake.moment(date, "date", record) if date else None,
            status=_STATUS.get(state, "pending"),
            ip=(props.get("poster_ip") or get("poster_ip") or "").strip() or None,
            extra={"livejournal": own} if own else {},
        )

    def _author(self, element: Any, number: str, name: str) -> Person | None:  # noqa: ANN401 — likewise
        held = element.find("author")
        email = None
        if held is not None:
            name = (held.findtext("name") or self._text(held)).strip() or name
            email = (held.findtext("email") or "").strip() or None
        user = self._users.get(number) or name or None
        if user is None:
            return Person(email=email) if email else None  # anonymous
        return Person(id=user if number not in {"", "0"} else None, name=user, email=email)

    def _moment(self, fields: dict[str, str], record: str) -> dt.datetime | None:
        """Read when an entry was written: by the writer's clock, whose zone its distance from the server's (UTC) tells."""
        text, server = fields.get("eventtime", "").strip(), fields.get("logtime", "").strip()
        here, there = dates.parse(text, dt.UTC), dates.parse(server, dt.UTC)
        if here is not None and here[1] and there is not None:
            apart = (here[0] - there[0]).total_seconds()
            offset = round(apart / _QUARTER) * _QUARTER
            if abs(apart - offset) <= _SLACK and abs(offset) <= _FARTHEST:
                zone = dt.timezone(dt.timedelta(seconds=offset)) if offset else dt.UTC
                return here[0].replace(tzinfo=zone)
        if not text and there is not None:
            return there[0]
        return self._intake.moment(text, "eventtime", record) if text else None

    def _home(self) -> str | None:
        if self._journal is None or not self._journal.replace("_", "").replace("-", "").isalnum():
            return None
        name = self._journal.lower().replace("_", "-")
        if name.startswith("-") or name.endswith("-"):  # no name of a host
            return f"https://users.livejournal.com/{self._journal.lower()}/"
        return f"https://{name}.livejournal.com/"

    def _text(self, element: Any) -> str:  # noqa: ANN401 — likewise
        return text_of(element, self._source.name)


def _numbers(item: str, anum: str, place: str) -> tuple[int | None, int | None]:
    """Give an entry's number in its journal, and that of its address."""
    stated = _number(item)
    if stated is None:
        address = _number(place)
        return (address >> 8 if address else None), address
    extra = _number(anum)
    if extra is not None and extra < 256:
        return stated, stated * 256 + extra
    address = _number(place)
    if address is not None:
        return address >> 8, address
    if stated < 256:
        return stated, None  # too small for an address
    return stated >> 8, stated


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


IMPORTER = Importer(
    name="livejournal",
    label="LiveJournal export (entries and comments, XML)",
    kind="export",
    detect=detect,
    read=read,
)
