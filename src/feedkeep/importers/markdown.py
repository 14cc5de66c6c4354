"""Sites of Hugo, Jekyll, Pelican and Eleventy, and Markdown files with front matter.

https://gohugo.io/content-management/front-matter/, https://jekyllrb.com/docs/front-matter/,
https://docs.getpelican.com/en/latest/content.html, https://www.11ty.dev/docs/data-frontmatter/.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term
from feedkeep.wire import front_matter, kept_fields, post_fields, site_config, static_comments, static_site
from feedkeep.wire.post_document import PostReader
from feedkeep.wire.site_config import Blog
from feedkeep.wire.static_site import FORMS
from feedkeep.wire.tree_places import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.intake import Face
    from feedkeep.wire.permalinks import Place
    from feedkeep.wire.static_site import Generator

_KEY = re.compile(
    rb"^[\"']?(?:title|date|draft|tags?|categor(?:y|ies)|layout|permalink|slug|author|description)[\"']?[ \t]*[:=]",
    re.IGNORECASE | re.MULTILINE,
)
_FIELDS = frozenset({"title", "date", "draft", "tags", "categories", "slug", "permalink", "layout"})
_HEADERS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?Title:[ \t]*[^\r\n]*\r?\n(?:[A-Z][A-Za-z_-]*:[^\r\n]*\r?\n|[ \t]+[^\r\n]*\r?\n)*"
)
_HEADER_KEY = re.compile(rb"^(?:Date|Category|Tags|Slug|Authors?|Summary|Modified|Status):", re.MULTILINE)


def detect(source: Source) -> bool:
    """Know a document by front matter with a field that posts have."""
    head = source.head
    if static_site.has_front_matter(head):
        fence = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:3]
        end = re.search(rb"^" + re.escape(fence) + rb"[ \t]*\r?$", head[head.index(fence) + 3 :], re.MULTILINE)
        front = head if end is None else head[: head.index(fence) + 3 + end.start()]
        suffix = source.path.suffix.lower()  # between three dashes there are documents of YAML as well
        return (
            _KEY.search(front) is not None and suffix not in static_site.DATA and (end is not None or suffix in FORMS)
        )
    if static_site.begins_with_json(head):
        found = front_matter.parted(head.decode("utf-8", "ignore"))
        known = found.syntax == "json" and not _FIELDS.isdisjoint(found.fields)
        return known and bool(found.body.strip()) and not found.body.startswith(("{", "["))
    headers = _HEADERS.match(head)
    return headers is not None and _HEADER_KEY.search(headers[0]) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find the sites by their settings or folders, else take all files with front matter for one."""
    members = {member.path: member for member in container.members() if not member.is_container}
    for root, generator in static_site.roots(members, _is_post).items():
        chosen = _chosen(generator, root, members)
        if any(path.suffix.lower() in FORMS for path in chosen):
            yield container.part(root, chosen.__contains__)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its posts, files and comments. Raises FormatError where there is no post."""
    if source.is_container:
        yield from _Tree(source, notes).records()
        return
    blog = Blog(generator="plain")
    reader = PostReader(source, notes, blog)
    path = PurePosixPath(source.path.name)
    yield reader.post(source, place_of(blog, path if path.suffix.lower() in FORMS else path.with_suffix(".md")))
    reader.end()


def _is_post(path: PurePosixPath, member: Source) -> bool:
    try:
        return path.suffix.lower() in FORMS and detect(member)
    except FormatError:  # of a damaged pack
        return False


def _start(member: Source) -> bytes:
    try:
        with member.open() as stream:
            return stream.read(4096)
    except FormatError:
        return b""


def _chosen(generator: Generator, root: PurePosixPath, members: dict[PurePosixPath, Source]) -> set[PurePosixPath]:
    below = {path.relative_to(root): member for path, member in members.items() if path.is_relative_to(root)}
    config: dict[str, Any] = {}
    settings = {path: member for path, member in below.items() if static_site.is_config(path)}
    if settings:
        config = site_config.read(generator, settings, lambda _member, _what: None).config
    content = site_config.content_folder(generator, below, config)
    return {
        path
        for path, member in below.items()
        if static_site.wanted(generator, content, path, lambda member=member: _start(member))  # type: ignore[misc]
    }


class _Tree:
    """The members of one site."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source = source
        self._notes = notes
        self._members = {member.path: member for member in source.members() if not member.is_container}
        found = static_site.roots(self._members, _is_post)
        generator = found.get(PurePosixPath(), "plain")
        self._blog = site_config.read(generator, self._members, self._failed)
        self._reader = PostReader(source, notes, self._blog)
        self._posts: dict[str, static_comments.Known] = {}
        self._told_files: set[PurePosixPath] = set()
        self._bundles: dict[PurePosixPath, Post] = {}  # folder of an index → its post

    def records(self) -> Iterator[Record]:
        """Yield the site, posts, files and comments, every one under an id of its own."""
        if not any(path.suffix.lower() in FORMS for path in self._members):
            raise FormatError("no post in it", source=self._source.name)
        yield from self._reader.intake.records(self._all(), self._site, _face)

    def _all(self) -> Iterator[Record]:
        for path, member in self._members.items():
            if path.suffix.lower() not in FORMS:
                continue
            place = place_of(self._blog, path)
            try:
                post = self._reader.post(member, place)
            except FormatError as error:
                self._notes.skipped(error.reason, source=member.name)
                continue
            self._know(post, place)
            yield post
            yield from self._reader.within(post, member)
        yield from self._kept()
        yield from self._files()
        yield from self._comments()
        self._reader.end()

    def _site(self) -> Site | None:
        blog = self._blog
        told = self._ours("blog.json")
        ours = kept_fields.made(told.get("site"), Site) if isinstance(told, dict) else None
        if ours is not None:
            return ours
        if blog.zone is not None and self._source.timezone is None:
            what = f"the site's time zone is {blog.zone[:60]}: --timezone makes dates without a zone be read in it"
            self._notes.noticed(what, source=self._source.name)
        author = post_fields.person(blog.authors.get(""), {})
        if blog.base is None and blog.title is None:
            return None
        return Site(
            id=f"{blog.base}/" if blog.base is not None else made_id("site", blog.title),
            url=f"{blog.base}/" if blog.base is not None else None,
            title=blog.title,
            description=blog.description,
            language=blog.language,
            authors=() if author is None else (author,),
            generator=None if blog.generator == "plain" else blog.generator.title(),
            extra={"markdown": {"config": blog.config}} if blog.config else {},
        )

    def _ours(self, name: str) -> Any:  # noqa: ANN401
        """Give what our own exporters kept of the blog; None where they kept nothing."""
        for path, member in self._members.items():
            if path.parent.name == kept_fields.FOLDER and path.name == name:
                return site_config.loaded(member, path, self._failed)
        return None

    def _kept(self) -> Iterator[Record]:
        """Yield people and terms, and the files as they were known."""
        told = self._ours("blog.json")
        people = (kept_fields.made(one, Person) for one in _listed(told, "people"))
        terms = (kept_fields.made(one, Term) for one in _listed(told, "terms"))
        yield from (one for one in (*people, *terms) if one is not None)
        files = self._ours("media.json")
        for one in files if isinstance(files, list) else ():
            held = kept_fields.made(one.get("media"), Media) if isinstance(one, dict) else None
            if held is not None:
                path = one.get("file")
                path = path if isinstance(path, str) and PurePosixPath(path) in self._members else None
                self._told_files.add(PurePosixPath(path or ""))
                yield msgspec.structs.replace(held, path=path)

    def _know(self, post: Post, place: Place) -> None:
        if place.is_index:
            self._bundles[place.path.parent] = post
        known = static_comments.Known(post.id, post.url)
        stem = place.path.stem if place.path.stem != "index" else place.path.parent.name
        front = (post.extra.get("markdown") or {}).get("front_matter") or {}
        own = [f"#{front[name]}" for name in ("post_id", "wordpress_id", "wp_id") if name in front]
        addresses = [url for url in (post.url, *post.urls) if url is not None]
        names = [stem, post.slug or "", place.stem, str(place.path), str(place.path.with_suffix("")), *addresses]
        for name in (*(static_comments.key(name) for name in names), *own, f"#{post.id}"):
            if name:
                self._posts.setdefault(name, known)

    def _files(self) -> Iterator[Media]:
        for path in self._members:
            if static_site.MEDIA.search(path.name) is None or path in self._told_files:
                continue
            folder = next((folder for folder in path.parents if folder in self._bundles), None)
            if self._blog.generator not in {"hugo", "eleventy", "plain"} and folder == PurePosixPath():
                folder = None
            post = None if folder is None or folder == PurePosixPath() else self._bundles[folder]
            url = None
            if post is not None and folder is not None and post.url is not None:
                url = f"{post.url.rstrip('/')}/{quote(str(path.relative_to(folder)))}"
            elif post is None and self._blog.base is not None:
                url = f"{self._blog.base}/{quote(self._published(path))}"
            title = self._reader.resources.get((post.id, str(path.relative_to(folder)))) if post and folder else None
            yield Media(
                id=url or made_id("media", str(path)),
                url=url,
                path=str(path),
                post=None if post is None else post.id,
                title=title,
            )

    def _published(self, path: PurePosixPath) -> str:
        """Give the path that a file has on the web: generators leave out the folder of what they only copy."""
        first = {"hugo": ("static", "assets"), "pelican": (self._blog.content,), "eleventy": ("public", "static")}
        parts = path.parts[1:] if path.parts[0] in first.get(self._blog.generator, ()) else path.parts
        return "/".join(parts)

    def _comments(self) -> Iterator[Comment]:
        def files() -> Iterator[tuple[PurePosixPath, Any]]:
            for path, member in self._members.items():
                if static_site.is_data(path) and static_site.is_comments(path):
                    value = site_config.loaded(member, path, self._lost)
                    if value is not None:
                        yield path, value

        yield from static_comments.read(files(), self._posts, self._reader.intake, self._blog.base)

    def _failed(self, member: Source, what: str) -> None:
        self._notes.dropped(what, source=member.name)

    def _lost(self, member: Source, what: str) -> None:
        self._notes.skipped(what, source=member.name)


def _listed(told: Any, name: str) -> list[Any]:  # noqa: ANN401
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, list) else []


def _face(record: Post | Comment) -> Face:
    path = (record.extra.get("markdown") or {}).get("path")
    return record.url, path


IMPORTER = Importer(
    name="markdown",
    label="Markdown with front matter: Hugo, Jekyll, Pelican, Eleventy",
    kind="export",
    detect=detect,
    read=read,
    parts=parts,
)
