"""The program as its user runs it: in this process or as one of its own, and a feed of two posts to run it on."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from feedkeep import cli

if TYPE_CHECKING:
    from collections.abc import Callable

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


class Outcome(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in the folder of the test, without an archive that the environment names."""
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
