"""Micro.blog's blog archive, .bar: https://book.micro.blog/blog-archive-format/.

A zip of ``feed.json`` (JSON Feed 1.1), ``index.html`` (the same posts as microformats, for whoever opens it) and the files
that they show, by relative paths. A post that was written in Markdown has its source in ``content_text`` and what is made
of it in ``content_html``; all else is HTML. What Micro.blog passes over stands in an extension object, ``_feedkeep``: in
the feed ``about``, ``kind`` ("whole") and ``id``; in an item what JSON Feed's own exporter says there, and ``comments``,
each an item that also says ``kind`` (where it is no comment) and ``deleted``.
"""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import msgspec

from feedkeep import publishing as pub
from feedkeep.content import links, render
from feedkeep.content import review as reviewing
from feedkeep.content.clean import sanitise
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import bar_page, jsonfeed_write, people
from feedkeep.wire import namespaces as ns
from feedkeep.wire.comment_server import is_gone
from feedkeep.wire.jsonfeed_write import VERSION, held, line
from feedkeep.wire.site_addresses import bare, below, site_base
from feedkeep.wire.tree_plan import short, slug

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Content, Media, Post, Snapshot
    from feedkeep.notes import Notes

_NAME = "bar"
_SITE = "a JSON Feed has no place for it"
_ITEM = "an item of a JSON Feed has no place for it"
_NAMES = "tags are names"
_PERSON = "an author is a name, an address and a picture"
_FILE = "an archive holds files by their paths alone"
_OWN = "only what Micro.blog's own archive said is kept"
_PUBLIC = "what is in an archive is published"

LOSSES = Losses(
    dropped={
        **{f"Site.{name}": _SITE for name in ("feed_urls", "generator", "hubs", "links", "rights", "terms")},
        **{
            f"Post.{name}": _ITEM
            for name in (
                *("aliases", "comments_open", "contributors", "order", "parent", "permalink", "pings_open"),
                *("rights", "sticky", "links", "urls", "comment_count", "comments_url", "comments_feed"),
            )
        },
        "Post.deleted": "an archive has no word of what is gone",
        "Post.password": _PUBLIC,
        "Post.status": _PUBLIC,
        **{f"Comment.{name}": _ITEM for name in ("aliases", "ip", "order", "permalink")},
        "Comment.deleted": "a deleted comment keeps its place alone",
        "Comment.status": _PUBLIC,
        "Content.base": "links within are relative to the archive, others absolute",
        **{f"Content.{name}": "a body is whole, and in the archive" for name in ("media_type", "src", "truncated")},
        **{f"Person.{name}": _PERSON for name in ("email", "family_name", "given_name", "id")},
        **{f"Term.{name}": _NAMES for name in ("description", "id", "parent", "scheme", "slug", "taxonomy")},
        **{
            f"Media.{name}": _FILE
            for name in (
                *("aliases", "alt", "author", "caption", "description", "extra", "page_url", "published", "slug"),
                *("status", "title", "updated"),
            )
        },
        "Tombstone": "an archive has no word of what is gone",
        **{f"{model}.extra": _OWN for model in ("Site", "Post", "Comment", "Person", "Enclosure", "Term")},
    },
    altered={"Content.form": "texts that are not Markdown are HTML"},
    sometimes={
        "Snapshot.people": "those that a post or the blog itself names",
        "Snapshot.terms": "those that posts name",
        "Content.value": "pictures that are in the archive are shown from there",
        "Enclosure.url": "files that are in the archive lie below uploads",
        "Media": "a file that feedkeep does not hold stays where it is",
        "Media.id": "files lie below uploads",
        "Media.path": "files lie below uploads",
        "Media.post": "the newest post that shows it",
        "Media.type": _FILE,
        "Media.url": "files lie below uploads",
        "Post.image": "leads to the file below uploads",
    },
    survives={
        "Content.form": ("markdown",),
        "Post.status": ("published",),
        "Comment.status": ("approved", "deleted"),
    },
)

