"""Every WordPress export of the corpus: what is in it, and that a round trip changes nothing more than it must."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from feedkeep import formats
from feedkeep.models import Comment, Media, Person, Post, Record, Site, Term
from feedkeep.notes import Kind, Notes
from feedkeep.source import Source
from golden import read
from maximal import differences
from snapshots import MemorySnapshot
from wordpress_importer import wordpress

if TYPE_CHECKING:
    from pathlib import Path

GHOST, JEKYLL = "ghost-migrate", "jekyll-import/sitetitle.wordpress.2025-01-19.000.xml"
# What is in each file: authors, terms, posts by kind and status, files, comments by status; the notes.
HELD: dict[str, dict[str, int]] = {
    "isso/wordpress.xml": {"author": 1, "post None": 2, "post published": 1, "comment approved": 8},
    JEKYLL: {
        "author": 1,
        "term": 6,
        "page published": 1,
        "post published": 7,
        "wp_global_styles published": 1,
        "wp_navigation published": 1,
        "file": 6,
    },
    f"{GHOST}/co-authors-plus.xml": {"author": 3, "post published": 4},
    f"{GHOST}/feature-image-captions.xml": {"author": 1, "post published": 3, "file": 2},
    f"{GHOST}/has-audio-enclosure-with-libsyn-embed.xml": {"author": 1, "post published": 1},
    f"{GHOST}/has-audio-enclosure.xml": {"author": 1, "post published": 1},
    f"{GHOST}/has-meta.xml": {"author": 3, "term": 1, "enmse_message published": 1},
    f"{GHOST}/has-yoast-meta.xml": {"author": 1, "post published": 2},
    f"{GHOST}/multiple/attachments-only.xml": {"author": 1, "file": 1, "repaired": 1},
    f"{GHOST}/multiple/pages-only.xml": {"author": 1, "page published": 1},
    f"{GHOST}/multiple/posts-only.xml": {
        "author": 2,
        "term": 1,
        "post draft": 1,
        "post published": 2,
        "customcpt published": 1,
    },
    f"{GHOST}/sample-no-slug.xml": {
        "author": 2,
        "term": 1,
        "post draft": 1,
        "post published": 2,
        "customcpt published": 1,
        "page published": 1,
        "file": 1,
        "repaired": 1,
    },
    f"{GHOST}/sample-with-alt.xml": {"author": 1, "term": 1, "post published": 1, "file": 1},
    f"{GHOST}/sample.xml": {
        "author": 2,
        "term": 1,
        "post draft": 1,
        "post published": 2,
        "customcpt published": 1,
        "page published": 1,
        "file": 1,
        "repaired": 1,
    },
}
# What the way through WordPress adds: a slug where a public post has none, a status where it states none, and
# a number for an author who is not listed.
MEANT = {
    "isso/wordpress.xml": {"Post.status", "Post.slug", "Person.extra"},
    f"{GHOST}/feature-image-captions.xml": {"Person.extra"},
    f"{GHOST}/has-meta.xml": {"Person.extra"},
    f"{GHOST}/multiple/attachments-only.xml": {"Person.extra"},
    f"{GHOST}/sample-no-slug.xml": {"Post.slug"},
}


def tally(records: list[Record], notes: Notes) -> dict[str, int]:
    held: Counter[str] = Counter()
    for record in records:
        match record:
            case Person():
                held["author"] += 1
            case Term():
                held["term"] += 1
            case Post():
                held[f"{record.kind} {record.status}"] += 1
            case Comment():
                held[f"{record.kind} {record.status}"] += 1
            case Media():
                held["file"] += 1
    held.update({str(kind): count for kind, count in notes.counts.items()})
    return dict(held)


def test_every_export_of_the_corpus_is_listed(corpus: Path) -> None:
    files = {path.relative_to(corpus / "wxr").as_posix() for path in (corpus / "wxr").rglob("*.xml")}
    assert files - {f"{GHOST}/squarespace-sample.xml"} == set(HELD)  # which has an importer of its own


@pytest.mark.parametrize("name", HELD)
def test_reads_what_is_in_it(corpus: Path, name: str) -> None:
    source = Source.from_path(corpus / "wxr" / name)
    assert formats.importer("wxr").detect(source)
    records, notes, error = read(source, "wxr")
    assert error is None
    assert isinstance(records[0], Site)
    assert tally(records, notes) == HELD[name]
    ids = [record.id for record in records if isinstance(record, (Post, Media, Comment))]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", HELD)
def test_comes_back_from_wordpress_as_it_was(corpus: Path, name: str) -> None:
    records, _, _ = read(Source.from_path(corpus / "wxr" / name), "wxr")
    exporter = formats.exporter("wxr")
    (file,) = exporter.write(MemorySnapshot(records), exporter.options(), Notes())
    data = b"".join(file.chunks)
    again, notes, error = read(Source.from_bytes(data, "export.xml"), "wxr")
    assert error is None
    assert notes.counts[Kind.REPAIRED] == 0
    assert differences(records, again) == MEANT.get(name, set())
    blog = wordpress(data)
    assert blog.refused == []
    assert len(blog.posts) == sum(isinstance(record, (Post, Media)) for record in records)


def test_the_nested_comments_of_a_real_blog_keep_their_threads(corpus: Path) -> None:
    records, _, _ = read(Source.from_path(corpus / "wxr" / "isso" / "wordpress.xml"), "wxr")
    comments = {record.id: record for record in records if isinstance(record, Comment)}
    depths: Counter[int] = Counter()
    for comment in comments.values():
        depth, above = 0, comment
        while above.parent:
            above = comments[above.parent]
            depth += 1
        depths[depth] += 1
    assert sum(depths.values()) == 8
    assert dict(depths) == {0: 5, 1: 1, 2: 2}
