"""Dotclear 2 exports: the flat file of its import and export module.

https://git.dotclear.org/dev/dotclear (plugins/importExport)

A section ``[table column,column]`` for each table, then its rows, each one line of quoted values. A post comes before its
tags, so the file is read twice: first for what is short.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import TYPE_CHECKING, Any

from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, CommentStatus, Content, Link, Media, Person, Post, PostStatus, Site, Term
from feedkeep.notes import Notes
from feedkeep.wire import dates
from feedkeep.wire.addresses import has_scheme, joined
from feedkeep.wire.decoding import decoded
from feedkeep.wire.dotclear import MARK, Blog, Row, rows, whole
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.source import Source

_STATUS: dict[str, PostStatus] = {"1": "published", "0": "draft", "-1": "scheduled", "-2": "pending"}
_COMMENT_STATUS: dict[str, CommentStatus] = {"1": "approved", "0": "pending", "-1": "pending", "-2": "spam"}
_UNSAID = frozenset({"", "0"})
# what the program makes from other columns, and what every row of one blog says
_DERIVED = frozenset({"post_words", "comment_words", "post_meta", "nb_comment", "nb_trackback", "blog_id", "post_id"})
_SHORT = frozenset({"blog", "category", "link", "setting", "meta", "user", "post_media"})
_RECORDS = frozenset({"post", "comment", "media"})
_NEVER = "1970-01-01"


def detect(source: Source) -> bool:
    """Tell by the first line."""
    return decoded(source.head[:64])[0].lstrip("\ufeff \r\n").startswith(MARK)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its people and categories, then posts, files and comments as they stand in the file."""
    quiet = Notes(keep=0)
    blog = Blog()
    for table, row, _ in rows(source, quiet, _SHORT):
        blog.learn(table, row)
    blog.choose()
    reading = _Reading(source, notes, blog)
    yield from reading.header()
    for table, row, line in rows(source, notes, _RECORDS | _SHORT):
        yield from reading.record(table, row, line)


