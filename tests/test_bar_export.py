"""What goes into a Micro.blog archive is a JSON Feed and a page of microformats, shows its own files, and comes back."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import mf2py
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from arbitrary_blogs import blogs
from feedkeep.archive import Archive, Origin
from feedkeep.exporters.bar import EXPORTER, LOSSES
from feedkeep.library import export_from, import_into
from feedkeep.models import Comment, Content, Enclosure, Media, Person, Post, Record, Site, Term
from feedkeep.notes import Notes
from feedkeep.selection import PRIVATE, Selection
from feedkeep.source import Source
from feedkeep.workflows.fidelity import measure
from golden import DATA, read, write
from maximal import MAXIMAL
from snapshots import MemorySnapshot
from test_fixed_points import kept
from test_oracles import keeps_the_specification, snapshots

if TYPE_CHECKING:
    from pathlib import Path

FEED, PAGE = PurePosixPath("feed.json"), PurePosixPath("index.html")
HOME = "https://quay.example/"
SITE = Site(id=HOME, url=HOME, title="Quay")


def entries(page: bytes) -> list[dict[str, Any]]:
    """The entries that a parser of microformats finds on the page."""
    (feed,) = mf2py.parse(doc=page.decode("utf-8"), url=HOME)["items"]
    assert feed["type"] == ["h-feed"]
    found: list[dict[str, Any]] = [one for one in feed.get("children", []) if one["type"] == ["h-entry"]]
    return found


def bar(archive: Path, out: Path) -> dict[str, bytes]:
    """Export an archive, and give what is in the zip."""
    export_from(archive, "bar", out)
    with zipfile.ZipFile(out / "blog.bar" if out.suffix != ".bar" else out) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


# --- judges that we did not write


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(snapshots())
def test_any_records_make_a_feed_and_a_page_of_as_many_entries(records: list[Record]) -> None:
    written = write("bar", [r for r in records if not (isinstance(r, Post) and r.content and "<" in r.content.value)])
    keeps_the_specification(written[FEED])
    assert len(entries(written[PAGE])) == len(json.loads(written[FEED])["items"])


def test_a_parser_of_microformats_reads_posts_and_comments(tmp_path: Path) -> None:
    import_into(tmp_path / "a", DATA / "sample" / "wordpress.xml", site="b")
    written = bar(tmp_path / "a", tmp_path / "out")
    items = json.loads(written["feed.json"])["items"]
    found = entries(written["index.html"])
    assert [one["properties"].get("name", [""])[0] for one in found] == [
        " ".join(one["title"].split()) for one in items
    ]
    assert [one["properties"]["url"] for one in found] == [[one["url"]] for one in items]
    dates = [[re.sub(r":(\d\d)$", r"\1", one["date_published"])] for one in items]  # as the parser writes zones
    assert [one["properties"]["published"] for one in found] == dates
    assert [one["properties"].get("category", []) for one in found] == [one.get("tags", []) for one in items]
    assert all(one["properties"]["content"][0]["value"].strip() for one in found)
    said = [len(one.get("_feedkeep", {}).get("comments", [])) for one in items]
    assert [len(one["properties"].get("comment", [])) for one in found] == said
    assert sum(said) > 20
    authors = [c["properties"]["author"][0]["properties"]["name"] for c in found[0]["properties"].get("comment", [])]
    assert authors == [[c["authors"][0]["name"]] for c in items[0].get("_feedkeep", {}).get("comments", [])]


def test_the_page_runs_nothing() -> None:
    post = Post(
        id="p",
        url="javascript:alert(1)",
        content=Content(value="*a* <script>alert(1)</script> [x](javascript:alert(1))", form="markdown"),
        authors=(Person(name="Ann", url="javascript:alert(2)"),),
    )
    page = write("bar", [SITE, post])[PAGE]
    assert b"<script" not in page
    assert b'="javascript:' not in page
    assert b"default-src" in page


# --- bodies


def test_markdown_stays_and_is_rendered_beside_all_else_is_html() -> None:
    posts = [
        Post(id="a", content=Content(value="*One* & 2", form="markdown")),
        Post(id="b", content=Content(value="<p>Two</p>")),
        Post(id="c", content=Content(value="three < 4", form="text")),
    ]
    items = {one["id"]: one for one in json.loads(write("bar", [SITE, *posts])[FEED])["items"]}
    assert items["a"]["content_text"] == "*One* & 2"
    assert items["a"]["content_html"].strip() == "<p><em>One</em> &amp; 2</p>"
    assert "content_text" not in items["b"]
    assert items["b"]["content_html"] == "<p>Two</p>"
    assert items["c"]["content_html"] == "<p>three &lt; 4</p>"


def test_what_is_not_markdown_is_cleaned_and_markdown_stays_as_its_author_wrote_it(tmp_path: Path) -> None:
    script = "<script>alert(1)</script>"
    with Archive.open(tmp_path / "a", create=True).write("b", Origin(format="bar", kind="export"), Notes()) as writing:
        writing.put(SITE)
        writing.put(Post(id="a", content=Content(value=f"*One* {script}", form="markdown")))
        writing.put(Post(id="b", content=Content(value=f"<p>Two</p>{script}")))
        writing.put(Comment(id="c", post="a", content=Content(value=f"*said* {script}", form="markdown")))
    written = bar(tmp_path / "a", tmp_path / "out")
    items = {one["id"]: one for one in json.loads(written["feed.json"])["items"]}
    assert items["a"]["content_text"] == f"*One* {script}"
    assert items["b"]["content_html"] == "<p>Two</p>"
    (comment,) = items["a"]["_feedkeep"]["comments"]
    assert "<em>said</em>" in comment["content_html"]
    for markup in (items["a"]["content_html"], comment["content_html"], written["index.html"].decode()):
        assert "<script" not in markup


def test_addresses_in_markdown_lead_where_they_led_and_words_in_quotes_stay() -> None:
    text = (
        'He said "uploads" <b>x</b>. [a](b/c "title") ![d](<e f.png>) [self](#here)\n\n'
        "[one]: two\n<https://x.example/y> <img src='z.png'> note [q]: word"
    )
    post = Post(id="a", url="https://quay.example/2020/a/", content=Content(value=text, form="markdown"))
    (item,) = json.loads(write("bar", [SITE, post])[FEED])["items"]
    at = "https://quay.example/2020/a/"
    expected = text.replace("(b/c ", f"({at}b/c ").replace("]: two", f"]: {at}two").replace("'z.png'", f"'{at}z.png'")
    assert item["content_text"].replace(f"<{at}e", "<e") == expected


# --- files


def shown(published: str = "https://quay.example/wp-content/tide.jpg") -> list[Record]:
    others = ["https://old.example/tide.jpg", f"{HOME}uploads/2019/tide.jpg"]
    urls = [published, *others]
    html = "".join(f'<img src="{url}">' for url in urls)
    return [
        SITE,
        Post(id="a", url=f"{HOME}a/", content=Content(value=html), image=published, title="A"),
        Post(
            id="b",
            url=f"{HOME}b/",
            title="B",
            content=Content(
                value=f"![x]({published}) ![y](../uploads/2019/tide.jpg) ![z](../gone.jpg)", form="markdown"
            ),
            enclosures=(Enclosure(url=others[0], type="image/jpeg"),),
        ),
        *(Media(id=url, url=url, path=f"{place}.jpg") for place, url in enumerate(urls)),
    ]


def archive_of(records: list[Record]) -> dict[str, bytes]:
    held = {one.id: f"bytes of {one.id}".encode() for one in records if isinstance(one, Media)}
    snapshot = MemorySnapshot(records, held)
    return {str(file.path): b"".join(file.chunks) for file in EXPORTER.write(snapshot, EXPORTER.options(), Notes())}


def test_files_of_one_name_are_several_and_all_that_shows_them_follows() -> None:
    written = archive_of(shown())
    paths = sorted(path for path in written if path.startswith("uploads/"))
    assert len(paths) == 3
    assert "uploads/2019/tide.jpg" in paths, "what lay below uploads stays there"
    assert len({written[path] for path in paths}) == 3
    items = {one["id"]: one for one in json.loads(written["feed.json"])["items"]}
    for path in paths:
        assert f'src="{path}"' in items["a"]["content_html"]
        assert f'src="{path}"'.encode() in written["index.html"]
    assert items["a"]["image"] in paths
    assert items["b"]["attachments"][0]["url"] in paths
    first, second, gone = items["b"]["content_text"].split(" ")
    assert first == f"![x]({items['a']['image']})"
    assert second == "![y](uploads/2019/tide.jpg)"
    assert gone == f"![z]({HOME}gone.jpg)"


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "uploads/../x.jpg", "uploads/.hidden", "/uploads/x.jpg", "uploads/a\u0000b.jpg", "uploads/"],
)
def test_no_file_leaves_its_folder(path: str) -> None:
    written = archive_of([SITE, Media(id="m", path=path)])
    (found,) = set(written) - {"feed.json", "index.html"}
    parts = PurePosixPath(found).parts
    assert parts[0] == "uploads"
    assert not {"..", ".hidden"} & set(parts)
    assert "\x00" not in found


def test_a_file_of_a_private_post_stays_inside(tmp_path: Path) -> None:
    import_into(tmp_path / "first", *unpacked(archive_of(shown()), tmp_path / "zero"), site="b")
    before = bar(tmp_path / "first", tmp_path / "one")
    with Archive.open(tmp_path / "first").write("b", Origin(format="wxr", kind="export"), Notes()) as writing:
        when = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
        writing.put(Post(id="b", url=f"{HOME}b/", title="B", status="private", updated=when))
    after = bar(tmp_path / "first", tmp_path / "two")
    assert sum(path.startswith("uploads/") for path in before) == 3
    assert after.keys() == {"feed.json", "index.html"}
    assert b"uploads/" not in after["feed.json"].replace(b"quay.example/uploads", b"")


def unpacked(written: dict[str, bytes], folder: Path) -> list[Path]:
    for path, data in written.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return [folder]


# --- and back


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(blogs())
def test_the_second_archive_of_any_blog_is_the_third(records: list[Record]) -> None:
    def imported(data: bytes) -> list[Record]:
        found, _, error = read(Source.from_bytes(data, "feed.json"), "bar")
        assert error is None
        return found

    second = write("bar", imported(write("bar", records)[FEED]))[FEED]
    assert write("bar", imported(second))[FEED] == second


def test_out_and_in_again_with_files_and_threads_changes_nothing_more(tmp_path: Path) -> None:
    records: list[Record] = [
        *shown(),
        Comment(id="c", post="a", content=Content(value="<p>Said</p>"), author=Person(name="Ann"), status="approved"),
        Comment(id="d", post="a", parent="c", content=Content(value="<p>Answered</p>"), kind="webmention"),
    ]
    import_into(tmp_path / "first", *unpacked(archive_of(records), tmp_path / "zero"), site="b")
    one = bar(tmp_path / "first", tmp_path / "one")
    import_into(tmp_path / "second", tmp_path / "one" / "blog.bar", site="b")
    two = bar(tmp_path / "second", tmp_path / "two.bar")
    assert (tmp_path / "one" / "blog.bar").read_bytes() == (tmp_path / "two.bar").read_bytes()
    assert one == two
    assert len(one) == 5
    assert kept(tmp_path / "first") == kept(tmp_path / "second")
    assert one["index.html"].count(b"u-comment") == 2
    (result,) = measure(tmp_path / "first", "bar")
    assert result.counts["Media"].survived == result.counts["Media"].held == 3
    assert result.missed() == {}


def test_what_micro_blog_wrote_loses_nothing_but_what_it_has_no_place_for(tmp_path: Path) -> None:
    import_into(tmp_path, DATA / "importers" / "bar" / "maximal" / "input", site="b")
    (result,) = measure(tmp_path, "bar")
    # which of two posts that show a file it belongs to, and what Micro.blog made of Markdown
    assert set(result.missed()) == {"Media.post", "Post.extra"}
    assert result.counts["Content.value"].survived == result.counts["Post"].held == 2


def test_what_is_declared_to_change_at_times_does(tmp_path: Path) -> None:
    special = [*shown(), Person(id="cy", name="Cy"), Term(name="t", slug="t")]
    special += [Post(id="e", terms=(Term(name="x"), Term(name="x", taxonomy="post_tag")))]
    less: set[str] = set()
    for name, records in (("maximal", MAXIMAL), ("special", special)):
        with Archive.open(tmp_path / name, create=True).write(
            "b", Origin(format="wxr", kind="export"), Notes()
        ) as writing:
            for record in records:
                if isinstance(record, Media) and name == "special":
                    data = record.id.encode()
                    digest = hashlib.sha256(data).hexdigest()
                    writing.keep_media(data, digest, ".jpg")
                    told = msgspec.structs.replace(record, type="image/x-odd", post="a", sha256=digest, size=len(data))
                    writing.put(told)
                else:
                    writing.put(record)
        selection = Selection(include=frozenset(PRIVATE))
        (result,) = measure(tmp_path / name, "bar", selection=selection)
        found = {key for key, count in result.counts.items() if count.survived < count.held}
        assert found <= {*LOSSES.dropped, *LOSSES.altered, *LOSSES.sometimes}
        less |= found
    assert LOSSES.sometimes.keys() - less == set()


def test_the_parts_of_an_archive_are_drawn_one_by_one() -> None:
    class Counting(MemorySnapshot):
        drawn = 0

        def comments(self, post_id: str) -> Any:
            self.drawn += 1
            return super().comments(post_id)

    snapshot = Counting([SITE, *(Post(id=str(number), title="T") for number in range(9))])
    feed, page = EXPORTER.write(snapshot, EXPORTER.options(), Notes())
    for file, first in ((feed, 1), (page, 1)):
        chunks = iter(file.chunks)
        next(chunks)
        before = snapshot.drawn
        next(chunks)
        assert snapshot.drawn == before + first
