"""A real WordPress of Debian's with its database, on loopback and of one test alone; a skip where it is not installed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DEBIAN = Path("/usr/share/wordpress")
OURS = Path(__file__).parent / "real" / "wordpress"
PATIENCE = 120  # seconds for the database or the web server to come up


class WordPress:
    """A WordPress with its database, both of this test alone."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = folder
        self.site = folder / "site"
        self.socket = folder / "s"
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.home = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "FEEDKEEP_WP_SOCKET": str(self.socket),
            "FEEDKEEP_WP_HOME": self.home,
            "FEEDKEEP_WP_DATABASE": "wordpress",
            "PHP_CLI_SERVER_WORKERS": "4",
        }
        self._database(stack)
        shutil.copytree(DEBIAN, self.site, ignore_dangling_symlinks=True)
        shutil.copy(OURS / "wp-config.php", self.site)
        (self.site / "wp-content" / "mu-plugins").mkdir(parents=True)
        (self.site / "wp-content" / "uploads").mkdir(parents=True)
        self.truth: dict[str, Any] = json.loads(self.php("content.php"))
        self._server(stack)

    def php(self, script: str, *arguments: str, database: str = "wordpress") -> bytes:
        """Run one of our scripts within WordPress."""
        command = ["php", "-d", "error_reporting=0", str(OURS / script), str(self.site), *arguments]
        environment = {**self.environment, "FEEDKEEP_WP_DATABASE": database}
        run = subprocess.run(command, env=environment, capture_output=True, timeout=900, check=False)
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
        return run.stdout

    def plug_in(self, name: str, *, on: bool) -> None:
        """Switch one of our plug-ins on or off."""
        target = self.site / "wp-content" / "mu-plugins" / name
        if on:
            shutil.copy(OURS / name, target)
        else:
            target.unlink(missing_ok=True)

    def _database(self, stack: ExitStack) -> None:
        user = ["--user=root"] if os.geteuid() == 0 else []
        data = self.folder / "db"
        log = stack.enter_context((self.folder / "db.log").open("wb"))
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *user]
        install.append("--auth-root-authentication-method=normal")
        subprocess.run(install, stdout=log, stderr=log, timeout=300, check=True)
        serve = [
            "mariadbd",
            "--no-defaults",
            f"--datadir={data}",
            f"--socket={self.socket}",
            "--skip-networking",
            *user,
        ]
        serve += [f"--pid-file={self.folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0"]
        _run(serve, stack, log)
        client = ["mariadb", "--no-defaults", "-u", "root", "-S", str(self.socket), "-e"]
        _wait(lambda: subprocess.run([*client, "select 1"], capture_output=True, check=False).returncode == 0)
        subprocess.run([*client, "create database wordpress; create database moved"], check=True, timeout=60)

    def _server(self, stack: ExitStack) -> None:
        log = stack.enter_context((self.folder / "php.log").open("wb"))
        serve = ["php", "-d", "error_reporting=0", "-S", f"127.0.0.1:{self.port}", "-t", str(self.site)]
        _run([*serve, str(OURS / "router.php")], stack, log, self.environment)
        _wait(lambda: _answers(self.port))


def _run(command: list[str], stack: ExitStack, log: Any, environment: dict[str, str] | None = None) -> None:
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)  # with the workers that PHP's server began
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _wait(is_up: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_up():
        assert time.monotonic() < deadline, "it does not come up"
        time.sleep(0.3)


def _answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", "/feed/")
            return connection.getresponse().status == 200
        except OSError:
            return False


@contextmanager
def running() -> Iterator[WordPress]:
    """Run a WordPress that content.php has filled."""
    if not (DEBIAN / "wp-load.php").exists():
        pytest.skip("wordpress is not here; tests/real/setup.sh installs it")
    for program in ("php", "mariadbd", "mariadb-install-db", "mariadb"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not here; tests/real/setup.sh installs it")
    # the path of a socket has at most 107 characters: not pytest's folder
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fk-wp-", ignore_cleanup_errors=True)))
        yield WordPress(folder, stack)
