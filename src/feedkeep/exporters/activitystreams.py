"""ActivityStreams 2.0, https://www.w3.org/TR/activitystreams-core/: a collection of posts, with threads as ``replies``.

``posts.json`` is the OrderedCollection; its pages, newest first, hold a fixed number of posts each, counted from the
oldest, so that a new post changes the last page alone. For the same reason a page names the one after it in the
collection (``next``, older posts) and not the one before. What the vocabulary has no word for:

* reviews are schema.org's (``schema:review``), each with a context of its own;
* an id that is no IRI (section 4.1 demands one) is made into one, and stands beside it as ``atomUri``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedkeep import publishing as pub
from feedkeep.content import review as reviewing
from feedkeep.fidelity import Losses
from feedkeep.formats import Exporter, Options, OutputFile
from feedkeep.wire import activity_words as words
from feedkeep.wire.conformance import LANGUAGE, Conformance
from feedkeep.wire.json_text import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedkeep.models import Comment, Post, Site, Snapshot
    from feedkeep.notes import Notes
    from feedkeep.publishing import Page

_COLLECTION = "posts.json"
_CONTEXT = "https://www.w3.org/ns/activitystreams"
_TERMS = {
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "ostatus": "http://ostatus.org#",
    "atomUri": "ostatus:atomUri",
    "schema": "https://schema.org/",
}
_ABOUT = {"reply": "in-reply-to", "boost": "repost-of"}  # the links of a post to what others wrote
_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
_LEVELS = 30  # of replies within replies; those below stand beside one another, and say what they answer

_OTHER = "the vocabulary has no word for it"
_PERSON = "an author has a name, an address and a picture"
_TAGS = "every term is a hashtag"
_SHOWN = "what is in the collection is public"
LOSSES = Losses(
    dropped={
        **{f"Site.{name}": _OTHER for name in ("feed_urls", "rights", "generator", "terms", "hubs", "extra")},
        **{f"Person.{name}": _PERSON for name in ("email", "given_name", "family_name", "extra")},
        **{f"Term.{name}": _TAGS for name in ("slug", "scheme", "parent", "description", "id", "extra")},
        "Enclosure.length": _OTHER,
        "Enclosure.extra": _OTHER,
        "Link.length": _OTHER,
        "Content.base": "relative links are made absolute instead",
        "Content.truncated": "it does not say that a body was cut",
        "Content.src": "bodies are in the collection",
        "Content.media_type": "bodies are HTML",
        **{
            f"Post.{name}": _OTHER
            for name in (
                *("permalink", "urls", "slug", "title_html", "subtitle", "contributors", "sticky", "comments_open"),
                *("pings_open", "comments_url", "comments_feed", "rights", "source", "parent", "order", "extra"),
            )
        },
        "Post.aliases": "an object has one id",
        "Post.status": _SHOWN,
        "Post.password": _SHOWN,
        **{f"Comment.{name}": _OTHER for name in ("permalink", "ip", "order", "extra")},
        "Comment.aliases": "an object has one id",
        "Comment.post_url": "a reply names what it answers by its id",
        "Comment.status": _SHOWN,
        "Comment.kind": "a reply is a reply, however it came",
        "Media": "there are no files of its own, only those attached to posts",
    },
    altered={
        "Term.taxonomy": _TAGS,
        "Post.comment_count": "a collection of replies counts what is in it",
    },
    sometimes={
        "Content.value": "relative links are made absolute",
        "Person.avatar": "a relative address leads nowhere",
        "Post.enclosures": "a relative address leads nowhere",
        "Post.id": "one that is no IRI is made into one",
        "Post.image": "a relative address leads nowhere",
        "Post.terms": "hashtags of one name are one",
        "Site.description": "one line",
        "Site.icon": "a relative address leads nowhere",
        "Site.image": "a relative address leads nowhere",
        "Site.language": "a language that RFC 5646 does not know is left out",
        "Post": "what is deleted leaves a tombstone",
        "Post.kind": "it knows posts, pages, boosts, and replies that say what they answer",
        "Content.form": "bodies are HTML",
        "Snapshot.people": "it names the authors of posts alone",
        "Snapshot.terms": "it names the tags of posts alone",
    },
    survives={
        "Term.taxonomy": ("post_tag",),
        "Post.status": ("published", "deleted"),
        "Comment.status": ("approved", "deleted"),
        "Comment.kind": ("comment",),
    },
)


class CollectionOptions(Options, frozen=True, kw_only=True):
    """What the exporter may be told besides."""

    per_page: int = 100  # posts in a page of the collection


def write(snapshot: Snapshot, options: Options, notes: Notes) -> Iterator[OutputFile]:
    """Write the collection, then its pages, the oldest posts first."""
    assert isinstance(options, CollectionOptions)  # noqa: S101 — the descriptor says so
    checks = Conformance(notes)
    held = list(snapshot.digests(oldest_first=True))
    stem = pub.made_from(snapshot.site, options, _COLLECTION)
    pages = list(_pages(held, options, stem))
    count = pub.fingerprint(stem, "collection", pages[-1].path if pages else None, [len(held)])
    root = pub.Page(kind="window", path=_COLLECTION, fingerprint=count, count=len(held))
    checks.begin(snapshot.site.id, snapshot.site)
    told = written(_root(snapshot.site, options, root, pages))
    yield OutputFile(path=pub.path(root), chunks=(told, b"\n"), fingerprint=count)
    for page in pages:
        yield OutputFile(
            path=pub.path(page), chunks=_page(snapshot, options, page, checks), fingerprint=page.fingerprint
        )


def _pages(held: list[tuple[str, str]], options: CollectionOptions, stem: str) -> Iterator[Page]:
    size = max(1, options.per_page)
    last: str | None = None
    for number, start in enumerate(range(0, len(held), size), 1):
        digests = held[start : start + size]
        path = f"posts/{number:04d}.json"
        print_ = pub.fingerprint(stem, "page", last, digests)
        yield pub.Page(kind="archive", path=path, fingerprint=print_, offset=start, count=len(digests), previous=last)
        last = path


def _root(site: Site, options: Options, root: Page, pages: list[Page]) -> dict[str, Any]:
    return words.held(
        **_head(site, "OrderedCollection", options, root),
        attributedTo=_blog(site),
        name=pub.site_title(site),
        totalItems=root.count,
        first=pub.href(options, root, pages[-1].path) if pages else None,
        last=pub.href(options, root, pages[0].path) if pages else None,
    )


def _page(snapshot: Snapshot, options: Options, page: Page, checks: Conformance) -> Iterator[bytes]:
    site = snapshot.site
    told = words.held(
        **_head(site, "OrderedCollectionPage", options, page),
        attributedTo=_blog(site),
        partOf=pub.href(options, page, _COLLECTION),
        next=pub.href(options, page, page.previous) if page.previous is not None else None,
    )
    yield written(told).removesuffix(b"\n}") + b',\n "orderedItems": ['
    for number, post in enumerate(pub.posts_of(snapshot, page)):
        checks.begin(post.id, post)
        item = written(_item(post, snapshot, checks))
        yield (b",\n  " if number else b"\n  ") + item.replace(b"\n", b"\n  ")
    yield b"\n ]\n}\n"


def _head(site: Site, kind: str, options: Options, page: Page) -> dict[str, Any]:
    # section 4.7: what is written in no language of its own is in that of the context
    spoken = site.language if site.language and LANGUAGE.fullmatch(site.language) else None
    return {
        "@context": [_CONTEXT, {**_TERMS, "@language": spoken} if spoken else _TERMS],
        "id": pub.href(options, page, page.path) if options.base_url is not None else None,
        "type": kind,
    }


def _blog(site: Site) -> dict[str, Any]:
    """Tell whose collection it is: the blog is an actor, its authors stand behind it."""
    return words.held(
        type="Service",
        **words.named("site", site.id),
        name=pub.line(site.title),
        summary=words.escaped(site.description),
        url=pub.line(site.url),
        icon=words.picture(site.icon),
        image=words.picture(site.image),
        attributedTo=[words.actor(person) for person in site.authors],
        tag=[words.link(link) for link in site.links],
    )


def _item(post: Post, snapshot: Snapshot, checks: Conformance) -> dict[str, Any]:
    """Give a post as an object; one that answers or repeats what others wrote as the activity that it was."""
    told = next((pub.line(link.href) for link in post.links if link.rel == _ABOUT.get(post.kind)), None)
    if told is None or _is_gone(post):
        return _post(post, None, snapshot, checks)
    who = words.actor(post.authors[0]) if post.authors else words.named("site", snapshot.site.id)["id"]
    activity: dict[str, Any] = {"actor": who, "published": words.date(post.published), "to": [_PUBLIC]}
    if post.kind == "reply":
        return words.held(type="Create", **activity, object=_post(post, told, snapshot, checks))
    if post.title is not None or post.content is not None:
        return _post(post, None, snapshot, checks)
    return words.held(type="Announce", **words.named("post", post.id), **activity, object=told)


def _post(post: Post, answered: str | None, snapshot: Snapshot, checks: Conformance) -> dict[str, Any]:
    replies = _replies(post, list(snapshot.comments(post.id)), checks)
    kind = _kind(post)
    if _is_gone(post):
        return words.held(
            type="Tombstone",
            **words.named("post", post.id),
            formerType=kind,
            deleted=words.date(post.deleted),
            to=[_PUBLIC],
            replies=replies,
        )
    body = pub.post_body(post)
    spoken = checks.fitting(LANGUAGE, post.language, "Post.language")
    summary = None
    if post.summary is not None:
        summary = pub.line(post.summary.value) if kind == "Note" else pub.body(post.summary, post.url) or None
    hidden = (kind == "Note" and summary is not None) or any(one.spoiler for one in post.reviews)
    return words.held(
        type=kind,
        **words.named("post", post.id),
        url=pub.line(post.url),
        name=pub.line(post.title),
        summary=summary,
        sensitive=hidden or None,
        content=body or None,
        contentMap={spoken: body or ""} if spoken else None,
        published=words.date(post.published),
        updated=words.date(post.updated),
        attributedTo=[words.actor(person) for person in post.authors],
        inReplyTo=answered,
        to=[_PUBLIC],
        image=words.picture(post.image),
        attachment=[words.attachment(one) for one in post.enclosures],
        tag=[
            *(
                {"type": "Hashtag", "name": f"#{name}"}
                for term in post.terms
                if (name := pub.line(term.name or term.slug))
            ),
            *(words.link(link) for link in post.links if answered is None or link.rel != "in-reply-to"),
        ],
        replies=replies,
        **{"schema:review": [reviewing.to_json_ld(one) for one in post.reviews]},
    )


def _kind(post: Post) -> str:
    """Choose the type: the summary of a note is a warning in plain words, that of an article is HTML."""
    if post.kind == "page":
        return "Page"
    plain = post.summary is None or post.summary.form == "text"
    return "Note" if post.title is None and plain else "Article"


def _is_gone(record: Post | Comment) -> bool:
    return record.deleted is not None or record.status == "deleted"


def _replies(post: Post, comments: list[Comment], checks: Conformance) -> dict[str, Any] | None:
    """Give the thread of a post, every answer within the replies of what it answers."""
    known = {one.id for one in comments}
    answers: dict[str | None, list[Comment]] = {}
    for one in comments:
        answers.setdefault(one.parent if one.parent in known else None, []).append(one)
    collections = [_collection()]
    seen: set[str] = set()
    for start in (*answers.get(None, ()), *comments):  # after all others those that answer one another in a circle
        waiting = [(start, collections[0], 1)]
        while waiting:
            one, where, level = waiting.pop()
            if one.id in seen:
                continue
            seen.add(one.id)
            checks.begin(one.id, one)
            made = _comment(one, post)
            where["items"].append(made)
            below = [answer for answer in answers.get(one.id, ()) if answer.id not in seen]
            if below and level < _LEVELS:
                where = made["replies"] = _collection()
                collections.append(where)
            waiting += [(answer, where, level + 1) for answer in reversed(below)]
    for collection in collections:
        collection["totalItems"] = len(collection["items"])
    return collections[0] if comments else None


def _collection() -> dict[str, Any]:
    return {"type": "Collection", "totalItems": 0, "items": []}


def _comment(comment: Comment, post: Post) -> dict[str, Any]:
    answered = words.named("comment", comment.parent) if comment.parent is not None else words.named("post", post.id)
    gone = _is_gone(comment)
    told = words.held(
        type="Tombstone" if gone else "Note",
        **words.named("comment", comment.id),
        formerType="Note" if gone else None,
        deleted=words.date(comment.deleted),
        published=words.date(comment.published),
        updated=words.date(comment.updated),
        inReplyTo=answered["id"],
        to=[_PUBLIC],
    )
    if gone:
        return told
    return told | words.held(
        url=pub.line(comment.url),
        name=pub.line(comment.title),
        content=pub.body(comment.content, comment.url) or None,
        attributedTo=words.actor(comment.author) if comment.author is not None else None,
    )


EXPORTER = Exporter(
    name="activitystreams",
    label="ActivityStreams 2.0 collection",
    losses=LOSSES,
    audience="public",
    write=write,
    options=CollectionOptions,
)
