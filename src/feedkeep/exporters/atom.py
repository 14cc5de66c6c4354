"""Atom 1.0 (RFC 4287), with threads (RFC 4685), archives (RFC 5005) and tombstones (RFC 6721)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from feedkeep import publishing as pub
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.ids import made_id
from feedkeep.wire import feed_extras
from feedkeep.wire import namespaces as ns
from feedkeep.wire.conformance import EMAIL, LANGUAGE, MEDIA_TYPE, RELATION, Conformance
from feedkeep.wire.dates import rfc3339
from feedkeep.wire.feedgen_fixed import Entry, Extra, Feed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedkeep.models import Comment, Content, Link, Person, Post, Replies, Site, Snapshot, Term
    from feedkeep.notes import Notes
    from feedkeep.publishing import FeedOptions, Page

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_WINDOW = "atom.xml"
_SUFFIX = ".xml"
_TYPE = "application/atom+xml"

LOSSES = Losses(
    dropped={
        "Site.extra": "only what Atom itself said is kept",
        "Person.extra": "only what Atom itself said is kept",
        "Post.extra": "only what Atom itself said is kept",
        "Comment.extra": "only what Atom itself said is kept",
        "Term.extra": "only what Atom itself said is kept",
        "Enclosure.extra": "only what Atom itself said is kept",
        "Enclosure.duration": "Atom links have no duration",
        "Content.base": "relative links are made absolute instead",
        "Content.truncated": "Atom does not say that a body was cut",
        "Term.taxonomy": "Atom does not tell tags from categories",
        "Post.subtitle": "Atom entries have no subtitle",
        "Comment.deleted": "what is left of a deleted comment keeps its place in the thread",
        "Person.id": "Atom people are name, e-mail and address",
        "Person.avatar": "Atom people are name, e-mail and address",
        "Person.given_name": "Atom people are name, e-mail and address",
        "Person.family_name": "Atom people are name, e-mail and address",
        "Post.permalink": "an Atom id is never an address to follow",
        "Post.aliases": "an Atom entry has one id",
        "Post.urls": "an Atom entry has one address",
        "Post.kind": "Atom does not tell pages from posts",
        "Post.slug": "Atom has no slugs",
        "Post.status": "what is in a feed is published",
        "Post.password": "Atom has no passwords",
        "Post.sticky": "Atom has no sticky posts",
        "Post.comments_open": "Atom does not say whether comments are open",
        "Post.pings_open": "Atom does not say whether pings are open",
        "Post.parent": "Atom has no hierarchy of pages",
        "Post.order": "Atom has no order but time",
        "Term.parent": "Atom categories have no parent",
        "Term.description": "Atom categories have no description",
        "Term.id": "Atom categories have no id",
        "Comment.permalink": "an Atom id is never an address to follow",
        "Comment.aliases": "an Atom entry has one id",
        "Comment.status": "what is in a feed is approved",
        "Comment.kind": "Atom does not tell comments from pingbacks",
        "Comment.ip": "Atom has no IP addresses",
        "Comment.order": "Atom has no order but time",
        "Media": "Atom has no media of its own, only enclosures",
    },
    altered={
        "Site.feed_urls": "the address of the feed is where it will live now",
        "Post.comments_feed": "leads to the feed of comments that is exported beside this one",
    },
    sometimes={
        "Content.value": "relative links are made absolute",
        "Snapshot.people": "Atom names the authors of posts alone",
        "Snapshot.terms": "Atom names the categories of posts alone",
        "Site.description": "subtitles are one line",
        "Term.slug": "categories of one name that differ in their slugs become one",
        "Site.language": "a language that RFC 5646 does not know is left out",
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
            moments += [post.updated, post.published, post.deleted]
            if post.deleted is not None:
                feed.extras.append(_tombstone(post.id, post.deleted))
            else:
                feed.append(_post(post, snapshot.replies(post.id), options, page, checks))
    elif page.kind == "comments":
        for post, comment in snapshot.recent_comments(options.comments_limit):
            feed.append(_comment(comment, post, pub.comment_title(comment, post), checks))
            moments += [comment.updated, comment.published]
    else:
        about = snapshot.post(page.post_id or "", bodiless=True)
        for comment in snapshot.comments(page.post_id or ""):
            feed.append(_comment(comment, about, pub.comment_title(comment, None), checks))
            moments += [comment.updated, comment.published]
    _head(feed, snapshot.site, options, page, about, checks)
    feed.updated(pub.newest(moments, _EPOCH))
    yield from feed.atom_chunks()


def _head(feed: Feed, site: Site, options: FeedOptions, page: Page, about: Post | None, checks: Conformance) -> None:
    checks.begin(site.id, site)
    feed.id(pub.feed_id(site, page))
    feed.title(pub.feed_title(site, page, about))
    url = (about.url if about is not None else None) or site.url
    if url:
        feed.link(href=pub.line(url), rel="alternate")
    language = checks.fitting(LANGUAGE, site.language, "Site.language")
    if language:
        feed.language(language)
    if site.description:
        feed.subtitle(pub.line(site.description))
    if site.rights:
        feed.rights(pub.line(site.rights))
    if site.generator:
        feed.generator(pub.line(site.generator))
    extras = feed.extras
    if site.image:
        extras.append(Extra("logo", pub.line(site.image)))
    if site.icon:
        extras.append(Extra("icon", pub.line(site.icon)))
    extras += [_person(person, "author", checks) for person in site.authors]
    if not site.authors:  # RFC 4287 section 4.1.1: there must be one where an entry has none; the mark says who made it
        name = Extra("name", pub.site_title(site))
        extras.append(Extra("author", None, {f"{{{ns.FEEDKEEP}}}made": "yes"}, (name,)))
    extras += [_category(term) for term in site.terms if term.name or term.slug]
    extras += _links(site.links, checks)
    if page.kind == "window":
        extras += [Extra("link", None, _told({"rel": "hub", "href": hub.href})) for hub in site.hubs]
    extras += feed_extras.kept(site.extra, "atom")
    extras += _relations(options, page)


def _relations(options: FeedOptions, page: Page) -> Iterator[Extra]:
    def link(rel: str, path: str) -> Extra:
        return Extra("link", None, {"rel": rel, "href": pub.href(options, page, path), "type": _TYPE})

    if options.base_url is not None:
        yield link("self", page.path)
    if page.kind == "archive":
        yield Extra(f"{{{ns.HISTORY}}}archive")
        yield link("current", _WINDOW)
    if page.previous is not None:
        yield link("prev-archive", page.previous)


def _post(post: Post, replies: Replies, options: FeedOptions, page: Page, checks: Conformance) -> Entry:
    checks.begin(post.id, post)
    entry = Entry()
    entry.id(pub.line(post.id) or made_id("post", post.id))
    entry.name(pub.line(post.title))
    entry.title_html = pub.line(post.title_html)
    entry.updated(post.updated or post.published or _EPOCH)
    if post.published is not None:
        entry.published(post.published)
    body = pub.post_body(post)
    summary = pub.body(post.summary, post.url)
    if post.url:
        entry.link(href=pub.line(post.url), rel="alternate")
    elif body is None:
        body = ""  # an entry has an alternate link or a content (RFC 4287 section 4.1.2)
    _bodies(entry, post.content, body, summary, checks)
    extras = entry.extras
    extras += [_person(person, "author", checks) for person in post.authors]
    extras += [_person(person, "contributor", checks) for person in post.contributors]
    extras += [_category(term) for term in post.terms if term.name or term.slug]
    extras += _links(post.links, checks)
    for item in post.enclosures:
        kind = checks.fitting(MEDIA_TYPE, item.type, "Enclosure.type")
        told = {"rel": "enclosure", "href": item.url, "type": kind, "length": item.length, "title": item.title}
        extras.append(Extra("link", None, _told(told)))
    if post.image:
        extras.append(Extra(f"{{{ns.MEDIA}}}thumbnail", None, {"url": pub.line(post.image) or ""}))
    if post.rights:
        extras.append(Extra("rights", pub.line(post.rights)))
    if post.language:
        extras.append(Extra(f"{{{ns.DC}}}language", pub.line(post.language)))
    extras += _source(post)
    extras += _replies(post, replies, options, page)
    extras += feed_extras.reviews(post, "atom")
    extras += feed_extras.kept(post.extra, "atom")
    return entry


def _bodies(entry: Entry, content: Content | None, body: str | None, summary: str | None, checks: Conformance) -> None:
    if content is not None and content.src is not None:
        told = {"src": content.src, "type": checks.fitting(MEDIA_TYPE, content.media_type, "Content.media_type")}
        entry.extras.append(Extra("content", None, _told(told)))
    elif body is not None:
        # feedgen takes an empty body for none; the element is made here, as a body may be empty
        entry.extras.append(Extra("content", body, {"type": "html"}))
    if summary is not None:
        entry.extras.append(Extra("summary", summary, {"type": "html"}))


def _source(post: Post) -> Iterator[Extra]:
    source = post.source
    if source is None:
        return
    children: list[Extra] = []
    if source.id:
        children.append(Extra("id", pub.line(source.id)))
    if source.title:
        children.append(Extra("title", pub.line(source.title)))
    if source.updated is not None:
        children.append(Extra("updated", rfc3339(source.updated)))
    if source.url:
        children.append(Extra("link", None, {"rel": "alternate", "href": pub.line(source.url) or ""}))
    if source.feed_url:
        children.append(Extra("link", None, {"rel": "self", "href": pub.line(source.feed_url) or ""}))
    yield Extra("source", None, None, (*children, *feed_extras.kept(post.extra, "atom", "source")))


def _replies(post: Post, replies: Replies, options: FeedOptions, page: Page) -> Iterator[Extra]:
    if post.comments_url:
        yield Extra("link", None, {"rel": "replies", "type": "text/html", "href": pub.line(post.comments_url) or ""})
    if replies.number:
        attributes = {
            "rel": "replies",
            "type": _TYPE,
            "href": pub.href(options, page, pub.thread_path(post.id, _SUFFIX)),
            f"{{{ns.THR}}}count": str(replies.number),
        }
        if replies.newest is not None:
            attributes[f"{{{ns.THR}}}updated"] = rfc3339(replies.newest)
        yield Extra("link", None, attributes)
    elif post.comments_feed:
        yield Extra("link", None, {"rel": "replies", "type": _TYPE, "href": pub.line(post.comments_feed) or ""})
    if replies.number or post.comment_count is not None:
        yield Extra(f"{{{ns.THR}}}total", str(max(replies.number, post.comment_count or 0)))


def _comment(comment: Comment, post: Post | None, title: str, checks: Conformance) -> Entry:
    checks.begin(comment.id, comment)
    entry = Entry()
    entry.id(pub.line(comment.id) or made_id("comment", comment.id))
    entry.name(title)
    entry.updated(comment.updated or comment.published or _EPOCH)
    if comment.published is not None:
        entry.published(comment.published)
    body = pub.body(comment.content, comment.url)
    if comment.url:
        entry.link(href=pub.line(comment.url), rel="alternate")
    _bodies(entry, comment.content, body if body is not None or comment.url else "", None, checks)
    if comment.author is not None:
        entry.extras.append(_person(comment.author, "author", checks))
    entry.extras += feed_extras.in_reply_to(comment, post)
    entry.extras += feed_extras.kept(comment.extra, "atom")
    return entry


def _tombstone(record_id: str, when: dt.datetime) -> Extra:
    return Extra(f"{{{ns.TOMBSTONES}}}deleted-entry", None, {"ref": pub.line(record_id) or "", "when": rfc3339(when)})


def _person(person: Person, role: str, checks: Conformance) -> Extra:
    children = [Extra("name", pub.line(person.name or person.id))]  # required, and may be empty
    if person.url:
        children.append(Extra("uri", pub.line(person.url)))
    email = checks.fitting(EMAIL, person.email, "Person.email")
    if email:
        children.append(Extra("email", pub.line(email)))
    return Extra(role, None, None, (*children, *feed_extras.kept(person.extra, "atom")))


def _category(term: Term) -> Extra:
    told = {"term": term.slug or term.name, "scheme": term.scheme, "label": term.name if term.slug else None}
    return Extra("category", None, _told(told))


def _links(links: tuple[Link, ...], checks: Conformance) -> Iterator[Extra]:
    for link in links:
        rel = checks.fitting(RELATION, link.rel, "Link.rel")
        if rel is None and link.rel is not None:  # without it, it would be the entry's own address
            continue
        told = {
            "rel": rel,
            "href": link.href,
            "type": checks.fitting(MEDIA_TYPE, link.type, "Link.type"),
            "hreflang": checks.fitting(LANGUAGE, link.hreflang, "Link.hreflang"),
            "title": link.title,
            "length": link.length,
        }
        yield Extra("link", None, _told(told))


def _told(values: Mapping[str, object]) -> dict[str, str]:
    return {key: pub.line(str(value)) or "" for key, value in values.items() if value is not None}


EXPORTER = Exporter(
    name="atom",
    label="Atom 1.0",
    losses=LOSSES,
    audience="public",
    write=write,
    options=pub.FeedOptions,
    kinds=("post",),
    merges=True,
)
