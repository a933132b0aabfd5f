# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""A rhythm's rule: read, said, counted. Published cases, and what must hold for any rule."""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sessions.cadence.rules import (
    WEEKS,
    BadRule,
    Rule,
    ahead,
    chosen,
    dates,
    horizon,
    instant,
    parse,
    plain,
    sentence,
    slot,
    wall,
)  # fmt: skip

LONDON = "Europe/London"
ZONES = [LONDON, "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu"]
TUESDAY = datetime(2026, 3, 3, 10)


def days(rule, first, count, zone=LONDON):
    return [local.strftime("%Y-%m-%d") for local in islice(dates(parse(rule), first, zone), count)]


def test_every_three_weeks_at_ten_stays_at_ten_when_the_clocks_change():
    found = list(islice(dates(parse("FREQ=WEEKLY;INTERVAL=3"), TUESDAY, LONDON), 13))
    assert {local.time() for local in found} == {time(10)}
    utc = {local.date().isoformat(): instant(local, LONDON).hour for local in found}
    assert utc["2026-03-03"] == utc["2026-03-24"] == 10
    assert utc["2026-04-14"] == utc["2026-10-20"] == 9
    assert utc["2026-11-10"] == 10


@pytest.mark.parametrize(
    ("rule", "first", "expected"),
    [
        # RFC 5545, 3.8.5.3, with our zone
        ("FREQ=DAILY;COUNT=3", datetime(1997, 9, 2, 9), ["1997-09-02", "1997-09-03", "1997-09-04"]),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=MO;BYDAY=TU,TH;COUNT=4", datetime(1997, 9, 2, 9),
         ["1997-09-02", "1997-09-04", "1997-09-16", "1997-09-18"]),
        ("FREQ=MONTHLY;BYDAY=1FR;COUNT=3", datetime(1997, 9, 5, 9),
         ["1997-09-05", "1997-10-03", "1997-11-07"]),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU;COUNT=4", datetime(1997, 9, 7, 9),
         ["1997-09-07", "1997-09-28", "1997-11-02", "1997-11-30"]),
        ("FREQ=MONTHLY;BYDAY=-2MO;COUNT=3", datetime(1997, 9, 22, 9),
         ["1997-09-22", "1997-10-20", "1997-11-17"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-3", datetime(1997, 9, 28, 9),
         ["1997-09-28", "1997-10-29", "1997-11-28"]),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", datetime(1997, 9, 4, 9),
         ["1997-09-04", "1997-10-07", "1997-11-06"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", datetime(1997, 9, 29, 9),
         ["1997-09-29", "1997-10-30", "1997-11-27"]),
        # the 31st: months without one are left out, not moved
        ("FREQ=MONTHLY;BYMONTHDAY=31", datetime(2026, 1, 31, 9),
         ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("FREQ=MONTHLY;BYDAY=1TU;BYMONTH=1,2,3", datetime(2026, 1, 6, 9),
         ["2026-01-06", "2026-02-03", "2026-03-03", "2027-01-05"]),
    ],
)  # fmt: skip
def test_published_rules_give_their_published_dates(rule, first, expected):
    assert days(rule, first, len(expected)) == expected


def test_until_is_an_instant_and_belongs_to_the_rhythm():
    # 10:00 in London on 14 April is 09:00Z: a rule until then still has that date.
    until = "FREQ=WEEKLY;INTERVAL=3;UNTIL=20260414T090000Z"
    assert days(until, TUESDAY, 9) == ["2026-03-03", "2026-03-24", "2026-04-14"]
    assert days(until.replace("090000Z", "085959Z"), TUESDAY, 9) == ["2026-03-03", "2026-03-24"]


@pytest.mark.parametrize(
    "text",
    [
        "", "FREQ=YEARLY", "FREQ=HOURLY", "FREQ=WEEKLY;", "FREQ=WEEKLY;FREQ=DAILY", "INTERVAL=2",
        "FREQ=WEEKLY;BYDAY=TU;BYSETPOS=1", "FREQ=WEEKLY;BYDAY=1TU", "FREQ=WEEKLY;BYMONTHDAY=3",
        "FREQ=WEEKLY;COUNT=0", "FREQ=WEEKLY;COUNT=201", "FREQ=WEEKLY;COUNT=2,3",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20260101T000000Z", "FREQ=WEEKLY;UNTIL=20260101",
        "FREQ=WEEKLY;UNTIL=20261301T000000Z", "FREQ=WEEKLY;INTERVAL=27", "FREQ=WEEKLY;INTERVAL=x",
        "FREQ=WEEKLY;WKST=SU", "FREQ=WEEKLY;BYWEEKNO=3", "FREQ=WEEKLY;BYHOUR=3",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=WEEKLY\nBYDAY=TU", "FREQ=WEEKLY;INTERVAL=٣",
    ],
)  # fmt: skip
def test_what_we_cannot_count_rightly_is_refused(text):
    with pytest.raises(BadRule):
        parse(text)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=WEEKLY", "every week on Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", "every three weeks on Tuesday"),
        ("FREQ=WEEKLY;INTERVAL=12", "every 12 weeks on Tuesday"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "every week on Monday and Thursday"),
        ("FREQ=MONTHLY;BYDAY=1TU", "on the first Tuesday of each month"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "on the last Friday of each month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5", "on the day 5 of every two months"),
        ("FREQ=DAILY;INTERVAL=2;COUNT=3", "every two days, 3 times"),
        ("FREQ=WEEKLY;BYMONTH=1,9", "every week on Tuesday, only in January and September"),
    ],
)
def test_a_rule_is_said_in_words(rule, words):
    assert plain(parse(rule), TUESDAY.date()) == words


