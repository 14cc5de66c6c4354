"""What Ghost's importer takes: https://docs.ghost.org/migration/custom, a JSON file beside the images that it refers to.

Bodies are single HTML cards in Lexical, so that Ghost's editor changes nothing of them. With ``-o blog.zip`` the export
is the zip that Ghost's settings ask for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from feedkeep.content import links, render, text
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire.ghost import PLACE, is_global
from feedkeep.wire.tree_plan import slug
from feedkeep.wire.xml import legal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Media, Person, Post, Snapshot, Term
    from feedkeep.notes import Notes

_VERSION = "5.82.0"  # of Ghost, whose shape this is
_TITLE, _SLUG, _EXCERPT, _NAME = 255, 185, 300, 185  # characters that Ghost's columns hold
_NO_PLACE = "a Ghost post has no place for it"
_TAG = "tags in Ghost are names with a slug and a description"
_USER = "a Ghost author has a name, a slug, an address, a portrait and an e-mail address"
_STATUS = {"published": "published", "scheduled": "scheduled", None: "published"}
_LINE = re.compile(r"\s+")

LOSSES = Losses(
    dropped={
        "Comment": "Ghost's importer takes no comments",
        "Tombstone": "what is gone is not in it",
        **{
            f"Site.{name}": "it is set in Ghost itself"
            for name in ("url", "authors", "feed_urls", "hubs", "icon", "image", "links", "rights", "terms", "extra")
        },
        **{
            f"Post.{name}": _NO_PLACE
            for name in (
                *("aliases", "comment_count", "comments_feed", "comments_open", "comments_url", "contributors"),
                *("enclosures", "links", "order", "parent", "permalink", "pings_open", "reviews", "rights", "source"),
                *("subtitle", "title_html"),
            )
        },
        "Post.url": "Ghost makes addresses of slugs",
        "Post.urls": "Ghost makes addresses of slugs",
        "Post.password": "the post becomes a draft, that nobody read it without",
        "Post.deleted": "what is gone is not in it",
        **{f"Content.{name}": "a body is one card of HTML" for name in ("base", "media_type", "src", "truncated")},
        **{
            f"Media.{name}": "Ghost knows files by their addresses alone"
            for name in (
                *("aliases", "alt", "author", "caption", "description", "extra", "page_url", "post", "published"),
                *("slug", "status", "title", "updated"),
            )
        },
        "Person.family_name": _USER,
        "Person.given_name": _USER,
        "Term.parent": _TAG,
        "Term.scheme": _TAG,
    },
    altered={
        "Site.id": "the blog is known by its new address",
        "Site.generator": "it is Ghost",
        "Post.id": "Ghost gives ids of its own",
        "Media.id": "files lie below content/images",
        "Media.path": "files lie below content/images",
        "Person.extra": _USER,
        "Post.extra": _NO_PLACE,
        "Term.extra": _TAG,
        "Term.id": "Ghost gives ids of its own",
    },
    sometimes={
        "Site": "of a blog without title, description and language nothing is told",
        "Site.language": "as RFC 5646 writes it",
        "Post.content": "a text of another editor's marks alone is none",
        "Snapshot.people": _USER,
        "Snapshot.terms": _TAG,
        "Post": "what is in the bin or deleted stays there",
        "Post.kind": "Ghost knows posts and pages",
        "Post.title": "255 characters at most; a post without one is called by its first words",
        "Post.slug": "no two posts share one",
        "Post.summary": "300 characters of plain text",
        "Post.published": "in UTC, to the millisecond",
        "Post.updated": "in UTC, to the millisecond",
        "Post.status": "what only some may read, and what waits for an editor, becomes a draft",
        "Post.language": "where Ghost keeps one",
        "Post.terms": "tags of one name become one",
        "Post.image": "leads to the file below content/images",
        "Content.form": "bodies are HTML",
        "Content.value": "bodies are HTML, and their pictures lie below content/images",
        "Media": "a file that the archive does not hold stays where it is",
        "Media.url": "files lie below content/images",
        "Person.id": _USER,
        "Person.name": _USER,
        "Person.email": "who has none gets one that leads nowhere: Ghost demands it",
        "Term": "tags of one name become one",
        "Term.taxonomy": "categories become tags",
        "Term.slug": "tags of one name become one",
        "Term.name": "191 characters at most",
    },
    advice={"Comment": "put them to a comment server (isso, remark42, disqus), or keep them as pages with hugo"},
)


class GhostOptions(Options, frozen=True, kw_only=True):
    """What the exporter for Ghost may be told."""

    body: Literal["lexical", "html"] = "lexical"  # an HTML card, kept as it is, or HTML that Ghost makes cards of


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write ``ghost.json`` and the images below ``content/images``."""
    assert isinstance(options, GhostOptions)  # noqa: S101 — the descriptor says so
    writing = _Writing(snapshot, options, notes)
    yield OutputFile(path=PurePosixPath("ghost.json"), chunks=writing.document())
    for media, path in writing.files():
        stream = snapshot.open_media(media)
        if stream is not None:
            with stream:
                yield OutputFile(path=PurePosixPath(path), chunks=iter(lambda held=stream: held.read(1 << 18), b""))  # type: ignore[misc]


