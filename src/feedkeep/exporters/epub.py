"""A book of the blog, EPUB 3.3: https://www.w3.org/TR/epub-33/. A part for each year, a chapter for each post.

Comments stand under their post, in the order of the conversation. What the archive holds of pictures, sounds and films is
in the book; nothing is loaded from the web, and nothing runs.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.ids import made_id
from feedkeep.wire import book_chapter as chapters
from feedkeep.wire import book_package as package
from feedkeep.wire import book_pages as pages
from feedkeep.wire.book_files import STAND_IN, STAND_IN_PICTURE, Files
from feedkeep.wire.book_look import STYLE, STYLE_PATH
from feedkeep.wire.book_package import About, Part
from feedkeep.wire.book_pages import Line
from feedkeep.wire.book_plan import Plan, address, unrepeated
from feedkeep.wire.tree_export import title_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Person, Post, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.book_plan import Chapter
    from feedkeep.wire.file_heads import Kind

_UNDATED, _PAGES = "Undated", "Pages"

_FORMER = "it was meant for the format that it came from"
_UNSEEN = "a reader of the book would not know what to do with it"
_NAMED = "a person is a name, with a link where one is known"
_TERM = "a term is its name"
_DAY = "days are told, not hours"
_FILE = "the book has the file, and nothing beside it"

LOSSES = Losses(
    dropped={
        **{f"Site.{name}": _UNSEEN for name in ("feed_urls", "generator", "hubs", "icon", "links", "terms")},
        **{f"Person.{name}": _NAMED for name in ("avatar", "email", "family_name", "given_name", "id")},
        **{f"Term.{name}": _TERM for name in ("description", "id", "parent", "scheme", "slug", "taxonomy")},
        **{f"Link.{name}": _UNSEEN for name in ("hreflang", "length", "rel", "type")},
        **{f"Enclosure.{name}": _FILE for name in ("duration", "length")},
        **{f"FeedSource.{name}": _UNSEEN for name in ("feed_url", "id", "updated")},
        **{
            f"Post.{name}": _UNSEEN
            for name in (
                *(
                    "aliases",
                    "comment_count",
                    "comments_feed",
                    "comments_open",
                    "comments_url",
                    "id",
                    "order",
                    "parent",
                ),
                *("permalink", "pings_open", "sticky", "urls"),
            )
        },
        **{
            f"Comment.{name}": _UNSEEN
            for name in ("aliases", "deleted", "id", "ip", "kind", "order", "permalink", "post_url", "updated", "url")
        },
        **{
            f"Media.{name}": _FILE
            for name in (
                *("aliases", "alt", "author", "caption", "description", "id", "page_url", "path", "post", "published"),
                *("sha256", "size", "slug", "status", "title", "updated"),
            )
        },
        **{
            f"{model}.extra": _FORMER
            for model in ("Comment", "Enclosure", "Media", "Person", "Post", "Review", "Site", "Term")
        },
        "Snapshot.terms": _TERM,
        "Content.media_type": "a body is shown as HTML",
        "Content.truncated": "a body is taken for whole",
        "Item.ids": _UNSEEN,
        "Item.kind": _UNSEEN,
        "Post.password": "a book keeps nobody out",
        "Post.title_html": "a title stands without its markup",
        "Rating.worst": "a rating is told with its best alone",
        "Tombstone": "a book says nothing of what is not in it",
    },
    altered={
        "Site.id": "the book's own id is made of it",
        "Comment.published": _DAY,
        "Content.base": "relative links are made absolute instead",
        "Content.form": "a body is shown as HTML",
        "Enclosure.type": "it decides whether the file is heard or seen",
        "Media.type": "it is told by the first bytes of the file",
        "Media.url": "the file lies in the book",
        "Post.deleted": _DAY,
        "Post.published": _DAY,
        "Post.slug": "a chapter's file is called by it",
        "Post.updated": _DAY,
    },
    sometimes={
        "Content.value": "what could run or load is left out; links within the blog lead to chapters",
        "Item.image": "a link stands for what the archive does not hold",
        "Media": "only what a chapter shows is in the book, and that readers know: PNG, JPEG, GIF, WebP, AVIF, MP3, MP4, WebM",
        "Post.image": "a link stands for what the archive does not hold",
        "Post.kind": "pages stand at the end, all else by its year",
        "Post.summary": "it is shown where there is no body",
        "Site.image": "it is the cover where the archive holds it",
        "Site.language": "one that is none is left out",
        "Post.language": "one that is none is left out",
    },
)


class EpubOptions(Options, frozen=True, kw_only=True):
    """What this exporter may be told."""

    title: str | None = None  # of the book; without it, it is called as the blog is


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the pages one by one, then the files that they show, then what makes a book of them."""
    yield OutputFile(path=PurePosixPath("mimetype"), chunks=[package.MIMETYPE], stored=True)
    yield OutputFile(path=PurePosixPath("META-INF/container.xml"), chunks=[package.CONTAINER])
    yield _file(STYLE_PATH, STYLE.encode())
    title = options.title if isinstance(options, EpubOptions) else None
    yield from _Book(snapshot, pages.line(title), notes).files()


