"""JSON Feed 1.1, see https://www.jsonfeed.org/version/1.1/.

What JSON Feed has no word for stands in an extension object, ``_feedkeep`` (its ``about`` says so):

* in the feed: ``kind`` ("window", "archive", "comments", "thread"), ``current`` and ``prev_archive`` of an archive document;
* in a post's item: ``reviews`` (schema.org Review), ``comment_count``, ``comments_url``, ``comments_feed``, ``kind``, ``slug``;
* in a comment's item: ``title`` (where a person gave one), ``in_reply_to`` (the id of the comment that it answers), ``post`` (id) and ``post_url``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feedkeep import publishing as pub
from feedkeep.content import review as reviewing
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.ids import made_id
from feedkeep.wire.dates import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Person, Post, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.publishing import FeedOptions, Page

_WINDOW = "feed.json"
_SUFFIX = ".json"
_VERSION = "https://jsonfeed.org/version/1.1"
_ABOUT = "https://www.jsonfeed.org/mappingrssandatom/"

LOSSES = Losses(
    dropped={
        "Site.id": "a JSON Feed is known by its address",
        "Site.extra": "only what JSON Feed itself said is kept",
        "Person.extra": "only what JSON Feed itself said is kept",
        "Post.extra": "only what JSON Feed itself said is kept",
        "Comment.extra": "only what JSON Feed itself said is kept",
        "Term.extra": "only what JSON Feed itself said is kept",
        "Enclosure.extra": "only what JSON Feed itself said is kept",
        "Content.base": "relative links are made absolute instead",
        "Content.truncated": "JSON Feed does not say that a body was cut",
        "Content.src": "JSON Feed bodies are in the feed",
        "Content.media_type": "JSON Feed bodies are HTML or text",
        "Post.deleted": "JSON Feed has no tombstones",
        "Comment.deleted": "JSON Feed has no tombstones",
        "Site.rights": "JSON Feed has no rights",
        "Site.generator": "JSON Feed has no generator",
        "Site.terms": "a JSON Feed has no tags of its own",
        "Site.links": "a JSON Feed has one address",
        "Person.id": "JSON Feed authors are name, address and avatar",
        "Person.email": "JSON Feed authors are name, address and avatar",
        "Person.given_name": "JSON Feed authors are name, address and avatar",
        "Person.family_name": "JSON Feed authors are name, address and avatar",
        "Post.permalink": "a JSON Feed id is never an address to follow",
        "Post.aliases": "a JSON Feed item has one id",
        "Post.urls": "a JSON Feed item has one address",
        "Post.status": "what is in a feed is published",
        "Post.password": "JSON Feed has no passwords",
        "Post.sticky": "JSON Feed has no sticky posts",
        "Post.comments_open": "JSON Feed does not say whether comments are open",
        "Post.pings_open": "JSON Feed does not say whether pings are open",
        "Post.contributors": "JSON Feed has authors alone",
        "Post.rights": "JSON Feed has no rights",
        "Post.source": "a JSON Feed item does not name the feed that it came from",
        "Post.links": "a JSON Feed item has one address",
        "Post.parent": "JSON Feed has no hierarchy of pages",
        "Post.order": "JSON Feed has no order but time",
        "Term.slug": "JSON Feed tags are names",
        "Term.taxonomy": "JSON Feed tags are names",
        "Term.scheme": "JSON Feed tags are names",
        "Term.parent": "JSON Feed tags are names",
        "Term.description": "JSON Feed tags are names",
        "Term.id": "JSON Feed tags are names",
        "Comment.permalink": "a JSON Feed id is never an address to follow",
        "Comment.aliases": "a JSON Feed item has one id",
        "Comment.status": "what is in a feed is approved",
        "Comment.kind": "JSON Feed does not tell comments from pingbacks",
        "Comment.ip": "JSON Feed has no IP addresses",
        "Comment.order": "JSON Feed has no order but time",
        "Media": "JSON Feed has no media of its own, only attachments",
    },
    altered={
        "Site.feed_urls": "the address of the feed is where it will live now",
        "Post.comments_feed": "leads to the feed of comments that is exported beside this one",
    },
    survives={"Post.status": ("published",), "Comment.status": ("approved",)},
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the window, the archive documents, and the feeds of comments."""
    assert isinstance(options, pub.FeedOptions)  # noqa: S101 — the descriptor says so
    del notes  # what JSON Feed cannot hold is declared; the rest is written as it is
    for page in pub.pages(snapshot, options, _WINDOW, _SUFFIX):
        yield OutputFile(path=pub.path(page), chunks=_document(snapshot, options, page), fingerprint=page.fingerprint)


