"""What the shell is offered to complete a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from command_line import FEED, Outcome
from feedkeep.cli import completion

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("here")


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
