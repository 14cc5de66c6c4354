"""Ghost: exports of every version, alone or with their files, and answers of its API.

https://docs.ghost.org/migration/custom; https://docs.ghost.org/content-api
"""

from __future__ import annotations

import mimetypes
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from feedkeep.content import lexical, mobiledoc
from feedkeep.content.json_tree import parsed
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Content, Link, Media, Post, Site
from feedkeep.wire import ghost
from feedkeep.wire.decoding import decoded
from feedkeep.wire.ghost_comments import Comments
from feedkeep.wire.ghost_people import Directory
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import Comment, Person, PostStatus, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.ghost import Row
    from feedkeep.wire.intake import Face

_LISTS = re.compile(rb'"(?:posts|pages)"\s*:\s*\[')
_COMMENTS = re.compile(rb'^\{\s*"comments"\s*:\s*\[')
_FIELDS = re.compile(
    rb'"(?:lexical|mobiledoc|published_at|feature_image|custom_excerpt|comment_id|codeinjection_head|visibility)"\s*:'
)
_STORES = frozenset({"images", "media", "files"})
_MADE = ("plaintext", "primary_author", "primary_tag", "reading_time")  # by the API, from the rest


def detect(source: Source) -> bool:
    """A JSON object with Ghost's wrapper, or with posts that have the fields of Ghost's alone."""
    head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] != b"{":
        return False
    if _LISTS.search(head) or re.match(rb'\{\s*"db"\s*:\s*\[', head):
        return b'"exported_on"' in head or (b'"slug"' in head and _FIELDS.search(head) is not None)
    if b'"exported_on"' in head and b'"data"' in head:
        return True
    return _COMMENTS.match(head) is not None and b'"member"' in head and b'"html"' in head


