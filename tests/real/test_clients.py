"""Readers of feeds that we did not write subscribe to what we export, served by nginx, and keep up with it."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedkeep.archive import Archive
from feedkeep.library import export_from, import_into
from feedkeep.selection import Selection
from nginx import served
from subscribers import News, Newsboat, Reader, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Subscribe = Callable[[str], Newsboat | Reader]

pytestmark = pytest.mark.real

SAMPLE = Path(__file__).parents[2] / "archive"
SITE = "secondrow.example"
TIME = 1_400_000_000  # of the first export; one minute between two
LIMIT = 10  # fewer than there are: the window moves on
POSTS = {"rss": "rss.xml", "atom": "atom.xml", "jsonfeed": "feed.json"}
COMMENTS = {"rss": "comments.xml", "atom": "comments.xml", "jsonfeed": "comments.json"}
NEW = "https://secondrow.example/?p=99"
EDITED = "https://secondrow.example/?p=71"
SAID = f"{EDITED}#comment-901"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<id>https://secondrow.example</id><title>Second Row, Centre</title><updated>2014-06-01T10:00:00Z</updated>
<link href="https://secondrow.example"/>{entries}</feed>"""
ENTRY = """<entry><id>{id}</id><title>{title}</title><link href="{id}"/><published>{day}T19:00:00Z</published>
<updated>{updated}T20:00:00Z</updated><author><name>Ada</name></author>
<content type="html">&lt;p&gt;{text}&lt;/p&gt;</content>{more}</entry>"""

# newsboat 2.21 reads no JSON Feed; where several feeds hold one id it shows it once, so that each feed is one run
CASES = [(Newsboat, "rss"), (Newsboat, "atom"), (Reader, "rss"), (Reader, "atom"), (Reader, "jsonfeed")]


class Blog:
    """The sample's archive, and what nginx serves of it."""

    def __init__(self, folder: Path, format_name: str) -> None:
        self.format = format_name
        self.archive = folder / "archive"
        self.public = folder / "public"
        self._exports = 0
        shutil.copytree(SAMPLE, self.archive)

    def export(self, port: int) -> None:
        """Write everything anew, as if it had never been: other files, other times, the same entries."""
        shutil.rmtree(self.public, ignore_errors=True)
        options = {"limit": str(LIMIT), "base_url": f"http://127.0.0.1:{port}/"}
        export_from(self.archive, self.format, self.public, options=options)
        self._exports += 1
        for file in self.public.rglob("*.*"):  # the validators of nginx count in seconds
            os.utime(file, (TIME + 60 * self._exports,) * 2)

    def takes(self, *entries: str) -> None:
        """Take in what the blog's own feed says next."""
        import_into(self.archive, ATOM.format(entries="".join(entries)).encode(), site=SITE)

    def window(self) -> dict[str, tuple[str, str]]:
        """Give the posts that a subscriber is to see: title and address."""
        with closing(Archive.open(self.archive).site(SITE)) as site:
            posts = site.snapshot(Selection(kinds=("post",), limit=LIMIT), gate=True).posts()
            return {post.id: (post.title or "", post.url or "") for post in posts}

    def comments(self) -> dict[str, str]:
        """Give the comments that a subscriber is to see: their addresses, as far as known."""
        with closing(Archive.open(self.archive).site(SITE)) as site:
            snapshot = site.snapshot(Selection(kinds=("post",)), gate=True)
            found = [comment for post in snapshot.posts() for comment in snapshot.comments(post.id)]
            return {one.id: one.url or "" for one in found if one.status in {None, "approved"}}


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0].__name__}-{case[1]}")
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[type[Newsboat | Reader], str]:
    monkeypatch.setenv("READER_NO_VENDORED_FEEDPARSER", "1")  # the one that it brings needs a package of its own
    found: tuple[type[Newsboat | Reader], str] = request.param
    if found[0] is Newsboat and shutil.which("newsboat") is None:
        pytest.skip("newsboat is not here; tests/real/setup.sh installs it")
    return found


