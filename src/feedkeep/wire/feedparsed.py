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
from feedkeep.models import Comment, Content, Enclosure, FeedSource, Link, Person, Post, Site, Term
from feedkeep.wire import atom, people, threads
from feedkeep.wire.addresses import joined
from feedkeep.wire.feed_texts import is_cut, plain_title, whole
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
_FOUND_ELSEWHERE = frozenset({None, "alternate", "enclosure", "self", "replies"})


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
        link = _said(entry, "link")
        stated, permalink = self._guids.get(_said(entry, "id") or "", (_said(entry, "id"), None))
        if stated is not None and permalink is not True and link == _said(entry, "id"):
            link = next((held for held in _links(entry, "alternate")), None)
        title, title_html = plain_title(_said(entry, "title") or "")
        content, summary = _bodies(entry)
        told = entry.get("thr_in-reply-to")
        is_comment = told is not None or threads.is_comment(stated, link)
        record_id = stated or link
        if record_id is not None and not stated:
            self.intake.addressed.add(record_id)
        if record_id is None:
            kind = "comment" if is_comment else "post"
            record_id = self.intake.made(kind, title, _said(entry, "published"), content.value if content else None)
        published = self._date(entry, "published", record_id) or self._date(entry, "created", record_id)
        updated = self._date(entry, "updated", record_id)
        authors = _people(entry)
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
            contributors=_people({"authors": entry.get("contributors", ())}),
            terms=_terms(entry),
            published=published,
            updated=None if updated == published else updated,
            status="published",
            comment_count=whole(_said(entry, "slash_comments") or _said(entry, "thr_total")),
            comments_url=_said(entry, "comments") or replies.pop("text/html", None),
            comments_feed=_said(entry, "wfw_commentrss") or next((href for href in replies.values() if href), None),
            enclosures=tuple(_enclosures(entry)),
            links=tuple(_others(entry)),
            language=_said(entry, "language"),
            rights=_said(entry, "rights"),
            source=None
            if source is None
            else FeedSource(id=_said(source, "id"), title=_said(source, "title"), url=_said(source, "href")),
        )

    def site(self, feed: Any) -> Site:  # noqa: ANN401
        url = _said(feed, "link")
        title, _ = plain_title(_said(feed, "title") or "")
        own = tuple(_links(feed, "self"))
        image = feed.get("image")
        return Site(
            id=_said(feed, "id")
            or url
            or (own[0] if own else None)
            or self.intake.source.url
            or made_id("site", title),
            url=url,
            title=title,
            description=_said(feed, "subtitle"),
            language=_said(feed, "language"),
            rights=_said(feed, "rights"),
            generator=_said(feed, "generator"),
            feed_urls=own,
            authors=_people(feed),
            terms=_terms(feed),
            image=_said(image, "href") if image is not None else _said(feed, "logo"),
            icon=_said(feed, "icon"),
            hubs=tuple(Link(href=href, rel="hub") for href in _links(feed, "hub")),
        )

    def _date(self, entry: Any, name: str, record_id: str) -> dt.datetime | None:  # noqa: ANN401
        said = _said(entry, name)
        if said is None:
            return None
        if self.intake.silent(said) is None:
            try:  # it knows forms that we do not, but makes 0000-00-00 a year before the first
                return dt.datetime.fromtimestamp(calendar.timegm(entry.get(f"{name}_parsed")), dt.UTC)
            except (ValueError, OverflowError, OSError, TypeError):
                pass
        return self.intake.moment(said, name, record_id)


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


def _bodies(entry: Any) -> tuple[Content | None, Content | None]:  # noqa: ANN401
    bodies = [body for body in entry.get("content", ()) if (body.get("value") or "").strip()]
    short = _said(entry, "summary")
    detail = entry.get("summary_detail") or {}
    if not bodies:
        return (None if short is None else _content(short, detail.get("type"))), None
    body = _content(bodies[0]["value"], bodies[0].get("type"))
    return body, None if short is None or short == body.value.strip() else _content(short, detail.get("type"))


def _content(value: str, kind: str | None) -> Content:
    if kind == "text/plain" and "<" not in value:
        return Content(value=value, form="text")
    return Content(value=value, truncated=is_cut(value))


def _people(held: Any) -> tuple[Person, ...]:  # noqa: ANN401
    found = [
        Person(name=_said(author, "name"), email=_said(author, "email"), url=_said(author, "href"))
        for author in held.get("authors", ())
    ]
    # it takes addresses apart by a rule that long top-level domains break; the text is still whole
    author = _said(held, "author")
    broken = author is not None and "@" in author and len(found) <= 1 and not (found and found[0].url)
    if author is not None and (broken or all(person == Person() for person in found)):
        found = [people.person(author)]
    return people.united([person for person in found if person != Person()])


def _terms(held: Any) -> tuple[Term, ...]:  # noqa: ANN401
    found: list[Term] = []
    for tag in held.get("tags", ()):
        term, label = _said(tag, "term"), _said(tag, "label")
        made = Term(name=label or term, slug=term if label else None, scheme=_said(tag, "scheme"))
        if made.name and made not in found:
            found.append(made)
    return tuple(found)


def _links(held: Any, rel: str) -> Iterator[str]:  # noqa: ANN401
    hrefs = (_said(link, "href") for link in held.get("links", ()) if link.get("rel") == rel)
    return (href for href in dict.fromkeys(hrefs) if href)


def _others(entry: Any) -> Iterator[Link]:  # noqa: ANN401
    for link in entry.get("links", ()):
        href = _said(link, "href")
        if href and link.get("rel") not in _FOUND_ELSEWHERE:
            yield Link(href=href, rel=_said(link, "rel"), type=_said(link, "type"), title=_said(link, "title"))


def _enclosures(entry: Any) -> Iterator[Enclosure]:  # noqa: ANN401
    for link in entry.get("links", ()):
        href = _said(link, "href")
        if href and link.get("rel") == "enclosure":
            yield Enclosure(url=href, type=_said(link, "type"), length=whole(_said(link, "length")) or None)


def _said(held: Any, key: str) -> str | None:  # noqa: ANN401
    # asking for "updated" where there is none gives the date of publication; "in" tells the truth
    value = held.get(key) if key in held else None
    return str(value).strip() or None if value is not None else None
