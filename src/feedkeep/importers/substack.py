"""Substack's export: https://support.substack.com/hc/en-us/articles/360037466012.

Its zip holds ``posts.csv``, a row for each post, and the bodies as ``posts/<post_id>.html``; beside them lie lists of
subscribers and of who opened which letter, which are not the blog's to keep. It says neither who wrote a post nor where
the publication is: the address is found by the buttons in the bodies, else by the name of the list of subscribers.
Comments are not in it.
"""

from __future__ import annotations

import html as entities
import mimetypes
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from feedkeep.content.links import parted
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Content, Enclosure, Post, Record, Site
from feedkeep.wire import csv_rows, withheld
from feedkeep.wire.decoding import decoded
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import Comment, PostStatus
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.csv_rows import Row
    from feedkeep.wire.intake import Face

_COLUMNS = frozenset({"post_id", "is_published", "title"})
_TRUE: Final = frozenset({"true", "t", "1", "yes"})
_FALSE: Final = frozenset({"false", "f", "0", "no", ""})
_AUDIENCES: Final[dict[str, PostStatus]] = {
    "everyone": "published",
    "only_free": "private",
    "only_paid": "private",
    "founding": "private",
}
_MAILED = frozenset({"adhoc_email"})  # letters that were never on the web
_READ = ("post_id", "post_date", "is_published", "title", "subtitle", "podcast_url")
_SUBSCRIBERS = re.compile(r"(?:email_list|subscribers?)\b", re.IGNORECASE)
_PUBLICATION = re.compile(r"email_list\.([a-z0-9-]+)\.csv", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}/(?:p/([\w-]+)|subscribe\b)")
_URL = re.compile(r"https?://\S+")
_SAMPLE = 100  # bodies that are looked into for the publication's address
_OWN_ADDRESS = 1000  # a post's own address is worth more than any number of buttons


def detect(source: Source) -> bool:
    """Know the table of posts by its columns."""
    begins = source.head[:200].lstrip(b"\xef\xbb\xbf \r\n").startswith((b"post_id", b'"post_id"'))
    return begins and _COLUMNS.issubset(csv_rows.header(source))


def parts(container: Source) -> Iterator[Source]:
    """Find each table of posts, with the bodies in the folder beside it."""
    for member in list(container.members()):
        if not member.is_container and member.path.name == "posts.csv" and detect(member):
            yield withheld.part(container, member.path.parent, _is_ours, _reason)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the publication, the posts of the table, then bodies that are in no row. Raises FormatError without table."""
    table, bodies = source, {}
    if source.is_container:
        members = {
            member.path: member for member in source.members() if not member.is_container and _is_ours(member.path)
        }
        tables = [member for path, member in members.items() if path.name == "posts.csv"]
        if not tables:
            raise FormatError("no posts.csv in it", source=source.name)
        table = tables[0]
        bodies = {path.stem: member for path, member in members.items() if member is not table}
    if not _COLUMNS.issubset(csv_rows.header(table)):
        raise FormatError("not a table of Substack's posts", source=table.name)
    withheld.tell(source, notes)
    home = _home(bodies, source)
    reading = _Reading(table, notes, bodies, home)
    yield from reading.intake.records(reading.posts(), lambda: _site(home), _face)


def _is_ours(path: PurePosixPath) -> bool:
    names = path.parts
    return names == ("posts.csv",) or (len(names) == 2 and names[0] == "posts" and path.suffix.lower() == ".html")


def _reason(member: Source, path: PurePosixPath) -> str | None:
    """Say why a file is not read: tables that hold people's addresses."""
    if path.suffix.lower() != ".csv" or len(path.parts) > 2:
        return None
    if path.parts[0] == "posts" and len(path.parts) == 2:
        return f"who got and opened which letter (posts/*.{'.'.join(path.name.split('.')[-2:])})"
    if len(path.parts) > 1 or member.is_container:
        return None
    if _SUBSCRIBERS.match(path.name) or any("email" in cell.lower() for cell in csv_rows.header(member)):
        return f"addresses of subscribers ({path.name})"
    return None


def _home(bodies: dict[str, Source], source: Source) -> str | None:
    """Find the publication's address: that of its own posts in their bodies, of its buttons, of its list of readers."""
    seen: Counter[str] = Counter()
    for name in sorted(bodies)[:_SAMPLE]:
        slug = name.partition(".")[2]
        try:
            text = bodies[name].head.decode("utf-8", "replace")
        except FormatError:
            continue
        for found in _ADDRESS.finditer(text):
            if found[1] is None:
                seen[_root(found[0])] += 1
            elif found[1] == slug:
                seen[_root(found[0])] += _OWN_ADDRESS
    if seen:
        most = max(seen.values())
        return min(root for root, votes in seen.items() if votes == most)
    named = (_PUBLICATION.search(why) for why in sorted(source.passed_over))
    return next((f"https://{found[1].lower()}.substack.com" for found in named if found is not None), None)


def _root(url: str) -> str:
    return f"https://{parted(url).netloc.lower()}"


def _site(home: str | None) -> Site | None:
    return None if home is None else Site(id=home, url=home, feed_urls=(f"{home}/feed",))


