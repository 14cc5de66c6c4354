"""Micro.blog's blog archive, .bar: https://book.micro.blog/blog-archive-format/.

A zip of ``feed.json`` (JSON Feed 1.1), ``index.html`` (the same posts as microformats) and the files that they refer
to by relative paths. ``content_text`` holds the source of a post, Markdown or HTML, beside the ``content_html`` made
of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import msgspec

from feedkeep.content.links import resolved
from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.ids import made_id
from feedkeep.models import Content, Media, Post, Record, Site
from feedkeep.wire import jsonfeed
from feedkeep.wire.feed_texts import is_cut

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.notes import Notes
    from feedkeep.source import Source
    from feedkeep.wire.loose import Loose

_ENTRIES = re.compile(rb"""class\s*=\s*["'][^"'<>]{0,200}\bh-(?:feed|entry)\b""")
_PATH = re.compile(r"""(?:["'(<]|\]:\s?)((?:\./)?[^\s"'()<>:?#]{1,500}\.[A-Za-z0-9]{2,5})(?=["')>\s])""")
_TEXTS = frozenset({"index.html", "feed.json"})


def detect(source: Source) -> bool:  # noqa: ARG001 — a feed alone is a JSON Feed
    """Say no: it is an archive of several files."""
    return False


def parts(container: Source) -> Iterator[Source]:
    """Find each feed.json with a page of its posts, or with uploads, beside it."""
    members = [member for member in container.members() if not member.is_container]
    paths = {member.path: member for member in members}
    folders = {folder for path in paths for folder in path.parents}
    for member in members:
        root = member.path.parent
        if member.path.name != "feed.json" or not jsonfeed.detect(member):
            continue
        page = paths.get(root / "index.html")
        said = container.name.endswith(".bar") or root / "uploads" in folders
        if said or (page is not None and _ENTRIES.search(page.head) is not None):
            yield container.part(root, _wanted)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the site, its posts and its files. Raises FormatError for an archive without a feed."""
    members = {str(member.path): member for member in source.members() if _wanted(member.path)}
    feed = members.get("feed.json") if source.is_container else source
    if feed is None:
        raise FormatError("no feed.json in it", source=source.name)
    home: str | None = None
    shown_in: dict[str, str] = {}
    for record in jsonfeed.read(feed, notes, name="bar", content=_content):
        if isinstance(record, Site):
            home = record.url
        if isinstance(record, Post):
            for path in _paths(record, members):
                shown_in.setdefault(path, record.id)
        yield _based(record, home) if isinstance(record, Post) else record
    for path in members:
        if path not in _TEXTS and not path.endswith(".html"):
            url = None if home is None else resolved(quote(path), f"{home.rstrip('/')}/")
            yield Media(id=url or made_id("media", path), url=url, path=path, post=shown_in.get(path))


def _wanted(path: PurePosixPath) -> bool:
    return str(path) in _TEXTS or path.parts[0] == "uploads" or path.suffix.lower() not in {".html", ".json", ".xml"}


def _content(item: Loose) -> Content | None:
    """Read the source of a post; what was made of it is left to ``extra``."""
    written = item.text("content_text")
    if written is not None:
        return Content(value=written, form="markdown", truncated=is_cut(written))
    markup = item.text("content_html")
    return None if markup is None else Content(value=markup, truncated=is_cut(markup))


def _paths(post: Post, members: dict[str, Source]) -> Iterator[str]:
    bodies = [post.content.value] if post.content is not None else []
    told = [path for body in bodies for path in _PATH.findall(body)]
    for path in (*told, *(file.url for file in post.enclosures), post.image or ""):
        found = unquote(path).removeprefix("./").lstrip("/")
        if found in members:
            yield found


def _based(post: Post, home: str | None) -> Post:
    """Say what relative paths in a body are relative to, once it is on the web, and resolve the others."""
    if home is None:
        return post
    base = f"{home.rstrip('/')}/"
    return msgspec.structs.replace(
        post,
        content=None if post.content is None else msgspec.structs.replace(post.content, base=base),
        image=None if post.image is None else resolved(post.image, base),
        enclosures=tuple(msgspec.structs.replace(file, url=resolved(file.url, base)) for file in post.enclosures),
    )


IMPORTER = Importer(name="bar", label="Micro.blog archive (.bar)", kind="export", detect=detect, read=read, parts=parts)
