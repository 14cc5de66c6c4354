"""WordPress exports, WXR 1.2, as WordPress's own importer takes them.

https://developer.wordpress.org/reference/functions/export_wp/ and https://wordpress.org/plugins/wordpress-importer/

WordPress documents neither; the importer's rules are that the prefix ``wp`` is declared on the root, that there
is a version and no document type, that single fields precede repeated ones, that numbers are unique and parents
have the lower ones, and that a title, a date and a type make an item.
"""

from __future__ import annotations

import html
import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from feedkeep.content import render
from feedkeep.content.schema_org import to_json_ld
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import wxr_dates as dates
from feedkeep.wire.wxr import (
    ALT,
    ENCLOSURE,
    FILE,
    ORIGINAL_ID,
    ORIGINAL_PARENT,
    PLACEHOLDER,
    REVIEW,
    STATUS_OF_COMMENT,
    STATUS_OF_POST,
    THUMBNAIL,
    VERSION,
    stated_title,
)
from feedkeep.wire.wxr_meta import carrying, enclosure_value, own_data, own_fields
from feedkeep.wire.wxr_numbers import Distinct, threaded
from feedkeep.wire.wxr_plan import Plan, parents_first
from feedkeep.wire.wxr_write import END, Sheet, document_head, last_part, slug_of, unbroken
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from feedkeep.models import Content, Media, Post, Review, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.wxr_numbers import Placed

LOSSES = Losses(
    survives={"Content.form": ("wordpress",)},
    dropped={
        "Site.rights": "WordPress keeps no copyright line",
        "Site.feed_urls": "WordPress makes its feeds itself",
        "Site.authors": "authors belong to posts in WordPress",
        "Site.terms": "terms belong to posts in WordPress",
        "Site.icon": "an export holds no settings of the site",
        "Site.hubs": "an export holds no settings of the site",
        "Site.links": "an export holds no settings of the site",
        "Site.extra": "only its own format knows what it means",
        "Person.url": "the export states no address of an author (of a commenter it does)",
        "Person.avatar": "WordPress asks Gravatar",
        "Person.extra": "only its own format knows what it means",
        "Term.scheme": "WordPress has taxonomies instead",
        "Term.extra": "only its own format knows what it means",
        "Content.base": "links are relative to the new blog",
        "Content.truncated": "WordPress takes every text for whole",
        "Content.src": "WordPress has no bodies that are elsewhere",
        "Content.media_type": "WordPress has no bodies but text",
        "Enclosure.title": "WordPress keeps address, length and type",
        "Enclosure.duration": "WordPress keeps address, length and type",
        "Enclosure.extra": "only its own format knows what it means",
        "Post.urls": "WordPress keeps one address",
        "Post.subtitle": "WordPress has no subtitles",
        "Post.contributors": "WordPress has authors only",
        "Post.comment_count": "WordPress counts its comments itself",
        "Post.comments_url": "WordPress makes the address itself",
        "Post.comments_feed": "WordPress makes its feeds itself",
        "Post.language": "WordPress has one language for the site",
        "Post.rights": "WordPress keeps no copyright line",
        "Post.links": "WordPress has links in the body only",
        "Post.source": "WordPress does not say where a post was taken from",
        "Post.extra": "only its own format knows what it means",
        "Comment.permalink": "WordPress gives comments no guid",
        "Comment.post_url": "the comment stands with its post",
        "Comment.url": "WordPress makes the address itself",
        "Comment.title": "comments have no titles in WordPress",
        "Comment.updated": "comments have one date in WordPress",
        "Comment.order": "WordPress orders comments by date",
        "Comment.extra": "only its own format knows what it means",
        "Media.size": "WordPress measures the file itself",
        "Media.sha256": "WordPress keeps no checksum",
        "Media.extra": "only its own format knows what it means",
        "Tombstone": "WordPress keeps no word of what is gone",
    },
    altered={
        "Content.form": "WordPress has one form of text, its own",
    },
)

