"""The feed exporters against judges that we did not write: feedparser, fastfeedparser, RFC 4287's schema."""

from __future__ import annotations

import calendar
import datetime as dt
import io
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any

import fastfeedparser
import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedkeep.models import Comment, Content, Enclosure, Person, Post, Record, Site, Term
from golden import write
from maximal import MAXIMAL
from test_feed_exports import FEEDS, exported, posts

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "schema" / "atom.rng"))
ATOM = "{http://www.w3.org/2005/Atom}"
XML = ["rss", "atom"]

_text = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"']\x00\x0b\u202e😀\ud800")), max_size=40)
_moment = st.datetimes(
    min_value=dt.datetime(1971, 1, 2),  # noqa: DTZ001 — Hypothesis adds the zone
    max_value=dt.datetime(2100, 1, 1),  # noqa: DTZ001 — likewise
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=-5, minutes=-30))]),
).map(lambda moment: moment.replace(microsecond=0))
_maybe = st.none() | _text
_bodies = st.none() | st.builds(Content, value=_text, form=st.sampled_from(["html", "text", "wordpress", "markdown"]))
_people = st.lists(st.builds(Person, name=_maybe, email=st.sampled_from([None, "a@b.example"])), max_size=2).map(tuple)
_posts = st.lists(
    st.builds(
        Post,
        id=_text.filter(lambda text: bool(re.sub(r"[^\w]", "", text))),
        url=st.sampled_from([None, "https://b.example/a?b=1&c=2"]),
        title=_maybe,
        content=_bodies,
        summary=_bodies,
        authors=_people,
        terms=st.lists(st.builds(Term, name=_maybe, slug=_maybe), max_size=2).map(tuple),
        published=st.none() | _moment,
        updated=st.none() | _moment,
        enclosures=st.lists(
            st.builds(Enclosure, url=st.just("https://b.example/a.mp3"), length=st.sampled_from([None, 5])), max_size=2
        ).map(tuple),
    ),
    max_size=4,
    unique_by=lambda post: post.id,
)


@st.composite
def snapshots(draw: st.DrawFn) -> list[Record]:
    records: list[Record] = [
        draw(st.builds(Site, id=_text.filter(lambda text: bool(text.strip())), title=_maybe, description=_maybe))
    ]
    for number, post in enumerate(draw(_posts)):
        records.append(post)
        for at in range(draw(st.integers(0, 2))):
            author = draw(st.none() | st.builds(Person, name=_maybe))
            records.append(
                Comment(
                    id=f"c{number}.{at}",
                    post=post.id,
                    content=draw(_bodies),
                    author=author,
                    published=draw(st.none() | _moment),
                )
            )
    return records


def parsed(data: bytes) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8"}
    return feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )


@pytest.mark.parametrize("name", XML)
def test_feedparser_reads_what_was_written(name: str) -> None:
    records = [record for record in exported(MAXIMAL) if not (isinstance(record, Post) and record.deleted)]
    held = {post.id: post for post in records if isinstance(post, Post)}
    feed = parsed(write(name, records)[PurePosixPath(FEEDS[name])])

    assert feed.bozo == 0
    assert feed.version == {"rss": "rss20", "atom": "atom10"}[name]
    assert {entry.id for entry in feed.entries} == set(held)
    for entry in feed.entries:
        post = held[entry.id]
        assert entry.get("link") == post.url or (post.url is None and entry.get("link") in {None, post.id})
        assert entry.title == (post.title_html if name == "atom" and post.title_html else post.title or "")
        if post.published:
            assert calendar.timegm(entry.published_parsed) == post.published.timestamp()
        if post.updated:
            assert calendar.timegm(entry.updated_parsed) == post.updated.timestamp()
        if post.content is not None and post.content.value and post.content.form == "html":
            bodies = [body.value for body in entry.get("content", [])] or [entry.summary]
            assert any(body.endswith(post.content.value) for body in bodies)
        found = [link for link in entry.get("links", []) if link.get("rel") == "enclosure"]
        assert [(link.href, link.get("length")) for link in found] == [
            (e.url, str(e.length or 0)) for e in post.enclosures
        ]


