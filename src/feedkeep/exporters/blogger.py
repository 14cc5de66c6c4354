"""Blogger: the backup (blog-….xml) that its settings import, or the feed.atom of Google Takeout.

https://support.google.com/blogger/answer/41387; neither is documented further. A post that Blogger cannot keep from
readers as its source did becomes a draft; of a comment that nobody approved, the backup keeps at most its place.
"""

from __future__ import annotations

import html as entities
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal

from feedkeep import publishing as pub
from feedkeep.content import text
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.models import Content, Person
from feedkeep.wire import blogger, feed_extras, people, threads
from feedkeep.wire import namespaces as ns
from feedkeep.wire.blogger_write import BACKUP, END, TAKEOUT, Sheet, Sheets, labels, line, placed, returned, settings
from feedkeep.wire.comment_server import is_gone
from feedkeep.wire.conformance import LANGUAGE, MEDIA_TYPE
from feedkeep.wire.dates import rfc3339
from feedkeep.wire.site_addresses import bare, host
from feedkeep.wire.tree_plan import slug

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from feedkeep.models import Comment, Post, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.feedgen_fixed import Extra

_SITE = "Blogger keeps it among the blog's own settings, which nothing imports"
_POST = "a post of Blogger's has no place for it"
_COMMENT = "a comment of Blogger's has no place for it"
_LABEL = "labels are names"
_PERSON = "an author has a name, an address, an e-mail address and a picture"
_OWN = "only what Blogger's own file of this shape said is kept"
_MADE = "Blogger makes it itself"
_FILE = "a file is an address, a type and a length"
_ID = "an id that is not Blogger's becomes one"
_FIRST = "a post has one author"
_LINE = "titles and names are one line"
_NONE = "Takeout has none"
_ONE = "labels of one name are one"
_PLACE = "a deleted comment keeps its place alone"
_TITLE_ALONE = "of the blog, Takeout names the title alone"

LOSSES = Losses(
    dropped={
        **{f"Site.{name}": _SITE for name in ("feed_urls", "hubs", "icon", "image", "links", "rights", "terms")},
        **{
            f"Post.{name}": _POST
            for name in (
                *("aliases", "comments_open", "contributors", "language", "order", "parent", "permalink"),
                *("pings_open", "reviews", "rights", "source", "sticky", "subtitle", "summary", "title_html", "urls"),
            )
        },
        **{f"Post.{name}": _MADE for name in ("comments_feed", "comments_url", "links")},
        "Post.deleted": "what is gone is not in it",
        "Post.image": "Blogger takes the first picture of the text",
        "Post.password": "the post becomes a draft, that nobody read it without",
        **{f"Comment.{name}": _COMMENT for name in ("aliases", "ip", "order", "permalink", "title")},
        "Comment.deleted": _PLACE,
        **{f"Content.{name}": "a body is whole, and HTML" for name in ("base", "media_type", "src", "truncated")},
        **{f"Person.{name}": _PERSON for name in ("family_name", "given_name", "id")},
        **{f"Term.{name}": _LABEL for name in ("description", "extra", "id", "parent", "slug")},
        **{f"Enclosure.{name}": _FILE for name in ("duration", "extra", "title")},
        "Media": "Blogger's import takes no files: texts show them from where they are",
        "Tombstone": "what is gone is not in it",
    },
    altered={
        "Site.extra": _OWN,
        "Site.generator": "it is Blogger",
        "Post.extra": _OWN,
        "Post.slug": "Blogger makes it of the address",
        "Comment.extra": _OWN,
        "Comment.kind": "pingbacks and the like become comments",
        "Content.form": "bodies are HTML",
        "Person.extra": _OWN,
        "Term.scheme": "labels have Blogger's own",
        "Term.taxonomy": "categories and tags become labels",
    },
    sometimes={
        "Snapshot.people": "those that a post or the blog itself names",
        "Snapshot.terms": "those that posts name",
        "Site.authors": "Takeout names the authors of posts alone",
        "Site.description": f"{_TITLE_ALONE}, and subtitles are one line",
        "Site.language": f"{_TITLE_ALONE}, and no feed a language that RFC 5646 does not know",
        "Site.title": _LINE,
        "Site.url": "Takeout names the host alone",
        "Post": "what is in the bin or deleted stays there; Takeout knows a bin",
        "Person": _FIRST,
        "Post.authors": _FIRST,
        "Post.comment_count": "Blogger counts its comments itself",
        "Post.content": "a text of another editor's marks alone is none",
        "Post.enclosures": "nobody knows how Takeout writes them",
        "Post.kind": "Blogger knows posts and pages",
        "Post.status": "what only some may read, and what waits, becomes a draft; Takeout knows scheduled posts",
        "Post.terms": _ONE,
        "Post.title": _LINE,
        "Post.url": "drafts have none, and in Takeout it is a path on the blog's own host, by https",
        "Comment": "what nobody approved is left out, where no answer holds its place; Takeout has it all",
        "Comment.status": "what nobody approved and somebody answered keeps its place alone; Takeout has it all",
        **{f"Comment.{name}": _PLACE for name in ("author", "content", "updated")},
        "Comment.post_url": "Takeout names the post by its id",
        "Comment.url": _NONE,
        "Content.value": "bodies are HTML, and those of deleted comments are left out",
        **{f"{model}.id": _ID for model in ("Site", "Post", "Comment")},
        "Person.avatar": _NONE,
        "Person.email": f"{_NONE}, and {_FIRST}",
        "Person.name": _LINE,
        "Term": _ONE,
        "Term.name": _LINE,
    },
    advice={"Media": "upload the files to the same addresses before you import"},
)

