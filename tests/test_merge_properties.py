"""Merge as algebra: whatever the order and the repetition of imports, the same bytes; codec round trips."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from pathlib import Path

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archived_blog import SITE, put, tree
from feedkeep.archive import Archive, Origin
from feedkeep.archive.conversation import Conversation, decode
from feedkeep.archive.identity import partition
from feedkeep.archive.merge import merged
from feedkeep.archive.versions import Version, VersionSet
from feedkeep.ids import made_id
from feedkeep.models import Comment, Content, Person, Post, Record, Site, Term, Tombstone
from feedkeep.workflows.verify import verify

# Small pools, so that records meet: the same ids, addresses and titles come again and again.
_ids = st.sampled_from(["http://b.example/?p=1", "http://b.example/?p=2", "tag:b,2014:3", "http://b.example/2014/one/"])
_urls = st.sampled_from(
    [None, "http://b.example/2014/one/", "https://www.b.example/2014/one", "http://b.example/news", "http://b.example/"]
)
_titles = st.sampled_from([None, "One", "Two", "“One”"])
_days = st.one_of(
    st.none(),
    st.builds(
        lambda day, hours: dt.datetime(2014, 1, day, 12 + hours, tzinfo=dt.timezone(dt.timedelta(hours=hours))),
        st.integers(1, 3),
        st.sampled_from([0, 1, -5]),
    ),
)
_bodies = st.one_of(
    st.none(),
    st.builds(
        Content,
        value=st.sampled_from(
            [
                "<p>A body that is long enough to be cut somewhere, surely.</p>",
                "A body that is long enough to be cut some…",
                "x",
            ]
        ),
        truncated=st.booleans(),
    ),
)
_made = st.builds(lambda title: made_id("post", title), st.sampled_from(["a", "b"]))
_posts = st.builds(
    Post,
    id=st.one_of(_ids, _made),
    url=_urls,
    title=_titles,
    slug=st.sampled_from([None, "one", "two"]),
    published=_days,
    updated=_days,
    content=_bodies,
    comment_count=st.sampled_from([None, 1, 7]),
    aliases=st.sampled_from([(), ("wp:1",)]),
    extra=st.sampled_from([{}, {"wxr": {"a": 1}}, {"rss": {"b": [1, None]}}]),
)
_comment_ids = st.sampled_from(["c1", "c2", "c3", made_id("comment", "x")])
_comments = st.builds(
    Comment,
    id=_comment_ids,
    post=st.one_of(st.none(), _ids),
    post_url=_urls,
    parent=st.one_of(st.none(), _comment_ids, _ids),
    published=_days,
    content=st.one_of(st.none(), st.builds(Content, value=st.sampled_from(["Nice", "<p>nice</p>", "No"]))),
    author=st.one_of(st.none(), st.builds(Person, name=st.sampled_from(["Ann", "Bob"]))),
)
_stones = st.builds(Tombstone, id=st.one_of(_ids, _comment_ids), when=_days.filter(lambda day: day is not None))
_others = st.one_of(
    st.builds(Site, id=st.sampled_from(["s1", "s2"]), title=_titles, url=_urls),
    st.builds(Term, name=_titles, slug=st.sampled_from([None, "film"])),
    st.builds(Person, id=st.sampled_from([None, "ann"]), name=_titles),
)
_records = st.one_of(_posts, _posts, _comments, _comments, _stones, _others)
_origins = st.builds(
    Origin,
    format=st.sampled_from(["wxr", "rss", "pagetext"]),
    kind=st.sampled_from(["export", "feed", "page"]),
    as_of=_days,
)
_sources = st.lists(st.tuples(_origins, st.lists(_records, max_size=6)), min_size=1, max_size=4)
_slow = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@given(_sources)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_any_order_and_any_repetition_give_the_same_bytes(sources: list[tuple[Origin, list[Record]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        trees = []
        for number, order in enumerate(itertools.islice(itertools.permutations(sources), 6)):
            path = Path(folder) / str(number)
            for origin, records in order:
                put(path, origin, *records)
            trees.append(tree(path))
            assert not [finding for finding in verify(path).findings if finding.damage]
        assert all(held == trees[0] for held in trees)
        for origin, records in sources:
            counts = put(Path(folder) / "0", origin, *records)
            assert set(counts) <= {"unchanged"}
            assert counts.total() == len(records)
        assert tree(Path(folder) / "0") == trees[0]


@given(_sources)
@_slow
def test_a_conversation_reads_back_with_every_version(sources: list[tuple[Origin, list[Record]]]) -> None:
    versions = VersionSet(
        Version(record, [origin])
        for origin, records in sources
        for record in records
        if not isinstance(record, (Site, Term, Person))
    )
    for part in partition(list(versions)):
        conversation = Conversation(part)
        data = conversation.encode()
        again = decode(data, "test")
        assert {v.exact: v.origins for v in again.versions if not _counted(v)} == {
            v.exact: v.origins for v in conversation.versions if not _counted(v)
        }
        assert again.encode() == data


def _counted(version: Version) -> bool:
    return isinstance(version.record, Post) and version.record.comment_count is not None


@given(st.lists(st.tuples(_posts, _origins), min_size=1, max_size=5), st.randoms())
@_slow
def test_merging_depends_on_the_set_alone(stated: list[tuple[Post, Origin]], random: object) -> None:
    versions = [*VersionSet(Version(post, [origin]) for post, origin in stated)]
    expected = merged(versions)
    random.shuffle(versions)  # type: ignore[attr-defined]

    assert merged(versions) == expected


@given(_records)
@_slow
def test_a_record_is_the_same_after_writing_and_reading(record: Record) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record, order="sorted"), type=type(record)) == record


@given(_sources)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
def test_every_record_is_accounted_for_and_none_is_lost(sources: list[tuple[Origin, list[Record]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        for origin, records in sources:
            assert put(path, origin, *records).total() == len(records)
        site = Archive.open(path).site(SITE)
        held = set()
        for file, _ in site.files():
            conversation = site.load(file)
            held |= {(v.model, v.record.id) for v in conversation.versions}
        for _, records in sources:
            for record in records:
                if isinstance(record, (Post, Comment, Tombstone)):
                    assert (type(record).__name__.lower(), record.id) in held
        site.close()