_CHUNK = 1 << 18  # bytes
_SWITCH = {True: "open", False: "closed", None: None}


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``wordpress.xml``."""
    yield OutputFile(path=PurePosixPath("wordpress.xml"), chunks=_chunks(snapshot, notes))


def _chunks(snapshot: Snapshot, notes: Notes) -> Iterator[bytes]:
    writing = _Writing(snapshot, notes)
    held = [writing.head()]
    size = len(held[0])
    for item in writing.items():
        held.append(item)
        size += len(item)
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join([*held, END])


class _Writing:
    """One export being written: the head, which every part of a split export repeats, and the items."""

    def __init__(self, snapshot: Snapshot, notes: Notes) -> None:
        self._snapshot = snapshot
        self._notes = notes
        self._plan = Plan(snapshot, notes)
        self._distinct = Distinct()

    def head(self) -> bytes:
        """The document up to its first item: the site, all authors, all terms."""
        site, base = self._snapshot.site, self._plan.base
        own = own_data(site.extra)
        sheet = Sheet(self._notes, site.id, "channel")
        if site.id != base:
            self._notes.altered("the site's id becomes its address", record=site.id, field="Site.id")
        sheet.add("title", site.title)
        sheet.add("link", site.url or base)
        sheet.add("description", site.description)
        if site.language:
            sheet.add("language", site.language)
        sheet.add("wp:wxr_version", VERSION)
        sheet.add("wp:base_site_url", own.get("base_site_url") or base)
        sheet.add("wp:base_blog_url", base)
        for login, number, person in self._plan.authors():
            author = sheet.add("wp:author")
            for name, value in (
                ("id", str(number)),
                ("login", login),
                ("email", person.email),
                ("display_name", person.name),
                ("first_name", person.given_name),
                ("last_name", person.family_name),
            ):
                sheet.add(f"wp:author_{name}", value, inside=author)
        for term in parents_first(self._snapshot.terms()):
            sheet.term(term)
        if site.generator:
            sheet.add("generator", site.generator)
        if site.image:
            image = sheet.add("image")
            sheet.add("url", site.image, inside=image)
            sheet.add("title", site.title, inside=image)
            sheet.add("link", site.url or base, inside=image)
        for markup in own.get("elements", ()):
            sheet.embed(markup)
        return document_head(sheet)

    def items(self) -> Iterator[bytes]:
        """Each post with its comments, oldest first; then the files, then images that have no file."""
        for post in self._snapshot.posts(oldest_first=True):
            yield self._post(post)
        for media in self._snapshot.media():
            yield self._file(media)
        for url, post_id in self._plan.loose.items():
            yield self._image(url, post_id)

    def _post(self, post: Post) -> bytes:
        own = own_data(post.extra)
        sheet = Sheet(self._notes, post.id)
        title = stated_title(post.title, post.title_html)
        published = self._moment(title, post.published, post.kind, post.id)
        logins = [(login, person.name) for person in post.authors if (login := self._plan.login(person))]
        status = STATUS_OF_POST[post.status or "published"]
        slug = post.slug or (slug_of(last_part(post.url) or post.title or "") if status == "publish" else "")
        sheet.singles(
            dates.item_dates(published, post.updated, floating=own.get("post_date_gmt") == dates.NEVER)
            | {
                "title": title,
                "link": post.url,
                "dc:creator": logins[0][0] if logins else "",
                "description": "",
                "content:encoded": self._text(post.content, post.id),
                "excerpt:encoded": self._text(post.summary, post.id),
                "wp:post_id": str(self._plan.numbers.of(post.id)),
                "wp:comment_status": own.get("comment_status") or _SWITCH[post.comments_open],
                "wp:ping_status": own.get("ping_status") or _SWITCH[post.pings_open],
                "wp:post_name": slug,
                "wp:status": own.get("status", status) if post.status == "private" else status,
                "wp:post_parent": self._parent(post.parent, post.id, "Post.parent"),
                "wp:menu_order": str(post.order or 0),
                "wp:post_type": post.kind,
                "wp:post_password": post.password or "",
                "wp:is_sticky": "1" if post.sticky else "0",
            },
            guid=post.id,
            permalink=post.permalink,
        )
        for term in post.terms:
            sheet.category(term.taxonomy, term.slug, term.name)
        for login, name in logins if len(logins) > 1 else ():
            sheet.category("author", login, name)
        fields = own_fields(own)
        files = {value.split("\n", 1)[0].strip() for key, value in fields if key == ENCLOSURE}
        fields += [(ENCLOSURE, enclosure_value(file)) for file in post.enclosures if file.url not in files]
        fields = self._with_image(fields, self._plan.image(post))
        fields += carrying(post, published, self._plan.native(post.id))
        fields += [(REVIEW, _json_ld(review)) for review in post.reviews]
        self._end(sheet, own, fields, post.id)
        return sheet.serialised()

    def _file(self, media: Media) -> bytes:
        own = own_data(media.extra)
        sheet = Sheet(self._notes, media.id)
        title = own["title"] if own.get("title") else stated_title(media.title, None)
        published = self._moment(title, media.published, "attachment", media.id)
        status = STATUS_OF_POST[media.status or "published"]
        sheet.singles(
            dates.item_dates(published, media.updated, floating=own.get("post_date_gmt") == dates.NEVER)
            | {
                "title": title,
                "link": media.page_url,
                "dc:creator": self._plan.login(media.author) or "",
                "description": "",
                "content:encoded": self._text(media.description, media.id),
                "excerpt:encoded": self._text(media.caption, media.id),
                "wp:post_id": str(self._plan.numbers.of(media.id)),
                "wp:comment_status": own.get("comment_status"),
                "wp:ping_status": own.get("ping_status"),
                "wp:post_name": media.slug or "",
                "wp:status": "inherit" if status == "publish" else own.get("status", status),
                "wp:post_parent": self._parent(media.post, media.id, "Media.post"),
                "wp:menu_order": own.get("menu_order", "0"),
                "wp:post_type": "attachment",
                "wp:post_password": own.get("post_password", ""),
                "wp:is_sticky": own.get("is_sticky", "0"),
                "wp:attachment_url": media.url or "",
            },
            guid=media.id,
            permalink=None,
        )
        for taxonomy, slug, name in own.get("terms", ()):
            sheet.category(taxonomy, slug, name)
        fields = own_fields(own)
        for key, value in ((ALT, media.alt), (FILE, media.path)):
            if value and dict(reversed(fields)).get(key) != value:
                fields = [(key, value), *(field for field in fields if field[0] != key)]
        fields += carrying(media, published, self._plan.native(media.id))
        self._end(sheet, own, fields, media.id)
        return sheet.serialised()

    def _image(self, url: str, post_id: str) -> bytes:
        """An image that a post shows and no file of the archive is: WordPress fetches it from where it is."""
        sheet = Sheet(self._notes, url)
        sheet.singles(
            dates.item_dates(None, None, floating=True)
            | {
                "title": last_part(url) or url,
                "dc:creator": "",
                "description": "",
                "wp:post_id": str(self._plan.numbers.of(url)),
                "wp:post_name": "",
                "wp:status": "inherit",
                "wp:post_parent": str(self._plan.numbers.of(post_id)),
                "wp:post_type": "attachment",
                "wp:attachment_url": url,
            },
            guid=url,
            permalink=None,
        )
        return sheet.serialised()

    def _end(self, sheet: Sheet, own: dict[str, Any], fields: list[tuple[str, str]], record: str) -> None:
        for markup in own.get("elements", ()):
            sheet.embed(markup)
        for key, value in fields:
            sheet.field("wp:postmeta", key, value)
        for placed in threaded(self._snapshot.comments(record), record):
            self._comment(sheet, placed, record)

    def _comment(self, sheet: Sheet, placed: Placed, post: str) -> None:
        comment, author = placed.comment, placed.comment.author
        own = own_data(comment.extra)
        status = STATUS_OF_COMMENT[comment.status or "approved"]
        text = self._text(comment.content, comment.id) or ""
        if comment.status == "pending":
            status = own.get("approved", status)
        if comment.status == "deleted" and placed.answered:
            # WordPress shows no reply to a comment in the bin
            if text or author:
                self._notes.dropped("a deleted comment has replies: its text stays here", record=comment.id)
            status, text, author = "1", PLACEHOLDER, None
        user = self._plan.user(author)
        if author and author.id and user is None:
            self._notes.dropped("only authors have ids in WordPress", record=comment.id, field="Person.id")
        element = sheet.add("wp:comment")
        element.text = "\n"
        when = comment.published
        for name, value in (
            ("id", str(placed.number)),
            ("author", html.escape(author.name, quote=False) if author and author.name else ""),
            ("author_email", author.email if author else ""),
            ("author_url", author.url if author else ""),
            ("author_IP", comment.ip),
            ("date", dates.written(when) if when else dates.NEVER),
            ("date_gmt", dates.written_gmt(when) if when else dates.NEVER),
            ("content", text),
            ("approved", status),
            ("type", comment.kind),
            ("parent", str(placed.parent)),
            ("user_id", str(user) if user is not None else own.get("user_id", "0")),
        ):
            sheet.add(f"wp:comment_{name}", value, inside=element, literal=name in {"author", "content"})
        fields = own_fields(own)
        if not placed.faithful:
            fields.append((ORIGINAL_ID, comment.id))
        if comment.parent and not placed.parent and comment.parent != post:
            self._notes.noticed("what it replies to is not in the export", record=comment.id, field="Comment.parent")
            fields.append((ORIGINAL_PARENT, comment.parent))
        for markup in own.get("elements", ()):
            sheet.embed(markup, inside=element)
        for key, value in fields + carrying(comment, when and when.replace(microsecond=0), None):
            sheet.field("wp:commentmeta", key, value, inside=element)

    def _moment(self, title: str, stated: dt.datetime | None, kind: str, record: str) -> dt.datetime | None:
        if stated is None:
            self._notes.noticed("undated: WordPress takes the day of the import for it", record=record)
            return None
        moment = self._distinct.moment(legal(title), stated, kind)
        if moment != stated.replace(microsecond=0):
            self._notes.altered(
                "WordPress takes two of one title, date and type for one: this one is dated later by seconds",
                record=record,
                field="Post.published" if kind != "attachment" else "Media.published",
            )
        return moment

    def _parent(self, reference: str | None, record: str, field: str) -> str:
        if reference is None or reference == record:
            return "0"
        number = self._plan.numbers.referred(reference)
        if number is None:
            number = self._plan.numbers.absent(reference)
            self._notes.dropped("what it belongs to is not in the export", record=record, field=field)
        return str(number or 0)

    def _text(self, content: Content | None, record: str) -> str:
        if content is None:
            return ""
        if content.form == "wordpress":
            return content.value
        rendered = unbroken(render.html(content))
        if rendered != content.value:
            self._notes.altered(f"{content.form} became WordPress's HTML", record=record, field="Content.value")
        return rendered

    def _with_image(self, fields: list[tuple[str, str]], image: int | None) -> list[tuple[str, str]]:
        """The fields with the number of the featured image as it is in this export."""
        kept: list[tuple[str, str]] = []
        stated = False
        for key, value in fields:
            number = value
            if key == THUMBNAIL and not stated:
                stated = True
                number = str(image or self._plan.numbers.renumbered(value.strip()) or value)
            kept.append((key, number))
        return kept if stated or image is None else [*kept, (THUMBNAIL, str(image))]


def _json_ld(review: Review) -> str:
    return json.dumps(to_json_ld(review), ensure_ascii=False, sort_keys=True)


EXPORTER = Exporter(
    name="wxr",
    label="WordPress export (WXR 1.2)",
    losses=LOSSES,
    audience="migration",
    write=write,
)
