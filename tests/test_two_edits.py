"""A format is two edits, its file and its name: without them the program is whole, with them it reads the format."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import feedkeep
from golden import DATA

HERE = Path(feedkeep.__file__).parent


def inspected(packages: Path, path: Path) -> Any:
    """What the copy of the program in ``packages`` says of a file: its report, or its last words."""
    environment = {**os.environ, "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "feedkeep", "inspect", str(path), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=packages, timeout=120)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return json.loads(done.stdout)["reports"][0] if done.returncode == 0 else done.stderr.decode()


@pytest.mark.parametrize("name", ["remark42", "blogml"])
def test_a_format_is_its_file_and_its_name(name: str, tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    shutil.copytree(HERE, packages / "feedkeep", ignore=shutil.ignore_patterns("__pycache__"))
    file, names = packages / "feedkeep/importers" / f"{name}.py", packages / "feedkeep/formats.py"
    (case,) = (DATA / "importers" / name / "minimal").glob("input.*")
    (other,) = (DATA / "importers/rss/minimal").glob("input.*")
    held, listed = file.read_text("utf-8"), names.read_text("utf-8")

    file.unlink()
    names.write_text(listed.replace(f'    "{name}",\n', "", 1), "utf-8")
    assert "no format that feedkeep reads" in inspected(packages, case)
    assert inspected(packages, other)["documents"][0]["format"] == "rss"

    file.write_text(held, "utf-8")
    names.write_text(listed, "utf-8")
    assert inspected(packages, case)["documents"][0]["format"] == name
