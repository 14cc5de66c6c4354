"""Posts that are no longer there. Absence proves nothing: only a 410 at a post's own address marks it as deleted.

An address is asked where its post vanished from a feed that still covers its date, and in turn, some at each run, where
the whole history is gone for. What a feed showed last stands in ``.windows/`` beside the sites, a cache.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from feedkeep.archive import Origin
from feedkeep.errors import FetchError
from feedkeep.models import Tombstone
from feedkeep.notes import Notes
from feedkeep.selection import Selection
from feedkeep.workflows.news import News, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from feedkeep.archive import Archive
    from feedkeep.fetch.answers import Answer
    from feedkeep.fetch.client import Client
    from feedkeep.models import Site
    from feedkeep.workflows.follow import Synced

_PUBLIC = Selection()
_FOLDER = ".windows"
_AT_ONCE = 8
_MOST_VANISHED = 20  # of one feed; one that renames all its entries at once has deleted none
_IN_TURN = 50  # posts of one blog whose addresses are asked in a run that goes for the history
_AGAIN, _TIMES = dt.timedelta(days=7), 5  # an address that still answers is asked again, each time after twice as long
_PAGES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
_VISITED = frozenset({"new", "unchanged"})  # a feed that is not due costs no question
_NO_HEAD = frozenset({405, 410, 501})  # answers to HEAD that GET has to confirm


class Vanished(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post that a feed shows no longer, though it shows older ones."""

    id: str
    url: str
    due: dt.datetime
    times: int = 0  # its address was asked, and answered


