"""JSON Feed 1.1, see https://www.jsonfeed.org/version/1.1/.

What JSON Feed has no word for stands in an extension object, ``_feedkeep``:

* in the feed: ``about`` (the extension's name), ``kind`` ("window", "archive", "comments", "thread"), ``id`` (of the
  blog, where it is not its address), ``current`` (the address of the window, in an archive document; ``next_url`` leads
  to the archive document before this one);
* in a post's item: ``reviews`` (schema.org Review), ``comment_count``, ``comments_url``, ``comments_feed``, ``subtitle``,
  ``summary_html`` and ``title_html`` (with their markup), ``kind`` (where it is no post), ``slug``, ``source`` (``id``,
  ``title``, ``url``, ``feed_url`` and ``updated`` of the feed that it is taken from), ``comments`` (items, where the
  whole archive is asked for);
* in a comment's item: ``in_reply_to`` (the id of the comment that it answers), ``post`` (id) and ``post_url``, ``title``
  (where a person gave one).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from feedkeep import publishing as pub
from feedkeep.content import review as reviewing
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import jsonfeed_write
from feedkeep.wire import namespaces as ns
from feedkeep.wire.conformance import Conformance
from feedkeep.wire.json_text import written
from feedkeep.wire.jsonfeed_write import VERSION, held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Post, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.publishing import Page

_WINDOW = "feed.json"
_SUFFIX = ".json"
_NAME = "jsonfeed"

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
        "Content.value": "relative links are made absolute",
        "Snapshot.people": "JSON Feed names the authors of posts alone",
        "Snapshot.terms": "JSON Feed names the tags of posts alone",
    },
    survives={"Post.status": ("published",), "Comment.status": ("approved",)},
)


class JsonFeedOptions(pub.FeedOptions, frozen=True, kw_only=True):
    """What the exporter may be told besides."""

    whole: Literal["no", "pages", "one"] = "no"  # all comments inside their posts, on pages or in one document


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the window, the archive documents, and the feeds of comments."""
    assert isinstance(options, JsonFeedOptions)  # noqa: S101 — the descriptor says so
    checks = Conformance(notes)
    if options.whole == "one":
        options = msgspec.structs.replace(options, limit=max(1, snapshot.count()))
    for page in pub.pages(snapshot, options, _WINDOW, _SUFFIX, comments=options.whole == "no"):
        chunks = _document(snapshot, options, page, checks)
        yield OutputFile(path=pub.path(page), chunks=chunks, fingerprint=page.fingerprint)


def _document(snapshot: Snapshot, options: JsonFeedOptions, page: Page, checks: Conformance) -> Iterator[bytes]:
    """Give a document item by item: one that holds a whole archive is never in memory."""
    about = snapshot.post(page.post_id, bodiless=True) if page.post_id is not None else None
    checks.begin(snapshot.site.id, snapshot.site)
    yield written(_head(snapshot.site, options, page, about)).removesuffix(b"\n}") + b',\n "items": ['
    mark = b"\n  "
    for item in _items(snapshot, options, page, about, checks):
        yield mark + written(item).replace(b"\n", b"\n  ")
        mark = b",\n  "
    yield b"]\n}\n" if mark == b"\n  " else b"\n ]\n}\n"


def _items(
    snapshot: Snapshot, options: JsonFeedOptions, page: Page, about: Post | None, checks: Conformance
) -> Iterator[dict[str, Any]]:
    if page.kind in {"window", "archive"}:
        for post in pub.posts_of(snapshot, page):
            checks.begin(post.id, post)
            if options.whole == "no":
                feed = pub.href(options, page, pub.thread_path(post.id, _SUFFIX))
                yield _post(post, snapshot.replies(post.id).number, feed, [])
            else:
                comments = list(_within(post, snapshot, checks))
                yield _post(post, len(comments), post.comments_feed, comments)
    elif page.kind == "comments":
        for post, comment in snapshot.recent_comments(options.comments_limit):
            checks.begin(comment.id, comment)
            yield _comment(comment, post, pub.comment_title(comment, post))
    else:
        for comment in snapshot.comments(page.post_id or ""):
            checks.begin(comment.id, comment)
            yield _comment(comment, about, pub.comment_title(comment, None))


def _head(site: Site, options: JsonFeedOptions, page: Page, about: Post | None) -> dict[str, Any]:
    extension: dict[str, Any] = {"about": ns.FEEDKEEP, "kind": page.kind}
    if page.kind in {"window", "archive"} and site.id != site.url:
        extension["id"] = pub.line(site.id)
    if page.kind == "archive":
        extension["current"] = pub.href(options, page, _WINDOW)
    return held(
        site.extra,
        _NAME,
        version=VERSION,
        title=pub.feed_title(site, page, about),
        home_page_url=pub.line(site.url),
        feed_url=pub.href(options, page, page.path) if options.base_url is not None else None,
        description=pub.line(site.description),
        next_url=pub.href(options, page, page.previous) if page.previous is not None else None,
        icon=pub.line(site.image),
        favicon=pub.line(site.icon),
        **jsonfeed_write.people(site.authors, _NAME),
        language=pub.line(site.language),
        hubs=[{"type": hub.type or "WebSub", "url": pub.line(hub.href)} for hub in site.hubs],
        _feedkeep=extension,
    )


def _within(post: Post, snapshot: Snapshot, checks: Conformance) -> Iterator[dict[str, Any]]:
    """Give the comments of a post as items that stand in the post's own, and need not say whose they are."""
    for comment in snapshot.comments(post.id):
        checks.begin(comment.id, comment)
        bare = msgspec.structs.replace(comment, post=None, post_url=None)
        yield _comment(bare, None, pub.comment_title(comment, None))


def _post(post: Post, comments: int, comments_feed: str | None, within: list[dict[str, Any]]) -> dict[str, Any]:
    """Give a post's item; ``comments_feed`` is where its comments are, if it has any, ``within`` those that it holds."""
    words, markup = jsonfeed_write.summary(post, pub.body(post.summary, post.url))
    extension = held(
        kind=post.kind if post.kind != "post" else None,
        slug=pub.line(post.slug),
        comment_count=max(comments, post.comment_count or 0) if comments or post.comment_count is not None else None,
        comments_url=pub.line(post.comments_url),
        comments_feed=pub.line(comments_feed if comments else post.comments_feed),
        subtitle=pub.line(post.subtitle),
        summary_html=markup,
        title_html=pub.line(post.title_html),
        reviews=[reviewing.to_json_ld(item) for item in post.reviews],
        source=jsonfeed_write.source(post.source),
        comments=within,
    )
    body = {"content_html": pub.post_body(post) or "", "summary": words}  # an item has a content, and be it nothing
    return jsonfeed_write.item(post, _NAME, body, extension)


def _comment(comment: Comment, post: Post | None, title: str) -> dict[str, Any]:
    told = {
        "post": pub.line(comment.post),
        "post_url": pub.line(comment.post_url or (post.url if post is not None else None)),
    }
    return jsonfeed_write.comment(comment, _NAME, title, pub.body(comment.content, comment.url), **told)


EXPORTER = Exporter(
    name=_NAME,
    label="JSON Feed 1.1",
    losses=LOSSES,
    audience="public",
    write=write,
    options=JsonFeedOptions,
    kinds=("post",),
    merges=True,
)
