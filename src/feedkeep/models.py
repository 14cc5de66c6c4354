"""The records that everything else speaks in: what importers yield, the archive keeps, exporters read.

Frozen structs with keyword arguments only. Tuples, never lists; aware datetimes that keep the
source's own offset; ``None`` (or an empty tuple or dict) means that the source did not say. The
comment on each field says what it is in RSS 2.0, Atom 1.0 and WXR 1.2, so this module is also the
reference for the mapping.

The garbage collector does not track records (``gc=False``): they are trees, without a way to refer to themselves.

Strings are what the source said after one level of its own escaping was undone (entities of the
XML or JSON around them). Only the fields documented as HTML hold markup.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Form = Literal["html", "wordpress", "markdown", "text"]
PostStatus = Literal["published", "draft", "pending", "scheduled", "private", "trashed", "deleted"]
CommentStatus = Literal["approved", "pending", "spam", "trashed", "deleted"]


_CATEGORY = "category"
_POST = "post"
_COMMENT = "comment"
_BEST = 5.0
_WORST = 0.0


def _same_default(record: msgspec.Struct, field: str, default: object) -> None:
    """Put the default itself where a field equals it.

    ``omit_defaults`` leaves out what *is* the default; a string or number that merely equals it would be written,
    and two equal records would have different bytes.
    """
    value = getattr(record, field)
    if value is not default and value == default:
        msgspec.structs.force_setattr(record, field, default)


class Content(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A body, verbatim as it came, and how to read it."""

    value: str  # RSS description or content:encoded, Atom content or summary, WXR content:encoded
    form: Form = "html"  # "wordpress" is HTML before autop: blank lines are paragraphs, shortcodes raw
    base: str | None = None  # what relative links in it are relative to: xml:base, or the entry's address
    truncated: bool = False  # the source cut it ("[…]", "Read more"); it never replaces a body
    src: str | None = None  # Atom content/@src: the body is elsewhere and ``value`` is empty
    media_type: str | None = None  # Atom content/@type where it is neither text, html nor xhtml


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An author or a commenter."""

    id: str | None = None  # WXR author_login (what dc:creator refers to); JSON Feed has none
    name: str | None = None  # RSS author "mail (Name)", dc:creator; Atom name; WXR author_display_name
    email: str | None = None  # RSS author; Atom email; WXR author_email — private, see the privacy gate
    url: str | None = None  # Atom uri; WXR comment_author_url; JSON Feed url
    avatar: str | None = None  # JSON Feed author avatar
    given_name: str | None = None  # WXR author_first_name
    family_name: str | None = None  # WXR author_last_name
    extra: dict[str, Any] = {}  # what has no field, keyed by format


class Term(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A category, a tag, or a term of any other taxonomy."""

    name: str | None = None  # RSS category text; Atom category/@label, else @term; WXR cat_name
    taxonomy: str = _CATEGORY  # WXR domain: "category", "post_tag" …; feeds say "category"
    slug: str | None = None  # Atom category/@term if a label is there; WXR nicename
    scheme: str | None = None  # RSS category/@domain; Atom category/@scheme
    parent: str | None = None  # WXR category_parent: the parent's slug
    description: str | None = None  # WXR category_description
    id: str | None = None  # WXR term_id
    extra: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Let equal records have equal bytes; see :func:`_same_default`."""
        if self.taxonomy is not _CATEGORY:
            _same_default(self, "taxonomy", _CATEGORY)


class Link(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A link that is neither the record's own address nor an enclosure."""

    href: str
    rel: str | None = None  # Atom link/@rel: "related", "via", "edit" …
    type: str | None = None
    hreflang: str | None = None
    title: str | None = None
    length: int | None = None  # bytes


class Enclosure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A media file that belongs to a post: RSS enclosure, Atom link rel=enclosure, JSON Feed attachment."""

    url: str
    type: str | None = None  # media type
    length: int | None = None  # bytes
    title: str | None = None
    duration: float | None = None  # seconds; itunes:duration, JSON Feed duration_in_seconds
    extra: dict[str, Any] = {}


class FeedSource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The feed that an entry was taken from: RSS source, Atom source."""

    id: str | None = None
    title: str | None = None
    url: str | None = None
    feed_url: str | None = None
    updated: dt.datetime | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a review is about."""

    name: str
    kind: str | None = None  # schema.org type in lower case: "movie", "book", "album", "game" …
    year: int | None = None  # of its first publication
    creators: tuple[str, ...] = ()  # director, author, artist …
    url: str | None = None
    image: str | None = None
    ids: dict[str, str] = {}  # e.g. {"tmdb": "152601", "isbn": "9780141439600"}


class Rating(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A rating with its own scale; 4 of 5 is not 8 of 10 until somebody asks."""

    value: float
    best: float = _BEST
    worst: float = _WORST

    def __post_init__(self) -> None:
        """Let equal records have equal bytes; see :func:`_same_default`."""
        _same_default(self, "best", _BEST)
        _same_default(self, "worst", _WORST)


