"""What every test gets: no sockets but loopback, a fixed clock, the same examples every time, and ``--accept``."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# fixtures of more files than one
pytest_plugins = ["command_line", "loopback", "walks", "wordpress_double"]

CORPUS = Path(os.environ.get("FEEDKEEP_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")

# A run says the same of the same code, everywhere; ``make fuzz`` looks for what no run has found yet.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("search", derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="rewrite the expected files of data cases; then read the diff"
    )


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture
def corpus() -> Path:
    """The folder of real documents, or a skip that says it is missing."""
    if not CORPUS.is_dir():
        pytest.skip(f"no corpus at {CORPUS}: set FEEDKEEP_CORPUS")
    return CORPUS


@pytest.fixture(autouse=True)
def _fixed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in {"127.0.0.1", "::1", "localhost", "local"}:
            raise AssertionError(f"a test tried to reach {address!r}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
