"""Medium: the archive as downloaded, a page for each post, draft and response, and the profile.

https://help.medium.com/hc/en-us/articles/115004745787 . What one wrote under other people's posts lies among one's own; it is
told by its shape, called a response, and kept. A post's id is the guid of Medium's feeds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml import html as lxml_html

from feedkeep.errors import FormatError
from feedkeep.formats import Importer
from feedkeep.models import Content, Link, Person, Post, Site, Term
from feedkeep.wire.intake import Intake

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import PurePosixPath

    from feedkeep.models import Record
    from feedkeep.notes import Notes
    from feedkeep.source import Source

_MARK = re.compile(rb"""<section\s+data-field=["']body["']""", re.IGNORECASE)
_PROFILE = re.compile(rb"""class=["'][^"']*\bh-card\b""")
_SHORT = re.compile(r"https?://medium\.com/p/([0-9a-f]{4,})/?$")
_HEX = re.compile(r"(?:^|[-_/])([0-9a-f]{8,})(?:\.html)?$")
_OTHERS = frozenset(
    [
        "blocks",
        "bookmarks",
        "claps",
        "follower",
        "following",
        "highlights",
        "interests",
        "ips",
        "lists",
        "partner-program",
        "posts",
        "profile",
        "pubs",
        "pubs-following",
        "publications",
        "sessions",
        "social",
        "tags",
        "topics",
        "topics-following",
        "twitter",
        "users-following",
    ]
)
_LARGEST = 32 << 20  # bytes of a page


def detect(source: Source) -> bool:
    """A page of a post, by the section that holds its body."""
    return _MARK.search(source.head) is not None


def parts(container: Source) -> Iterator[Source]:
    """Find the archives: what lies around a folder of posts."""
    roots: dict[PurePosixPath, None] = {}
    for member in container.members():
        if member.path.suffix == ".html" and member.path.parent.name == "posts" and detect(member):
            roots[member.path.parent.parent] = None
    for root in roots:
        yield container.part(root, _wanted)


def read(source: Source, notes: Notes) -> Iterator[Record]:
    """Yield the author's page on Medium as the site, the author, then the posts. Raises FormatError."""
    if not source.is_container:
        yield from _post(source, notes)
        return
    members = list(source.members())
    for member in members:
        if member.path.parts[0] == "profile" and _PROFILE.search(member.head):
            yield from _profile(member, notes)
    others: dict[str, int] = {}
    for member in members:
        if member.path.parts[0] == "posts":
            try:
                yield from _post(member, notes)
            except FormatError as error:
                notes.skipped(f"a page that cannot be read: {error.reason}", source=member.name)
        elif member.path.parts[0] != "profile":
            others[member.path.parts[0]] = others.get(member.path.parts[0], 0) + 1
    for name, number in sorted(others.items()):
        notes.noticed(f"{name}: {number} files that are no posts, not read", source=source.name)


def _wanted(path: PurePosixPath) -> bool:
    return path.suffix == ".html" and (path.parts[0] in _OTHERS or str(path) == "README.html")


def _tree(source: Source) -> Any:  # noqa: ANN401 — lxml's element type is private
    data = source.read()
    if len(data) > _LARGEST:
        raise FormatError("a page larger than any post", source=source.name)
    try:
        # a page of bytes that no encoding fits is still a page
        return lxml_html.document_fromstring(data.decode("utf-8", "replace").replace("\0", ""))
    except (etree.LxmlError, ValueError) as error:
        raise FormatError("no HTML that can be read", source=source.name) from error


def _profile(source: Source, notes: Notes) -> Iterator[Record]:
    try:
        tree = _tree(source)
    except FormatError as error:
        notes.noticed(f"the profile cannot be read: {error.reason}", source=source.name)
        return
    name, link, photo = _text(tree, "p-name"), _one(tree, "u-url"), _one(tree, "u-photo")
    url = link.get("href") if link is not None else None
    email = re.search(r"Email address:\s*([^\s<>@]+@[^\s<>@]+)", tree.text_content())
    if url:
        yield Site(id=url, url=url, title=name)
    if url or name:
        yield Person(
            id=url.rstrip("/").rpartition("/")[2] if url else None,
            name=name,
            url=url,
            avatar=photo.get("src") if photo is not None else None,
            email=email[1] if email else None,
        )


def _post(source: Source, notes: Notes) -> Iterator[Record]:
    tree = _tree(source)
    body = next(iter(tree.xpath("//section[@data-field='body']")), None)
    if body is None:
        raise FormatError("no body of a post in it", source=source.name)
    intake = Intake(source, notes)
    canonical = _one(tree, "p-canonical")
    url = canonical.get("href") if canonical is not None else None
    short = next((found[1] for a in tree.iter("a") if (found := _SHORT.match(a.get("href") or ""))), None)
    named = _HEX.search(url or "") or _HEX.search(source.path.name)
    own = short or (named[1] if named else None)
    title = _text(tree, "p-name") or (tree.findtext(".//title") or "").strip() or None
    record = f"https://medium.com/p/{own}" if own else url or intake.made("post", title, source.path.name)
    stamp = _one(tree, "dt-published")
    when: dt.datetime | None = None
    if stamp is not None and stamp.get("datetime"):
        when = intake.moment(stamp.get("datetime"), "dt-published", record)
    is_draft = source.path.name.startswith("draft_") or stamp is None
    summary = _text(tree, "p-summary")
    is_response = _is_response(body, title, summary)
    if is_response:
        notes.noticed("looks like a response to somebody else's post: kept as one", source=source.name, record=record)
    author = _one(tree, "p-author")
    answered = tree.xpath("//a[contains(concat(' ', @class, ' '), ' u-in-reply-to ')]/@href")
    tags = tree.xpath("//*[contains(concat(' ', @class, ' '), ' p-tags ')]//a")
    yield Post(
        id=record,
        permalink=None,
        url=url,
        urls=(record,) if own and url else (),
        kind="response" if is_response else "post",
        title=title,
        subtitle=summary,
        content=Content(value=_body(body, title, summary)),
        authors=(Person(name=_words(author), url=author.get("href")),) if author is not None else (),
        terms=tuple(Term(name=name, taxonomy="post_tag") for name in dict.fromkeys(map(_words, tags)) if name),
        published=when,
        status="draft" if is_draft else "published",
        links=tuple(Link(href=href, rel="in-reply-to") for href in dict.fromkeys(map(str, answered))),
    )


def _is_response(body: Any, title: str | None, summary: str | None) -> bool:  # noqa: ANN401
    """Tell a response by its shape: no heading of its own, and its first words are its title."""
    if title is None or summary is not None or _has_heading(body):
        return False
    start = title.rstrip("….").rstrip()
    return bool(start) and " ".join(body.text_content().split()).startswith(" ".join(start.split()))


def _has_heading(body: Any) -> bool:  # noqa: ANN401
    return any("graf--title" in (one.get("class") or "") for one in body.iter("h1", "h2", "h3", "h4"))


def _body(body: Any, title: str | None, summary: str | None) -> str:  # noqa: ANN401
    """Give the body as it stands, without the heading that is the title and the one that is the summary."""
    for one in list(body.iter("h1", "h2", "h3", "h4")):
        said, kind = _words(one), one.get("class") or ""
        if ("graf--title" in kind and said == title) or ("graf--subtitle" in kind and said == summary):
            one.drop_tree()
    inner = [etree.tostring(child, method="html", encoding="unicode") for child in body]
    return ((body.text or "") + "".join(inner)).strip()


def _one(tree: Any, name: str) -> Any | None:  # noqa: ANN401
    return next(iter(tree.xpath("//*[contains(concat(' ', @class, ' '), $name)]", name=f" {name} ")), None)


def _text(tree: Any, name: str) -> str | None:  # noqa: ANN401
    found = _one(tree, name)
    return None if found is None else _words(found)


def _words(element: Any) -> str | None:  # noqa: ANN401
    return " ".join(element.text_content().split()) or None


IMPORTER = Importer(name="medium", label="Medium export", kind="export", detect=detect, read=read, parts=parts)
