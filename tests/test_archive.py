"""The archive: identity, merge, history, orphans, accounting, transactions."""

from __future__ import annotations

import datetime as dt
import gzip
import itertools
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive, Origin
from feedkeep.archive.snapshot import shown
from feedkeep.archive.staging import Staging
from feedkeep.errors import ArchiveError, UsageError
from feedkeep.models import Comment, Content, Media, Person, Post, Record, Site, Term, Tombstone
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.workflows.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WXR = Origin(format="wxr", kind="export")
RSS = Origin(format="rss", kind="feed")
ATOM = Origin(format="atom", kind="feed")
PAGE = Origin(format="pagetext", kind="page")
SITE = "blog.example"


def at(day: int, hour: int = 10) -> dt.datetime:
    return dt.datetime(2014, 1, day, hour, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def post(number: int, **fields: Any) -> Post:
    defaults: dict[str, Any] = {
        "id": f"http://blog.example/?p={number}",
        "url": f"http://blog.example/2014/01/post-{number}/",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "published": at(number),
        "status": "published",
        "content": Content(value=f"<p>Body {number}</p>"),
    }
    return Post(**{**defaults, **fields})


def comment(number: int, of: int = 1, **fields: Any) -> Comment:
    guid = f"http://blog.example/?p={of}"
    defaults: dict[str, Any] = {
        "id": f"{guid}#comment-{number}",
        "post": guid,
        "published": at(min(28, number), 12),
        "status": "approved",
        "author": Person(name=f"Reader {number}"),
        "content": Content(value=f"Comment {number}"),
    }
    return Comment(**{**defaults, **fields})


def put(path: Path, origin: Origin, *records: Record) -> Counter[str]:
    """Import records as one source; give the counts over all kinds."""
    with Archive.open(path, create=True).write(SITE, origin, Notes()) as writing:
        for record in records:
            writing.put(record)
    return sum(writing.transaction.tally.counts.values(), Counter())


def tree(path: Path) -> dict[str, bytes]:
    """The plain files of an archive, without what is a cache, a lock or in passing."""
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
    }


def read(path: Path, file: str) -> Any:
    return json.loads((path / SITE / file).read_text("utf-8"))


def in_every_order(folder: Path, sources: Sequence[tuple[Origin, Iterable[Record]]]) -> Path:
    """Import sources in every order and fail unless all archives are the same; gives the first."""
    held = [(origin, list(records)) for origin, records in sources]
    trees = []
    for number, order in enumerate(itertools.permutations(held)):
        path = folder / str(number)
        for origin, records in order:
            put(path, origin, *records)
        trees.append(tree(path))
        assert not verify(path).findings
    assert all(other == trees[0] for other in trees)
    return folder / "0"


def test_a_conversation_is_one_file_with_its_comments_oldest_first(tmp_path: Path) -> None:
    counts = put(tmp_path / "a", WXR, Site(id="http://blog.example"), post(1), comment(9), comment(10, parent="x"))

    assert counts == {"added": 4}
    file = read(tmp_path / "a", "posts/2014/01/post-1.json")
    assert list(file) == ["comments", "origins", "post"]
    assert [c["id"][-2:] for c in file["comments"]] == ["-9", "10"]
    assert file["origins"] == [{"format": "wxr", "kind": "export"}]


def test_importing_again_writes_nothing(tmp_path: Path) -> None:
    records: list[Record] = [Site(id="s"), Term(name="Film", slug="film"), post(1), comment(1), post(2)]
    put(tmp_path / "a", WXR, *records)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "a").rglob("*.json")}

    assert put(tmp_path / "a", WXR, *records) == {"unchanged": 5}
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "a").rglob("*.json")} == before


def test_a_newer_version_wins_and_the_older_goes_to_history(tmp_path: Path) -> None:
    old, new = post(1, updated=at(2)), post(1, title="Better", updated=at(3))
    path = in_every_order(tmp_path, [(WXR, [old]), (WXR, [new])])

    file = read(path, "posts/2014/01/post-1.json")
    assert file["post"]["title"] == "Better"
    assert [change.get("was", {}).get("title") for change in file["history"]] == [None, "Post 1"]


