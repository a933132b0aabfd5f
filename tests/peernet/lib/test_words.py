from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from peernet.lib import words

TUESDAY = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def november(travel):
    travel(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))


def test_a_day_is_said_with_its_year_only_when_that_is_not_this_year():
    assert words.day(date(2026, 12, 1)) == "Tuesday 1 December"
    assert words.day(date(2027, 1, 5)) == "Tuesday 5 January 2027"


def test_the_year_turns_with_the_readers_own_clock(travel):
    travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert words.day(date(2026, 12, 1), "Europe/London") == "Tuesday 1 December"
    assert words.day(date(2026, 12, 1), "Europe/Paris") == "Tuesday 1 December 2026"


def test_a_moment_is_said_in_the_readers_zone():
    with timezone.override("Europe/Paris"):
        assert words.when(TUESDAY) == "Tuesday 1 December, 11am"
    with timezone.override("Europe/London"):
        assert words.when(TUESDAY) == "Tuesday 1 December, 10am"


def test_a_zone_that_is_named_wins():
    assert words.when(TUESDAY, "Pacific/Auckland") == "Tuesday 1 December, 11pm"
    assert words.day(TUESDAY + timedelta(hours=2), "Pacific/Auckland") == "Wednesday 2 December"


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "midnight"), (0, 5, "12:05am"), (9, 0, "9am"), (10, 30, "10:30am"),
        (12, 0, "midday"), (12, 15, "12:15pm"), (13, 0, "1pm"), (23, 59, "11:59pm"),
    ],
)  # fmt: skip
def test_the_clock_is_said_as_people_say_it(hour, minute, said):
    assert words.clock(datetime(2026, 12, 1, hour, minute, tzinfo=UTC), "UTC") == said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=20), "20 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=8), "Sunday 15 November"),
        (timedelta(seconds=-30), "just now"),
    ],
)
def test_how_long_ago_something_was(before, said):
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert words.ago(now - before, "UTC") == said


def test_a_late_evening_is_not_yet_yesterday_in_the_small_hours(travel):
    travel(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    assert words.ago(datetime(2026, 11, 23, 23, 0, tzinfo=UTC), "UTC") == "2 hours ago"


def test_lengths_are_in_hours_when_they_are_whole():
    assert [words.length(n) for n in (1, 45, 60, 90, 120)] == [
        "1 minute", "45 minutes", "1 hour", "90 minutes", "2 hours",
    ]  # fmt: skip
    assert words.length(timedelta(minutes=90)) == "90 minutes"


def test_amounts_and_numbers_have_no_noughts_to_read_past():
    assert words.money(Decimal("750000.00")) == "£750,000"
    assert words.money(Decimal("12.5")) == "£12.50"
    assert words.money(Decimal("-3")) == "-£3"
    assert words.money(5, "SEK") == "SEK 5"
    assert [words.number(n) for n in (12480, 3.5, Decimal("3.0"), 0)] == ["12,480", "3.5", "3", "0"]


def test_initials_are_of_the_first_and_the_last_name():
    names = ("Amina Begum-Shah", "bo", "Ŵyn ap Dafydd", " ", "(x) Y")
    assert [words.initials(name) for name in names] == ["AB", "B", "ŴD", "?", "Y"]


def test_names_are_listed_as_in_speech():
    assert words.listed(["Ann"]) == "Ann"
    assert words.listed(["Ann", "Bo"]) == "Ann and Bo"
    assert words.listed(["Ann", "Bo", "Cy"]) == "Ann, Bo and Cy"


def test_days_are_in_the_readers_language():
    with translation.override("cy"):
        assert words.day(date(2026, 12, 1)) == "Dydd Mawrth 1 Rhagfyr"


def test_a_calendar_leaf_has_month_number_and_weekday():
    assert words.leaf(TUESDAY, "UTC") == ("Dec", "1", "Tue")


def test_machines_get_a_moment_in_whole_seconds():
    # HTML allows three decimals of a second; Python would write six.
    assert words.iso(TUESDAY.replace(microsecond=123456)) == "2026-12-01T10:00:00+00:00"
