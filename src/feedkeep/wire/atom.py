"""Atom 1.0 and 0.3: how an entry says what a record holds (RFC 4287, 4685, 6721)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from feedkeep.models import Comment, Content, Enclosure, FeedSource, Person, Post, Term, Tombstone
from feedkeep.wire import blogger, dates, people, reviews, threads
from feedkeep.wire import namespaces as ns
from feedkeep.wire.addresses import has_scheme, joined, read_link
from feedkeep.wire.atom_texts import Texts
from feedkeep.wire.elements import Fields, Names, kept, text_of, whole, within

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import CommentStatus, Link
    from feedkeep.wire.intake import Face, Intake

SPACES = frozenset({ns.ATOM, ns.ATOM_03})
_UNKNOWN = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_PUBLISHED = ("published", "issued", "created", "dc:date")
_UPDATED = ("updated", "modified")
_ALTERNATE = frozenset({None, "alternate"})
_PAGES = frozenset({None, "text/html", "application/xhtml+xml"})
_MADE = f"{{{ns.FEEDKEEP}}}made"  # our own feeds say so of an author that only the standard wanted
_COUNT = f"{{{ns.THR}}}count"
_LANG = f"{{{ns.XML}}}lang"
_COMMENT_STATUS: dict[str | None, CommentStatus] = {None: "approved", "published": "approved", "trashed": "trashed"}


class EntryReader:
    """Reads the entries of one document."""

    def __init__(self, intake: Intake, space: str) -> None:
        self.names = Names("atom:", space)
        self.intake = intake
        self.texts = Texts(intake.source, intake.notes)
        self.settings: dict[str, str] | None = None  # of a Blogger export, by name; None where nobody asks for them
        self.home: str | None = None  # the blog's address, for entries that give the path of theirs alone
        self._source = intake.source.name

    def read(self, element: Any) -> Post | Comment | None:  # noqa: ANN401 — lxml's element type is private
        """Read an entry; None, with a note, for what is no entry of a blog."""
        got = Fields(element, self.names, self._source)
        stated = got.text("id")
        counted = [whole(count) for link in got.get("link", ()) if (count := link.get(_COUNT)) is not None]
        url, links = self.links(got)
        said = blogger.read(got, stated, links)
        if said.kind == "settings" and self.settings is not None:
            body = self.texts.content(got.all("content"))
            self.settings[(stated or "").rpartition(".")[2]] = body.value if body is not None else ""
            return None
        if said.kind in {"settings", "template"}:
            self.intake.notes.skipped(f"an entry that is Blogger's {said.kind}", source=self._source, record=stated)
            return None
        if said.kind == "comment" or "thr:in-reply-to" in got or threads.is_comment(stated, url):
            return self._comment(got, stated, url, said)
        return self._post(got, element, stated, url, links, said, counted)

    def _post(
        self,
        got: Fields,
        element: Any,  # noqa: ANN401
        stated: str | None,
        url: str | None,
        links: list[Link],
        said: blogger.Said,
        counted: list[int | None],
    ) -> Post:
        title, title_html = self.texts.title(got.all("title"))
        content, summary = self.texts.content(got.all("content")), self.texts.content(got.all("summary"))
        record_id = self._identify("post", got, stated, url, title, content)
        published, updated = self.dates(got, record_id)
        found: dict[str, Any] = {"authors": self.people(got, "author")}
        terms = self.terms(got)
        if "thr:total" in got:
            counted.append(whole(got.text("thr:total")))
        if links:
            _sort_links(links, found)
        language = element.get(_LANG)
        if language:
            found["language"] = language
        if said.filename:
            if self.home:
                url = url or joined(self.home, said.filename)
            else:
                found["extra"] = {**found.get("extra", {}), "filename": said.filename}
            found["slug"] = said.filename.rstrip("/").rpartition("/")[2].removesuffix(".html") or None
        if got or "extra" in found:  # most entries of most feeds say nothing more
            content = self._rarer(got, title, content, found, counted)
        return Post(
            id=record_id,
            url=url,
            kind="page" if said.kind == "page" else "post",
            title=title,
            title_html=title_html,
            content=content,
            summary=summary,
            terms=terms,
            published=published,
            updated=updated,
            status=said.status or "published",
            comment_count=max((count for count in counted if count is not None), default=None) if counted else None,
            **found,
        )

    def _rarer(
        self, got: Fields, title: str | None, content: Content | None, found: dict[str, Any], counted: list[int | None]
    ) -> Content | None:
        """Put what else there is into ``found``, by the names of Post's fields; give what is left of the body."""
        stars = reviews.ours(got) if "fk:review" in got else ()
        if stars:
            content = reviews.without_block(content)
            got.all("media:starrating")  # says again what the element of our own says
        if "slash:comments" in got:
            counted.append(whole(got.text("slash:comments")))
        if "wfw:commentrss" in got:
            found["comments_feed"] = got.text("wfw:commentrss")
        if "contributor" in got:
            found["contributors"] = self.people(got, "contributor")
        found["rights"] = self.texts.plain([*got.all("rights"), *got.all("copyright")]) or got.text("dc:rights")
        if "language" not in found:
            found["language"] = got.text("dc:language")
        picture = got.one("media:thumbnail")
        if picture is not None:
            found["image"] = (picture.get("url") or "").strip() or None
        if "source" in got:
            self._taken_from(got.one("source"), found)
        rest = got.rest()
        if rest:
            found["extra"] = {"atom": {"elements": kept(rest, self._source), **found.get("extra", {})}}
            stars = stars or reviews.described(rest, title).reviews
        elif "extra" in found:
            found["extra"] = {"atom": found["extra"]}
        found["reviews"] = stars
        return content

    def _comment(self, got: Fields, stated: str | None, url: str | None, said: blogger.Said) -> Comment:
        title, _ = self.texts.title(got.all("title"))
        content = self.texts.content([*got.all("content"), *got.all("summary")])
        record_id = self._identify("comment", got, stated, url, title, content)
        references = [(child.get("ref"), child.get("href")) for child in got.all("thr:in-reply-to")]
        where = threads.place(record_id, url, references)
        post, parent = where.post, where.parent
        # Blogger's ids of posts and comments look alike: one alone is taken for the post's, of two the post's is last
        if said.post is not None or (post is None and parent is not None and blogger.is_post(parent, record_id)):
            post, parent = said.post or parent, said.parent
        elif post is not None and said.parent is not None:
            parent = said.parent
        published, updated = self.dates(got, record_id)
        authors = self.people(got, "author")
        author = authors[0] if authors else None
        if title is not None and threads.is_made_title(title, author.name if author else None, content):
            title = None
        rest = got.rest()
        return Comment(
            id=record_id,
            post=post,
            post_url=where.post_url,
            parent=parent,
            url=url,
            author=author,
            title=title,
            content=content,
            published=published,
            updated=updated,
            status=said.comment or _COMMENT_STATUS.get(said.status, "pending"),
            extra={"atom": {"elements": kept(rest, self._source)}} if rest else {},
        )

    def tombstone(self, element: Any) -> Tombstone | None:  # noqa: ANN401
        """Read a deleted-entry (RFC 6721 section 3); None, with a note, where it does not say what or when."""
        reference, when = element.get("ref"), dates.parse(element.get("when") or "", self.intake.source.timezone)
        if not reference or when is None:
            what = "a deleted-entry without ref or when"
            self.intake.notes.skipped(what, source=self._source, line=element.sourceline, record=reference)
            return None
        said = dict(within(element))
        return Tombstone(
            id=reference,
            when=when[0],
            by=self._person(said["by"]) if "by" in said else None,
            reason=text_of(said["comment"], self._source).strip() or None if "comment" in said else None,
        )

    # -- parts -------------------------------------------------------------------------------------------

    def _identify(
        self, kind: str, got: Fields, stated: str | None, url: str | None, title: str | None, content: Content | None
    ) -> str:
        if stated is not None:
            return stated
        if url is not None:
            self.intake.notes.altered(f"a {kind} without id: its address serves", source=self._source, record=url)
            self.intake.addressed.add(url)
            return url
        return self.intake.made(kind, title, got.peek("updated"), content.value if content else None)

    def links(self, got: Fields) -> tuple[str | None, list[Link]]:
        """Give the entry's own address, and all links but that one."""
        links = []
        for child in got.all("link"):
            href = (child.get("href") or "").strip()
            if not href:
                if child.attrib:
                    got.put_back("link", child)
                continue
            links.append(read_link(child, self.absolute(child, href)))
        own = [link for link in links if link.rel in _ALTERNATE]
        if not own:
            return None, links
        main = next((link for link in own if link.type in _PAGES), own[0])
        return main.href, [link for link in links if link is not main]

    def absolute(self, element: Any, address: str) -> str:  # noqa: ANN401
        """Make an address that ``element`` gives absolute, by xml:base or the feed's own address."""
        if has_scheme(address):
            return address
        base, own = element.base, self.intake.source.url
        return joined(joined(own, base) if base else own, address)

    def dates(self, got: Fields, record_id: str) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Read when it was published, and when it was changed.

        Atom demands a date of the last change; where it is that of publication, there was no change, and where it
        is that of the first second of all, nobody knows.
        """
        published = self._date(got, record_id, _PUBLISHED)
        updated = self._date(got, record_id, _UPDATED)
        return published, None if updated in {published, _UNKNOWN} else updated

    def _date(self, got: Fields, record_id: str, names: Iterable[str]) -> dt.datetime | None:
        found: dt.datetime | None = None
        for name in names:
            child = got.one(name)
            if child is None:
                continue
            text = text_of(child, self._source).strip()
            if found is None:
                found = self.intake.moment(text, name, record_id) if text else None
            elif self.intake.silent(text) != found:
                got.put_back(name, child)
        return found

    def people(self, got: Fields, role: str) -> tuple[Person, ...]:
        """Read authors or contributors; where Atom names no author, Dublin Core may."""
        stated = [element for element in got.all(role) if element.get(_MADE) is None]
        found = [person for person in map(self._person, stated) if person != Person()]
        if not found and role == "author" and "dc:creator" in got:
            found = [Person(name=name) for name in got.texts("dc:creator")]
        return people.united(found)

    def _person(self, element: Any) -> Person:  # noqa: ANN401
        said: dict[str, str] = {}
        others = []
        for name, part in within(element):
            text = text_of(part, self._source).strip()
            if name in {"name", "email", "uri", "url"} and name not in said:
                if text:
                    said[name] = self.absolute(part, text) if name[0] == "u" else text
            elif name == "image" and part.get("src") and "image" not in said:
                said["image"] = part.get("src").strip()
            elif text or part.attrib:
                others.append(part)
        if not said and not others:
            return Person(name=(element.text or "").strip() or None)
        return Person(
            name=said.get("name"),
            email=said.get("email"),
            url=said.get("uri") or said.get("url"),
            avatar=said.get("image"),
            extra={"atom": {"elements": kept(others, self._source)}} if others else {},
        )

    def terms(self, got: Fields) -> tuple[Term, ...]:
        """Read categories and subjects, each once."""
        found: dict[tuple[str | None, ...], Term] = {}
        for child in got.all("category"):
            term, label = (child.get("term") or "").strip(), (child.get("label") or "").strip()
            name = label or term or text_of(child, self._source).strip()
            if name:
                slug, scheme = (term or None) if label else None, child.get("scheme")
                found[name, slug, scheme] = Term(name=name, slug=slug, scheme=scheme)
        for name in got.texts("dc:subject") if "dc:subject" in got else ():
            found.setdefault((name, None, None), Term(name=name))
        return tuple(found.values())

    def _taken_from(self, element: Any, found: dict[str, Any]) -> None:  # noqa: ANN401
        """Read the feed that an entry was taken from; its authors are those of an entry that names none."""
        got = Fields(element, self.names, self._source)
        own = got.text("id")
        url, links = self.links(got)
        updated = got.peek("updated")
        feed_urls = [link for link in links if link.rel == "self"]
        found["source"] = FeedSource(
            id=own,
            title=self.texts.plain(got.all("title")),
            url=url,
            feed_url=feed_urls[0].href if feed_urls else None,
            updated=self.intake.silent(updated) if updated else None,
        )
        if "author" in got and not found["authors"]:
            found["authors"] = self.people(got, "author")
        got.all("updated")
        rest = got.rest()
        if rest:
            found["extra"] = {"source": kept(rest, self._source)}


def _sort_links(links: list[Link], found: dict[str, Any]) -> None:
    """Put links where a field is for them."""
    others = []
    enclosures = []
    for link in links:
        if link.rel == "enclosure":
            enclosures.append(Enclosure(url=link.href, type=link.type, length=link.length, title=link.title))
        elif link.rel == "replies":
            field = "comments_url" if link.type == "text/html" else "comments_feed"
            if field in found:
                others.append(link)
            found.setdefault(field, link.href)
        else:
            others.append(link)
    if enclosures:
        found["enclosures"] = tuple(enclosures)
    if others:
        found["links"] = tuple(others)


def face(record: Post | Comment) -> Face:
    """What tells two entries apart that claim the same id: not the title, which a later version may change."""
    return (record.url,)