class _Book:
    """What is known of the book when its last chapter is written."""

    def __init__(self, snapshot: Snapshot, title: str, notes: Notes) -> None:
        self._site = site = snapshot.site
        self._snapshot, self._notes = snapshot, notes
        self._plan = Plan(snapshot)
        self._files = Files(snapshot, self._plan)
        self._title = title or pages.line(title_of(site)) or "A blog"
        self._identifier = made_id("book", site.id, title or None)
        self._people = dict.fromkeys(filter(None, map(_name, (*snapshot.people(), *site.authors))))
        self._by_part: dict[str, list[Line]] = {}
        self._newest: dt.datetime | None = None
        self._comments = 0
        self._missing = 0

    def files(self) -> Iterator[OutputFile]:
        """Yield all but what every book has the same."""
        for post in self._snapshot.posts(oldest_first=True):
            yield from self._chapter(post)
        parts = list(self._parts())
        language = self._site.language
        for part in parts:
            yield _page(part.page.file, pages.part(part.page.title, part.chapters, language))
        frame = _Frame(self._plan, self._files, None, {})
        cover = self._files.shown(self._site.image, "picture") if self._site.image else None
        shown = f"../{cover.path}" if cover is not None else None
        told = self._told(parts)
        yield _page(package.TITLE_PAGE, pages.title_page(self._title, self._site, self._people, told, shown, frame))
        yield from self._held()
        about = About(self._identifier, self._title, self._site, tuple(self._people), self._newest)
        yield _file(package.CONTENTS, package.contents(about, parts))
        path = cover.path if cover is not None and cover.is_core else None
        yield _file(package.PACKAGE, package.package(about, parts, self._files.all(), path))
        if self._missing:
            what = "links stand for pictures, sounds and films that the archive does not hold or no reader knows"
            self._notes.noticed(
                f"{what} (`feedkeep media fetch` gets what is missing): {self._missing:,}", field="Media"
            )

    def _chapter(self, post: Post) -> Iterator[OutputFile]:
        """Yield a chapter, and the pictures that its text has in itself."""
        chapter = self._plan.chapter(post)
        comments = unrepeated(self._snapshot.comments(post.id))
        frame = _Frame(self._plan, self._files, chapter, chapter.places(comments))
        files = chapter.pages(len(comments))
        for file, data in zip(files, chapters.chapter(post, comments, files, frame, self._site.language), strict=True):
            yield _page(file, data)
        for path, data in self._files.inline():
            yield _file(path, data, stored=True)
        self._missing += frame.missing
        self._comments += len(comments)
        self._people.update(dict.fromkeys(filter(None, map(_name, post.authors))))
        moment = post.published or post.updated
        name = _PAGES if post.kind == "page" else f"{moment.year:04}" if moment is not None else _UNDATED
        self._by_part.setdefault(name, []).append(Line(files[0], chapters.title_of(post), tuple(files[1:])))
        told = (post.published, post.updated, *(m for one in comments for m in (one.published, one.updated)))
        self._newest = max((m for m in (self._newest, *told) if m is not None), default=None)

    def _parts(self) -> Iterator[Part]:
        """Give the years in their order, then what has no date, then pages."""
        for name in sorted(
            self._by_part,
            key=lambda name: ((_UNDATED, _PAGES).index(name) + 1 if name in {_UNDATED, _PAGES} else 0, name),
        ):
            yield Part(Line(f"{name.lower()}.xhtml", name), self._by_part[name])

    def _held(self) -> Iterator[OutputFile]:
        """Yield the files that are shown, read from the archive as they are written."""
        for file in self._files.all():
            if file.media is not None:
                yield _file(file.path, self._files.bytes_of(file.media), stored=True)
        if not all(file.is_core for file in self._files.all()):
            yield _file(STAND_IN, STAND_IN_PICTURE)

    def _told(self, parts: list[Part]) -> str:
        years = [part.page.title for part in parts if part.page.title.isdecimal()]
        posts = sum(len(part.chapters) for part in parts)
        span = "–".join(dict.fromkeys((*years[:1], *years[-1:])))
        held = [span, _counted(posts, "post"), _counted(self._comments, "comment") if self._comments else ""]
        return " · ".join(filter(None, held))


class _Frame:
    """What addresses mean in one chapter, or on the page of the title."""

    def __init__(self, plan: Plan, files: Files, chapter: Chapter | None, places: dict[str, str]) -> None:
        self._plan, self._files, self._chapter, self._places = plan, files, chapter, places
        self.missing = 0

    def link(self, url: str) -> str | None:
        """Lead within the book where that is possible, else to the web."""
        before, _, name = url.partition("#")
        if not before:
            return f"{self._places[name]}#{name}" if name in self._places else None
        there = self._plan.leads_to(before)
        if there is None:
            return address(url)
        own = there == self._chapter
        page = self._places.get(name) if own else self._plan.page_of_comment(there, url, name)
        return f"{page}#{name}" if page is not None else there.file

    def fragment(self, url: str) -> str | None:
        """Give the name of a place in this chapter."""
        before, _, name = url.partition("#")
        here = not before or (self._chapter is not None and self._plan.leads_to(before) == self._chapter)
        return name if here and name else None

    def file(self, url: str, kind: Kind) -> str | None:
        """Give the place of a file in the book."""
        found = self._files.shown(url, kind)
        return f"../{found.path}" if found is not None else None

    def missed(self, url: str) -> None:
        """Count what a link stands for."""
        self.missing += bool(url)


def _name(person: Person) -> str:
    return pages.line(person.name or person.id)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _page(name: str, data: bytes) -> OutputFile:
    return _file(f"{package.TEXTS}/{name}", data)


def _file(path: str, data: bytes | Iterable[bytes], *, stored: bool = False) -> OutputFile:
    chunks = [data] if isinstance(data, bytes) else data
    return OutputFile(path=PurePosixPath(package.ROOT, path), chunks=chunks, stored=stored)


EXPORTER = Exporter(
    name="epub",
    label="Book (EPUB)",
    losses=LOSSES,
    audience="public",
    write=write,
    options=EpubOptions,
    packed=".epub",
)