def test_a_merged_conversation_counts_as_unchanged_when_read_again(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1, updated=at(2)))
    assert put(tmp_path, RSS, post(1, slug=None)) == {"updated": 1}
    before = tree(tmp_path)

    assert put(tmp_path, RSS, post(1, slug=None)) == {"unchanged": 1}
    assert put(tmp_path, WXR, post(1, updated=at(2))) == {"unchanged": 1}
    assert tree(tmp_path) == before


def test_the_richer_source_wins_at_equal_dates_and_fields_add_up(tmp_path: Path) -> None:
    export = post(1, title="Export", password="secret")  # noqa: S106
    feed = post(1, title="Feed", comments_feed="http://blog.example/feed/")
    path = in_every_order(tmp_path, [(WXR, [export]), (RSS, [feed])])

    merged = read(path, "posts/2014/01/post-1.json")["post"]
    assert (merged["title"], merged["password"], merged["comments_feed"]) == (
        "Export",
        "secret",
        "http://blog.example/feed/",
    )


def test_a_cut_body_never_replaces_a_whole_one(tmp_path: Path) -> None:
    whole = "<p>" + "A long sentence about a film that goes on. " * 5 + "</p>"
    full = post(1, content=Content(value=whole), updated=at(2))
    marked = post(1, content=Content(value="A long […]", truncated=True), updated=at(5))
    unmarked = post(1, content=Content(value=whole[3:80] + "…"), updated=at(6))
    path = in_every_order(tmp_path, [(WXR, [full]), (RSS, [marked]), (ATOM, [unmarked])])

    assert read(path, "posts/2014/01/post-1.json")["post"]["content"]["value"] == whole


def test_export_feed_and_page_of_one_post_become_one(tmp_path: Path) -> None:
    page = Post(id="urn:feedkeep:1:post:abc", url="https://www.blog.example/2014/01/post-1", title="Post 1")
    path = in_every_order(tmp_path, [(WXR, [post(1)]), (RSS, [post(1, slug=None)]), (PAGE, [page])])

    assert sorted(p.name for p in path.rglob("*.json")) == ["feedkeep.json", "post-1.json", "site.json"]
    merged = read(path, "posts/2014/01/post-1.json")["post"]
    assert merged["id"] == "http://blog.example/?p=1"
    assert merged["aliases"] == ["urn:feedkeep:1:post:abc"]
    assert merged["urls"] == ["https://www.blog.example/2014/01/post-1"]


def test_a_page_without_address_joins_the_post_of_its_slug(tmp_path: Path) -> None:
    page = Post(id="urn:feedkeep:1:post:abc", title="“Post” 1", content=Content(value="Text", form="text"))
    path = in_every_order(tmp_path, [(WXR, [post(1), post(2)]), (PAGE, [page])])

    assert read(path, "posts/2014/01/post-1.json")["post"]["aliases"] == ["urn:feedkeep:1:post:abc"]


def test_posts_of_one_feed_that_share_an_address_stay_apart(tmp_path: Path) -> None:
    link = "http://blog.example/news"
    feed = [post(n, id=f"tag:{n}", url=link, slug=None) for n in (1, 2, 3)]
    page = Post(id="urn:feedkeep:1:post:abc", url=link, title="News")
    path = in_every_order(tmp_path, [(RSS, feed[:2]), (RSS, feed[2:]), (PAGE, [page])])

    assert len(list((path / SITE / "posts").rglob("*.json"))) == 4


def test_formats_that_call_one_address_by_different_ids_mean_one_post(tmp_path: Path) -> None:
    path = in_every_order(tmp_path, [(WXR, [post(1)]), (Origin(format="ghost", kind="export"), [post(1, id="5f3a")])])

    merged = read(path, "posts/2014/01/post-1.json")["post"]
    assert len(merged["aliases"]) == 1


def test_one_slug_in_one_month_gives_both_posts_a_distinguished_name(tmp_path: Path) -> None:
    a, b = post(1, slug="same"), post(2, slug="same", url="http://blog.example/other")
    path = in_every_order(tmp_path, [(WXR, [a]), (WXR, [b])])

    names = sorted(p.name for p in (path / SITE / "posts/2014/01").iterdir())
    assert len(names) == 2
    assert all(name.startswith("same--") for name in names)


