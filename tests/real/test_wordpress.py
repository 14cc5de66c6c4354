"""A real WordPress on loopback: followed, gone back to its first post, and merged with its own export."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive
from feedkeep.content.text import plain
from feedkeep.library import export_from, import_into
from feedkeep.selection import PRIVATE, Selection
from feedkeep.workflows import follow
from feedkeep.workflows.media_fetch import fetch_media
from feedkeep.workflows.verify import verify
from wordpress_site import WordPress, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedkeep.models import Comment
    from feedkeep.workflows.follow import Synced

pytestmark = pytest.mark.real

PROGRAMS = Path(os.environ.get("FEEDKEEP_REAL") or "build/real").resolve()
NO_REST = "no-rest.php"


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    with running() as site:
        yield site


def synced(path: Path, *, max_requests: int = 5000) -> Synced:
    """Go for the history; give what became of the feed of posts."""
    with follow.client(allow_private=True, gap=0.0) as client:
        results = follow.sync(path, client, full=True, max_requests=max_requests)
    return next(one for one in results if one.feed.endswith("/feed/") and "comments" not in one.feed)


def followed(path: Path, home: str) -> None:
    with follow.client(allow_private=True, gap=0.0) as client:
        follow.follow(path, f"{home}/", client)


def held(path: Path, *, private: bool = False) -> tuple[dict[str, str | None], dict[str, str | None]]:
    """Give what the archive holds: posts with their titles, comments with whom they answer."""
    archive = Archive.open(path)
    (name,) = archive.sites()
    with closing(archive.site(name)) as site:
        include = frozenset(PRIVATE if private else ("protected",))
        snapshot = site.snapshot(Selection(include=include), gate=True)
        posts = {post.id: post.title for post in snapshot.posts()}
        told = (comment for post in posts for comment in snapshot.comments(post))
        return posts, {
            comment.id: comment.parent for comment in told if private or comment.status in {None, "approved"}
        }


def said(path: Path) -> tuple[dict[str, str], Counter[tuple[str, str]]]:
    """Give what public posts and comments say: titles with bodies, who said what how often."""
    archive = Archive.open(path)
    (name,) = archive.sites()
    with closing(archive.site(name)) as site:
        snapshot = site.snapshot(Selection(include=frozenset(("protected",))), gate=True)
        posts = list(snapshot.posts())
        comments = [comment for post in posts for comment in snapshot.comments(post.id)]
    spoken = Counter(
        (one.author.name or "" if one.author else "", _ANSWERED.sub("", _body(one)))
        for one in comments
        if one.status in {None, "approved"}
    )
    return {plain(post.title or ""): _words(post.content.value if post.content else "") for post in posts}, spoken


_ANSWERED = re.compile(r"^In reply to Viewer \d+\. ")  # what WordPress's feeds put before an answer
# what content.php wrote, apart from the post behind a password
WRITTEN = {
    f"Film no. {n} & “Other” Ätna": f"The picture number {n} was long. And it rained."
    for n in (*range(1, 301), *range(400, 405))
}
SPOKEN = Counter((f"Viewer {n}", f"Comment {n}: I saw another film.") for n in (*range(1, 1201), *range(5000, 5005)))


@pytest.fixture(scope="module")
def by_rest(wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Synced]:
    path = tmp_path_factory.mktemp("rest")
    followed(path, wordpress.home)
    return path, synced(path)


@pytest.fixture(scope="module")
def by_feeds(wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Synced]:
    path = tmp_path_factory.mktemp("feeds")
    wordpress.plug_in(NO_REST, on=True)
    try:
        followed(path, wordpress.home)
        first = synced(path, max_requests=60)  # what is missing is said exactly on the way, too
        assert first.history is not None
        assert not first.history.is_whole
        _exactly(first, path, wordpress.truth)
        return path, synced(path)
    finally:
        wordpress.plug_in(NO_REST, on=False)


@pytest.fixture(scope="module")
def export(wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("export") / "export.xml"
    file.write_bytes(wordpress.php("export.php"))
    return file


def test_the_api_gives_every_public_post_page_and_comment(wordpress: WordPress, by_rest: tuple[Path, Synced]) -> None:
    path, result = by_rest
    posts, comments = held(path)
    truth = wordpress.truth
    assert sorted(posts) == sorted(truth["posts"])
    assert comments == {one: parent or None for one, parent in truth["comments"].items()}
    assert (len(truth["posts"]), len(truth["comments"])) == (300 + 5 + 1, 1200 + 5)
    assert not any("ecret draft" in (title or "") or "ecret private" in (title or "") for title in posts.values())
    assert result.history is not None
    assert (result.history.is_whole, result.history.missed) == (True, ())
    assert result.history.asked < 40
    told = result.completeness
    assert told is not None
    # it counts the comment of the post behind a password, which it shows to nobody
    assert (told.posts.claimed, told.posts.held) == (301, 301)
    assert (told.pages.claimed, told.pages.held) == (5, 5)
    assert (told.comments.claimed, told.comments.held) == (1206, 1205)
    written, spoken = said(path)
    assert written.pop("Secret behind a word") == ""
    assert (written, spoken) == (WRITTEN, SPOKEN)
    _media_are_held(path)
    assert verify(path).findings == ()


def test_a_later_walk_asks_little_and_finds_what_is_new(wordpress: WordPress, by_rest: tuple[Path, Synced]) -> None:
    path, _ = by_rest
    again = synced(path).history
    assert again is not None
    assert (again.added, again.updated, again.is_whole) == (0, 0, True)
    assert again.asked <= 16
    assert wordpress.home


def test_its_files_are_fetched_once(wordpress: WordPress, by_rest: tuple[Path, Synced], tmp_path: Path) -> None:
    path = tmp_path / "archive"
    shutil.copytree(by_rest[0], path)
    folder = wordpress.site / "wp-content" / "uploads"
    there = {
        f"{wordpress.home}/wp-content/uploads/{file.relative_to(folder).as_posix()}": file.read_bytes()
        for file in folder.rglob("*.png")
    }
    with follow.client(allow_private=True, gap=0.0) as client:
        (first,) = fetch_media(path, client)
        (again,) = fetch_media(path, client)
    assert (first.missing, first.held, again.fetched) == ((), first.named, 0)
    found = {}
    archive = Archive.open(path)
    with closing(archive.site(archive.sites()[0])) as site:
        for media in site.snapshot(Selection(), gate=True).media():
            stream = site.open_media(media)
            if stream is not None:
                with stream:
                    found[media.url] = stream.read()
    assert len(there) == 4
    assert there.items() <= found.items()
    assert verify(path).findings == ()


def test_its_own_export_merges_into_the_same_posts(
    wordpress: WordPress, by_rest: tuple[Path, Synced], export: Path, tmp_path: Path
) -> None:
    before, comments = held(by_rest[0])
    # the comment that waits for a moderator, and that of the post behind a password
    path = _merged(by_rest[0], export, tmp_path, comments=2)
    after, told = held(path, private=True)
    assert before.keys() <= after.keys()
    assert comments.items() <= told.items()
    _media_are_held(path)
    assert wordpress.home


def test_its_own_export_merges_into_what_the_feeds_gave(
    wordpress: WordPress, by_feeds: tuple[Path, Synced], export: Path, tmp_path: Path
) -> None:
    # what is said of the post behind a password stands on its web page
    path = _merged(by_feeds[0], export, tmp_path, comments=1)
    _media_are_held(path)
    assert wordpress.home


def _merged(archive: Path, export: Path, folder: Path, *, comments: int) -> Path:
    """Import WordPress's own export beside what was fetched, and see that only what was private is added, once."""
    path = folder / "archive"
    shutil.copytree(archive, path)
    before, public = held(path)
    (report,) = import_into(path, export)
    assert (report.counts["post"].added, report.counts["comment"].added) == (9, comments)
    after, told = held(path, private=True)
    secret = {f"Secret {status} {number}" for status in ("draft", "private", "pending") for number in range(3)}
    assert {title for title in after.values() if (title or "").startswith("Secret")} == {
        *secret,
        "Secret behind a word",
    }
    assert (len(after), len(told)) == (len(before) + 9, len(public) + comments)
    written, spoken = said(path)
    assert {title: body for title, body in written.items() if "Secret" not in title} == WRITTEN
    assert all(spoken[one] == 1 for one in SPOKEN)
    (again,) = import_into(path, export)
    assert {kind for kind, counts in again.counts.items() if counts.added or counts.updated} == set()
    assert [finding for finding in verify(path).findings if finding.damage] == []
    export_from(path, "atom", folder / "public")
    shown = b"".join(file.read_bytes() for file in (folder / "public").rglob("*.xml"))
    assert b"Film no. 300" in shown
    assert not re.search(rb"Secret|Hidden words|Comment 700[01]|mail\.example|192\.0\.2\.7", shown)
    return path


