"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), as the formats read it that carry one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from feedkeep.errors import FormatError
from feedkeep.ids import made_id
from feedkeep.models import Comment, FeedSource, Link, Post, Record, Site, Term
from feedkeep.wire import jsonfeed_parts as parts
from feedkeep.wire.feed_texts import plain_title
from feedkeep.wire.intake import Intake
from feedkeep.wire.json_text import parsed
from feedkeep.wire.loose import Loose
from feedkeep.wire.reviews import without_block

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from feedkeep.models import Content
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.intake import Face

_VERSION = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')
_ESCAPED = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);|</[a-zA-Z]+>")
_OF_COMMENTS = frozenset({"comments", "thread"})


def detect(source: Source) -> bool:
    """Know a JSON object that says near its beginning that it is a JSON Feed."""
    head = source.head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "ignore").encode()
    return head.lstrip()[:1] == b"{" and _VERSION.search(head) is not None


def read(
    source: Source,
    notes: Notes,
    *,
    name: str = "jsonfeed",
    content: Callable[[Loose], Content | None] | None = None,
) -> Iterator[Record]:
    """Yield the site and its items. Raises FormatError for what is no JSON Feed.

    ``name`` is the key of what goes to ``extra``; ``content`` reads the body of an item where it is not what the
    specification says.
    """
    found = parsed(source, notes)
    if not isinstance(found, dict):
        raise FormatError("a JSON document that is not an object", source=source.name)
    document = _Document(source, notes, found, name, content or parts.content)
    yield from document.intake.records(document.items(), document.site, _face)