def test_the_sentence_names_hour_and_place():
    said = sentence(chosen("3", TUESDAY.date()), TUESDAY, LONDON)
    assert said == "every three weeks on Tuesday at 10am, London time"


def test_the_first_date_says_which_weekday_of_the_month():
    assert str(chosen("monthly", date(2026, 3, 3))) == "FREQ=MONTHLY;BYDAY=1TU"
    assert str(chosen("monthly", date(2026, 3, 24))) == "FREQ=MONTHLY;BYDAY=4TU"
    assert str(chosen("monthly", date(2026, 3, 31))) == "FREQ=MONTHLY;BYDAY=-1TU"  # not each has 5
    assert chosen("once", date(2026, 3, 3)) is None


def test_a_time_that_the_clocks_skip_is_moved_on_and_said():
    first = datetime(2026, 3, 22, 1, 30)  # the week before the clocks go forward
    before, shifted, after = islice(ahead(parse("FREQ=WEEKLY"), first, LONDON, None), 3)
    assert (before.local, before.moved_by_clocks) == (first, False)
    assert (shifted.local, shifted.moved_by_clocks) == (datetime(2026, 3, 29, 2, 30), True)
    assert (after.local, after.moved_by_clocks) == (datetime(2026, 4, 5, 1, 30), False)


def test_of_an_hour_that_comes_twice_the_first_counts():
    assert instant(datetime(2026, 10, 25, 1, 30), LONDON) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_dates_after_the_money_are_unsure_and_the_last_funded_day_is_not():
    rule = parse("FREQ=WEEKLY;INTERVAL=3")
    found = list(islice(ahead(rule, TUESDAY, LONDON, date(2026, 3, 24)), 3))
    assert [date.unsure for date in found] == [False, False, True]
    assert not any(date.unsure for date in islice(ahead(rule, TUESDAY, LONDON, None), 40))


def test_the_horizon_is_eight_dates_or_half_a_year_whichever_is_later():
    now = datetime(2026, 3, 1, tzinfo=UTC)
    weekly = list(horizon(parse("FREQ=WEEKLY"), TUESDAY, LONDON, now))
    assert len(weekly) == 26
    six = list(horizon(parse("FREQ=WEEKLY;INTERVAL=6"), TUESDAY, LONDON, now))
    assert len(six) == 8
    assert instant(weekly[-1], LONDON) <= now + timedelta(days=180)


zones = st.sampled_from(ZONES)
firsts = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
rhythms = st.sampled_from([*(str(n) for n in WEEKS), "monthly"])


@given(first=firsts, rhythm=rhythms)
def test_a_chosen_rule_begins_on_its_first_date_and_reads_back(first, rhythm):
    rule = chosen(rhythm, first.date())
    assert parse(str(rule)) == rule
    assert next(dates(rule, first, LONDON)) == first


@given(first=firsts, rhythm=rhythms, zone=zones)
def test_dates_keep_weekday_and_wall_clock_and_only_go_forward(first, rhythm, zone):
    found = list(islice(dates(chosen(rhythm, first.date()), first, zone), 20))
    assert {(local.weekday(), local.time()) for local in found} == {(first.weekday(), first.time())}
    assert len({slot(local) for local in found}) == 20
    instants = [instant(local, zone) for local in found]
    assert instants == sorted(set(instants))


@given(local=firsts, zone=zones)
def test_every_wall_clock_time_becomes_an_instant_that_shows_it_unless_it_is_skipped(local, zone):
    shown = wall(instant(local, zone), zone)
    # PEP 495: the clocks jump over a time whose offset before the change is the smaller one.
    before, after = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    assert (shown == local) is not (before.utcoffset() < after.utcoffset())
    assert timedelta(0) <= shown - local <= timedelta(hours=1)


@given(moment=firsts, zone=zones)
def test_an_instant_survives_the_way_over_the_wall_clock_but_for_the_second_of_a_doubled_hour(
    moment, zone
):
    there = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    assume(there.fold == 0)
    assert instant(wall(there, zone), zone) == there


counts = st.one_of(st.none(), st.integers(1, 200))
parts = st.fixed_dictionaries(
    {
        "frequency": st.just("MONTHLY"),
        "interval": st.integers(1, 26),
        "days": st.sets(
            st.tuples(st.integers(0, 6), st.sampled_from([-1, 0, 1, 2, 3, 4])), max_size=3
        ),
        "month_days": st.sets(st.integers(1, 28), max_size=3),
        "months": st.sets(st.integers(1, 12), max_size=4),
        "count": counts,
    }
)


@settings(max_examples=200)
@given(parts)
def test_whatever_rule_we_can_hold_reads_back_the_same(parts):
    sets = {name: tuple(sorted(parts[name])) for name in ("days", "month_days", "months")}
    rule = Rule(**parts | sets)
    assert parse(str(rule)) == rule


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    with suppress(BadRule):
        parse(text)