def _media_are_held(path: Path) -> None:
    archive = Archive.open(path)
    with closing(archive.site(archive.sites()[0])) as site:
        found = [site.conversation(one).media for one in site.media_paths()]
    media = {one.url.rpartition("/")[2]: one.alt for one in found if one is not None and one.url}
    assert media == {f"still-{number}.png": f"Still {number} of a film" for number in range(4)}


def test_without_the_api_the_feeds_give_it_and_what_is_missing_is_said_exactly(
    wordpress: WordPress, by_feeds: tuple[Path, Synced]
) -> None:
    truth = wordpress.truth
    path, result = by_feeds
    assert result.history is not None
    assert result.history.is_whole
    assert result.history.ways["wordpress-rest"] == "the REST API is not open: 401 Unauthorized"
    posts, comments = held(path)
    assert sum(title == "Protected: Secret behind a word" for title in posts.values()) == 1
    assert len(posts) == 300 + 5 + 1
    # comments of pages and older ones come from web pages, which name them by their anchors
    known = {**truth["comments"], **dict.fromkeys(truth["hidden"], "")}
    assert _numbered(comments) == _numbered(known)
    written, spoken = said(path)
    assert {title: body for title, body in written.items() if "Secret" not in title} == WRITTEN
    assert spoken.pop(("Viewer 6000", "")) == 1  # behind a password
    assert spoken == SPOKEN
    _exactly(result, path, truth)
    assert [finding for finding in verify(path).findings if finding.damage] == []