class Review(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A review that hangs on a post (hReview, h-review, schema.org Review, Letterboxd, Goodreads, RVW)."""

    item: Item
    rating: Rating | None = None
    watched: dt.date | None = None  # the day it was watched or read: letterboxd:watchedDate
    spoiler: bool | None = None
    rewatch: bool | None = None  # letterboxd:rewatch
    summary: str | None = None  # the verdict in a line: hReview summary, schema.org Review.name
    extra: dict[str, Any] = {}


class Site(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The blog itself. ``id`` is its Atom feed id or, where there is none, its address."""

    id: str  # Atom feed/id; else the address; else made
    url: str | None = None  # RSS channel/link; Atom link rel=alternate; WXR base_blog_url
    title: str | None = None  # RSS and Atom title; WXR title
    description: str | None = None  # RSS description; Atom subtitle
    language: str | None = None  # RSS language; Atom xml:lang
    rights: str | None = None  # RSS copyright; Atom rights
    generator: str | None = None
    feed_urls: tuple[str, ...] = ()  # the addresses of its feeds: rel=self
    authors: tuple[Person, ...] = ()  # RSS managingEditor; Atom feed/author
    terms: tuple[Term, ...] = ()  # categories of the feed itself
    image: str | None = None  # RSS image/url; Atom logo; JSON Feed icon
    icon: str | None = None  # Atom icon; JSON Feed favicon
    hubs: tuple[Link, ...] = ()  # WebSub hubs
    links: tuple[Link, ...] = ()  # other links of the feed
    extra: dict[str, Any] = {}


class Post(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A post or a page."""

    id: str  # RSS guid, Atom id, WXR guid — verbatim; only where the source has none, made
    permalink: bool | None = None  # RSS guid/@isPermaLink as stated; None: not stated
    aliases: tuple[str, ...] = ()  # other ids that the source states for it ("wp:post:17")
    url: str | None = None  # RSS link; Atom link rel=alternate; WXR link — its address
    urls: tuple[str, ...] = ()  # other addresses that it had or has
    kind: str = _POST  # "post", "page", or the name of a custom type (WXR post_type)
    slug: str | None = None  # WXR post_name
    title: str | None = None  # plain text
    title_html: str | None = None  # the title with its markup, only where it has any
    subtitle: str | None = None  # itunes:subtitle
    summary: Content | None = None  # RSS description beside a content:encoded; Atom summary; WXR excerpt
    content: Content | None = None  # RSS content:encoded, else description; Atom content; WXR content
    authors: tuple[Person, ...] = ()  # RSS author, dc:creator; Atom author; WXR dc:creator
    contributors: tuple[Person, ...] = ()  # Atom contributor; dc:contributor
    terms: tuple[Term, ...] = ()  # RSS and Atom category; WXR category
    published: dt.datetime | None = None  # RSS pubDate; Atom published; WXR post_date
    updated: dt.datetime | None = None  # Atom updated; WXR post_modified
    status: PostStatus | None = None  # WXR status; what a public feed shows is "published"
    password: str | None = None  # WXR post_password — private
    sticky: bool = False  # WXR is_sticky
    comments_open: bool | None = None  # WXR comment_status
    pings_open: bool | None = None  # WXR ping_status
    comment_count: int | None = None  # claimed by the source: slash:comments, thr:total; not what is held
    comments_url: str | None = None  # RSS comments; Atom link rel=replies type=text/html
    comments_feed: str | None = None  # wfw:commentRss; Atom link rel=replies type=application/atom+xml
    language: str | None = None  # dc:language; xml:lang
    rights: str | None = None  # Atom rights; dc:rights
    enclosures: tuple[Enclosure, ...] = ()
    links: tuple[Link, ...] = ()
    image: str | None = None  # address of the featured image: WXR _thumbnail_id, media:thumbnail, JSON Feed
    source: FeedSource | None = None  # RSS source; Atom source
    parent: str | None = None  # id of the parent page: WXR post_parent
    order: int | None = None  # WXR menu_order
    reviews: tuple[Review, ...] = ()
    deleted: dt.datetime | None = None  # when it was deleted: RFC 6721 deleted-entry/@when
    extra: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Let equal records have equal bytes; see :func:`_same_default`."""
        if self.kind is not _POST:
            _same_default(self, "kind", _POST)


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A comment, pingback, trackback or webmention.

    ``post`` and ``parent`` are ids as the source states them. A source that only says "in reply to X"
    without telling whether X is a post or a comment sets ``parent`` alone; a source that knows nothing
    but the post's address sets ``post_url`` alone.
    """

    id: str  # RSS guid, Atom id of the comment feed; WXR: guid of the post + "#comment-" + comment_id
    permalink: bool | None = None  # RSS guid/@isPermaLink as stated
    aliases: tuple[str, ...] = ()  # other ids that the source states for it
    post: str | None = None  # id of the post
    post_url: str | None = None  # address of the post
    parent: str | None = None  # id of the comment it replies to: thr:in-reply-to; WXR comment_parent
    url: str | None = None  # its own address
    author: Person | None = None
    title: str | None = None  # only where a person gave one; "By: X" of comment feeds is dropped
    content: Content | None = None
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    status: CommentStatus | None = None  # WXR comment_approved; what a public feed shows is "approved"
    kind: str = _COMMENT  # "comment", "pingback", "trackback", "webmention", or a plugin's own
    ip: str | None = None  # WXR comment_author_IP — private
    order: int | None = None  # its place on the page, from 0, where the source gives no dates
    deleted: dt.datetime | None = None  # when it was deleted; what is left is a tombstone
    extra: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Let equal records have equal bytes; see :func:`_same_default`."""
        if self.kind is not _COMMENT:
            _same_default(self, "kind", _COMMENT)


class Media(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A file of the blog: a WXR attachment, an image in an export's folder."""

    id: str  # WXR guid of the attachment
    aliases: tuple[str, ...] = ()
    url: str | None = None  # where the bytes are or were: WXR attachment_url
    page_url: str | None = None  # WXR link: the attachment's own page
    post: str | None = None  # id of the post it belongs to: WXR post_parent
    slug: str | None = None
    title: str | None = None
    alt: str | None = None  # WXR _wp_attachment_image_alt
    caption: Content | None = None  # WXR excerpt:encoded
    description: Content | None = None  # WXR content:encoded
    author: Person | None = None
    published: dt.datetime | None = None
    updated: dt.datetime | None = None
    type: str | None = None  # media type
    size: int | None = None  # bytes
    sha256: str | None = None  # of the bytes, where the archive holds them: media/ab/<sha256>.<ext>
    path: str | None = None  # where it lay: WXR _wp_attached_file, member of the export's folder
    status: PostStatus | None = None
    extra: dict[str, Any] = {}


class Tombstone(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Word that a record was deleted (RFC 6721). Which record it was, the archive finds by id."""

    id: str  # deleted-entry/@ref
    when: dt.datetime  # deleted-entry/@when
    by: Person | None = None
    reason: str | None = None  # at:comment


Record = Site | Person | Term | Post | Comment | Media | Tombstone


class Replies(NamedTuple):
    """What a feed says of the comments of a post."""

    number: int
    newest: dt.datetime | None  # when the last of them was published


class StoredFile(NamedTuple):
    """A file of the archive as it lies, for a copy of it."""

    path: str  # below the archive's folder, with "/"
    open: Callable[[], BinaryIO]


class Snapshot(Protocol):
    """All that an exporter sees of an archive: one site, at one moment, as selected."""

    @property
    def site(self) -> Site:
        """The blog."""
        ...

    def people(self) -> Iterator[Person]:
        """The blog's own authors, by id."""
        ...

    def terms(self) -> Iterator[Term]:
        """The blog's terms, by taxonomy, then parents before children, then slug."""
        ...

    def count(self) -> int:
        """How many posts :meth:`posts` gives."""
        ...

    def posts(self, *, oldest_first: bool = False, offset: int = 0, bodiless: bool = False) -> Iterator[Post]:
        """Posts and pages, newest first unless asked otherwise, after leaving out ``offset``; ties by id.

        Whoever does not look at their bodies asks for them ``bodiless``: without content and summary, which would
        have to be rendered and cleaned for nothing.
        """
        ...

    def post(self, post_id: str, *, bodiless: bool = False) -> Post | None:
        """One of :meth:`posts`, by its id; None where there is none. Cheap beside its :meth:`comments`."""
        ...

    def comments(self, post_id: str) -> Iterator[Comment]:
        """The comments of a post, oldest first; ``post`` is set on each, ``parent`` where it is a reply."""
        ...

    def replies(self, post_id: str) -> Replies:
        """What there is to say of :meth:`comments` without showing them."""
        ...

    def recent_comments(self, limit: int) -> Iterator[tuple[Post, Comment]]:
        """The newest ``limit`` comments of the site, newest first, each with its post."""
        ...

    def digests(self, *, oldest_first: bool = False) -> Iterator[tuple[str, str]]:
        """(id, digest) of what :meth:`posts` gives, in its order, without reading the posts.

        The digest changes whenever the post or one of its comments does: an exporter puts it into
        :attr:`OutputFile.fingerprint` so that unchanged files are not made again.
        """
        ...

    def threads(self) -> Iterator[tuple[str, str, int]]:
        """(id, digest, number of comments) of the posts that have comments, newest post first, without reading them."""
        ...

    def media(self) -> Iterator[Media]:
        """Media, oldest first; ties by id."""
        ...

    def following(self) -> Iterator[Site]:
        """The feeds that the archive follows, by address; of most of them this blog knows nothing."""
        ...

    def open_media(self, media: Media) -> BinaryIO | None:
        """Open the bytes of a media file, or None where the archive does not hold them."""
        ...

    def files(self) -> Iterator[StoredFile]:
        """The archive's own files, by path: all that was ever read, and whatever is private in it.

        Caches and locks are not among them. Raises UsageError where only a part is selected, or anything is to be seen
        other than it lies: a copy is whole, or it is none.
        """
        ...
