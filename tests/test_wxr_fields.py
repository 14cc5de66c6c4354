"""Single fields of WordPress exports: ids, dates, titles, serialised values."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from arbitrary_blogs import texts
from feedkeep.models import Post
from feedkeep.source import Source
from feedkeep.wire.wxr import plain_title, stated_title
from feedkeep.wire.wxr_dates import naive, paired
from feedkeep.wire.wxr_ids import Seen
from feedkeep.wire.wxr_meta import restored
from golden import DATA, read
from wordpress_importer import NEVER


@given(st.lists(st.sampled_from(["a=1", "a=2", "b=1", "a", "a=01", "=7", "", "x=512", "x=513", "a=1 "]), max_size=40))
def test_seen_knows_what_came_by(texts: list[str]) -> None:
    seen, known = Seen(), set[str]()
    for text in texts:
        assert seen.add(text) == (text not in known)
        known.add(text)


@given(st.integers(-15 * 60, 15 * 60), st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2200, 1, 1)))  # noqa: DTZ001
def test_a_pair_of_dates_gives_the_moment_in_its_zone(minutes: int, gmt: dt.datetime) -> None:
    gmt = gmt.replace(microsecond=0)
    local = gmt + dt.timedelta(minutes=minutes)
    moment = paired(local, gmt)
    assert moment is not None
    assert moment.astimezone(dt.UTC).replace(tzinfo=None) == gmt
    assert moment.replace(tzinfo=None) == local
    assert paired(local + dt.timedelta(hours=31), gmt) is None


def test_a_draft_without_gmt_is_in_the_zone_that_the_user_states() -> None:
    draft = (DATA / "importers" / "wxr" / "draft-without-gmt" / "input.xml").read_bytes()
    source = Source.from_bytes(draft, "x", timezone=ZoneInfo("America/New_York"))
    records, _, _ = read(source, "wxr")
    (published,) = (r.published for r in records if isinstance(r, Post) and r.status == "draft")
    assert published is not None
    assert published.isoformat() == "2019-06-01T10:00:00-04:00"


def test_zeros_are_no_date() -> None:
    assert naive(NEVER) is None


@given(texts)
def test_a_title_of_any_text_reads_back(title: str) -> None:
    assert plain_title(stated_title(title, None))[0] == title


@given(st.lists(st.text('aé\n"; ', max_size=8), max_size=4))
def test_serialised_strings_get_their_carriage_returns_back(texts: list[str]) -> None:
    values = [text.replace("\n", "\r\n") for text in texts]
    body = "".join(f'i:{n};s:{len(value.encode())}:"{value}";' for n, value in enumerate(values))
    before = f"a:{len(values)}:{{{body}}}"
    after = restored(before.replace("\r\n", "\n"))
    assert after == before or '";' in "".join(texts)
