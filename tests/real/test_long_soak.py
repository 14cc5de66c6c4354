"""The soak of tests/test_soak.py, of five hundred feeds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from test_soak import killed_and_run_again, soak

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


def test_every_entry_that_five_hundred_feeds_served_whole_is_held_and_none_twice(tmp_path: Path) -> None:
    soak(tmp_path, feeds=500, rounds=8)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_syncs_of_five_hundred_feeds_killed_at_any_instant_lose_and_repeat_nothing(tmp_path: Path) -> None:
    killed_and_run_again(tmp_path, feeds=500, rounds=2, kills=4)
