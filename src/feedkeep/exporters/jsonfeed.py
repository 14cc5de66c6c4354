"""JSON Feed 1.1, see https://www.jsonfeed.org/version/1.1/.

What JSON Feed has no word for stands in an extension object, ``_feedkeep``:

* in the feed: ``about`` (the extension's name), ``kind`` ("window", "archive", "comments", "thread"), ``id`` (of the
  blog, where it is not its address), ``current`` (the address of the window, in an archive document; ``next_url`` leads
  to the archive document before this one);
* in a post's item: ``reviews`` (schema.org Review), ``comment_count``, ``comments_url``, ``comments_feed``, ``subtitle``,
  ``summary_html`` and ``title_html`` (with their markup), ``kind`` (where it is no post), ``slug``, ``source`` (``id``,
  ``title``, ``url``, ``feed_url`` and ``updated`` of the feed that it is taken from);
* in a comment's item: ``in_reply_to`` (the id of the comment that it answers), ``post`` (id) and ``post_url``, ``title``
  (where a person gave one).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from feedkeep import publishing as pub
from feedkeep.content import review as reviewing
from feedkeep.content.text import plain
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.ids import made_id
from feedkeep.wire import namespaces as ns
from feedkeep.wire.conformance import Conformance
from feedkeep.wire.dates import rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, FeedSource, Person, Post, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.publishing import FeedOptions, Page

_WINDOW = "feed.json"
_SUFFIX = ".json"
_VERSION = "https://jsonfeed.org/version/1.1"

LOSSES = Losses(
    dropped={
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
    sometimes={
        "Snapshot.people": "JSON Feed names the authors of posts alone",
        "Snapshot.terms": "JSON Feed names the tags of posts alone",
    },
    survives={"Post.status": ("published",), "Comment.status": ("approved",)},
)


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the window, the archive documents, and the feeds of comments."""
    assert isinstance(options, pub.FeedOptions)  # noqa: S101 — the descriptor says so
    checks = Conformance(notes)
    for page in pub.pages(snapshot, options, _WINDOW, _SUFFIX):
        chunks = _document(snapshot, options, page, checks)
        yield OutputFile(path=pub.path(page), chunks=chunks, fingerprint=page.fingerprint)


