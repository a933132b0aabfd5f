"""The outbox through its own doors: a deed writes, a clock tick sends, SMTP on loopback takes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.core.management import call_command

from members.notices import actions, tasks
from members.notices.models import Heartbeat, Notice, NoticeState
from members.people.models import Person
from networks.invitations.models import Invitation
from networks.membership.models import Membership
from peernet.lib import clock
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation():
    place = cast.network()
    cast.coordinator(place)
    return cast.invited(place)


def tell(invitation, version=0):
    return actions.tell_address(
        invitation.email,
        "invitation",
        invitation.pk,
        network_id=invitation.network_id,
        version=version,
    )


def test_a_message_is_written_once_for_one_cause(invitation):
    assert tell(invitation)
    assert not tell(invitation)
    assert tell(invitation, version=1)
    assert Notice.objects.count() == 2


def test_telling_many_people_is_one_statement_and_again_adds_nothing(django_assert_num_queries):
    place = cast.network()
    for number in range(20):
        cast.member(place, f"Member {number}")
    with django_assert_num_queries(1):
        assert actions.tell(Person.objects.all(), "session", 7, network_id=place.pk) == 20
    assert actions.tell(Person.objects.all(), "session", 7, network_id=place.pk) == 0


def test_a_tick_sends_what_is_due_and_keeps_the_outcome(invitation):
    tell(invitation)
    tasks.tick_outbox()
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == (NoticeState.SENT, 1)
    assert [message.to for message in outbox.outbox] == [[invitation.email]]
    assert outbox.outbox[0].extra_headers["Message-ID"] == f"<notice-{notice.pk}@localhost>"
    assert Heartbeat.objects.get(job="outbox").at


def test_what_is_not_due_yet_stays(invitation):
    tell(invitation)
    Notice.objects.update(due_at=clock.now() + timedelta(hours=1))
    tasks.tick_outbox()
    assert Notice.objects.get().state == NoticeState.PENDING
    assert outbox.outbox == []


def test_what_is_no_longer_true_is_dropped_with_a_reason(invitation):
    tell(invitation)
    Invitation.objects.update(withdrawn_at=clock.now())
    tasks.tick_outbox()
    notice = Notice.objects.get()
    assert notice.state == NoticeState.DROPPED
    assert notice.reason
    assert outbox.outbox == []


def test_nobody_hears_from_a_network_they_have_left():
    place = cast.network()
    ann = cast.member(place)
    session = cast.session(place)
    actions.tell(Person.objects.filter(pk=ann.pk), "session", session.pk, network_id=place.pk)
    Membership.objects.update(until=clock.now())
    tasks.tick_outbox()
    assert Notice.objects.get().state == NoticeState.DROPPED
    assert outbox.outbox == []


def test_what_was_not_sent_can_be_withdrawn(invitation):
    tell(invitation)
    assert actions.withdraw(invitation.pk, "invitation", reason="Asked again.") == 1
    tasks.tick_outbox()
    assert Notice.objects.get().reason == "Asked again."
    assert outbox.outbox == []


def test_a_worker_that_died_is_followed_by_another_try_with_the_same_message_id(invitation, travel):
    tell(invitation)
    taken = actions.claim()  # and the worker dies here
    assert actions.claim() is None
    travel(clock.now() + timedelta(minutes=2))
    tasks.tick_outbox()
    taken.refresh_from_db()
    assert taken.state == NoticeState.SENT
    assert taken.doubtful
    assert taken.attempts == 2


def test_a_second_death_loses_nothing(invitation, travel):
    tell(invitation)
    actions.claim()
    travel(clock.now() + timedelta(minutes=2))
    actions.claim()  # and this worker dies, too, perhaps before it sent anything
    travel(clock.now() + timedelta(minutes=2))
    tasks.tick_outbox()
    assert Notice.objects.get().state == NoticeState.SENT
    assert len(outbox.outbox) == 1


def test_a_letter_at_which_worker_after_worker_dies_is_left_as_perhaps_sent(invitation, travel):
    tell(invitation)
    for _death in range(actions.TRIES):
        assert actions.claim()
        travel(clock.now() + timedelta(minutes=2))
    tasks.tick_outbox()
    assert Notice.objects.get().state == NoticeState.UNCERTAIN
    assert outbox.outbox == []


def test_talk_waits_for_the_morning_of_whoever_reads_it(travel):
    travel(datetime(2026, 12, 1, 22, 0, tzinfo=UTC))
    place = cast.network()
    ann = cast.member(place, quiet_hours=True)
    session = cast.session(place, starts=datetime(2026, 12, 3, 10, 0, tzinfo=UTC))
    actions.tell(
        Person.objects.filter(pk=ann.pk), "reminder", session.pk, network_id=place.pk, offset=1440,
        version=session.sequence,
    )  # fmt: skip
    tasks.tick_outbox()
    notice = Notice.objects.get()
    assert notice.state == NoticeState.PENDING
    assert notice.due_at == datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


def test_sweep_does_every_job_once_without_the_broker(invitation):
    tell(invitation)
    call_command("sweep")
    assert Notice.objects.get().state == NoticeState.SENT
    jobs = set(Heartbeat.objects.values_list("job", flat=True))
    assert {"outbox", "heartbeat", "reminders", "sessions", "funding"} <= jobs
