# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""What a mail's calendar part says, read back by another program."""

from datetime import UTC, date, datetime

import pytest
from icalendar import Calendar

from sessions.cadence import actions
from tests import cast
from tests.sessions.around import (
    calendar_of,
    cancel,
    dates,
    lasts_until,
    move,
    plan,
    post,
    ring,
)  # fmt: skip
from tests.sessions.calendar.reading import read, starts

pytestmark = pytest.mark.django_db
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]


def part(person):
    """The calendar part of the person's only mail."""
    ring()
    (message,) = post(person)
    return calendar_of(message)


@pytest.mark.parametrize("zone", ZONES)
def test_a_series_shows_the_same_starts_as_our_pages_in_every_zone(place, zone):
    place.zone = zone
    place.save()
    dan = cast.coordinator(place)
    first = plan(place, dan)
    text = part(dan)
    ours = [one.starts_at for one in dates(first)]
    assert starts(text)[: len(ours)] == ours
    assert (
        len({(start.hour, start.minute) for start in ours}) == 2
    )  # the clocks did change in between


@pytest.mark.parametrize("zone", ZONES)
def test_the_time_zone_is_spelled_out_for_as_long_as_the_series_is(place, zone):
    place.zone = zone
    place.save()
    dan = cast.coordinator(place)
    cast.grant(place, ends_on=date(2026, 12, 31))
    plan(place, dan)
    calendar = Calendar.from_ical(part(dan))
    (spelled,) = calendar.walk("VTIMEZONE")
    there = spelled.to_tz(lookup_tzid=False)  # only what the part itself says
    for start in starts(calendar.to_ical().decode()):
        assert start.astimezone(there).strftime("%H:%M") == "10:00"


def test_it_is_one_request_with_all_that_a_calendar_needs(place, dan):
    ann = cast.member(place)
    plan(place, dan, title="Opening again; with tea, cake")
    (event,) = read(part(ann)).walk("VEVENT")
    assert str(event["SUMMARY"]) == "Opening again; with tea, cake"
    assert event["SEQUENCE"] == 0
    assert event["UID"].endswith("@localhost")
    assert event["DTSTAMP"].dt == datetime(2026, 3, 1, 12, tzinfo=UTC).replace(
        microsecond=event["DTSTAMP"].dt.microsecond, second=event["DTSTAMP"].dt.second
    )
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert str(event["ORGANIZER"]) == "mailto:peernet@localhost"
    assert event["STATUS"] == "CONFIRMED"


def test_each_mail_names_its_reader_and_no_other_member(place, dan):
    people = [dan, *(cast.member(place, name) for name in ("Ann Lee", "Bo Ek", "Cy Fox"))]
    first = plan(place, dan, facilitator=None)
    ring()
    move(dates(first)[1], datetime(2026, 3, 25, 11), dan)
    cancel(dates(first)[2], dan)
    ring()
    messages = post()
    assert len(messages) == 3 * len(people)
    for message in messages:
        events = read(calendar_of(message)).walk("VEVENT")
        assert {str(event["ATTENDEE"]) for event in events} == {f"mailto:{message.to[0]}"}
        others = [one.email for one in people if [one.email] != message.to]
        raw = message.message().as_string()
        assert not [address for address in others if address in raw]
        assert len(message.recipients()) == 1


def test_a_moved_date_goes_out_as_that_date_only(place, dan):
    first = plan(place, dan)
    ring()
    post()
    second = dates(first)[1]
    move(second, datetime(2026, 3, 25, 11), dan, place="Town Hall")
    (event,) = read(part(dan)).walk("VEVENT")
    assert event["RECURRENCE-ID"].dt == datetime(2026, 3, 24, 10, tzinfo=UTC)
    assert event["DTSTART"].dt == datetime(2026, 3, 25, 11, tzinfo=UTC)
    assert (event["SEQUENCE"], str(event["LOCATION"])) == (1, "Town Hall")
    assert "RRULE" not in event


def test_who_joins_later_gets_the_series_as_it_stands(place, dan):
    first = plan(place, dan)
    sessions = dates(first)
    move(sessions[1], datetime(2026, 3, 25, 11), dan)
    cancel(sessions[2], dan)
    ring()
    post()
    late = cast.member(place, "Lou Late")
    found = starts(part(late))
    assert found[:3] == [
        sessions[0].starts_at,
        datetime(2026, 3, 25, 11, tzinfo=UTC),
        sessions[3].starts_at,
    ]


def test_the_series_ends_with_the_money_and_grows_with_it(place, dan):
    grant = cast.grant(place, ends_on=date(2026, 4, 14))
    plan(place, dan)
    assert [f"{start:%m-%d}" for start in starts(part(dan))] == ["03-03", "03-24", "04-14"]
    lasts_until(grant, date(2026, 5, 31))
    text = part(dan)
    assert [f"{start:%m-%d}" for start in starts(text)][-2:] == ["05-05", "05-26"]
    assert "SEQUENCE:1" in text
    lasts_until(grant, date(2026, 3, 2))
    assert str(read(part(dan))["METHOD"]) == "CANCEL"


def test_a_date_taken_on_is_an_entry_of_its_own(place, dan):
    cast.grant(place, ends_on=date(2026, 4, 30))
    first = plan(place, dan)
    ring()
    series = read(calendar_of(post(dan)[0])).walk("VEVENT")[0]["UID"]
    actions.take_on(dates(first)[3], by=dan)
    text = part(dan)
    (event,) = read(text).walk("VEVENT")
    assert event["UID"] != series
    assert starts(text) == [datetime(2026, 5, 5, 9, tzinfo=UTC)]


def test_an_ended_rhythm_keeps_its_past_and_loses_its_future(place, dan, travel):
    first = plan(place, dan)
    ring()
    travel(datetime(2026, 4, 20, 12, tzinfo=UTC))
    post()
    actions.end(first.cadence, reason="We are done", by=dan)
    text = part(dan)
    assert [f"{start:%m-%d}" for start in starts(text)] == ["03-03", "03-24", "04-14"]


@pytest.mark.parametrize(
    "hostile",
    [
        "Tea\r\nATTENDEE:mailto:eve@example.org",
        "Tea\nEND:VEVENT\nBEGIN:VEVENT",
        'a;b,c\\d:e"f',
        "é" * 120,
        "x\u2028ATTENDEE:mailto:eve@example.org",
        "<script>alert(1)</script>",
    ],
)
def test_hostile_words_stay_words(place, hostile):
    dan = cast.coordinator(place, hostile[:100])
    plan(place, dan, title=hostile[:120], place=hostile)
    ring()
    (message,) = post(dan)
    calendar = read(calendar_of(message))
    (event,) = calendar.walk("VEVENT")
    assert str(event["ATTENDEE"]) == f"mailto:{dan.email}"
    assert "eve@example.org" not in str(event.get("ATTENDEE"))
    assert str(event["SUMMARY"]).replace("\n", " ") == hostile[:120].replace("\r\n", " ").replace(
        "\n", " "
    )
    assert "<script>" not in message.alternatives[0][0]
    assert "\n" not in message.subject


def test_the_part_stays_small(place, dan):
    plan(place, dan)
    assert len(part(dan)) < 3000


def test_a_time_that_the_clocks_skip_is_shown_where_we_show_it(place, dan):
    first = plan(place, dan, first=datetime(2026, 3, 22, 1, 30), rhythm="1")
    ours = [one.starts_at for one in dates(first)]
    assert starts(part(dan))[: len(ours)] == ours
