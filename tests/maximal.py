"""Records that fill every field of every model, and what a round trip changed in them.

``MAXIMAL`` is one small site; each field of each model holds something in at least one of its records, so a new
field makes every format decide whether it is lost. ``extra`` holds a key of no format: what only another format
has a word for. Bodies are HTML without line breaks; what happens to other forms is noted case by case.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from feedkeep.models import (
    Comment,
    Content,
    Enclosure,
    FeedSource,
    Item,
    Link,
    Media,
    Person,
    Post,
    Rating,
    Record,
    Review,
    Site,
    Term,
    Tombstone,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_Struct = TypeVar("_Struct", bound=msgspec.Struct)

_SUMMER = dt.timezone(dt.timedelta(hours=2))
_WEST = dt.timezone(-dt.timedelta(hours=3, minutes=30))
_SITE = "https://lantern.example"
_OTHER: dict[str, Any] = {"elsewhere": {"mood": "wistful"}}


def _day(day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2014, 6, day, hour, 30, 15, tzinfo=_SUMMER)


ADA = Person(
    id="ada",
    name="Ada Keeler",
    email="ada@lantern.example",
    url="https://ada.example/",
    avatar="https://ada.example/face.jpg",
    given_name="Ada",
    family_name="Keeler",
    extra=_OTHER,
)
BO = Person(id="bo", name="Bo Lind", email="bo@lantern.example", url="https://bo.example/")

FILM = Term(
    name="Film",
    taxonomy="category",
    slug="film",
    scheme="https://lantern.example/topics",
    description="On what was seen.",
    id="4",
    extra=_OTHER,
)
SCIFI = Term(name="Science fiction", taxonomy="category", slug="science-fiction", parent="film", id="5")
QUIET = Term(name="quiet", taxonomy="post_tag", slug="quiet", id="6")

SITE = Site(
    id="https://lantern.example",
    url="https://lantern.example",
    title="Lantern & Shutter",
    description="Films, slowly.",
    language="en-GB",
    rights="© 2014 Ada Keeler",
    generator="https://press.example/?v=4.1",
    feed_urls=("https://lantern.example/feed/",),
    authors=(ADA,),
    terms=(FILM,),
    image="https://lantern.example/logo.png",
    icon="https://lantern.example/icon.png",
    hubs=(Link(href="https://hub.example/", rel="hub"),),
    links=(Link(href="https://lantern.example/about", rel="author", title="About"),),
    extra=_OTHER,
)

REVIEW = Review(
    item=Item(
        name="The Long Tide",
        kind="movie",
        year=2013,
        creators=("Mira Vance", "Tom Oyelaran"),
        url="https://films.example/long-tide",
        image="https://films.example/long-tide.jpg",
        ids={"tmdb": "990017", "imdb": "tt9900017"},
    ),
    rating=Rating(value=7.5, best=10.0, worst=1.0),
    watched=dt.date(2014, 5, 30),
    spoiler=True,
    rewatch=True,
    summary="Slow, and worth it.",
    extra=_OTHER,
)

FULL = Post(
    id="https://lantern.example/?p=17",
    permalink=False,
    aliases=("urn:elsewhere:17",),
    url="https://lantern.example/2014/06/long-tide/",
    urls=("https://old.example/long-tide",),
    kind="post",
    slug="long-tide",
    title="The Long Tide & after",
    title_html="The <em>Long Tide</em> &amp; after",
    subtitle="Two hours by the sea",
    summary=Content(value="A film by the sea.", form="html", truncated=True),
    content=Content(
        value='<p>It begins with <a href="https://lantern.example/2014/05/waves/">waves</a>.</p>',
        form="html",
        base="https://lantern.example/2014/06/long-tide/",
    ),
    authors=(ADA, BO),
    contributors=(Person(name="Cy Marsh"),),
    terms=(FILM, QUIET),
    published=_day(3),
    updated=_day(4, 18),
    status="published",
    sticky=True,
    comments_open=True,
    pings_open=False,
    comment_count=3,
    comments_url="https://lantern.example/2014/06/long-tide/#comments",
    comments_feed="https://lantern.example/2014/06/long-tide/feed/",
    language="en",
    rights="© Ada Keeler",
    enclosures=(
        Enclosure(
            url="https://lantern.example/tide.mp3",
            type="audio/mpeg",
            length=123456,
            title="The review, read aloud",
            duration=1834.5,
            extra=_OTHER,
        ),
    ),
    links=(
        Link(
            href="https://films.example/long-tide/cast",
            rel="related",
            type="text/html",
            hreflang="en",
            title="The cast",
            length=4096,
        ),
    ),
    image="https://lantern.example/wp-content/uploads/2014/06/tide.jpg",
    source=FeedSource(
        id="urn:planet:films",
        title="Planet Films",
        url="https://planet.example/",
        feed_url="https://planet.example/atom.xml",
        updated=_day(5),
    ),
    reviews=(REVIEW,),
    extra=_OTHER,
)
PAGE = Post(
    id="https://lantern.example/?page_id=2",
    permalink=True,
    url="https://lantern.example/about/",
    kind="page",
    slug="about",
    title="About",
    content=Content(value="<p>A small blog.</p>", form="html"),
    terms=(SCIFI,),
    published=dt.datetime(2012, 1, 1, 12, 0, tzinfo=dt.UTC),
    status="published",
)
PROTECTED = Post(
    id="https://lantern.example/?page_id=9",
    kind="page",
    slug="crew",
    title="The crew",
    content=Content(value="", form="html", src="https://lantern.example/crew.svg", media_type="image/svg+xml"),
    published=dt.datetime(2013, 2, 3, 4, 5, 6, tzinfo=_WEST),
    status="private",
    password="low tide",  # noqa: S106 — of a page that does not exist
    parent=PAGE.id,
    order=3,
)
GONE = Post(
    id="https://lantern.example/?p=11",
    slug="withdrawn",
    title="Withdrawn",
    published=_day(1),
    status="deleted",
    deleted=_day(9),
)

FIRST = Comment(
    id=f"{FULL.id}#comment-31",
    permalink=False,
    aliases=("urn:elsewhere:c31",),
    post=FULL.id,
    post_url=FULL.url,
    url=f"{FULL.url}#comment-31",
    author=Person(
        name="Dee",
        email="dee@reader.example",
        url="https://dee.example/",
        avatar="https://dee.example/me.png",
    ),
    title="A question",
    content=Content(value="<p>Who wrote the score?</p>", form="html"),
    published=_day(3, 11),
    updated=_day(3, 12),
    status="approved",
    kind="comment",
    ip="192.0.2.31",
    order=0,
    extra=_OTHER,
)
REPLY = Comment(
    id=f"{FULL.id}#comment-32",
    post=FULL.id,
    parent=FIRST.id,
    author=Person(id="ada", name="Ada Keeler"),
    content=Content(value="<p>She did it all herself.</p>", form="html"),
    published=_day(3, 13),
    status="pending",
    kind="webmention",
)
REMOVED = Comment(
    id=f"{FULL.id}#comment-33",
    post=FULL.id,
    parent=REPLY.id,
    published=_day(3, 14),
    status="deleted",
    deleted=_day(6),
)

STILL = Media(
    id="https://lantern.example/?attachment_id=18",
    aliases=("urn:elsewhere:18",),
    url="https://lantern.example/wp-content/uploads/2014/06/tide.jpg",
    page_url="https://lantern.example/2014/06/long-tide/tide/",
    post=FULL.id,
    slug="tide",
    title="The tide",
    alt="A grey sea",
    caption=Content(value="The first frame", form="html"),
    description=Content(value="<p>A still.</p>", form="html"),
    author=ADA,
    published=_day(2),
    updated=_day(2, 15),
    type="image/jpeg",
    size=48211,
    sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    path="2014/06/tide.jpg",
    status="published",
    extra=_OTHER,
)
WITHDRAWN = Tombstone(id="https://lantern.example/?p=12", when=_day(10), by=ADA, reason="posted twice")

MAXIMAL: tuple[Record, ...] = (
    SITE,
    ADA,
    BO,
    FILM,
    SCIFI,
    QUIET,
    FULL,
    FIRST,
    REPLY,
    REMOVED,
    PAGE,
    PROTECTED,
    GONE,
    STILL,
    WITHDRAWN,
)


def fields_filled(records: Iterable[msgspec.Struct]) -> set[str]:
    """The ``Model.field`` keys that hold something other than the field's default in at least one record."""
    filled: set[str] = set()
    for record in records:
        _collect(record, filled)
    return filled


