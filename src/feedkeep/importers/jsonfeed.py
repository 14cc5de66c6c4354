"""JSON Feed 1 and 1.1: https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from feedkeep.content import review as reviewing
from feedkeep.content.text import plain
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Enclosure, Link, Person, Post, Record, Review, Site, Term
from feedkeep.wire import dates
from feedkeep.wire.loose import Loose

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_VERSION = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version\\?/')
_CUT = re.compile(r"(?:\[(?:…|\.\.\.|&hellip;|&#8230;)\]|…|&hellip;)\s*(?:</p>)?\s*$")
_DEPTH = 200  # the decoder recurses; deeper documents are no feeds


def detect(source: Source) -> bool:
    """A JSON object that says near its beginning that it is a JSON Feed."""
    head = source.head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "ignore").encode()
    return head.lstrip()[:1] == b"{" and _VERSION.search(head) is not None


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site and its items. Raises FormatError for what is no JSON Feed."""
    document = _parsed(source)
    feed = Loose(document, notes, source=source.name)
    version = feed.text("version") or ""
    if "jsonfeed.org/version/" not in version:
        raise FormatError("a JSON document that does not say it is a JSON Feed", source=source.name)
    site = _site(feed, source, version)
    comments = (_extension(document) or {}).get("kind") in {"comments", "thread"}
    seen: set[str] = set()
    items = feed.raw("items")
    if items is not None and not isinstance(items, list):
        notes.dropped("items is not a list", source=source.name, field="items")
        items = []
    for number, item in enumerate(items or [], 1):
        if isinstance(item, dict):
            yield _item(Loose(item, notes, source=source.name), item, source, notes, seen, comments=comments)
        else:
            notes.skipped(f"item {number} is not an object", source=source.name)
    described: Site = site(feed.rest())
    if not comments:
        yield described
    elif described.url is not None:  # its title is that of the conversation, not of the blog
        yield Site(id=made_id("site", described.url), url=described.url)


