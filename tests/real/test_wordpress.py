"""A real WordPress on loopback: followed, gone back to its first post, and merged with its own export."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive
from feedkeep.content.text import plain
from feedkeep.library import export_from, import_into
from feedkeep.selection import PRIVATE, Selection
from feedkeep.workflows import follow
from feedkeep.workflows.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from feedkeep.models import Comment
    from feedkeep.workflows.follow import Synced

pytestmark = pytest.mark.real

DEBIAN = Path("/usr/share/wordpress")
PROGRAMS = Path(os.environ.get("FEEDKEEP_REAL") or "build/real").resolve()
OURS = Path(__file__).parent / "wordpress"
PATIENCE = 120  # seconds for the database or the web server to come up
NO_REST = "no-rest.php"


class WordPress:
    """A WordPress with its database, both of this test alone."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.site = folder / "site"
        self.socket = folder / "s"
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.home = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "FEEDKEEP_WP_SOCKET": str(self.socket),
            "FEEDKEEP_WP_HOME": self.home,
            "FEEDKEEP_WP_DATABASE": "wordpress",
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        self._database(stack)
        shutil.copytree(DEBIAN, self.site, ignore_dangling_symlinks=True)
        shutil.copy(OURS / "wp-config.php", self.site)
        (self.site / "wp-content" / "mu-plugins").mkdir(parents=True)
        (self.site / "wp-content" / "uploads").mkdir(parents=True)
        self.truth: dict[str, Any] = json.loads(self.php("content.php"))
        self._server(stack)

    def php(self, script: str, *arguments: str, database: str = "wordpress") -> bytes:
        """Run one of our scripts within WordPress."""
        command = ["php", "-d", "error_reporting=0", str(OURS / script), str(self.site), *arguments]
        environment = {**self.environment, "FEEDKEEP_WP_DATABASE": database}
        run = subprocess.run(command, env=environment, capture_output=True, timeout=900, check=False)
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
        return run.stdout

    def plug_in(self, name: str, *, on: bool) -> None:
        """Switch one of our plug-ins on or off."""
        target = self.site / "wp-content" / "mu-plugins" / name
        if on:
            shutil.copy(OURS / name, target)
        else:
            target.unlink(missing_ok=True)

    def _database(self, stack: ExitStack) -> None:
        user = ["--user=root"] if os.geteuid() == 0 else []
        data = self.folder / "db"
        log = stack.enter_context((self.folder / "db.log").open("wb"))
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *user]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, stdout=log, stderr=log, timeout=300, check=True)
        serve = [
            "mariadbd",
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={self.socket}",
            "--skip-networking",
            *user,
        ]
        serve += [f"--pid-file={self.folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0"]
        _run(serve, stack, log)
        client = ["mariadb", "--no-defaults", "-u", "root", "-S", str(self.socket), "-e"]
        _wait(lambda: subprocess.run([*client, "select 1"], capture_output=True, check=False).returncode == 0)
        subprocess.run([*client, "create database wordpress; create database moved"], check=True, timeout=60)

    def _server(self, stack: ExitStack) -> None:
        log = stack.enter_context((self.folder / "php.log").open("wb"))
        serve = ["php", "-d", "error_reporting=0", "-S", f"127.0.0.1:{self.port}", "-t", str(self.site)]
        _run([*serve, str(OURS / "router.php")], stack, log, self.environment)
        _wait(lambda: _answers(self.port))


def _run(command: list[str], stack: ExitStack, log: Any, environment: dict[str, str] | None = None) -> None:
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)


def _wait(is_up: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_up():
        assert time.monotonic() < deadline, "it does not come up"
        time.sleep(0.3)


def _answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", "/feed/")
            return connection.getresponse().status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def wordpress() -> Iterator[WordPress]:
    if not (DEBIAN / "wp-load.php").exists():
        pytest.skip("wordpress is not here; tests/real/setup.sh installs it")
    for program in ("php", "mariadbd", "mariadb-install-db", "mariadb"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here; tests/real/setup.sh installs it")
    # the path of a socket has at most 107 characters: not pytest's folder
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fk-wp-", ignore_cleanup_errors=True)))
        yield WordPress(folder, stack)


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


@pytest.fixture(scope="module")
def by_rest(wordpress: WordPress, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Synced]:
    path = tmp_path_factory.mktemp("rest")
    followed(path, wordpress.home)
    return path, synced(path)


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
    assert verify(path).findings == ()


def test_a_later_walk_asks_little_and_finds_what_is_new(wordpress: WordPress, by_rest: tuple[Path, Synced]) -> None:
    path, _ = by_rest
    again = synced(path).history
    assert again is not None
    assert (again.added, again.updated, again.is_whole) == (0, 0, True)
    assert again.asked <= 16
    assert wordpress.home


def test_its_own_export_merges_into_the_same_posts(
    wordpress: WordPress, by_rest: tuple[Path, Synced], export: Path, tmp_path: Path
) -> None:
    shutil.copytree(by_rest[0], tmp_path / "archive")
    path = tmp_path / "archive"
    before, said = held(path)
    (report,) = import_into(path, export)
    assert (report.counts["post"].added, report.counts["comment"].added) == (9, 2)
    assert report.counts["media"].added == 0
    after, comments = held(path, private=True)
    assert len(after) == len(before) + 9
    assert {title for one, title in after.items() if one not in before} == {
        f"Secret {status} {number}" for status in ("draft", "private", "pending") for number in range(3)
    }
    assert said.items() <= comments.items()
    assert len(comments) == len(said) + 2
    assert wordpress.home


def test_without_the_api_the_feeds_give_it_and_what_is_missing_is_said_exactly(
    wordpress: WordPress, tmp_path: Path
) -> None:
    truth = wordpress.truth
    wordpress.plug_in(NO_REST, on=True)
    try:
        followed(tmp_path, wordpress.home)
        first = synced(tmp_path, max_requests=60)
        assert first.history is not None
        assert not first.history.is_whole
        _exactly(first, tmp_path, truth)
        result = synced(tmp_path)
    finally:
        wordpress.plug_in(NO_REST, on=False)
    assert result.history is not None
    assert result.history.is_whole
    assert result.history.ways["wordpress-rest"] == "the REST API is not open: 401 Unauthorized"
    posts, comments = held(tmp_path)
    assert sum(title == "Protected: Secret behind a word" for title in posts.values()) == 1
    assert len(posts) == 300 + 5 + 1
    # comments of pages and older ones come from web pages, which name them by their anchors
    known = {**truth["comments"], **dict.fromkeys(truth["hidden"], "")}
    assert _numbered(comments) == _numbered(known)
    _exactly(result, tmp_path, truth)


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