class _Reading:
    """One export being read."""

    def __init__(self, source: Source, notes: Notes, blog: Blog) -> None:
        self._source = source
        self._notes = notes
        self._blog = blog
        self._intake = Intake(source, notes)
        self._strangers: set[str] = set()  # posts of other blogs
        self._addresses: dict[str, str] = {}

    def header(self) -> Iterator[Record]:
        """Tell the site, its people and its categories."""
        blog, settings = self._blog, self._blog.settings
        title = blog.own.get("blog_name") or None
        if len(blog.blogs) > 1:
            names = ", ".join(row.get("blog_id", "") for row in blog.blogs[1:4])
            what = f"an installation of {len(blog.blogs)} blogs: the first is read, not {names}"
            self._notes.noticed(what, source=self._source.name)
        yield Site(
            id=blog.url or made_id("site", title, blog.own["blog_id"]),
            url=blog.url,
            title=title,
            description=blog.own.get("blog_desc") or None,
            language=settings.get("lang") or None,
            rights=settings.get("copyright_notice") or None,
            generator="Dotclear",
            links=tuple(
                Link(href=row["link_href"], rel="blogroll", title=row.get("link_title") or None)
                for row in blog.links
                if row.get("link_href")
            ),
            extra={"dotclear": {"settings": dict(sorted(settings.items()))}} if settings else {},
        )
        for login in blog.users:
            yield self._person(login)
        yield from blog.terms.values()

    def _person(self, login: str) -> Person:
        row = self._blog.users.get(login, {})
        given, family = row.get("user_firstname") or None, row.get("user_name") or None
        return Person(
            id=login or None,
            name=row.get("user_displayname") or " ".join(filter(None, (given, family))) or login or None,
            email=row.get("user_email") or None,
            url=row.get("user_url") or None,
            given_name=given,
            family_name=family,
        )

    def record(self, table: str, row: Row, line: int) -> Iterator[Record]:
        """Read a row that is a record of its own."""
        own = self._blog.own
        own["blog_id"] = own["blog_id"] or row.get("blog_id", "")  # where nothing but posts names it: the first
        stranger = row.get("blog_id", own["blog_id"]) != own["blog_id"]
        post = row.get("post_id", "")
        if table in _RECORDS and (stranger or (table == "comment" and post in self._strangers)):
            if table == "post":
                self._strangers.add(post)
            self._notes.skipped(f"a {table} of another blog", source=self._source.name, line=line)
        elif table in _RECORDS and not row.get(f"{table}_id"):
            self._notes.skipped(f"a {table} without a number", source=self._source.name, line=line)
        elif table == "post":
            yield self._post(row)
        elif table == "comment":
            yield self._comment(row)
        elif table == "media":
            yield self._media(row)

    def _post(self, row: Row) -> Post:
        get, blog, number = row.get, self._blog, row["post_id"]
        record, local = self._post_id(number), f"dotclear:{number}"
        kind, wiki = get("post_type") or "post", get("post_format") == "wiki"
        path = {"post": "post/", "page": "pages/"}.get(kind)
        url = f"{blog.url}{path}{get('post_url')}" if blog.url and path and get("post_url") else None
        used = {
            "post_open_comment",
            "post_open_tb",
            "post_dt",
            "post_upddt",
            "post_position",
            "post_url",
            "post_title",
            "post_lang",
            "post_status",
        }
        used |= {"post_excerpt_xhtml", "post_content_xhtml", "post_selected", "post_password", "post_type", "user_id"}
        if not wiki:
            used |= {"post_excerpt", "post_content"}
        own: dict[str, Any] = {
            name: value for name, value in row.items() if value and name not in used | _DERIVED | {"cat_id"}
        }
        others = []
        terms = [blog.terms[get("cat_id", "")]] if get("cat_id", "") in blog.terms else []
        for what, value in blog.tags.get(number, []):
            if what == "tag":
                terms.append(Term(name=value, taxonomy="post_tag"))
            else:
                others.append([what, value])
        if get("cat_id") and not terms[:1]:
            own["cat_id"] = get("cat_id")
        if others:
            own["meta"] = others
        order = whole(get("post_position", ""))
        return Post(
            id=record,
            aliases=(local,) if record != local else (),
            url=url,
            kind=kind,
            slug=get("post_url") or None,
            title=get("post_title") or None,
            summary=self._content(row, "post_excerpt", url),
            content=self._content(row, "post_content", url),
            authors=(self._person(row["user_id"]),) if get("user_id") else (),
            terms=tuple(terms),
            published=self._local(row, "post_dt", "post_tz", record),
            updated=self._universal(row, "post_upddt", record),
            status=self._status(get("post_status", ""), record, own),
            password=get("post_password") or None,
            sticky=get("post_selected", "") not in _UNSAID,
            comments_open=_switch(get("post_open_comment")),
            pings_open=_switch(get("post_open_tb")),
            language=get("post_lang") or None,
            order=order or None,
            extra={"dotclear": own} if own else {},
        )

    def _content(self, row: Row, name: str, base: str | None) -> Content | None:
        """Read a text: Markdown as it was written, wiki text as Dotclear rendered it, its source is in ``extra``."""
        written, rendered = row.get(name), row.get(f"{name}_xhtml")
        if row.get("post_format") == "markdown" and written:
            return Content(value=written, form="markdown", base=base)
        if row.get("post_format") != "wiki":
            rendered = written or rendered
        if rendered:
            return Content(value=rendered, base=base)
        return Content(value=written, form="text", base=base) if written else None

    def _comment(self, row: Row) -> Comment:
        get, number = row.get, row["comment_id"]
        record = f"dotclear:comment:{number}"  # the id in feeds is that of the post of the same number
        name, email, url = get("comment_author") or None, get("comment_email") or None, get("comment_site") or None
        own: dict[str, Any] = {
            name: row[name] for name in ("comment_tz", "comment_spam_status", "comment_spam_filter") if get(name)
        }
        status = get("comment_status", "")
        if status not in _COMMENT_STATUS:
            own["comment_status"] = status
        body = get("comment_content")
        return Comment(
            id=record,
            post=self._post_id(row["post_id"]) if get("post_id") else None,
            author=Person(name=name, email=email, url=url) if name or email or url else None,
            content=Content(value=body) if body else None,
            published=self._local(row, "comment_dt", "comment_tz", record),
            updated=self._universal(row, "comment_upddt", record),
            status=_COMMENT_STATUS.get(status, "pending"),
            kind="trackback" if get("comment_trackback", "") not in _UNSAID else "comment",
            ip=get("comment_ip") or None,
            extra={"dotclear": own} if own else {},
        )

    def _media(self, row: Row) -> Media:
        get, number = row.get, row["media_id"]
        record = f"dotclear:media:{number}"
        folder, path = self._blog.settings.get("public_url", ""), get("media_file") or None
        url = joined(self._blog.url, f"{folder.rstrip('/')}/{path}") if folder and path else None
        owner = self._blog.owners.get(number)
        used = {"media_id", "media_title", "media_file", "media_dt", "media_upddt", "media_private", "user_id"}
        own = {name: value for name, value in row.items() if value and name not in used | _DERIVED}
        return Media(
            id=record,
            url=url if url and has_scheme(url) else None,
            path=path,
            post=self._post_id(owner) if owner else None,
            title=get("media_title") or None,
            author=self._person(row["user_id"]) if get("user_id") else None,
            published=self._universal(row, "media_dt", record),
            updated=self._universal(row, "media_upddt", record),
            status="published" if get("media_private", "") in _UNSAID else "private",
            extra={"dotclear": own} if own else {},
        )

    def _post_id(self, number: str) -> str:
        return self._blog.feed_id(number) or f"dotclear:{number}"

    def _status(self, text: str, record: str, own: dict[str, Any]) -> PostStatus:
        if text not in _STATUS:
            own["post_status"] = text
            self._notes.altered(f"post_status {text[:40]!r} is unknown: kept as a draft", record=record)
        return _STATUS.get(text, "draft")

    def _local(self, row: Row, name: str, zone_name: str, record: str) -> dt.datetime | None:
        """Read a date in the zone that the row names, else the blog's, else a guess."""
        text = row.get(name, "")
        if not text or text.startswith(_NEVER):
            return None
        zone = _zone(row.get(zone_name) or self._blog.settings.get("blog_timezone", ""))
        found = dates.parse(text, zone) if zone else None
        if found is None:
            return self._intake.moment(text, name, record)
        return found[0].replace(tzinfo=dt.timezone(found[0].utcoffset() or dt.timedelta(0)))

    def _universal(self, row: Row, name: str, record: str) -> dt.datetime | None:
        """Read a date that the program wrote: in UTC."""
        text = row.get(name, "")
        if not text or text.startswith(_NEVER):
            return None
        found = dates.parse(text, dt.UTC)
        return found[0] if found else self._intake.moment(text, name, record)


def _zone(name: str) -> dt.tzinfo | None:
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None


def _switch(text: str | None) -> bool | None:
    return None if text is None or not text else text == "1"


IMPORTER = Importer(
    name="dotclear",
    label="Dotclear export (flat file)",
    kind="export",
    detect=detect,
    read=read,
)