_GONE = "This comment has been removed."
_SHOWN = 50  # characters of a comment's text that Blogger calls it by
_LIVE = {None: "LIVE", "published": "LIVE", "scheduled": "SCHEDULED", "trashed": "SOFT_TRASHED"}
_SAID = {None: "LIVE", "approved": "LIVE", "pending": "PENDING", "spam": "SPAM", "trashed": "SOFT_TRASHED"}


class BloggerOptions(Options, frozen=True, kw_only=True):
    """What the exporter for Blogger may be told."""

    shape: Literal["backup", "takeout"] = "backup"  # the file that Blogger imports, or the folder of Google Takeout
    labels: Literal["joined", "each"] = "joined"  # of a post in Takeout: all in one category, or each in its own


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write ``blog.xml``, or ``feed.atom`` and ``settings.csv`` below ``Takeout/Blogger/Blogs``."""
    assert isinstance(options, BloggerOptions)  # noqa: S101 — the descriptor says so
    writing = _Writing(snapshot, options, notes)
    if options.shape == "backup":
        yield OutputFile(path=PurePosixPath("blog.xml"), chunks=writing.document())
        return
    folder = PurePosixPath("Takeout/Blogger/Blogs", slug(snapshot.site.title or "") or blogger.number(writing.ids.blog))
    yield OutputFile(path=folder / "feed.atom", chunks=writing.document())
    yield OutputFile(path=folder / "settings.csv", chunks=[settings(writing.ids.blog, writing.home)])


class _Writing:
    """One entry after another, oldest first, a post before its comments."""

    def __init__(self, snapshot: Snapshot, options: BloggerOptions, notes: Notes) -> None:
        self._snapshot, self._options, self._notes = snapshot, options, notes
        self._takeout = options.shape == "takeout"
        self._sheets = Sheets(TAKEOUT if self._takeout else BACKUP, notes)
        self.ids = blogger.Ids(snapshot.site.id, (post_id for post_id, _ in snapshot.digests()))
        self._people = {person.id: person for person in snapshot.people()}
        self._newest = next(iter(snapshot.posts(bodiless=True)), None)
        self.home = host(snapshot.site.url) or host(self._newest.url if self._newest is not None else None)

    def document(self) -> Iterator[bytes]:
        """Yield the document, a conversation at a time."""
        feed = self._sheets.feed()
        self._sheets.checks.begin(self._snapshot.site.id, self._snapshot.site)
        self._head(feed)
        yield feed.begun()
        for post in self._snapshot.posts(oldest_first=True):
            if post.status == "deleted" or post.deleted is not None or (post.status == "trashed" and not self._takeout):
                self._notes.skipped("a post that was deleted", record=post.id)
            else:
                yield b"".join(sheet.packed() for sheet in self._conversation(post))
        yield END

    def _head(self, feed: Sheet) -> None:
        site = self._snapshot.site
        if self._takeout:
            feed.add("id", self.ids.blog)
            feed.add("title", entities.escape(line(site.title), quote=False))
            feed.extend(_kept(site.extra, takeout=True))
            return
        language = self._sheets.checks.fitting(LANGUAGE, site.language, "Site.language")
        if language:
            feed.element.set(f"{{{ns.XML}}}lang", language)
        feed.add("id", f"{self.ids.blog}.archive")
        feed.dates(None, (self._newest.updated or self._newest.published) if self._newest is not None else None)
        feed.add("title", line(site.title), type="text")
        if site.description:
            feed.add("subtitle", line(site.description), type="text")
        if site.url:
            feed.add("link", rel="alternate", type="text/html", href=site.url)
        # an entry without an author is by the blog's (RFC 4287 section 4.1.1)
        owner = next(iter(self._people.values()), Person(name=site.title or site.url))
        for person in site.authors or (owner,):
            feed.person(person, _kept(person.extra, takeout=False))
        feed.add("generator", "Blogger", version="7.00", uri="http://www.blogger.com")
        feed.extend(_kept(site.extra, takeout=False))

    def _conversation(self, post: Post) -> Iterator[Sheet]:
        told = self.ids.post(post.id, post.kind)
        self._sheets.checks.begin(post.id, post)
        comments = list(self._snapshot.comments(post.id))
        shown = [(one, is_gone(one)) for one in comments] if self._takeout else list(placed(comments, self._notes))
        sheet = self._sheets.entry(told)
        if self._takeout:
            self._post_of_takeout(sheet, post)
        else:
            self._post(sheet, post, len(shown))
        yield sheet
        for comment, gone in shown:
            self._sheets.checks.begin(comment.id, comment)
            own = self.ids.comment(comment.id, told)
            sheet = self._sheets.entry(own)
            parent = self.ids.comment(comment.parent, told) if comment.parent else None
            if self._takeout:
                _comment_of_takeout(sheet, comment, told, parent, gone=gone)
            else:
                _comment(sheet, comment, post, told, parent, gone=gone)
            yield sheet

    # -- posts -------------------------------------------------------------------------------------------

    def _post(self, sheet: Sheet, post: Post, count: int) -> None:
        draft = self._status(post) != "LIVE"
        sheet.dates(post.published, post.updated)
        if draft:
            sheet.add("app:draft", "yes", inside=sheet.add("app:control"))
        sheet.add("category", scheme=blogger.KIND, term=f"{blogger.KINDS}{'page' if post.kind == 'page' else 'post'}")
        for name in labels(term.name or term.slug for term in post.terms):
            sheet.add("category", scheme=blogger.LABELS, term=name)
        sheet.add("title", line(post.title), type="text")
        sheet.add("content", _text(post), type="html")
        if post.url and not draft:
            sheet.add("link", rel="alternate", type="text/html", href=post.url)
        for file in post.enclosures:
            kind = self._sheets.checks.fitting(MEDIA_TYPE, file.type, "Enclosure.type")
            length = None if file.length is None else str(file.length)
            sheet.add("link", rel="enclosure", type=kind, href=file.url, length=length)
        self._author(sheet, post)
        sheet.add("thr:total", str(count))
        sheet.extend(_kept(post.extra, takeout=False))

    def _post_of_takeout(self, sheet: Sheet, post: Post) -> None:
        status = self._status(post)
        kept = _kept(post.extra, takeout=True)
        sheet.add("blogger:type", "PAGE" if post.kind == "page" else "POST")
        sheet.add("blogger:status", status)
        self._author(sheet, post)
        sheet.add("title", entities.escape(line(post.title), quote=False))
        sheet.add("content", _text(post), type="html")
        sheet.give(kept, "metaDescription")
        sheet.give(kept, "created", None if post.published is None else rfc3339(post.published))
        sheet.dates(post.published, post.updated)
        sheet.give(kept, "location")
        names = labels(term.name or term.slug for term in post.terms)
        for name in ["\n".join(names)] if self._options.labels == "joined" else names or [""]:
            sheet.add("category", scheme=self.ids.blog if name else None, term=name)
        sheet.add("blogger:filename", self._path(post) if status == "LIVE" else None)
        sheet.add("link")
        sheet.add("enclosure")
        sheet.add("blogger:trashed")
        sheet.extend(kept)
        if post.enclosures:
            self._notes.dropped("its files: nobody knows how Takeout writes them", record=post.id)

    def _author(self, sheet: Sheet, post: Post) -> None:
        if not post.authors:
            return
        if len(post.authors) > 1:
            self._notes.altered("of its authors the first: Blogger knows one", record=post.id, field="Post.authors")
        first = people.completed(post.authors[0], self._people)
        sheet.person(first, _kept(first.extra, takeout=self._takeout), "BLOGGER" if self._takeout else None)

    def _status(self, post: Post) -> str:
        if post.status == "trashed":
            return "SOFT_TRASHED"
        status = _LIVE.get(post.status, "DRAFT") if post.password is None else "DRAFT"
        if status == "SCHEDULED" and not self._takeout:
            status = "DRAFT"
        if status == "DRAFT" and post.status != "draft":
            self._notes.altered("nobody may see it as it is: it became a draft", record=post.id, field="Post.status")
        return status

    def _path(self, post: Post) -> str | None:
        """Give what Takeout tells of an address: the path on the blog's own host."""
        where = host(post.url)
        if post.url is None or where is None:
            return blogger.kept_path(post.extra)
        path = post.url[len(where) :]
        if self.home is not None and bare(where) == bare(self.home) and path.strip("/") and not set("?#") & set(path):
            return path
        self._notes.dropped("its address: it is no path on the blog's host", record=post.id, field="Post.url")
        return None