_PATH = re.compile(r"uploads(?:/(?![. -])[\w .~+@,=()-]{1,120}(?<![. ]))+")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
# Where Markdown has an address: in a link or picture, in the definition of one, between < and >, and in HTML.
_ADDRESS = re.compile(
    r"""(\]\(<?)([^\s()<>"']+)|(^[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]+<?)([^\s<>]+)"""
    r"""|(<)(https?://[^\s<>]+)(?=>)|(\b(?:src|href|poster)=["'])([^"'\s<>]+)""",
    re.MULTILINE,
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write the feed, the page, and the files below ``uploads``."""
    archive = _Archive(snapshot)
    yield OutputFile(path=PurePosixPath("feed.json"), chunks=archive.feed())
    yield OutputFile(path=PurePosixPath("index.html"), chunks=archive.page())
    for media, path in archive.files:
        yield OutputFile(path=PurePosixPath(path), chunks=_bytes(snapshot, media))


class _Archive:
    """Where the files of the blog are now, and what is said of it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._people = {person.id: person for person in snapshot.people()}
        self._home = site_base(snapshot.site)
        self.files: list[tuple[Media, str]] = []
        self._moved: dict[str, str] = {}  # by their old addresses
        taken: set[str] = set()
        for media in snapshot.media():
            stream = snapshot.open_media(media)
            if stream is None:
                continue
            stream.close()
            path = self._path(media)
            if path.casefold() not in taken:
                taken.add(path.casefold())
                self.files.append((media, path))
                if media.url:
                    self._moved.setdefault(bare(media.url), quote(path))

    def feed(self) -> Iterator[bytes]:
        """Yield feed.json, an item a line."""
        site = self._snapshot.site
        head = held(
            site.extra,
            _NAME,
            version=VERSION,
            title=pub.site_title(site),
            home_page_url=line(site.url),
            description=line(site.description),
            icon=line(site.image),
            favicon=line(site.icon),
            **jsonfeed_write.people(site.authors, _NAME),
            language=line(site.language),
            _feedkeep=held(about=ns.FEEDKEEP, kind="whole", id=line(site.id) if site.id != site.url else None),
        )
        yield _json(head).removesuffix(b"}") + b', "items": [\n'
        gap = b""
        for post in self._posts():
            yield gap + _json(self._item(post))
            gap = b",\n"
        yield b"\n]}\n"

    def page(self) -> Iterator[bytes]:
        """Yield index.html, an entry at a time."""
        yield bar_page.head(self._snapshot.site, pub.site_title(self._snapshot.site))
        for post in self._posts():
            comments = [(one, self._shown(one)) for one in self._snapshot.comments(post.id)]
            yield bar_page.entry(post, self._markup(post, reviewed=True), comments)
        yield bar_page.END

    def _posts(self) -> Iterator[Post]:
        for post in self._snapshot.posts():
            yield msgspec.structs.replace(
                post,
                authors=tuple(people.completed(one, self._people) for one in post.authors),
                image=self._now(post.image) if post.image else post.image,
                enclosures=tuple(msgspec.structs.replace(one, url=self._now(one.url)) for one in post.enclosures),
            )

    def _item(self, post: Post) -> dict[str, Any]:
        words, markup = jsonfeed_write.summary(post, pub.body(post.summary, post.url))
        comments = [self._comment(one) for one in self._snapshot.comments(post.id)]
        extension = held(
            kind=post.kind if post.kind != "post" else None,
            slug=line(post.slug),
            subtitle=line(post.subtitle),
            summary_html=markup,
            title_html=line(post.title_html),
            reviews=[reviewing.to_json_ld(one) for one in post.reviews],
            source=jsonfeed_write.source(post.source),
            comments=comments,
        )
        body: dict[str, str | None] = {"content_html": self._markup(post, reviewed=not _is_source(post.content))}
        if post.content is not None and _is_source(post.content):
            body = {"content_text": self._source(post.content, post), **body}
        return jsonfeed_write.item(post, _NAME, {**body, "summary": words}, extension)

    def _comment(self, comment: Comment) -> dict[str, Any]:
        kind = comment.kind if comment.kind != "comment" else None
        gone = True if is_gone(comment) else None
        return jsonfeed_write.comment(comment, _NAME, None, self._shown(comment), kind=kind, deleted=gone)

    def _shown(self, comment: Comment) -> str:
        return links.rewritten(pub.body(comment.content, comment.url) or "", self._now)

    def _markup(self, post: Post, *, reviewed: bool) -> str:
        """Give a post as HTML that shows the archive's own files, with its reviews on top where they are asked for."""
        shown = post if reviewed else msgspec.structs.replace(post, reviews=())
        if post.content is not None and _is_source(post.content):
            html = sanitise(render.html(_based(post.content, post)))
            shown = msgspec.structs.replace(
                shown, content=msgspec.structs.replace(post.content, value=html, form="html")
            )
        return links.rewritten(pub.post_body(shown) or "", self._now)

    def _source(self, content: Content, post: Post) -> str:
        """Give Markdown as it was written, but for addresses: those of files in the archive, and relative ones."""
        base = _based(content, post).base
        at_home = base is not None and self._home is not None and base.rstrip("/") == self._home

        def now(found: re.Match[str]) -> str:
            before, told = (one for one in found.groups() if one is not None)
            address = links.resolved(told, base) if base else told
            moved = self._now(address)
            return before + (told if moved == address and at_home else moved)

        return _ADDRESS.sub(now, content.value)

    def _now(self, url: str) -> str:
        return self._moved.get(bare(url), url)

    def _path(self, media: Media) -> str:
        """Give a file the path that it had in an archive or on Micro.blog, else one of its own."""
        told = unquote(below(media.url, self._home) or "").lstrip("/") if media.url else ""
        for path in (media.path or "", told):
            if _PATH.fullmatch(path):
                return path
        name = PurePosixPath(unquote(links.parted(media.url or "").path) or media.path or "")
        suffix = name.suffix.lower() if _SUFFIX.fullmatch(name.suffix.lower()) else ""
        folder = f"uploads/{media.published.year:04}" if media.published is not None else "uploads"
        return f"{folder}/{short(media.url or media.id)}-{slug(name.stem)[:60] or 'file'}{suffix}"


def _is_source(content: Content | None) -> bool:
    return content is not None and content.form == "markdown"


def _based(content: Content, post: Post) -> Content:
    return content if content.base is not None else msgspec.structs.replace(content, base=post.url)


def _bytes(snapshot: Snapshot, media: Media) -> Iterator[bytes]:
    stream = snapshot.open_media(media)
    if stream is not None:
        with stream:
            while chunk := stream.read(1 << 18):
                yield chunk


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


EXPORTER = Exporter(
    name=_NAME,
    label="Micro.blog archive (.bar)",
    losses=LOSSES,
    audience="public",
    write=write,
    kinds=("post",),
    packed=".bar",
)