def every_field() -> set[str]:
    """The ``Model.field`` keys of all models."""
    models = (
        Site, Person, Term, Post, Comment, Media, Tombstone, Content, Link, Enclosure, FeedSource, Item, Rating, Review,
    )  # fmt: skip
    return {f"{model.__name__}.{field}" for model in models for field in model.__struct_fields__}


def differences(before: Iterable[Record], after: Iterable[Record]) -> set[str]:
    """What a round trip lost or changed, in the keys of :class:`feedkeep.fidelity.Losses`.

    Records are paired by model and id (terms by taxonomy and slug; the one site with the one site), nested structs
    by place. A record that is not there again gives ``Model``, a record that was not there before ``+Model``; a field
    that came back other than it was gives ``Model.field``. Moments are equal only if their offsets are, too. Records
    are looked at as an archive joins them: a reference by alias is one by id, an author or term of a post is the
    blog's own of that id or slug. A record may have won aliases.
    """
    held = {_key(record): record for record in _joined(before)}
    got = {_key(record): record for record in _joined(after)}
    found: set[str] = set()
    for key, record in held.items():
        if key in got:
            _compare(record, got[key], found)
        else:
            found.add(key[0])
    found.update(f"+{key[0]}" for key in got.keys() - held.keys())
    return found


def _joined(records: Iterable[Record]) -> list[Record]:
    """Resolve references by alias, and complete authors and terms of posts from the records of their own."""
    listed = list(records)
    ids = {alias: r.id for r in listed if isinstance(r, (Post, Comment, Media)) for alias in r.aliases}
    people = {r.id: r for r in listed if isinstance(r, Person)}
    terms = {(r.taxonomy, r.slug): r for r in listed if isinstance(r, Term)}

    def person(one: Person) -> Person:
        return _completed(one, people.get(one.id))

    joined: list[Record] = []
    for record in listed:
        more: dict[str, Any] = {}
        if isinstance(record, (Post, Comment)):
            more["parent"] = ids.get(record.parent or "", record.parent)
        if isinstance(record, (Comment, Media)):
            more["post"] = ids.get(record.post or "", record.post)
        if isinstance(record, Post):
            more["authors"] = tuple(person(one) for one in record.authors)
            more["terms"] = tuple(_completed(one, terms.get((one.taxonomy, one.slug))) for one in record.terms)
        if isinstance(record, Media) and record.author:
            more["author"] = person(record.author)
        joined.append(msgspec.structs.replace(record, **more))
    return joined