def test_a_name_is_simple_again_when_its_rival_moves_away(tmp_path: Path) -> None:
    a, b = post(1, slug="same"), post(2, slug="same", url="http://blog.example/other")
    put(tmp_path, WXR, a, b)
    put(tmp_path, WXR, post(2, slug="another", url="http://blog.example/other", updated=at(9)))

    assert sorted(p.name for p in (tmp_path / SITE / "posts/2014/01").iterdir()) == ["another.json", "same.json"]
    assert not verify(tmp_path).findings


def test_orphans_wait_for_their_post(tmp_path: Path) -> None:
    put(tmp_path, ATOM, comment(1), comment(2, of=2))
    assert len(list((tmp_path / SITE / "orphans").iterdir())) == 2

    counts = put(tmp_path, WXR, post(1))

    assert counts == {"added": 1}
    assert len(list((tmp_path / SITE / "orphans").iterdir())) == 1
    assert [c["id"][-1] for c in read(tmp_path, "posts/2014/01/post-1.json")["comments"]] == ["1"]


def test_comments_that_come_mixed_are_written_thread_by_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    write = Staging.write

    def counted(self: Staging, number: int, base: str, data: bytes) -> os.stat_result:
        written.append(base)
        return write(self, number, base, data)

    monkeypatch.setattr(Staging, "write", counted)
    mixed = [comment(number, of=number % 100) for number in range(1, 2001)]
    assert put(tmp_path, WXR, *mixed) == {"added": 2000}
    assert len(list((tmp_path / SITE / "orphans").iterdir())) == 100
    assert len(written) == 100


def test_comments_find_their_post_by_address_or_by_the_comment_they_answer(tmp_path: Path) -> None:
    by_url = Comment(id="c1", post_url="https://blog.example/2014/01/post-1", published=at(3))
    reply = Comment(id="c2", parent="c1", published=at(4))
    to_post = Comment(id="c3", parent="http://blog.example/?p=1", published=at(5))
    path = in_every_order(tmp_path, [(WXR, [post(1)]), (ATOM, [by_url]), (RSS, [reply]), (ATOM, [to_post])])

    (summary,) = Archive.open(path).site(SITE).summaries()
    shown = Archive.open(path).site(SITE).conversation(summary.path)
    assert [(c.id, c.parent) for c in shown.comments] == [("c1", None), ("c2", "c1"), ("c3", None)]
    assert {c.post for c in shown.comments} == {"http://blog.example/?p=1"}


def test_a_comment_without_id_joins_the_one_that_says_the_same(tmp_path: Path) -> None:
    seen = Comment(
        id="urn:feedkeep:1:comment:x",
        post="urn:feedkeep:1:post:abc",
        content=Content(value="Comment   1", form="text"),
        order=0,
    )
    page = Post(id="urn:feedkeep:1:post:abc", title="Post 1")
    path = in_every_order(tmp_path, [(WXR, [post(1), comment(1), comment(2)]), (PAGE, [page, seen])])

    comments = read(path, "posts/2014/01/post-1.json")["comments"]
    assert [c["id"] for c in comments] == ["http://blog.example/?p=1#comment-1", "http://blog.example/?p=1#comment-2"]


def test_a_tombstone_marks_what_it_names_and_keeps_it(tmp_path: Path) -> None:
    stones = [Tombstone(id="http://blog.example/?p=1", when=at(20)), Tombstone(id=comment(1, of=2).id, when=at(20))]
    path = in_every_order(tmp_path, [(WXR, [post(1), post(2), comment(1, of=2)]), (ATOM, stones)])

    site = Archive.open(path).site(SITE)
    assert site.conversation("posts/2014/01/post-1.json").post.deleted == at(20)  # type: ignore[union-attr]
    assert site.conversation("posts/2014/01/post-2.json").comments[0].status == "deleted"
    assert [s.deleted for s in site.summaries()] == [False, True]