def _numbered(comments: Mapping[str, str | None]) -> dict[str, str]:
    """Name comments by the numbers that WordPress gave them."""
    return {one.rpartition("-")[2]: (parent or "").rpartition("-")[2] for one, parent in comments.items()}


def _exactly(result: Synced, path: Path, truth: dict[str, Any]) -> None:
    """Compare what is told to be missing with what WordPress's database knows of it."""
    posts, comments = held(path)
    told = result.completeness
    assert told is not None
    assert told.comments.held == len(comments)
    has = Counter(one.partition("#")[0].rstrip("/") for one in comments)
    claimed = {post: count for post, count in truth["counts"].items() if post in posts}
    assert {lack.post: (lack.claimed, lack.held) for lack in told.lacking} == {
        post: (count, has[post]) for post, count in claimed.items() if count > has[post]
    }


def test_the_importer_plug_in_takes_what_we_export(
    wordpress: WordPress, by_rest: tuple[Path, Synced], tmp_path: Path
) -> None:
    places = (wordpress.site / "wp-content" / "plugins" / "wordpress-importer", PROGRAMS / "wordpress-importer")
    plug_in = next((place for place in places if (place / "wordpress-importer.php").exists()), None)
    if plug_in is None:
        pytest.skip(
            "WordPress's importer plug-in is in no package of Debian, PyPI or npm; unpack it into FEEDKEEP_REAL"
        )
    export_from(by_rest[0], "wxr", tmp_path)
    (file,) = tmp_path.rglob("*.xml")
    told = json.loads(wordpress.php("import.php", str(plug_in), str(file), database="moved"))
    assert "All done" in told["said"]
    complaints = re.findall(r"Failed to import [^.]*|.*[Ee]rror.*", told["said"])
    # the four pictures are not fetched anew
    assert [one for one in complaints if not one.startswith("Failed to import Media")] == []
    names = [line.split(" ")[:3] for line in told["posts"]]
    assert sorted(name for kind, status, name in names if (kind, status) == ("post", "publish")) == sorted(
        [*(f"film-{number}" for number in range(1, 301)), "protected"]
    )
    assert sorted(name for kind, status, name in names if kind == "page") == [f"page-{number}" for number in range(5)]
    assert "post publish film-1 2012-01-02 20:15:00" in told["posts"]
    said = {_words(one): _words(answered) for one, answered in told["comments"].items()}
    with closing(Archive.open(by_rest[0]).site(Archive.open(by_rest[0]).sites()[0])) as site:
        snapshot = site.snapshot(Selection(), gate=True)
        found = {c.id: c for post in snapshot.posts() for c in snapshot.comments(post.id)}
    ours = {_body(one): _body(found[one.parent]) if one.parent else "" for one in found.values()}
    assert said == ours
    assert {"category films", "category silent-films", "post_tag seen"} <= set(told["terms"])


def _body(comment: Comment) -> str:
    return _words(comment.content.value if comment.content else "")


def _words(markup: str) -> str:
    return " ".join(plain(markup).split())