def _parsed(source: Source) -> dict[str, Any]:
    data = source.read()
    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
        if text.count("[", 0, 1 << 20) > 1 << 19:
            raise FormatError("nested too deep", source=source.name)
        found = json.loads(text)
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 at byte {error.start}", source=source.name) from error
    except json.JSONDecodeError as error:
        raise FormatError(f"not JSON: {error.msg.lower().removesuffix(' at')}", source=source.name, line=error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise FormatError(
            "not JSON that can be read: nested too deep, or a number without end", source=source.name
        ) from error
    if not isinstance(found, dict):
        raise FormatError("a JSON document that is not an object", source=source.name)
    if _deeper(found, _DEPTH):
        raise FormatError("nested too deep", source=source.name)
    return found


def _deeper(value: object, limit: int) -> bool:
    level: list[object] = [value]
    while level and limit:
        level = [
            inner
            for held in level
            for inner in (held.values() if isinstance(held, dict) else held if isinstance(held, list) else ())
            if isinstance(inner, (dict, list))
        ]
        limit -= 1
    return bool(level)


def _site(feed: Loose, source: Source, version: str) -> Any:  # noqa: ANN401 — a function that completes the site
    home, own = feed.text("home_page_url"), feed.text("feed_url")
    fields: dict[str, Any] = {
        "id": own or home or source.url or made_id("site", feed.text("title")),
        "url": home,
        "title": feed.text("title"),
        "description": feed.text("description"),
        "language": feed.text("language"),
        "feed_urls": (own,) if own else (),
        "authors": _people(feed),
        "image": feed.text("icon"),
        "icon": feed.text("favicon"),
        "hubs": tuple(
            Link(href=href, rel="hub", type=kind if (kind := hub.text("type")) != "WebSub" else None)
            for hub in feed.many("hubs")
            if (href := hub.text("url"))
        ),
    }
    feed.text("next_url")  # where the rest of the history is: for those who fetch, and different on every page
    feed.raw("_feedkeep")

    def complete(rest: dict[str, Any]) -> Site:
        kept = {"version": version, **rest} if rest else {}
        return Site(**fields, extra={"jsonfeed": kept} if kept else {})

    return complete


def _item(
    item: Loose, raw: dict[str, Any], source: Source, notes: Notes, seen: set[str], *, comments: bool
) -> Post | Comment:
    stated, url = item.text("id"), item.text("url")
    content = _content(item)
    published = _date(item, "date_published", source, notes)
    record_id = stated or url or made_id("post", item.text("title"), content.value if content else None)
    if stated is None:
        notes.altered(
            "an item without id: " + ("its address serves" if url else "one was made"),
            source=source.name,
            record=record_id,
        )
    if record_id in seen:
        made = made_id("post", record_id, url, content.value if content else None)
        notes.altered(f"a second item with the id {record_id!r}: given one of its own", source=source.name, record=made)
        record_id = made
    seen.add(record_id)
    extension = Loose(_extension(raw) or {}, notes, source=source.name, record=record_id)
    item.raw("_feedkeep")
    updated = _date(item, "date_modified", source, notes)
    people = _people(item)
    if comments:
        item.text("title")  # made by the exporter
        return Comment(
            id=record_id,
            url=url,
            content=content,
            published=published,
            updated=updated,
            author=people[0] if people else None,
            post=extension.text("post"),
            post_url=extension.text("post_url"),
            parent=extension.text("in_reply_to"),
            status="approved",
            title=extension.text("title"),
            extra=_kept(item),
        )
    reviews = _reviews(extension)
    if reviews and content is not None:
        rest = reviewing.strip_html(content.value)
        content = Content(value=rest) if rest else None
    title = item.text("title")
    summary = item.text("summary")
    count = extension.whole("comment_count")
    return Post(
        id=record_id,
        url=url,
        title=plain(title) if title and "&" in title else title,
        title_html=extension.text("title_html"),
        subtitle=extension.text("subtitle"),
        kind=extension.text("kind") or "post",
        slug=extension.text("slug"),
        summary=Content(value=summary) if summary else None,
        content=content,
        authors=people,
        terms=tuple(Term(name=name) for name in item.texts("tags")),
        published=published,
        updated=updated,
        status="published",
        comment_count=count,
        comments_url=extension.text("comments_url"),
        comments_feed=extension.text("comments_feed"),
        language=item.text("language"),
        enclosures=tuple(_attachments(item)),
        links=tuple(Link(href=href, rel="related") for href in [item.text("external_url")] if href),
        image=item.text("image") or item.text("banner_image"),
        reviews=reviews,
        extra=_kept(item),
    )


def _content(item: Loose) -> Content | None:
    markup, text = item.text("content_html"), item.text("content_text")
    if markup is not None:
        return Content(value=markup, truncated=_CUT.search(markup[-200:]) is not None)
    return None if text is None else Content(value=text, form="text", truncated=_CUT.search(text[-200:]) is not None)


def _date(item: Loose, key: str, source: Source, notes: Notes) -> dt.datetime | None:
    said = item.text(key)
    if said is None:
        return None
    found = dates.parse(said, source.timezone)
    if found is None:
        notes.dropped(f"{key} {said!r} is no date", source=source.name, field=key)
        return None
    moment, guessed = found
    if guessed:
        notes.altered(f"{key} {said!r} names no zone: taken as {moment.tzname()}", source=source.name, field=key)
    return moment


def _people(held: Loose) -> tuple[Person, ...]:
    many = [_person(person) for person in held.many("authors")]
    one = held.one("author")
    if not many and one is not None:
        many = [_person(one)]
    return tuple(person for person in many if person != Person())


def _person(held: Loose) -> Person:
    name, url, avatar = held.text("name"), held.text("url"), held.text("avatar")
    rest = held.rest()
    return Person(name=name, url=url, avatar=avatar, extra={"jsonfeed": rest} if rest else {})


def _attachments(item: Loose) -> Iterator[Enclosure]:
    for held in item.many("attachments"):
        url = held.text("url")
        if url is not None:
            kind, title = held.text("mime_type"), held.text("title")
            length, duration = held.whole("size_in_bytes"), held.number("duration_in_seconds")
            rest = held.rest()
            yield Enclosure(
                url=url,
                type=kind,
                title=title,
                length=length,
                duration=duration,
                extra={"jsonfeed": rest} if rest else {},
            )


def _reviews(extension: Loose) -> tuple[Review, ...]:
    found = (reviewing.from_json_ld(held) for held in extension.raw("reviews") or () if isinstance(held, dict))
    return tuple(review for review in found if review is not None)


def _extension(raw: dict[str, Any]) -> dict[str, Any] | None:
    held = raw.get("_feedkeep")
    return held if isinstance(held, dict) else None


def _kept(item: Loose) -> dict[str, Any]:
    rest = item.rest()
    return {"jsonfeed": rest} if rest else {}


IMPORTER = Importer(name="jsonfeed", label="JSON Feed 1 and 1.1", kind="feed", detect=detect, read=read)