def _completed(one: _Struct, known: _Struct | None) -> _Struct:
    if known is None:
        return one
    empty = {name: getattr(known, name) for name in one.__struct_fields__ if getattr(one, name) in (None, (), {})}
    return msgspec.structs.replace(one, **empty)


def _key(record: Record) -> tuple[str, ...]:
    name = type(record).__name__
    if isinstance(record, Site):
        return (name,)
    if isinstance(record, Term):
        return (name, record.taxonomy, record.slug or record.name or "")
    return (name, record.id or "")


def _compare(before: msgspec.Struct, after: msgspec.Struct, found: set[str]) -> None:
    model = type(before).__name__
    for field in before.__struct_fields__:
        old, new = getattr(before, field), getattr(after, field)
        if _same(old, new) or (field == "aliases" and set(old) <= set(new)):
            continue
        if isinstance(old, Content) and not old.value and new is None:  # an empty body is none, but where is the rest?
            found.update(f"Content.{name}" for name in ("base", "truncated", "src", "media_type") if getattr(old, name))
            continue
        olds = old if isinstance(old, tuple) else (old,)
        news = new if isinstance(new, tuple) else (new,)
        pairs = list(zip(olds, news, strict=False))
        if len(olds) != len(news) or not all(
            isinstance(a, msgspec.Struct) and isinstance(b, msgspec.Struct) for a, b in pairs
        ):
            found.add(f"{model}.{field}")
            continue
        for a, b in pairs:
            _compare(a, b, found)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, dt.datetime) and isinstance(new, dt.datetime):
        return old.isoformat() == new.isoformat()
    if isinstance(old, (msgspec.Struct, tuple)):
        return bool(msgspec.json.encode(old) == msgspec.json.encode(new))
    return bool(old == new)


def _collect(record: msgspec.Struct, filled: set[str]) -> None:
    model = type(record).__name__
    defaults = {field.name: field.default for field in msgspec.structs.fields(type(record))}
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if value is None or value in ((), {}, ""):
            continue
        if value != defaults[field] or not isinstance(value, bool):
            filled.add(f"{model}.{field}")
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, msgspec.Struct):
                _collect(item, filled)
