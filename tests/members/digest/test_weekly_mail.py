"""The weekly mail: each person's own hour, once a week, with what they may read and have not."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from members.causes.actions import spread
from members.digest import rules, tasks
from members.notices import actions as notices
from members.notices.actions import tell_of
from members.notices.models import Heartbeat, Notice, NoticeState
from members.notices.tasks import tick_outbox
from members.people.actions import choose_times
from networks.discussions import actions
from networks.discussions.models import Room, RoomKind
from networks.membership.models import Membership
from networks.preferences.actions import choose
from peernet.lib import clock
from sessions.cadence.models import SessionState
from sessions.meetings.actions import answer
from tests import cast

WEDNESDAY = datetime(2026, 12, 2, 12, 0, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)


@pytest.fixture
def place(db, travel):
    travel(WEDNESDAY)
    tasks.tick_digest()
    return cast.network("Community Libraries", slug="libraries")


@pytest.fixture
def ann(place):
    return cast.member(place, "Ann Lee")


@pytest.fixture
def bo(place):
    return cast.member(place, "Bo Marsh", weekly=False)


def ring():
    """The beat rings once; what went."""
    before = len(outbox.outbox)
    tasks.tick_digest()
    tick_outbox()
    return [one for one in outbox.outbox[before:] if "list-id" in map(str.lower, one.extra_headers)]


def write(place, by, title="Room hire", words="By the hour?", room=None):
    room = room or place.rooms.order_by("pk").first()
    return actions.start_thread(room, title=title, words=words, by=by)


def at(travel, moment):
    travel(moment)
    return ring()


def test_it_comes_on_the_persons_own_weekday_and_hour_in_their_own_zone(place, bo, travel):
    for name, zone, day, hour in (
        ("Lia London", "Europe/London", 0, 8),
        ("Kai Kathmandu", "Asia/Kathmandu", 0, 8),
        ("Tom Thursday", "Europe/London", 3, 17),
    ):
        cast.member(place, name, zone=zone, weekly_day=day, weekly_hour=hour)
    write(place, bo)
    came = {}
    moment = WEDNESDAY
    while moment < MONDAY + timedelta(hours=2):
        for sent in at(travel, moment):
            came[sent.to[0].split("-")[0]] = moment
        moment += timedelta(minutes=15)
    assert came == {
        "tom": datetime(2026, 12, 3, 17, 0, tzinfo=UTC),
        "kai": datetime(2026, 12, 7, 2, 15, tzinfo=UTC),
        "lia": MONDAY,
    }


def test_it_tells_by_network_and_thread_what_is_new_once(place, ann, bo, travel):
    thread = write(place, bo, words="Half a day is £40. " * 30)
    actions.reply(thread, words="Or **£10** an hour.", by=bo)
    other = cast.network("Arts", slug="arts")
    cast.member(other, person=ann)
    kim = cast.member(other, "Kim Ode", weekly=False)
    write(other, kim, title="Paint", words="Which one?")
    (sent,) = at(travel, MONDAY)
    assert sent.to == [ann.email]
    assert sent.subject == "Your week: Paint, and 1 more"
    assert sent.body.index("Arts") < sent.body.index("Paint") < sent.body.index("Community Lib")
    assert sent.body.count("Room hire") == 1
    assert "2 new posts. Bo Marsh: “Or £10 an hour.”" in sent.body
    assert f"http://localhost/n/libraries/talk/{thread.pk}/#new" in sent.body
    assert "Room hire</a>" in sent.alternatives[0][0]
    assert at(travel, MONDAY + timedelta(minutes=15)) == []
    assert at(travel, MONDAY + timedelta(days=7)) == []  # nothing new


def test_with_nothing_new_there_is_no_mail(place, ann, bo, travel):
    write(place, ann)
    assert at(travel, MONDAY) == []
    assert Notice.objects.get(kind="digest").reason == "There was nothing new for them this week."


def test_what_was_read_deleted_or_left_behind_is_not_told(place, ann, bo, signed_in, travel):
    read = write(place, bo, title="Read by her")
    signed_in(ann).get(reverse("thread", args=("libraries", read.pk)))
    gone = write(place, bo, title="Deleted again")
    actions.delete(gone.posts.get(), by=bo)
    left = cast.network("Left behind", slug="left")
    cast.member(left, person=ann, until=clock.now(), reason="left")
    write(left, cast.member(left, "Kim Ode"), title="After she left")
    assert at(travel, MONDAY) == []


def test_what_came_at_once_is_not_told_again(place, ann, bo, travel):
    thread = write(place, ann)
    for words in ("One", "Two"):
        actions.reply(thread, words=words, by=bo)
    travel(clock.now() + timedelta(minutes=8))
    tick_outbox()
    assert "> One" in outbox.outbox[-1].body
    assert at(travel, MONDAY) == []


def test_a_network_whose_talk_somebody_stopped_is_left_out(place, ann, bo, travel):
    choose(ann, place, talk="nothing", by=ann)
    write(place, bo)
    assert at(travel, MONDAY) == []


def test_of_a_trusted_room_it_says_only_that_there_is_something_new(place, ann, bo, travel):
    room = Room.objects.create(network=place, name="Xylophone", kind=RoomKind.TRUSTED)
    write(place, bo, title="Zeppelin", words="Quagmire", room=room)
    (sent,) = at(travel, MONDAY)
    assert "There is something new in a trusted room" in sent.body
    whole = sent.subject + sent.body + sent.alternatives[0][0]
    for word in ("Xylophone", "Zeppelin", "Quagmire", "Marsh"):
        assert word not in whole


def test_sessions_of_the_coming_week_are_told_and_past_or_uncertain_ones_are_not(
    place, ann, bo, travel
):
    soon = cast.session(place, MONDAY + timedelta(days=9), title="Coming")
    cast.session(place, MONDAY + timedelta(days=2), title="Been")
    cast.session(place, MONDAY + timedelta(days=16), title="Far off")
    cast.session(place, MONDAY + timedelta(days=10), title="Unsure", state=SessionState.TENTATIVE)
    cast.session(place, MONDAY + timedelta(days=10), title="Off", state=SessionState.CANCELLED)
    declined = cast.session(place, MONDAY + timedelta(days=11), title="Without me")
    answer(soon, ann, "yes", by=ann)
    answer(declined, ann, "no", by=ann)
    assert at(travel, MONDAY) == []  # they have reminders of their own
    write(place, bo)
    (sent,) = at(travel, MONDAY + timedelta(days=7))
    assert "Wednesday 16 December, 8am: Coming\n  You said yes." in sent.body
    for title in ("Been", "Far off", "Unsure", "Off\n", "Without me"):
        assert title not in sent.body


def test_a_week_later_it_tells_what_came_since(place, ann, bo, travel):
    write(place, bo, title="First week")
    at(travel, MONDAY)
    write(place, bo, title="Second week")
    (sent,) = at(travel, MONDAY + timedelta(days=7))
    assert "Second week" in sent.body
    assert "First week" not in sent.body


def test_of_a_thread_it_counts_only_what_came_since(place, ann, bo, travel):
    thread = write(place, bo)
    at(travel, MONDAY)
    actions.reply(thread, words="By the day.", by=bo)
    (sent,) = at(travel, MONDAY + timedelta(days=7))
    assert "1 new post. Bo Marsh: “By the day.”" in sent.body


def test_an_hour_that_has_passed_brings_nothing_until_it_comes_again(place, ann, bo, travel):
    write(place, bo)
    choose_times(ann, weekly=True, weekly_day=1, by=ann)  # yesterday
    assert at(travel, WEDNESDAY + timedelta(hours=1)) == []
    assert len(at(travel, MONDAY + timedelta(days=1))) == 1


def test_after_a_standstill_there_is_one_mail_with_everything(place, ann, bo, travel):
    write(place, bo, title="First week")
    travel(MONDAY + timedelta(days=3))
    write(place, bo, title="Second week")
    (sent,) = at(travel, MONDAY + timedelta(days=15))
    assert "First week" in sent.body
    assert "Second week" in sent.body
    assert at(travel, MONDAY + timedelta(days=15, minutes=15)) == []


def test_while_no_mail_can_leave_weeks_pile_up_into_one(place, ann, bo, travel, settings):
    settings.MAIL_IS_SET_UP = False
    write(place, bo, title="First week")
    at(travel, MONDAY)
    write(place, bo, title="Second week")
    at(travel, MONDAY + timedelta(days=7))
    settings.MAIL_IS_SET_UP = True
    (sent,) = ring()
    assert "First week" in sent.body
    assert "Second week" in sent.body


def test_in_quiet_hours_it_waits(place, bo, travel):
    cast.member(place, "Sue Sunday", quiet_hours=True, weekly_day=6, weekly_hour=10)
    write(place, bo)
    assert at(travel, MONDAY - timedelta(hours=21)) == []
    assert len(at(travel, MONDAY + timedelta(minutes=1))) == 1


def test_another_day_in_the_same_week_brings_no_second_mail(place, ann, bo, travel):
    write(place, bo)
    assert len(at(travel, MONDAY)) == 1
    choose_times(ann, weekly=True, weekly_day=3, by=ann)
    write(place, bo, title="Afterwards")
    assert at(travel, MONDAY + timedelta(days=3, hours=1)) == []
    assert len(at(travel, MONDAY + timedelta(days=10, hours=1))) == 1


def test_its_foot_stops_it_and_mail_programs_can(place, ann, bo, travel):
    write(place, bo)
    (sent,) = at(travel, MONDAY)
    stop = sent.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    assert f"Stop the weekly mail: http://localhost{stop}" in sent.body
    assert sent.extra_headers["List-Id"] == "Your week on PeerNet <weekly.localhost>"


def test_a_job_that_breaks_in_the_middle_is_done_again_without_doubles(place, ann, bo, travel):
    write(place, bo)
    travel(MONDAY)
    tasks.actions.write_due()  # and the worker dies before it notes that it ran
    assert len(ring()) == 1
    Heartbeat.objects.filter(job="digest").update(at=WEDNESDAY)
    assert ring() == []


@pytest.mark.django_db(transaction=True)
def test_four_beats_and_four_workers_at_once_send_one_mail_each(travel):
    travel(WEDNESDAY)
    tasks.tick_digest()
    place = cast.network()
    bo = cast.member(place, "Bo Marsh", weekly=False)
    people = [cast.member(place, f"Member {number}") for number in range(12)]
    write(place, bo)
    travel(MONDAY)
    barrier, broken = threading.Barrier(4), []

    def run():
        try:
            barrier.wait()
            tasks.tick_digest()
            notices.send_due()
        except Exception as fault:
            broken.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    notices.send_due()
    assert broken == []
    rows = Notice.objects.filter(kind="digest")
    assert set(rows.values_list("state", flat=True)) == {NoticeState.SENT}
    assert sorted(one.to[0] for one in outbox.outbox) == sorted(one.email for one in people)


def test_its_cost_does_not_grow_with_what_there_is_to_tell(
    place, ann, bo, travel, django_assert_max_num_queries
):
    for number in range(25):
        write(place, bo, title=f"Thread {number}")
    for number in range(9):
        cast.session(place, MONDAY + timedelta(days=1, hours=number), title=f"Session {number}")
    travel(MONDAY)
    spread(tell_of)  # as it was while they were written
    tasks.tick_digest()
    with django_assert_max_num_queries(51):
        tick_outbox()
    (sent,) = [one for one in outbox.outbox if "Your week" in one.subject]
    assert "and 17 more threads" in sent.body
    assert len(sent.alternatives[0][0].encode()) < 20_000


def test_who_belongs_nowhere_gets_none(place, travel):
    ann = cast.member(place)
    Membership.objects.filter(person=ann).update(until=clock.now())
    assert at(travel, MONDAY) == []


moments = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
    max_value=datetime(2028, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from(["Europe/London", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia"])


@given(now=moments, zone=zones, day=st.integers(0, 6), hour=st.integers(0, 23))
def test_the_last_due_moment_is_at_most_a_week_ago_and_on_the_right_day(now, zone, day, hour):
    due = rules.last_due(now, zone, day, hour)
    assert due <= now < due + timedelta(days=7, hours=1)
    local = due.astimezone(rules.ZoneInfo(zone))
    assert local.weekday() == day
    assert local.hour in (hour, hour + 1)  # an hour that the clocks skip comes one later


@given(first=moments, weeks=st.integers(1, 3))
def test_what_two_mails_cover_never_overlaps_and_leaves_no_gap(first, weeks):
    second = first + timedelta(days=7 * weeks)
    assert rules.covered(second, first)[0] == rules.covered(first, None)[1]