class _Writing:
    """What must be known of all posts before the first is written: slugs, people, tags, files."""

    def __init__(self, snapshot: Snapshot, options: GhostOptions, notes: Notes) -> None:
        self._snapshot, self._options, self._notes = snapshot, options, notes
        self._slugs: set[str] = set()
        self._people: dict[str, tuple[str, Person]] = {}  # by what they are known by: id in Ghost
        self._tags: dict[str, tuple[str, Term]] = {}
        self._moved: dict[str, str] = {}
        self._files: list[tuple[Media, str]] = []
        self._newest = 0
        for person in snapshot.people():
            self._person(person)
        for term in snapshot.terms():
            self._tag(term)
        taken: set[str] = set()
        for media in snapshot.media():
            self._place(media, taken)

    def document(self) -> Iterator[bytes]:
        """Yield the document, a post at a time."""
        yield b'{"db":[{"data":{"posts":['
        first = True
        for post in self._posts():
            yield (b"" if first else b",\n") + _encoded(self._row(post))
            first = False
        yield b"]"
        for name, rows in (("posts_authors", self._joined(people=True)), ("posts_tags", self._joined(people=False))):
            yield f',\n"{name}":['.encode()
            first = True
            for row in rows:
                yield (b"" if first else b",\n") + _encoded(row)
                first = False
            yield b"]"
        yield b',\n"tags":' + _encoded([self._tag_row(key, term) for key, term in self._tags.values()])
        yield b',\n"users":' + _encoded([_user_row(key, person) for key, person in self._people.values()])
        yield b',\n"settings":' + _encoded(list(self._settings()))
        meta = {"exported_on": self._newest, "version": _VERSION}
        yield b'},"meta":' + _encoded(meta) + b"}]}\n"

    def files(self) -> Iterator[tuple[Media, str]]:
        """Give the files that the archive holds, each with its place."""
        yield from self._files

    def _posts(self) -> Iterator[Post]:
        for post in self._snapshot.posts(oldest_first=True):
            if post.status in {"trashed", "deleted"} or post.deleted is not None:
                self._notes.skipped("a post that was deleted", record=post.id)
            else:
                yield post

    def _row(self, post: Post) -> dict[str, Any]:
        status = _STATUS.get(post.status, "draft") if post.password is None else "draft"
        if status == "draft" and post.status != "draft":
            self._notes.altered("what only some may read became a draft", record=post.id, field="Post.status")
        body = post.content if post.content is not None and post.content.value else post.summary
        html = links.rewritten(render.html(body), self._now) if body is not None else ""
        published = _stamp(post.published)
        updated = _stamp(post.updated) or published
        self._newest = max(self._newest, *(int(m.timestamp() * 1000) for m in (post.published, post.updated) if m), 0)
        excerpt = _LINE.sub(" ", text.plain(render.html(post.summary))).strip() if post.summary is not None else ""
        return {
            "id": _id(post.id),
            "title": self._cut(post.title or text.excerpt(html, 80) or "(Untitled)", _TITLE, post, "Post.title"),
            "slug": self._slug(post),
            **({"lexical": _lexical(html)} if self._options.body == "lexical" else {"html": html}),
            "feature_image": self._now(post.image) if post.image else None,
            "featured": int(post.sticky),
            "type": "page" if post.kind == "page" else "post",
            "status": status,
            "visibility": "public",
            "locale": post.language,
            "created_at": published or updated,
            "updated_at": updated,
            "published_at": published,
            "custom_excerpt": self._cut(excerpt, _EXCERPT, post, "Post.summary") or None,
        }

    def _joined(self, *, people: bool) -> Iterator[dict[str, Any]]:
        for post in self._snapshot.posts(oldest_first=True, bodiless=True):
            if post.status in {"trashed", "deleted"} or post.deleted is not None:
                continue
            held = [self._person(one) for one in post.authors] if people else [self._tag(one) for one in post.terms]
            for order, key in enumerate(dict.fromkeys(held)):
                row: dict[str, Any] = {"post_id": _id(post.id), "author_id" if people else "tag_id": key}
                yield {**row, "sort_order": order}

    def _person(self, person: Person) -> str:
        known = person.id or person.name or person.email or ""
        return self._people.setdefault(known, (_id(f"person {known}"), person))[0]

    def _tag(self, term: Term) -> str:
        known = (term.name or term.slug or "").casefold()
        return self._tags.setdefault(known, (_id(f"tag {known}"), term))[0]

    def _tag_row(self, key: str, term: Term) -> dict[str, Any]:
        name = _line(term.name or term.slug or "")[:_NAME]
        return {
            "id": key,
            "name": name,
            "slug": (term.slug or slug(name) or key)[:_SLUG],
            "description": term.description,
            "visibility": "internal" if name.startswith("#") else "public",
        }

    def _slug(self, post: Post) -> str:
        found = wanted = (post.slug or slug(post.title or "") or _id(post.id))[:_SLUG]
        number = 1
        while found.casefold() in self._slugs:
            number += 1
            found = f"{wanted[: _SLUG - 8]}-{number}"
        if found != post.slug and post.slug is not None:
            self._notes.altered(f"its slug is {found!r} now", record=post.id, field="Post.slug")
        self._slugs.add(found.casefold())
        return found

    def _cut(self, value: str, most: int, post: Post, field: str) -> str:
        value = _line(value)
        if len(value) > most:
            self._notes.altered(f"cut to the {most} characters that Ghost holds", record=post.id, field=field)
            value = f"{value[: most - 1]}…"
        return value

    def _place(self, media: Media, taken: set[str]) -> None:
        stream = self._snapshot.open_media(media)
        if stream is None:
            return
        stream.close()
        name = PurePosixPath((media.url or media.path or media.id).partition("?")[0]).name
        plain = PurePosixPath(name)
        suffix = plain.suffix.lower() if re.fullmatch(r"\.[a-z0-9]{1,8}", plain.suffix.lower()) else ""
        path = f"content/images/{_id(media.url or media.id)[:12]}-{slug(plain.stem)[:60] or 'file'}{suffix}"
        if path in taken:
            return
        taken.add(path)
        self._files.append((media, path))
        if media.url:
            self._moved[media.url] = f"{PLACE}/{path}"

    def _now(self, url: str) -> str:
        return self._moved.get(url, url)

    def _settings(self) -> Iterator[dict[str, str]]:
        site = self._snapshot.site
        told = {"title": site.title, "description": site.description, "locale": site.language}
        yield from ({"key": key, "value": value} for key, value in told.items() if value)


