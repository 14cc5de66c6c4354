"""What goes to Blogger is valid Atom, comes back as it was in both shapes, and makes nothing private public."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings

from arbitrary_blogs import blogs
from feedkeep.archive import Archive, Origin
from feedkeep.exporters.blogger import EXPORTER, LOSSES
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Content, Enclosure, Person, Post, Record, Site, Term
from feedkeep.notes import Kind, Notes
from feedkeep.selection import PRIVATE, Selection
from feedkeep.source import Source
from feedkeep.workflows.fidelity import measure
from golden import DATA, read, write
from maximal import MAXIMAL
from snapshots import MemorySnapshot
from test_fixed_points import kept, out
from test_oracles import parsed, snapshots, valid

if TYPE_CHECKING:
    from pathlib import Path

BACKUP = PurePosixPath("blog.xml")
SHAPES = ("backup", "takeout")
CASES = DATA / "importers" / "blogger"


def again(records: list[Record], shape: str, tmp_path: Path, **options: Any) -> list[Record]:
    """The records that our importer reads in what was written."""
    for path, data in write("blogger", records, shape=shape, **options).items():
        (tmp_path / shape / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / shape / path).write_bytes(data)
    source = Source.from_path(tmp_path / shape / BACKUP if shape == "backup" else tmp_path / shape)
    found, _, error = read(source)
    assert error is None
    return found


def posts_of(records: list[Record]) -> list[Post]:
    return [record for record in records if isinstance(record, Post)]


def comments_of(records: list[Record]) -> dict[str, Comment]:
    """By what they say, or by "" where they say nothing."""
    found = [record for record in records if isinstance(record, Comment)]
    return {one.content.value if one.content else "": one for one in found}


# --- judges that we did not write


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots())
def test_any_records_make_a_backup_that_is_valid_atom(records: list[Record]) -> None:
    data = write("blogger", records)[BACKUP]
    valid(BACKUP, data)
    feed = parsed(data)
    assert feed.bozo == 0, feed.get("bozo_exception")
    assert len(feed.entries) == sum(isinstance(record, (Post, Comment)) for record in records)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blogs())
def test_any_blog_of_any_states_and_threads_makes_valid_atom(records: list[Record]) -> None:
    data = write("blogger", records)[BACKUP]
    valid(BACKUP, data)
    assert parsed(data).bozo == 0


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(records=blogs())
def test_the_second_export_of_any_blog_is_the_third(shape: str, records: list[Record]) -> None:
    def exported(of: list[Record]) -> bytes:
        return next(
            data for path, data in write("blogger", of, shape=shape).items() if path.suffix in {".xml", ".atom"}
        )

    def imported(data: bytes) -> list[Record]:
        found, _, error = read(Source.from_bytes(data, "feed.xml"), "blogger")
        assert error is None
        return found

    second = exported(imported(exported(records)))
    assert exported(imported(second)) == second


def test_feedparser_finds_every_post_and_comment_and_what_it_answers() -> None:
    feed = parsed(write("blogger", MAXIMAL)[BACKUP])
    valid(BACKUP, write("blogger", MAXIMAL)[BACKUP])
    assert feed.bozo == 0
    kinds = [entry.tags[0].term.rpartition("#")[2] for entry in feed.entries]
    assert kinds == ["page", "page", "post", "comment", "comment", "comment"]
    post, first = feed.entries[2], feed.entries[3]
    assert post.title == "The Long Tide & after"
    assert [tag.term for tag in post.tags[1:]] == ["Film", "quiet"]
    assert first["thr_in-reply-to"]["ref"] == post.id
    assert first.author_detail.name == "Dee"


def test_takeout_is_well_formed_and_has_nothing_that_only_the_backup_has() -> None:
    (feed, _) = write("blogger", MAXIMAL, shape="takeout").values()
    tree = parsed(feed)
    assert tree.bozo == 0
    for word in (b"in-reply-to", b"kind#", b'rel="alternate"', b"@"):
        assert word not in feed


# --- ids


def test_blogger_s_own_ids_stay_and_others_are_made_the_same_each_time(tmp_path: Path) -> None:
    tag = "tag:blogger.com,1999:blog-7"
    records: list[Record] = [
        Site(id="https://quay.example", url="https://quay.example"),
        Post(id=f"{tag}.post-11", title="One"),
        Post(id="elsewhere", title="Two", kind="page"),
        Post(id="blogger:13", title="Three"),
        Comment(id=f"{tag}.post-21", post=f"{tag}.post-11", content=Content(value="a")),
        Comment(id="c", post="elsewhere", parent="blogger:22", content=Content(value="b")),
        Comment(id="blogger:22", post="elsewhere", content=Content(value="c")),
    ]
    for shape in SHAPES:
        found = again(records, shape, tmp_path)
        (site,) = [record for record in found if isinstance(record, Site)]
        assert site.id == tag, "the blog is known by its posts"
        ids = {post.title: post.id for post in posts_of(found)}
        said = comments_of(found)
        assert ids["One"] == f"{tag}.post-11"
        assert ids["Three"] == f"{tag}.post-13"
        assert re.fullmatch(rf"{tag}\.page-[1-9]\d{{18}}", ids["Two"])
        assert int(ids["Two"].rpartition("-")[2]) < 1 << 63
        assert said["a"].id == f"{tag}.post-21"
        assert said["c"].id == said["b"].parent == f"{tag}.post-22"
        assert said["b"].post == ids["Two"]
    assert write("blogger", records[::-1]) == write("blogger", records)


def test_a_blog_of_blogger_comes_back_with_its_own_ids_and_threads(tmp_path: Path) -> None:
    import_into(tmp_path / "a", CASES / "maximal" / "input.xml", site="b")
    export_from(tmp_path / "a", "blogger", tmp_path / "out")
    before, _, _ = read(Source.from_path(CASES / "maximal" / "input.xml"))
    after, _, _ = read(Source.from_path(tmp_path / "out" / BACKUP))
    known = {(one.id, one.post, one.parent, one.status) for one in before if isinstance(one, Comment)}
    assert {(one.id, one.post, one.parent, one.status) for one in after if isinstance(one, Comment)} == known
    posts = {one.id: (one.status, one.url, one.terms, one.authors, one.published) for one in posts_of(before)}
    assert {one.id: (one.status, one.url, one.terms, one.authors, one.published) for one in posts_of(after)} == posts


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "case", ["maximal/input.xml", "takeout/input", "takeout-paths/input", "takeout-labels/input.atom"]
)
def test_what_blogger_wrote_is_a_fixed_point(case: str, shape: str, tmp_path: Path) -> None:
    settled(CASES / case, shape, tmp_path)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("path", ["handwritten-takeout/Takeout", "ghost-migrate/blogger-api-response.json"])
def test_the_corpus_is_a_fixed_point(path: str, shape: str, corpus: Path, tmp_path: Path) -> None:
    settled(corpus / "blogger" / path, shape, tmp_path)


def settled(source: Path, shape: str, tmp_path: Path) -> None:
    """Out and in again twice: the second time changes nothing."""
    options = {"shape": shape}
    import_into(tmp_path / "zero", source, site="b")
    export_from(tmp_path / "zero", "blogger", tmp_path / "0", options=options)
    import_into(tmp_path / "first", tmp_path / "0", site="b")
    one = out(tmp_path / "first", "blogger", tmp_path / "1", options=options)
    import_into(tmp_path / "second", tmp_path / "1", site="b")
    assert out(tmp_path / "second", "blogger", tmp_path / "2", options=options) == one
    assert kept(tmp_path / "first") == kept(tmp_path / "second")
    assert kept(tmp_path / "first").keys() == kept(tmp_path / "zero").keys() or shape == "backup"


@pytest.mark.parametrize("case", ["takeout/input", "takeout-labels/input.atom"])
def test_a_takeout_of_a_takeout_loses_nothing_of_it(case: str, tmp_path: Path) -> None:
    import_into(tmp_path, CASES / case, site="b")
    for labels in ("joined", "each"):
        (result,) = measure(
            tmp_path,
            "blogger",
            selection=Selection(include=frozenset(PRIVATE)),
            options={"shape": "takeout", "labels": labels},
        )
        assert result.missed() == {}


# --- what is private


@pytest.mark.parametrize(
    ("status", "password", "backup", "takeout"),
    [
        ("published", None, "published", "published"),
        (None, None, "published", "published"),
        ("draft", None, "draft", "draft"),
        ("pending", None, "draft", "draft"),
        ("private", None, "draft", "draft"),
        ("scheduled", None, "draft", "scheduled"),
        ("published", "word", "draft", "draft"),
        ("scheduled", "word", "draft", "draft"),
        ("trashed", None, None, "trashed"),
        ("trashed", "word", None, "trashed"),
        ("deleted", None, None, None),
    ],
)
def test_no_post_is_seen_by_more_than_saw_it(
    status: Any, password: str | None, backup: str | None, takeout: str | None, tmp_path: Path
) -> None:
    records: list[Record] = [Site(id="s"), Post(id="p", title="T", status=status, password=password)]
    for shape, expected in (("backup", backup), ("takeout", takeout)):
        data = b"".join(write("blogger", records, shape=shape).values())
        assert b"word" not in data
        found = posts_of(again([*records, Post(id="q")], shape, tmp_path))
        assert [post.status for post in found if post.title == "T"] == ([expected] if expected else [])


def thread(status: Any, *, answered: bool) -> list[Record]:
    secret = Comment(
        id="c",
        post="p",
        status=status,
        content=Content(value="secret"),
        author=Person(name="Ann", email="ann@a.example"),
        title="secret",
        ip="192.0.2.1",
        extra={"blogger": {"elements": [["{urn:x}note", {"of": "secret"}, "secret", [], None]]}},
    )
    answer = Comment(id="d", post="p", parent="c", status="approved", content=Content(value="answer"))
    return [Site(id="s"), Post(id="p", title="T"), secret, *([answer] if answered else [])]


@pytest.mark.parametrize("status", ["pending", "spam", "trashed", "deleted"])
def test_a_comment_that_nobody_approved_leaves_its_place_at_most(status: Any, tmp_path: Path) -> None:
    alone = b"".join(write("blogger", thread(status, answered=False)).values())
    data = b"".join(write("blogger", thread(status, answered=True)).values())
    for written in (alone, data):
        assert b"secret" not in written
        assert b"192.0.2.1" not in written
        assert b"Ann" not in written
        assert b"ann@a.example" not in written
    assert alone.count(b"kind#comment") == (1 if status == "deleted" else 0)
    found = [one for one in again(thread(status, answered=True), "backup", tmp_path) if isinstance(one, Comment)]
    place, answer = found
    assert place.status == "deleted"
    assert answer.parent == place.id


@pytest.mark.parametrize("status", ["approved", "pending", "spam", "trashed", "deleted"])
def test_takeout_says_what_became_of_a_comment(status: Any, tmp_path: Path) -> None:
    comment, _ = [one for one in again(thread(status, answered=True), "takeout", tmp_path) if isinstance(one, Comment)]
    assert comment.status == status
    assert (comment.content is None) == (status == "deleted")


def test_what_is_left_out_and_what_changes_is_noted() -> None:
    notes = Notes()
    records = [*thread("spam", answered=False), Post(id="t", status="trashed"), Post(id="u", status="private")]
    for file in EXPORTER.write(MemorySnapshot(records), EXPORTER.options(), notes):
        assert b"".join(file.chunks)
    assert {(note.kind, note.record) for note in notes.kept} == {
        (Kind.SKIPPED, "c"),
        (Kind.SKIPPED, "t"),
        (Kind.ALTERED, "u"),
    }


# --- what is declared


def test_what_is_declared_to_change_at_times_does(tmp_path: Path) -> None:
    ann, ben = Person(id="ann", name="Ann\nLee"), Person(id="ben", name="Ben")
    when = MAXIMAL[6].published if isinstance(MAXIMAL[6], Post) else None
    special: list[Record] = [
        Site(id="https://quay.example", url="http://quay.example/blog", title="Two\nlines"),
        ann,
        Person(id="cy", name="Cy"),
        ben,
        Term(name="alone", slug="alone"),
        Term(name="One\tTwo", slug="one-two"),
        Post(
            id="p",
            kind="recipe",
            title="A\u00a0 title",
            url="http://quay.example/blog/p",
            published=when,
            authors=(ann, ben),
        ),
        Post(
            id="q",
            title="Q",
            status="private",
            url="http://quay.example/blog/q",
            published=when,
            terms=(Term(name="x"), Term(name="x", taxonomy="post_tag"), Term(name="One\tTwo", slug="one-two")),
            content=Content(value="*a*", form="markdown"),
        ),
        Post(id="s", title="S", published=when, terms=(Term(name="An\todd one"),)),
        Post(id="r", title="R", content=Content(value="<!-- wp:page-list /-->", form="wordpress"), published=when),
        Comment(
            id="tag:blogger.com,1999:blog-7.post-9",
            post="p",
            published=when,
            updated=MAXIMAL[6].updated if isinstance(MAXIMAL[6], Post) else None,
            status="deleted",
            author=ben,
            content=Content(value="gone"),
        ),
        Comment(id="d", post="p", published=when, status="pending", author=Person(name="Anonymous")),
        Comment(id="e", post="p", parent="d", author=ben, content=Content(value="An answer")),
        Comment(id="f", post="p", status="spam", content=Content(value="Watches!")),
    ]
    less: set[str] = set()
    for name, records in (("maximal", MAXIMAL), ("special", special)):
        with Archive.open(tmp_path / name, create=True).write(
            "b", Origin(format="wxr", kind="export"), Notes()
        ) as writing:
            for record in records:
                writing.put(record)
        for shape in SHAPES:
            selection = Selection(include=frozenset(PRIVATE))
            (result,) = measure(tmp_path / name, "blogger", selection=selection, options={"shape": shape})
            found = {key for key, count in result.counts.items() if count.survived < count.held}
            assert found <= {*LOSSES.dropped, *LOSSES.altered, *LOSSES.sometimes}
            less |= found
    assert LOSSES.sometimes.keys() - less == set()


def test_files_of_a_podcast_go_along_in_the_backup(tmp_path: Path) -> None:
    file = Enclosure(url="https://quay.example/a.mp3", type="audio/mpeg", length=5)
    (post,) = posts_of(again([Site(id="s"), Post(id="p", title="T", enclosures=(file,))], "backup", tmp_path))
    assert post.enclosures == (file,)


def test_the_parts_of_an_export_are_drawn_one_by_one() -> None:
    class Counting(MemorySnapshot):
        drawn = 0

        def comments(self, post_id: str) -> Any:
            self.drawn += 1
            return super().comments(post_id)

    snapshot = Counting([Site(id="s"), *(Post(id=str(number), title="T") for number in range(9))])
    (file,) = EXPORTER.write(snapshot, EXPORTER.options(), Notes())
    chunks = iter(file.chunks)
    next(chunks)
    before = snapshot.drawn
    next(chunks)
    assert snapshot.drawn == before + 1
