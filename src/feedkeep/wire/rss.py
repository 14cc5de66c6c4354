"""RSS of every age: how an item says what a record holds. RSS 1.0 and 2.0 share nearly all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.content.wordpress import is_password_form
from feedkeep.models import Comment, Content, Enclosure, Post, Term
from feedkeep.wire import attachments, people, reviews, threads
from feedkeep.wire import namespaces as ns
from feedkeep.wire.addresses import has_scheme
from feedkeep.wire.elements import Fields, Names, has_markup, inner, kept, text_of
from feedkeep.wire.feed_texts import is_cut, plain_title, whole
from feedkeep.wire.rss_parts import Parts

if TYPE_CHECKING:
    from feedkeep.models import Link
    from feedkeep.wire.intake import Face, Intake

SPACES = frozenset(ns.RSS)
_BODIES = ("content:encoded", "xhtml:body", "body", "xhtml:div", "atom:content", "fullitem")
_SUMMARIES = ("description", "itunes:summary", "dc:description", "atom:summary")
_SAID = {"true": True, "false": False}
_REPLIES: dict[str | None, str] = {"text/html": "comments_url"}
_ABOUT = f"{{{ns.RDF}}}about"
_BASE = f"{{{ns.XML}}}base"
_LANG = f"{{{ns.XML}}}lang"


class ItemReader:
    """Reads the items of one document, for the format that is named in ``extra``."""

    def __init__(self, intake: Intake, format_name: str, space: str) -> None:
        self.names = Names("rss:", space)
        self.format = format_name
        self.intake = intake
        self.parts = Parts(intake)
        self._source = intake.source.name
        self._aliases: set[str] = set()

    def read(self, element: Any) -> Post | Comment:  # noqa: ANN401 — lxml's element type is private
        """Read an item."""
        got = Fields(element, self.names, self._source)
        stated, permalink = self._guid(got, element)
        url, links = self.parts.links(got, element)
        if "thr:in-reply-to" in got or threads.is_comment(stated, url):
            return self._comment(got, element, stated, permalink, url)
        if url is None and permalink and stated is not None and has_scheme(stated):
            url = stated
        return self._post(got, element, stated, permalink, url, links)

    def _post(
        self,
        got: Fields,
        element: Any,  # noqa: ANN401
        stated: str | None,
        permalink: bool | None,
        url: str | None,
        links: list[Link],
    ) -> Post:
        title, title_html = plain_title(got.text("title") or got.text("dc:title") or "")
        content, summary = self._bodies(got, element)
        if "fk:summary" in got and summary is None:  # our own feeds say so of a description that is no body
            got.all("fk:summary")
            content, summary = None, content
        record_id = stated or url or self._made_id("post", title, got, content)
        published, updated = self.parts.dates(got, record_id)
        authors = self.parts.authors(got)
        found: dict[str, Any] = {"terms": self.parts.terms(got)}
        if "comments" in got:
            found["comments_url"] = got.text("comments")
        if "wfw:commentrss" in got:
            found["comments_feed"] = got.text("wfw:commentrss")
        if "slash:comments" in got:
            found["comment_count"] = whole(got.text("slash:comments"))
        if got or links:  # most items of most feeds say nothing more
            content = self._rarer(got, links, title, content, found)
        return Post(
            id=record_id,
            permalink=permalink,
            url=url,
            title=title,
            title_html=title_html,
            content=content,
            summary=summary,
            authors=authors,
            published=published,
            updated=updated,
            status="published",
            **found,
        )

    def _rarer(
        self, got: Fields, links: list[Link], title: str | None, content: Content | None, found: dict[str, Any]
    ) -> Content | None:
        """Put what else there is into ``found``, by the names of Post's fields; give what is left of the body."""
        stars = reviews.ours(got) if "fk:review" in got else ()
        if stars:
            content = reviews.without_block(content)
            got.all("media:starrating")  # says again what the element of our own says
        if "thr:total" in got and found.get("comment_count") is None:
            found["comment_count"] = whole(got.text("thr:total"))
        attachments.read(got, self.format, self._source, found)
        for name, field in (("dc:language", "language"), ("dc:rights", "rights"), ("itunes:subtitle", "subtitle")):
            if name in got:
                found[field] = got.text(name)
        if "dc:contributor" in got:
            found["contributors"] = tuple(map(people.person, got.texts("dc:contributor")))
        _sort_links(links, found)
        rest = got.rest()
        if rest:
            found["extra"] = {self.format: {"elements": kept(rest, self._source)}}
            said = reviews.described(rest, title)
            stars = stars or said.reviews
            if said.alias is not None and said.alias not in self._aliases:  # the same film twice in a day
                self._aliases.add(said.alias)
                found["aliases"] = (said.alias,)
            if said.shelves:
                shelved = (Term(name=name, taxonomy="shelf") for name in said.shelves)
                found["terms"] = (*found["terms"], *shelved)
        found["reviews"] = stars
        return content

    def _comment(
        self,
        got: Fields,
        element: Any,  # noqa: ANN401
        stated: str | None,
        permalink: bool | None,
        url: str | None,
    ) -> Comment:
        title, _ = plain_title(got.text("title") or "")
        content, summary = self._bodies(got, element)
        record_id = stated or url or self._made_id("comment", title, got, content)
        content = content or summary
        references = [(child.get("ref"), child.get("href")) for child in got.all("thr:in-reply-to")]
        where = threads.place(record_id, url, references)
        published, updated = self.parts.dates(got, record_id)
        authors = self.parts.authors(got)
        author = authors[0] if authors else None
        if title is not None and threads.is_made_title(title, author.name if author else None, content):
            title = None
        rest = got.rest()
        return Comment(
            id=record_id,
            permalink=permalink,
            post=where.post,
            post_url=where.post_url,
            parent=where.parent,
            url=url,
            author=author,
            title=title,
            content=content,
            published=published,
            updated=updated,
            status="approved",
            extra={self.format: {"elements": kept(rest, self._source)}} if rest else {},
        )

    def _guid(self, got: Fields, element: Any) -> tuple[str | None, bool | None]:  # noqa: ANN401
        child = got.first("guid", lambda guid: guid if text_of(guid, self._source).strip() else None)
        if child is not None:
            said = child.get("isPermaLink") or child.get("ispermalink")
            return text_of(child, self._source).strip(), None if said is None else _SAID.get(said.strip().lower())
        about = element.get(_ABOUT) or got.text("atom:id")
        return (about.strip() or None if about else None), None

    def _made_id(self, kind: str, title: str | None, got: Fields, content: Content | None) -> str:
        return self.intake.made(kind, title, got.peek("pubdate"), content.value if content else None)

    def _bodies(self, got: Fields, element: Any) -> tuple[Content | None, Content | None]:  # noqa: ANN401
        body = short = None
        for name in _BODIES:
            if name in got and (body := self._body(got, name, element)) is not None:
                break
        for name in _SUMMARIES:
            if name in got and (short := self._body(got, name, element)) is not None:
                break
        if body is not None and is_password_form(body.value):  # and the description says so in words
            return None, None
        if body is None:
            return short, None
        return body, None if short is None or short.value == body.value else short

    def _body(self, got: Fields, name: str, element: Any) -> Content | None:  # noqa: ANN401
        def made(child: Any) -> Content | None:  # noqa: ANN401
            text = inner(child, self._source) if has_markup(child) else text_of(child, self._source)
            if not text or text.isspace():
                return None
            base = self.parts.base(child if child.get(_BASE) else element)
            return Content(value=text, base=base, truncated=is_cut(text))

        return got.first(name, made)


def _sort_links(links: list[Link], found: dict[str, Any]) -> None:
    """Put links where a field is for them."""
    others = []
    enclosures: dict[str, Enclosure] = {item.url: item for item in found.get("enclosures", ())}
    for link in links:
        if link.rel == "enclosure":
            item = Enclosure(url=link.href, type=link.type, length=link.length, title=link.title)
            enclosures.setdefault(item.url, item)
        elif link.rel == "replies" and (field := _REPLIES.get(link.type, "comments_feed")) not in found:
            found[field] = link.href
        else:
            others.append(link)
    if enclosures:
        found["enclosures"] = tuple(enclosures.values())
    if others:
        found["links"] = tuple(others)


def face(record: Post | Comment) -> Face:
    """What tells two items apart that claim the same guid."""
    when = None if record.url is not None or record.published is None else record.published.isoformat()
    return record.url, record.title, when
