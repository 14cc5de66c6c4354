"""Sources that mean harm or are broken: one clear line, exit code 3, and nothing half-written.

A case is a folder of ``data/hostile/refused`` or ``data/hostile/salvaged`` with ``input.*`` and ``expected.txt``: the
exit code, then what the program says. What is too large or too binary to lie in a folder, ``hostile.py`` makes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import pytest

import hostile
from feedkeep.archive import Archive
from feedkeep.errors import FormatError
from feedkeep.library import import_into
from feedkeep.workflows.verify import verify
from golden import case_id
from test_archive import tree

DATA = Path(__file__).parent / "data" / "hostile"
REFUSED = sorted((DATA / "refused").iterdir())
SALVAGED = sorted((DATA / "salvaged").iterdir())
UNREADABLE = 3
PATIENCE = 40  # seconds; not a measure, but the end of waiting for what would never end
_MEMORY = 1 << 30  # bytes that the program may ask for, whatever the source holds
# The program, with its memory limited where the system can do that.
_PROGRAM = f"""
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY}, {_MEMORY}))
except (ImportError, ValueError, OSError):
    pass
from feedkeep.cli import main
main()
"""


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


def imported(archive: Path, *sources: str | Path, cwd: Path | None = None, stdin: bytes | None = None) -> Outcome:
    command = [sys.executable, "-c", _PROGRAM, "import", *map(str, sources), "--archive", str(archive)]
    done = subprocess.run(command, input=stdin or b"", capture_output=True, check=False, timeout=PATIENCE, cwd=cwd)
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive that holds something to lose."""
    path = tmp_path / "held"
    import_into(path, hostile.FEED)
    assert len(tree(path)) > 2
    return path


def refused(outcome: Outcome, source: str) -> None:
    """One line that names the source; no result, no traceback."""
    assert outcome.code == UNREADABLE, outcome.err
    assert outcome.out == ""
    assert len(outcome.err.splitlines()) == 1, outcome.err
    assert outcome.err.startswith(f"feedkeep: {source}")


def expects(case: Path, outcome: Outcome, *, accept: bool) -> None:
    expected = case / "expected.txt"
    actual = f"exit {outcome.code}\n{outcome.out}{outcome.err}"
    if accept:
        expected.write_text(actual, "utf-8")
    assert actual == expected.read_text("utf-8")


@pytest.mark.parametrize("case", REFUSED, ids=case_id)
def test_refuses_the_case_in_one_line(case: Path, tmp_path: Path, archive: Path, *, accept: bool) -> None:
    (source,) = case.glob("input.*")

    outcome = imported(tmp_path / "fresh", source.name, cwd=case)

    refused(outcome, source.name)
    expects(case, outcome, accept=accept)
    assert not (tmp_path / "fresh").exists()
    leaves_as_it_was(archive, source)


@pytest.mark.parametrize("case", SALVAGED, ids=case_id)
def test_saves_what_can_be_saved_and_says_so(case: Path, tmp_path: Path, *, accept: bool) -> None:
    (source,) = case.glob("input.*")

    outcome = imported(tmp_path / "fresh", source.name, cwd=case)

    assert outcome.code == 0, outcome.err
    expects(case, outcome, accept=accept)
    assert verify(tmp_path / "fresh").findings == ()
    (site,) = Archive.open(tmp_path / "fresh").sites()
    held = Archive.open(tmp_path / "fresh").site(site)
    assert list(held.summaries())
    held.close()


def leaves_as_it_was(archive: Path, source: Path) -> None:
    before = tree(archive)
    with pytest.raises(FormatError) as refusal:
        import_into(archive, source)
    assert "\n" not in str(refusal.value)
    assert tree(archive) == before
    assert not [path for path in archive.rglob(".staging/*") if path.is_file()]


@pytest.mark.parametrize("what", hostile.REFUSED)
def test_refuses_in_one_line(what: str, tmp_path: Path, archive: Path) -> None:
    name, make, says = hostile.REFUSED[what]
    source = tmp_path / name
    source.write_bytes(make())
    beside = sorted(tmp_path.iterdir())

    outcome = imported(tmp_path / "fresh", source)

    refused(outcome, "a.")
    assert says in outcome.err
    assert sorted(tmp_path.iterdir()) == beside
    leaves_as_it_was(archive, source)


