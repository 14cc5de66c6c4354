"""RSS of every age: how its items and channels say what a record holds. RSS 1.0 and 2.0 share nearly all of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from feedkeep.content import review as reviewing
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Enclosure, FeedSource, Link, Person, Post, Review, Site, Term
from feedkeep.wire import dates
from feedkeep.wire import namespaces as ns
from feedkeep.wire.elements import inner, is_cut, local, plain_title, seconds, text_of, tree, whole
from feedkeep.wire.reviews import from_elements

if TYPE_CHECKING:
    import datetime as dt

    from feedkeep.notes import Notes
    from feedkeep.source import Source

# RSS 2.0 has no namespace; these are what its earlier specifications and its imitators put it in.
SPACES = frozenset(
    {
        "",
        "http://backend.userland.com/rss",
        "http://backend.userland.com/rss2",
        "http://backend.userland.com/rss091",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://channel.netscape.com/rdf/simple/0.9/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://purl.org/net/rss1.1#",
        "http://purl.org/rss/1.0/",
        "http://purl.org/rss/1.0/modules/rss091#",
    }
)
_PREFIXES = {
    ns.ATOM: "atom",
    ns.CONTENT: "content",
    ns.DC: "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    ns.DCTERMS: "dcterms",
    ns.FEEDKEEP: "fk",
    ns.ITUNES: "itunes",
    "http://www.itunes.com/DTDs/PodCast-1.0.dtd": "itunes",
    ns.MEDIA: "media",
    "http://search.yahoo.com/mrss": "media",
    ns.SLASH: "slash",
    ns.THR: "thr",
    ns.WFW: "wfw",
    ns.XHTML: "xhtml",
}
_KNOWN = frozenset(
    [
        "title",
        "link",
        "description",
        "guid",
        "pubdate",
        "author",
        "category",
        "comments",
        "enclosure",
        "source",
        "content:encoded",
        "dc:creator",
        "dc:contributor",
        "dc:date",
        "dc:subject",
        "dc:title",
        "dc:description",
        "dc:language",
        "dc:rights",
        "dcterms:modified",
        "dcterms:created",
        "dcterms:issued",
        "itunes:author",
        "itunes:duration",
        "itunes:subtitle",
        "itunes:summary",
        "itunes:image",
        "media:content",
        "media:thumbnail",
        "media:group",
        "slash:comments",
        "wfw:commentrss",
        "thr:in-reply-to",
        "thr:total",
        "atom:link",
        "atom:id",
        "atom:updated",
        "atom:published",
        "atom:summary",
        "atom:author",
        "fk:review",
        "xhtml:body",
        "body",
    ]
)
_KNOWN_CHANNEL = frozenset(
    [
        "title",
        "link",
        "description",
        "language",
        "copyright",
        "managingeditor",
        "webmaster",
        "generator",
        "image",
        "category",
        "atom:link",
        "atom:id",
        "lastbuilddate",
        "pubdate",
        "dc:language",
        "dc:rights",
        "dc:creator",
        "dc:title",
        "dc:description",
        "dc:date",
        "items",
        "item",
        "textinput",
        "itunes:author",
        "itunes:image",
        "atom:updated",
    ]
)
_COMMENT = re.compile(r"^(.*?)[?&]?(?:showComment=\d+)?#(?:comment-?|c)(\d+)$")
_SYNTHETIC = re.compile(r"^(?:By: .+|Comment on .+ by .+|Re: .*|Von: .+|Kommentar zu .+)$", re.DOTALL)
_MAIL = re.compile(r"^\s*(?:mailto:)?([^\s()<>@,;]+@[^\s()<>@,;]+)\s*(?:\((.*)\)|<>)?\s*$", re.DOTALL)
_NAME_MAIL = re.compile(r"^\s*(.*?)\s*[(<]\s*(?:mailto:)?([^\s()<>]+@[^\s()<>]+)\s*[)>]\s*$", re.DOTALL)


class Reader:
    """Reads the items and the channel of one document."""

    def __init__(self, source: Source, notes: Notes, format_name: str) -> None:
        self._source = source
        self._notes = notes
        self._format = format_name
        self._names: dict[str, str] = {}
        self._seen: set[str] = set()

    def name(self, tag: str) -> str:
        """Give an element's short name: RSS's own without prefix, known namespaces with ours, else the Clark name."""
        short = self._names.get(tag)
        if short is None:
            space, _, bare = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
            if space in SPACES:
                short = bare.lower()
            else:
                short = f"{_PREFIXES[space]}:{bare.lower()}" if space in _PREFIXES else tag
            self._names[tag] = short
        return short

    def item(self, element: Any) -> Post | Comment:  # noqa: ANN401
        """Read an item."""
        got: dict[str, list[Any]] = {}
        others: list[Any] = []
        for child in element:
            tag = child.tag
            if isinstance(tag, str):
                short = self._names.get(tag) or self.name(tag)
                if short in _KNOWN:
                    got.setdefault(short, []).append(child)
                else:
                    others.append(child)
        guid, permalink = self._guid(got, element)
        link = self._link(got)
        stated = self._text(got, "atom:id") if guid is None else guid
        answered = got.get("thr:in-reply-to")
        about = _COMMENT.match(stated or "") or _COMMENT.match(link or "")
        record_id = self._identify(stated, link, got, "comment" if about or answered else "post")
        if about or answered:
            return self._comment(record_id, permalink, link, got, others)
        return self._post(record_id, permalink, link, got, others)

    def _post(
        self,
        record_id: str,
        permalink: bool | None,
        link: str | None,
        got: dict[str, list[Any]],
        others: list[Any],
    ) -> Post:
        title, title_html = plain_title(self._text(got, "title") or self._text(got, "dc:title") or "")
        content, summary = self._bodies(got)
        reviews, content = self._reviews(got, others, content)
        fields: dict[str, Any] = {
            "id": record_id,
            "permalink": permalink,
            "url": link,
            "title": title,
            "title_html": title_html,
            "summary": summary,
            "content": content,
            "authors": self._people(got),
            "terms": self._terms(got),
            "published": self._date(
                got, record_id, "pubdate", "dcterms:issued", "atom:published", "dc:date", "dcterms:created"
            ),
            "updated": self._date(got, record_id, "dcterms:modified", "atom:updated"),
            "status": "published",
        }
        if len(got) > 6:  # the rarer ones; most items of most feeds have none of them
            fields |= self._rarer(got)
        if reviews:
            fields["reviews"] = reviews
        if others:
            kept = [tree(child, self._source.name) for child in others]
            if kept:
                fields["extra"] = {self._format: {"elements": kept}}
        return Post(**fields)

    def _rarer(self, got: dict[str, list[Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if "dc:contributor" in got:
            found["contributors"] = tuple(Person(name=n) for n in self._texts(got, "dc:contributor"))
        if "comments" in got:
            found["comments_url"] = self._text(got, "comments")
        if "slash:comments" in got or "thr:total" in got:
            found["comment_count"] = whole(self._text(got, "slash:comments") or self._text(got, "thr:total"))
        if "wfw:commentrss" in got:
            found["comments_feed"] = self._text(got, "wfw:commentrss")
        for field, key in (("language", "dc:language"), ("rights", "dc:rights"), ("subtitle", "itunes:subtitle")):
            if key in got:
                found[field] = self._text(got, key)
        if "enclosure" in got or "media:content" in got or "media:group" in got:
            found["enclosures"] = tuple(self._enclosures(got))
        image = got.get("media:thumbnail") or got.get("itunes:image")
        if image:
            found["image"] = image[0].get("url") or image[0].get("href")
        if "source" in got:
            told = got["source"][0]
            found["source"] = FeedSource(title=(told.text or "").strip() or None, url=told.get("url"))
        links = tuple(
            Link(href=child.get("href"), rel=child.get("rel"), type=child.get("type"), title=child.get("title"))
            for child in got.get("atom:link", ())
            if child.get("href") and child.get("rel") not in {None, "alternate", "self", "enclosure", "replies"}
        )
        if links:
            found["links"] = links
        return {key: value for key, value in found.items() if value}

    def _comment(
        self,
        record_id: str,
        permalink: bool | None,
        link: str | None,
        got: dict[str, list[Any]],
        others: list[Any],
    ) -> Comment:
        title, _ = plain_title(self._text(got, "title") or "")
        content, summary = self._bodies(got)
        post = parent = post_url = None
        own = _COMMENT.match(record_id)
        if own is not None and not (permalink or record_id == link):
            post = own[1]
        at = _COMMENT.match(link or "")
        if at is not None:
            post_url = at[1]
        for child in got.get("thr:in-reply-to", ()):
            reference = child.get("ref")
            if reference is None or reference == post:
                post_url = post_url or (child.get("href") if reference == post else None)
            elif _COMMENT.match(reference) or parent is None:
                if _COMMENT.match(reference) is None and own is None and post is None and child.get("href"):
                    post_url = child.get("href")
                parent = reference
        people = self._people(got)
        return Comment(
            id=record_id,
            permalink=permalink,
            post=post,
            post_url=post_url,
            parent=parent,
            url=link,
            author=people[0] if people else None,
            title=None if title is None or _SYNTHETIC.match(title) else title,
            content=content or summary,
            published=self._date(got, record_id, "pubdate", "dc:date", "atom:published"),
            updated=self._date(got, record_id, "dcterms:modified", "atom:updated"),
            status="approved",
            extra={self._format: {"elements": [tree(c, self._source.name) for c in others]}} if others else {},
        )

    # -- parts -------------------------------------------------------------------------------------------

    def _text(self, got: dict[str, list[Any]], name: str) -> str | None:
        for child in got.get(name, ()):
            text = (child.text or "") if len(child) == 0 else text_of(child, self._source.name)
            text = text.strip()
            if text:
                return text
        return None

    def _texts(self, got: dict[str, list[Any]], name: str) -> list[str]:
        found = (text_of(child, self._source.name).strip() for child in got.get(name, ()))
        return [text for text in found if text]

    def _guid(self, got: dict[str, list[Any]], element: Any) -> tuple[str | None, bool | None]:  # noqa: ANN401
        for child in got.get("guid", ()):
            text = (child.text or "").strip()
            if text:
                said = (child.get("isPermaLink") or child.get("ispermalink") or "").strip().lower()
                return text, {"true": True, "false": False}.get(said)
        about = element.get(f"{{{ns.RDF}}}about")
        return (about.strip() or None) if about else None, None

    def _link(self, got: dict[str, list[Any]]) -> str | None:
        for child in got.get("link", ()):
            text = (child.text or "").strip() or (child.get("href") or "").strip()
            if text:
                return text
        for child in got.get("atom:link", ()):
            if child.get("rel") in {None, "alternate"} and child.get("href"):
                return str(child.get("href"))
        return None

    def _identify(self, stated: str | None, link: str | None, got: dict[str, list[Any]], kind: str) -> str:
        record_id = stated or link
        if record_id is None:
            record_id = made_id(
                kind, self._text(got, "title"), self._text(got, "pubdate"), self._text(got, "description")
            )
            self._notes.altered(
                "an item without id and link: an id was made", source=self._source.name, record=record_id
            )
        if record_id in self._seen:
            again = made_id(kind, record_id, link, self._text(got, "title"), self._text(got, "pubdate"))
            self._notes.altered(
                f"a second item with the id {record_id!r}: given its own", source=self._source.name, record=again
            )
            record_id = again
        self._seen.add(record_id)
        return record_id

    def _bodies(self, got: dict[str, list[Any]]) -> tuple[Content | None, Content | None]:
        whole_body = self._body(got, "content:encoded")
        if whole_body is None:
            for child in (*got.get("xhtml:body", ()), *got.get("body", ())):
                whole_body = inner(child, self._source.name).strip() or None
        short = self._body(got, "description")
        if short is None:
            short = (
                self._body(got, "itunes:summary")
                or self._body(got, "dc:description")
                or self._body(got, "atom:summary")
            )
        if whole_body is None:
            return (None if short is None else Content(value=short, truncated=is_cut(short))), None
        body = Content(value=whole_body, truncated=is_cut(whole_body))
        return body, None if short is None else Content(value=short)

    def _body(self, got: dict[str, list[Any]], name: str) -> str | None:
        for child in got.get(name, ()):
            if len(child) == 0:
                text = child.text or ""
                if len(text) > 1 << 20:
                    text = text_of(child, self._source.name)
            elif any(isinstance(part.tag, str) for part in child):
                text = inner(child, self._source.name)  # markup that nobody escaped
            else:
                text = text_of(child, self._source.name)
            if text.strip():
                return text
        return None

    def _date(self, got: dict[str, list[Any]], record_id: str, *names: str) -> dt.datetime | None:
        for name in names:
            if name in got:
                text = self._text(got, name)
                if text is None:
                    continue
                found = dates.parse(text, self._source.timezone)
                if found is not None:
                    if found[1]:
                        self._notes.altered(
                            f"{name} {text!r} names no zone: taken as {found[0].tzname()}",
                            source=self._source.name,
                            record=record_id,
                        )
                    return found[0]
                self._notes.dropped(f"{name} {text!r} is no date", source=self._source.name, record=record_id)
        return None

    def _people(self, got: dict[str, list[Any]]) -> tuple[Person, ...]:
        people = [_person(text) for text in self._texts(got, "author")]
        names = {person.name for person in people}
        people += [_person(text) for text in self._texts(got, "dc:creator") if text not in names]
        if not people:
            people = [_person(text) for text in self._texts(got, "itunes:author")]
            for child in got.get("atom:author", ()):
                said = {local(part): (part.text or "").strip() or None for part in child if isinstance(part.tag, str)}
                people.append(Person(name=said.get("name"), email=said.get("email"), url=said.get("uri")))
        return tuple(_distinct(people))

    def _terms(self, got: dict[str, list[Any]]) -> tuple[Term, ...]:
        terms: list[Term] = []
        for child in got.get("category", ()):
            name = text_of(child, self._source.name).strip()
            if name:
                terms.append(Term(name=name, scheme=child.get("domain")))
        terms += [Term(name=name) for name in self._texts(got, "dc:subject")]
        return tuple(_distinct(terms))

    def _enclosures(self, got: dict[str, list[Any]]) -> list[Enclosure]:
        duration = seconds(self._text(got, "itunes:duration") or "")
        found = []
        for child in got.get("enclosure", ()):
            if child.get("url"):
                length = whole(child.get("length"))
                found.append(
                    Enclosure(url=child.get("url"), type=child.get("type"), length=length or None, duration=duration)
                )
        media = [*got.get("media:content", ())]
        for group in got.get("media:group", ()):
            media += [child for child in group if isinstance(child.tag, str) and local(child) == "content"]
        known = {item.url for item in found}
        for child in media:
            url = child.get("url")
            if url and url not in known:
                known.add(url)
                title = next(
                    (part.text for part in child if isinstance(part.tag, str) and local(part) == "title"), None
                )
                spent = seconds(child.get("duration") or "")
                length = whole(child.get("fileSize"))
                found.append(Enclosure(url=url, type=child.get("type"), length=length, title=title, duration=spent))
        return found

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
        if ours:
            if content is not None:
                rest = reviewing.strip_html(content.value)
                content = None if not rest else Content(value=rest, base=content.base, truncated=content.truncated)
            return tuple(ours), content
        return (from_elements(others) if others else ()), content

    # -- the channel -------------------------------------------------------------------------------------

    def site(self, channel: Any, images: list[Any]) -> Site:  # noqa: ANN401
        """Read a channel; ``images`` are image elements beside it, as RSS 1.0 has them."""
        got: dict[str, list[Any]] = {}
        others: list[Any] = []
        for child in channel if channel is not None else ():
            if isinstance(child.tag, str):
                short = self.name(child.tag)
                (got.setdefault(short, []) if short in _KNOWN_CHANNEL else others).append(child)
        link = self._link(got)
        feeds = tuple(
            dict.fromkeys(c.get("href") for c in got.get("atom:link", ()) if c.get("rel") == "self" and c.get("href"))
        )
        title, _ = plain_title(self._text(got, "title") or self._text(got, "dc:title") or "")
        editor = self._text(got, "managingeditor") or self._text(got, "dc:creator")
        kept = [tree(child, self._source.name) for child in others if self.name(child.tag) not in _VOLATILE]
        image = None
        for child in (*got.get("image", ()), *images):
            for part in child:
                if isinstance(part.tag, str) and local(part) == "url" and part.text:
                    image = image or part.text.strip()
        for child in got.get("itunes:image", ()):
            image = image or child.get("href")
        return Site(
            id=self._text(got, "atom:id")
            or link
            or (feeds[0] if feeds else None)
            or self._source.url
            or made_id("site", title),
            url=link,
            title=title,
            description=self._text(got, "description") or self._text(got, "dc:description"),
            language=self._text(got, "language") or self._text(got, "dc:language"),
            rights=self._text(got, "copyright") or self._text(got, "dc:rights"),
            generator=self._text(got, "generator"),
            feed_urls=feeds,
            authors=(_person(editor),) if editor else (),
            terms=self._terms(got),
            image=image,
            hubs=tuple(
                Link(href=c.get("href"), rel="hub")
                for c in got.get("atom:link", ())
                if c.get("rel") == "hub" and c.get("href")
            ),
            extra={self._format: {"elements": kept}} if kept else {},
        )


# Different at every reading, or about one document of the feed and not about the blog.
_VOLATILE = frozenset(
    {
        "ttl",
        "cloud",
        f"{{{ns.HISTORY}}}archive",
        f"{{{ns.HISTORY}}}complete",
        "http://a9.com/-/spec/opensearch/1.1/",
        "{http://a9.com/-/spec/opensearchrss/1.0/}totalResults",
        "{http://a9.com/-/spec/opensearchrss/1.0/}startIndex",
        "{http://a9.com/-/spec/opensearchrss/1.0/}itemsPerPage",
    }
)


def _person(text: str) -> Person:
    mail = _MAIL.match(text)
    if mail is not None:
        return Person(name=(mail[2] or "").strip() or None, email=mail[1])
    named = _NAME_MAIL.match(text)
    if named is not None:
        return Person(name=named[1] or None, email=named[2])
    return Person(name=text)


def _distinct(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
