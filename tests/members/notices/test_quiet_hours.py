from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from members.notices.rules import considerate, is_quiet, last_waking, next_waking

moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from(
    ["Europe/London", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
)


def test_evenings_nights_and_sundays_are_quiet():
    assert is_quiet(datetime(2026, 12, 1, 20, 0, tzinfo=UTC), "Europe/London")
    assert is_quiet(datetime(2026, 12, 1, 7, 59, tzinfo=UTC), "Europe/London")
    assert is_quiet(datetime(2026, 11, 29, 12, 0, tzinfo=UTC), "Europe/London")
    assert not is_quiet(datetime(2026, 12, 1, 8, 0, tzinfo=UTC), "Europe/London")


def test_what_falls_due_at_night_waits_for_eight_in_the_morning_there():
    due = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
    assert next_waking(due, "Europe/London") == datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


def test_a_saturday_evening_waits_until_monday():
    due = datetime(2026, 11, 28, 21, 0, tzinfo=UTC)
    assert next_waking(due, "Europe/London") == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


def test_an_early_meeting_is_recalled_the_evening_before():
    start = datetime(2026, 12, 1, 8, 15, tzinfo=UTC)
    told = considerate(start - timedelta(hours=1), "Europe/London", start)
    assert told == datetime(2026, 11, 30, 19, 59, tzinfo=UTC)


@given(due=moments, zone=zones, ahead=st.integers(1, 10_000))
def test_no_reminder_is_ever_timed_into_quiet_hours_or_past_the_start(due, zone, ahead):
    start = due + timedelta(minutes=ahead)
    told = considerate(due, zone, start)
    assert not is_quiet(told, zone)
    assert told < start


@given(moment=moments, zone=zones)
def test_the_last_waking_minute_is_never_later_and_the_next_never_earlier(moment, zone):
    assert last_waking(moment, zone) <= moment <= next_waking(moment, zone)