def test_a_tombstone_older_than_the_post_says_nothing(tmp_path: Path) -> None:
    put(tmp_path, ATOM, post(2), Tombstone(id=post(2).id, when=at(1)))

    assert Archive.open(tmp_path).site(SITE).conversation("posts/2014/01/post-2.json").post.deleted is None  # type: ignore[union-attr]


def test_what_is_shown_is_what_the_versions_merge_to(tmp_path: Path) -> None:
    """Files that hold one version of each record are read without merging anything."""
    put(tmp_path, ATOM, post(1), Tombstone(id=post(1).id, when=at(20)), comment(1))
    put(tmp_path, ATOM, post(2), comment(1, of=2), comment(2, of=2, parent=comment(1, of=2).id), comment(3, of=2))
    put(tmp_path, ATOM, post(3), comment(1, of=3, aliases=("old",)), comment(2, of=3, parent="old"))
    put(tmp_path, ATOM, post(4), comment(1, of=4))
    put(tmp_path, RSS, post(4, title="Better"), comment(1, of=4))
    edited = tmp_path / SITE / "posts/2014/01/post-2.json"
    said = read(tmp_path, "posts/2014/01/post-2.json")
    edited.write_text(json.dumps({**said, "comments": said["comments"][::-1]}), "utf-8")

    site = Archive.open(tmp_path).site(SITE)
    for path, _ in site.files():
        found = site.load(path)
        assert site.conversation(path) == shown(found.root, found.comments, found.tombstones)
    assert [site.conversation(f"posts/2014/01/post-{n}.json").post.deleted for n in (1, 2)] == [at(20), None]  # type: ignore[union-attr]
    assert [c.parent for c in site.conversation("posts/2014/01/post-2.json").comments] == [
        None,
        comment(1, of=2).id,
        None,
    ]
    assert site.conversation("posts/2014/01/post-3.json").comments[1].parent == comment(1, of=3).id


def test_the_count_that_a_feed_claims_makes_no_history(tmp_path: Path) -> None:
    path = in_every_order(tmp_path, [(RSS, [post(1, comment_count=n)]) for n in (3, 57, 12)])

    file = read(path, "posts/2014/01/post-1.json")
    assert file["post"]["comment_count"] == 57
    assert "history" not in file


def test_media_and_their_comments_have_files_of_their_own(tmp_path: Path) -> None:
    media = Media(
        id="http://blog.example/?attachment_id=7", url="http://blog.example/u/a.png", title="A", published=at(2)
    )
    put(tmp_path, WXR, media, Comment(id="c", post=media.id, published=at(3)))

    assert read(tmp_path, "attachments/2014/01/a.json")["comments"][0]["id"] == "c"
    assert [m.id for m in Archive.open(tmp_path).site(SITE).snapshot(Selection(), gate=False).media()] == [media.id]


def test_terms_and_people_are_merged_by_what_names_them(tmp_path: Path) -> None:
    path = in_every_order(
        tmp_path,
        [
            (WXR, [Term(name="Film", slug="film", description="About films"), Person(id="ann", name="Ann")]),
            (RSS, [Term(name="Films", slug="film"), Person(id="ann", name="Ann", url="http://ann.example")]),
        ],
    )

    site = Archive.open(path).site(SITE)
    assert site.terms() == (Term(name="Film", slug="film", description="About films"),)
    assert site.people() == (Person(id="ann", name="Ann", url="http://ann.example"),)


def test_a_site_of_hostile_slugs_stays_in_its_folder(tmp_path: Path) -> None:
    slugs = ["../../etc/passwd", "con", "a" * 400, "日本語" * 60, ".hidden", "x\0y", "UPPER", "e\u0301"]
    put(tmp_path / "a", WXR, *(post(n + 1, slug=slug, kind="../../x", url=None) for n, slug in enumerate(slugs)))

    files = list((tmp_path / "a" / SITE / "types").rglob("*.json"))
    assert len(files) == len(slugs)
    assert all(len(p.name.encode()) < 120 and p.name.isprintable() for p in files)
    assert not verify(tmp_path / "a").findings
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_text_that_utf8_cannot_hold_is_repaired_with_a_note(tmp_path: Path) -> None:
    notes = Notes()
    with Archive.open(tmp_path, create=True).write(SITE, WXR, notes) as writing:
        writing.put(post(1, title="half \ud83d"))

    assert read(tmp_path, "posts/2014/01/post-1.json")["post"]["title"] == "half \ufffd"
    assert [note.kind for note in notes.kept] == ["repaired"]


