"""A saved web page of a blog: the post and the comments that it shows (https://html.spec.whatwg.org/).

Read by what the page says for machines, best first: microformats (https://microformats.org/wiki/h-entry), JSON-LD and
microdata (https://schema.org/BlogPosting), its metadata, then the markup of WordPress and Blogger; else guessed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from feedkeep.content import page_body, page_comments, page_entry, page_facts, page_linked, page_lists, review
from feedkeep.content.links import parted
from feedkeep.content.page_lines import date
from feedkeep.content.page_tree import Found, classes, said, tree
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Link, Media, Person, Post, Site, Term
from feedkeep.wire import detection
from feedkeep.wire.addresses import joined
from feedkeep.wire.decoding import decoded
from feedkeep.wire.intake import Intake
from feedkeep.wire.threads import post_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import PurePosixPath

    from feedkeep.content.page_comments import PageComment
    from feedkeep.content.page_entry import Entry
    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_LARGEST = 64 << 20  # bytes
_CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_LATIN = frozenset({"iso-8859-1", "latin1", "us-ascii", "ascii"})  # which browsers take for Windows-1252
_MARKED = re.compile(r"class\s*=\s*[\"']?[^\"'>]{0,200}\b(?:h-?entry|h-?review|h-?feed)\b", re.IGNORECASE)
_PICTURES = frozenset([".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg", ".mp3", ".mp4", ".webm", ".ogg"])
_OTHERS = frozenset(["rss", "feed", "rdf", "opml", "svg", "urlset"])
_FEEDS = frozenset(["application/rss+xml", "application/atom+xml", "application/feed+json"])
_FRAGMENTS = frozenset(["body", "article", "section", "div", "main", "head"])
_RELATIVE = re.compile(r"\bago\b|\byesterday\b|\bjust now\b|\btoday\b|\bvor \d+", re.IGNORECASE)
_AT = re.compile(r"\s+(?:at|@|um|à|-|–)\s+(?=\d)")
_SHORT = re.compile(r"https?://[^\s?]{1,300}\?p=\d{1,18}")


def detect(source: Source) -> bool:
    """An HTML document, or a piece of one with the class names of microformats."""
    found = detection.root(source.head)
    if found is None:
        return False
    name = found.name.lower()
    return name == "html" or (name in _FRAGMENTS and _MARKED.search(detection.decoded(source.head)) is not None)


def parts(container: Source) -> Iterator[Source]:
    """Find the pages that were saved complete: each has a folder of its files beside it."""
    members = list(container.members())
    folders = {parent for member in members for parent in member.path.parents}
    for member in members:
        files = member.path.with_name(f"{member.path.stem}_files")
        if files in folders and member.path.suffix.lower() in {".html", ".htm"} and detect(member):
            yield container.part(member.path.parent, _with_files(member.path.name, files.name))


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the page's posts and the comments below. Raises FormatError for a page that shows no post."""
    if not source.is_container:
        yield from _read(source, notes)
        return
    members = list(source.members())
    page = next((one for one in members if len(one.path.parts) == 1), None)
    if page is None:
        raise FormatError("no page in it", source=source.name)
    first: Post | None = None
    for record in _read(page, notes):
        first = first or (record if isinstance(record, Post) else None)
        yield record
    for file in members:
        if first is not None and file is not page and file.path.suffix.lower() in _PICTURES:
            yield Media(id=f"{first.id}#{file.path.name}", post=first.id, path=str(file.path), status="published")


def _with_files(page: str, files: str) -> Callable[[PurePosixPath], bool]:
    return lambda path: str(path) == page or (len(path.parts) > 1 and path.parts[0] == files)


def _read(source: Source, notes: Notes) -> Iterator[Record]:
    data = source.read()
    if len(data) > _LARGEST:
        raise FormatError(f"an HTML page larger than {_LARGEST >> 20} MiB", source=source.name)
    stated = _CHARSET.search(data[:4096])
    charset = source.charset or (stated[1].decode("ascii") if stated is not None else None)
    text, assumed = decoded(data, "cp1252" if charset and charset.lower() in _LATIN else charset)
    if assumed:
        notes.altered(assumed, source=source.name)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise FormatError("the file is empty", source=source.name)
    first = detection.root(data[:65536])
    root = tree(text) if "<" in text else None
    if root is None or (first is not None and first.name.lower() in _OTHERS):
        raise FormatError("not an HTML page", source=source.name)
    yield from _Page(text, root, source, notes).records()


