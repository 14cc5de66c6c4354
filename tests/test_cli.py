"""The command line: what it prints where, with which exit code, and that nobody's text steers the terminal."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from feedkeep import cli
from feedkeep.cli import completion, console, options
from feedkeep.errors import FormatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = [*(command.name for command in cli.app.registered_commands if command.name), "media fetch"]

FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Film diary",
    "home_page_url": "https://films.example/",
    "items": [
        {
            "id": "https://films.example/rope",
            "url": "https://films.example/rope",
            "title": "Rope",
            "content_html": "<p>One room.</p><p>Ten shots.</p>",
            "date_published": "2014-03-02T00:30:00+01:00",
            "tags": ["Hitchcock", "one room"],
            "authors": [{"name": "Anna Marsh"}],
        },
        {
            "id": "https://films.example/gravity",
            "url": "https://films.example/gravity",
            "title": "Gravity",
            "content_html": "<p>No room at all.</p>",
            "date_published": "2013-11-05T20:00:00+01:00",
            "tags": ["space"],
            "authors": [{"name": "Bela Ott"}],
        },
    ],
}
# what a terminal would take as: title, colour, cursor up, screen cleared, line reversed
HOSTILE = "\x1b]0;owned\x07\x1b[31mRed\x1b[0m \x1b[1A\x9b2Jup \u202egnol\u202c\x7f\x08 end"
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = "Callable[..., Outcome]"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run the program in this process, as the entry point would."""

    def run(*words: str | Path, stdin: bytes | None = None) -> Outcome:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main([str(word) for word in words])
        out, err = capsys.readouterr()
        code = stopped.value.code
        return Outcome(code if isinstance(code, int) else int(code is not None), out, err)

    return run


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FEEDKEEP_ARCHIVE", raising=False)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(FEED), "utf-8")
    return path


@pytest.fixture
def archive(run: Callable[..., Outcome], feed: Path) -> Path:
    assert run("import", feed, "--site", "films").code == 0
    return Path("archive")


def program(*words: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from feedkeep.cli import main; main()", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        **settings,
    )


# -- help


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_each_command_ends_with_an_example(name: str) -> None:
    result = CliRunner().invoke(cli.app, [*name.split(), "--help"])

    assert result.exit_code == 0
    assert re.search(rf"\n  Example:\n(    feedkeep {name}\b.*\n)+$", result.output)


def test_every_option_has_help() -> None:
    for name in COMMANDS:
        text = CliRunner().invoke(cli.app, [*name.split(), "--help"], env={"COLUMNS": "200"}).output
        for line in re.findall(r"^  +-.*$", text, re.MULTILINE):
            assert re.search(r"\S  +\S|/ --no-", line), f"{name}: {line}"


def test_the_version_is_the_packages_own(run: Callable[..., Outcome]) -> None:
    assert run("--version") == (0, f"feedkeep {version('feedkeep')}\n", "")


