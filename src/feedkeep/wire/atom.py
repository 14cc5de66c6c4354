"""Atom 1.0 and 0.3: how an entry says what a record holds (RFC 4287, 4685, 6721)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep.models import Comment, Content, Enclosure, FeedSource, Post, Tombstone
from feedkeep.wire import blogger, dates, reviews, threads
from feedkeep.wire import namespaces as ns
from feedkeep.wire.addresses import joined
from feedkeep.wire.atom_parts import Parts
from feedkeep.wire.atom_texts import Texts
from feedkeep.wire.elements import Fields, Names, kept, text_of, within
from feedkeep.wire.feed_texts import whole

if TYPE_CHECKING:
    from feedkeep.models import CommentStatus, Link
    from feedkeep.wire.intake import Face, Intake

SPACES = frozenset({ns.ATOM, ns.ATOM_03})
_COUNT = f"{{{ns.THR}}}count"
_LANG = f"{{{ns.XML}}}lang"
_COMMENT_STATUS: dict[str | None, CommentStatus] = {None: "approved", "published": "approved", "trashed": "trashed"}


class EntryReader:
    """Reads the entries of one document."""

    def __init__(self, intake: Intake, space: str) -> None:
        self.names = Names("atom:", space)
        self.intake = intake
        self.parts = Parts(intake)
        self.texts = Texts(intake.source, intake.notes)
        self.settings: dict[str, str] | None = None  # of a Blogger export, by name; None where nobody asks for them
        self.home: str | None = None  # the blog's address, for entries that give the path of theirs alone
        self._source = intake.source.name

    def read(self, element: Any) -> Post | Comment | None:  # noqa: ANN401 — lxml's element type is private
        """Read an entry; None, with a note, for what is no entry of a blog."""
        got = Fields(element, self.names, self._source)
        stated = got.text("id")
        counted = [whole(count) for link in got.get("link", ()) if (count := link.get(_COUNT)) is not None]
        url, links = self.parts.links(got)
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
        published, updated = self.parts.dates(got, record_id)
        found: dict[str, Any] = {"authors": self.parts.people(got, "author")}
        terms = self.parts.terms(got)
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
            found["contributors"] = self.parts.people(got, "contributor")
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
        published, updated = self.parts.dates(got, record_id)
        authors = self.parts.people(got, "author")
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
            by=self.parts.person(said["by"]) if "by" in said else None,
            reason=text_of(said["comment"], self._source).strip() or None if "comment" in said else None,
        )

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

    def _taken_from(self, element: Any, found: dict[str, Any]) -> None:  # noqa: ANN401
        """Read the feed that an entry was taken from; its authors are those of an entry that names none."""
        got = Fields(element, self.names, self._source)
        own = got.text("id")
        url, links = self.parts.links(got)
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
            found["authors"] = self.parts.people(got, "author")
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
