"""Atom 1.0 and 0.3: how entries and feeds say what a record holds (RFC 4287, 4685, 6721)."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from feedkeep.content import review as reviewing
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Enclosure, FeedSource, Link, Person, Post, Review, Site, Term, Tombstone
from feedkeep.wire import dates
from feedkeep.wire import namespaces as ns
from feedkeep.wire.elements import inner, is_cut, local, plain_title, text_of, tree, whole
from feedkeep.wire.reviews import from_elements

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.notes import Notes
    from feedkeep.source import Source

SPACES = frozenset({ns.ATOM, ns.ATOM_03})
_PREFIXES = {
    ns.ATOM: "",
    ns.ATOM_03: "",
    ns.DC: "dc:",
    ns.FEEDKEEP: "fk:",
    ns.MEDIA: "media:",
    ns.THR: "thr:",
    ns.TOMBSTONES: "at:",
    ns.XHTML: "xhtml:",
    ns.SLASH: "slash:",
    ns.WFW: "wfw:",
}
_KNOWN = frozenset(
    [
        *("id", "title", "link", "updated", "modified", "published", "issued", "created", "summary", "content"),
        *("author", "contributor", "category", "rights", "copyright", "source"),
        *("thr:in-reply-to", "thr:total", "slash:comments", "wfw:commentrss", "fk:review", "media:thumbnail"),
        *("dc:language", "dc:subject", "dc:creator"),
    ]
)
_KNOWN_FEED = frozenset(
    [
        *("id", "title", "subtitle", "tagline", "link", "updated", "modified", "author", "contributor", "category"),
        *("rights", "copyright", "generator", "icon", "logo", "entry", "info", "at:deleted-entry", "dc:language"),
    ]
)
_VOLATILE = re.compile(r"^\{http://(?:a9\.com/-/spec/opensearch|purl\.org/syndication/history/)")
_COMMENT = re.compile(r"^(.*?)[?&]?(?:showComment=\d+)?#(?:comment-?|c)(\d+)$")
_SYNTHETIC = re.compile(r"^(?:By: .+|Comment on .+ by .+|Re: .*|Von: .+|Kommentar zu .+)$", re.DOTALL)
_LANG = f"{{{ns.XML}}}lang"
_BASE = f"{{{ns.XML}}}base"


class Reader:
    """Reads the entries and the feed of one document."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source = source
        self._notes = notes
        self._names: dict[str, str] = {}
        self._seen: set[str] = set()

    def name(self, tag: str) -> str:
        """Give an element's short name: Atom's own without prefix, known namespaces with ours, else the Clark name."""
        short = self._names.get(tag)
        if short is None:
            space, _, bare = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
            short = self._names[tag] = _PREFIXES[space] + bare.lower() if space in _PREFIXES else tag
        return short

    def _split(self, element: Any, known: frozenset[str]) -> tuple[dict[str, list[Any]], list[Any]]:  # noqa: ANN401
        got: dict[str, list[Any]] = {}
        others: list[Any] = []
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                short = self._names.get(tag) or self.name(tag)
                if short in known:
                    got.setdefault(short, []).append(child)
                else:
                    others.append(child)
        return got, others

    def entry(self, element: Any) -> Post | Comment:  # noqa: ANN401
        """Read an entry."""
        got, others = self._split(element, _KNOWN)
        links = self._links(got)
        stated = self._text(got, "id")
        url = next((link.href for link in links if link.rel in {None, "alternate"}), None)
        answered = got.get("thr:in-reply-to")
        is_comment = answered or _COMMENT.match(stated or "") or (stated is None and _COMMENT.match(url or ""))
        record_id = self._identify(stated, url, got, "comment" if is_comment else "post")
        if is_comment:
            return self._comment(record_id, url, got, others)
        return self._post(record_id, url, links, got, others, element)

    def _post(
        self,
        record_id: str,
        url: str | None,
        links: list[Link],
        got: dict[str, list[Any]],
        others: list[Any],
        element: Any,  # noqa: ANN401
    ) -> Post:
        title, title_html = self._title(got)
        content = self._content(got, "content")
        reviews, content = self._reviews(got, others, content)
        published = self._date(got, record_id, "published", "issued", "created")
        updated = self._changed(got, record_id, published)
        fields: dict[str, Any] = {
            "id": record_id,
            "url": url,
            "title": title,
            "title_html": title_html,
            "summary": self._content(got, "summary"),
            "content": content,
            "authors": self._people(got, "author") or tuple(Person(name=n) for n in self._texts(got, "dc:creator")),
            "terms": self._terms(got),
            "published": published,
            "updated": updated,
            "status": "published",
        }
        main = True
        kept: list[Link] = []
        for link in links:
            if link.rel in {None, "alternate"} and main and link.href == url:
                main = False
            elif link.rel == "enclosure":
                item = Enclosure(url=link.href, type=link.type, length=link.length, title=link.title)
                fields.setdefault("enclosures", []).append(item)
            elif link.rel == "replies":
                fields.setdefault("comments_url" if link.type == "text/html" else "comments_feed", link.href)
            else:
                kept.append(link)
        if "enclosures" in fields:
            fields["enclosures"] = tuple(fields["enclosures"])
        if kept:
            fields["links"] = tuple(kept)
        if reviews:
            fields["reviews"] = reviews
        fields |= self._rarer(got, element)
        if others:
            fields["extra"] = {"atom": {"elements": [tree(child, self._source.name) for child in others]}}
        return Post(**fields)

    def _rarer(self, got: dict[str, list[Any]], element: Any) -> dict[str, Any]:  # noqa: ANN401
        found: dict[str, Any] = {}
        if "contributor" in got:
            found["contributors"] = self._people(got, "contributor")
        counts = [whole(self._text(got, name)) for name in ("thr:total", "slash:comments") if name in got]
        counts += [
            whole(link.get(f"{{{ns.THR}}}count")) for link in got.get("link", ()) if link.get("rel") == "replies"
        ]
        known = [count for count in counts if count is not None]
        if known:
            found["comment_count"] = max(known)
        rights = self._text(got, "rights") or self._text(got, "copyright")
        if rights:
            found["rights"] = rights
        language = element.get(_LANG) or self._text(got, "dc:language")
        if language:
            found["language"] = language
        if "media:thumbnail" in got and got["media:thumbnail"][0].get("url"):
            found["image"] = got["media:thumbnail"][0].get("url")
        if "source" in got:
            found["source"] = self._feed_source(got["source"][0])
        if "wfw:commentrss" in got:
            found["comments_feed"] = self._text(got, "wfw:commentrss")
        return found

    def _comment(self, record_id: str, url: str | None, got: dict[str, list[Any]], others: list[Any]) -> Comment:
        title, _ = self._title(got)
        own = _COMMENT.match(record_id)
        post = own[1] if own is not None and record_id != url else None
        at = _COMMENT.match(url or "")
        post_url = at[1] if at is not None else None
        parent = None
        references = [child for child in got.get("thr:in-reply-to", ()) if child.get("ref")]
        for child in references:
            reference = child.get("ref")
            if reference == post:
                post_url = post_url or child.get("href")
            elif post is None and len(references) > 1 and child is not references[0]:
                post = reference  # our own feeds name the parent first, then the post
                post_url = post_url or child.get("href")
            elif parent is None:
                parent = reference
                if len(references) == 1 and post is None and _COMMENT.match(reference) is None:
                    post_url = post_url or child.get("href")
        if post is None and parent is not None and len(references) == 1:
            above = _COMMENT.match(parent)
            post = above[1] if above is not None and own is not None else None
        people = self._people(got, "author")
        published = self._date(got, record_id, "published", "issued", "created")
        return Comment(
            id=record_id,
            post=post,
            post_url=post_url,
            parent=parent,
            url=url,
            author=people[0] if people else None,
            title=None if title is None or _SYNTHETIC.match(title) else title,
            content=self._content(got, "content") or self._content(got, "summary"),
            published=published,
            updated=self._changed(got, record_id, published),
            status="approved",
            extra={"atom": {"elements": [tree(child, self._source.name) for child in others]}} if others else {},
        )

    def tombstone(self, element: Any) -> Tombstone | None:  # noqa: ANN401
        """Read a deleted-entry (RFC 6721 section 3); None, with a note, where it does not say what or when."""
        reference, when = element.get("ref"), dates.parse(element.get("when") or "", self._source.timezone)
        if not reference or when is None:
            self._notes.skipped(
                "a deleted-entry without ref or when", source=self._source.name, line=element.sourceline
            )
            return None
        said = {local(child): child for child in element if isinstance(child.tag, str)}
        return Tombstone(
            id=reference,
            when=when[0],
            by=self._person(said["by"]) if "by" in said else None,
            reason=text_of(said["comment"], self._source.name).strip() or None if "comment" in said else None,
        )

    # -- parts -------------------------------------------------------------------------------------------

    def _text(self, got: dict[str, list[Any]], name: str) -> str | None:
        for child in got.get(name, ()):
            text = ((child.text or "") if len(child) == 0 else text_of(child, self._source.name)).strip()
            if text:
                return text
        return None

    def _texts(self, got: dict[str, list[Any]], name: str) -> list[str]:
        found = (text_of(child, self._source.name).strip() for child in got.get(name, ()))
        return [text for text in found if text]

    def _identify(self, stated: str | None, url: str | None, got: dict[str, list[Any]], kind: str) -> str:
        record_id = stated or url
        if record_id is None:
            record_id = made_id(kind, self._text(got, "title"), self._text(got, "updated"), self._text(got, "content"))
        if stated is None:
            self._notes.altered(
                "an entry without id: its address serves, or one was made", source=self._source.name, record=record_id
            )
        if record_id in self._seen:
            again = made_id(kind, record_id, url, self._text(got, "title"), self._text(got, "updated"))
            self._notes.altered(
                f"a second entry with the id {record_id!r}: given its own", source=self._source.name, record=again
            )
            record_id = again
        self._seen.add(record_id)
        return record_id

    def _base(self, element: Any) -> str | None:  # noqa: ANN401
        base = element.base
        return (urljoin(self._source.url, base) if self._source.url else base) if base else self._source.url

    def _links(self, got: dict[str, list[Any]]) -> list[Link]:
        found = []
        for child in got.get("link", ()):
            href = child.get("href")
            if href:
                if "://" not in href:
                    base = self._base(child)
                    href = _joined(base, href)
                found.append(
                    Link(
                        href=href.strip(),
                        rel=child.get("rel"),
                        type=child.get("type"),
                        hreflang=child.get("hreflang"),
                        title=child.get("title"),
                        length=whole(child.get("length")),
                    )
                )
        found.sort(key=lambda link: link.rel in {None, "alternate"} and link.type not in {None, "text/html"})
        return found

    def _title(self, got: dict[str, list[Any]]) -> tuple[str | None, str | None]:
        for child in got.get("title", ()):
            kind, mode = (child.get("type") or "text").lower(), child.get("mode")
            if kind == "xhtml" or (mode == "xml" and len(child)):
                return plain_title(inner(_div(child), self._source.name))
            text = self._decoded(child)
            if kind in {"html", "text/html", "application/xhtml+xml"} or mode == "escaped":
                return plain_title(text)
            text = " ".join(text.split())
            return text or None, None
        return None, None

    def _content(self, got: dict[str, list[Any]], name: str) -> Content | None:
        for child in got.get(name, ()):
            kind, mode = (child.get("type") or "text").lower(), child.get("mode")
            base = self._base(child)
            src = child.get("src")
            if src:
                return Content(value="", src=_joined(self._base(child), src), media_type=child.get("type"), base=base)
            if kind == "xhtml" or (mode == "xml" and any(isinstance(part.tag, str) for part in child)):
                value, form = inner(_div(child), self._source.name), "html"
            elif kind in {"html", "text/html", "application/xhtml+xml"} or mode == "escaped":
                value, form = self._decoded(child), "html"
            elif kind in {"text", "text/plain"}:
                value, form = self._decoded(child), "text"
            else:
                return self._foreign(child, kind, base)
            if not value.strip():
                return None
            return Content(value=value, form="html" if form == "html" else "text", base=base, truncated=is_cut(value))
        return None

    def _foreign(self, element: Any, kind: str, base: str | None) -> Content | None:  # noqa: ANN401
        """Read a body of another media type (RFC 4287 section 4.1.3.3): text, XML, else Base64."""
        if kind.startswith("text/"):
            return Content(value=text_of(element, self._source.name), form="text", base=base, media_type=kind)
        if kind.endswith(("+xml", "/xml")):
            return Content(value=inner(element, self._source.name), base=base, media_type=kind)
        return Content(value=(element.text or "").strip(), form="text", base=base, media_type=kind)

    def _decoded(self, element: Any) -> str:  # noqa: ANN401
        text = text_of(element, self._source.name)
        if element.get("mode") == "base64":
            try:
                return base64.b64decode(text, validate=False).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                self._notes.dropped("base64 that cannot be decoded", source=self._source.name, line=element.sourceline)
                return ""
        return text

    def _date(self, got: dict[str, list[Any]], record_id: str, *names: str) -> dt.datetime | None:
        for name in names:
            text = self._text(got, name) if name in got else None
            if text is None:
                continue
            found = dates.parse(text, self._source.timezone)
            if found is None:
                self._notes.dropped(f"{name} {text!r} is no date", source=self._source.name, record=record_id)
                continue
            if found[1]:
                self._notes.altered(
                    f"{name} {text!r} names no zone: taken as {found[0].tzname()}",
                    source=self._source.name,
                    record=record_id,
                )
            return found[0]
        return None

    def _changed(self, got: dict[str, list[Any]], record_id: str, published: dt.datetime | None) -> dt.datetime | None:
        """Give the date of the last change; Atom demands one, so that of publication means that there was none."""
        updated = self._date(got, record_id, "updated", "modified")
        return None if updated == published else updated

    def _people(self, got: dict[str, list[Any]], role: str) -> tuple[Person, ...]:
        found = [self._person(child) for child in got.get(role, ())]
        return tuple(person for person in found if person != Person())

    def _person(self, element: Any) -> Person:  # noqa: ANN401
        said: dict[str, str] = {}
        for child in element:
            if isinstance(child.tag, str):
                text = text_of(child, self._source.name).strip()
                if text:
                    said.setdefault(local(child), text)
        if not said and (element.text or "").strip():
            return Person(name=element.text.strip())
        image = next(
            (child.get("src") for child in element if isinstance(child.tag, str) and local(child) == "image"), None
        )
        return Person(
            name=said.get("name"), email=said.get("email"), url=said.get("uri") or said.get("url"), avatar=image
        )

    def _terms(self, got: dict[str, list[Any]]) -> tuple[Term, ...]:
        found: list[Term] = []
        for child in got.get("category", ()):
            term, label = (child.get("term") or "").strip(), (child.get("label") or "").strip()
            name = html.unescape(label or term) or text_of(child, self._source.name).strip()
            made = Term(name=name, slug=term if label and term else None, scheme=child.get("scheme"))
            if name and made not in found:
                found.append(made)
        found += [Term(name=name) for name in self._texts(got, "dc:subject")]
        return tuple(found)

    def _reviews(
        self, got: dict[str, list[Any]], others: list[Any], content: Content | None
    ) -> tuple[tuple[Review, ...], Content | None]:
        ours = []
        for child in got.get("fk:review", ()):
            try:
                said = json.loads(child.text or "")
            except ValueError:
                continue
            found = reviewing.from_json_ld(said) if isinstance(said, dict) else None
            if found is not None:
                ours.append(found)
        if not ours:
            return (from_elements(others) if others else ()), content
        if content is not None:
            rest = reviewing.strip_html(content.value)
            content = (
                None
                if not rest
                else Content(value=rest, form=content.form, base=content.base, truncated=content.truncated)
            )
        return tuple(ours), content

    def _feed_source(self, element: Any) -> FeedSource:  # noqa: ANN401
        got, _ = self._split(element, _KNOWN_FEED)
        links = self._links(got)
        return FeedSource(
            id=self._text(got, "id"),
            title=self._title(got)[0],
            url=next((link.href for link in links if link.rel in {None, "alternate"}), None),
            feed_url=next((link.href for link in links if link.rel == "self"), None),
            updated=self._date(got, "source", "updated"),
        )

    def site(self, feed: Any) -> Site:  # noqa: ANN401
        """Read a feed's own elements."""
        got, others = self._split(feed, _KNOWN_FEED) if feed is not None else ({}, [])
        links = self._links(got)
        url = next((link.href for link in links if link.rel in {None, "alternate"}), None)
        feeds = tuple(dict.fromkeys(link.href for link in links if link.rel == "self"))
        title, _ = self._title(got)
        subtitle = self._text(got, "subtitle") or self._text(got, "tagline")
        kept = [tree(child, self._source.name) for child in others if not _VOLATILE.match(child.tag)]
        dull = {
            None,
            "alternate",
            "self",
            "hub",
            "next",
            "previous",
            "first",
            "last",
            "current",
            "prev-archive",
            "next-archive",
        }
        logo = self._text(got, "logo")
        return Site(
            id=self._text(got, "id")
            or url
            or (feeds[0] if feeds else None)
            or self._source.url
            or made_id("site", title),
            url=url,
            title=title,
            description=subtitle,
            language=(feed.get(_LANG) if feed is not None else None) or self._text(got, "dc:language"),
            rights=self._text(got, "rights") or self._text(got, "copyright"),
            generator=self._text(got, "generator"),
            feed_urls=feeds,
            authors=self._people(got, "author"),
            terms=self._terms(got),
            image=logo,
            icon=self._text(got, "icon"),
            hubs=tuple(link for link in links if link.rel == "hub"),
            links=tuple(link for link in links if link.rel not in dull),
            extra={"atom": {"elements": kept}} if kept else {},
        )


def _div(element: Any) -> Any:  # noqa: ANN401
    """The div that wraps XHTML is no part of it (RFC 4287 section 3.1.1.3)."""
    inside = [child for child in element if isinstance(child.tag, str)]
    if len(inside) == 1 and inside[0].tag == f"{{{ns.XHTML}}}div" and not (element.text or "").strip():
        return inside[0]
    return element


def _joined(base: str | None, href: str) -> str:
    try:
        return urljoin(base, href) if base else href
    except ValueError:
        return href
