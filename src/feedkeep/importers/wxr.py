"""WordPress exports: WXR 1.0 to 1.2, and what other platforms call by that name.

https://developer.wordpress.org/reference/functions/export_wp/
"""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.content.schema_org import from_json_ld
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Media, Person, Post, Site, Term
from feedkeep.wire.wxr import ALT, ENCLOSURE, FILE, MARK, NAMES, PLACEHOLDER, THUMBNAIL, media_type, plain_title
from feedkeep.wire.wxr_blog import Blog
from feedkeep.wire.wxr_elements import listed_term, pair, text, told_apart, values, whole
from feedkeep.wire.wxr_ids import comment_id, disqus_aliases
from feedkeep.wire.wxr_meta import Carried, carried, enclosure
from feedkeep.wire.wxr_stream import elements, thumbnails
from feedkeep.wire.xml import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Record, Review
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_LISTED = frozenset({"wp:category", "wp:tag", "wp:term"})
_OPEN = {"open": True, "closed": False}
_STATED = {"true": True, "false": False}
_SWITCHES = ("wp:comment_status", "wp:ping_status")
# what a file has in WordPress, where a file is a post, and not in our records
_POSTS_ALONE = (*_SWITCHES, "wp:menu_order", "wp:post_password", "wp:is_sticky")
# texts whose white space is their author's
_VERBATIM = frozenset({"content", "excerpt", "wp:post_password"})
_NOTHING = Carried()


