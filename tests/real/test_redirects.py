"""nginx serves the redirects that we write: every old address lands in one hop, and nothing leads in a circle."""

from __future__ import annotations

import csv
import http.client
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from feedkeep.library import export_from

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLE = Path(__file__).parents[2] / "archive"
CONFIG = """\
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
master_process off;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    include {folder}/out/nginx-maps.conf;
    server {{
        listen 127.0.0.1:{port};
        include {folder}/out/nginx-server.conf;
        location / {{ return 200 "here"; }}
    }}
}}
"""


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
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        pytest.skip("nginx is not installed: see tests/real/setup.sh")
    export_from(SAMPLE, "redirects", tmp_path / "out")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    config = tmp_path / "nginx.conf"
    config.write_text(CONFIG.format(folder=tmp_path, port=port), "utf-8")
    server = subprocess.Popen([program, "-c", str(config), "-p", str(tmp_path)], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            if server.poll() is not None:
                assert server.stderr is not None
                pytest.fail(f"nginx refuses it: {server.stderr.read().decode()}")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(10)
        assert server.stderr is not None
        server.stderr.close()


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
