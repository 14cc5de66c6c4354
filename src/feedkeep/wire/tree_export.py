"""The tree of a static site generator, as far as all generators have the same: posts, comments as data, files.

A post is a document with front matter; its comments are one JSON file, a flat list in the order of the conversation,
which says how deep each stands and what it answers, so that templates need not call themselves. Files lie where their
addresses say. Old addresses are redirected by the generator, or by a page for each.
"""

from __future__ import annotations

import hashlib
import html
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from feedkeep.content import links, render, review, text
from feedkeep.content.clean import sanitise
from feedkeep.content.markdown_writer import markdown
from feedkeep.fidelity import Losses
from feedkeep.wire import kept_fields
from feedkeep.wire.front_fields import fields_of
from feedkeep.wire.json_text import written
from feedkeep.wire.thread_data import entries
from feedkeep.wire.tree_plan import Plan, file_of, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from feedkeep.models import Content, Media, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.wire.tree_plan import Laid

_RECIPE = "3"  # raise it when the same records come out as other bytes, or old files are taken for current ones
_BLOCK = 1 << 16
_FORMER = "it was meant for the format that it came from"
_HTML = "bodies are HTML, or Markdown where it is asked for"

LOSSES = Losses(
    dropped={
        "Site.extra": _FORMER,
        "Person.extra": _FORMER,
        "Term.extra": _FORMER,
        "Post.extra": _FORMER,
        "Enclosure.extra": _FORMER,
        "Review.extra": _FORMER,
        "Comment.extra": _FORMER,
        "Media.extra": _FORMER,
        "Post.password": "a static site keeps nobody out",
        "Content.truncated": "a body is taken for whole",
        "Content.src": "a body that is elsewhere is a link at most",
        "Content.media_type": _HTML,
        "Media.sha256": "the files themselves are there",
        "Tombstone": "a tree says nothing of what is not in it",
    },
    altered={
        "Content.form": _HTML,
        "Content.base": "relative links are made absolute instead",
        "Media.path": "files lie where their addresses say",
    },
    sometimes={
        "Snapshot.people": "of a blog without a post nothing is read back",
        "Snapshot.terms": "of a blog without a post nothing is read back",
        "Content.value": "empty lines around a body are not kept; a link to a post that moved leads to where it is now",
        "Site": "a site without posts has no settings either",
        "Media": "a file that is neither here nor at an address is left out",
        "Post.url": "a page has its place in the site; an address that cannot be one is kept as an old address",
    },
)


class Piece(NamedTuple):
    """One file of a tree."""

    path: PurePosixPath
    chunks: Iterable[bytes]
    fingerprint: str | None


class Layout(NamedTuple):
    """How one generator has its tree."""

    name: str
    data: str  # folder of data files
    comments: str  # folder of the comments
    static: str  # folder whose files are copied to the root of the site; "" for the root of the tree
    place: Callable[[Laid, str], str]  # the path of a post's document; the suffix of its form is given
    document: Callable[[Laid, dict[str, Any], str, str], str]  # its text, of fields, body, and the body's form
    frame: Callable[[Plan, Snapshot], Iterator[tuple[str, str]]]  # settings and templates, each with its path
    redirects: bool = True  # old addresses need pages of their own
    guarded: Callable[[str], str] = str  # what in a body the generator would take for its own is written otherwise


def pieces(snapshot: Snapshot, layout: Layout, base_url: str | None, body: str, notes: Notes) -> Iterator[Piece]:
    """Yield the files of a tree, oldest post first."""
    plan = Plan(snapshot, base_url, notes)
    stem = repr((_RECIPE, layout.name, body, plan.mark, msgspec.to_builtins(snapshot.site)))
    held = {post_id for post_id, _, _ in snapshot.threads()}
    for name, told in layout.frame(plan, snapshot):
        yield _piece(name, told)
    blog = [written(_blog(snapshot, plan)), b"\n"]
    yield Piece(PurePosixPath(f"{layout.data}/{kept_fields.FOLDER}/blog.json"), blog, None)
    for post, (_, digest) in zip(snapshot.posts(oldest_first=True), snapshot.digests(oldest_first=True), strict=True):
        laid = plan.laid(post)
        thread = entries(laid.post, snapshot.comments(post.id), plan.now) if post.id in held else []
        print_ = hashlib.sha256(repr((stem, digest, laid[:4], bool(thread))).encode("utf-8", "replace")).hexdigest()[
            :32
        ]
        key = short(post.id) if thread else None
        path = PurePosixPath(layout.place(laid, ".md" if body == "markdown" else ".html"))
        yield Piece(path, _document(layout, laid, plan, body, key, notes), print_)
        if key is not None:
            yield Piece(PurePosixPath(f"{layout.comments}/{key}.json"), [written(thread), b"\n"], print_)
        if layout.redirects and laid.post.status in (None, "published"):
            for alias in laid.aliases:
                yield _piece(f"{layout.static}/{file_of(alias)}".lstrip("/"), _redirect(laid.address or laid.path))
    yield from _files(snapshot, layout, plan)


