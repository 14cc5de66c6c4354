"""Imports that wait for the disk together, visits that are remembered one by one, and questions that are asked side by side."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from feedkeep.archive import Archive, Origin, commit
from feedkeep.archive.journal import Journal
from feedkeep.errors import ArchiveError, FeedkeepError, FetchError, FormatError
from feedkeep.fetch.state import FeedState
from feedkeep.models import Post
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.source import Source
from feedkeep.workflows import asking, browse
from feedkeep.workflows.import_ import Batch
from feedkeep.workflows.verify import verify
from feedkeep.workflows.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from feedkeep.workflows.open_import import ImportReport


def feed(name: str, *numbers: int) -> Source:
    items = "".join(f"<item><title>{name} {n}</title><guid>http://{name}.example/{n}</guid></item>" for n in numbers)
    head = f"<title>{name}</title><link>http://{name}.example/</link>"
    return Source.from_bytes(f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode(), f"{name}.xml")


def titles(path: Path) -> list[str]:
    return sorted(str(entry.post.title) for entry in browse.posts(path, Selection()))


class Told:
    """What became of the imports of a batch, by name."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.found: dict[str, list[ImportReport] | FeedkeepError] = {}

    def add(self, name: str, source: Source) -> None:
        self.batch.add(source, Notes(), lambda *_: None, lambda found: self.found.__setitem__(name, found))

    def added(self) -> dict[str, int]:
        return {name: found[0].counts["post"].added for name, found in self.found.items() if isinstance(found, list)}


def test_nothing_is_told_before_all_of_it_lasts_and_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    told = Told(Batch(Archive.open(tmp_path, create=True)))
    told.add("ants", feed("ants", 1, 2))
    told.add("broken", Source.from_bytes(b"no feed at all", "broken"))
    told.add("bees", feed("bees", 1))
    assert list(told.found) == ["broken"]
    assert isinstance(told.found["broken"], FormatError)
    told.batch.commit()
    assert told.added() == {"ants": 2, "bees": 1}
    assert titles(tmp_path) == ["ants 1", "ants 2", "bees 1"]
    assert verify(tmp_path).findings == ()


def test_two_feeds_of_one_site_come_one_after_the_other(tmp_path: Path) -> None:
    told = Told(Batch(Archive.open(tmp_path, create=True)))
    told.add("first", feed("ants", 1))
    told.add("second", feed("ants", 1, 2))
    assert told.added() == {"first": 1}
    told.batch.commit()
    assert told.added() == {"first": 1, "second": 1}
    assert titles(tmp_path) == ["ants 1", "ants 2"]


def test_what_is_given_up_leaves_no_trace(tmp_path: Path) -> None:
    told = Told(Batch(Archive.open(tmp_path / "archive", create=True)))
    told.add("kept", feed("ants", 1))
    told.batch.commit()
    told.add("given up", feed("ants", 2))
    told.add("given up, too", feed("bees", 1))
    told.batch.discard()
    assert list(told.found) == ["kept"]
    assert titles(tmp_path / "archive") == ["ants 1"]
    assert not (tmp_path / "archive" / "bees.example").exists()
    assert verify(tmp_path / "archive").findings == ()


def test_a_commit_that_is_promised_and_not_carried_out_is_carried_out_at_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = Archive.open(tmp_path, create=True)
    writings = [archive.write(name, Origin(format="rss", kind="feed"), Notes()) for name in ("ants", "bees")]
    for number, writing in enumerate(writings):
        writing.put(Post(id=f"post {number}", title=f"post {number}"))
        writing.prepare()
    carry_out = Journal.carry_out

    def fails(self: Journal, *, alone: bool) -> None:
        if self is writings[0].journal:
            raise OSError(5, "Input/output error")
        carry_out(self, alone=alone)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "carry_out", fails)
        first, second = commit(writings)
    assert isinstance(first, ArchiveError)
    assert "not in its place yet" in str(first)
    assert second is None
    with archive.write("ants", Origin(format="rss", kind="feed"), Notes()):
        pass
    assert titles(tmp_path) == ["post 0", "post 1"]
    assert verify(tmp_path).findings == ()


def test_each_visit_is_remembered_without_waiting_for_the_end(tmp_path: Path) -> None:
    visits = Visits(tmp_path)
    visits.of("http://a.example/").site = "a"
    visits.remember("http://a.example/")
    visits.of("http://b.example/").site = "b"  # not remembered
    found = Visits(tmp_path)
    assert (found.of("http://a.example/").site, found.of("http://b.example/").site) == ("a", None)
    visits.close()
    assert not (tmp_path / ".visits.log").exists()
    assert Visits(tmp_path).of("http://b.example/").site == "b"


def test_a_line_that_a_kill_cut_short_spoils_no_other(tmp_path: Path) -> None:
    visits = Visits(tmp_path)
    visits.of("http://a.example/").site = "a"
    visits.remember("http://a.example/")
    with (tmp_path / ".visits.log").open("ab") as file:
        file.write(b'["http://b.example/",{"state":{"ur')
    visits.of("http://c.example/").site = "c"
    visits.remember("http://c.example/")
    found = Visits(tmp_path)
    assert [found.of(f"http://{name}.example/").site for name in "abc"] == ["a", None, "c"]


class Asked:
    """Stands for a client: ``answer`` says what becomes of a question."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self.answer = answer
        self.at_once: dict[str, int] = {}
        self.most = 0
        self.count = 0
        self._lock = threading.Lock()

    def fetch(self, url: str, _: object) -> Any:
        host = url.split("/")[2]
        with self._lock:
            self.count += 1
            self.at_once[host] = self.at_once.get(host, 0) + 1
            self.most = max(self.most, self.at_once[host])
        try:
            return self.answer(url)
        finally:
            with self._lock:
                self.at_once[host] -= 1


def states(feeds: int, hosts: int) -> list[FeedState]:
    return [FeedState(url=f"http://h{number % hosts}.example/{number}") for number in range(feeds)]


def test_every_feed_is_answered_once_and_a_host_has_one_question_at_a_time() -> None:
    def answer(url: str) -> str:
        if url.endswith("7"):
            raise FetchError(url)
        return url

    client: Any = Asked(answer)
    asked = states(100, 9)
    found = dict(pair for pair in asking.ask(client, asked) if pair is not None)
    assert sorted(found) == list(range(100))
    assert all(str(answer) == asked[number].url for number, answer in found.items())
    assert sum(isinstance(answer, FetchError) for answer in found.values()) == 10
    assert client.most == 1


def test_a_defect_is_raised_where_the_answers_are_taken_and_nobody_is_left_asking() -> None:
    def answer(url: str) -> str:
        if url.endswith("50"):
            raise ZeroDivisionError
        return url

    client: Any = Asked(answer)
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        list(asking.ask(client, states(100, 100)))
    assert threading.active_count() == before


def test_who_stops_taking_answers_stops_the_asking() -> None:
    client: Any = Asked(lambda url: url)
    answers = asking.ask(client, states(1000, 500))
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert client.count < 100


def test_where_nothing_comes_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_QUIET", 0.01)
    go = threading.Event()

    def answer(url: str) -> str:
        go.wait(10)
        return url

    client: Any = Asked(answer)
    answers = asking.ask(client, states(1, 1))
    assert next(answers) is None
    go.set()
    ((number, answered),) = (pair for pair in answers if pair is not None)
    assert (number, str(answered)) == (0, "http://h0.example/0")