def _user_row(key: str, person: Person) -> dict[str, Any]:
    name = _line(person.name or person.id or "Author")[:_NAME]
    return {
        "id": key,
        "name": name,
        "slug": (slug(person.id or "") or slug(name) or key)[:_SLUG],
        # Ghost knows authors by it; one that leads nowhere invites nobody
        "email": person.email or f"{key}@author.invalid",
        "profile_image": person.avatar,
        "website": person.url,
    }


def _lexical(html: str) -> str:
    card = {"type": "html", "version": 1, "html": legal(html)}
    root = {
        "children": [card] if html else [],
        "direction": None,
        "format": "",
        "indent": 0,
        "type": "root",
        "version": 1,
    }
    return msgspec.json.encode({"root": root}).decode()


def _id(known: str) -> str:
    """Give an id as Ghost makes them: 24 hexadecimal digits, its own where it was its own."""
    return known if is_global(known) else hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _stamp(moment: dt.datetime | None) -> str | None:
    if moment is None:
        return None
    try:
        return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except OverflowError:
        return None


def _line(value: str) -> str:
    return _LINE.sub(" ", value).strip()


def _encoded(value: Any) -> bytes:  # noqa: ANN401 — JSON of any shape
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a surrogate pair, which no encoding has
        return msgspec.json.encode(_whole(value))


def _whole(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list) else value


EXPORTER = Exporter(
    name="ghost", label="Ghost import (JSON)", losses=LOSSES, audience="migration", write=write, options=GhostOptions
)