def test_refuses_from_standard_input_too(tmp_path: Path) -> None:
    name, make, says = hostile.REFUSED["a gzip bomb"]
    del name

    outcome = imported(tmp_path / "fresh", "-", stdin=make())

    refused(outcome, "-")
    assert says in outcome.err
    assert not (tmp_path / "fresh").exists()


def test_one_bad_source_among_good_ones_keeps_all_of_them_out(tmp_path: Path, archive: Path) -> None:
    before = tree(archive)
    sources = hostile.folder(
        tmp_path / "in",
        [
            ("1.xml", hostile.FEED.replace(b"rope", b"gravity")),
            ("2.xml", hostile.FEED.replace(b"One room.", b"<b>" * 300 + b"</b>" * 300)),
            ("3.xml", hostile.FEED.replace(b"rope", b"sunrise")),
        ],
    )

    outcome = imported(archive, *sorted(sources.iterdir()))

    refused(outcome, "2.xml")
    assert tree(archive) == before


@pytest.mark.parametrize("members", [[], [("film.doc", b"\xd0\xcf\x11\xe0"), ("poster.png", b"\x89PNG")]])
def test_refuses_a_folder_that_holds_nothing_to_read(members: list[tuple[str, bytes]], tmp_path: Path) -> None:
    folder = hostile.folder(tmp_path / "in", members)

    outcome = imported(tmp_path / "fresh", folder)

    refused(outcome, "in")
    assert not (tmp_path / "fresh").exists()


def test_follows_no_link_out_of_a_folder(tmp_path: Path) -> None:
    secret = hostile.folder(tmp_path / "secret", [("feed.xml", hostile.FEED.replace(b"One room.", b"SECRET"))])
    folder = hostile.folder(tmp_path / "in", [("feed.xml", hostile.FEED)])
    for name, target in (("file.xml", secret / "feed.xml"), ("folder", secret), ("loop", folder), ("gone", "nowhere")):
        (folder / name).symlink_to(target)

    outcome = imported(tmp_path / "fresh", folder, "--no-keep-source")

    assert outcome.code == 0, outcome.err
    held = b"".join(tree(tmp_path / "fresh").values())
    assert b"One room." in held
    assert b"SECRET" not in held


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="no such devices")
@pytest.mark.parametrize("device", ["/dev/null", "/dev/zero"])
def test_refuses_a_device(device: str, tmp_path: Path) -> None:
    outcome = imported(tmp_path / "fresh", device)

    assert outcome.code in {2, UNREADABLE}
    assert len(outcome.err.splitlines()) == 1
    assert not (tmp_path / "fresh").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_reads_a_pipe_which_can_be_read_but_once(tmp_path: Path) -> None:
    pipe = tmp_path / "feed.xml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pour, args=(pipe, hostile.FEED), daemon=True)
    writer.start()

    outcome = imported(tmp_path / "fresh", pipe)

    assert outcome.code == 0, outcome.err
    assert "1 added" in outcome.out


def pour(pipe: Path, data: bytes) -> None:
    try:
        pipe.write_bytes(data)
    except BrokenPipeError:
        return  # the reader went before the end: its outcome tells


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file whose reading fails")
def test_refuses_a_file_whose_reading_fails(tmp_path: Path) -> None:
    outcome = imported(tmp_path / "fresh", "/proc/self/mem")

    assert outcome.code in {2, UNREADABLE}
    assert len(outcome.err.splitlines()) == 1
    assert "mem" in outcome.err
    assert not (tmp_path / "fresh").exists()


def test_what_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    outcome = imported(tmp_path / "fresh", tmp_path / "nowhere.xml")

    assert outcome.code == 2
    assert len(outcome.err.splitlines()) == 1
    assert not (tmp_path / "fresh").exists()


def test_an_element_of_a_hundred_thousand_attributes_takes_no_age(tmp_path: Path) -> None:
    source = tmp_path / "a.xml"
    source.write_bytes(hostile.of_many_attributes())

    outcome = imported(tmp_path / "fresh", source)

    assert outcome.code in {0, UNREADABLE}
