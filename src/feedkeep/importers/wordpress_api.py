"""Stored answers of WordPress's REST API: posts, pages, comments, media, users and terms, in any files and order.

https://developer.wordpress.org/rest-api/reference/ . Ids are those of WordPress's feeds and exports, so that all of them
are one blog.
"""

from __future__ import annotations

import html
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Comment, Content, Media, Person, Post, Site, Term
from feedkeep.wire import wordpress_answers as answers
from feedkeep.wire import wxr_dates, wxr_ids
from feedkeep.wire.feed_texts import is_cut, plain_title
from feedkeep.wire.intake import Intake
from feedkeep.wire.json_text import parsed
from feedkeep.wire.wordpress_answers import Answer, Known, number, rendered, text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import CommentStatus, PostStatus, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_POSTS = re.compile(rb'"(?:date|modified)_gmt"\s*:')
_RENDERED = re.compile(rb'"rendered"\s*:')
_OTHERS = re.compile(rb'"avatar_urls"\s*:\s*\{|"taxonomy"\s*:\s*"[^"]*"|"namespaces"\s*:\s*\[')
_NAMES = re.compile(rb'"guid"\s*:\s*\{\s*"rendered"')
_LINKS = re.compile(rb"wp\\?/v2")
_STATUS: dict[str, PostStatus] = {
    "publish": "published",
    "inherit": "published",
    "future": "scheduled",
    "draft": "draft",
    "auto-draft": "draft",
    "pending": "pending",
    "private": "private",
    "trash": "trashed",
}
_COMMENT: dict[str, CommentStatus] = {
    "approved": "approved",
    "approve": "approved",
    "hold": "pending",
    "spam": "spam",
    "trash": "trashed",
}
# What a field of a record says, or nobody misses.
_SAID = frozenset(
    [
        "id",
        "date",
        "date_gmt",
        "guid",
        "modified",
        "modified_gmt",
        "slug",
        "status",
        "type",
        "link",
        "title",
        "content",
        "excerpt",
        "author",
        "featured_media",
        "comment_status",
        "ping_status",
        "sticky",
        "parent",
        "menu_order",
        "categories",
        "tags",
        "_links",
        "_embedded",
    ]
)


