"""Dates, and the text that XML can hold: facts that every format relies on."""

from __future__ import annotations

import datetime as dt
import email.utils

import dateutil.parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedkeep.wire import dates, xml

PLUS_TWO = dt.timezone(dt.timedelta(hours=2))


def at(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0, hours: float = 0
) -> dt.datetime:
    zone = dt.timezone(dt.timedelta(hours=hours)) if hours else dt.UTC
    return dt.datetime(year, month, day, hour, minute, second, micro, zone)


# text, the moment, whether the zone is a guess
READ: list[tuple[str, dt.datetime, bool]] = [
    ("Sun, 06 Apr 2014 21:15:00 +0200", at(2014, 4, 6, 21, 15, hours=2), False),
    ("Sun, 06 Apr 2014 21:15:00 GMT", at(2014, 4, 6, 21, 15), False),
    ("6 Apr 2014 21:15 UT", at(2014, 4, 6, 21, 15), False),
    ("Sun, 06 Apr 2014 21:15:00 -0000", at(2014, 4, 6, 21, 15), False),
    ("Sun, 6 Apr 2014 21:15:00 -0330", at(2014, 4, 6, 21, 15, hours=-3.5), False),
    ("Sunday, 06 April 2014 21:15:00 +02:00", at(2014, 4, 6, 21, 15, hours=2), False),
    ("Sun, 06-Apr-14 21:15:00 GMT", at(2014, 4, 6, 21, 15), False),
    ("06 Apr 69 21:15:00 GMT", at(2069, 4, 6, 21, 15), False),
    ("06 Apr 70 21:15:00 GMT", at(1970, 4, 6, 21, 15), False),
    ("Fri, 06 Apr 2014 21:15:00 GMT", at(2014, 4, 6, 21, 15), False),
    ("Sun, 06 Apr 2014 21:15:00", at(2014, 4, 6, 21, 15), True),
    ("Sun, 06 Apr 2014 21:15:00 XYZ", at(2014, 4, 6, 21, 15), True),
    ("Sun, 06 Apr 2014", at(2014, 4, 6), True),
    ("Sun, 06 Apr 2014 24:00:00 GMT", at(2014, 4, 7), False),
    ("Sat, 31 Dec 2016 23:59:60 GMT", at(2017, 1, 1), False),
    ("2014-04-06T21:15:00Z", at(2014, 4, 6, 21, 15), False),
    ("2014-04-06T21:15:00+02:00", at(2014, 4, 6, 21, 15, hours=2), False),
    ("2014-04-06t21:15:00z", at(2014, 4, 6, 21, 15), False),
    ("2014-04-06T21:15:00.25Z", at(2014, 4, 6, 21, 15, 0, 250_000), False),
    ("2014-04-06T21:15:00.123456789Z", at(2014, 4, 6, 21, 15, 0, 123_456), False),
    ("2014-04-06T21:15:00,5Z", at(2014, 4, 6, 21, 15, 0, 500_000), False),
    ("2014-04-06T21:15:00+0200", at(2014, 4, 6, 21, 15, hours=2), False),
    ("2014-04-06T21:15+02:00", at(2014, 4, 6, 21, 15, hours=2), False),
    ("2014-04-06T24:00:00Z", at(2014, 4, 7), False),
    ("2016-12-31T23:59:60Z", at(2017, 1, 1), False),
    ("2014-04-06 21:15:00", at(2014, 4, 6, 21, 15), True),
    ("2014-04-06T21:15:00", at(2014, 4, 6, 21, 15), True),
    ("20140406T211500Z", at(2014, 4, 6, 21, 15), False),
    ("2014-04-06", at(2014, 4, 6), True),
    ("2014-04", at(2014, 4, 1), True),
    ("2014", at(2014, 1, 1), True),
    ("Sun Apr  6 21:15:00 2014", at(2014, 4, 6, 21, 15), True),
    ("Sun Apr  6 21:15:00 GMT 2014", at(2014, 4, 6, 21, 15), False),
    ("April 6, 2014 9:15 PM", at(2014, 4, 6, 21, 15), True),
    ("April 6, 2014 12:15 a.m.", at(2014, 4, 6, 0, 15), True),
    ("  Sun, 06 Apr 2014\n 21:15:00 GMT ", at(2014, 4, 6, 21, 15), False),
    ("Sun, 06 Apr 2014 21:15:00 +0200 (CEST)", at(2014, 4, 6, 21, 15, hours=2), False),
    ("Mi, 16 Mär 2022 08:00:00 +0100", at(2022, 3, 16, 8, hours=1), False),
    ("mer, 16 févr. 2022 08:00:00 +0100", at(2022, 2, 16, 8, hours=1), False),
    ("1396818900", at(2014, 4, 6, 21, 15), False),
]
ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "GMT": 0,
    "UTC": 0,
    "Z": 0,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "IST": 5.5,
    "JST": 9,
    "AEST": 10,
    "AEDT": 11,
}
REFUSED = [
    *("", " ", "yesterday", "0000-00-00", "0000-00-00 00:00:00", "0000-00-00T00:00:00Z", "2014-13-01", "2014-02-30"),
    *("Sun, 31 Feb 2014 21:15:00 GMT", "Sun, 06 Foo 2014 21:15:00 GMT", "Sun, 06 Apr 2014 25:00:00 GMT", "-1", "NaN"),
    *("2014-04-06T21:60:00Z", "Sun, 06 Apr 2014 24:00:01 GMT", "2014-04-06T21:15:61Z", "13/04/06", "9" * 5000, "1e9"),
    *(
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T24:00:00Z",
        "9999-12-31T23:59:60-12:00",
        "2014-04-06T21:15:00Z trailing",
    ),
]


