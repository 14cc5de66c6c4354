"""Blogger: the backup (blog-….xml), Google Takeout's feed.atom, and answers of the API.

https://support.google.com/blogger/answer/41387 and https://developers.google.com/blogger/docs/3.0/reference. The ids are
those of the blog's public Atom feed in all three, so that they and the feed are one blog.
"""

from __future__ import annotations

import csv
import html
import io
import re
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import msgspec

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Comment, Post, Site, Term
from feedkeep.wire import atom_document, blogger, blogger_api, detection
from feedkeep.wire import namespaces as ns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Person, Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_API = re.compile(rb'"kind"\s*:\s*"blogger#(?:post|page|comment|blog)(?:List)?"')
_TERM = re.compile(rb"""\bterm\s*=\s*(['"])(?:(?!\1).)*$""", re.DOTALL)
_ESCAPED = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|nbsp);")
_BESIDE = frozenset({"settings.csv", "theme-classic.html", "theme-layouts.xml"})
_LONGEST = 1 << 20  # bytes of a line that is looked at for labels


def detect(source: Source) -> bool:
    """A feed that says it is an export of Blogger's, or an answer of its API."""
    head = source.head
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return _API.search(head) is not None
    root = detection.root(head)
    return root is not None and (root.space, root.name) == (ns.ATOM, "feed") and blogger.is_export(head)


def parts(container: Source) -> Iterator[Source]:
    """Find the blogs of a Takeout: each a folder with a feed.atom."""
    for member in container.members():
        if member.path.name == "feed.atom" and blogger.is_export(member.head):
            yield container.part(member.path.parent, lambda path: str(path) in {"feed.atom", *_BESIDE})


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its posts, pages and comments. Raises FormatError."""
    home: str | None = None
    document = source
    if source.is_container:
        members = {str(member.path): member for member in source.members()}
        if "feed.atom" not in members:
            raise FormatError("no feed.atom in it", source=source.name)
        document = members["feed.atom"]
        home = _home(members["settings.csv"]) if "settings.csv" in members else None
        for name in sorted(members.keys() & {"theme-classic.html", "theme-layouts.xml"}):
            notes.noticed("a theme of Blogger's, not read", source=members[name].name)
    if document.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        yield from blogger_api.records(document, notes)
        return
    settings: dict[str, str] = {}
    takeout = blogger.is_takeout(document.head)
    opened = (lambda: cast(BinaryIO, _Labels(document.open()))) if takeout else document.open
    begun = False
    try:
        for record in atom_document.records(document, notes, opened, settings=settings, home=home):
            if isinstance(record, Site):
                record = _site(record, settings, home, takeout=takeout)  # noqa: PLW2901
            yield _kept(_plainly(record) if takeout else record)
            begun = True
    except FormatError as error:  # what came before it is whole, and all that there is of the blog
        if not begun:
            raise
        notes.skipped(f"all after a damaged place: {error.reason}", source=document.name, line=error.line)


def _site(site: Site, settings: dict[str, str], home: str | None, *, takeout: bool) -> Site:
    domain = settings.get("BLOG_CUSTOM_DOMAIN") or settings.get("BLOG_SUBDOMAIN")
    if domain and "." not in domain:
        domain += ".blogspot.com"
    name = settings.get("BLOG_NAME") or site.title or ""
    escaped = takeout or "BLOG_NAME" in settings
    return msgspec.structs.replace(
        site,
        id=site.id.removesuffix(".archive"),
        url=site.url or home or (f"https://{domain}/" if domain else None),
        title=(html.unescape(name) if escaped else name) or None,
        description=settings.get("BLOG_DESCRIPTION") or site.description,
        language=site.language or settings.get("BLOG_LOCALE") or None,
    )


def _plainly(record: Record) -> Record:
    """Undo what Takeout does to titles and labels: escaped once too often, and all labels in one."""
    if isinstance(record, Post):
        title, terms = record.title, record.terms
        if title is not None and _ESCAPED.search(title):
            title = html.unescape(title)
        if any("\n" in (term.name or "") for term in terms):
            names = dict.fromkeys(name.strip() for term in terms for name in (term.name or "").split("\n"))
            terms = tuple(Term(name=name, scheme=terms[0].scheme) for name in names if name)
        return msgspec.structs.replace(record, title=title, terms=terms)
    if isinstance(record, Comment) and record.title is not None and _ESCAPED.search(record.title):
        return msgspec.structs.replace(record, title=html.unescape(record.title))
    return record


def _kept(record: Record) -> Record:
    """Keep what no field holds as Blogger's own: an export was never meant for the public, as an Atom feed is."""
    if isinstance(record, Post):
        return msgspec.structs.replace(record, extra=_renamed(record.extra), authors=_people(record.authors))
    if isinstance(record, Site):
        return msgspec.structs.replace(record, extra=_renamed(record.extra), authors=_people(record.authors))
    if isinstance(record, Comment):
        author = None if record.author is None else _people((record.author,))[0]
        return msgspec.structs.replace(record, extra=_renamed(record.extra), author=author)
    return record


def _people(people: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(msgspec.structs.replace(one, extra=_renamed(one.extra)) if one.extra else one for one in people)


def _renamed(extra: dict[str, Any]) -> dict[str, Any]:
    return {"blogger" if name == "atom" else name: value for name, value in extra.items()}


def _home(settings: Source) -> str | None:
    """Find the blog's address in Takeout's settings: a header and one row."""
    try:
        rows = list(csv.reader(io.StringIO(settings.read().decode("utf-8-sig", "replace"))))
    except csv.Error:
        return None
    for name, value in zip(*rows[:2], strict=False) if len(rows) > 1 else ():
        if "domain" in name.lower() and value.strip():
            host = value.strip().removeprefix("http://").removeprefix("https://").strip("/")
            return f"https://{host}/" if "." in host else f"https://{host}.blogspot.com/"
    return None


class _Labels(io.BufferedIOBase):
    """A stream in which line breaks within ``term="…"`` are references: XML would make blanks of them."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._quote = b""  # that ends the attribute which is open at the end of the last line

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        pieces, length = [], 0
        while size is None or size < 0 or length < size:
            line = self._stream.readline(_LONGEST)
            if not line:
                break
            pieces.append(self._joined(line))
            length += len(line)
        return b"".join(pieces)

    def _joined(self, line: bytes) -> bytes:
        rest = line
        if self._quote:
            if self._quote not in line:
                return line.rstrip(b"\r\n") + b"&#10;"
            rest = line[line.index(self._quote) + 1 :]
            self._quote = b""
        open_ = _TERM.search(rest[-4096:]) if b"term" in rest else None
        if open_ is not None and line.endswith(b"\n"):
            self._quote = open_[1]
            return line.rstrip(b"\r\n") + b"&#10;"
        return line

    def close(self) -> None:
        self._stream.close()
        super().close()


IMPORTER = Importer(
    name="blogger", label="Blogger (backup, Takeout, API)", kind="export", detect=detect, read=read, parts=parts
)