def detect(source: Source) -> bool:
    """A JSON document of posts or comments with rendered parts, or of users, terms, names or the index of the API."""
    head = source.head
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["}:
        return False
    if _POSTS.search(head) and _RENDERED.search(head):
        return True
    return (_OTHERS.search(head) or _NAMES.search(head)) is not None and _LINKS.search(head) is not None


def parts(container: Source) -> Iterator[Source]:
    """Take all answers in a container together: what refers to what is in other files."""
    found: set[PurePosixPath] = {m.path for m in container.members() if not m.is_container and detect(m)}
    if found:
        yield container.part("", lambda path: path in found)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its people and terms, then posts and media, then comments. Raises FormatError."""
    reading = _Reading(source, notes)
    reading.look_around()
    yield from reading.described()
    yield from reading.things({"post", "media"})
    yield from reading.things({"comment"})


class _Reading:
    def __init__(self, source: Source, notes: Notes) -> None:
        self._documents = list(source.members()) if source.is_container else [source]
        self._alone = not source.is_container
        self._notes = notes
        self._source = source
        self._intake = Intake(source, notes)
        self._zone = source.timezone
        self._known = Known()
        self._seen: set[bytes] = set()

    def look_around(self) -> None:
        """Learn what others refer to; say once what is no object of the API."""
        any_ = False
        for document, item in self._items(tell=True):
            kind = self._known.note(item)
            any_ = any_ or kind != "other"
            if kind == "other":
                self._notes.skipped("an object of no kind that the API has", source=document)
        if not any_:
            raise FormatError("nothing of the WordPress API in it", source=self._source.name)

    def described(self) -> Iterator[Record]:
        """Yield the site, its people and its terms."""
        known = self._known
        index = known.index or {}
        home = known.home or self._source.url
        if home:
            yield Site(
                id=home,
                url=home,
                title=_plain(text(index, "name")),
                description=_plain(text(index, "description")),
                icon=text(index, "site_icon_url"),
            )
        yield from known.people.values()
        for term in known.terms.values():
            yield Term(
                id=term.id,
                name=_plain(term.name),
                slug=term.slug,
                taxonomy=term.taxonomy,
                description=term.description,
                parent=known.parent(term),
            )

    def things(self, kinds: set[answers.Kind]) -> Iterator[Record]:
        """Yield the records of these kinds, each once."""
        for document, item in self._items(tell=False):
            kind = answers.kind_of(item)
            if kind in kinds:
                yield from self._records(document, kind, item)
            if kind == "post" and "comment" in kinds:
                for reply in answers.embedded(item, "replies"):
                    yield from self._records(document, "comment", reply)

    def _records(self, document: str, kind: answers.Kind, item: Answer) -> Iterator[Record]:
        made = self._post(item) if kind == "post" else self._media(item) if kind == "media" else self._comment(item)
        if made is None:
            self._notes.skipped(f"a {kind} without a number or an address", source=document)
            return
        said = sha256(msgspec.json.encode(made)).digest()[:16]
        if said in self._seen:  # pages of answers overlap where something was published between them
            self._notes.skipped(f"a {kind} that was among the answers before", source=document, record=made.id)
        else:
            self._seen.add(said)
            yield made

    def _items(self, *, tell: bool) -> Iterator[tuple[str, Answer]]:
        for document in self._documents:
            try:
                found = parsed(document, self._notes)
            except FormatError as error:
                if self._alone:
                    raise
                if tell:
                    self._notes.skipped(f"an answer that cannot be read: {error.reason}", source=document.name)
                continue
            for item in found if isinstance(found, list) else [found]:
                if isinstance(item, dict):
                    yield document.name, item
                elif tell:
                    self._notes.skipped("an item that is not an object", source=document.name)

    def _post(self, item: Answer) -> Post:
        known, own = self._known, number(item, "id")
        title, title_html = plain_title(rendered(item, "title") or "", html_is_certain=True)
        record = known.post_id(item)
        if not record:
            record = self._intake.made("post", title, text(item, "date_gmt") or text(item, "date"))
        picture = next((text(one, "source_url") for one in answers.embedded(item, "wp:featuredmedia")), None)
        above = number(item, "parent")
        published = self._moment(item, "date", record)
        updated = self._moment(item, "modified", record)
        order = text(item, "menu_order")
        content, excerpt = item.get("content"), rendered(item, "excerpt")
        if isinstance(content, dict) and content.get("protected") and not rendered(item, "content"):
            self._notes.noticed("behind a password: the answer does not hold its text", record=record)
        said = text(item, "status") or "publish"
        return Post(
            id=record,
            permalink=False if rendered(item, "guid") else None,
            aliases=(known.alias(own),) if own is not None and known.alias(own) != record else (),
            url=text(item, "link"),
            kind=text(item, "type") or "post",
            slug=text(item, "slug"),
            title=title,
            title_html=title_html,
            content=_content(content),
            summary=Content(value=excerpt, truncated=is_cut(excerpt)) if excerpt else None,
            authors=known.authors_of(item),
            terms=tuple(known.terms_of(item)),
            published=published,
            updated=None if updated == published else updated,
            status=_STATUS.get(said, "private"),
            sticky=item.get("sticky") is True,
            comments_open=_open(item, "comment_status"),
            pings_open=_open(item, "ping_status"),
            image=picture or known.media.get(number(item, "featured_media") or ""),
            parent=known.id_of(above) if above is not None else None,
            order=int(order) if order and order.lstrip("-").isdigit() and len(order) < 10 else None,
            extra=_kept(item),
        )

    def _media(self, item: Answer) -> Media | None:
        known, own = self._known, number(item, "id")
        url = text(item, "source_url")
        record = rendered(item, "guid") or url or (known.id_of(own) if own else None)
        if not record:
            return None
        above = number(item, "post")
        caption, described = rendered(item, "caption"), rendered(item, "description")
        details = item.get("media_details")
        size = details.get("filesize") if isinstance(details, dict) else None
        path = details.get("file") if isinstance(details, dict) else None
        said = text(item, "status") or "inherit"
        return Media(
            id=record,
            aliases=(known.alias(own),) if own is not None and known.alias(own) != record else (),
            url=url,
            page_url=text(item, "link"),
            post=known.id_of(above) if above is not None else None,
            slug=text(item, "slug"),
            title=plain_title(rendered(item, "title") or "", html_is_certain=True)[0],
            alt=text(item, "alt_text"),
            caption=Content(value=caption) if caption else None,
            description=Content(value=described) if described else None,
            published=self._moment(item, "date", record),
            type=text(item, "mime_type"),
            size=size if isinstance(size, int) and 0 <= size < 1 << 62 else None,
            path=path if isinstance(path, str) else None,
            status=_STATUS.get(said, "private"),
        )

    def _comment(self, item: Answer) -> Comment | None:
        own, of = number(item, "id"), number(item, "post")
        if own is None or of is None:
            return None
        post = self._known.id_of(of)
        record = wxr_ids.comment_id(post, own)
        above = number(item, "parent")
        avatars = item.get("author_avatar_urls")
        sizes = [url for url in avatars.values() if isinstance(url, str)] if isinstance(avatars, dict) else []
        author = Person(
            name=_plain(text(item, "author_name")),
            url=text(item, "author_url"),
            email=text(item, "author_email"),
            avatar=sizes[-1] if sizes else None,
        )
        url = text(item, "link")
        said = text(item, "status") or "approved"
        return Comment(
            id=record,
            permalink=False,
            post=post,
            post_url=url.partition("#")[0] or None if url else None,
            parent=wxr_ids.comment_id(post, above) if above is not None else None,
            url=url,
            author=None if author == Person() else author,
            content=_content(item.get("content")),
            published=self._moment(item, "date", record),
            status=_COMMENT.get(said, "pending"),
            kind=text(item, "type") or "comment",
            ip=text(item, "author_ip"),
        )

    def _moment(self, item: Answer, name: str, record: str) -> dt.datetime | None:
        """Read a local date with the one in GMT beside it, which together say the zone."""
        local = wxr_dates.naive((text(item, name) or "").replace("T", " "))
        gmt = wxr_dates.naive((text(item, f"{name}_gmt") or "").replace("T", " "))
        if local is not None and gmt is not None:
            return wxr_dates.paired(local, gmt) or wxr_dates.in_gmt(gmt.isoformat(" "))
        if gmt is not None:
            return wxr_dates.in_gmt(gmt.isoformat(" "))
        if local is not None:
            self._notes.guessed[str(self._zone or "UTC")] += 1
            return wxr_dates.placed(local, self._zone) if self._zone else wxr_dates.in_gmt(local.isoformat(" "))
        if text(item, name):
            self._notes.dropped(f"{name} {text(item, name)!r} is no date", source=self._source.name, record=record)
        return None


def _content(value: Any) -> Content | None:  # noqa: ANN401 — JSON
    if isinstance(value, dict) and isinstance(value.get("raw"), str) and value["raw"].strip():
        return Content(value=value["raw"], form="wordpress")
    said = value.get("rendered") if isinstance(value, dict) else value
    return Content(value=said) if isinstance(said, str) and said.strip() else None


def _open(item: Answer, name: str) -> bool | None:
    said = text(item, name)
    return None if said is None else said == "open"


def _kept(item: Answer) -> dict[str, Any]:
    rest = {name: value for name, value in item.items() if name not in _SAID and value not in ("", None, [], {})}
    return {"wordpress_api": rest} if rest else {}


def _plain(value: str | None) -> str | None:
    return html.unescape(value).strip() or None if value else None


IMPORTER = Importer(
    name="wordpress_api", label="WordPress REST API answers", kind="api", detect=detect, read=read, parts=parts
)