@pytest.mark.parametrize(("text", "moment", "guessed"), READ, ids=[text for text, _, _ in READ])
def test_a_date_is_read_with_the_offset_that_it_states(text: str, moment: dt.datetime, guessed: bool) -> None:
    found = dates.parse(text)

    assert found is not None
    assert (found[0].isoformat(), found[1]) == (moment.isoformat(), guessed)


@pytest.mark.parametrize("name", ZONES)
def test_the_zones_that_feeds_name_are_known(name: str) -> None:
    found = dates.parse(f"Sun, 06 Apr 2014 21:15:00 {name}")

    assert found == (at(2014, 4, 6, 21, 15, hours=ZONES[name]), False)
    assert found[0].utcoffset() == dt.timedelta(hours=ZONES[name])


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused(text: str) -> None:
    assert dates.parse(text) is None


def test_a_date_without_a_zone_takes_the_one_that_is_given() -> None:
    given = dates.parse("2014-04-06 21:15:00", PLUS_TWO)
    stated = dates.parse("2014-04-06 21:15:00Z", PLUS_TWO)

    assert given is not None
    assert given[0].isoformat() == "2014-04-06T21:15:00+02:00"
    assert given[1] is True
    assert stated is not None
    assert stated[0].isoformat() == "2014-04-06T21:15:00+00:00"
    assert stated[1] is False


@given(st.text(max_size=120) | st.text(alphabet="0123456789-+:.,/TZ aprSuGM年월", max_size=40))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = dates.parse(text)

    assert found is None or found[0].utcoffset() is not None


_moments = st.datetimes(
    min_value=dt.datetime(1000, 1, 3),  # noqa: DTZ001 — Hypothesis wants them without
    max_value=dt.datetime(9998, 12, 30),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))),
)


@given(_moments)
def test_what_is_written_for_rss_reads_back_here_and_in_the_standard_library(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    text = dates.rfc822(moment)

    found = dates.parse(text)

    assert found is not None
    assert found[0].isoformat() == moment.isoformat()
    assert found[1] is False
    parsed = email.utils.parsedate_tz(text)
    assert parsed is not None
    assert parsed[:6] == moment.timetuple()[:6]
    assert dt.timedelta(seconds=parsed[9] or 0) == moment.utcoffset()
    assert text[:3] == moment.strftime("%a")


@given(_moments)
def test_what_is_written_for_atom_reads_back_here_and_in_dateutil(moment: dt.datetime) -> None:
    text = dates.rfc3339(moment)

    found = dates.parse(text)

    assert found is not None
    assert found[0].isoformat() == moment.isoformat()
    assert found[1] is False
    assert dateutil.parser.isoparse(text) == moment


@given(st.text())
def test_what_is_legal_in_xml_is_told_and_left_alone(text: str) -> None:
    legal = xml.legal(text)

    assert xml.is_legal(legal)
    assert (legal == text) == xml.is_legal(text)


def test_exactly_the_characters_of_xml_are_legal() -> None:
    allowed = [*range(0x20, 0xD800), *range(0xE000, 0xFFFE), *range(0x10000, 0x110000), 0x9, 0xA, 0xD]
    assert {number for number in range(0x110000) if xml.is_legal(chr(number))} == set(allowed)
    assert xml.legal("".join(map(chr, range(0x110000)))) == "".join(map(chr, sorted(allowed)))