def _document(snapshot: Snapshot, options: FeedOptions, page: Page) -> Iterator[bytes]:
    if page.kind in {"window", "archive"}:
        items = [_post(post, list(snapshot.comments(post.id)), options, page) for post in pub.posts_of(snapshot, page)]
    elif page.kind == "comments":
        items = [_comment(comment, post) for post, comment in snapshot.recent_comments(options.comments_limit)]
    else:
        items = [_comment(comment, None) for comment in snapshot.comments(page.post_id or "")]
    feed = _head(snapshot.site, options, page)
    feed["items"] = items
    yield json.dumps(feed, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _head(site: Site, options: FeedOptions, page: Page) -> dict[str, Any]:
    title = pub.site_title(site)
    extension: dict[str, Any] = {"about": _ABOUT, "kind": page.kind}
    if page.kind == "archive":
        extension["current"] = pub.href(options, page, _WINDOW)
    return _held(
        version=_VERSION,
        title=f"Comments on {title}" if page.kind in {"comments", "thread"} else title,
        home_page_url=pub.line(site.url),
        feed_url=pub.href(options, page, page.path) if options.base_url is not None else None,
        description=pub.line(site.description),
        next_url=pub.href(options, page, page.previous) if page.previous is not None else None,
        icon=pub.line(site.image),
        favicon=pub.line(site.icon),
        authors=[_person(person) for person in site.authors],
        author=_person(site.authors[0]) if site.authors else None,
        language=pub.line(site.language),
        hubs=[{"type": hub.type or "WebSub", "url": pub.line(hub.href)} for hub in site.hubs],
        _feedkeep=extension,
    )


def _post(post: Post, comments: list[Comment], options: FeedOptions, page: Page) -> dict[str, Any]:
    body, summary = pub.post_body(post), pub.body(post.summary, post.url)
    feed = post.comments_feed
    if comments:
        feed = pub.href(options, page, pub.thread_path(post.id, _SUFFIX))
    extension = _held(
        kind=post.kind if post.kind != "post" else None,
        slug=pub.line(post.slug),
        comment_count=max(len(comments), post.comment_count or 0)
        if comments or post.comment_count is not None
        else None,
        comments_url=pub.line(post.comments_url),
        comments_feed=pub.line(feed),
        subtitle=pub.line(post.subtitle),
        title_html=pub.line(post.title_html),
        reviews=[reviewing.to_json_ld(item) for item in post.reviews],
    )
    return _held(
        id=pub.line(post.id) or made_id("post", post.id),
        url=pub.line(post.url),
        title=pub.line(post.title),
        content_html=body if body is not None else "" if summary is None else None,
        content_text=None,
        summary=summary,
        image=pub.line(post.image),
        date_published=rfc3339(post.published) if post.published else None,
        date_modified=rfc3339(post.updated) if post.updated else None,
        authors=[_person(person) for person in post.authors],
        author=_person(post.authors[0]) if post.authors else None,
        tags=[tag for term in post.terms if (tag := pub.line(term.name or term.slug))],
        language=pub.line(post.language),
        attachments=[
            _held(
                url=pub.line(item.url),
                mime_type=pub.line(item.type) or "application/octet-stream",
                title=pub.line(item.title),
                size_in_bytes=item.length,
                duration_in_seconds=item.duration,
            )
            for item in post.enclosures
        ],
        _feedkeep=extension or None,
        **_own(post.extra),
    )


def _own(extra: dict[str, Any]) -> dict[str, Any]:
    """Give back the extensions that JSON Feed's own importer had no field for."""
    held = extra.get("jsonfeed")
    return {key: value for key, value in held.items() if key.startswith("_")} if isinstance(held, dict) else {}


def _comment(comment: Comment, post: Post | None) -> dict[str, Any]:
    author = [_person(comment.author)] if comment.author is not None else []
    return _held(
        id=pub.line(comment.id) or made_id("comment", comment.id),
        url=pub.line(comment.url),
        title=pub.comment_title(comment, post),
        content_html=pub.body(comment.content, comment.url) or "",
        date_published=rfc3339(comment.published) if comment.published else None,
        date_modified=rfc3339(comment.updated) if comment.updated else None,
        authors=author,
        author=author[0] if author else None,
        _feedkeep=_held(
            title=pub.line(comment.title),
            in_reply_to=pub.line(comment.parent),
            post=pub.line(comment.post),
            post_url=pub.line(comment.post_url or (post.url if post is not None else None)),
        ),
    )


def _person(person: Person) -> dict[str, Any]:
    return _held(name=pub.line(person.name or person.id), url=pub.line(person.url), avatar=pub.line(person.avatar))


def _held(**values: Any) -> dict[str, Any]:  # noqa: ANN401
    return {key: value for key, value in values.items() if value is not None and value not in ([], {})}


EXPORTER = Exporter(
    name="jsonfeed", label="JSON Feed 1.1", losses=LOSSES, audience="public", write=write, options=pub.FeedOptions
)