def detect(source: Source) -> bool:
    """Tell by the namespace on the root element."""
    head = source.head.replace(b"\0", b"")  # UTF-16
    root = head.find(b"<rss")
    return root >= 0 and (MARK in head[root : head.find(b">", root)] or b"<wp:wxr_version" in head)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its authors and terms, then each post or file with its comments after it."""
    reading = _Reading(source, notes)
    for element in elements(source, notes):
        before = element.getprevious()
        if element.tag == "channel":
            yield from reading.header(list(element))
            continue
        if before is None or before.tag != "item" or before.getprevious() is not None:
            yield from reading.header(list(element.itersiblings(preceding=True))[::-1], element)
        yield from reading.item(element)
    if not reading.begun:
        raise FormatError("no channel in it: no WordPress export", source=source.name)


class _Item(msgspec.Struct, frozen=True, kw_only=True):
    """What posts and files have alike."""

    found: dict[str, str]  # texts of the elements that occur once, by short name
    fields: list[list[str]]  # postmeta, as [key, value]
    own: dict[str, Any]  # what has no field in our records
    id: str
    aliases: tuple[str, ...]
    authors: tuple[Person, ...]
    terms: tuple[Term, ...]
    permalink: bool | None


class _Reading:
    """One export being read."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._name = source.name
        self._notes = notes
        self._blog = Blog(source, notes)
        self._images = thumbnails(source)
        self.begun = False

    def header(self, children: list[Any], item: Iterable[Any] = ()) -> Iterator[Record]:
        """Read elements of the channel before ``item``; the site comes first, if it has not come yet."""
        if not self.begun and not any(NAMES.get(child.tag, "").startswith("wp:") for child in (*children, *item)):
            raise FormatError("an RSS feed, not a WordPress export", source=self._name)
        found: dict[str, str] = {}
        others: list[str] = []
        records: list[Record] = []
        for child in children:
            if child.tag == "item":  # emptied
                continue
            name = NAMES.get(child.tag, "")
            if not name:
                others += self._other(child)
            elif name == "wp:author":
                records += self._author(child)
            elif name in _LISTED:
                term = listed_term(child, name)
                records += [term] if term else []
            elif name == "image":
                found.setdefault(name, (child.findtext("url") or "").strip())
            elif name != "pubDate":  # the latter is when the export was made
                found.setdefault(name, text(child).strip())
        if not self.begun:
            self.begun = True
            yield self._site(found, others)
        elif found or others:
            self._notes.dropped("what the channel says of the site after its first item", source=self._name)
        yield from records

    def _site(self, found: dict[str, str], others: list[str]) -> Site:
        url = found.get("link") or found.get("wp:base_blog_url") or None
        base = found.get("wp:base_blog_url") or url
        self._blog.locate(base)
        own: dict[str, Any] = {"elements": others} if others else {}
        if found.get("wp:base_site_url") not in {None, "", base}:
            own["base_site_url"] = found["wp:base_site_url"]
        return Site(
            id=base or made_id("site", found.get("title") or None),
            url=url,
            title=found.get("title") or None,
            description=found.get("description") or None,
            language=found.get("language") or None,
            generator=found.get("generator") or None,
            image=found.get("image") or None,
            extra={"wxr": own} if own else {},
        )

    def _author(self, element: Any) -> Iterator[Person]:  # noqa: ANN401 — lxml's element type is private
        found = values(element)
        login, number = found.get("wp:author_login"), found.get("wp:author_id")
        name = found.get("wp:author_display_name") or None
        if not login or not self._blog.introduce(login, name, number):
            self._notes.skipped("an author without a login, or listed twice", source=self._name)
            return
        yield Person(
            id=login,
            name=name,
            email=found.get("wp:author_email") or None,
            given_name=found.get("wp:author_first_name") or None,
            family_name=found.get("wp:author_last_name") or None,
            extra={"wxr": {"author_id": number}} if number else {},
        )

    def item(self, element: Any) -> Iterator[Record]:  # noqa: ANN401 — likewise
        """Read one item: authors that the channel did not list, the post or file, its comments."""
        found: dict[str, str] = {}
        nested: dict[str, list[Any]] = {"category": [], "wp:postmeta": [], "wp:comment": []}
        others: list[str] = []
        permalink: bool | None = None
        for child in element:
            name = NAMES.get(child.tag)
            if name in nested:
                nested[name].append(child)
            elif name is None or name in found:
                others += self._other(child)
            else:
                value = child.text or ""
                found[name] = value if name in _VERBATIM else value.strip()
                if len(child) or len(value) > TEXT:
                    found[name] = text(child)
                if name == "guid":
                    permalink = _STATED.get(child.get("isPermaLink", ""))
        terms, bylines = told_apart(nested["category"])
        authors = self._blog.authors(found.get("creator"), bylines)
        for person in authors:
            if person.id and self._blog.introduce(person.id, person.name):
                yield person
        aliases = self._blog.aliases(found.get("wp:post_id"))
        item = _Item(
            found=found,
            fields=[pair(field) for field in nested["wp:postmeta"]],
            own={"elements": others} if others else {},
            id=self._blog.record_id(found, aliases),
            aliases=aliases,
            authors=authors,
            terms=terms,
            permalink=permalink,
        )
        yield self._media(item) if found.get("wp:post_type") == "attachment" else self._post(item)
        if nested["wp:comment"]:
            yield from self._comments(nested["wp:comment"], item.id)

    def _post(self, item: _Item) -> Post:
        get, fields, own, blog = item.found.get, item.fields, item.own, self._blog
        title, title_html = plain_title(get("title") or "")
        excerpt = get("excerpt") or get("description")
        body = get("content")
        kept = carried(fields, _review) if fields else _NOTHING
        published = blog.when(item.found, "wp:post_date", item.id, own)
        updated = blog.when(item.found, "wp:post_modified", item.id, own)
        status = blog.status(get("wp:status"), item.id, own, inherits=False)
        own.update((name[3:], get(name)) for name in _SWITCHES if get(name) and get(name) not in _OPEN)
        order = get("wp:menu_order") or "0"
        if fields:
            own["meta"] = fields
        return Post(
            id=item.id,
            permalink=item.permalink,
            aliases=item.aliases + kept.aliases,
            url=blog.address(get("link")),
            kind=get("wp:post_type") or "post",
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
            image=next((self._images.get(value.strip()) for key, value in fields if key == THUMBNAIL), None),
            parent=blog.parent(get("wp:post_parent")),
            order=int(order) or None if order.isdecimal() and len(order) < 19 else None,
            reviews=kept.reviews,
            deleted=kept.deleted,
            extra={"wxr": own} if own else {},
        )

    def _media(self, item: _Item) -> Media:
        get, fields, own, blog = item.found.get, item.fields, item.own, self._blog
        published = blog.when(item.found, "wp:post_date", item.id, own)
        updated = blog.when(item.found, "wp:post_modified", item.id, own)
        status = blog.status(get("wp:status"), item.id, own, inherits=True)
        title, title_html = plain_title(get("title") or "")
        caption, description = get("excerpt") or get("description"), get("content")
        url = blog.address(get("wp:attachment_url"))
        kept = carried(fields, _review) if fields else _NOTHING
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

    def _comments(self, siblings: list[Any], post: str) -> Iterator[Comment]:
        rows = [self._row(sibling) for sibling in siblings]
        # ids by number, where they are not the usual ones
        numbers = {(row.get("wp:comment_id") or "").strip(): kept.id for row, _, kept in rows if kept.id}
        taken: set[str] = set()
        for row, own, kept in rows:
            number = (row.get("wp:comment_id") or "").strip()
            record = kept.id or (comment_id(post, number) if number else "")
            if not record or record in taken:
                parts = (row.get(name) for name in ("wp:comment_author", "wp:comment_date", "wp:comment_content"))
                record = made_id("comment", post, number, *parts)
                self._notes.altered("comment_id missing or repeated: the comment got an id of its own", record=record)
            taken.add(record)
            parent = (row.get("wp:comment_parent") or "0").strip()
            answered = kept.parent
            if parent not in {"0", "", number}:
                answered = numbers.get(parent) or comment_id(post, parent)
            yield self._comment(record, post, answered, row, own, kept)

    def _row(self, element: Any) -> tuple[dict[Any, str | None], dict[str, Any], Carried]:  # noqa: ANN401 — likewise
        row: dict[Any, str | None] = {NAMES.get(child.tag): child.text for child in element}
        if None not in row and len(row) == len(element) and not any(map(len, element)):
            body = row.get("wp:comment_content")
            if body is None or len(body) <= TEXT:
                return row, {}, _NOTHING
        fields: list[list[str]] = []
        others: list[str] = []
        row = {}
        for child in element:
            name = NAMES.get(child.tag)
            if name == "wp:commentmeta":
                fields.append(pair(child))
            elif name is None or name in row:
                others += self._other(child)
            else:
                row[name] = text(child)
        kept = carried(fields, _review)
        own: dict[str, Any] = {"elements": others} if others else {}
        if fields:
            own["meta"] = fields
        return row, own, kept

    def _comment(
        self,
        record: str,
        post: str,
        parent: str | None,
        row: dict[Any, str | None],
        own: dict[str, Any],
        kept: Carried,
    ) -> Comment:
        get, blog = row.get, self._blog
        user = (get("wp:comment_user_id") or "0").strip()
        login = blog.login(user) if user != "0" else None
        if user not in {"0", ""} and login is None:
            own["user_id"] = user
        name = (get("wp:comment_author") or "").strip() or None
        email = (get("wp:comment_author_email") or "").strip() or None
        url = (get("wp:comment_author_url") or "").strip() or None
        if name and "&" in name:
            name = html.unescape(name)  # WordPress keeps names escaped
        body = get("wp:comment_content")
        if kept.is_deleted and body == PLACEHOLDER:
            body = None
        status = blog.comment_status((get("wp:comment_approved") or "").strip(), record, own)
        return Comment(
            id=record,
            aliases=tuple(dict.fromkeys((*kept.aliases, *disqus_aliases(own)))),
            post=post,
            parent=parent,
            author=Person(id=login, name=name, email=email, url=url) if name or email or url or login else None,
            content=Content(value=body, form="wordpress") if body else None,
            published=kept.published or blog.when(row, "wp:comment_date", record, own),
            status="deleted" if kept.is_deleted else status,
            kind=(get("wp:comment_type") or "").strip() or "comment",
            ip=(get("wp:comment_author_IP") or "").strip() or None,
            deleted=kept.deleted,
            extra={"wxr": own} if own else {},
        )

    def _other(self, element: Any) -> Iterator[str]:  # noqa: ANN401 — likewise
        kept = whole(element)
        if kept is None:
            self._notes.dropped(f"{element.tag} is nested too deeply", source=self._name, line=element.sourceline)
        else:
            yield kept


def _review(value: str) -> Review | None:
    try:
        return from_json_ld(json.loads(value))
    except (ValueError, RecursionError):
        return None


IMPORTER = Importer(
    name="wxr",
    label="WordPress export (WXR)",
    kind="export",
    detect=detect,
    read=read,
)
