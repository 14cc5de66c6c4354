"""Tumblr: the blog export, answers of both versions of the API, and what backup programs keep of them.

https://help.tumblr.com/hc/en-us/articles/360005118894, https://www.tumblr.com/docs/en/api/v2 and …/api/v1. The export
is a zip of ``posts`` (pages, sometimes ``posts.xml``), ``media``, conversations and the account's data
(``payload-0.json``); the last two are private and are left alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from feedkeep.content.json_tree import parsed
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Media, Post, Record, Site
from feedkeep.notes import Notes
from feedkeep.wire import salvage, tumblr, tumblr_pages, tumblr_v1, withheld
from feedkeep.wire.decoding import decoded
from feedkeep.wire.elements import local
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import Comment
    from feedkeep.source import Source
    from feedkeep.wire.intake import Face

_JSONP: Final = re.compile(r"\s*(?:var\s+)?[A-Za-z_][\w.]*\s*(?:=|\()\s*(?=[\[{])")
_CALLED = re.compile(rb"(?:var\s+)?tumblr_api_read\s*[=(]")
_V1 = re.compile(rb'^\{\s*"tumblelog"\s*:|"posts-(?:start|total|type)"\s*:')
_V2 = re.compile(rb'"(?:reblog_key|tumblelog_uuid|is_blocks_post_format|total_posts|blog_name)"\s*:')
_POSTS = re.compile(rb'"(?:post_url|posts|reblog_key|total_posts)"\s*:')
_XML = re.compile(
    rb"(?:<\?xml[^>]*+>\s*+)?(?><!--.*?-->\s*+)*+<(?:tumblr\b|posts\b[^>]*>\s*<post\b[^>]*\b(?:url|type)=)", re.DOTALL
)
_PAGE = re.compile(r"(?:posts/)?(?:html/)?\d{5,}\.html")
_LISTS: Final = frozenset({"posts_index.html", "posts/posts_index.html", "posts/index.html"})
_PRIVATE: Final = {"conversations": "private conversations", "messages": "private conversations"}


def detect(source: Source) -> bool:
    """Know an answer of the API by its names, a page by its footer."""
    head = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _CALLED.match(head):
        return True
    if head[:1] in {b"{", b"["}:
        return _V1.search(head) is not None or (_V2.search(head) is not None and _POSTS.search(head) is not None)
    if _XML.match(head):
        return True
    return head[:1] == b"<" and b'id="footer"' in head and tumblr_pages.FOOTER.search(head) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find each folder of an export's posts, with what lies beside it."""
    roots: dict[PurePosixPath, None] = {}
    for member in list(container.members()):
        root = None if member.is_container else _root(member.path)
        if root is not None and root not in roots and detect(member):
            roots[root] = None
            yield withheld.part(container, root, _is_ours, _reason)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the blog, posts and comments, last the files of an export. Raises FormatError for what is of no form."""
    if source.is_container:
        yield from _Export(source, notes).records()
        return
    document = _Document(source, notes)
    yield from document.intake.records(document.records(), lambda: document.site, _face)


def _root(path: PurePosixPath) -> PurePosixPath | None:
    """Give the folder of the export that a file of posts lies in."""
    folder = path.parent
    if path.name == "posts.xml" or re.fullmatch(r"\d{5,}\.html", path.name):
        folder = folder.parent if folder.name == "html" else folder
        return folder.parent if folder.name == "posts" else folder
    return None


def _is_ours(path: PurePosixPath) -> bool:
    told = path.as_posix()
    return _PAGE.fullmatch(told) is not None or told in {"posts.xml", "posts/posts.xml"} or path.parts[0] == "media"


def _reason(_: Source, path: PurePosixPath) -> str | None:
    if re.fullmatch(r"payload-\d+\.json", path.name):
        return f"the account's own data ({path.name})"
    if path.as_posix() in _LISTS:
        return f"a list of the posts ({path.name})"
    return _PRIVATE.get(path.parts[0].removesuffix(".zip"))


class _Document:
    """One answer of the API, or one page."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self.intake = Intake(source, notes)
        self.site: Site | None = None
        self._source, self._notes = source, notes
        self._reader = tumblr.Reader(self.intake)

    def records(self) -> Iterator[Record]:
        """Yield posts and comments."""
        head = self._source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if _XML.match(head) or head.startswith(b"<?xml"):
            yield from self.from_xml()
            return
        if not head.strip():
            raise FormatError("the file is empty", source=self._source.name)
        text, assumed = decoded(self._source.read())
        if assumed:
            self._notes.repaired(assumed, source=self._source.name)
        if head[:1] == b"<":
            if tumblr_pages.FOOTER.search(head) is None:
                raise FormatError("a page that is not of a Tumblr export", source=self._source.name)
            yield self.page(text)
            return
        yield from self._from_json(text)

    def page(self, text: str) -> Post:
        """Read a page of an export."""
        return tumblr_pages.post(text, self._source.path, self.intake)

    def from_xml(self) -> Iterator[Record]:
        """Yield the posts of an answer in XML; one that states no state was in an export, which holds them all."""
        answers = False
        for element in salvage.elements(self._source, self._notes, ("tumblelog", "post"), ("tumblr", "posts")):
            if local(element) == "tumblelog":
                answers = True
                said = {**element.attrib, "description": "".join(element.itertext())}
                self.site = tumblr.site(said)
            else:
                row = tumblr_v1.modern(tumblr_v1.row_of(element))
                yield from self._reader.records(row, shown_to_all=answers)
        _tell_unsaid(self._reader.unsaid, self._source, self._notes)

    def _from_json(self, text: str) -> Iterator[Record]:
        text = text.removeprefix("\ufeff")
        called = _JSONP.match(text)
        if called is not None:
            text = text[called.end() :].rstrip().rstrip(";").rstrip().removesuffix(")")
        try:
            found = parsed(text)
        except ValueError as error:
            raise FormatError(str(error), source=self._source.name) from None
        if isinstance(found, dict) and ("tumblelog" in found or "posts-total" in found):
            self.site = tumblr.site(found.get("tumblelog"))
            rows: Any = list(tumblr_v1.posts(found))
        else:
            rows = self._second(found)
        for row in rows:
            yield from self._reader.records(row)

    def _second(self, found: Any) -> list[Any]:  # noqa: ANN401 — JSON
        """Find the posts of an answer of the second API, of a list of posts, or of one post alone."""
        held = found.get("response", found) if isinstance(found, dict) else found
        if isinstance(held, dict):
            rows = held.get("posts")
            blog = held.get("blog")
            if not isinstance(rows, list):
                rows = [held] if {"post_url", "reblog_key", "content"} & held.keys() else None
        else:
            rows, blog = held, None
        if not isinstance(rows, list):
            raise FormatError("a JSON document without posts of Tumblr", source=self._source.name)
        if blog is None:
            blog = next(
                (row.get("blog") or {"name": row.get("blog_name")} for row in rows if isinstance(row, dict)), None
            )
        self.site = tumblr.site(blog)
        return rows


