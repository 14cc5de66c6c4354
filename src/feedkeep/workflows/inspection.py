"""What one document holds, counted while its records stream by."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 — msgspec reads the annotations
import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from feedkeep.content import mojibake
from feedkeep.content.said import texts
from feedkeep.models import Comment, Media, Person, Post, Site, Term, Tombstone

if TYPE_CHECKING:
    from feedkeep.models import Record

NAMES = 10  # of authors, commenters and terms that are named, the most frequent first
_DISTINCT = 100_000  # of them that are told apart, so that a hostile source cannot fill the memory
_AROUND = 30  # characters shown before and after a damaged place
_LAST_WORDS = re.compile(r"(?:(?:(?<=\s)|^)\S+\s*){0,3}$|\S*$")
_FIRST_WORDS = re.compile(r"\S*(?:\s+\S+){0,2}")
DAMAGES = 1000  # that are kept with their text


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """The earliest and the latest moment of something."""

    first: dt.datetime
    last: dt.datetime


class Damage(msgspec.Struct, frozen=True, kw_only=True):
    """A place where text was decoded wrongly once, and what it should probably say."""

    record: str  # id
    field: str  # e.g. "Post.content"
    found: str  # the damaged place with the words around it
    repair: str  # the same, mended
    confidence: float  # from 0 to 1
    why: str  # what happened to it


class Inspection(msgspec.Struct, kw_only=True):
    """What one document holds."""

    source: str
    format: str
    label: str
    site: str | None = None  # title
    url: str | None = None
    counts: dict[str, dict[str, int]] = {}  # kind ("post", "page", "comment", "pingback", "media" …) → status → number
    replies: int = 0  # comments that answer another comment
    claimed: int = 0  # comments that the source says its posts have
    reviews: int = 0
    posts_span: Span | None = None
    comments_span: Span | None = None
    zones: dict[str, int] = {}  # offset from UTC → number of dates
    authors: dict[str, int] = {}  # the most frequent, with the number of their posts
    author_count: int = 0
    commenters: dict[str, int] = {}
    commenter_count: int = 0
    terms: dict[str, dict[str, int]] = {}  # taxonomy → the most frequent names → number of posts
    term_counts: dict[str, int] = {}  # taxonomy → how many different ones
    media_bytes: int = 0  # as far as the source says
    damages: tuple[Damage, ...] = ()
    damage_count: int = 0


class Tally:
    """Fills an inspection record by record."""

    def __init__(self, result: Inspection) -> None:
        self._result = result
        self._counts: dict[str, Counter[str]] = {}
        self._zones: Counter[str] = Counter()
        self._authors: Counter[str] = Counter()
        self._commenters: Counter[str] = Counter()
        self._terms: dict[str, Counter[str]] = {}
        self._damages: list[Damage] = []
        self._display: dict[str, str] = {}  # login → display name

    def add(self, record: Record) -> None:
        """Count a record."""
        self._check(record)
        result = self._result
        match record:
            case Site():
                result.site = result.site or record.title
                result.url = result.url or record.url
            case Person():
                self._count("author", "known")
                if record.id is not None and record.name is not None and len(self._display) < _DISTINCT:
                    self._display[record.id] = record.name
            case Term():
                self._count("term", record.taxonomy)
            case Post():
                self._post(record)
            case Comment():
                self._comment(record)
            case Media():
                self._count("media", record.status or "published")
                result.media_bytes += record.size or 0
            case Tombstone():
                self._count("tombstone", "deleted")

    def _post(self, post: Post) -> None:
        result = self._result
        self._count(post.kind, post.status or "published")
        result.posts_span = _wider(result.posts_span, post.published)
        self._zone(post.published)
        result.reviews += len(post.reviews)
        result.claimed += post.comment_count or 0
        for person in post.authors:
            _bump(self._authors, person.name or self._display.get(person.id or "") or person.id)
        for term in post.terms:
            if term.taxonomy in self._terms or len(self._terms) < NAMES * NAMES:
                _bump(self._terms.setdefault(term.taxonomy, Counter()), term.name or term.slug)

    def _comment(self, comment: Comment) -> None:
        result = self._result
        self._count(comment.kind, comment.status or "approved")
        result.replies += comment.parent is not None
        result.comments_span = _wider(result.comments_span, comment.published)
        self._zone(comment.published)
        if comment.author is not None:
            _bump(self._commenters, comment.author.name)

    def finish(self) -> Inspection:
        """Give what was counted."""
        result = self._result
        result.counts = {kind: dict(sorted(counts.items())) for kind, counts in self._counts.items()}
        result.zones = dict(self._zones.most_common())
        result.authors, result.author_count = dict(self._authors.most_common(NAMES)), len(self._authors)
        result.commenters, result.commenter_count = dict(self._commenters.most_common(NAMES)), len(self._commenters)
        result.terms = {taxonomy: dict(names.most_common(NAMES)) for taxonomy, names in self._terms.items()}
        result.term_counts = {taxonomy: len(names) for taxonomy, names in self._terms.items()}
        result.damages = tuple(self._damages)
        return result

    def _count(self, kind: str, status: str) -> None:
        if kind in self._counts or len(self._counts) < _DISTINCT:
            self._counts.setdefault(kind, Counter())[status] += 1

    def _zone(self, moment: dt.datetime | None) -> None:
        if moment is not None:
            offset = moment.strftime("%z")
            self._zones[f"{offset[:3]}:{offset[3:5]}"] += 1

    def _check(self, record: Record) -> None:
        for field, text, markup in texts(record):
            for place in mojibake.find(text, markup=markup) if text else ():
                self._result.damage_count += 1
                if len(self._damages) < DAMAGES:
                    self._damages.append(_damage(getattr(record, "id", None) or "", field, text or "", place))


def _damage(record: str, field: str, text: str, place: mojibake.Damage) -> Damage:
    before = _LAST_WORDS.search(text, max(0, place.start - _AROUND), place.start)
    after = _FIRST_WORDS.match(text, place.end, min(len(text), place.end + _AROUND))
    head, tail = before[0] if before else "", after[0] if after else ""
    return Damage(
        record=record,
        field=field,
        found=head + place.found + tail,
        repair=head + place.repaired + tail,
        confidence=place.confidence,
        why=place.why,
    )


def _wider(span: Span | None, moment: dt.datetime | None) -> Span | None:
    if moment is None:
        return span
    if span is None:
        return Span(first=moment, last=moment)
    if span.first <= moment <= span.last:
        return span
    return Span(first=min(span.first, moment), last=max(span.last, moment))


def _bump(counter: Counter[str], name: str | None) -> None:
    if name and (name in counter or len(counter) < _DISTINCT):
        counter[name] += 1
