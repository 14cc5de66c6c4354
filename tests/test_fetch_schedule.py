"""When a feed is asked again, and what is remembered until then."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.fetch import headers as reading
from feedkeep.fetch import schedule, state
from feedkeep.fetch.answers import Answer, Hop
from feedkeep.fetch.headers import Headers
from feedkeep.fetch.hints import Hints, hints
from feedkeep.fetch.schedule import Bounds
from feedkeep.fetch.state import FeedState, Moved, Validators

NOW = dt.datetime(2014, 6, 4, 12, 0, tzinfo=dt.UTC)  # a Wednesday
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
URL = "https://lantern.example/feed/"
STILL = Bounds(jitter=0)
NEW = FeedState(url=URL)
ETAG: dict[str, Any] = {"ETag": '"1"'}


def answer(
    status: int = 200, *, at: dt.datetime = NOW, sent: bool = False, hops: tuple[Hop, ...] = (), **said: Any
) -> Answer:
    return Answer(
        asked=URL,
        url=hops[-1].location if hops else URL,
        status=status,
        reason="",
        version="HTTP/1.1",
        headers=Headers((name.replace("_", "-"), value) for name, value in said.items()),
        body=b"",
        size=0,
        received=at,
        hops=hops,
        sent=Validators(url=URL, etag='"1"') if sent else None,
    )


def due(hints: Hints | None = None, **said: Any) -> dt.timedelta:
    """How long a feed is left alone that has validators."""
    found = schedule.answered(NEW, answer(**ETAG, **said), hints, "seed", STILL)
    assert found.next_due is not None
    return found.next_due - NOW


# --- how often


def test_a_feed_that_says_nothing_is_asked_hourly_and_daily_where_it_cannot_answer_that_nothing_changed() -> None:
    assert due() == HOUR
    assert schedule.answered(NEW, answer(), None, "seed", STILL).next_due == NOW + DAY


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (Hints(ttl=180), 3 * HOUR),
        (Hints(ttl=5), HOUR),
        (Hints(ttl=10**9), 7 * DAY),
        (Hints(period=86400.0), DAY),
        (Hints(period=1.0), HOUR),
        (Hints(period=86400.0, base=NOW - 20 * HOUR), 4 * HOUR),
        (Hints(period=86400.0, base=NOW + 5 * HOUR), 5 * HOUR),
        (Hints(ttl=180, period=7200.0), 3 * HOUR),
    ],
)
def test_a_feed_is_left_alone_as_long_as_it_asks_within_bounds(said: Hints, wait: dt.timedelta) -> None:
    assert due(said) == wait


def test_an_answer_is_held_as_long_as_its_headers_say() -> None:
    assert due(Cache_Control="max-age=18000") == 5 * HOUR
    assert due(Expires="Wed, 04 Jun 2014 16:00:00 GMT") == 4 * HOUR
    assert due(Cache_Control="max-age=60") == HOUR
    assert due(Cache_Control="max-age=99999999") == 7 * DAY


def test_nobody_comes_at_hours_and_on_days_at_which_nobody_is_wanted() -> None:
    assert due(Hints(skip_hours=frozenset({13, 14}))) == 3 * HOUR
    assert due(Hints(skip_days=frozenset({2}))) == 12 * HOUR
    assert due(Hints(skip_days=frozenset({2, 3}), skip_hours=frozenset({0}))) == 37 * HOUR
    assert due(Hints(skip_hours=frozenset(range(24)))) == HOUR
    assert due(Hints(skip_days=frozenset(range(7)))) == HOUR


def test_chance_comes_from_the_seed_and_only_ever_makes_it_later() -> None:
    found = {schedule.answered(NEW, answer(**ETAG), None, f"{n}").next_due for n in range(50)}
    assert len(found) > 25
    assert all(moment is not None and NOW + HOUR <= moment <= NOW + HOUR * 1.1 for moment in found)
    twice = [schedule.answered(NEW, answer(**ETAG), None, "same") for _ in range(2)]
    assert twice[0] == twice[1]


# --- failures


def test_failures_double_the_wait_up_to_a_bound() -> None:
    held, waits = NEW, []
    for _ in range(12):
        held = schedule.failed(held, "no answer", NOW, "seed", STILL)
        assert held.next_due is not None
        waits.append((held.next_due - NOW) // HOUR)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168, 168, 168]
    assert (held.failures, held.error, held.status) == (12, "no answer", None)
    well = schedule.answered(held, answer(**ETAG), None, "seed", STILL)
    assert (well.failures, well.error, well.succeeded) == (0, None, NOW)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503, 204, 304])
def test_what_is_no_document_is_a_failure_that_costs_nothing_held(status: int) -> None:
    held = schedule.answered(NEW, answer(**ETAG), None, "seed", STILL)
    bad = schedule.answered(held, answer(status), None, "seed", STILL)
    assert (bad.failures, bad.validators, bad.succeeded, bad.gone) == (1, held.validators, NOW, False)
    assert bad.error == str(status)


def test_a_304_keeps_the_feed_well_and_its_change_where_it_was() -> None:
    held = schedule.answered(NEW, answer(**ETAG), None, "seed", STILL)
    later = schedule.answered(held, answer(304, at=NOW + DAY, sent=True), Hints(ttl=180), "seed", STILL)
    assert (later.changed, later.succeeded, later.next_due) == (NOW, NOW + DAY, NOW + DAY + 3 * HOUR)
    assert later.validators == held.validators


def test_410_stops_for_good() -> None:
    gone = schedule.answered(NEW, answer(410), None, "seed")
    assert gone.gone
    assert not schedule.is_due(gone, NOW + 1000 * DAY, now_please=True)


def test_retry_after_binds_even_those_in_a_hurry_and_the_feed_that_said_it_alone() -> None:
    asked = schedule.answered(NEW, answer(429, Retry_After="7200"), None, "seed", STILL)
    assert asked.not_before == asked.next_due == NOW + 2 * HOUR
    assert not schedule.is_due(asked, NOW + HOUR, now_please=True)
    assert schedule.is_due(asked, NOW + 2 * HOUR)
    assert schedule.is_due(NEW, NOW)
    month = schedule.answered(NEW, answer(503, Retry_After="99999999"), None, "seed", STILL)
    assert month.not_before == NOW + 31 * DAY
    well = schedule.answered(asked, answer(at=NOW + 3 * HOUR, **ETAG), None, "seed", STILL)
    assert well.not_before is None


def test_nothing_due_is_no_question_unless_told() -> None:
    held = schedule.answered(NEW, answer(**ETAG), None, "seed", STILL)
    assert not schedule.is_due(held, NOW + dt.timedelta(minutes=59))
    assert schedule.is_due(held, NOW + dt.timedelta(minutes=59), now_please=True)
    assert schedule.is_due(held, NOW + HOUR)
    assert schedule.due_at(held) == NOW + HOUR
    assert schedule.due_at(NEW) is None


# --- moves


def moving(status: int, target: str = "https://new.example/feed/") -> tuple[Hop, ...]:
    return (Hop(status=status, url=URL, location=target),)


def test_a_move_is_adopted_after_it_held() -> None:
    held = NEW
    for visit in range(3):
        assert schedule.adopted(held) == held
        held = schedule.answered(held, answer(at=NOW + visit * 12 * HOUR, hops=moving(301), **ETAG), None, "seed")
    assert held.moved == Moved(url="https://new.example/feed/", since=NOW, times=3)
    taken = schedule.adopted(held)
    assert (taken.url, taken.moved) == ("https://new.example/feed/", None)
    assert taken.validators == held.validators


def test_many_visits_within_an_hour_are_no_proof() -> None:
    held = NEW
    for visit in range(9):
        held = schedule.answered(held, answer(at=NOW + visit * HOUR / 9, hops=moving(308), **ETAG), None, "seed")
    assert schedule.adopted(held) == held


def test_two_visits_far_apart_are_no_proof() -> None:
    held = NEW
    for visit in range(2):
        held = schedule.answered(held, answer(at=NOW + visit * 30 * DAY, hops=moving(301), **ETAG), None, "seed")
    assert schedule.adopted(held) == held


@pytest.mark.parametrize(
    "hops",
    [
        (),
        moving(302),
        moving(307),
        moving(303),
        moving(301, "http://new.example/feed/"),
        moving(301, "https://other.example/"),
    ],
)
def test_a_move_that_is_taken_back_begins_anew(hops: tuple[Hop, ...]) -> None:
    held = NEW
    for visit in range(2):
        held = schedule.answered(held, answer(at=NOW + visit * DAY, hops=moving(301), **ETAG), None, "seed")
    held = schedule.answered(held, answer(at=NOW + 2 * DAY, hops=hops, **ETAG), None, "seed")
    assert held.moved is None or held.moved.times == 1
    assert schedule.adopted(held).url == URL


# --- what is remembered


def test_what_is_remembered_survives_as_json() -> None:
    held = schedule.answered(NEW, answer(hops=moving(301), **ETAG, Retry_After="1"), None, "seed")
    held = schedule.failed(held, "no answer", NOW + DAY, "seed")
    assert state.decode(state.encode(held)) == held
    with pytest.raises(msgspec.DecodeError):
        state.decode(b"{")


def test_another_address_does_not_get_the_validators_of_this_one() -> None:
    held = schedule.answered(NEW, answer(**ETAG), None, "seed")
    assert schedule.carried(held, "https://new.example/").validators is None
    assert schedule.carried(held, URL).validators == held.validators


# --- what feeds and headers say


def test_hints_of_rss_and_of_the_syndication_module() -> None:
    body = b"""<rss xmlns:s='http://purl.org/rss/1.0/modules/syndication/'><channel><ttl> 90 </ttl>
    <skipHours><hour>0</hour><hour>24</hour><hour>7</hour><hour>99</hour><hour>x</hour></skipHours>
    <skipDays><day>Sunday</day><day>monday</day><day>Someday</day></skipDays>
    <s:updatePeriod>daily</s:updatePeriod><s:updateFrequency>4</s:updateFrequency>
    <s:updateBase>2000-01-01T12:00+00:00</s:updateBase>
    <item><ttl>1</ttl></item></channel></rss>"""
    found = hints(body)
    assert found == Hints(
        ttl=90,
        period=21600.0,
        base=dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC),
        skip_hours=frozenset({0, 7}),
        skip_days=frozenset({6, 0}),
    )


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<rss>", b"<feed/>", b"<rss><ttl>-5</ttl><ttl>soon</ttl></rss>", b"\xff<"]
)
def test_a_feed_without_hints_gives_none(body: bytes) -> None:
    assert hints(body) == Hints()


def test_the_syndication_module_says_daily_where_it_says_nothing() -> None:
    body = (
        b"<rdf xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><sy:updateFrequency>2</sy:updateFrequency></rdf>"
    )
    assert hints(body).period == 43200.0


@given(st.binary(max_size=200).map(lambda data: b"<rss><channel>" + data))
def test_bytes_of_any_kind_give_hints(body: bytes) -> None:
    assert isinstance(hints(body), Hints)


MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


@given(
    now=MOMENTS,
    fresh=st.none() | MOMENTS,
    said=st.builds(
        Hints,
        ttl=st.none() | st.integers(1, 10**9),
        period=st.none() | st.floats(0.001, 1e9),
        base=st.none() | MOMENTS,
        skip_hours=st.frozensets(st.integers(0, 23)),
        skip_days=st.frozensets(st.integers(0, 6)),
    ),
    seed=st.text(max_size=5),
)
def test_the_next_visit_is_never_sooner_than_the_least_nor_ever_forgotten(
    now: dt.datetime, fresh: dt.datetime | None, said: Hints, seed: str
) -> None:
    found = schedule.next_due(now, fresh, said, blind=False, seed=seed)
    assert now + HOUR <= found <= now + 7 * DAY * 1.1 + 8 * DAY


@given(
    st.dictionaries(
        st.sampled_from(["cache-control", "expires", "age", "date", "retry-after", "link", "content-type"]),
        st.text(max_size=60),
    )
)
def test_headers_of_any_kind_are_read(said: dict[str, str]) -> None:
    headers = Headers(said.items())
    found: list[Any] = [reading.retry_after(headers, NOW), reading.fresh_until(headers, NOW)]
    assert all(moment is None or NOW <= moment <= NOW + 366 * DAY for moment in found)
    reading.links(headers)
    reading.charset(headers)
