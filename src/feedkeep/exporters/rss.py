"""RSS 2.0: https://www.rssboard.org/rss-specification, with the extensions that blogs use beside it.

What they have no word for has an element of our own, in the namespace ``urn:feedkeep:1``: ``review`` (schema.org's
Review as JSON), and an empty ``summary`` where the description is one and there is no body.
"""

from __future__ import annotations

import datetime as dt
import html
from typing import TYPE_CHECKING

from feedkeep import publishing as pub
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.ids import made_id
from feedkeep.wire import feed_extras
from feedkeep.wire import namespaces as ns
from feedkeep.wire.conformance import Conformance
from feedkeep.wire.dates import rfc822, rfc3339
from feedkeep.wire.feed_texts import plain_title
from feedkeep.wire.feedgen_fixed import Entry, Extra, Feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Enclosure, Person, Post, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.publishing import FeedOptions, Page

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_WINDOW = "rss.xml"
_SUFFIX = ".xml"

LOSSES = Losses(
    dropped={
        "Site.extra": "only what RSS itself said is kept",
        "Person.extra": "only what RSS itself said is kept",
        "Post.extra": "only what RSS itself said is kept",
        "Comment.extra": "only what RSS itself said is kept",
        "Term.extra": "only what RSS itself said is kept",
        "Enclosure.extra": "only what RSS itself said is kept",
        "Content.base": "relative links are made absolute instead",
        "Content.truncated": "RSS does not say that a body was cut",
        "Content.src": "RSS bodies are in the feed",
        "Content.media_type": "RSS bodies are HTML",
        "FeedSource.id": "an RSS source is an address and a title",
        "FeedSource.feed_url": "an RSS source is an address and a title",
        "FeedSource.updated": "an RSS source is an address and a title",
        "Term.taxonomy": "RSS does not tell tags from categories",
        "Post.deleted": "RSS has no tombstones",
        "Comment.deleted": "RSS has no tombstones",
        "Site.icon": "RSS has one image, no icon",
        "Site.links": "an RSS channel has one link",
        "Person.id": "RSS authors are names",
        "Person.url": "RSS authors are names",
        "Person.avatar": "RSS authors are names",
        "Person.given_name": "RSS authors are names",
        "Person.family_name": "RSS authors are names",
        "Post.aliases": "an RSS item has one guid",
        "Post.urls": "an RSS item has one link",
        "Post.kind": "RSS does not tell pages from posts",
        "Post.slug": "RSS has no slugs",
        "Post.status": "what is in a feed is published",
        "Post.password": "RSS has no passwords",
        "Post.sticky": "RSS has no sticky posts",
        "Post.comments_open": "RSS does not say whether comments are open",
        "Post.pings_open": "RSS does not say whether pings are open",
        "Post.parent": "RSS has no hierarchy of pages",
        "Post.order": "RSS has no order but time",
        "Post.links": "an RSS item has one link",
        "Term.slug": "RSS categories have no slug",
        "Term.parent": "RSS categories have no parent",
        "Term.description": "RSS categories have no description",
        "Term.id": "RSS categories have no id",
        "Comment.aliases": "an RSS item has one guid",
        "Comment.status": "what is in a feed is approved",
        "Comment.kind": "RSS does not tell comments from pingbacks",
        "Comment.ip": "RSS has no IP addresses",
        "Comment.order": "RSS has no order but time",
        "Media": "RSS has no media of its own, only enclosures",
        "Enclosure.title": "RSS enclosures have no title",
    },
    altered={
        "Site.feed_urls": "the address of the feed is where it will live now",
        "Post.comments_feed": "leads to the feed of comments that is exported beside this one",
        "Post.title_html": "titles in RSS are plain text",
    },
    sometimes={
        "Content.value": "relative links are made absolute",
        "Post.summary": "one that says what the text says is left out",
        "Snapshot.people": "RSS names the authors of posts alone",
        "Snapshot.terms": "RSS names the categories of posts alone",
        "Post.published": "RSS knows whole seconds",
        "Comment.published": "RSS knows whole seconds",
        "Post.url": "relative addresses become absolute",
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
    feed = Feed()
    moments: list[dt.datetime | None] = []
    about: Post | None = None
    if page.kind in {"window", "archive"}:
        for post in pub.posts_of(snapshot, page):
            checks.begin(post.id, post)
            feed.append(_post(post, snapshot.replies(post.id).number, options, page))
            moments += [post.updated, post.published]
    elif page.kind == "comments":
        for post, comment in snapshot.recent_comments(options.comments_limit):
            checks.begin(comment.id, comment)
            feed.append(_comment(comment, post, pub.comment_title(comment, post)))
            moments += [comment.updated, comment.published]
    else:
        about = snapshot.post(page.post_id or "", bodiless=True)
        for comment in snapshot.comments(page.post_id or ""):
            checks.begin(comment.id, comment)
            feed.append(_comment(comment, about, pub.comment_title(comment, None)))
            moments += [comment.updated, comment.published]
    checks.begin(snapshot.site.id, snapshot.site)
    _channel(feed, snapshot.site, options, page, about)
    feed.extras.append(Extra("lastBuildDate", rfc822(pub.newest(moments, _EPOCH))))
    yield from feed.rss_chunks()


def _channel(feed: Feed, site: Site, options: FeedOptions, page: Page, about: Post | None) -> None:
    title = pub.feed_title(site, page, about)
    url = pub.line(about.url if about is not None else None) or pub.site_url(site)
    feed.title(_title(title))
    feed.channel(url, pub.line(site.description))
    if site.language:
        feed.language(pub.line(site.language))
    if site.rights:
        feed.copyright(pub.line(site.rights))
    feed.extras += _people(site.authors[:1], "creator", "managingEditor")
    feed.extras += _people(site.authors[1:], "creator")
    if site.generator:
        feed.generator(pub.line(site.generator))
    if site.image:
        told = (Extra("url", pub.line(site.image)), Extra("title", title), Extra("link", url))
        feed.extras.append(Extra("image", None, None, (*told, *feed_extras.kept(site.extra, "rss", "image"))))
    stated = pub.line(site.id)
    if page.kind in {"window", "archive"} and stated and stated not in {site.url, pub.site_url(site), url}:
        feed.extras.append(Extra(f"{{{ns.ATOM}}}id", stated))
    feed.extras += feed_extras.kept(site.extra, "rss")
    feed.extras += [_category(term.name, term.scheme) for term in site.terms if term.name]
    feed.extras += _relations(site, options, page)


def _relations(site: Site, options: FeedOptions, page: Page) -> Iterator[Extra]:
    def link(rel: str, path: str) -> Extra:
        attributes = {"rel": rel, "href": pub.href(options, page, path), "type": "application/rss+xml"}
        return Extra(f"{{{ns.ATOM}}}link", None, attributes)

    if options.base_url is not None:
        yield link("self", page.path)
    if page.kind == "archive":
        yield Extra(f"{{{ns.HISTORY}}}archive")
        yield link("current", _WINDOW)
    if page.previous is not None:
        yield link("prev-archive", page.previous)
    if page.kind == "window":
        for hub in site.hubs:
            yield Extra(f"{{{ns.ATOM}}}link", None, {"rel": "hub", "href": pub.line(hub.href) or ""})


def _post(post: Post, comments: int, options: FeedOptions, page: Page) -> Entry:
    entry = Entry()
    body = pub.post_body(post)
    summary = pub.body(post.summary, post.url)
    entry.name(_title(post.title))
    extras = entry.extras
    if body and summary:
        entry.description(summary)
        entry.content(body)
    elif body or summary:
        entry.description(body or summary)
        if not body:
            extras.append(Extra(f"{{{ns.FEEDKEEP}}}summary"))  # or it would be read back as the body
    elif entry.untitled:  # an item has a title or a description
        extras.append(Extra("description"))
    if post.url:
        entry.link(href=pub.line(post.url), rel="alternate")
    _guid(entry, post.id, permalink=post.permalink)
    extras += _people(post.authors, "creator", "author")
    extras += _people(post.contributors, "contributor")
    extras += [_category(term.name, term.scheme) for term in post.terms if term.name]
    extras += _dates(post.published, post.updated)
    extras += _replies(post, comments, options, page)
    extras += [Extra("enclosure", None, _enclosure(item)) for item in post.enclosures[:1]]
    extras += [_media(item) for item in post.enclosures[1:]]
    if post.image:
        extras.append(Extra(f"{{{ns.MEDIA}}}thumbnail", None, {"url": pub.line(post.image) or ""}))
    if post.subtitle:
        extras.append(Extra(f"{{{ns.ITUNES}}}subtitle", pub.line(post.subtitle)))
    if post.enclosures and post.enclosures[0].duration is not None:
        extras.append(Extra(f"{{{ns.ITUNES}}}duration", f"{post.enclosures[0].duration:g}"))
    for name, value in (("language", post.language), ("rights", post.rights)):
        if value:
            extras.append(Extra(f"{{{ns.DC}}}{name}", pub.line(value)))
    address = pub.line((post.source.url or post.source.feed_url) if post.source is not None else None)
    if post.source is not None and address:
        extras.append(Extra("source", pub.line(post.source.title), {"url": address}))
    extras += feed_extras.reviews(post, "rss")
    extras += feed_extras.kept(post.extra, "rss")
    return entry


def _replies(post: Post, comments: int, options: FeedOptions, page: Page) -> Iterator[Extra]:
    if post.comments_url:
        yield Extra("comments", pub.line(post.comments_url))
    if comments:
        path = pub.thread_path(post.id, _SUFFIX)
        yield Extra(f"{{{ns.WFW}}}commentRss", pub.href(options, page, path))
    elif post.comments_feed:
        yield Extra(f"{{{ns.WFW}}}commentRss", pub.line(post.comments_feed))
    if comments or post.comment_count is not None:
        yield Extra(f"{{{ns.SLASH}}}comments", str(max(comments, post.comment_count or 0)))


def _comment(comment: Comment, post: Post | None, title: str) -> Entry:
    entry = Entry()
    entry.name(_title(title))
    body = pub.body(comment.content, comment.url)
    if body:
        entry.description(body)
    if comment.url:
        entry.link(href=pub.line(comment.url), rel="alternate")
    _guid(entry, comment.id, permalink=comment.permalink)
    if comment.author is not None:
        entry.extras += _people((comment.author,), "creator", "author")
    entry.extras += _dates(comment.published, comment.updated)
    entry.extras += feed_extras.in_reply_to(comment, post)
    entry.extras += feed_extras.kept(comment.extra, "rss")
    return entry


def _title(title: str | None) -> str | None:
    """Escape once more a title that readers would take for markup: RSS does not say which it is, and they guess."""
    plain = pub.line(title)
    if plain is None or ("<" not in plain and "&" not in plain) or plain_title(plain) == (plain, None):
        return plain
    return html.escape(plain, quote=False)


def _guid(entry: Entry, record_id: str, *, permalink: bool | None) -> None:
    entry.guid(pub.line(record_id) or made_id("item", record_id), permalink=bool(permalink))
    # left out, it means that the guid is an address
    entry.stated_permalink = permalink is not None or not record_id.startswith(("http://", "https://"))


def _people(people: tuple[Person, ...], role: str, mailed: str | None = None) -> Iterator[Extra]:
    """Name people by Dublin Core's element; those with an e-mail address, which RSS demands, by RSS's own ``mailed``."""
    for person in people:
        name, email = pub.line(person.name or person.id), pub.line(person.email)
        said = f"{email} ({name})" if email and name else email or name
        if said:
            yield Extra(mailed if mailed and email else f"{{{ns.DC}}}{role}", said)


def _category(name: str | None, scheme: str | None) -> Extra:
    return Extra("category", pub.line(name), {"domain": pub.line(scheme) or ""} if scheme else None)


def _dates(published: dt.datetime | None, updated: dt.datetime | None) -> Iterator[Extra]:
    if published is not None:
        yield Extra("pubDate", rfc822(published))
    if updated is not None:
        yield Extra(f"{{{ns.DCTERMS}}}modified", rfc3339(updated))


def _enclosure(item: Enclosure) -> dict[str, str]:
    return {
        **feed_extras.kept_attributes(item.extra, "rss"),
        "url": pub.line(item.url) or "",
        "length": str(item.length or 0),  # required; 0 where it is not known, as the RSS Profile advises
        "type": pub.line(item.type) or "application/octet-stream",
    }


def _media(item: Enclosure) -> Extra:
    told = {"url": item.url, "type": item.type, "fileSize": item.length, "duration": item.duration}
    said = {key: pub.line(str(value)) or "" for key, value in told.items() if value is not None}
    title = (Extra(f"{{{ns.MEDIA}}}title", pub.line(item.title)),) if item.title else ()
    return Extra(
        f"{{{ns.MEDIA}}}content",
        None,
        {**feed_extras.kept_attributes(item.extra, "rss"), **said},
        (*title, *feed_extras.kept(item.extra, "rss")),
    )


EXPORTER = Exporter(
    name="rss",
    label="RSS 2.0",
    losses=LOSSES,
    audience="public",
    write=write,
    options=pub.FeedOptions,
    kinds=("post",),
    merges=True,
)