class _Reading:
    """The table and the bodies that belong to its rows."""

    def __init__(self, table: Source, notes: Notes, bodies: dict[str, Source], home: str | None) -> None:
        self.intake = Intake(table, notes)
        self._table, self._notes, self._home = table, notes, home
        self._bodies = bodies
        self._by_number: dict[str, list[str]] = {}
        for name in sorted(bodies):
            self._by_number.setdefault(name.partition(".")[0], []).append(name)
        self._used: set[str] = set()

    def posts(self) -> Iterator[Record]:
        """Yield a post for each row, and for each body without one."""
        if not self._bodies:
            self._notes.noticed("the table alone: no bodies are beside it", source=self._table.name)
        for row in csv_rows.rows(self._table, self._notes):
            number = row.get("post_id")
            if number is None:
                self._notes.skipped("a row without post_id", source=self._table.name, line=row.line)
                continue
            yield self._post(row, number)
        for name, body in self._bodies.items():
            if name not in self._used:
                yield self._without_row(name, body)

    def _post(self, row: Row, stated: str) -> Post:
        number, _, slug = stated.partition(".")
        kind = (row.get("type") or "").lower()
        status = self._status(row, stated, kind)
        record_id, aliases, url = self._identified(number, slug, status)
        extra: dict[str, Any] = row.rest(*_READ)
        if extra.get("audience") == "everyone":
            del extra["audience"]
        return Post(
            id=record_id,
            permalink=False if aliases else None,
            aliases=aliases,
            url=url,
            kind="page" if kind == "page" else "post",
            slug=slug or None,
            title=_plain(row.get("title")),
            subtitle=_plain(row.get("subtitle")),
            content=self._body(stated, record_id, row.line),
            published=self._date(row, record_id),
            status=status,
            enclosures=self._podcast(row, record_id),
            extra={"substack": extra} if extra else {},
        )

    def _status(self, row: Row, stated: str, kind: str) -> PostStatus:
        """Read who may see a post: what is for subscribers alone, or went out as a letter, was never public."""
        said = (row.get("is_published") or "").lower()
        if said not in _TRUE:
            if said not in _FALSE:
                what = f"is_published {said[:40]!r} is neither true nor false: taken for a draft"
                self._notes.altered(what, source=self._table.name, line=row.line, record=stated)
            return "draft"
        audience = (row.get("audience") or "").lower()
        if audience not in _AUDIENCES:
            told = f"audience {audience[:40]!r} is not known" if audience else "no audience is stated"
            what = f"{told}: kept private"
            self._notes.altered(what, source=self._table.name, line=row.line, record=stated)
            return "private"
        return "private" if kind in _MAILED else _AUDIENCES[audience]

    def _identified(self, number: str, slug: str, status: PostStatus) -> tuple[str, tuple[str, ...], str | None]:
        """Give id, other ids and address. The publication's feed shows the address as guid; a draft has none yet."""
        own = f"substack:{number}"
        if self._home is None or not slug or status == "draft":
            return own, (), None
        url = f"{self._home}/p/{slug}"
        return url, (own,), url

    def _podcast(self, row: Row, record_id: str) -> tuple[Enclosure, ...]:
        url = row.get("podcast_url")
        if url is None:
            return ()
        if not _URL.fullmatch(url):
            self._notes.dropped("podcast_url is no address", source=self._table.name, line=row.line, record=record_id)
            return ()
        return (Enclosure(url=url, type=mimetypes.guess_type(url.partition("?")[0])[0]),)

    def _date(self, row: Row, record_id: str) -> dt.datetime | None:
        said = row.get("post_date")
        return None if said is None else self.intake.moment(said, "post_date", record_id)

    def _body(self, stated: str, record_id: str, line: int | None) -> Content | None:
        name = stated
        if name not in self._bodies:  # the slug was changed since
            others = self._by_number.get(stated.partition(".")[0], [])
            name = next((other for other in others if other not in self._used), stated)
        body = self._bodies.get(name)
        if body is None:
            if self._bodies:
                what = f"no body: posts/{stated[:200]}.html is not in the export"
                self._notes.dropped(what, source=self._table.name, line=line, record=record_id, field="Post.content")
            return None
        self._used.add(name)
        return self._content(body, record_id)

    def _content(self, body: Source, record_id: str) -> Content | None:
        try:
            text, assumed = decoded(body.read())
        except FormatError as error:
            self._notes.dropped(f"the body: {error.reason}", source=body.name, record=record_id, field="Post.content")
            return None
        if assumed:
            self._notes.repaired(assumed, source=body.name, record=record_id)
        text = text.removeprefix("\ufeff")
        return Content(value=text, base=self._home) if text.strip() else None

    def _without_row(self, name: str, body: Source) -> Post:
        number, _, slug = name.partition(".")
        record_id = f"substack:{number}"
        what = "a body that no row of posts.csv tells of: kept private"
        self._notes.altered(what, source=body.name, record=record_id)
        return Post(id=record_id, slug=slug or None, content=self._content(body, record_id), status="private")


def _plain(said: str | None) -> str | None:
    """Undo the entities that titles are written with."""
    return " ".join(entities.unescape(said).split()) or None if said is not None else None


def _face(record: Post | Comment) -> Face:
    """What tells two rows apart that claim the same id."""
    return record.url, record.title


IMPORTER = Importer(
    name="substack", label="Substack export (posts.csv)", kind="export", detect=detect, read=read, parts=parts
)