class Window(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a feed showed last."""

    seen: tuple[Seen, ...] = ()
    vanished: tuple[Vanished, ...] = ()
    turn: str | None = None  # id of the post whose address was asked last, in turn


def compare(archive: Archive, feed: str, seen: Mapping[str, Seen], now: dt.datetime) -> None:
    """Note which posts vanished since the last reading of a feed, which is whole and has been imported."""
    file = _WindowFile(archive.path, feed)
    before = file.window
    missing = [one for one in before.seen if one.id not in seen and one.url is not None]
    oldest = min((one.date for one in seen.values() if one.date is not None), default=None)
    is_shorter = len(seen) < len(before.seen)  # then it had room for what it does not show
    known = {one.id for one in before.vanished}
    vanished = [one for one in before.vanished if one.id not in seen]
    for one in missing:
        covered = is_shorter or (oldest is not None and one.date is not None and one.date > oldest)
        if covered and one.id not in known and one.url is not None and len(vanished) < _MOST_VANISHED:
            vanished.append(Vanished(id=one.id, url=one.url, due=now))
    after = Window(seen=tuple(seen.values()), vanished=tuple(vanished), turn=before.turn)
    if after != before:
        file.write(after)


def look(
    archive: Archive,
    client: Client,
    feeds: Sequence[Site],
    results: Sequence[Synced],
    now: dt.datetime,
    *,
    full: bool,
    allowed: Sequence[bool],
    progress: Callable[[str, int, int | None], None] | None,
) -> None:
    """Ask the addresses of posts that vanished, with ``full`` of others in turn, and mark those that are gone for good."""
    works = [
        _Look(archive, client, site, result, now, full=full)
        for site, result, may in zip(feeds, results, allowed, strict=True)
        if may and result.site is not None and (result.outcome in _VISITED or (full and result.outcome != "failed"))
    ]
    works = [work for work in works if work.questions]
    total, done = sum(len(work.questions) for work in works), 0
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        asked = [pool.submit(work.ask) for work in works]
        for work, future in zip(works, asked, strict=True):
            future.result()
            work.settle()
            done += len(work.questions)
            if progress is not None:
                progress("addresses of posts", done, total)


def bury(archive: Archive, name: str, answer: Answer) -> News | None:
    """Mark the post as deleted whose address answered that it is gone for good; None where no such post is held."""
    if name not in archive.sites():
        return None
    with closing(archive.site(name)) as site:
        post = site.id_of_address(answer.asked, answer.asked)
        if post is None:
            return None
        path = site.path_of_id(post)
        summary = site.summary(path) if path is not None else None
    if summary is None or summary.deleted:
        return None
    origin = Origin(format="page", kind="page", url=answer.asked, as_of=answer.received)
    with archive.write(name, origin, Notes()) as writing:
        writing.put(Tombstone(id=post, when=answer.received))
    return News(what="deleted", kind=summary.kind, id=post, title=summary.title, url=summary.url)


def named(archive: Archive, name: str | None, news: tuple[News, ...]) -> tuple[News, ...]:
    """Give the news with titles to what a tombstone names by its id alone."""
    if name is None or not any(one.what == "deleted" and not one.kind for one in news):
        return news
    found = []
    with closing(archive.site(name)) as site:
        for one in news:
            path = site.path_of_id(one.id) if one.what == "deleted" else None
            summary = site.summary(path) if path is not None else None
            if summary is not None:
                one = News(what="deleted", kind=summary.kind, id=one.id, title=summary.title, url=summary.url)  # noqa: PLW2901
            found.append(one)
    return tuple(found)


class _Look:
    """The questions about one feed's posts in this run."""

    def __init__(
        self, archive: Archive, client: Client, site: Site, result: Synced, now: dt.datetime, *, full: bool
    ) -> None:
        self._archive = archive
        self._client = client
        self._result = result
        self._now = now
        self._name = result.site or ""
        self._home = site.url or site.feed_urls[0]
        self._file = _WindowFile(archive.path, site.feed_urls[0])
        self._answers: dict[str, Answer] = {}  # by id
        self._wait: tuple[str, dt.datetime | None] | None = None  # whose address is to be asked later, and when
        window = self._file.window
        due = [one for one in window.vanished if full or one.due <= now]
        self.questions = {one.id: one.url for one in due if self._is_own(one.url)}
        if full:
            self.questions.update(self._in_turn(window.turn))

    def ask(self) -> None:
        """Ask, one address after the other; where the blog itself is gone, its posts are not asked about."""
        home_answers = False
        for post, url in self.questions.items():
            answer = self._asked(url)
            if answer is not None and answer.is_gone and not home_answers:
                home = self._asked(self._home)
                if home is None or home.is_gone:
                    return
                home_answers = True
            if answer is None or answer.status == 429 or answer.status >= 500:  # it has other things to do
                self._wait = post, None if answer is None else answer.retry_after
                return
            self._answers[post] = answer

    def settle(self) -> None:
        """Mark what is gone, and write down when to ask again."""
        result, window = self._result, self._file.window
        for gone in self._answers.values():
            buried = bury(self._archive, self._name, gone) if gone.is_gone else None
            if buried is not None:
                result.deleted += 1
                result.news += (buried,)
                result.outcome = "new"
        left = []
        for one in window.vanished:
            answer = self._answers.get(one.id)
            if not self._is_own(one.url) or (answer is not None and (answer.is_gone or one.times + 1 >= _TIMES)):
                continue
            if answer is not None:
                again = self._now + _AGAIN * 2**one.times
                one = msgspec.structs.replace(one, times=one.times + 1, due=again)  # noqa: PLW2901
            elif self._wait is not None and self._wait[0] == one.id:
                one = msgspec.structs.replace(one, due=self._wait[1] or one.due)  # noqa: PLW2901
            left.append(one)
        known = {one.id for one in window.vanished}
        turns = [post for post in self._answers if post not in known]
        after = Window(seen=window.seen, vanished=tuple(left), turn=turns[-1] if turns else window.turn)
        if after != window:
            self._file.write(after)

    def _asked(self, url: str) -> Answer | None:
        try:
            answer = self._client.fetch(url, method="HEAD", accept=_PAGES)
            return self._client.fetch(url, accept=_PAGES) if answer.status in _NO_HEAD else answer
        except FetchError:
            return None

    def _is_own(self, url: str) -> bool:
        """Tell whether an address is of the blog: a post may link to what is elsewhere, and be there itself."""
        return _host(url) == _host(self._home)

    def _in_turn(self, last: str | None) -> Iterator[tuple[str, str]]:
        with closing(self._archive.site(self._name)) as site:
            held = list(site.summaries(oldest_first=True))
        start = next((number for number, one in enumerate(held, 1) if one.id == last), 0)
        own = (
            (one.id, one.url)
            for one in held[start:] + held[:start]
            if one.url is not None and self._is_own(one.url) and _PUBLIC.may_leave(one)
        )
        yield from islice(own, _IN_TURN)


class _WindowFile:
    def __init__(self, archive: Path, feed: str) -> None:
        self._path = archive / _FOLDER / f"{sha256(feed.encode('utf-8', 'surrogatepass')).hexdigest()[:20]}.json"
        try:
            self.window = msgspec.json.decode(self._path.read_bytes(), type=Window)
        except (OSError, msgspec.MsgspecError):  # gone or damaged: nothing has vanished
            self.window = Window()

    def write(self, window: Window) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(window))
        draft.replace(self._path)
        self.window = window


def _host(url: str) -> str:
    try:
        return (urlsplit(url).netloc.rpartition("@")[2]).lower().removeprefix("www.")
    except ValueError:
        return ""