@pytest.fixture
def blog(case: tuple[type[Newsboat | Reader], str], tmp_path: Path) -> Blog:
    return Blog(tmp_path, case[1])


@pytest.fixture
def port(blog: Blog, tmp_path: Path) -> Iterator[int]:
    (tmp_path / "nginx").mkdir()
    types = "types { application/rss+xml xml; application/feed+json json; }"
    with served(tmp_path / "nginx", f"root {blog.public};", types) as found:
        blog.export(found)
        yield found


@pytest.fixture
def subscribe(case: tuple[type[Newsboat | Reader], str], port: int, tmp_path: Path) -> Iterator[Subscribe]:
    """Start the client with a folder of its own, subscribed to a file of the export."""
    with ExitStack() as stack:

        def start(name: str) -> Newsboat | Reader:
            folder = tmp_path / f"client-{name}"
            folder.mkdir()
            client = case[0](folder, f"http://127.0.0.1:{port}/{name}")
            stack.callback(client.close)
            return client

        yield start


def test_every_post_of_the_window_is_shown_and_a_new_export_brings_no_news(
    blog: Blog, port: int, subscribe: Subscribe
) -> None:
    client = subscribe(POSTS[blog.format])
    expected = blog.window()
    assert len(expected) == LIMIT
    assert client.reload() == News(set(expected), set())
    shown = client.entries()
    assert {one: (entry.title, entry.link) for one, entry in shown.items()} == expected
    assert all(entry.text for entry in shown.values())
    blog.export(port)
    assert client.reload() == News(set(), set())
    assert client.entries() == shown


def test_one_new_post_is_one_new_entry(blog: Blog, port: int, subscribe: Subscribe) -> None:
    client = subscribe(POSTS[blog.format])
    client.reload()
    before = client.entries()
    blog.takes(entry(NEW, "A dam again", "2014-06-01", "Water, seen from below."))
    blog.export(port)
    assert NEW in blog.window()
    assert client.reload() == News({NEW}, set())
    after = client.entries()
    assert after.pop(NEW) == Shown("A dam again", NEW, "<p>Water, seen from below.</p>")
    assert after == before  # the one that left the window stays
    assert client.reload() == News(set(), set())


def test_an_edit_is_shown_in_its_place(blog: Blog, port: int, subscribe: Subscribe) -> None:
    client = subscribe(POSTS[blog.format])
    client.reload()
    before = client.entries()
    blog.takes(entry(EDITED, "Night Moves, seen twice", "2014-05-28", "The dam holds.", updated="2014-06-02"))
    blog.export(port)
    assert client.reload() == News(set(), {EDITED})
    after = client.entries()
    edited = after.pop(EDITED)
    assert (edited.title, edited.text[-21:]) == ("Night Moves, seen twice", "<p>The dam holds.</p>")
    del before[EDITED]
    assert after == before


def test_the_feed_of_comments_is_read_likewise(blog: Blog, port: int, subscribe: Subscribe) -> None:
    client = subscribe(COMMENTS[blog.format])
    expected = blog.comments()
    assert len(expected) == 26
    assert client.reload() == News(set(expected), set())
    assert all(shown.text for shown in client.entries().values())
    blog.export(port)
    assert client.reload() == News(set(), set())
    answer = f'<thr:in-reply-to ref="{EDITED}"/>'
    blog.takes(entry(SAID, "By Ada", "2014-06-03", "I held mine, too.", more=answer))
    blog.export(port)
    assert client.reload() == News({SAID}, set())
    assert client.entries()[SAID].text == "<p>I held mine, too.</p>"
    blog.takes(entry(SAID, "By Ada", "2014-06-03", "I held mine.", updated="2014-06-04", more=answer))
    blog.export(port)
    assert client.reload() == News(set(), {SAID})
    assert set(client.entries()) == {*expected, SAID}


def entry(id: str, title: str, day: str, text: str, *, updated: str = "", more: str = "") -> str:  # noqa: A002
    return ENTRY.format(id=id, title=title, day=day, updated=updated or day, text=text, more=more)
