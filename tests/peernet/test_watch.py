"""`manage.py watch`: somebody is told when the beat stops, and the mail goes out all the same."""

import smtplib
import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail as outbox
from django.core.management import call_command
from django.db import Error

from members.audit.models import AuditEntry
from members.notices import actions, tasks
from members.notices.models import Heartbeat, Notice, NoticeState
from peernet import watch
from peernet.lib import clock, mail
from peernet.pages import health
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator():
    return cast.person("Olu Works", email="olu@example.org", is_operator=True)


@pytest.fixture
def waiting():
    """An invitation that is due."""
    place = cast.network()
    invitation = cast.invited(place)
    actions.tell_address(invitation.email, "invitation", invitation.pk, network_id=place.pk)
    return Notice.objects.get()


def ring_all():
    for name in set(settings.CELERY_BEAT_SCHEDULE) - {"upkeep"}:  # which has not run yet
        actions.beat(name)


def to_operators():
    return [message for message in outbox.outbox if message.to == ["olu@example.org"]]


def test_while_the_beat_rings_it_says_and_does_nothing(operator, waiting):
    ring_all()
    call_command("watch", "--once")
    assert outbox.outbox == []
    waiting.refresh_from_db()
    assert waiting.state == NoticeState.PENDING
    assert health.watched()


def test_when_the_beat_stops_operators_are_told_and_the_mail_goes_out(operator, waiting, travel):
    cast.person("Ann Lee", email="ann@example.org")
    ring_all()
    travel(clock.now() + timedelta(minutes=6))
    call_command("watch", "--once")
    (told,) = to_operators()
    assert told.subject == "PeerNet: a job is late"
    assert "outbox" in told.body
    assert "/operate/" in told.body
    assert AuditEntry.objects.filter(deed="watch.told").count() == 1
    waiting.refresh_from_db()
    assert waiting.state == NoticeState.SENT
    assert len(outbox.outbox) == 2


def test_when_the_clock_was_put_back_and_the_beat_waits_for_it_the_mail_goes_out_all_the_same(
    operator, waiting, travel
):
    begin = clock.now()
    travel(begin + timedelta(hours=1))
    ring_all()
    seen = watch.Watch(since=clock.now())
    travel(begin + timedelta(minutes=1))
    assert not health.report()[0]
    seen.look()
    assert "outbox" in to_operators()[0].body
    waiting.refresh_from_db()
    assert waiting.state == NoticeState.SENT
    ring_all()
    assert [job.name for job in health.jobs(seen.since) if job.late] == []


def test_it_keeps_doing_the_work_and_hides_the_dead_beat_from_nobody(operator, travel):
    ring_all()
    begin = clock.now()
    for minute in range(6, 30, 3):
        travel(begin + timedelta(minutes=minute))
        call_command("watch", "--once")
        assert "heartbeat" in [job.name for job in health.jobs() if job.late]
    assert clock.now() - Heartbeat.objects.get(job="outbox").at < timedelta(minutes=1)


def test_it_tells_of_a_job_at_most_once_an_hour(operator, travel):
    ring_all()
    begin = clock.now()
    for minute in range(6, 126, 6):
        travel(begin + timedelta(minutes=minute))
        Heartbeat.objects.filter(job="outbox").update(at=begin)
        call_command("watch", "--once")
    assert len([one for one in to_operators() if "outbox" in one.body]) == 2


def test_a_mail_that_did_not_go_is_tried_at_the_next_look(operator, travel, monkeypatch):
    def refuse(*_args):
        raise smtplib.SMTPServerDisconnected

    ring_all()
    travel(clock.now() + timedelta(minutes=6))
    with monkeypatch.context() as broken:
        broken.setattr(mail, "post", refuse)
        call_command("watch", "--once")
    assert to_operators() == []
    call_command("watch", "--once")
    assert "heartbeat" in to_operators()[0].body


def test_after_a_night_off_nobody_is_woken(operator, travel):
    ring_all()
    travel(clock.now() + timedelta(hours=10))
    watch.Watch(since=clock.now()).look()
    assert outbox.outbox == []


def test_a_database_that_is_gone_is_told_once_an_hour_to_whom_it_knew(
    operator, travel, monkeypatch
):
    def gone(*_args):
        raise Error

    ring_all()
    one = watch.Watch(since=clock.now())
    one.look()
    monkeypatch.setattr(health, "jobs", gone)
    begin = clock.now()
    for minute in range(70):
        travel(begin + timedelta(minutes=minute))
        one.look()
    assert [told.subject for told in to_operators()] == [
        "PeerNet: the database does not answer"
    ] * 2


def test_one_job_that_fails_does_not_hold_up_the_others(operator, waiting, monkeypatch):
    def fail():
        raise ValueError

    monkeypatch.setattr("sessions.cadence.tasks.tick_sessions", fail)
    watch.sweep()
    waiting.refresh_from_db()
    assert waiting.state == NoticeState.SENT


def test_nothing_ends_it_but_being_asked_to_stop(monkeypatch):
    looks, stop = [], threading.Event()

    def look(_self):
        looks.append(1)
        if len(looks) == 3:
            stop.set()
        raise ValueError

    monkeypatch.setattr(watch, "EVERY", 0)
    monkeypatch.setattr(watch.Watch, "look", look)
    watch.Watch().run(stop)
    assert len(looks) == 3


def test_the_beat_that_rings_again_is_well_at_once(operator, travel):
    ring_all()
    travel(clock.now() + timedelta(minutes=6))
    call_command("watch", "--once")
    tasks.tick_heartbeat()
    assert not any(job.late for job in health.jobs())