class _Page:
    """One page."""

    def __init__(self, text: str, root: Any, source: Source, notes: Notes) -> None:  # noqa: ANN401
        self._text, self._source, self._notes = text, source, notes
        self._intake = Intake(source, notes)
        whole = Found(root)
        self._told = page_facts.metadata(whole)
        self._error = page_body.is_error(whole)
        self._language = (root.get("lang") or "").strip() or None
        address = self._told.get("rel:canonical") or self._told.get("og:url") or page_facts.saved_from(text)
        address = post_page(joined(source.url, address or source.url or "").strip().partition("#")[0])
        self._url = address if re.match(r"https?://[^/]", address) else None
        base = whole.first("<base")
        self._base = joined(self._url, (base.get("href") or "") if base is not None else "") or self._url
        self._article, too_deep = page_linked.article(whole, self._url)
        if too_deep:
            notes.noticed("linked data too deep to be read", source=source.name)
        self._claimed = page_body.claimed(whole)
        self._open = True if any(f.get("id") == "commentform" for f in whole.all("<form")) else None
        if whole.first("no-comments") is not None:
            self._open = False
        self._comments = page_comments.comments(root)
        self._root = root
        self._found = Found(root)

    def records(self) -> Iterator[Record]:
        entries, refused = page_facts.entries(self._text, self._url)
        if refused:
            self._notes.noticed("too large or too deep to be read for microformats", source=self._source.name)
        if len(entries) > 1 and not self._comments and self._told.get("og:type", "").lower() != "article":
            self._notes.noticed(f"a page of {len(entries)} posts", source=self._source.name)
            yield from self._site()
            for one in entries:
                post = self._post(one, None, one.url)
                yield post
                yield from self._thread(post, one.comments)
            return
        entry: Entry | None = next(
            (one for one in entries if one.url and one.url == self._url), entries[0] if entries else None
        )
        for other in entries:
            if other is not entry:
                self._notes.skipped(f"an entry of another post: {other.title or other.url!r}", source=self._source.name)
        self._find_comments(entry)
        if entry is not None:
            for name, number in entry.reactions.items():
                self._notes.noticed(f"{number} × {name}: only what was said is kept", source=self._source.name)
        html, out = self._body(entry)
        united = page_entry.united(entry, self._article, self._told, self._found)
        united.html, united.reviews = html, united.reviews or list(review.find(self._text))
        united.claimed = self._claimed if self._claimed is not None else united.claimed
        post = self._post(united, html, self._url or (entry.url if entry is not None else None))
        for words in out:
            self._notes.noticed(
                f"taken for page furniture and left out: {words!r}", source=self._source.name, record=post.id
            )
        keeper = page_body.elsewhere(self._text)
        if keeper is not None and not self._comments:
            self._notes.noticed(
                f"the comments are kept by {keeper}, not on the page", source=self._source.name, record=post.id
            )
        elif post.comment_count is not None and post.comment_count != len(self._comments):
            self._notes.noticed(
                f"the page claims {post.comment_count} comments, {len(self._comments)} were found",
                source=self._source.name,
                record=post.id,
                field="Post.comment_count",
            )
        yield from self._site()
        yield post
        yield from self._thread(post, self._comments)

    def _find_comments(self, entry: Entry | None) -> None:
        """Take the comments that are marked up least badly: by classes and anchors, as microformats, as linked data, not."""
        if self._comments:
            return
        listed = page_lists.comments(self._root)  # out of the text in any case
        if listed:
            self._found = Found(self._root)
        stated = [one.comments for one in (entry, self._article) if one is not None and one.comments]
        if stated:
            self._comments = stated[0]
        elif listed:
            self._comments = listed
        elif self._claimed and page_body.elsewhere(self._text) is None:
            self._comments = page_body.guessed_comments(self._text, self._claimed)
            if self._comments:
                self._notes.altered(
                    "the page does not mark its comments: where one begins and who said it was guessed",
                    source=self._source.name,
                    field="Comment.content",
                )

    def _site(self) -> Iterator[Site]:
        """Say where the page is from, as far as its address and its head tell."""
        if self._url is None:
            return
        parts = parted(self._url)
        if not parts.netloc:
            return
        home = self._told.get("rel:home") or f"{parts.scheme}://{parts.netloc}/"
        feeds = [
            joined(self._url, link.get("href") or "")
            for link in self._found.all("<link")
            if "alternate" in (link.get("rel") or "").lower().split() and (link.get("type") or "").lower() in _FEEDS
        ]
        yield Site(
            id=home,
            url=home,
            title=self._told.get("og:site_name"),
            language=self._language,
            generator=self._told.get("generator"),
            feed_urls=tuple(dict.fromkeys(feed for feed in feeds if "/comments/" not in feed)),
        )

    def _body(self, entry: Entry | None) -> tuple[str | None, list[str]]:
        element = page_body.known(self._found)
        if element is not None:
            return page_body.cleaned(element)
        if entry is not None:
            return entry.html, []
        if self._error is not None:
            raise FormatError(
                f"an HTML page that is an error or asks to log in: {self._error!r}", source=self._source.name
            )
        if self._article is not None and self._article.html is not None:
            return self._article.html, []
        html = page_body.guessed(self._text, self._found)
        if html is None and not self._comments and self._article is None:
            raise FormatError(
                "this is an HTML page, not a feed or an export, and no article was found on it",
                source=self._source.name,
            )
        if html is not None:
            self._notes.altered(
                "the page does not mark its text: what it is was guessed",
                source=self._source.name,
                field="Post.content",
            )
        else:
            self._notes.noticed("no text of the post was found on the page", source=self._source.name)
        return html, []

    def _post(self, entry: Entry, html: str | None, url: str | None) -> Post:
        html = html if html is not None else entry.html
        made = url or self._intake.made("post", entry.title, html)
        short = self._told.get("rel:shortlink", "")
        published = self._moment(entry.published, "Post.published", made)
        updated = self._moment(entry.updated, "Post.updated", made)
        single = url is not None and url == self._url
        body = self._found.first("<body")
        kind = "page" if single and body is not None and "page-template-default" in classes(body) else "post"
        return Post(
            id=made,
            aliases=(short,) if single and _SHORT.fullmatch(short) else (),
            url=url,
            kind=kind,
            title=entry.title or None,
            summary=Content(value=entry.summary, form="text") if entry.summary and entry.summary != html else None,
            content=Content(value=html, base=self._base or url) if html else None,
            authors=tuple(Person(name=name, url=address) for name, address in entry.authors if name or address),
            terms=self._terms(entry),
            published=published,
            updated=None if updated == published else updated,
            links=tuple(Link(href=href, rel=rel) for rel, href in entry.links),
            status="published",
            comments_open=self._open,
            comment_count=entry.claimed,
            language=self._language,
            image=entry.image,
            reviews=tuple(entry.reviews),
        )

    def _terms(self, entry: Entry) -> tuple[Term, ...]:
        if entry.categories:
            return tuple(Term(name=name) for name in dict.fromkeys(entry.categories))
        terms: dict[tuple[str, str], None] = {}
        for one in self._found.all("<a"):
            rel = (one.get("rel") or "").split()
            if "tag" in rel and said(one):
                terms[said(one), "category" if "category" in rel else "post_tag"] = None
        if not terms and self._article is not None:
            terms = {(name, "post_tag"): None for name in self._article.categories}
        return tuple(Term(name=name, taxonomy=taxonomy) for name, taxonomy in terms)

    def _moment(self, text: str | None, field: str, record: str) -> Any:  # noqa: ANN401
        text = " ".join((text or "").split())
        if not text:
            return None
        plain = _AT.sub(" ", text)
        if self._intake.silent(plain) is None:
            found = date(text)
            if found is not None:
                return self._intake.moment(found[0].isoformat(), field, record)
            if _RELATIVE.search(text[:100]):
                self._notes.noticed(
                    f"the page says {text[:60]!r}: the date stays unknown",
                    source=self._source.name,
                    record=record,
                    field=field,
                )
                return None
        return self._intake.moment(plain, field, record)

    def _thread(self, post: Post, comments: list[PageComment]) -> Iterator[Comment]:
        ids: list[str] = []
        seen: set[str] = set()
        for order, one in enumerate(comments):
            url = f"{post.url}#{one.anchor}" if post.url and one.anchor else one.url if not one.anchor else None
            made = url or (f"{post.id}#{one.anchor}" if one.anchor else None)
            if made is None:
                made = made_id("comment", post.id, one.author, one.published, one.html)
                while made in seen:  # said twice, word for word
                    made = made_id("comment", made)
            seen.add(made)
            ids.append(made)
            yield self._comment(post, one, made, url, ids, order)

    def _comment(self, post: Post, one: PageComment, made: str, url: str | None, ids: list[str], order: int) -> Comment:
        known = one.author or one.author_url
        published = self._moment(one.published, "Comment.published", made)
        if not one.html and one.kind == "comment":
            self._notes.noticed("a comment without text", source=self._source.name, record=made)
        return Comment(
            id=made,
            post=post.id,
            post_url=post.url,
            parent=ids[one.parent] if one.parent is not None else None,
            url=url,
            author=Person(name=one.author, url=one.author_url, avatar=one.avatar) if known else None,
            content=Content(value=one.html, base=self._base or post.url) if one.html else None,
            published=published,
            status="deleted" if one.removed else "pending" if one.waiting else "approved",
            kind=one.kind,
            order=order if published is None else None,
        )


IMPORTER = Importer(name="page", label="Saved web page (HTML)", kind="page", detect=detect, read=read, parts=parts)