def test_a_second_writer_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path, create=True)
    with archive.write(SITE, WXR, Notes()), pytest.raises(ArchiveError, match=f"process {os.getpid()}"):
        archive.write(SITE, WXR, Notes())


def test_what_is_not_committed_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(ZeroDivisionError), Archive.open(path, create=True).write(SITE, WXR, Notes()) as writing:
        writing.put(post(1))
        raise ZeroDivisionError
    assert not path.exists()

    put(path, WXR, post(1))
    before = tree(path)
    with pytest.raises(ZeroDivisionError), Archive.open(path).write(SITE, WXR, Notes()) as writing:
        writing.put(post(2))
        raise ZeroDivisionError
    assert tree(path) == before


def test_the_index_is_a_cache(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), comment(1), post(2))
    before = [*Archive.open(tmp_path).site(SITE).summaries()]
    (tmp_path / SITE / ".index.sqlite").write_bytes(b"not a database at all" * 100)

    assert [*Archive.open(tmp_path).site(SITE).summaries()] == before


def test_a_file_changed_by_hand_is_seen(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), post(2))
    file = tmp_path / SITE / "posts/2014/01/post-1.json"
    file.write_text(file.read_text("utf-8").replace('"Post 1"', '"Edited"'), "utf-8")
    (tmp_path / SITE / "posts/2014/01/post-2.json").unlink()

    assert [s.title for s in Archive.open(tmp_path).site(SITE).summaries()] == ["Edited"]


def test_verify_names_what_is_damaged(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1), post(2), post(3), comment(1, of=3, parent="gone"))
    folder = tmp_path / SITE / "posts/2014/01"
    flipped = bytearray((folder / "post-1.json").read_bytes())
    flipped[flipped.index(b"Body")] ^= 1
    stat = (folder / "post-1.json").stat()
    (folder / "post-1.json").write_bytes(flipped)
    os.utime(folder / "post-1.json", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (folder / "post-2.json").rename(folder / "elsewhere.json")

    found = {finding.path.rsplit("/", 1)[1]: finding for finding in verify(tmp_path).findings}

    assert "damaged on disk" in found["post-1.json"].what
    assert "should be at posts/2014/01/post-2.json" in found["elsewhere.json"].what
    assert not found["post-3.json"].damage


def test_full_text_finds_words_in_title_body_and_comments(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1, title="Über alles"), comment(1, content=Content(value="<p>splendid</p>")), post(2))
    site = Archive.open(tmp_path).site(SITE)

    assert [s.title for s in site.search("uber")] == ["Über alles"]
    assert [s.title for s in site.search("SPLENDID")] == ["Über alles"]
    assert [s.title for s in site.search("body 2")] == ["Post 2"]
    assert [*site.search('"; DROP')] == []


def test_find_knows_posts_by_many_names_and_says_which_fit(tmp_path: Path) -> None:
    put(tmp_path, WXR, post(1, aliases=("wp:1",)), post(12), post(13))
    site = Archive.open(tmp_path).site(SITE)

    for name in (
        "http://blog.example/?p=1",
        "http://blog.example/2014/01/post-1/",
        "post-1",
        "posts/2014/01/post-1",
        "wp:1",
    ):
        assert site.find(name).title == "Post 1"
    with pytest.raises(UsageError, match="fits 3 posts"):
        site.find("post")
    with pytest.raises(UsageError, match="no post 'nothing'"):
        site.find("nothing")


def test_an_archive_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "feedkeep.json").write_text('{"format": 99}', "utf-8")
    with pytest.raises(ArchiveError, match="update feedkeep"):
        Archive.open(tmp_path)


