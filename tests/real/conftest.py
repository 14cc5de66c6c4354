"""Tests that run programs of others. ``make test-real`` installs those and names their folder; without it, none is collected."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

collect_ignore_glob = [] if os.environ.get("FEEDKEEP_REAL") else ["test_*.py"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real: runs a program that somebody else wrote")
