"""Substack: the export as downloaded, posts.csv and a folder of bodies beside it.

https://support.substack.com/hc/en-us/articles/360037466012 . Lists of subscribers and of who opened what hold other people's
addresses: they are left where they are, and said so.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Content, Enclosure, Post, Site
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import PostStatus, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_HEADER = re.compile(rb'^(?:\xef\xbb\xbf)?"?post_id"?,(?=.*"?is_published"?)', re.IGNORECASE)
_NAME = re.compile(r"(\d+)(?:\.(.*))?", re.DOTALL)
_POST_LINK = re.compile(r"https?://([\w.-]{3,253})/p/([\w-]{1,200})")
_PEOPLE = re.compile(r"(?:email_list|subscriber|\.(?:opens|delivers)\.csv$)", re.IGNORECASE)
_TRUE = frozenset({"true", "1", "yes"})
_KINDS = {"newsletter": "post", "podcast": "post", "": "post"}
_SAID = ("post_id", "post_date", "is_published", "title", "subtitle", "podcast_url")


def detect(source: Source) -> bool:
    """A posts.csv by its header."""
    return _HEADER.match(source.head) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find the folders with a posts.csv; the bodies below it and the lists of people belong to it."""
    for member in container.members():
        if member.path.name == "posts.csv" and not member.is_container and detect(member):
            yield container.part(
                member.path.parent, _wanted, aside=lambda path: path.suffix == ".csv" and path.name != "posts.csv"
            )


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the publication where its address is known, then its posts. Raises FormatError."""
    export = _Export(source, notes)
    yield from export.records()


def _wanted(path: PurePosixPath) -> bool:
    inside = len(path.parts) == 2 and path.parts[0] == "posts"
    return str(path) == "posts.csv" or (inside and path.suffix in {".html", ".csv"}) or _is_of_people(path)


def _is_of_people(path: PurePosixPath) -> bool:
    return path.suffix == ".csv" and _PEOPLE.search(path.name) is not None


class _Export:
    def __init__(self, source: Source, notes: Notes) -> None:
        self._notes = notes
        self._intake = Intake(source, notes)
        self._name = source.name
        self._bodies: dict[str, Source] = {}
        self._table = source
        for member in source.members():
            if str(member.path) == "posts.csv":
                self._table = member
            elif member.path.suffix == ".html":
                self._bodies[member.path.stem] = member
            else:
                notes.noticed(
                    "a list of subscribers or readers: other people's addresses, not read", source=member.name
                )
        if self._table.is_container:
            raise FormatError("no posts.csv in it", source=source.name)
        self._with_bodies = source.is_container

    def records(self) -> Iterator[Record]:
        """Yield the publication, the posts of the table, then the bodies that it does not name."""
        home = self._home()
        if home:
            yield Site(id=home, url=home)
        named: set[str] = set()
        for line, row in self._rows():
            own = (row.get("post_id") or "").strip()
            if own in named or not own:
                why = "a row that repeats a post" if own else "a row without a post_id"
                self._notes.skipped(why, source=self._table.name, line=line, record=own or None)
                continue
            named.add(own)
            yield self._post(own, row, home)
        for own, body in self._bodies.items():
            if own not in named:
                self._notes.noticed("a body that posts.csv does not name: kept as a draft", source=body.name)
                yield self._post(own, {"is_published": "false"}, home)

    def _rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        text = self._table.read().decode("utf-8-sig", "replace").replace("\0", "")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=False)
        try:
            if "post_id" not in (reader.fieldnames or ()):
                raise FormatError("its first line does not name post_id", source=self._table.name, line=1)
            for row in reader:
                if None in row:
                    self._notes.altered(
                        "a row with more cells than columns", source=self._table.name, line=reader.line_num
                    )
                    del row[None]
                yield reader.line_num, row
        except csv.Error as error:
            self._notes.skipped(f"the rest of the table: {error}", source=self._table.name, line=reader.line_num)

    def _post(self, own: str, row: dict[str, Any], home: str | None) -> Post:
        found = _NAME.fullmatch(own)
        number, slug = (found[1], found[2] or None) if found else (own, None)
        url = f"{home}p/{slug}" if home and slug else None
        record = url or f"substack:{number}"
        body = self._bodies.get(own)
        if body is None and self._with_bodies:
            self._notes.noticed("a post without a body in the export", source=self._table.name, record=record)
        title, subtitle = _plain(row.get("title")), _plain(row.get("subtitle"))
        kind, podcast = (row.get("type") or "").strip().lower(), (row.get("podcast_url") or "").strip()
        day = (row.get("post_date") or "").strip()
        rest = {name: value for name, value in row.items() if name not in _SAID and value}
        return Post(
            id=record,
            aliases=(f"substack:{number}",) if url else (),
            url=url,
            slug=slug,
            kind=_KINDS.get(kind, kind),
            title=title,
            subtitle=subtitle,
            content=Content(value=_text(body)) if body is not None else None,
            published=self._intake.moment(day, "post_date", record) if day else None,
            status=_status(row),
            enclosures=(Enclosure(url=podcast, type="audio/mpeg"),) if podcast else (),
            extra={"substack": rest} if rest else {},
        )

    def _home(self) -> str | None:
        """Find the publication's address: its posts link to each other."""
        slugs = {found[2] for own in self._bodies if (found := _NAME.fullmatch(own)) and found[2]}
        hosts = Counter(
            link[1].lower()
            for body in self._bodies.values()
            for link in _POST_LINK.finditer(_text(body))
            if link[2] in slugs
        )
        if not hosts:
            return None
        host = min(hosts, key=lambda name: (-hosts[name], name))
        self._notes.noticed(
            f"the publication lives at {host}, as its posts link to each other there", source=self._name
        )
        return f"https://{host}/"


def _status(row: dict[str, Any]) -> PostStatus:
    if (row.get("is_published") or "").strip().lower() not in _TRUE:
        return "draft"
    return "published" if (row.get("audience") or "everyone").strip().lower() == "everyone" else "private"


def _text(body: Source) -> str:
    return body.read().decode("utf-8-sig", "replace")


def _plain(value: str | None) -> str | None:
    return " ".join(html.unescape(value).split()) or None if value else None


IMPORTER = Importer(name="substack", label="Substack export", kind="export", detect=detect, read=read, parts=parts)