# -- comments --------------------------------------------------------------------------------------------


def _comment(sheet: Sheet, comment: Comment, post: Post, told: str, parent: str | None, *, gone: bool) -> None:
    sheet.dates(comment.published, None if gone else comment.updated)
    sheet.add("category", scheme=blogger.KIND, term=f"{blogger.KINDS}comment")
    markup = _GONE if gone else pub.body(comment.content, comment.url or post.url) or ""
    name = comment.author.name if comment.author is not None else None
    title = text.excerpt(markup, _SHOWN)
    made = threads.is_made_title(title, name, Content(value=markup))  # else it would be read as one of a person's
    sheet.add("title", title if made else "", type="text")
    sheet.add("content", markup, type="html")
    if comment.url:
        sheet.add("link", rel="alternate", type="text/html", href=comment.url)
    if parent is not None:
        sheet.add("link", rel="related", type="application/atom+xml", href=blogger.address(told, parent))
    author = (None if gone else comment.author) or Person()
    sheet.person(author, _kept(author.extra, takeout=False))
    if gone:
        sheet.add("gd:extendedProperty", name=blogger.REMOVED, value="true")
    sheet.add("thr:in-reply-to", ref=told, href=post.url, type="text/html")
    sheet.extend(_kept({} if gone else comment.extra, takeout=False))


