"""Items of a WordPress export: posts and files with their fields and comments, as its importer takes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feedkeep.content.schema_org import to_json_ld
from feedkeep.wire import wxr_dates as dates
from feedkeep.wire.wxr import ALT, ENCLOSURE, FILE, REVIEW, STATUS_OF_POST, THUMBNAIL, stated_title
from feedkeep.wire.wxr_meta import carrying, enclosure_value, own_data, own_fields
from feedkeep.wire.wxr_numbers import Distinct
from feedkeep.wire.wxr_replies import Replies, text_of
from feedkeep.wire.wxr_write import Sheet, last_part, slug_of
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.models import Media, Post, Review, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.wxr_plan import Plan

_SWITCH = {True: "open", False: "closed", None: None}


class Items:
    """Writes the items of one export."""

    def __init__(self, snapshot: Snapshot, plan: Plan, notes: Notes) -> None:
        self._snapshot = snapshot
        self._plan = plan
        self._notes = notes
        self._replies = Replies(plan, notes)
        self._distinct = Distinct()
        self._drawn: dict[str, bytes] = {}

    def post(self, post: Post) -> bytes:
        """A post, page or whatever else WordPress keeps as one."""
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
                "content:encoded": text_of(post.content, post.id, self._notes),
                "excerpt:encoded": text_of(post.summary, post.id, self._notes),
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

    def file(self, media: Media) -> bytes:
        """A file of the blog, which WordPress fetches from its address."""
        if not media.url:
            self._notes.noticed(
                "a file without an address: WordPress cannot fetch it", record=media.id, field="Media.url"
            )
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
                "content:encoded": text_of(media.description, media.id, self._notes),
                "excerpt:encoded": text_of(media.caption, media.id, self._notes),
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

    def beside(self, record: str) -> bytes:
        """A file of the blog, by its id, or an image that none is, by its address."""
        if record in self._drawn:
            return self._drawn[record]
        media = self._plan.files.get(record)
        item = self.file(media) if media is not None else self._image(record, self._plan.loose[record])
        if record in self._plan.shared:  # written in each part that shows it, and dated once
            self._drawn[record] = item
        return item

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
        self._replies.add(sheet, self._snapshot.comments(record), record)

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
