"""BlogML 2.0, which BlogEngine.NET, Subtext, Orchard and others import: https://archive.codeplex.com/?p=blogml.

Bodies are base64 of UTF-8, which every reader of it understands and no parser can damage; files that belong to a post
are embedded in it.
"""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from lxml import etree

from feedkeep.content import render
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from feedkeep.models import Comment, Content, Media, Person, Post, Snapshot, Term
    from feedkeep.notes import Notes

_SPACE = "http://www.blogml.com/2006/09/BlogML"
_LARGEST = 16 << 20  # bytes of a file that is embedded; a larger one is named by its address
_KINDS = {"page": "article"}

_ENTRY = "a BlogML post has no place for it"
_ANSWER = "a BlogML comment has no place for it"
_BLOG = "BlogML knows title, description and address of a blog"
_FILE = "an attachment is an address, a type and its bytes"
_PERSON = "an author is an id, a name and an e-mail address"

LOSSES = Losses(
    dropped={
        "Tombstone": "what is gone is not in it",
        **{
            f"Site.{name}": _BLOG
            for name in (
                *("authors", "extra", "feed_urls", "generator", "hubs", "icon", "image", "language", "links", "rights"),
                "terms",
            )
        },
        **{
            f"Post.{name}": _ENTRY
            for name in (
                *("aliases", "comment_count", "comments_feed", "comments_open", "comments_url", "contributors"),
                *("enclosures", "extra", "image", "language", "links", "order", "parent", "permalink", "pings_open"),
                *("reviews", "rights", "source", "subtitle", "title_html", "urls"),
            )
        },
        "Post.password": "the post becomes a draft, that nobody read it without",
        "Post.deleted": "what is gone is not in it",
        **{
            f"Comment.{name}": _ANSWER
            for name in ("aliases", "extra", "ip", "order", "parent", "permalink", "post_url", "url")
        },
        "Comment.deleted": "what is gone is not in it",
        **{
            f"Media.{name}": _FILE
            for name in (
                *(
                    "aliases",
                    "alt",
                    "author",
                    "caption",
                    "description",
                    "page_url",
                    "path",
                    "published",
                    "slug",
                    "title",
                ),
                "updated",
            )
        },
        **{f"Person.{name}": _PERSON for name in ("avatar", "extra", "family_name", "given_name")},
        "Term.extra": "a category is an id, a title, a description and a parent",
        "Term.scheme": "a category is an id, a title, a description and a parent",
        **{f"Content.{name}": "a body is whole, and HTML" for name in ("media_type", "src", "truncated")},
    },
    altered={
        "Post.sticky": _ENTRY,
        "Comment.kind": "pingbacks become trackbacks",
        "Media.id": _FILE,
        "Media.extra": _FILE,
    },
    sometimes={
        "Site.description": "one line",
        "Site.id": "a blog is known by its address",
        "Site.url": "an address that leads nowhere by itself is none",
        "Post.content": "a text of another editor's marks alone is none",
        "Post.url": "a relative address is taken to be below the blog's",
        "Term.name": "of categories of one slug the first names them",
        "Snapshot.people": _PERSON,
        "Snapshot.terms": "of tags, those that posts name",
        "Post": "what is in the bin or deleted stays there",
        "Post.kind": "BlogML knows posts and articles",
        "Post.status": "what only some may read, and what waits, becomes a draft",
        "Comment": "spam, and what was deleted, is left out",
        "Comment.status": "approved or not",
        "Content.form": "bodies are HTML",
        "Content.base": "relative links are made absolute instead",
        "Content.value": "bodies are HTML",
        "Media": "a file of no post is left out",
        "Media.post": "where the post's id got a prefix",
        "Comment.content": "a trackback is a title and an address",
        "Person.name": "a trackback is a title and an address",
        "Person.email": "a trackback is a title and an address",
        "Media.sha256": "of files that the archive holds",
        "Media.size": "of files that the archive holds",
        "Person.id": "a commenter has none",
        "Post.id": "an id that is neither a GUID nor an address gets a prefix",
        "Comment.id": "an id that is neither a GUID nor an address gets a prefix",
        "Person.url": "an author has none",
        "Term": "tags are names",
        "Term.id": "tags are names",
        "Term.slug": "tags are names",
        "Term.taxonomy": "BlogML knows categories and tags",
    },
    advice={"Comment.parent": "a comment server keeps threads: see isso, remark42, disqus"},
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:  # noqa: ARG001
    """Write ``blog.xml``."""
    yield OutputFile(path=PurePosixPath("blog.xml"), chunks=_Writing(snapshot, notes).document())


class _Writing:
    """What posts refer to: people, categories, files."""

    def __init__(self, snapshot: Snapshot, notes: Notes) -> None:
        self._snapshot, self._notes = snapshot, notes
        self._people: dict[str, Person] = {}
        self._terms: dict[str, Term] = {}  # by slug
        self._keys: dict[str, str] = {}  # ids of categories, by slug
        self._files: dict[str, list[Media]] = {}
        for person in snapshot.people():
            self._person(person)
        for term in snapshot.terms():
            self._term(term)
        for post in snapshot.posts(oldest_first=True, bodiless=True):
            for person in post.authors:
                self._person(person)
            for term in post.terms:
                self._term(term)
        for media in snapshot.media():
            self._files.setdefault(media.post or "", []).append(media)

    def document(self) -> Iterator[bytes]:
        """Yield the document, a post at a time."""
        site = self._snapshot.site
        root = {"root-url": site.url or ""}
        yield f'<?xml version="1.0" encoding="utf-8"?>\n<blog xmlns="{_SPACE}"'.encode()
        yield "".join(f' {name}="{_quoted(value)}"' for name, value in root.items()).encode() + b">\n"
        yield _packed(_text("title", site.title or "")) + _packed(_text("sub-title", site.description or ""))
        yield _packed(self._authors()) + _packed(self._categories()) + b"<posts>\n"
        for post in self._snapshot.posts(oldest_first=True):
            if post.status in {"trashed", "deleted"} or post.deleted is not None:
                self._notes.skipped("a post that was deleted", record=post.id)
            else:
                yield _packed(self._post(post))
        yield b"</posts>\n</blog>\n"

    def _authors(self) -> etree._Element:
        root = etree.Element("authors")
        for key, person in self._people.items():
            told = {"id": key, "approved": "true", "email": person.email}
            _add(root, "author", told).append(_text("title", person.name or person.id or ""))
        return root

    def _categories(self) -> etree._Element:
        root = etree.Element("categories")
        for known, term in self._terms.items():
            parent = self._keys.get(term.parent or "", term.parent)
            told = {"id": self._keys[known], "parentref": parent, "approved": "true", "description": term.description}
            _add(root, "category", told).append(_text("title", term.name or term.slug or ""))
        return root

    def _post(self, post: Post) -> etree._Element:
        shown = post.status in {None, "published"} and post.password is None
        if not shown and post.status != "draft":
            self._notes.altered("what only some may read became a draft", record=post.id, field="Post.status")
        root = etree.Element("post")
        told = {
            "id": post.id,
            "date-created": _stamp(post.published),
            "date-modified": _stamp(post.updated),
            "approved": _truth(shown),
            "post-url": post.url,
            "type": _KINDS.get(post.kind, "normal"),
            "hasexcerpt": _truth(post.summary is not None),
        }
        _attributes(root, told)
        root.append(_text("title", post.title or ""))
        root.append(_body("content", post.content))
        root.append(_text("post-name", post.slug or ""))
        if post.summary is not None:
            root.append(_body("excerpt", post.summary))
        categories, tags = etree.SubElement(root, "categories"), etree.Element("tags")
        for term in post.terms:
            if term.taxonomy == "post_tag":
                _add(tags, "tag", {"ref": term.name or term.slug})
            else:
                _add(categories, "category", {"ref": self._term(term)})
        if len(tags):
            root.append(tags)
        self._responses(root, post)
        self._attachments(root, post)
        authors = etree.SubElement(root, "authors")
        for person in post.authors:
            _add(authors, "author", {"ref": self._person(person)})
        return root

    def _responses(self, root: etree._Element, post: Post) -> None:
        comments, trackbacks = etree.SubElement(root, "comments"), etree.SubElement(root, "trackbacks")
        for comment in self._snapshot.comments(post.id):
            if comment.status in {"spam", "trashed", "deleted"} or comment.deleted is not None:
                self._notes.skipped(f"a comment that is {comment.status or 'deleted'}", record=comment.id)
            elif comment.kind in {"trackback", "pingback"}:
                element = _add(trackbacks, "trackback", {**_said(comment), "url": _of(comment.author, "url")})
                element.append(_text("title", comment.title or _of(comment.author, "name") or ""))
            else:
                person = {f"user-{name}": _of(comment.author, name) for name in ("name", "email", "url")}
                element = _add(comments, "comment", {**_said(comment), **person})
                element.append(_text("title", comment.title or ""))
                element.append(_body("content", comment.content))

    def _attachments(self, root: etree._Element, post: Post) -> None:
        held = self._files.get(post.id, [])
        if not held:
            return
        attachments = etree.SubElement(root, "attachments")
        for media in held:
            stream = self._snapshot.open_media(media)
            data = None
            if stream is not None:
                with stream:
                    data = stream.read(_LARGEST + 1)
            embedded = data is not None and len(data) <= _LARGEST
            told = {"url": media.url or media.path, "mime-type": media.type, "embedded": _truth(embedded)}
            element = _add(attachments, "attachment", {**told, "external-uri": None if embedded else media.url})
            if data is not None and embedded:
                _attributes(element, {"size": str(len(data))})
                element.text = base64.b64encode(data).decode()

    def _person(self, person: Person) -> str:
        known = person.id or person.name or person.email or "author"
        self._people.setdefault(known, person)
        return known

    def _term(self, term: Term) -> str:
        known = term.slug or term.name or ""
        if term.taxonomy != "post_tag":
            self._terms.setdefault(known, term)
            self._keys.setdefault(known, term.id or known)
        return self._keys.get(known, known)


def _said(comment: Comment) -> dict[str, str | None]:
    return {
        "id": comment.id,
        "date-created": _stamp(comment.published),
        "date-modified": _stamp(comment.updated),
        "approved": _truth(comment.status in {None, "approved"}),
    }


def _of(person: Person | None, name: str) -> str | None:
    found = getattr(person, name, None)
    return found if isinstance(found, str) else None


def _text(tag: str, value: str) -> etree._Element:
    element = etree.Element(tag, {"type": "text"})
    element.text = legal(value)
    return element


def _body(tag: str, content: Content | None) -> etree._Element:
    html = "" if content is None else render.html(content)
    element = etree.Element(tag, {"type": "base64"})
    element.text = base64.b64encode(html.encode("utf-8", "replace")).decode()
    return element


def _add(parent: etree._Element, tag: str, told: Mapping[str, str | None]) -> etree._Element:
    element: etree._Element = etree.SubElement(parent, tag)
    _attributes(element, told)
    return element


def _attributes(element: Any, told: Mapping[str, str | None]) -> None:  # noqa: ANN401 — lxml's element
    for name, value in told.items():
        if value:
            element.set(name, legal(value))


def _packed(element: etree._Element) -> bytes:
    data: bytes = etree.tostring(element, encoding="utf-8")
    return data + b"\n"


def _quoted(value: str) -> str:
    return legal(value).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _truth(value: bool) -> str:
    return "true" if value else "false"


def _stamp(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


EXPORTER = Exporter(name="blogml", label="BlogML 2.0", losses=LOSSES, audience="migration", write=write)