def _document(snapshot: Snapshot, options: FeedOptions, page: Page, checks: Conformance) -> Iterator[bytes]:
    items = []
    about: Post | None = None
    if page.kind in {"window", "archive"}:
        for post in pub.posts_of(snapshot, page):
            checks.begin(post.id, post)
            items.append(_post(post, snapshot.replies(post.id).number, options, page))
    elif page.kind == "comments":
        for post, comment in snapshot.recent_comments(options.comments_limit):
            checks.begin(comment.id, comment)
            items.append(_comment(comment, post, pub.comment_title(comment, post)))
    else:
        about = snapshot.post(page.post_id or "", bodiless=True)
        for comment in snapshot.comments(page.post_id or ""):
            checks.begin(comment.id, comment)
            items.append(_comment(comment, about, pub.comment_title(comment, None)))
    checks.begin(snapshot.site.id, snapshot.site)
    feed = _head(snapshot.site, options, page, about)
    feed["items"] = items
    yield json.dumps(feed, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def _head(site: Site, options: FeedOptions, page: Page, about: Post | None) -> dict[str, Any]:
    extension: dict[str, Any] = {"about": ns.FEEDKEEP, "kind": page.kind}
    if page.kind in {"window", "archive"} and site.id != site.url:
        extension["id"] = pub.line(site.id)
    if page.kind == "archive":
        extension["current"] = pub.href(options, page, _WINDOW)
    return _held(
        site.extra,
        version=_VERSION,
        title=pub.feed_title(site, page, about),
        home_page_url=pub.line(site.url),
        feed_url=pub.href(options, page, page.path) if options.base_url is not None else None,
        description=pub.line(site.description),
        next_url=pub.href(options, page, page.previous) if page.previous is not None else None,
        icon=pub.line(site.image),
        favicon=pub.line(site.icon),
        **_people(site.authors),
        language=pub.line(site.language),
        hubs=[{"type": hub.type or "WebSub", "url": pub.line(hub.href)} for hub in site.hubs],
        _feedkeep=extension,
    )


def _post(post: Post, comments: int, options: FeedOptions, page: Page) -> dict[str, Any]:
    feed = post.comments_feed
    if comments:
        feed = pub.href(options, page, pub.thread_path(post.id, _SUFFIX))
    held_or_claimed = max(comments, post.comment_count or 0)
    summary, summary_html = _summary(post)
    extension = _held(
        kind=post.kind if post.kind != "post" else None,
        slug=pub.line(post.slug),
        comment_count=held_or_claimed if comments or post.comment_count is not None else None,
        comments_url=pub.line(post.comments_url),
        comments_feed=pub.line(feed),
        subtitle=pub.line(post.subtitle),
        summary_html=summary_html,
        title_html=pub.line(post.title_html),
        reviews=[reviewing.to_json_ld(item) for item in post.reviews],
        source=_source(post.source),
    )
    return _held(
        post.extra,
        id=pub.line(post.id) or made_id("post", post.id),
        url=pub.line(post.url),
        title=pub.line(post.title),
        content_html=pub.post_body(post) or "",  # an item has a content, and be it nothing
        summary=summary,
        image=pub.line(post.image),
        date_published=rfc3339(post.published) if post.published else None,
        date_modified=rfc3339(post.updated) if post.updated else None,
        **_people(post.authors),
        tags=[tag for term in post.terms if (tag := pub.line(term.name or term.slug))],
        language=pub.line(post.language),
        attachments=[
            _held(
                item.extra,
                url=pub.line(item.url),
                mime_type=pub.line(item.type) or "application/octet-stream",
                title=pub.line(item.title),
                size_in_bytes=item.length,
                duration_in_seconds=item.duration,
            )
            for item in post.enclosures
        ],
        _feedkeep=extension,
    )


def _source(source: FeedSource | None) -> dict[str, Any] | None:
    if source is None:
        return None
    told = {name: pub.line(getattr(source, name)) for name in ("id", "title", "url", "feed_url")}
    return _held(**told, updated=rfc3339(source.updated) if source.updated else None) or None


def _summary(post: Post) -> tuple[str | None, str | None]:
    """Give the summary in plain words, as JSON Feed wants it, and its markup."""
    if post.summary is None:
        return None, None
    if post.summary.form == "text":
        return pub.line(post.summary.value), None
    markup = pub.body(post.summary, post.url) or None
    return (plain(markup) or None if markup else None), markup


def _comment(comment: Comment, post: Post | None, title: str) -> dict[str, Any]:
    return _held(
        comment.extra,
        id=pub.line(comment.id) or made_id("comment", comment.id),
        url=pub.line(comment.url),
        title=title,
        content_html=pub.body(comment.content, comment.url) or "",
        date_published=rfc3339(comment.published) if comment.published else None,
        date_modified=rfc3339(comment.updated) if comment.updated else None,
        **_people((comment.author,) if comment.author is not None else ()),
        _feedkeep=_held(
            title=pub.line(comment.title),
            in_reply_to=pub.line(comment.parent),
            post=pub.line(comment.post),
            post_url=pub.line(comment.post_url or (post.url if post is not None else None)),
        ),
    )


def _people(people: tuple[Person, ...]) -> dict[str, Any]:
    """Name people as version 1.1 does and, for readers of version 1, the first of them."""
    named = [person for person in map(_person, people) if person]
    return {"authors": named, "author": named[0] if named else None}


def _person(person: Person) -> dict[str, Any]:
    return _held(
        person.extra,
        name=pub.line(person.name or person.id),
        url=pub.line(person.url),
        avatar=pub.line(person.avatar),
    )


def _held(extra: dict[str, Any] | None = None, /, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    """Leave out what is not known, and give back what JSON Feed's own importer had no field for."""
    told = {key: value for key, value in values.items() if value is not None and value not in ([], {})}
    kept = extra.get("jsonfeed") if extra else None
    if isinstance(kept, dict):
        told.update((key, value) for key, value in kept.items() if key != "version")
    return told


EXPORTER = Exporter(
    name="jsonfeed",
    label="JSON Feed 1.1",
    losses=LOSSES,
    audience="public",
    write=write,
    options=pub.FeedOptions,
    kinds=("post",),
    merges=True,
)
