"""Tumblr: the export of a blog, and answers of the API, version 1 (JSON and JSONP) and 2.

https://help.tumblr.com/export-your-blog/ and https://www.tumblr.com/docs/en/api/v2 . A post's id is the guid of Tumblr's feeds: its
address up to the number. Messages between people, which an export holds too, are nobody's posts: they are not read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Content, Media, Post, Term
from feedkeep.source import Source
from feedkeep.wire.intake import Intake
from feedkeep.wire.json_text import parsed
from feedkeep.wire.tumblr_posts import PostReader, site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import Record
    from feedkeep.notes import Notes

_JSONP = re.compile(rb"^\s*var\s+tumblr_api_read\s*=\s*")
_ONE = re.compile(rb'"tumblelog"\s*:\s*\{')
_TWO = re.compile(rb'"(?:reblog_key|post_url|is_blocks_post_format|tumblelog_uuid)"\s*:')
_PAGE = re.compile(rb"""<(?:span|div)\s+id=["']timestamp["']""")
_FOOTER = re.compile(r"(\d)(?:st|nd|rd|th)\b")
_NUMBER = re.compile(r"(\d{5,})(?:_|\.|$)")


def detect(source: Source) -> bool:
    """An answer of the API, or a page of an export by where it tells its date."""
    head = source.head
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _JSONP.match(start):
        return True
    if start[:1] in {b"{", b"["}:
        return _ONE.search(head) is not None or (_TWO.search(head) is not None and b'"type"' in head)
    return start[:1] == b"<" and _PAGE.search(head) is not None and b'id="footer"' in head


def parts(container: Source) -> Iterator[Source]:
    """Find the exports: what lies around the folder of posts."""
    roots: dict[PurePosixPath, None] = {}
    for member in container.members():
        parent = member.path.parent
        if member.path.suffix == ".html" and parent.name in {"html", "posts"} and detect(member):
            root = parent.parent.parent if parent.name == "html" and parent.parent.name == "posts" else parent.parent
            roots[root] = None
    for root in roots:
        yield container.part(root, _wanted, aside=_is_talk)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the blog where it is told, then its posts, each with what others wrote about it. Raises FormatError."""
    if source.is_container:
        yield from _export(source, notes)
    elif _PAGE.search(source.head):
        yield _page(source, notes)
    else:
        yield from _answers(source, notes)


def _is_talk(path: PurePosixPath) -> bool:
    return path.parts[0].startswith("conversations")


def _wanted(path: PurePosixPath) -> bool:
    if _is_talk(path):
        return True
    if path.suffix == ".html":
        return path.parts[0] in {"posts", "html"} or path.name == "posts_index.html"
    return path.parts[0] == "media" or bool(re.fullmatch(r"(?:payload|posts)[-\d]*\.(?:json|xml)", path.name))


def _export(source: Source, notes: Notes) -> Iterator[Record]:
    pages: list[Source] = []
    files: dict[str, list[Source]] = {}
    for member in source.members():
        if member.path.parts[0] == "media":
            number = _NUMBER.match(member.path.name)
            if number:
                files.setdefault(number[1], []).append(member)
        elif _is_talk(member.path):
            notes.noticed("messages between people, not read", source=member.name)
        elif member.path.suffix == ".html" and _PAGE.search(member.head):
            pages.append(member)
        else:
            notes.noticed("no post, not read", source=member.name)
    for page in pages:
        number = _NUMBER.match(page.path.name)
        own = files.get(number[1], []) if number else []
        try:
            post = _page(page, notes)
        except FormatError as error:
            notes.skipped(f"a page that cannot be read: {error.reason}", source=page.name)
            continue
        yield post
        for file in own:  # by the number in its name: the pages themselves often link to the wrong ones
            yield Media(id=f"tumblr:media:{file.path.name}", post=post.id, path=str(file.path), status=post.status)


def _page(page: Source, notes: Notes) -> Post:
    """Read the page of a post: its heading, body, date and tags."""
    try:
        tree: Any = lxml_html.document_fromstring(page.read().decode("utf-8", "replace").replace("\0", ""))
    except (etree.LxmlError, ValueError) as error:
        raise FormatError("no HTML that can be read", source=page.name) from error
    body = tree.find("body")
    if body is None:
        raise FormatError("a page without a body", source=page.name)
    intake = Intake(page, notes)
    number = _NUMBER.match(page.path.name)
    heading = body.find(".//h1")
    title = " ".join(heading.text_content().split()) or None if heading is not None else None
    stamp, tags = tree.xpath("//*[@id='timestamp']"), tree.xpath("//*[@id='footer']//*[@class='tag']")
    said = " ".join(stamp[0].text_content().split()) if stamp else ""
    names = [" ".join(tag.text_content().split()).removeprefix("#") for tag in tags]
    for one in [*tree.xpath("//*[@id='footer']"), *([heading] if heading is not None else [])]:
        one.drop_tree()
    inner = [etree.tostring(child, method="html", encoding="unicode") for child in body]
    text = ((body.text or "").strip() + "".join(inner)).strip()
    record = f"tumblr:{number[1]}" if number else intake.made("post", title, said, text)
    return Post(
        id=record,
        title=title,
        content=Content(value=text) if text else None,
        terms=tuple(Term(name=name, taxonomy="post_tag") for name in dict.fromkeys(names) if name),
        published=intake.moment(_FOOTER.sub(r"\1", said), "timestamp", record) if said else None,
        status="published",
    )


def _answers(source: Source, notes: Notes) -> Iterator[Record]:
    found = parsed(_plain(source), notes)
    reader = PostReader(Intake(source, notes), notes)
    known = False
    waiting: list[Any] = [found]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting[:0] = item
        elif not isinstance(item, dict):
            notes.skipped("an item that is not an object", source=source.name)
        elif isinstance(item.get("response"), (dict, list)):
            waiting.insert(0, item["response"])
        elif isinstance(item.get("posts"), list):
            known = True
            blog = item.get("tumblelog", item.get("blog"))
            told = site(blog) if isinstance(blog, dict) else None
            if told is not None:
                yield told
            waiting[:0] = item["posts"]
        else:
            known = True
            yield from reader.read(item)
    if not known:
        raise FormatError("no post of Tumblr's in it", source=source.name)


def _plain(source: Source) -> Source:
    """Take the call off an answer that is a script."""
    if not _JSONP.match(source.head.lstrip(b"\xef\xbb\xbf")):
        return source
    data = source.read().removeprefix(b"\xef\xbb\xbf")
    return Source.from_bytes(_JSONP.sub(b"", data, count=1).rstrip().rstrip(b";"), source.name, limits=source.limits)


IMPORTER = Importer(name="tumblr", label="Tumblr export and API", kind="export", detect=detect, read=read, parts=parts)
