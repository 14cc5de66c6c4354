"""The files of an archive: what stands in them, how they are named, and how damage to them is found."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

from archived_blog import SITE, WXR, at, comment, in_every_order, post, put, read, tree
from feedkeep.archive import Archive
from feedkeep.models import Comment, Media, Site, Term
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.workflows.verify import verify

if TYPE_CHECKING:
    from pathlib import Path


def test_a_conversation_is_one_file_with_its_comments_oldest_first(tmp_path: Path) -> None:
    counts = put(tmp_path / "a", WXR, Site(id="http://blog.example"), post(1), comment(9), comment(10, parent="x"))

    assert counts == {"added": 4}
    file = read(tmp_path / "a", "posts/2014/01/post-1.json")
    assert list(file) == ["comments", "origins", "post"]
    assert [c["id"][-2:] for c in file["comments"]] == ["-9", "10"]
    assert file["origins"] == [{"format": "wxr", "kind": "export"}]


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


def test_media_and_their_comments_have_files_of_their_own(tmp_path: Path) -> None:
    media = Media(
        id="http://blog.example/?attachment_id=7", url="http://blog.example/u/a.png", title="A", published=at(2)
    )
    put(tmp_path, WXR, media, Comment(id="c", post=media.id, published=at(3)))

    assert read(tmp_path, "attachments/2014/01/a.json")["comments"][0]["id"] == "c"
    assert [m.id for m in Archive.open(tmp_path).site(SITE).snapshot(Selection(), gate=False).media()] == [media.id]


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
