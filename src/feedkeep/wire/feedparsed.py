"""What feedparser makes of a document, as records (https://feedparser.readthedocs.io/)."""

from __future__ import annotations

import calendar
import datetime as dt
import html
import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from feedkeep.errors import FormatError
from feedkeep.ids import made_id
from feedkeep.models import Comment, FeedSource, Link, Post, Site
from feedkeep.wire import atom, threads
from feedkeep.wire import feedparsed_parts as parts
from feedkeep.wire.addresses import joined
from feedkeep.wire.feed_texts import plain_title, whole
from feedkeep.wire.feedparsed_parts import said
from feedkeep.wire.intake import Intake
from feedkeep.wire.rss import face

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_HARMLESS = frozenset({"CharacterEncodingOverride", "NonXMLContentType"})  # about the headers that we gave it
_GUID = re.compile(r"<guid\b([^<>]*)>\s*+(?:<!\[CDATA\[)?([^<\]]*+)", re.IGNORECASE)
_PERMALINK = re.compile(r"isPermaLink\s*=\s*[\"']?\s*(true|false)", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^<>]*\?>")


def records(source: Source, text: str, notes: Notes) -> Iterator[Record]:
    """Yield the site, then the entries; nothing where feedparser finds neither a version nor entries.

    Raises FormatError where feedparser fails.
    """
    parsed = _parsed(source, text)
    entries = [entry for entry in parsed.entries if any(entry.values())]
    if not parsed.get("version") and not entries:
        return
    if len(entries) < len(parsed.entries):
        notes.skipped("an item that ends before it says anything", source=source.name)
    reason = parsed.get("bozo_exception")
    if parsed.get("bozo") and type(reason).__name__ not in _HARMLESS:
        why = str(reason).split("\n", maxsplit=1)[0]
        what = (
            f"read by feedparser, since it is not well formed ({why}): its end, and elements of others, may be missing"
        )
        notes.repaired(what, source=source.name)
    reader = _Reader(source, notes, text)
    several = str(parsed.get("version") or "").startswith("atom")  # versions of an entry (RFC 4287 section 4.1.1)
    yield from reader.intake.records(
        map(reader.entry, entries),
        lambda: reader.site(parsed.feed),
        atom.face if several else face,
        versions=several,
    )


def _parsed(source: Source, text: str) -> Any:  # noqa: ANN401 — feedparser is untyped
    import feedparser  # noqa: PLC0415 — slow to load, rarely needed

    # It takes a text, or bytes that look like an address or a path, for something to fetch: only a stream is safe.
    stream = io.BytesIO(_DECLARATION.sub("", text, count=1).encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8"}
    if source.url:
        headers["content-location"] = source.url
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except Exception as error:
        raise FormatError(f"feedparser cannot read it: {error}", source=source.name) from error


class _Reader:
    """Turns feedparser's dictionaries into records."""

    def __init__(self, source: Source, notes: Notes, text: str) -> None:
        self.intake = Intake(source, notes)
        self._guids = _guids(text, source.url)

    def entry(self, entry: Any) -> Post | Comment:  # noqa: ANN401
        link = said(entry, "link")
        stated, permalink = self._guids.get(said(entry, "id") or "", (said(entry, "id"), None))
        if stated is not None and permalink is not True and link == said(entry, "id"):
            link = next((held for held in parts.links(entry, "alternate")), None)
        title, title_html = plain_title(said(entry, "title") or "")
        content, summary = parts.bodies(entry)
        told = entry.get("thr_in-reply-to")
        is_comment = told is not None or threads.is_comment(stated, link)
        record_id = stated or link
        if record_id is not None and not stated:
            self.intake.addressed.add(record_id)
        if record_id is None:
            kind = "comment" if is_comment else "post"
            record_id = self.intake.made(kind, title, said(entry, "published"), content.value if content else None)
        published = self._date(entry, "published", record_id) or self._date(entry, "created", record_id)
        updated = self._date(entry, "updated", record_id)
        authors = parts.people(entry)
        if is_comment:
            ref = told.get("ref") if isinstance(told, dict) else None
            where = threads.place(record_id, link, [(ref, told.get("href"))] if ref else [])
            author = authors[0] if authors else None
            content = content or summary
            made = title is not None and threads.is_made_title(title, author.name if author else None, content)
            return Comment(
                id=record_id,
                permalink=permalink,
                post=where.post,
                post_url=where.post_url,
                parent=where.parent,
                url=link,
                author=author,
                title=None if made else title,
                content=content,
                published=published,
                updated=None if updated == published else updated,
                status="approved",
            )
        replies = {
            held.get("type"): held.get("href") for held in entry.get("links", ()) if held.get("rel") == "replies"
        }
        source = entry.get("source")
        return Post(
            id=record_id,
            permalink=permalink,
            url=link,
            title=title,
            title_html=title_html,
            content=content,
            summary=summary,
            authors=authors,
            contributors=parts.people({"authors": entry.get("contributors", ())}),
            terms=parts.terms(entry),
            published=published,
            updated=None if updated == published else updated,
            status="published",
            comment_count=whole(said(entry, "slash_comments") or said(entry, "thr_total")),
            comments_url=said(entry, "comments") or replies.pop("text/html", None),
            comments_feed=said(entry, "wfw_commentrss") or next((href for href in replies.values() if href), None),
            enclosures=tuple(parts.enclosures(entry)),
            links=tuple(parts.other_links(entry)),
            language=said(entry, "language"),
            rights=said(entry, "rights"),
            source=None
            if source is None
            else FeedSource(id=said(source, "id"), title=said(source, "title"), url=said(source, "href")),
        )

    def site(self, feed: Any) -> Site:  # noqa: ANN401
        url = said(feed, "link")
        title, _ = plain_title(said(feed, "title") or "")
        own = tuple(parts.links(feed, "self"))
        image = feed.get("image")
        return Site(
            id=said(feed, "id") or url or (own[0] if own else None) or self.intake.source.url or made_id("site", title),
            url=url,
            title=title,
            description=said(feed, "subtitle"),
            language=said(feed, "language"),
            rights=said(feed, "rights"),
            generator=said(feed, "generator"),
            feed_urls=own,
            authors=parts.people(feed),
            terms=parts.terms(feed),
            image=said(image, "href") if image is not None else said(feed, "logo"),
            icon=said(feed, "icon"),
            hubs=tuple(Link(href=href, rel="hub") for href in parts.links(feed, "hub")),
        )

    def _date(self, entry: Any, name: str, record_id: str) -> dt.datetime | None:  # noqa: ANN401
        written = said(entry, name)
        if written is None:
            return None
        if self.intake.silent(written) is None:
            try:  # it knows forms that we do not, but makes 0000-00-00 a year before the first
                return dt.datetime.fromtimestamp(calendar.timegm(entry.get(f"{name}_parsed")), dt.UTC)
            except (ValueError, OverflowError, OSError, TypeError):
                pass
        return self.intake.moment(written, name, record_id)


def _guids(text: str, base: str | None) -> dict[str, tuple[str, bool | None]]:
    """Find each guid as it is written: feedparser makes an address of it, and does not tell isPermaLink."""
    found: dict[str, tuple[str, bool | None]] = {}
    for attributes, written in _GUID.findall(text):
        guid = html.unescape(written).strip()
        said = _PERMALINK.search(attributes)
        told = guid, None if said is None else said[1].lower() == "true"
        found[guid] = told
        found.setdefault(joined(base, guid), told)
    return found