def shown(content: Content | None, plan: Plan, url: str | None) -> str:
    """Give a body as HTML that is safe to show, its links leading to where things are now."""
    if content is None:
        return ""
    if content.base is None and url is not None:
        content = msgspec.structs.replace(content, base=url)
    return links.rewritten(sanitise(render.html(content)), plan.now)


def _note_dead(html: str, plan: Plan, record: str, notes: Notes) -> None:
    for url in dict.fromkeys(one.url for one in links.find(html)):
        if not plan.leads(url):
            notes.noticed(f"a link leads to nothing in the tree: {url}", record=record, field="Post.content")


def title_of(site: Site) -> str:
    """Name the blog."""
    return " ".join((site.title or site.url or "").split()) or "A blog"


def _document(layout: Layout, laid: Laid, plan: Plan, form: str, key: str | None, notes: Notes) -> Iterator[bytes]:
    """Make a post's document when it is drawn."""
    post = laid.post
    was = post.urls[0] if post.urls and post.url is not None and laid.address == post.url else post.url
    body = shown(post.content, plan, was)
    _note_dead(body, plan, post.id, notes)
    about = "".join(map(review.as_html, post.reviews)) if not review.find(body) else ""
    summary = shown(post.summary, plan, was) or None
    title = post.title or text.excerpt(body, 60) or laid.stem
    if form == "markdown":
        body, summary = markdown(body), summary and markdown(summary)
        about = f"{about}\n\n" if about else ""
    found = fields_of(laid, plan, title, summary, key)
    yield layout.document(laid, found, layout.guarded(about + body), form).encode("utf-8", "replace")


def _blog(snapshot: Snapshot, plan: Plan) -> dict[str, Any]:
    site = snapshot.site
    address = plan.address_of("/")
    if address is not None and plan.is_elsewhere:
        site = msgspec.structs.replace(site, url=address)
    return {
        "site": kept_fields.kept(site),
        "people": [kept_fields.kept(one) for one in snapshot.people()],
        "terms": [kept_fields.kept(one) for one in snapshot.terms()],
    }


def _files(snapshot: Snapshot, layout: Layout, plan: Plan) -> Iterator[Piece]:
    """Yield files, and a list of what is known of them."""

    def listed() -> Iterator[bytes]:
        gap = b"[\n"
        for media in snapshot.media():
            path = plan.file(media)
            where = None if path is None else f"{layout.static}{path}".lstrip("/")
            said: dict[str, Any] = {"file": where, "media": kept_fields.kept(media, ("sha256", "path"))}
            if media.url is not None:
                said["media"]["url"] = plan.now(media.url)
            yield gap + written(said)
            gap = b",\n"
        yield b"\n]\n"

    if next(iter(snapshot.media()), None) is None:
        return
    yield Piece(PurePosixPath(f"{layout.data}/{kept_fields.FOLDER}/media.json"), listed(), None)
    done: set[str] = set()
    for media in snapshot.media():
        path = plan.file(media)
        if path is not None and path not in done:
            done.add(path)
            yield Piece(
                PurePosixPath(f"{layout.static}{path}".lstrip("/")),
                _bytes(snapshot, media),
                f"{_RECIPE} {media.sha256}",
            )


def _bytes(snapshot: Snapshot, media: Media) -> Iterator[bytes]:
    opened = snapshot.open_media(media)
    if opened is not None:
        with opened:
            while chunk := opened.read(_BLOCK):
                yield chunk


def _piece(path: str, told: str) -> Piece:
    return Piece(PurePosixPath(path), [told.encode("utf-8", "replace")], None)


def _redirect(address: str) -> str:
    to = html.escape(address)
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"><title>Moved</title>'
        f'<meta http-equiv="refresh" content="0; url={to}"><link rel="canonical" href="{to}"></head>'
        f'<body><p><a href="{to}">Moved here</a></p></body></html>\n'
    )
