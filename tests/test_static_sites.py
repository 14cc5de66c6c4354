"""Static sites, Mastodon's archives, ActivityStreams and .bar: what examples alone do not show."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedkeep import formats
from feedkeep.errors import FormatError
from feedkeep.models import Comment, Media, Post, Record, Site
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from feedkeep.wire import activity_objects, front_matter
from feedkeep.wire.activities import Activities
from feedkeep.workflows import reading
from feedkeep.workflows.import_ import import_sources
from golden import DATA, read

if TYPE_CHECKING:
    from pathlib import Path

CASES = DATA / "importers"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

# --- front matter: what a library of the language wrote comes back

_TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85\ufeff"), max_size=20
)
_VALUES = st.recursive(
    st.booleans() | st.integers(-(10**15), 10**15) | _TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)
_FIELDS = st.dictionaries(_TEXTS, _VALUES, max_size=5)
_BODIES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60).filter(
    lambda text: not text.startswith((" ", "\ufeff"))
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FIELDS, _BODIES)
@example({"title": "no", "date": "2014-01-05", "n": 7, "zip": "007", "time": "1:20:00", "x": "1.10", "e": ""}, "Body")
@example({"---": "---", "t": "a: b\n---\nc"}, "---\nBody")
def test_yaml_that_a_library_wrote_comes_back(fields: dict[str, Any], body: str) -> None:
    text = yaml.safe_dump(fields, allow_unicode=True)
    found = front_matter.parted(f"---\n{text}---\n{body}")
    assert found == (fields, body, "yaml", None)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FIELDS, _BODIES)
@example({"+++": "+++"}, "+++")
def test_toml_that_a_library_wrote_comes_back(fields: dict[str, Any], body: str) -> None:
    found = front_matter.parted(f"+++\n{tomli_w.dumps(fields)}+++\n{body}")
    assert found == (fields, body, "toml", None)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_FIELDS, _BODIES)
def test_json_that_a_library_wrote_comes_back(fields: dict[str, Any], body: str) -> None:
    found = front_matter.parted(f"{json.dumps(fields, indent=1)}\n\n{body}")
    assert found == (fields, body, "json", None)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text("-+:{}[]&*!|>'\"#% \n\tab1.,", max_size=80))
def test_any_front_matter_is_read_or_left_as_it_is(text: str) -> None:
    for fence in ("---", "+++"):
        found = front_matter.parted(f"{fence}\n{text}\n{fence}\nBody")
        json.dumps(found.fields)
        assert found.body.endswith("Body")


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 50_000, "- " * 100_000, "? " * 50_000, "a: &a [*a, *a]", "!!set {? a}: 1", "a: !!int x"],
)
def test_hostile_yaml_is_told_so_at_once(text: str) -> None:
    found = front_matter.parted(f"---\n{text}\n---\nBody")
    assert found.damage is not None
    assert found.body.endswith("Body")


def test_a_number_is_a_number_only_where_it_says_the_same_again() -> None:
    found = front_matter.parted(
        "---\na: 1.10\nb: 1.5\nc: 0x10\nd: 1_000\ne: -3\nf: 1e3\ng: .inf\nh: 12:30\n---\n"
    ).fields
    assert found == {"a": "1.10", "b": 1.5, "c": "0x10", "d": "1_000", "e": -3, "f": "1e3", "g": ".inf", "h": "12:30"}


# --- trees


def zipped(files: dict[str, str]) -> Source:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for name, text in files.items():
            pack.writestr(name, text)
    return Source.from_bytes(packed.getvalue(), "site.zip")


def records_of(source: Source, name: str = "markdown") -> list[Record]:
    found, _, error = read(source, name)
    assert error is None
    return found


def test_a_zip_reads_as_its_folder() -> None:
    folder = CASES / "markdown" / "jekyll" / "input"
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as pack:
        for name, data in files.items():
            pack.writestr(f"lantern-main/{name}", data)
    inside = records_of(Source.from_bytes(packed.getvalue(), "site.zip"))
    beside = records_of(Source.from_path(folder))
    assert {r.id for r in inside} == {r.id for r in beside}
    assert Counter(type(r) for r in inside) == Counter(type(r) for r in beside)


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        ("maximal", {Site: 1, Post: 12, Media: 3, Comment: 3}),
        ("jekyll", {Site: 1, Post: 12, Media: 1, Comment: 4}),
        ("pelican", {Site: 1, Post: 6, Media: 1}),
        ("eleventy", {Site: 1, Post: 5, Media: 1}),
        ("two-sites", {Site: 2, Post: 2}),
    ],
)
def test_every_file_of_a_tree_is_counted(case: str, counts: dict[type, int]) -> None:
    assert Counter(type(r) for r in records_of(Source.from_path(CASES / "markdown" / case / "input"))) == counts


@pytest.mark.parametrize("case", sorted(p.name for p in (CASES / "markdown").iterdir()))
def test_nothing_held_back_is_published(case: str) -> None:
    found, _, _ = read(Source.from_path(next((CASES / "markdown" / case).glob("input*"))), "markdown")
    words = ("draft", "hidden", "private", "not for all", "not yet", "some day", "secret", "headless", "password")
    for post in found:
        if isinstance(post, Post) and (post.title or "").casefold() in words:
            assert post.status != "published", post.title


def test_a_post_of_the_future_is_scheduled_where_the_day_of_the_reading_is_known() -> None:
    import datetime as dt  # noqa: PLC0415 — of this test alone

    source = Source.from_path(
        CASES / "markdown" / "scheduled-by-fields" / "input", as_of=dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    )
    (post,) = [r for r in records_of(source) if isinstance(r, Post)]
    assert post.status == "scheduled"
    later = Source.from_path(
        CASES / "markdown" / "scheduled-by-fields" / "input", as_of=dt.datetime(3000, 1, 1, tzinfo=dt.UTC)
    )
    (post,) = [r for r in records_of(later) if isinstance(r, Post)]
    assert post.status == "private"  # it expired


def test_a_tree_takes_its_files_and_leaves_the_rest() -> None:
    source = zipped(
        {
            "blog/hugo.toml": "baseURL = 'https://l.example'",
            "blog/content/posts/a.md": "---\ntitle: a\n---\nx",
            "blog/content/posts/a/b.txt": "not ours",
            "elsewhere/feed.json": '{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": []}',
        }
    )
    found = [(document.name, importer and importer.name) for document, importer in reading.documents(source)]
    assert ("site.zip/blog", "markdown") in found
    assert ("site.zip!elsewhere/feed.json", "jsonfeed") in found
    assert ("site.zip!blog/content/posts/a/b.txt", None) in found or len(found) == 3


def test_a_site_of_many_posts_and_comments_goes_into_an_archive_and_nothing_is_lost(tmp_path: Path) -> None:
    notes = Notes()
    (report, *_) = import_sources(
        tmp_path / "archive", [Source.from_path(CASES / "markdown" / "maximal" / "input")], notes=notes
    )
    assert report.format == "markdown"
    assert report.site == "lantern.example-blog"
    assert {kind: counts.total for kind, counts in report.counts.items()} == {
        "site": 1,
        "post": 12,
        "media": 3,
        "comment": 3,
    }
    media = list((tmp_path / "archive" / report.site / "media").rglob("*.*"))
    assert len({path.stem for path in media}) == 1  # the pictures of the case are one and the same


def test_comments_name_what_they_answer_by_number_in_the_order_of_time() -> None:
    entries = {
        f"_data/comments/rope/entry{n}.yml": f"name: {n}\nmessage: m{n}\ndate: 2014-01-{20 - n:02d}\nreplying_to: {reply!r}\n"
        for n, reply in ((1, ""), (2, ""), (3, "1"))
    }
    source = zipped({"_config.yml": "title: x", "_posts/2014-01-01-rope.md": "---\ntitle: r\n---\nx", **entries})
    comments = {r.content.value: r for r in records_of(source) if isinstance(r, Comment) and r.content}
    assert comments["m3"].parent == comments["m2"].id  # the older of the two that answer nobody
    assert comments["m1"].parent is None


# --- activities


def note(number: int, answered: int | None, **more: Any) -> dict[str, Any]:
    return {
        "id": f"https://l.example/users/a/{number}",
        "type": "Note",
        "attributedTo": "https://l.example/users/a",
        "content": f"<p>{number}</p>",
        "to": [PUBLIC],
        "inReplyTo": None if answered is None else f"https://l.example/users/a/{answered}",
        **more,
    }


def taken(items: list[Any]) -> tuple[list[Record], Notes]:
    notes = Notes()
    activities = Activities(Source.from_bytes(b"", "x"), notes, name="activitystreams")
    activities.take(items)
    return list(activities.records()), notes


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.none() | st.integers(0, 12), max_size=12))
def test_every_note_is_a_post_or_a_comment_of_a_post_that_is_there(answers: list[int | None]) -> None:
    found, notes = taken([note(number, answered) for number, answered in enumerate(answers)])
    assert len(found) == len(answers)
    assert not notes.counts[Kind.SKIPPED]
    posts = {post.id for post in found if isinstance(post, Post)}
    parents = {c.id: c.parent for c in found if isinstance(c, Comment)}
    here = {record.id for record in found if isinstance(record, (Post, Comment))}
    for comment in found:
        if isinstance(comment, Comment):
            assert comment.post in posts if comment.post is not None else comment.parent is not None
            seen: set[str | None] = set()
            at: str | None = comment.id
            while at in here and at not in posts:  # up to a post, or to what is not here; never round and round
                assert at not in seen
                seen.add(at)
                at = parents[at]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from([PUBLIC, "https://l.example/users/a/followers", "https://b.example/b"]), max_size=3),
    st.lists(st.sampled_from([PUBLIC, "https://l.example/users/a/followers", "https://b.example/b"]), max_size=3),
    st.none() | st.just(0),
)
def test_only_what_is_addressed_to_the_public_is_public(to: list[str], cc: list[str], answered: int | None) -> None:
    found, _ = taken([note(0, None), note(1, answered, to=to, cc=cc)])
    shown = found[1].status in {"published", "approved"} if isinstance(found[1], (Post, Comment)) else None
    assert shown is (PUBLIC in to or PUBLIC in cc)


def test_a_thread_of_thousands_is_no_trouble() -> None:
    found, _ = taken([note(n, n - 1 if n else None) for n in range(5000)])
    assert Counter(type(record) for record in found) == {Post: 1, Comment: 4999}
    found, _ = taken([note(n, n + 1 if n < 4999 else None) for n in range(5000)])
    assert Counter(type(record) for record in found) == {Post: 1, Comment: 4999}


def test_replies_within_replies_to_the_end_of_what_json_may_hold() -> None:
    inner: dict[str, Any] = note(0, None)
    for number in range(1, 60):
        inner = {**note(number, None), "replies": {"type": "Collection", "items": [inner]}}
    found, _ = taken([inner])
    assert Counter(type(record) for record in found) == {Post: 1, Comment: 59}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "id",
                        "type",
                        "object",
                        "url",
                        "to",
                        "cc",
                        "tag",
                        "attachment",
                        "content",
                        "contentMap",
                        "replies",
                        "items",
                        "first",
                        "next",
                        "inReplyTo",
                        "published",
                        "name",
                        "icon",
                        "actor",
                        "attributedTo",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=25,
    )
)
@example([{"type": ["Note"], "id": {}, "url": [[]], "tag": {"type": "Hashtag", "name": {}}}])
def test_objects_of_any_shape_give_records_or_notes(value: Any) -> None:
    for name in ("activitystreams", "mastodon"):
        for held in (
            value,
            [value],
            {"orderedItems": value},
            {"type": "Create", "object": value},
            {"type": "Note", "replies": value},
        ):
            try:
                for record in formats.importer(name).read(Source.from_bytes(json.dumps(held).encode(), "x"), Notes()):
                    assert record is not None
            except FormatError:
                pass


def test_who_may_see_what_is_told_by_the_object_before_its_activity() -> None:
    assert activity_objects.visibility({"to": []}, {"to": [PUBLIC]}) == "direct"
    assert activity_objects.visibility({}, {"to": PUBLIC}) == "public"
    assert activity_objects.visibility({}, {}) is None


# --- files that come along


@pytest.mark.parametrize(("name", "count"), [("mastodon", 2), ("bar", 4)])
def test_the_files_of_an_archive_are_kept_with_their_records(name: str, count: int, tmp_path: Path) -> None:
    import_sources(tmp_path / "archive", [Source.from_path(CASES / name / "maximal" / "input")], notes=Notes())
    posts = [json.loads(path.read_bytes()) for path in (tmp_path / "archive").rglob("*.json")]
    assert json.dumps(posts).count('"sha256"') >= count
