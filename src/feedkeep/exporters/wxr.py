"""WordPress exports, WXR 1.2, as WordPress's own importer takes them.

https://developer.wordpress.org/reference/functions/export_wp/ and https://wordpress.org/plugins/wordpress-importer/

WordPress documents neither; the importer's rules are that the prefix ``wp`` is declared on the root, that there
is a version and no document type, that single fields precede repeated ones, that numbers are unique and parents
have the lower ones, and that a title, a date and a type make an item.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from feedkeep.errors import UsageError
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire.wxr import VERSION
from feedkeep.wire.wxr_meta import own_data
from feedkeep.wire.wxr_parts import Piece, parts, whole
from feedkeep.wire.wxr_plan import Plan, parents_first
from feedkeep.wire.wxr_posts import Items
from feedkeep.wire.wxr_write import END, Sheet, document_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from feedkeep.models import Post, Snapshot
    from feedkeep.notes import Notes

LOSSES = Losses(
    survives={"Content.form": ("wordpress",)},
    dropped={
        "Site.rights": "WordPress keeps no copyright line",
        "Site.feed_urls": "WordPress makes its feeds itself",
        "Site.authors": "authors belong to posts in WordPress",
        "Site.terms": "terms belong to posts in WordPress",
        "Site.icon": "an export holds no settings of the site",
        "Site.hubs": "an export holds no settings of the site",
        "Site.links": "an export holds no settings of the site",
        "Site.extra": "only its own format knows what it means",
        "Person.url": "the export states no address of an author (of a commenter it does)",
        "Person.avatar": "WordPress asks Gravatar",
        "Person.extra": "only its own format knows what it means",
        "Term.scheme": "WordPress has taxonomies instead",
        "Term.extra": "only its own format knows what it means",
        "Content.base": "links are relative to the new blog",
        "Content.truncated": "WordPress takes every text for whole",
        "Content.src": "WordPress has no bodies that are elsewhere",
        "Content.media_type": "WordPress has no bodies but text",
        "Enclosure.title": "WordPress keeps address, length and type",
        "Enclosure.duration": "WordPress keeps address, length and type",
        "Enclosure.extra": "only its own format knows what it means",
        "Post.urls": "WordPress keeps one address",
        "Post.subtitle": "WordPress has no subtitles",
        "Post.contributors": "WordPress has authors only",
        "Post.comment_count": "WordPress counts its comments itself",
        "Post.comments_url": "WordPress makes the address itself",
        "Post.comments_feed": "WordPress makes its feeds itself",
        "Post.language": "WordPress has one language for the site",
        "Post.rights": "WordPress keeps no copyright line",
        "Post.links": "WordPress has links in the body only",
        "Post.source": "WordPress does not say where a post was taken from",
        "Post.extra": "only its own format knows what it means",
        "Comment.permalink": "WordPress gives comments no guid",
        "Comment.post_url": "the comment stands with its post",
        "Comment.url": "WordPress makes the address itself",
        "Comment.title": "comments have no titles in WordPress",
        "Comment.updated": "comments have one date in WordPress",
        "Comment.order": "WordPress orders comments by date",
        "Comment.extra": "only its own format knows what it means",
        "Media.size": "WordPress measures the file itself",
        "Media.sha256": "WordPress keeps no checksum",
        "Media.extra": "only its own format knows what it means",
        "Tombstone": "WordPress keeps no word of what is gone",
    },
    altered={
        "Content.form": "WordPress has one form of text, its own",
    },
    sometimes={
        "Content.value": "a text that is not WordPress's own is put into its form",
        "Person.name": "an author has one name",
        "Post.authors": "one login is one author",
        "Post.order": "0 is the place of what has none",
        "Post.terms": "a term is named once",
        "Post.updated": "whole seconds",
        "Post.url": "a relative address is taken to be below the blog's",
        "Site.id": "a blog is known by its address",
    },
)

_CHUNK = 1 << 18  # bytes
_SIZE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(|[KMG])B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9}


class WxrOptions(Options, frozen=True, kw_only=True):
    """What the exporter for WordPress may be told."""

    split: str | None = None  # size that no file may exceed, as "10MB": each is imported by itself, in their order


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write ``wordpress.xml``, or parts of it. Raises UsageError where the size of a part is none."""
    assert isinstance(options, WxrOptions)  # noqa: S101 — the descriptor says so
    size = None if options.split is None else _bytes(options.split)
    return _files(snapshot, size, notes)


