"""Posts, pages and files of a WordPress export, from their elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.models import Content, Media, Person, Post, Term
from feedkeep.wire.wxr import ALT, ENCLOSURE, FILE, THUMBNAIL, media_type, plain_title
from feedkeep.wire.wxr_comments import review
from feedkeep.wire.wxr_meta import Carried, carried, enclosure
from feedkeep.wire.wxr_stream import thumbnails

if TYPE_CHECKING:
    from feedkeep.source import Source
    from feedkeep.wire.wxr_blog import Blog

_OPEN = {"open": True, "closed": False}
_SWITCHES = ("wp:comment_status", "wp:ping_status")
# what a file has in WordPress, where a file is a post, and not in our records
_POSTS_ALONE = (*_SWITCHES, "wp:menu_order", "wp:post_password", "wp:is_sticky")
_NOTHING = Carried()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What posts and files have alike."""

    found: dict[str, str]  # texts of the elements that occur once, by short name
    fields: list[list[str]]  # postmeta, as [key, value]
    own: dict[str, Any]  # what has no field in our records
    id: str
    aliases: tuple[str, ...]
    authors: tuple[Person, ...]
    terms: tuple[Term, ...]
    permalink: bool | None


class ItemReader:
    """Makes records of items."""

    def __init__(self, blog: Blog, source: Source) -> None:
        self._blog, self._source = blog, source
        self._images: dict[str, str] | None = None  # addresses of files by their numbers

    def _image(self, number: str) -> str | None:
        if self._images is None:
            self._images = thumbnails(self._source)
        return self._images.get(number)

    def post(self, item: Item) -> Post:
        """Make a post or page."""
        get, fields, own, blog = item.found.get, item.fields, item.own, self._blog
        title, title_html = plain_title(get("title") or "")
        excerpt = get("excerpt") or get("description")
        body = get("content")
        kept = carried(fields, review) if fields else _NOTHING
        published = blog.when(item.found, "wp:post_date", item.id, own)
        updated = blog.when(item.found, "wp:post_modified", item.id, own)
        status = blog.status(get("wp:status"), item.id, own, inherits=False)
        own.update((name[3:], get(name)) for name in _SWITCHES if get(name) and get(name) not in _OPEN)
        order = get("wp:menu_order") or "0"
        kind = get("wp:post_type")
        if fields:
            own["meta"] = fields
        return Post(
            id=item.id,
            permalink=item.permalink,
            aliases=item.aliases + kept.aliases,
            url=blog.address(get("link")),
            kind="post" if kind in {None, "", "post"} else kind,  # the literal, which is quicker told to be the default
            slug=get("wp:post_name") or None,
            title=title or None,
            title_html=title_html,
            summary=Content(value=excerpt, form="wordpress") if excerpt else None,
            content=Content(value=body, form="wordpress") if body else None,
            authors=item.authors,
            terms=item.terms,
            published=kept.published or published,
            updated=updated,
            status="deleted" if kept.is_deleted else status,
            password=get("wp:post_password") or None,
            sticky=get("wp:is_sticky") == "1",
            comments_open=_OPEN.get(get("wp:comment_status", "")),
            pings_open=_OPEN.get(get("wp:ping_status", "")),
            enclosures=tuple(file for key, value in fields if key == ENCLOSURE and (file := enclosure(value))),
            image=next((self._image(value.strip()) for key, value in fields if key == THUMBNAIL), None),
            parent=blog.parent(get("wp:post_parent")),
            order=int(order) or None if order.isdecimal() and len(order) < 19 else None,
            reviews=kept.reviews,
            deleted=kept.deleted,
            extra={"wxr": own} if own else {},
        )

    def media(self, item: Item) -> Media:
        """Make a file of the blog."""
        get, fields, own, blog = item.found.get, item.fields, item.own, self._blog
        published = blog.when(item.found, "wp:post_date", item.id, own)
        updated = blog.when(item.found, "wp:post_modified", item.id, own)
        status = blog.status(get("wp:status"), item.id, own, inherits=True)
        title, title_html = plain_title(get("title") or "")
        caption, description = get("excerpt") or get("description"), get("content")
        url = blog.address(get("wp:attachment_url"))
        kept = carried(fields, review) if fields else _NOTHING
        first = dict(reversed(fields))
        if title_html:
            own["title"] = title_html
        own.update((name[3:], get(name)) for name in _POSTS_ALONE if get(name, "0") not in {"", "0"})
        if item.terms:
            own["terms"] = [[term.taxonomy, term.slug, term.name] for term in item.terms]
        if fields:
            own["meta"] = fields
        return Media(
            id=item.id,
            aliases=item.aliases + kept.aliases,
            url=url,
            page_url=blog.address(get("link")),
            post=blog.parent(get("wp:post_parent")),
            slug=get("wp:post_name") or None,
            title=title or None,
            alt=first.get(ALT) or None,
            caption=Content(value=caption, form="wordpress") if caption else None,
            description=Content(value=description, form="wordpress") if description else None,
            author=item.authors[0] if item.authors else None,
            published=kept.published or published,
            updated=updated,
            type=media_type(url),
            path=first.get(FILE) or None,
            status=status,
            extra={"wxr": own} if own else {},
        )
