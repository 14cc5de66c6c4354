"""What the commands say that read an archive: list, show, stats, verify and export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from feedkeep.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from command_line import Outcome

pytestmark = pytest.mark.usefixtures("here")


def test_list_shows_the_newest_first_on_the_day_that_the_blog_had(run: Callable[..., Outcome], archive: Path) -> None:
    outcome = run("list", "--archive", archive)

    assert outcome.code == 0
    assert [line.split()[0] for line in outcome.out.splitlines()] == ["2014-03-02", "2013-11-05"]


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (("--tag", "HITCHCOCK"), ["Rope"]),
        (("--tag", "hitchcock", "--tag", "space"), ["Rope", "Gravity"]),
        (("--author", "Bela Ott"), ["Gravity"]),
        (("--since", "2014"), ["Rope"]),
        (("--until", "2014"), ["Gravity"]),
        (("--since", "2013", "--until", "2014"), ["Gravity"]),
        (("--kind", "page"), []),
        (("--limit", "1"), ["Rope"]),
        (("--search", "shots"), ["Rope"]),
        (("--search", "room", "--tag", "space"), ["Gravity"]),
        (("--reviews",), []),
    ],
)
def test_list_keeps_to_what_was_asked(
    run: Callable[..., Outcome], archive: Path, words: tuple[str, ...], titles: list[str]
) -> None:
    outcome = run("list", "--archive", archive, *words, "--json")

    assert [entry["post"]["title"] for entry in outcome.json["posts"]] == titles


def test_show_prints_the_post_and_its_paragraphs(run: Callable[..., Outcome], archive: Path) -> None:
    outcome = run("show", "Rope", "--archive", archive)

    assert outcome.out.startswith("Rope\n2014-03-02 · Anna Marsh · ")
    assert "One room.\n\nTen shots.\n" in outcome.out


def test_show_of_what_is_not_there_says_how_to_find_it(run: Callable[..., Outcome], archive: Path) -> None:
    outcome = run("show", "Vertigo", "--archive", archive)

    assert outcome.code == UsageError.exit_code
    assert "feedkeep list" in outcome.err


def test_replies_stand_under_what_they_answer(run: Callable[..., Outcome]) -> None:
    Path("feed.xml").write_text(THREAD, "utf-8")
    run("import", "feed.xml", "--site", "films")
    run("import", "-", "--site", "films", stdin=COMMENTS.encode())

    outcome = run("show", "Rope")
    lines = [line for line in outcome.out.splitlines() if "Mo" in line or "Nan" in line or "Ole" in line]

    assert "3 comments" in outcome.out
    assert [line.index(name) for line, name in zip(lines, ("Mo", "Nan", "Ole"), strict=True)] == [4, 8, 4]


def test_stats_counts_what_is_there(run: Callable[..., Outcome], archive: Path) -> None:
    (figures,) = run("stats", "--archive", archive, "--json").json["sites"]

    assert figures["posts"] == {"post": {"published": 2}}
    assert figures["years"] == {"2013": 1, "2014": 1}
    assert figures["files"] > 0


def test_verify_names_the_damaged_file(run: Callable[..., Outcome], archive: Path) -> None:
    assert run("verify", "--archive", archive).code == 0
    damaged = next((archive / "films").rglob("rope.json"))
    damaged.write_text("{", "utf-8")

    outcome = run("verify", "--archive", archive)

    assert outcome.code == 4
    assert "rope.json" in outcome.out


def test_export_writes_where_it_is_told(run: Callable[..., Outcome], archive: Path) -> None:
    outcome = run("export", "jsonfeed", "-o", "public", "--archive", archive, "--tag", "space", "--json")

    assert outcome.code == 0
    assert outcome.json["reports"][0]["posts"] == 1
    assert any(path.is_file() for path in Path("public").rglob("*"))


THREAD = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Film diary</title><link>https://films.example/</link>
<item><title>Rope</title><link>https://films.example/rope</link><guid>https://films.example/?p=1</guid>
<pubDate>Sun, 02 Mar 2014 20:00:00 +0100</pubDate><description>One room.</description></item>
</channel></rss>
"""


def entry(number: int, name: str, answers: str) -> str:
    return f"""<entry><id>https://films.example/rope#comment-{number}</id><title>By: {name}</title>
<link rel="alternate" href="https://films.example/rope#comment-{number}"/><author><name>{name}</name></author>
<updated>2014-03-0{number + 2}T10:00:00Z</updated><published>2014-03-0{number + 2}T10:00:00Z</published>
<thr:in-reply-to ref="{answers}" href="https://films.example/rope"/>
<content type="html">&lt;p&gt;Comment {number}&lt;/p&gt;</content></entry>"""


COMMENTS = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<id>https://films.example/rope/feed</id><title>Comments on: Rope</title><updated>2014-03-05T10:00:00Z</updated>
<link rel="alternate" href="https://films.example/rope"/>
{entry(1, "Mo", "https://films.example/?p=1")}
{entry(2, "Nan", "https://films.example/rope#comment-1")}
{entry(3, "Ole", "https://films.example/?p=1")}
</feed>
"""
