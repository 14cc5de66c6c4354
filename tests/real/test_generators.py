"""Hugo, Jekyll, Pelican and Eleventy build what is exported for them: no warning, every post, every comment."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from feedkeep.archive import Archive
from feedkeep.content.links import find
from feedkeep.content.render import html
from feedkeep.content.text import plain
from feedkeep.formats import Exporter, exporter
from feedkeep.library import export_from
from feedkeep.models import Comment, Content, Person, Post, Site, Term
from feedkeep.selection import Selection
from feedkeep.workflows.export import seen_by
from golden import parse, write
from maximal import MAXIMAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedkeep.models import Record

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(os.environ.get("FEEDKEEP_REAL") or "build/real").resolve()
GENERATORS = ("hugo", "jekyll", "pelican", "eleventy")
OUTPUT = {"hugo": "public", "jekyll": "_site", "pelican": "output", "eleventy": "_site"}
_COMPLAINT = re.compile(r"\bwarn(?:ing)?s?\b|\berrors?\b|\bconflict|deprecat|critical", re.IGNORECASE)


def command(name: str, folder: Path) -> list[str]:
    if name == "hugo":
        found = [shutil.which("hugo") or "", "--source", str(folder), "--panicOnWarning"]
    elif name == "jekyll":
        found = [shutil.which("jekyll") or "", "build", "--strict_front_matter", "--trace"]
    elif name == "pelican":
        program = PROGRAMS / "pelican" / "bin" / "pelican"
        found = [str(program) if program.exists() else "", "--fatal=warnings"]
    else:
        program = PROGRAMS / "eleventy" / "node_modules" / ".bin" / "eleventy"
        found = [str(program) if program.exists() else ""]
    if not found[0]:
        pytest.skip(f"{name} is not here; tests/real/setup.sh installs it")
    return found


def built(name: str, folder: Path) -> Path:
    """Build a tree; any word of complaint fails."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "America/New_York"}
    run = subprocess.run(
        command(name, folder), cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    said = f"{run.stdout}\n{run.stderr}"
    assert run.returncode == 0, said
    complaints = [line for line in said.splitlines() if _COMPLAINT.search(line)]
    assert complaints == [], said
    return folder / OUTPUT[name]


def pages(site: Path) -> dict[str, str]:
    """The pages of a built site: path → HTML."""
    return {str(path.relative_to(site)): path.read_text("utf-8") for path in sorted(site.rglob("*.htm*"))}


def words(text: str) -> str:
    return " ".join(plain(text).split())


def tree(name: str, records: Iterable[Record], folder: Path, **settings: str) -> Path:
    for path, data in write(name, records, **settings).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@pytest.mark.parametrize("base", [None, "https://new.example/blog"])
@pytest.mark.parametrize("body", ["html", "markdown"])
@pytest.mark.parametrize("name", GENERATORS)
def test_the_sample_builds_with_every_post_and_comment(name: str, body: str, base: str | None, tmp_path: Path) -> None:
    command(name, tmp_path)
    options = {"body": body} | ({"base_url": base} if base else {})
    export_from(ROOT / "archive", name, tmp_path, options=options)
    held = pages(built(name, tmp_path))
    site = Archive.open(ROOT / "archive").site("secondrow.example")
    snapshot = seen_by(exporter(name), site, Selection())
    posts, comments = 0, 0
    for post in snapshot.posts():
        path = urlsplit(post.url or "").path.strip("/") + "/index.html"
        page = held[path]
        text = words(page)
        assert words(post.title or "") in text
        if post.content is not None:
            assert words(html(post.content)) in text
        assert "Content-Security-Policy" in page
        posts += 1
        for comment in snapshot.comments(post.id):
            if comment.content is not None and comment.status == "approved":
                assert words(html(comment.content)) in text
                assert comment.author is None or words(comment.author.name or "") in text
                comments += 1
    site.close()
    assert (posts, comments) == (14, 26)
    home = base or "https://secondrow.example"
    for path, page in held.items():
        for link in find(page):
            url = link.url
            if url.startswith(f"{home}/"):
                url = url.removeprefix(home)
            elif url.startswith("/") and base and url.startswith("/blog/"):
                url = url.removeprefix("/blog")
            if url.startswith("/") and not url.startswith("//"):
                target = unquote(urlsplit(url).path).strip("/")
                there = tmp_path / OUTPUT[name] / target
                assert there.is_file() or (there / "index.html").is_file(), f"{path} links to {link.url}"


STRANGE = (
    Site(id="https://odd.example/b", url="https://odd.example/b", title='A "B" & <C>', language="en"),
    Post(
        id="1",
        url="https://odd.example/b/a.html",
        urls=("https://odd.example/b/old/place/", "https://odd.example/b/?p=1"),
        title="{{ title }} {% raw %} {{< x >}} <b> & 'q' \"d\" 1e3: yes",
        content=Content(value="<p>{{ one }} {% two %} {{< three >}} {{% four %}} {# five #}</p><pre>{{ six }}\n\n{{< seven >}}</pre>"),
        terms=(Term(name="a, b"), Term(name="c; d", taxonomy="post_tag"), Term(name="1e3", taxonomy="post_tag")),
        published=MAXIMAL[6].published if isinstance(MAXIMAL[6], Post) else None,
        status="published",
    ),
    Post(id="2", title="no", content=Content(value="undated", form="text"), status="published"),
    Post(id="3", title="no", slug="no", url="https://odd.example/b/n%C3%A9e/", content=Content(value="twin", form="text")),
    Post(id="4", title="hidden", content=Content(value="not to be seen", form="text"), status="draft"),
    Post(id="5", title="terms", status="published", published=dt.datetime(2020, 2, 29, tzinfo=dt.UTC), image="pic.png",
         content=Content(value='<p>adorned <img src="https://odd.example/b/x.png" alt=""></p>'),
         terms=tuple(Term(name=name, taxonomy=taxonomy) for taxonomy in ("category", "post_tag", "title", "film", "x y") for name in (
             "../../up", "..", ".", "/", "a/b", "A", "a", "?", "#", "%41", "index", "index.html", "page", "ab\\c", "all", "posts",
             "x" * 300, "{{ t }}", "\u00e9\u00e8", "<i>", "con", "nul", "*", "a:b", "2020", "true", "-", "_x", "'q'", '"'))),
    Comment(id="c1", post="1", content=Content(value="<p>{{ site }} {% endfor %} {{< c >}}</p>"), status="approved"),
    Comment(id="c2", post="1", parent="c1", content=Content(value="<p>an answer</p>"), author=Person(name="<i>Al</i> {{ x }}")),
    Comment(id="c3", post="1", parent="c2", content=Content(value="<p>kept back</p>"), status="pending"),
)  # fmt: skip


@pytest.mark.parametrize("body", ["html", "markdown"])
@pytest.mark.parametrize("name", GENERATORS)
def test_what_looks_like_a_template_is_shown_as_it_is(name: str, body: str, tmp_path: Path) -> None:
    command(name, tmp_path)
    held = pages(built(name, tree(name, STRANGE, tmp_path, body=body)))
    text = words(held["a.html"])
    assert "{{ one }} {% two %} {{< three >}} {{% four %}} {# five #}" in text
    assert "{{ six }} {{< seven >}}" in text
    assert "{{ title }} {% raw %} {{< x >}} <b> & 'q' \"d\" 1e3: yes" in text
    assert "{{ site }} {% endfor %} {{< c >}}" in text
    assert "<i>Al</i> {{ x }}" in text
    assert "twin" in words(held["née/index.html"])
    assert any("undated" in words(page) for page in held.values())
    assert not any("not to be seen" in page or "kept back" in page for page in held.values())
    assert "/b/a.html" in held["old/place/index.html"]


@pytest.mark.parametrize("name", GENERATORS)
def test_an_empty_blog_and_a_full_one_build(name: str, tmp_path: Path) -> None:
    command(name, tmp_path)
    built(name, tree(name, MAXIMAL, tmp_path / "full"))
    built(name, tree(name, [Site(id="s", title="Nothing yet")], tmp_path / "empty"))
    hostile = parse((ROOT / "tests/data/exporters" / name / "hostile-text/records.jsonl").read_text("utf-8"))
    built(name, tree(name, hostile, tmp_path / "hostile"))
    built(name, tree(name, hostile, tmp_path / "markdown", body="markdown"))


def test_every_generator_has_an_exporter() -> None:
    assert all(isinstance(exporter(name), Exporter) for name in GENERATORS)