def _files(snapshot: Snapshot, size: int | None, notes: Notes) -> Iterator[OutputFile]:
    if size is None:
        yield OutputFile(path=PurePosixPath("wordpress.xml"), chunks=_chunks(snapshot, notes))
        return
    plan = Plan(snapshot, notes)
    head = _head(snapshot, plan, notes)
    room = size - len(head) - len(END)
    for number, items in enumerate(parts(_families(snapshot, plan, notes), room, notes), 1):
        yield OutputFile(path=PurePosixPath(f"wordpress-{number:03}.xml"), chunks=[head, *items, END])


def _bytes(size: str) -> int:
    """Read "10MB": units of a thousand, which is less than a server's limit of as many "M" lets through."""
    found = _SIZE.fullmatch(size.strip())
    number = int(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
    if not number:
        raise UsageError(f"split={size!r} is no size: write it as 10MB")
    return number


def _chunks(snapshot: Snapshot, notes: Notes) -> Iterator[bytes]:
    plan = Plan(snapshot, notes)
    held = [_head(snapshot, plan, notes)]
    size = len(held[0])
    for item in whole(_families(snapshot, plan, notes)):
        held.append(item)
        size += len(item)
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join([*held, END])


def _head(snapshot: Snapshot, plan: Plan, notes: Notes) -> bytes:
    """The document up to its first item: the site, all authors, all terms."""
    site, base = snapshot.site, plan.base
    own = own_data(site.extra)
    sheet = Sheet(notes, site.id, "channel")
    if site.id != base:
        notes.altered("the site's id becomes its address", record=site.id, field="Site.id")
    sheet.add("title", site.title)
    sheet.add("link", site.url or base)
    sheet.add("description", site.description)
    if site.language:
        sheet.add("language", site.language)
    sheet.add("wp:wxr_version", VERSION)
    sheet.add("wp:base_site_url", own.get("base_site_url") or base)
    sheet.add("wp:base_blog_url", base)
    for login, number, person in plan.authors():
        author = sheet.add("wp:author")
        for name, value in (
            ("id", str(number)),
            ("login", login),
            ("email", person.email),
            ("display_name", person.name),
            ("first_name", person.given_name),
            ("last_name", person.family_name),
        ):
            sheet.add(f"wp:author_{name}", value, inside=author)
    for term in parents_first(snapshot.terms()):
        sheet.term(term)
    if site.generator:
        sheet.add("generator", site.generator)
    if site.image:
        image = sheet.add("image")
        sheet.add("url", site.image, inside=image)
        sheet.add("title", site.title, inside=image)
        sheet.add("link", site.url or base, inside=image)
    for markup in own.get("elements", ()):
        sheet.embed(markup)
    return document_head(sheet)


def _families(snapshot: Snapshot, plan: Plan, notes: Notes) -> Iterator[Iterable[list[Piece]]]:
    """Each post with its files and what is below it, oldest first; then the files that belong to no post."""
    items = Items(snapshot, plan, notes)
    for post in snapshot.posts(oldest_first=True):
        if not plan.is_below(post):
            yield _family(post, snapshot, plan, items)
    for media in map(plan.files.__getitem__, plan.unclaimed):
        yield [[Piece(media.id, partial(items.file, media))]]
    _note_absence(snapshot, plan, notes)


def _family(root: Post, snapshot: Snapshot, plan: Plan, items: Items) -> Iterator[list[Piece]]:
    """A post with its files, then each that is below it with its own; parents first."""
    waiting = [root.id]
    while waiting:
        post_id = waiting.pop()
        post = root if post_id == root.id else snapshot.post(post_id)
        if post is None:
            continue
        beside = dict.fromkeys(plan.attached(post))
        if image := plan.image_of(post):
            beside[image] = None
        yield [
            Piece(post.id, partial(items.post, post)),
            *(Piece(record, partial(items.beside, record)) for record in beside),
        ]
        waiting += reversed(plan.below(post))


def _note_absence(snapshot: Snapshot, plan: Plan, notes: Notes) -> None:
    """Say what people expect of an export and this one has not."""
    if not snapshot.count():
        return
    if not plan.files:
        notes.noticed("no files of the blog are in the archive: its posts show them from where they are")
    if not plan.has_menus:
        notes.noticed("no menus are in the archive: WordPress needs new ones")


EXPORTER = Exporter(
    name="wxr",
    label="WordPress export (WXR 1.2)",
    losses=LOSSES,
    audience="migration",
    write=write,
    options=WxrOptions,
)