class _Document:
    """One feed: its own members, and its items."""

    def __init__(
        self,
        source: Source,
        notes: Notes,
        document: dict[str, Any],
        name: str,
        content: Callable[[Loose], Content | None],
    ) -> None:
        self._name = name
        self._content = content
        self.intake = Intake(source, notes)
        self._feed = Loose(document, notes, source=source.name)
        if "jsonfeed.org/version/" not in (self._feed.text("version") or ""):
            raise FormatError("a JSON document that does not say it is a JSON Feed", source=source.name)
        self._own = self._extension(self._feed, None)
        self._kind = self._own.text("kind")

    def site(self) -> Site:
        """Read what the feed says of the blog."""
        feed, source = self._feed, self.intake.source
        home, address, title = feed.text("home_page_url"), feed.text("feed_url"), feed.text("title")
        hubs = [(hub.required("url"), hub.text("type")) for hub in feed.many("hubs")]
        fields: dict[str, Any] = {
            "id": self._own.text("id") or home or address or source.url or made_id("site", title),
            "url": home,
            "title": title,
            "description": feed.text("description"),
            "language": feed.text("language"),
            "feed_urls": (address,) if address and self._kind != "archive" else (),
            "authors": parts.people(feed, self._name),
            "image": feed.text("icon"),
            "icon": feed.text("favicon"),
            "hubs": tuple(
                Link(href=url, rel="hub", type=None if kind == "WebSub" else kind) for url, kind in hubs if url
            ),
        }
        feed.raw("next_url")  # where the rest of the history is: for those who fetch, and different on every page
        feed.raw("items")
        rest = feed.rest()
        return Site(**fields, extra={self._name: rest} if rest else {})

    def items(self) -> Iterator[Record]:
        """Read the items: comments, where our own feed says so."""
        source, notes = self.intake.source.name, self.intake.notes
        items = self._feed.raw("items")
        if not isinstance(items, list):
            notes.dropped("items is not a list", source=source, field="items")
            items = []
        kind = "comment" if self._kind in _OF_COMMENTS else "post"
        read = self._comment if kind == "comment" else self._post
        for number, held in enumerate(items, 1):
            if not isinstance(held, dict):
                notes.skipped(f"item {number} is not an object", source=source)
                continue
            item = Loose(held, notes, source=source)
            record_id = self._identified(item, kind)
            record = read(Loose(held, notes, source=source, record=record_id), record_id)
            yield record
            if isinstance(record, Post):
                yield from self._within(held, record)

    def _within(self, held: dict[str, Any], post: Post) -> Iterator[Comment]:
        """Read the comments that an item of our own whole archives holds."""
        source, notes = self.intake.source.name, self.intake.notes
        own = held.get("_feedkeep")
        said = own.get("comments") if isinstance(own, dict) else None
        for one in said if isinstance(said, list) else ():
            if not isinstance(one, dict):
                notes.skipped("a comment is not an object", source=source, record=post.id)
                continue
            item = Loose(one, notes, source=source)
            record_id = self._identified(item, "comment")
            comment = self._comment(Loose(one, notes, source=source, record=record_id), record_id)
            yield msgspec.structs.replace(comment, post=post.id, post_url=post.url)

    def _identified(self, item: Loose, kind: str) -> str:
        stated, url = item.text("id"), item.text("url")
        if stated is not None and stated.strip():
            return stated
        if url is not None:
            what = "an item without id: its address serves"
            self.intake.notes.altered(what, source=self.intake.source.name, record=url)
            return url
        words = [item.raw(key) for key in ("title", "date_published", "content_html", "content_text")]
        return self.intake.made(kind, *(word if isinstance(word, str) else None for word in words))

    def _post(self, item: Loose, record_id: str) -> Post:
        own = self._extension(item, record_id)
        item.raw("id")
        content = self._content(item)
        reviews = parts.reviews(own)
        if reviews:
            content = without_block(content)
        title, title_html = self._title(item, own)
        external = item.text("external_url")
        return Post(
            id=record_id,
            url=item.text("url"),
            title=title,
            title_html=title_html,
            subtitle=own.text("subtitle"),
            kind=own.text("kind") or "post",
            slug=own.text("slug"),
            summary=parts.summary(item, own),
            content=content,
            authors=parts.people(item, self._name),
            terms=tuple(Term(name=name) for name in item.texts("tags")),
            published=self._date(item, "date_published", record_id),
            updated=self._date(item, "date_modified", record_id),
            status="published",
            comment_count=own.whole("comment_count"),
            comments_url=own.text("comments_url"),
            comments_feed=own.text("comments_feed"),
            language=item.text("language"),
            enclosures=tuple(parts.attachments(item, self._name)),
            links=(Link(href=external, rel="related"),) if external else (),
            image=item.text("image") or item.text("banner_image"),
            reviews=reviews,
            source=self._source(own, record_id),
            extra=parts.kept(item, self._name),
        )

    def _source(self, own: Loose, record_id: str) -> FeedSource | None:
        told = own.one("source")
        if told is None:
            return None
        updated = self._date(told, "updated", record_id)
        names = {name: told.text(name) for name in ("id", "title", "url", "feed_url")}
        return FeedSource(**names, updated=updated)

    def _comment(self, item: Loose, record_id: str) -> Comment:
        own = self._extension(item, record_id)
        item.raw("id")
        item.raw("title")  # made by the exporter, but for the one that the extension tells
        people = parts.people(item, self._name)
        return Comment(
            id=record_id,
            url=item.text("url"),
            content=self._content(item),
            published=self._date(item, "date_published", record_id),
            updated=self._date(item, "date_modified", record_id),
            author=people[0] if people else None,
            post=own.text("post"),
            post_url=own.text("post_url"),
            parent=own.text("in_reply_to"),
            kind=own.text("kind") or "comment",
            status="deleted" if own.raw("deleted") is True else "approved",
            title=own.text("title"),
            extra=parts.kept(item, self._name),
        )

    def _title(self, item: Loose, own: Loose) -> tuple[str | None, str | None]:
        """Read a title. It is plain, says the specification, and ours are; others escape it as if it were HTML."""
        said = item.text("title")
        if said is None or self._kind is not None:
            return said, own.text("title_html")
        return plain_title(said) if _ESCAPED.search(said) else (" ".join(said.split()) or None, None)

    def _date(self, item: Loose, key: str, record_id: str) -> dt.datetime | None:
        said = item.text(key)
        return None if said is None else self.intake.moment(said, key, record_id)

    def _extension(self, held: Loose, record_id: str | None) -> Loose:
        own = held.raw("_feedkeep")
        told = own if isinstance(own, dict) else {}
        return Loose(told, self.intake.notes, source=self.intake.source.name, record=record_id)


def _face(record: Post | Comment) -> Face:
    """What tells two items apart that claim the same id."""
    when = None if record.url is not None or record.published is None else record.published.isoformat()
    return record.url, record.title, when