@pytest.mark.parametrize("name", XML)
def test_fastfeedparser_finds_the_same_entries(name: str) -> None:
    feed = fastfeedparser.parse(write(name, posts(8))[PurePosixPath(FEEDS[name])])

    assert [entry.id for entry in feed.entries] == [f"https://b.example/?p={n}" for n in range(7, -1, -1)]
    assert [entry.title for entry in feed.entries] == [f"Post {n}" for n in range(7, -1, -1)]


@given(snapshots())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_records_make_feeds_that_parse(records: list[Record]) -> None:
    for name in XML:
        for path, data in write(name, records).items():
            feed = parsed(data)
            assert feed.bozo == 0, (path, feed.get("bozo_exception"))


@given(snapshots())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_records_make_valid_atom(records: list[Record]) -> None:
    for path, data in write("atom", records, limit=2, per_archive=2, base_url="https://new.example").items():
        valid(path, data)


def test_the_fullest_records_make_valid_atom() -> None:
    for path, data in write("atom", exported(MAXIMAL), limit=2, per_archive=2).items():
        valid(path, data)


def valid(path: PurePosixPath, data: bytes) -> None:
    tree = etree.fromstring(data)
    assert SCHEMA.validate(tree), (path, SCHEMA.error_log)
    for entry in tree.iter(f"{ATOM}entry"):  # what the schema cannot say: RFC 4287 section 4.1.2
        links = [link for link in entry.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"]
        assert links or entry.find(f"{ATOM}content") is not None
        assert len({(link.get("type"), link.get("hreflang")) for link in links}) == len(links)
    if tree.find("{http://purl.org/syndication/history/1.0}archive") is not None:  # RFC 5005 section 4
        rels = {link.get("rel") for link in tree.findall(f"{ATOM}link")}
        assert "current" in rels


def test_the_schema_refuses_what_the_rfc_forbids() -> None:
    good = write("atom", posts(2))[PurePosixPath("atom.xml")].decode()
    assert SCHEMA.validate(etree.fromstring(good.encode()))
    for old, new in (
        ("<updated>2014-01-02T00:00:00+00:00</updated>", ""),
        ('rel="replies"', 'rel="two words"'),
        ("<title>Post 1</title>", "<title>Post 1</title><title>again</title>"),
        ('type="html"', 'type="CDATA"'),
        ("<entry>", "<entry><surprise/>"),
    ):
        assert old in good, old
        assert not SCHEMA.validate(etree.fromstring(good.replace(old, new).encode()))


@given(snapshots())
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_records_make_json_feeds_that_keep_the_specification(records: list[Record]) -> None:
    for data in write("jsonfeed", records, limit=2, per_archive=2, base_url="https://new.example").values():
        keeps_the_specification(data)


def keeps_the_specification(data: bytes) -> None:
    """See https://www.jsonfeed.org/version/1.1/."""
    feed = json.loads(data.decode("utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["title"]
    for key in ("home_page_url", "feed_url", "next_url", "icon", "favicon"):
        assert key not in feed or re.match(r"https?://", feed[key])
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert ("content_html" in item) or ("content_text" in item) or ("summary" in item)
        for key in ("date_published", "date_modified"):
            assert key not in item or re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", item[key]
            )
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        for attachment in item.get("attachments", []):
            assert {"url", "mime_type"} <= attachment.keys()
        for author in item.get("authors", []):
            assert author.keys() <= {"name", "url", "avatar"}
    for key in feed:
        assert key.startswith("_") or key in TOP


TOP = {
    *("version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url", "icon", "favicon"),
    *("authors", "author", "language", "expired", "hubs", "items"),
}
