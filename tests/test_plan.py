"""What ``plan`` says before anything is written is what ``export`` loses, and ``--strict`` stops at what is missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archived_blog import WXR, comment, post, put
from feedkeep import formats, library
from feedkeep.errors import LossError
from feedkeep.fidelity import INCIDENTAL
from feedkeep.models import Content, Person, Post
from feedkeep.workflows.export import plan
from maximal import MAXIMAL, every_field

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", formats.EXPORTERS)
def test_a_plan_counts_what_the_export_loses(tmp_path: Path, name: str) -> None:
    put(tmp_path / "a", WXR, *MAXIMAL)
    (planned,) = plan(tmp_path / "a", name)
    (done,) = library.export_from(tmp_path / "a", name, tmp_path / "out")
    assert not (tmp_path / "a" / "export").exists()
    for key, loss in done.losses.items():  # an export writes less: media only where the format holds them
        assert planned.losses[key].reason == loss.reason
        assert planned.losses[key].count >= loss.count
    assert planned.held_back == done.held_back
    losses = formats.exporter(name).losses
    assert bool(planned.losses) is bool(losses.dropped or losses.altered)


def test_strict_lets_pass_what_no_reader_misses_and_nothing_else(tmp_path: Path) -> None:
    plain = Post(id="p1", title="One", content=Content(value="<p>x</p>"), aliases=("other",), comment_count=3)
    put(tmp_path / "a", WXR, plain)
    library.export_from(tmp_path / "a", "rss", tmp_path / "out", strict=True)
    put(tmp_path / "a", WXR, Post(id="p2", authors=(Person(name="A", avatar="https://x.example/a.png"),)))
    with pytest.raises(LossError, match=r"1 × Person\.avatar"):
        library.export_from(tmp_path / "a", "rss", tmp_path / "out", strict=True)


def test_a_plan_tells_each_site_and_what_is_selected(tmp_path: Path) -> None:
    put(tmp_path / "a", WXR, post(1, kind="page", order=4), post(2, sticky=True), comment(1, of=2))
    (report,) = plan(tmp_path / "a", "rss")
    assert (report.posts, report.comments) == (1, 1)
    assert report.losses["Post.sticky"].count == 1
    assert report.losses["Post.sticky"].dropped
    assert "Post.order" not in report.losses


def test_what_is_called_incidental_is_a_field() -> None:
    assert every_field() >= INCIDENTAL