def parts(container: Source) -> Iterator[Source]:
    """Find each export that has a folder ``content`` with files beside it."""
    members = [member for member in container.members() if not member.is_container]
    stores = {root for member in members if (root := _root(member.path)) is not None}
    for member in members:
        root = member.path.parent
        if root in stores and member.path.suffix.lower() == ".json" and detect(member):
            stores.discard(root)
            name = member.path.name
            yield container.part(root, lambda path, name=name: path.as_posix() == name or _is_stored(path))  # type: ignore[misc]


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its authors and tags, then posts, pages and comments, last the files of a folder or zip."""
    if not source.is_container:
        yield from _Reading(source, notes).records()
        return
    files: list[Source] = []
    reading: _Reading | None = None
    for member in source.members():
        if _is_stored(member.path):
            files.append(member)
        elif reading is None and not member.is_container and member.path.suffix.lower() == ".json":
            reading = _Reading(member, notes)
            yield from reading.records()
    if reading is None:
        raise FormatError("a folder or zip without a Ghost export", source=source.name)
    for file in files:
        yield _file(file.path, reading.home)


def _root(path: PurePosixPath) -> PurePosixPath | None:
    """Give the folder that holds ``content`` with the file at ``path`` in it."""
    names = path.parts
    for at, name in enumerate(names[:-2]):
        if name == "content" and names[at + 1] in _STORES:
            return path.parents[len(names) - at - 1]
    return None


def _is_stored(path: PurePosixPath) -> bool:
    return len(path.parts) > 2 and path.parts[0] == "content" and path.parts[1] in _STORES


def _file(path: PurePosixPath, home: str | None) -> Media:
    address = f"/{path.as_posix()}"
    url = home.rstrip("/") + address if home else None
    return Media(id=url or address, url=url, path=path.as_posix(), type=mimetypes.guess_type(path.name)[0])


class _Reading:
    """One document: its tables, and what they refer to each other by."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._intake = Intake(source, notes)
        self._source, self._notes = source, notes
        text, assumed = decoded(source.read())
        if assumed:
            notes.repaired(assumed, source=source.name)
        try:
            self._tables = ghost.Tables(parsed(text.removeprefix("\ufeff")), notes, source.name)
        except ValueError as error:
            raise FormatError(str(error), source=source.name) from None
        self._settings = self._tables.settings()
        self.home = self._found_home()
        if ghost.PLACE in text:
            self._tables.place(self.home)
            self._settings = self._tables.settings()
            if self.home is None:
                # a base that is not known cannot be written down; with a relative address it can still be given later
                what = f"the export does not say where the blog is: addresses at {ghost.PLACE} became relative"
                notes.noticed(what, source=source.name)
        self._directory = Directory(notes, source.name, self.home)
        self._posts: dict[str, str] = {}  # our id, by the id of the file
        self._introduced: set[str | None] = set()

    def records(self) -> Iterator[Record]:
        """Yield the site first, then what the tables hold."""
        yield from self._intake.records(self._read(), self._site, _face)

    def _found_home(self) -> str | None:
        stated = ghost.address(self._settings.get("url")) or ghost.address(self._tables.options.get("url"))
        if stated or self._tables.options:
            return stated
        row = self._tables.first("posts", "pages")
        if row is None or row.get("id") is None:  # by a migration tool, and at the address that it came from
            return None
        return ghost.home(row)

    def _site(self) -> Site | None:
        held = dict(self._settings)
        title, url = ghost.take(held, "title"), self.home
        if title is None and url is None:
            return None
        language = next(
            (ghost.text(held.pop(name)) for name in ("locale", "lang", "default_locale") if name in held), ""
        )
        held.pop("url", None)
        description, image, icon = (ghost.take(held, name) for name in ("description", "logo", "icon"))
        own = self._directory.kept(held)
        if self._directory.secrets:
            what = f"{self._directory.secrets} passwords and keys were left out"
            self._notes.dropped(what, source=self._source.name, field="Site.extra")
        return Site(
            id=url or made_id("site", title),
            url=url,
            title=title,
            description=description,
            language=(language or "").replace("_", "-") or None,
            generator=f"Ghost {self._tables.version}" if self._tables.version else None,
            image=self._directory.address(image),
            icon=self._directory.address(icon),
            extra={"ghost": own} if own else {},
        )

    def _read(self) -> Iterator[Record]:
        tables = self._tables
        for name in ("users", "authors"):
            for row in tables.rows(name):
                person = self._directory.person(row)
                if person is not None:
                    yield from self._introduce(person)
        for row in tables.rows("tags"):
            term = self._directory.term(row)
            if term is None:
                self._notes.skipped("a tag without name and slug", source=self._source.name)
            else:
                yield term
        authors, tags = self._joined("posts_authors", "author_id"), self._joined("posts_tags", "tag_id")
        meta = {str(row.get("post_id")): row for row in tables.rows("posts_meta")}
        for name in ("posts", "pages"):
            for row in tables.rows(name):
                local = ghost.text(row.get("id")) or ""
                more = {key: value for key, value in meta.get(local, {}).items() if key not in {"id", "post_id"}}
                post = self._post({**more, **row}, name, authors.get(local, []), tags.get(local, []))
                for person in post.authors:
                    yield from self._introduce(person)
                yield post
        members = {ghost.text(row.get("id")): row for row in tables.rows("members")}
        comments = Comments(self._intake, self._directory, self._posts, self.home)
        for row in tables.rows("comments"):
            yield from comments.read(row, members)
        if members:
            self._notes.noticed(f"{len(members)} members: only those who commented are kept", source=self._source.name)
        left = ", ".join(f"{name} ({count})" for name, count in sorted(tables.left().items()))
        if left:
            self._notes.dropped(f"tables that are no part of the writing: {left}", source=self._source.name)

    def _introduce(self, person: Person) -> Iterator[Person]:
        if person.id is not None and person.id not in self._introduced:
            self._introduced.add(person.id)
            yield person

    def _joined(self, table: str, key: str) -> dict[str, list[str]]:
        """Read a table of relations: ids by the post's id, in the order that it states."""
        found: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for row in self._tables.rows(table):
            order = row.get("sort_order")
            place = float(order) if isinstance(order, (int, float)) else 0.0
            found[str(row.get("post_id"))].append((place, str(row.get(key))))
        return {post: [one for _, one in sorted(rows, key=lambda row: row[0])] for post, rows in found.items()}

    def _post(self, row: Row, table: str, authors: list[str], tags: list[str]) -> Post:
        held = dict(row)
        record_id, aliases = self._identified(held)
        stated = ghost.address(held.pop("url", None))
        url = None if stated and stated.rstrip("/").endswith(("/404", f"/p/{row.get('uuid')}")) else stated
        slug, title = (ghost.take(held, key) for key in ("slug", "title"))
        image, canonical = (ghost.take(held, key) for key in ("feature_image", "canonical_url"))
        image = image or ghost.take(held, "image")
        excerpt, language = (ghost.take(held, key) for key in ("custom_excerpt", "language"))
        is_page = table == "pages" or ghost.is_true(held.pop("page", None)) or held.get("type") == "page"
        kind = "page" if is_page else ghost.text(held.get("type")) or "post"
        held.pop("type", None)
        status = self._status(held, record_id, is_public=bool(url and row.get("id")))
        published, updated = (ghost.when(self._intake, held, key, record_id) for key in ("published_at", "updated_at"))
        content = self._content(held, record_id, url or self.home)
        fields: dict[str, Any] = {
            "authors": tuple(self._directory.authors(held, authors)),
            "terms": tuple(self._directory.tags(held, tags)),
            "sticky": ghost.is_true(held.pop("featured", None)),
        }
        for name in _MADE:
            held.pop(name, None)
        own = self._directory.kept(held)
        return Post(
            id=record_id,
            permalink=False,
            aliases=aliases,
            url=url,
            kind=kind,
            slug=slug,
            title=" ".join(title.split()) if title else None,
            summary=Content(value=excerpt, form="text") if excerpt else None,
            content=content,
            published=published,
            updated=updated,
            status=status,
            language=language.replace("_", "-") if language else None,
            links=(Link(href=canonical, rel="canonical"),) if canonical else (),
            image=self._directory.address(image),
            extra={"ghost": own} if own else {},
            **fields,
        )

    def _identified(self, held: Row) -> tuple[str, tuple[str, ...]]:
        """Choose the id that the blog's feed shows: the post's own since 1.0, its uuid before.

        A post that was imported keeps the id that it had in the blog that it came from as ``comment_id``.
        """
        local, uuid = ghost.take(held, "id"), ghost.take(held, "uuid")
        before = ghost.text(held.get("comment_id"))
        if local:
            record_id = local if ghost.is_global(local) else uuid or f"ghost:{local}"
            self._posts.setdefault(local, record_id)
        else:
            url = ghost.address(held.get("url"))
            words = (ghost.text(held.get(key)) for key in ("slug", "title", "published_at", "html"))
            record_id = uuid or url or self._intake.made("post", *words)
        others = (uuid, before if ghost.is_global(before) else None)
        return record_id, tuple(dict.fromkeys(other for other in others if other and other != record_id))

    def _status(self, held: Row, record_id: str, *, is_public: bool) -> PostStatus:
        """Read who may see a post; what is for members alone was never public."""
        said, seen = held.get("status"), held.get("visibility")
        # the Content API gives the address, and what is published; without either, Ghost itself assumes a draft
        stated = ghost.text(said) if said is not None else "published" if is_public else "draft"
        status = ghost.POST_STATUS.get(stated or "")
        if status is None:
            what = f"status {(stated or '')[:40]!r} is not known: kept private"
            self._notes.altered(what, source=self._source.name, record=record_id)
            return "private"
        if stated in {"published", "draft", "scheduled"}:
            held.pop("status", None)
        if seen is None or seen == "public":
            held.pop("visibility", None)
        elif status == "published":
            return "private"
        return "private" if status == "published" and ghost.is_true(held.get("email_only")) else status

    def _content(self, held: Row, record_id: str, base: str | None) -> Content | None:
        """Take the HTML; where there is none, render the document that it is made from, which stays in ``extra``."""
        html = ghost.text(held.get("html"))
        if html:
            del held["html"]
            return Content(value=html, base=base, truncated=held.get("access") is False)  # the API shows its beginning
        for name, render in (("lexical", lexical.rendered), ("mobiledoc", mobiledoc.rendered)):
            document = ghost.text(held.get(name))
            if document is None:
                continue
            try:
                shown, noticed = render(document)
            except ValueError as error:
                self._notes.dropped(
                    f"{name}: {error}", source=self._source.name, record=record_id, field="Post.content"
                )
                continue
            for what in dict.fromkeys(noticed):
                self._notes.altered(f"{name}: {what}", source=self._source.name, record=record_id)
            return Content(value=shown, base=base) if shown else None
        for name, form in (("markdown", "markdown"), ("plaintext", "text")):
            words = ghost.take(held, name)
            if words:
                return Content(value=words, form=form, base=base)  # type: ignore[arg-type]
        return None


def _face(record: Post | Comment) -> Face:
    """What tells two records apart that claim the same id."""
    return record.url, getattr(record, "slug", None), record.title


IMPORTER = Importer(name="ghost", label="Ghost export", kind="export", detect=detect, read=read, parts=parts)