def test_a_folder_of_other_things_is_not_taken_for_an_archive(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("dear", "utf-8")
    with pytest.raises(ArchiveError, match="other things"):
        Archive.open(tmp_path, create=True)


_KILLED = """
import os, sys
from pathlib import Path
from feedkeep.archive import Archive, Origin
from feedkeep.archive import journal
from test_archive import WXR, SITE, post, comment
from feedkeep.notes import Notes
stop = int(sys.argv[2])
count = 0
def step(*args):
    global count
    count += 1
    if count == stop:
        os._exit(9)
for name in ("open", "write", "fsync", "replace", "sync", "mkdir", "unlink", "rename", "rmdir"):
    real = getattr(os, name)
    def wrapped(*args, _real=real, **kw):
        step()
        result = _real(*args, **kw)
        step()
        return result
    setattr(os, name, wrapped)
with Archive.open(sys.argv[1]).write(SITE, WXR, Notes()) as w:
    for n in range(1, 6):
        w.put(post(n, title=f"New {n}", updated=__import__("datetime").datetime(2020, 1, 1, tzinfo=__import__("datetime").UTC)))
        w.put(comment(n + 10, of=n))
print("done", count)
"""


@pytest.mark.parametrize("year", [2014, 2013], ids=["folders that are there", "folders that are new"])
def test_a_kill_between_any_two_system_calls_leaves_before_or_after(year: int, tmp_path: Path) -> None:
    first = tmp_path / "first"
    put(first, WXR, *(post(n, published=at(n).replace(year=year)) for n in range(1, 4)))
    before = tree(first)
    done = tmp_path / "done"
    subprocess.run(["cp", "-r", first, done], check=True)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    full = subprocess.run(
        [sys.executable, "-c", _KILLED, done, "0"], capture_output=True, text=True, check=True, env=environment
    )
    after = tree(done)
    steps = int(full.stdout.split()[1])
    assert steps > 20
    seen = Counter[str]()
    for stop in range(1, steps + 1, max(1, steps // 40)):
        victim = tmp_path / f"victim{stop}"
        subprocess.run(["cp", "-r", first, victim], check=True)
        killed = subprocess.run([sys.executable, "-c", _KILLED, victim, str(stop)], check=False, env=environment)
        assert killed.returncode == 9
        assert not [f for f in verify(victim).findings if f.damage]
        held = tree(victim)
        assert held in (before, after)
        seen["before" if held == before else "after"] += 1
    assert set(seen) == {"before", "after"}


def test_equal_records_have_equal_bytes_wherever_their_strings_come_from(tmp_path: Path) -> None:
    dynamic = post(1, kind=str(b"post", "ascii"), terms=(Term(name="F", taxonomy=str(b"category", "ascii")),))
    put(tmp_path / "a", WXR, dynamic)
    put(tmp_path / "b", WXR, post(1, terms=(Term(name="F"),)))

    assert tree(tmp_path / "a") == tree(tmp_path / "b")
    assert "kind" not in read(tmp_path / "a", "posts/2014/01/post-1.json")["post"]


def test_a_kept_source_is_the_bytes_that_were_read_and_a_flipped_one_is_found(tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415

    from feedkeep.source import Source  # noqa: PLC0415

    data = b"what was read, " * 5000
    with Archive.open(tmp_path, create=True).write(SITE, WXR, Notes()) as writing:
        writing.put(post(1))
        writing.keep_source(Source.from_bytes(data, "export.xml"), "wxr")
    (kept,) = (tmp_path / SITE / "sources").iterdir()

    with kept.open("rb") as file:
        records = [(r.rec_type, r.content_stream().read()) for r in ArchiveIterator(file, check_digests="raise")]
    assert [kind for kind, _ in records] == ["warcinfo", "resource"]
    assert records[1][1] == data
    assert verify(tmp_path).sources == 1
    assert not verify(tmp_path).findings

    plain = gzip.decompress(kept.read_bytes())
    kept.write_bytes(gzip.compress(plain.replace(b"what was read", b"what was reap", 1)))
    assert [finding.path for finding in verify(tmp_path).findings] == [f"{SITE}/sources/{kept.name}"]
