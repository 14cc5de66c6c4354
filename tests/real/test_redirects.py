"""nginx serves the redirects that we write: every old address lands in one hop, and nothing leads in a circle."""

from __future__ import annotations

import csv
import http.client
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from feedkeep.library import export_from
from nginx import served

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = Path(__file__).parents[2] / "archive"


def answer(port: int, target: str) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", target)
        response = connection.getresponse()
        response.read()
        return response.status, response.headers.get("Location")
    finally:
        connection.close()


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[int]:
    out = tmp_path / "out"
    export_from(SAMPLE, "redirects", out)
    here = f"include {out}/nginx-server.conf; location / {{ return 200 'here'; }}"
    with served(tmp_path, here, f"include {out}/nginx-maps.conf;") as port:
        yield port


def test_every_old_address_lands_in_one_hop(nginx: int, tmp_path: Path) -> None:
    with (tmp_path / "out" / "redirects.csv").open(encoding="utf-8", newline="") as table:
        moves = [(row["old"], row["new"]) for row in csv.DictReader(table)]
    assert len(moves) > 40
    for old, new in moves:
        assert answer(nginx, old) == (301, new)
        there = urlsplit(new)
        assert answer(nginx, quote(there.path, safe="/%")) == (200, None), f"{new} leads on"
    extra = "&utm_source=letter"
    assert answer(nginx, f"/?p=11{extra}")[0] == 301
    assert answer(nginx, "/?p=999999") == (200, None)
    assert answer(nginx, "/nothing/of/ours/") == (200, None)