class _Export:
    """The folder or zip: pages, the posts.xml that tells more of the same, and files."""

    def __init__(self, source: Source, notes: Notes) -> None:
        self._source, self._notes = source, notes
        members = [member for member in source.members() if not member.is_container and _is_ours(member.path)]
        self._files = [member.path for member in members if member.path.parts[0] == "media"]
        self._table = next((member for member in members if member.path.name == "posts.xml"), None)
        self._pages = [
            member for member in members if member.path.suffix == ".html" and member.path.parts[0] != "media"
        ]
        if self._table is None and not self._pages:
            raise FormatError("no posts of a Tumblr export in it", source=source.name)
        self._shown: dict[str, str] = {}  # which post shows a file first
        self._ids: dict[str, str] = {}  # of posts, by their number

    def records(self) -> Iterator[Record]:
        """Yield all of it; the files come last, with the posts that they are of."""
        withheld.tell(self._source, self._notes)
        intake = Intake(self._source, self._notes)
        table = None if self._table is None else _Document(self._table, self._notes)
        yield from intake.records(self._posts(table), lambda: None if table is None else table.site, _face)
        yield from self._media()

    def _posts(self, table: _Document | None) -> Iterator[Record]:
        if table is not None:
            try:
                for record in table.from_xml():
                    if isinstance(record, Post):
                        self._known(record)
                    yield record
            except FormatError as error:
                if not self._pages:
                    raise
                self._notes.dropped(f"posts.xml: {error.reason}", source=self._source.name)
        unsaid = 0
        for member in self._pages:
            try:
                text, assumed = decoded(member.read())
            except FormatError as error:
                self._notes.skipped(error.reason, source=member.name)
                continue
            if assumed:
                self._notes.repaired(assumed, source=member.name)
            # what posts.xml told already, it told better; the page still tells which files it shows
            quiet = member.path.stem in self._ids
            post = tumblr_pages.post(text, member.path, Intake(member, Notes() if quiet else self._notes))
            record_id = self._ids.get(member.path.stem, post.id)
            for path in tumblr_pages.shown(post, member.path):
                self._shown.setdefault(path, record_id)
            if not quiet:
                unsaid += post.status == "private"
                self._known(post)
                yield post
        _tell_unsaid(unsaid, self._source, self._notes)

    def _known(self, post: Post) -> None:
        for name in (*post.aliases, post.id):
            if name.startswith("tumblr:"):
                self._ids.setdefault(name.removeprefix("tumblr:"), post.id)

    def _media(self) -> Iterator[Record]:
        """Yield the files. The number that a file is named after tells its post, for pages show wrong ones at times."""
        for path in self._files:
            told = path.as_posix()
            named, shown = self._ids.get(tumblr_pages.owner(path) or ""), self._shown.pop(told, None)
            if named is not None and shown != named:
                what = "is shown by no page" if shown is None else "is shown by the page of another post"
                self._notes.noticed(
                    f"{told}, which is named after the post, {what}", source=self._source.name, record=named
                )
            yield Media(id=made_id("media", told), path=told, post=named or shown)
        for told, post_id in self._shown.items():
            yield Media(id=made_id("media", told), path=told, post=post_id)


def _tell_unsaid(number: int, source: Source, notes: Notes) -> None:
    if number:
        what = f"the export does not say which posts were private: {number} that may be are kept private"
        notes.noticed(what, source=source.name)


def _face(record: Post | Comment) -> Face:
    """What tells two records apart that claim the same id."""
    return record.url, record.title


IMPORTER = Importer(name="tumblr", label="Tumblr export and API", kind="export", detect=detect, read=read, parts=parts)