def _comment_of_takeout(sheet: Sheet, comment: Comment, told: str, parent: str | None, *, gone: bool) -> None:
    sheet.add("blogger:parent", told)
    sheet.add("blogger:inReplyTo", parent)
    sheet.add("blogger:type", "COMMENT")
    sheet.add("blogger:status", "EMPTIED" if gone else _SAID.get(comment.status, "PENDING"))
    if comment.author is not None and not gone:
        sheet.person(comment.author, _kept(comment.author.extra, takeout=True), "ANONYMOUS")
    sheet.add("title")
    sheet.add("content", None if gone else pub.body(comment.content, comment.url), type="html")
    sheet.dates(comment.published, None if gone else comment.updated)
    sheet.extend(_kept({} if gone else comment.extra, takeout=True))


# -- parts -----------------------------------------------------------------------------------------------


def _text(post: Post) -> str:
    """Give the body, else the summary: a post that has only this is not empty."""
    body = post.content if post.content is not None and post.content.value else post.summary
    return pub.body(body, post.url) or ""


def _kept(extra: dict[str, Any], *, takeout: bool) -> list[Extra]:
    return returned(feed_extras.kept(extra, "blogger"), takeout=takeout)


EXPORTER = Exporter(
    name="blogger",
    label="Blogger import (backup or Takeout)",
    losses=LOSSES,
    audience="migration",
    write=write,
    options=BloggerOptions,
)
