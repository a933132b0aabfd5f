# ruff: noqa: DTZ001 -- wall-clock times have no zone
"""A week, a day, an hour before: whom, when, and when not."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.notices.models import Heartbeat, Notice
from members.notices.rules import is_quiet
from members.notices.tasks import tick_outbox
from sessions.meetings.actions import answer
from sessions.meetings.rules import DAY, HOUR, OFFSETS, WEEK, due, due_between
from sessions.meetings.tasks import tick_reminders
from tests import cast
from tests.sessions.around import cancel, move, plan, post, ring

START = datetime(2026, 4, 14, 9, tzinfo=UTC)  # Tuesday, 10am in London's summer
ZONES = ["Europe/London", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"]


@pytest.fixture
def place(db, travel):
    travel(datetime(2026, 3, 20, 12, tzinfo=UTC))
    tick_reminders()
    return cast.network()


@pytest.fixture
def dan(place):
    return cast.coordinator(place)


@pytest.fixture
def one(place, dan):
    """Planned long before: Tuesday 14 April, 10am."""
    made = plan(place, dan, rhythm="once", first=datetime(2026, 4, 14, 10))
    ring()
    post()
    return made


def every_minute(travel, since, until, step=timedelta(minutes=1)):
    """Let time pass, the bells ringing as they do; the mails of that time with their moments."""
    found, now = [], since
    while now <= until:
        travel(now)
        tick_reminders()
        tick_outbox()
        found += [(now, letter) for letter in post()]
        now += step
    return found


def reminded():
    """(person's name, minutes before) of every reminder written."""
    rows = Notice.objects.filter(kind="reminder").order_by("pk")
    return list(rows.values_list("person__name", "offset"))


def ticks(travel, *moments):
    for moment in moments:
        travel(moment)
        tick_reminders()
        tick_outbox()


def test_each_offset_leaves_on_its_minute(one, dan, travel):
    answer(one, dan, "yes", by=dan)
    for offset, moment in [
        (WEEK, datetime(2026, 4, 7, 9, tzinfo=UTC)),
        (DAY, datetime(2026, 4, 13, 9, tzinfo=UTC)),
        (HOUR, datetime(2026, 4, 14, 8, tzinfo=UTC)),
    ]:
        ticks(travel, moment - timedelta(minutes=5))
        mails = every_minute(travel, moment - timedelta(minutes=4), moment + timedelta(minutes=4))
        assert [at for at, _letter in mails] == [moment]
        assert reminded()[-1] == ("Dan Price", offset)


def test_who_gets_which(one, place, dan, travel):
    people = {name: cast.member(place, name) for name in ("Yes Yu", "May Be", "No Nu", "Quiet Qi")}
    for name, reply in [("Yes Yu", "yes"), ("May Be", "maybe"), ("No Nu", "no")]:
        answer(one, people[name], reply, by=people[name])
    answer(one, dan, "no", by=dan)
    ticks(travel, START - timedelta(days=7), START - timedelta(days=1), START - timedelta(hours=1))
    all_three = [(name, offset) for name in ("Yes Yu", "May Be") for offset in OFFSETS]
    assert sorted(reminded()) == sorted([*all_three, ("Quiet Qi", WEEK), ("Quiet Qi", DAY)])


def test_who_has_not_answered_is_asked_one_question(one, place, dan, travel):
    ann = cast.member(place)
    ticks(travel, START - timedelta(days=1))
    (letter,) = post(ann)
    assert letter.subject == "[Health and Social Care] Tomorrow 10am: Action learning set"
    assert letter.body.startswith("Yes:\nhttp://localhost/answer/")
    assert letter.body.count("?\n") + letter.body.count("? ") == 1


def test_who_said_yes_finds_the_way_in(one, dan, travel):
    answer(one, dan, "yes", by=dan)
    ticks(travel, START - timedelta(hours=1))
    (letter,) = post(dan)
    assert letter.subject == "[Health and Social Care] Today 10am: Action learning set"
    assert letter.body.startswith("Join online:\nhttp://localhost/meet/")
    assert one.link not in letter.body


def test_days_are_days_on_each_persons_own_calendar(one, place, dan, travel):
    # In London the clocks go forward on 29 March, in Apia on neither of these days.
    moved = move(one, datetime(2026, 3, 30, 10), dan)
    ring()
    post()
    cast.member(place, "Api Apia", zone="Pacific/Apia")
    for person in (dan,):
        answer(moved, person, "yes", by=person)
    week = {
        "Europe/London": datetime(2026, 3, 23, 10, tzinfo=UTC),  # 10am there, still in winter time
        "Pacific/Apia": datetime(2026, 3, 23, 9, tzinfo=UTC),
    }
    for zone, moment in week.items():
        assert due(WEEK, moved.starts_at, zone, quiet=False) == moment
    ticks(travel, datetime(2026, 3, 23, 9, 30, tzinfo=UTC))
    assert reminded() == [("Api Apia", WEEK)]
    ticks(travel, datetime(2026, 3, 23, 10, tzinfo=UTC))
    assert reminded() == [("Api Apia", WEEK), ("Dan Price", WEEK)]


def test_quiet_hours_are_kept_and_the_mail_comes_in_the_morning(one, place, dan, travel):
    early = move(one, datetime(2026, 4, 15, 7, 30), dan)
    ring()
    post()
    ann = cast.member(place, quiet_hours=True)
    answer(early, ann, "yes", by=ann)
    ticks(travel, datetime(2026, 4, 14, 6, 25, tzinfo=UTC))
    mails = every_minute(
        travel,
        datetime(2026, 4, 14, 6, 30, tzinfo=UTC),  # a day before: 7:30 in the morning, quiet
        datetime(2026, 4, 14, 7, 5, tzinfo=UTC),
        step=timedelta(minutes=5),
    )
    assert [at for at, letter in mails if letter.to == [ann.email]] == [
        datetime(2026, 4, 14, 7, tzinfo=UTC)  # eight o'clock there
    ]
    # The last one would come in the night: it comes the evening before, and before eight.
    mails = every_minute(
        travel,
        datetime(2026, 4, 14, 18, 50, tzinfo=UTC),
        datetime(2026, 4, 14, 19, 10, tzinfo=UTC),
    )
    assert [at for at, letter in mails if letter.to == [ann.email]] == [
        datetime(2026, 4, 14, 18, 59, tzinfo=UTC)
    ]


def test_a_bell_that_was_silent_for_days_sends_only_the_last(one, dan, travel):
    answer(one, dan, "yes", by=dan)
    ticks(travel, START - timedelta(days=8))
    ticks(travel, START - timedelta(minutes=50))
    assert reminded() == [("Dan Price", HOUR)]
    assert len(post(dan)) == 1


def test_a_post_office_that_was_silent_for_days_sends_only_the_last(one, dan, travel):
    answer(one, dan, "yes", by=dan)
    for moment in (START - timedelta(days=7), START - timedelta(days=1)):
        travel(moment)
        tick_reminders()
    tick_outbox()
    assert len(post(dan)) == 1
    dropped = Notice.objects.get(kind="reminder", state="dropped")
    assert (dropped.offset, dropped.reason) == (WEEK, "A later reminder took its place.")


def test_ringing_twice_or_three_times_changes_nothing(one, dan, travel):
    travel(START - timedelta(days=1))
    for _ in range(3):
        tick_reminders()
    Heartbeat.objects.filter(job="reminders").delete()
    tick_reminders()
    assert reminded() == [("Dan Price", DAY)]


def test_nothing_comes_after_the_start(one, dan, travel):
    answer(one, dan, "yes", by=dan)
    ticks(travel, START - timedelta(days=8), START + timedelta(minutes=1))
    assert reminded() == []


def test_a_reminder_on_its_way_stops_when_the_session_does(one, dan, travel):
    travel(START - timedelta(days=1))
    tick_reminders()
    cancel(one, dan)
    tick_outbox()
    subjects = [letter.subject for letter in post(dan)]
    assert subjects == ["[Health and Social Care] Cancelled, tomorrow 10am: Action learning set"]


def test_a_move_takes_reminders_back_and_times_new_ones(one, dan, travel):
    answer(one, dan, "yes", by=dan)
    ticks(travel, START - timedelta(days=1))
    post()
    move(one, datetime(2026, 4, 24, 10), dan)
    ring()
    post()
    ticks(travel, START)
    assert post() == []
    ticks(travel, datetime(2026, 4, 17, 9, tzinfo=UTC), datetime(2026, 4, 23, 9, tzinfo=UTC))
    assert reminded()[-2:] == [("Dan Price", WEEK), ("Dan Price", DAY)]


def test_a_date_set_at_short_notice_gives_only_what_is_still_ahead(place, dan, travel):
    travel(START - timedelta(hours=20))
    ring()
    late = plan(place, dan, rhythm="once", first=datetime(2026, 4, 14, 10))
    answer(late, dan, "yes", by=dan)
    Heartbeat.objects.filter(job="reminders").delete()  # as if the bell looked back a whole day
    ticks(travel, START - timedelta(hours=19), START - timedelta(hours=1))
    assert reminded() == [("Dan Price", HOUR)]


def test_a_late_joiner_gets_only_what_is_still_ahead(one, place, dan, travel):
    travel(START - timedelta(hours=20))
    lou = cast.member(place, "Lou Late", since=START - timedelta(hours=20))
    Heartbeat.objects.filter(job="reminders").delete()  # as if the bell looked back a whole day
    tick_reminders()
    assert ("Lou Late", DAY) not in reminded()
    answer(one, lou, "yes", by=lou)
    ticks(travel, START - timedelta(hours=1))
    assert ("Lou Late", HOUR) in reminded()


def test_who_says_yes_late_is_not_sent_what_is_past(one, place, dan, travel):
    ann = cast.member(place)
    answer(one, ann, "no", by=ann)
    ticks(travel, START - timedelta(days=7), START - timedelta(days=6))
    answer(one, ann, "yes", by=ann)
    ticks(travel, START - timedelta(days=5))
    assert ("Ann Lee", WEEK) not in reminded()


def test_who_says_no_in_the_meantime_is_left_in_peace(one, dan, travel):
    travel(START - timedelta(days=1))
    tick_reminders()
    answer(one, dan, "no", by=dan)
    tick_outbox()
    assert post(dan) == []
    assert Notice.objects.get(kind="reminder").reason == "They said they cannot come."


def test_who_has_left_hears_nothing(one, dan, place, travel):
    ann = cast.member(place)
    travel(START - timedelta(days=1))
    tick_reminders()
    ann.memberships.update(until=START - timedelta(days=1))
    tick_outbox()
    assert post(ann) == []


def test_a_thousand_people_cost_no_more_statements_than_one(one, place, dan, travel):
    def statements(moment):
        travel(moment)
        with CaptureQueriesContext(connection) as seen:
            tick_reminders()
        return len(seen)

    few = statements(START - timedelta(days=7))
    for n in range(50):
        cast.member(place, f"Person {n}")
    assert statements(START - timedelta(days=1)) == few
    assert Notice.objects.filter(kind="reminder", offset=DAY).count() == 51


zones = st.sampled_from(ZONES)
starts = st.datetimes(
    datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(ZoneInfo("UTC"))
)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=starts, zone=zones, offset=st.sampled_from(OFFSETS))
def test_no_reminder_is_due_in_quiet_hours_or_after_the_start(start, zone, offset):
    moment = due(offset, start, zone, quiet=True)
    assert not is_quiet(moment, zone)
    assert moment < start


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    start=starts,
    zone=zones,
    quiet=st.booleans(),
    gaps=st.lists(st.integers(1, 3000), min_size=1, max_size=60),
)
def test_however_often_the_bell_rings_each_offset_comes_once_and_in_order(start, zone, quiet, gaps):
    """Whatever the minutes between two ticks: no offset twice, none out of order."""
    now, seen = start - timedelta(days=9), []
    for gap in gaps:
        later = now + timedelta(minutes=gap)
        if found := due_between(now, later, start, zone, quiet=quiet):
            seen.append(found[0])
        now = later
    assert seen == sorted(set(seen), reverse=True)