# -- exit codes


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("import", "missing.xml"), 2, "missing.xml"),
        (("import", "feed.json", "--format", "gopher"), 2, "gopher"),
        (("import", "feed.json", "--timezone", "Mars/Olympus"), 2, "Mars/Olympus"),
        (("export", "gopher"), 2, "gopher"),
        (("export", "rss", "--include", "secrets"), 2, "secrets"),
        (("export", "rss", "--since", "yesterday"), 2, "yesterday"),
        (("export", "rss", "-O", "limit"), 2, "name=value"),
        (("export", "rss", "-o", "-", "--json"), 2, "standard output"),
        (("formats", "gopher"), 2, "gopher"),
        (("import", "page.html"), 3, "HTML"),
        (("import", "empty.xml"), 3, "empty"),
        (("inspect", "empty.xml"), 3, "empty"),
        (("list",), 4, "archive"),
        (("verify", "--archive", "nowhere"), 4, "nowhere"),
    ],
)
def test_a_mistake_is_one_clear_line_and_its_exit_code(
    run: Callable[..., Outcome], feed: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    Path("page.html").write_text("<!doctype html><title>No feed</title>", "utf-8")
    Path("empty.xml").touch()
    assert feed.exists()

    outcome = run(*words)

    assert outcome.code == code
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("feedkeep: ")
    assert says in outcome.err


def test_an_unknown_option_is_wrong_usage(run: Callable[..., Outcome]) -> None:
    outcome = run("list", "--colour")

    assert outcome.code == 2
    assert "--colour" in outcome.err


def test_a_source_that_cannot_be_read_leaves_nothing_behind(run: Callable[..., Outcome]) -> None:
    Path("empty.xml").touch()
    run("import", "empty.xml")

    assert not Path("archive").exists()


def test_a_defect_of_ours_keeps_its_traceback(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("did not see that coming")

    monkeypatch.setattr(options, "zone", broken)
    outcome = run("import", "feed.json")

    assert outcome.code == 1
    assert "Traceback" in outcome.err
    assert "did not see that coming" in outcome.err
    assert "defect of feedkeep" in outcome.err


def test_control_c_exits_with_130(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(options, "zone", interrupted)

    assert run("import", "feed.json") == (130, "", "")


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
@pytest.mark.parametrize("command", ["formats", "formats --json"])
def test_a_reader_who_goes_away_is_no_error(command: str) -> None:
    start = f"'{sys.executable}' -c 'from feedkeep.cli import main; main()' {command}"
    told = subprocess.run(
        ["bash", "-c", start + " | head -c 0; echo ${PIPESTATUS[0]}"], capture_output=True, text=True, check=True
    )

    assert told.stderr == ""
    assert told.stdout == f"{console.PIPE_CLOSED}\n"


# -- import and inspect


def test_import_accounts_for_every_record(run: Callable[..., Outcome], feed: Path) -> None:
    first = run("import", feed, "--site", "films")
    again = run("import", feed, "--site", "films", "--json").json["reports"][0]["counts"]

    assert "post  2 added" in re.sub(" +", "  ", first.out).replace("2  added", "2 added")
    assert again["post"] == {"added": 0, "updated": 0, "unchanged": 2, "skipped": 0}


def test_a_dry_run_writes_nothing(run: Callable[..., Outcome], feed: Path) -> None:
    outcome = run("import", feed, "--dry-run")

    assert outcome.code == 0
    assert "nothing was written" in outcome.out
    assert not Path("archive").exists()


def test_a_dash_reads_standard_input(run: Callable[..., Outcome], feed: Path) -> None:
    outcome = run("import", "-", "--site", "films", "--json", stdin=feed.read_bytes())

    assert outcome.code == 0
    assert outcome.json["reports"][0]["counts"]["post"]["added"] == 2


def test_the_environment_names_the_archive(
    run: Callable[..., Outcome], feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDKEEP_ARCHIVE", "elsewhere")
    run("import", feed)

    assert Path("elsewhere/feedkeep.json").exists()
    assert not Path("archive").exists()


def test_inspect_tells_without_writing(run: Callable[..., Outcome], feed: Path) -> None:
    before = sorted(Path().iterdir())
    outcome = run("inspect", feed, "--json")
    (found,) = outcome.json["reports"][0]["documents"]

    assert found["format"] == "jsonfeed"
    assert found["site"] == "Film diary"
    assert found["counts"]["post"] == {"published": 2}
    assert found["zones"] == {"+01:00": 2}
    assert found["posts_span"] == {"first": "2013-11-05T20:00:00+01:00", "last": "2014-03-02T00:30:00+01:00"}
    assert found["authors"] == {"Anna Marsh": 1, "Bela Ott": 1}
    assert sorted(Path().iterdir()) == before


def test_inspect_proposes_a_repair_and_says_how_sure_it_is(run: Callable[..., Outcome]) -> None:
    item = {
        **FEED["items"][0],
        "title": "Rope \u00e2\u20ac\u201d ten shots",
        "content_html": "<p>caf\u00c3\u00a9</p>" * 4,
    }
    data = json.dumps({**FEED, "items": [item]}).encode()
    (found,) = run("inspect", "-", "--json", stdin=data).json["reports"][0]["documents"]

    assert found["damage_count"] == 5
    assert found["damages"][0]["field"] == "Post.title"
    assert found["damages"][0]["found"] == "Rope \u00e2\u20ac\u201d ten shots"
    assert found["damages"][0]["repair"] == "Rope \u2014 ten shots"
    assert 0.9 < found["damages"][0]["confidence"] < 1
    assert "2 more places" in run("inspect", "-", stdin=data).out
    assert run("inspect", "-", "--text", stdin=data).out.count("% sure") == 5


def test_text_is_mended_on_request_alone_and_never_in_the_archive(run: Callable[..., Outcome]) -> None:
    item = {**FEED["items"][0], "title": "Rope \u00e2\u20ac\u201d ten shots"}
    run("import", "-", "--site", "films", stdin=json.dumps({**FEED, "items": [item]}).encode())
    held = {path: path.read_bytes() for path in Path("archive").rglob("*.json")}

    said = []
    for number, wish in enumerate([(), ("--repair-text",), ()]):
        assert run("export", "rss", "-o", f"out{number}", *wish).code == 0
        (window,) = Path(f"out{number}").glob("*rss*.xml")
        said.append(window.read_text("utf-8").count("Rope \u2014 ten shots"))
        assert {path: path.read_bytes() for path in Path("archive").rglob("*.json")} == held

    assert said == [0, 1, 0]


def test_inspect_of_a_folder_goes_on_after_a_damaged_member(run: Callable[..., Outcome], feed: Path) -> None:
    folder = Path("exports")
    folder.mkdir()
    feed.rename(folder / "a.json")
    (folder / "b.json").write_text('{"version": "https://jsonfeed.org/version/1.1", "items": [', "utf-8")
    (folder / "c.bin").write_bytes(b"\x00\x01")
    (folder / "d.jpg").write_bytes(b"\xff\xd8\xff")

    outcome = run("inspect", folder, "--json")
    (report,) = outcome.json["reports"]

    assert outcome.code == FormatError.exit_code
    assert [found["source"] for found in report["documents"]] == ["exports/a.json"]
    assert len(report["errors"]) == 1
    assert "b.json" in report["errors"][0]
    assert report["unread"] == ["exports/c.bin"]
    assert report["media_files"] == 1


# -- list, show, stats, verify, export


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


# -- streams and terminals


def test_hostile_text_does_not_reach_the_terminal(run: Callable[..., Outcome]) -> None:
    item = {**FEED["items"][0], "title": HOSTILE, "content_html": f"<p>{HOSTILE}</p>", "tags": [HOSTILE]}
    data = json.dumps({**FEED, "title": HOSTILE, "items": [item]}).encode()
    outcomes = [
        run("inspect", "-", stdin=data),
        run("import", "-", "--site", "films", stdin=data),
        run("list"),
        run("show", "https://films.example/rope"),
        run("stats"),
        run("list", "--json"),
        run("show", "https://films.example/rope", "--json"),
    ]

    assert [outcome.code for outcome in outcomes] == [0] * len(outcomes)
    for outcome in outcomes:
        assert STEERING.findall(outcome.out + outcome.err) == []
    assert "Red" in outcomes[2].out
    assert outcomes[2].out.endswith("  Red up gnol end\n")


def test_a_hostile_file_name_does_not_reach_the_terminal(run: Callable[..., Outcome]) -> None:
    outcome = run("import", "no\x1b[2Jsuch")

    assert outcome.code == 2
    assert STEERING.findall(outcome.err) == []


@given(st.text())
def test_cleaned_text_cannot_steer_a_terminal(text: str) -> None:
    cleaned = console.clean(text)

    assert STEERING.findall(cleaned) == []
    assert console.clean(cleaned) == cleaned


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert console.clean(text) == text


def test_results_and_notes_take_different_ways(run: Callable[..., Outcome], archive: Path) -> None:
    no_id = {**FEED, "items": [*FEED["items"], {"content_text": ""}, 7]}
    outcome = run("import", "-", "--archive", archive, "--site", "films", "--json", stdin=json.dumps(no_id).encode())

    assert outcome.err == ""
    assert outcome.json["notes"]["counts"]
    plain = run("import", "-", "--archive", archive, "--site", "films", stdin=json.dumps(no_id).encode())
    assert "skipped" in plain.err


def test_piped_output_has_no_colours_and_no_cut_lines(archive: Path) -> None:
    done = program("list", "--archive", str(archive), env={**os.environ, "COLUMNS": "20"})

    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert "https" not in done.stderr
    assert "Gravity" in done.stdout
    assert "…" not in done.stdout


def test_an_encoding_that_lacks_a_character_is_no_reason_to_stop(archive: Path) -> None:
    done = program("stats", "--archive", str(archive), env={**os.environ, "PYTHONIOENCODING": "ascii"})

    assert done.returncode == 0
    assert "Film diary" in done.stdout
    assert "\\u2587" in done.stdout


# -- words


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014", dt.datetime(2014, 1, 1, tzinfo=dt.UTC)),
        ("2014-3", dt.datetime(2014, 3, 1, tzinfo=dt.UTC)),
        ("2014-03-21", dt.datetime(2014, 3, 21, tzinfo=dt.UTC)),
        ("2014-03-21T18:30", dt.datetime(2014, 3, 21, 18, 30, tzinfo=dt.UTC)),
        (
            "2014-03-21T18:30:00+02:00",
            dt.datetime(2014, 3, 21, 18, 30, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        ),
    ],
)
def test_a_date_is_the_moment_it_begins(text: str, moment: dt.datetime) -> None:
    assert options.moment("--since", text) == moment


@pytest.mark.parametrize("text", ["", "14", "2014-13", "2014-02-30", "March", "0000"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--until"):
        options.moment("--until", text)


def test_private_matter_may_be_named_with_commas() -> None:
    asked = {
        "tags": None,
        "categories": None,
        "authors": None,
        "kinds": None,
        "since": None,
        "until": None,
        "reviews": False,
        "min_rating": None,
        "limit": None,
    }
    chosen = options.selection(**asked, include=["draft,email", "ip"])  # type: ignore[arg-type]

    assert chosen.include == {"draft", "email", "ip"}


@pytest.mark.parametrize(("text", "hours"), [("+02:00", 2), ("-0530", -5.5), ("UTC", 0)])
def test_a_zone_is_a_name_or_an_offset(text: str, hours: float) -> None:
    zone = options.zone(text)

    assert zone is not None
    assert zone.utcoffset(dt.datetime(2014, 1, 1, tzinfo=dt.UTC)) == dt.timedelta(hours=hours)


# -- completion


class Context(NamedTuple):
    params: dict[str, Any]


def test_the_shell_is_offered_what_there_is(archive: Path) -> None:
    here: Any = Context({"archive": archive})

    assert completion.readable("js") == ["jsonfeed"]
    assert completion.writable("at") == ["atom"]
    assert completion.private("draft,em") == ["draft,email"]
    assert completion.sites(here, "fi") == ["films"]
    assert completion.tags(here, "one") == ["one room"]
    assert completion.authors(here, "a") == ["anna marsh"]
    assert completion.kinds(here, "") == ["post"]
    assert completion.posts(here, "ro") == ["rope"]


def test_the_shell_is_not_offered_what_it_might_run(run: Callable[..., Outcome]) -> None:
    tags = ["plain", "$(reboot)", "a;reboot", "`reboot`", "a\nb", "-rf", "a\x1b[2Jb", "it's", "été 2014"]
    item = {**FEED["items"][0], "tags": tags}
    run("import", "-", stdin=json.dumps({**FEED, "items": [item]}).encode())

    here: Any = Context({"archive": Path("archive")})
    assert completion.tags(here, "") == ["plain", "été 2014"]


def test_the_shell_is_offered_nothing_where_there_is_no_archive(tmp_path: Path) -> None:
    nowhere: Any = Context({"archive": tmp_path / "nowhere"})

    assert completion.sites(nowhere, "") == []
    assert completion.posts(nowhere, "") == []


THREAD = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Film diary</title><link>https://films.example/</link>
<item><title>Rope</title><link>https://films.example/rope</link><guid>https://films.example/?p=1</guid>
<pubDate>Sun, 02 Mar 2014 20:00:00 +0100</pubDate><description>One room.</description></item>
</channel></rss>
"""


def _entry(number: int, name: str, answers: str) -> str:
    return f"""<entry><id>https://films.example/rope#comment-{number}</id><title>By: {name}</title>
<link rel="alternate" href="https://films.example/rope#comment-{number}"/><author><name>{name}</name></author>
<updated>2014-03-0{number + 2}T10:00:00Z</updated><published>2014-03-0{number + 2}T10:00:00Z</published>
<thr:in-reply-to ref="{answers}" href="https://films.example/rope"/>
<content type="html">&lt;p&gt;Comment {number}&lt;/p&gt;</content></entry>"""


COMMENTS = f"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0">
<id>https://films.example/rope/feed</id><title>Comments on: Rope</title><updated>2014-03-05T10:00:00Z</updated>
<link rel="alternate" href="https://films.example/rope"/>
{_entry(1, "Mo", "https://films.example/?p=1")}
{_entry(2, "Nan", "https://films.example/rope#comment-1")}
{_entry(3, "Ole", "https://films.example/?p=1")}
</feed>
"""
