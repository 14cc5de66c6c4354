"""Whatever else calls itself a feed, read by feedparser: what is not well formed, and rare dialects."""

from __future__ import annotations

import calendar
import datetime as dt
import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Enclosure, Link, Person, Post, Record, Site, Term
from feedkeep.wire import dates, detection
from feedkeep.wire.elements import is_cut, plain_title, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source

_FEEDLIKE = re.compile(r"<(?:\w+:)?(?:rss|feed|rdf|channel|item|entry)\b[^>]*>", re.IGNORECASE)
_HTML = re.compile(r"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"^(.*?)#(?:comment-?|c)(\d+)$")
_HARMLESS = ("CharacterEncodingOverride", "NonXMLContentType")
_GUID = re.compile(r"<guid\b([^>]*)>\s*(?:<!\[CDATA\[)?\s*(.*?)\s*(?:\]\]>)?\s*</guid>", re.IGNORECASE | re.DOTALL)


def detect(source: Source) -> bool:
    """Something with a feed's elements that is no feed which the strict readers take, and no HTML page."""
    head = source.head
    text = detection.decoded(head)
    if _HTML.match(text) or text.lstrip()[:1] in {"{", "["} or not _FEEDLIKE.search(text):
        return False
    if "wordpress.org/export" in text[:8192]:
        return False
    root = detection.root(head)
    if root is None:
        return text.lstrip()[:1] == "<"
    if root[1].lower() in {"opml", "html", "svg", "sitemapindex", "urlset"}:
        return False
    others = formats.IMPORTERS[: formats.IMPORTERS.index("loosefeed")]
    return not any(formats.importer(other).detect(source) for other in others)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield what feedparser makes of it. Raises FormatError where it finds no feed."""
    import feedparser  # noqa: PLC0415 — slow to load, rarely needed

    data = source.read()
    text = detection.decoded(data[:65536])
    if not data.strip():
        raise FormatError("the file is empty", source=source.name)
    if _HTML.match(text):
        raise FormatError("this is an HTML page, not a feed", source=source.name)
    charset = (
        f"; charset={source.charset}" if source.charset else "" if b"encoding" in data[:200] else "; charset=utf-8"
    )
    headers = {"content-type": f"application/xml{charset}"}
    if source.url:
        headers["content-location"] = source.url
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed: Any = feedparser.parse(
                io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
            )
    except Exception as error:
        raise FormatError(f"feedparser cannot read it: {error}", source=source.name) from error
    if not parsed.get("version") and not parsed.get("entries"):
        raise FormatError("no feed: no version that is known, and no entries", source=source.name)
    reason = parsed.get("bozo_exception")
    if parsed.get("bozo") and type(reason).__name__ not in _HARMLESS:
        why = str(reason).split("\n", maxsplit=1)[0]
        notes.repaired(
            f"read by feedparser, since it is not well formed ({why}); its end may be missing", source=source.name
        )
    reader = _Reader(source, notes, _permalinks(data))
    for entry in parsed.entries:
        yield reader.entry(entry)
    yield reader.site(parsed.feed)


def _permalinks(data: bytes) -> dict[str, bool | None]:
    """Find what each guid says of itself: feedparser resolves guids into addresses and keeps no isPermaLink."""
    found: dict[str, bool | None] = {}
    for attributes, guid in _GUID.findall(data.decode("utf-8", "replace")):
        said = re.search(r"isPermaLink\s*=\s*[\"']?\s*(true|false)", attributes, re.IGNORECASE)
        found[guid] = None if said is None else said[1].lower() == "true"
    return found


class _Reader:
    """Turns feedparser's dictionaries into records."""

    def __init__(self, source: Source, notes: Notes, guids: dict[str, bool | None]) -> None:
        self._source = source
        self._notes = notes
        self._guids = guids
        self._seen: set[str] = set()

    def entry(self, entry: Any) -> Post | Comment:  # noqa: ANN401
        link = _said(entry, "link")
        stated = _said(entry, "id")
        if stated is not None and stated not in self._guids:
            stated = next((guid for guid in self._guids if guid and stated.endswith("/" + guid)), stated)
        answered = entry.get("thr_in-reply-to")
        is_comment = bool(answered) or _COMMENT.match(stated or link or "") is not None
        record_id = (
            stated or link or made_id("post", _said(entry, "title"), _said(entry, "published"), _said(entry, "summary"))
        )
        if record_id in self._seen:
            again = made_id("post", record_id, link, _said(entry, "title"), _said(entry, "published"))
            self._notes.altered(
                f"a second item with the id {record_id!r}: given its own", source=self._source.name, record=again
            )
            record_id = again
        self._seen.add(record_id)
        content, summary = self._bodies(entry)
        published = self._date(entry, "published", record_id) or self._date(entry, "created", record_id)
        updated = self._date(entry, "updated", record_id)
        people = self._people(entry)
        if is_comment:
            own = _COMMENT.match(record_id)
            at = _COMMENT.match(link or "")
            post = own[1] if own is not None and record_id != link else None
            reference = answered.get("ref") if isinstance(answered, dict) else None
            return Comment(
                id=record_id,
                permalink=self._guids.get(record_id),
                post=post,
                post_url=at[1] if at is not None else None,
                parent=reference if reference != post else None,
                url=link,
                author=people[0] if people else None,
                content=content or summary,
                published=published,
                updated=updated,
                status="approved",
            )
        title, title_html = plain_title(_said(entry, "title") or "")
        return Post(
            id=record_id,
            permalink=self._guids.get(record_id),
            url=link,
            title=title,
            title_html=title_html,
            content=content,
            summary=summary,
            authors=people,
            terms=self._terms(entry),
            published=published,
            updated=updated,
            status="published",
            comment_count=whole(_said(entry, "slash_comments")),
            comments_url=_said(entry, "comments"),
            comments_feed=_said(entry, "wfw_commentrss"),
            enclosures=tuple(self._enclosures(entry)),
            rights=_said(entry, "rights"),
        )

    def site(self, feed: Any) -> Site:  # noqa: ANN401
        url = _said(feed, "link")
        title, _ = plain_title(_said(feed, "title") or "")
        own = tuple(
            dict.fromkeys(
                str(link["href"]) for link in feed.get("links", ()) if link.get("rel") == "self" and link.get("href")
            )
        )
        return Site(
            id=_said(feed, "id") or url or (own[0] if own else None) or self._source.url or made_id("site", title),
            url=url,
            title=title,
            description=_said(feed, "subtitle"),
            language=_said(feed, "language"),
            rights=_said(feed, "rights"),
            generator=_said(feed, "generator"),
            feed_urls=own,
            authors=self._people(feed),
            hubs=tuple(
                Link(href=str(link["href"]), rel="hub")
                for link in feed.get("links", ())
                if link.get("rel") == "hub" and link.get("href")
            ),
        )

    def _bodies(self, entry: Any) -> tuple[Content | None, Content | None]:  # noqa: ANN401
        bodies = [body for body in entry.get("content", ()) if (body.get("value") or "").strip()]
        short = _said(entry, "summary")
        detail = entry.get("summary_detail") or {}
        if not bodies:
            if short is None:
                return None, None
            form = "text" if detail.get("type") == "text/plain" and "<" not in short else "html"
            return Content(value=short, form="html" if form == "html" else "text", truncated=is_cut(short)), None
        body = bodies[0]
        plain = body.get("type") == "text/plain"
        content = Content(value=body["value"], form="text" if plain else "html", truncated=is_cut(body["value"]))
        return content, None if short is None or short == body["value"] else Content(value=short)

    def _date(self, entry: Any, name: str, record_id: str) -> dt.datetime | None:  # noqa: ANN401
        if name not in entry:
            return None
        said = str(entry[name])
        found = dates.parse(said, self._source.timezone)
        if found is not None:
            return found[0]
        parsed = entry.get(f"{name}_parsed")
        try:
            return dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC) if parsed and parsed[0] > 0 else None
        except (ValueError, OverflowError, OSError, TypeError):
            return None
        finally:
            if parsed is None:
                self._notes.dropped(f"{name} {said!r} is no date", source=self._source.name, record=record_id)

    def _people(self, held: Any) -> tuple[Person, ...]:  # noqa: ANN401
        people: list[Person] = []
        for author in held.get("authors", ()):
            person = Person(name=_said(author, "name"), email=_said(author, "email"), url=_said(author, "href"))
            if person != Person() and person not in people:
                people.append(person)
        if not people and _said(held, "author"):
            people.append(Person(name=_said(held, "author")))
        return tuple(people)

    def _terms(self, entry: Any) -> tuple[Term, ...]:  # noqa: ANN401
        found: list[Term] = []
        for tag in entry.get("tags", ()):
            term, label = _said(tag, "term"), _said(tag, "label")
            made = Term(name=label or term, slug=term if label else None, scheme=_said(tag, "scheme"))
            if made.name and made not in found:
                found.append(made)
        return tuple(found)

    def _enclosures(self, entry: Any) -> Iterator[Enclosure]:  # noqa: ANN401
        for link in entry.get("links", ()):
            if link.get("rel") == "enclosure" and link.get("href"):
                yield Enclosure(
                    url=str(link["href"]), type=_said(link, "type"), length=whole(str(link.get("length", ""))) or None
                )


def _said(held: Any, key: str) -> str | None:  # noqa: ANN401
    # "in" first: asking for "updated" otherwise warns, and gives the date of publication
    value = held.get(key, None)
    return str(value).strip() or None if value is not None else None


IMPORTER = Importer(
    name="loosefeed", label="other feeds, and feeds that are not well formed", kind="feed", detect=detect, read=read
)
